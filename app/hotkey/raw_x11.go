//go:build linux || freebsd || openbsd || netbsd || dragonfly

package hotkey

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync/atomic"
	"time"

	"github.com/jezek/xgb/xproto"
)

// Raw events of XInput 2 (XI2.h).
const (
	rawKeyPress    = 13
	rawKeyRelease  = 14
	rawButtonPress = 15
)

// What raw.choose chooses.
const (
	rawKeys    uint32 = 1<<rawKeyPress | 1<<rawKeyRelease
	rawButtons uint32 = 1 << rawButtonPress
)

// Numbers of the protocol.
const (
	xError          = 0
	xReply          = 1
	xGeneric        = 35 // an event of an extension, longer than 32 bytes
	queryExtension  = 98
	xiQueryPointer  = 40
	xiSelectEvents  = 46
	xiQueryVersion  = 47
	xiAllMasters    = 1
	xiCorePointer   = 2 // the pointer that core grabs take
	xiRepeat        = 1 << 16
	xinputExtension = "XInputExtension"
)

// rawLimit bounds how long the server may take to begin.
const rawLimit = 2 * time.Second

// raw is a second connection to the server, which reports keys before anybody
// is given them, and so takes them from nobody. While another program has the
// whole keyboard to itself nothing is reported. Package xgb cannot be used: it
// loses its place at the first event longer than 32 bytes.
type raw struct {
	conn   net.Conn
	in     *bufio.Reader
	opcode byte // of XInput
	root   xproto.Window
	keys   atomic.Pointer[[]xproto.Keycode] // the lone modifiers
	events chan rawEvent                    // closed when the connection ends
}

// rawEvent is a key or button that went down or up.
type rawEvent struct {
	kind uint16
	code xproto.Keycode // or the button
	at   uint32         // the server's milliseconds
}

// openRaw connects to the display of the given name and asks for its keys. None
// is passed on before watch.
func openRaw(ctx context.Context, display string, root xproto.Window) (*raw, error) {
	a, err := parseDisplay(display)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, rawLimit)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, a.network, a.path)
	if err != nil {
		return nil, fmt.Errorf("connect for raw keys: %w", err)
	}
	r := &raw{conn: conn, in: bufio.NewReader(conn), root: root, events: make(chan rawEvent)}
	_ = conn.SetDeadline(time.Now().Add(rawLimit)) // of a socket that is open
	if err := r.begin(readCookie(a)); err != nil {
		_ = conn.Close()
		return nil, err
	}
	_ = conn.SetDeadline(time.Time{})
	go r.read()
	return r, nil
}

// close ends the connection and waits for its reader.
func (r *raw) close() {
	_ = r.conn.Close()
	for range r.events {
	}
}

// begin introduces us, finds XInput and chooses the keys.
func (r *raw) begin(c cookie) error {
	if _, err := r.conn.Write(setupRequest(c)); err != nil {
		return fmt.Errorf("greet the X server: %w", err)
	}
	head := make([]byte, 8)
	if _, err := io.ReadFull(r.in, head); err != nil {
		return fmt.Errorf("greet the X server: %w", err)
	}
	if _, err := r.in.Discard(4 * int(binary.LittleEndian.Uint16(head[6:]))); err != nil {
		return fmt.Errorf("greet the X server: %w", err)
	}
	if head[0] != 1 {
		return errors.New("the X server refuses a second connection")
	}
	found, err := r.ask(extensionRequest(xinputExtension))
	if err != nil {
		return err
	}
	if found[8] == 0 {
		return ErrNoInput
	}
	r.opcode = found[9]
	version, err := r.ask(versionRequest(r.opcode))
	if err != nil {
		return err
	}
	if binary.LittleEndian.Uint16(version[8:]) < 2 {
		return ErrNoInput
	}
	return r.choose(rawKeys)
}

// choose says which events to report from now on.
func (r *raw) choose(events uint32) error {
	if _, err := r.conn.Write(selectRequest(r.opcode, r.root, events)); err != nil {
		return fmt.Errorf("choose raw keys: %w", err)
	}
	return nil
}

// ask sends a request and waits for its reply, before read runs.
func (r *raw) ask(request []byte) ([32]byte, error) {
	if _, err := r.conn.Write(request); err != nil {
		return [32]byte{}, fmt.Errorf("ask for XInput: %w", err)
	}
	for {
		block, err := readBlock(r.in)
		switch {
		case err != nil:
			return block, fmt.Errorf("ask for XInput: %w", err)
		case block[0] == xError:
			return block, ErrNoInput
		case block[0] == xReply:
			return block, nil
		}
	}
}

// watch says which keys are lone modifiers.
func (r *raw) watch(keys []xproto.Keycode) { r.keys.Store(&keys) }

