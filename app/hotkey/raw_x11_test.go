//go:build linux

package hotkey

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/jezek/xgb/xproto"
)

// rawBlock is a raw event as it is on the wire, with two words that follow it.
func rawBlock(kind uint16, at, code, flags uint32) []byte {
	b := make([]byte, 40)
	b[0], b[1] = xGeneric, 131
	b[4] = 2
	binary.LittleEndian.PutUint16(b[8:], kind)
	binary.LittleEndian.PutUint32(b[12:], at)
	binary.LittleEndian.PutUint32(b[16:], code)
	binary.LittleEndian.PutUint32(b[24:], flags)
	return b
}

func TestRawEventsAreReadWhateverIsBetween(t *testing.T) {
	otherExtension := rawBlock(rawKeyPress, 1, 37, 0)
	otherExtension[1] = 140
	wire := bytes.Join([][]byte{
		make([]byte, 32), // an error
		rawBlock(rawKeyPress, 1000, 105, 0),
		rawBlock(rawKeyPress, 1600, 105, xiRepeat),
		append([]byte{34}, make([]byte, 31)...), // a change of the layout
		rawBlock(17, 1650, 1, 0),                // motion
		otherExtension,
		rawBlock(rawKeyRelease, 1700, 300, 0), // no keycode
		rawBlock(rawKeyRelease, 1700, 105, 0),
		rawBlock(rawButtonPress, 1800, 1, 0),
	}, nil)
	in := bufio.NewReader(bytes.NewReader(wire))
	var got []rawEvent
	for {
		block, err := readBlock(in)
		if err != nil {
			if !errors.Is(err, io.EOF) {
				t.Error(err)
			}
			break
		}
		if e, ok := parseRaw(block, 131); ok {
			got = append(got, e)
		}
	}
	want := []rawEvent{{rawKeyPress, 105, 1000}, {rawKeyRelease, 105, 1700}, {rawButtonPress, 1, 1800}}
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("event %d is %v, want %v", i, got[i], want[i])
		}
	}
}

func TestWhatIsTypedWithoutALoneModifierEndsAtTheWire(t *testing.T) {
	var f rawFilter
	for i, step := range []struct {
		e    rawEvent
		want bool
	}{
		{rawEvent{kind: rawKeyPress, code: 53}, false},
		{rawEvent{kind: rawKeyRelease, code: 53}, false},
		{rawEvent{kind: rawKeyPress, code: 105}, true},
		{rawEvent{kind: rawKeyPress, code: 53}, true},
		{rawEvent{kind: rawKeyRelease, code: 53}, false},
		{rawEvent{kind: rawButtonPress, code: 105}, true},
		{rawEvent{kind: rawKeyRelease, code: 105}, true},
		{rawEvent{kind: rawKeyPress, code: 53}, false},
		{rawEvent{kind: rawButtonPress, code: 105}, false},
	} {
		if got := f.passes(step.e, []xproto.Keycode{108, 105}); got != step.want {
			t.Errorf("step %d: %v", i, got)
		}
	}
}

func FuzzReadBlock(f *testing.F) {
	f.Add(rawBlock(rawKeyPress, 1, 105, 0))
	f.Add(append([]byte{xReply, 0, 0, 0, 255, 255, 255, 255}, make([]byte, 40)...))
	f.Fuzz(func(t *testing.T, wire []byte) {
		in := bufio.NewReader(bytes.NewReader(wire))
		for range len(wire)/32 + 1 {
			block, err := readBlock(in)
			if err != nil {
				return
			}
			if e, ok := parseRaw(block, 131); ok && (e.kind < rawKeyPress || e.kind > rawButtonPress) {
				t.Fatalf("kind %d", e.kind)
			}
		}
		t.Fatalf("more blocks than %d bytes hold", len(wire))
	})
}

func TestAServerWithoutXInputIsNamed(t *testing.T) {
	a, err := parseDisplay(filepath.Join(t.TempDir(), "X:3"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), a.network, a.path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		_, _ = io.ReadFull(conn, make([]byte, 12))
		_, _ = conn.Write([]byte{1, 0, 11, 0, 0, 0, 0, 0})
		_, _ = io.ReadFull(conn, make([]byte, 24))
		_, _ = conn.Write(append([]byte{xReply}, make([]byte, 31)...)) // not present
		_, _ = io.Copy(io.Discard, conn)
	}()
	display := a.path
	if r, err := openRaw(t.Context(), display, 1); r != nil || !errors.Is(err, ErrNoInput) {
		t.Errorf("open: %v, %v; want ErrNoInput", r, err)
	}
}

func TestDisplaysAreReadAsXDoes(t *testing.T) {
	for in, want := range map[string]address{
		":0":             {"unix", "/tmp/.X11-unix/X0", "", "0"},
		":1.1":           {"unix", "/tmp/.X11-unix/X1", "", "1"},
		"unix:2":         {"unix", "/tmp/.X11-unix/X2", "", "2"},
		"localhost:10.0": {"tcp", "localhost:6010", "localhost", "10"},
		"tcp/far:3":      {"tcp", "far:6003", "far", "3"},
		"/run/x/X:7":     {"unix", "/run/x/X:7", "", "7"},
	} {
		if got, err := parseDisplay(in); err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "0", ":", ":x", ":-1", ":99999"} {
		if got, err := parseDisplay(in); !errors.Is(err, ErrNoDisplay) {
			t.Errorf("%q: %v, %v; want ErrNoDisplay", in, got, err)
		}
	}
}

// entry is one of an authority file.
func entry(family uint16, fields ...string) []byte {
	b := binary.BigEndian.AppendUint16(nil, family)
	for _, f := range fields {
		b = append(binary.BigEndian.AppendUint16(b, uint16(len(f))), f...)
	}
	return b
}

func TestTheCookieIsThatOfTheDisplay(t *testing.T) {
	const name = "MIT-MAGIC-COOKIE-1"
	file := bytes.Join([][]byte{
		entry(familyLocal, "elsewhere", "0", name, "far"),
		entry(0, "\x7f\x00\x00\x01", "0", name, "inet"),
		entry(familyLocal, "here", "1", name, "one"),
		entry(familyLocal, "here", "0", name, "zero"),
		entry(familyWild, "", "", name, "any"),
	}, nil)
	for number, want := range map[string]string{"0": "zero", "1": "one", "2": "any"} {
		got, err := findCookie(bytes.NewReader(file), "here", number)
		if err != nil || string(got.data) != want || string(got.name) != name {
			t.Errorf("display %s: %q, %v; want %q", number, got.data, err, want)
		}
	}
	if _, err := findCookie(bytes.NewReader(file[:20]), "here", "0"); err == nil {
		t.Error("a file that is cut off has a cookie")
	}
	path := filepath.Join(t.TempDir(), "authority")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XAUTHORITY", path)
	if c := readCookie(address{host: "here", number: "1"}); string(c.data) != "one" {
		t.Errorf("from the file: %q", c.data)
	}
	if got := setupRequest(cookie{[]byte("abc"), []byte("defgh")}); len(got) != 12+4+8 || got[6] != 3 || got[8] != 5 {
		t.Errorf("setup request % x", got)
	}
}

func FuzzFindCookie(f *testing.F) {
	f.Add(entry(familyWild, "", "0", "name", "data"))
	f.Fuzz(func(_ *testing.T, file []byte) { _, _ = findCookie(bytes.NewReader(file), "here", "0") })
}
