//go:build linux || freebsd

package grab

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/jezek/xgb"

	"aside/vision"
)

// address is where an X server listens.
type address struct {
	network, at string
	host        string // "" is this machine
	display     string // its number
	screen      int
}

var errDisplay = errors.New("DISPLAY names no server")

// addressOf reads what DISPLAY may say: ":0", "unix:0", "host:1.0",
// "tcp/host:1" or "/path/of/a/socket:0".
func addressOf(display string) (address, error) {
	colon := strings.LastIndex(display, ":")
	if colon < 0 {
		return address{}, errDisplay
	}
	host, number := display[:colon], display[colon+1:]
	number, screen, _ := strings.Cut(number, ".")
	a := address{display: number}
	n, err := strconv.ParseUint(number, 10, 15)
	if err != nil {
		return address{}, errDisplay
	}
	if screen != "" {
		if a.screen, err = strconv.Atoi(screen); err != nil || a.screen < 0 {
			return address{}, errDisplay
		}
	}
	if strings.HasPrefix(host, "/") {
		a.network, a.at = "unix", host+":"+number
		return a, nil
	}
	network := "tcp"
	if slash := strings.LastIndex(host, "/"); slash >= 0 {
		network, host = host[:slash], host[slash+1:]
	}
	if host == "" || host == "unix" {
		a.network, a.at = "unix", "/tmp/.X11-unix/X"+number
		return a, nil
	}
	a.network, a.host, a.at = network, host, net.JoinHostPort(host, strconv.FormatUint(6000+n, 10))
	return a, nil
}

// connectX11 connects to the server of the environment. A server that does not
// answer makes it wait until ctx ends, and no longer: xgb alone would wait for
// ever.
func connectX11(ctx context.Context) (*xgb.Conn, net.Conn, error) {
	a, err := addressOf(os.Getenv("DISPLAY"))
	if err != nil {
		return nil, nil, err
	}
	var dialer net.Dialer
	socket, err := dialer.DialContext(ctx, a.network, a.at)
	if err != nil {
		return nil, nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = socket.Close() }) // that ends the wait
	conn, err := xgb.NewConnNet(&greeter{socket, greeting(cookie(a))})
	if called := !stop(); called && err == nil {
		conn.Close()
		err = ctx.Err()
	}
	if err != nil {
		_ = socket.Close() // nothing is lost with it
		return nil, nil, errors.Join(err, ctx.Err())
	}
	conn.DefaultScreen = a.screen
	return conn, socket, nil
}

// greeter says the first words to the server itself: on a connection that it
// has not dialled, xgb does not know which display's cookie to show.
type greeter struct {
	net.Conn
	words []byte // nil when they have been said
}

func (g *greeter) Write(p []byte) (int, error) {
	if g.words == nil {
		return g.Conn.Write(p)
	}
	_, err := g.Conn.Write(g.words)
	g.words = nil
	return len(p), err
}

const cookieName = "MIT-MAGIC-COOKIE-1"

// greeting opens a connection, see "Connection Setup" in the X Window System
// Protocol. secret may be nil.
func greeting(secret []byte) []byte {
	name := cookieName
	if secret == nil {
		name = ""
	}
	b := []byte{'l', 0} // little-endian
	for _, n := range []int{11, 0, len(name), len(secret), 0} {
		b = binary.LittleEndian.AppendUint16(b, uint16(n))
	}
	for _, part := range []string{name, string(secret)} {
		b = append(b, part...)
		b = append(b, make([]byte, xgb.Pad(len(part))-len(part))...)
	}
	return b
}

// cookie finds the secret for a display in the user's authority file, nil if
// there is none: many servers want none.
func cookie(a address) []byte {
	path := os.Getenv("XAUTHORITY")
	if path == "" {
		path = filepath.Join(os.Getenv("HOME"), ".Xauthority")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer func() { _ = f.Close() }() // it was only read
	host := a.host
	if host == "" || host == "localhost" {
		if host, err = os.Hostname(); err != nil {
			return nil
		}
	}
	return cookieIn(f, host, a.display)
}

// cookieIn reads an authority file: entries of a family and four strings.
func cookieIn(file io.Reader, host, display string) []byte {
	const familyLocal, familyWild = 256, 65535
	in := bufio.NewReader(file)
	for {
		var family uint16
		if binary.Read(in, binary.BigEndian, &family) != nil {
			return nil
		}
		var entry [4]string // address, display, name, secret
		for i := range entry {
			var n uint16
			if binary.Read(in, binary.BigEndian, &n) != nil {
				return nil
			}
			b := make([]byte, n)
			if _, err := io.ReadFull(in, b); err != nil {
				return nil
			}
			entry[i] = string(b)
		}
		here := family == familyWild || family == familyLocal && entry[0] == host
		if here && (entry[1] == "" || entry[1] == display) && entry[2] == cookieName && len(entry[3]) == 16 {
			return []byte(entry[3])
		}
	}
}

// unreachable marks an error of connecting.
func unreachable(err error) error { return fmt.Errorf("%w: %w", vision.ErrNoDisplay, err) }