// read passes on what concerns a lone modifier, and ends with the connection.
// What is typed while none is down ends here.
func (r *raw) read() {
	defer close(r.events)
	var f rawFilter
	for {
		block, err := readBlock(r.in)
		if err != nil {
			return
		}
		e, ok := parseRaw(block, r.opcode)
		if keys := r.keys.Load(); ok && keys != nil && f.passes(e, *keys) {
			r.events <- e
		}
	}
}

// rawFilter knows whether a lone modifier is down.
type rawFilter struct{ down bool }

// passes reports whether an event concerns one of keys: it is theirs, or beside
// one that is down.
func (f *rawFilter) passes(e rawEvent, keys []xproto.Keycode) bool {
	if e.kind != rawButtonPress && slices.Contains(keys, e.code) {
		f.down = e.kind == rawKeyPress
		return true
	}
	return f.down && e.kind != rawKeyRelease
}

// readBlock reads an error, a reply or an event, and skips what is longer than
// 32 bytes of it: nothing there concerns us.
func readBlock(in *bufio.Reader) (block [32]byte, err error) {
	if _, err := io.ReadFull(in, block[:]); err != nil {
		return block, err
	}
	if kind := block[0] & 0x7f; kind == xReply || kind == xGeneric {
		more := 4 * int64(binary.LittleEndian.Uint32(block[4:]))
		_, err = io.CopyN(io.Discard, in, more)
	}
	return block, err
}

// parseRaw finds a key or button in an event. What auto-repeat makes is none.
func parseRaw(block [32]byte, opcode byte) (e rawEvent, ok bool) {
	if block[0]&0x7f != xGeneric || block[1] != opcode {
		return rawEvent{}, false
	}
	e.kind = binary.LittleEndian.Uint16(block[8:])
	e.at = binary.LittleEndian.Uint32(block[12:])
	detail := binary.LittleEndian.Uint32(block[16:])
	e.code = xproto.Keycode(detail & 0xff)
	repeated := binary.LittleEndian.Uint32(block[24:])&xiRepeat != 0
	known := e.kind >= rawKeyPress && e.kind <= rawButtonPress
	return e, known && detail <= 0xff && !repeated
}

// setupRequest opens a connection in little-endian order.
func setupRequest(c cookie) []byte {
	b := []byte{'l', 0, 11, 0, 0, 0}
	b = binary.LittleEndian.AppendUint16(b, uint16(len(c.name)))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(c.data)))
	b = append(b, 0, 0)
	return padded(append(padded(append(b, c.name...)), c.data...))
}

// extensionRequest asks for the number of an extension.
func extensionRequest(name string) []byte {
	b := binary.LittleEndian.AppendUint16([]byte{0, 0, 0, 0}, uint16(len(name)))
	return request(queryExtension, 0, append(append(b, 0, 0), name...))
}

// versionRequest says that we know XInput 2.0: from 2.1 on we would also hear
// what is typed while another program has the keyboard, a screen locker or a
// prompt for a password.
func versionRequest(opcode byte) []byte {
	return request(opcode, xiQueryVersion, []byte{0, 0, 0, 0, 2, 0, 0, 0})
}

// selectRequest chooses events of all keyboards and pointers together.
func selectRequest(opcode byte, root xproto.Window, events uint32) []byte {
	b := binary.LittleEndian.AppendUint32(make([]byte, 4), uint32(root))
	b = append(b, 1, 0, 0, 0)            // one mask
	b = append(b, xiAllMasters, 0, 1, 0) // of one word
	return request(opcode, xiSelectEvents, binary.LittleEndian.AppendUint32(b, events))
}

// pointerRequest asks for the state of the pointer.
func pointerRequest(opcode byte, root xproto.Window) []byte {
	b := binary.LittleEndian.AppendUint32(make([]byte, 4), uint32(root))
	return request(opcode, xiQueryPointer, append(b, xiCorePointer, 0, 0, 0))
}

// buttonInReply finds a button in the reply to a pointerRequest: a header of 56
// bytes, of which two at 34 count the words of the mask that follows.
func buttonInReply(reply []byte, button byte) bool {
	at := 56 + int(button/8)
	if len(reply) < 56 || at >= len(reply) || int(button/32) >= int(binary.LittleEndian.Uint16(reply[34:])) {
		return false
	}
	return reply[at]&(1<<(button%8)) != 0
}

// request fills in the first four bytes of b and pads it.
func request(opcode, minor byte, b []byte) []byte {
	b = padded(b)
	b[0], b[1] = opcode, minor
	binary.LittleEndian.PutUint16(b[2:], uint16(len(b)/4))
	return b
}

// padded fills b up to a multiple of four.
func padded(b []byte) []byte { return append(b, make([]byte, -len(b)&3)...) }
