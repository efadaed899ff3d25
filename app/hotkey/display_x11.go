//go:build linux || freebsd || openbsd || netbsd || dragonfly

package hotkey

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// address is where an X server listens.
type address struct {
	network, path string // as net.Dial takes them
	host          string // "" for this machine
	number        string // of the display
}

// parseDisplay reads a DISPLAY such as ":0", "host:10.0" or "/tmp/socket:1".
func parseDisplay(display string) (address, error) {
	colon := strings.LastIndex(display, ":")
	if colon < 0 {
		return address{}, fmt.Errorf("%w: no colon in DISPLAY %q", ErrNoDisplay, display)
	}
	number, _, _ := strings.Cut(display[colon+1:], ".")
	if number == "" || len(number) > 4 || strings.Trim(number, "0123456789") != "" {
		return address{}, fmt.Errorf("%w: no number in DISPLAY %q", ErrNoDisplay, display)
	}
	before := display[:colon]
	if strings.HasPrefix(before, "/") {
		return address{network: "unix", path: before + ":" + number, number: number}, nil
	}
	host := before[strings.LastIndex(before, "/")+1:] // after "tcp/"
	if host == "" || host == "unix" {
		return address{network: "unix", path: "/tmp/.X11-unix/X" + number, number: number}, nil
	}
	var port int
	_, _ = fmt.Sscan(number, &port) // digits, as checked
	return address{network: "tcp", path: fmt.Sprintf("%s:%d", host, 6000+port), host: host, number: number}, nil
}

// cookie is what a client shows to be let in.
type cookie struct{ name, data []byte }

// readCookie looks up the cookie for a display in the user's authority file.
// Without one there is none to show.
func readCookie(a address) cookie {
	path := os.Getenv("XAUTHORITY")
	if path == "" {
		path = filepath.Join(os.Getenv("HOME"), ".Xauthority")
	}
	f, err := os.Open(path)
	if err != nil {
		return cookie{}
	}
	defer func() { _ = f.Close() }()
	host := a.host
	if host == "" || host == "localhost" {
		host, _ = os.Hostname() // "" matches no entry
	}
	c, _ := findCookie(f, host, a.number)
	return c
}

// Families of addresses in an authority file (Xauth.h).
const (
	familyLocal = 256
	familyWild  = 65535
)

// findCookie reads entries until one is for the host and display. Each is a
// family and four strings, with lengths in network order.
func findCookie(r io.Reader, host, number string) (cookie, error) {
	for {
		var family uint16
		if err := binary.Read(r, binary.BigEndian, &family); err != nil {
			return cookie{}, fmt.Errorf("read authority: %w", err)
		}
		var fields [4][]byte // host, display, name, data
		for i := range fields {
			var err error
			if fields[i], err = authorityField(r); err != nil {
				return cookie{}, fmt.Errorf("read authority: %w", err)
			}
		}
		ours := family == familyWild || family == familyLocal && string(fields[0]) == host
		if display := string(fields[1]); ours && (display == "" || display == number) {
			return cookie{fields[2], fields[3]}, nil
		}
	}
}

// authorityField reads a string of an authority file.
func authorityField(r io.Reader) ([]byte, error) {
	var n uint16
	if err := binary.Read(r, binary.BigEndian, &n); err != nil {
		return nil, err
	}
	if n > 1024 {
		return nil, errors.New("a field is too long")
	}
	field := make([]byte, n)
	_, err := io.ReadFull(r, field)
	return field, err
}
