//go:build linux

package hotkey

import (
	"encoding/binary"
	"io"
	"net"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"aside/app/desk"
)

// wire stands between a client and the X server, counts what the server
// reports, and loses what it is told to lose.
type wire struct {
	presses atomic.Int64 // of keys that were grabbed
	events  atomic.Int64 // of all kinds
	lost    atomic.Int32 // a kind to lose from now on; 0 for none
	lose    func(report byte) bool
	gate    sync.RWMutex // locked while nothing passes
	wg      sync.WaitGroup
}

// suspend holds all reports back until goOn is called.
func (w *wire) suspend() (goOn func()) {
	w.gate.Lock()
	return w.gate.Unlock
}

// tap makes the display of the environment one that goes by a wire.
func tap(t *testing.T, d *desk.Desk, lose func(report byte) bool) *wire {
	t.Helper()
	number := d.Display[1:]
	path := filepath.Join(t.TempDir(), "X:"+number)
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{lose: lose}
	w.wg.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := (&net.Dialer{}).DialContext(t.Context(), "unix", "/tmp/.X11-unix/X"+number)
			if err != nil {
				_ = client.Close()
				continue
			}
			w.wg.Go(func() {
				_, _ = io.Copy(server, client)
				_ = server.Close()
			})
			w.wg.Go(func() {
				_ = w.reports(client, server)
				_ = client.Close()
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		w.wg.Wait()
	})
	t.Setenv("DISPLAY", path)
	return w
}

// reports passes on what the server sends: the setup, then blocks of 32 bytes
// of which replies are followed by more.
func (w *wire) reports(client io.Writer, server io.Reader) error {
	head := make([]byte, 8)
	if _, err := io.ReadFull(server, head); err != nil {
		return err
	}
	if _, err := client.Write(head); err != nil {
		return err
	}
	if _, err := io.CopyN(client, server, 4*int64(binary.LittleEndian.Uint16(head[6:]))); err != nil {
		return err
	}
	for block := make([]byte, 32); ; {
		if _, err := io.ReadFull(server, block); err != nil {
			return err
		}
		if err := w.pass(client, server, block); err != nil {
			return err
		}
	}
}

// pass hands on one block and what follows it, or loses it.
func (w *wire) pass(client io.Writer, server io.Reader, block []byte) error {
	w.gate.RLock()
	defer w.gate.RUnlock()
	const reply, keyPress = 1, 2
	kind := block[0] & 0x7f
	if kind == keyPress {
		w.presses.Add(1)
	}
	if kind > reply {
		w.events.Add(1)
	}
	to := client
	if w.lose != nil && w.lose(kind) || kind != 0 && int32(kind) == w.lost.Load() {
		to = io.Discard
	}
	if _, err := to.Write(block); err != nil || kind != reply && kind != xGeneric {
		return err
	}
	_, err := io.CopyN(to, server, 4*int64(binary.LittleEndian.Uint32(block[4:])))
	return err
}
