//go:build linux || freebsd

package grab

import (
	"encoding/binary"
	"errors"
	"image"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"aside/vision"
)

// selects makes owner hold the PRIMARY selection and answers for it.
func (r *rig) selects(owner xproto.Window, text string) {
	r.Helper()
	xproto.SetSelectionOwner(r.conn, owner, xproto.AtomPrimary, xproto.TimeCurrentTime)
	at := make([]byte, 4)
	binary.LittleEndian.PutUint32(at, r.clock())
	stamp, err := xproto.InternAtom(r.conn, false, uint16(len("TIMESTAMP")), "TIMESTAMP").Reply()
	if err != nil {
		r.Fatal(err)
	}
	go func() {
		for {
			event, err := r.conn.WaitForEvent()
			if event == nil && err == nil {
				return // the connection has ended
			}
			if q, ok := event.(xproto.SelectionRequestEvent); ok {
				if q.Target == stamp.Atom {
					property(r.conn, q.Requestor, q.Property, xproto.AtomInteger, 32, at)
				} else {
					property(r.conn, q.Requestor, q.Property, q.Target, 8, []byte(text))
				}
				told := xproto.SelectionNotifyEvent{Time: q.Time, Requestor: q.Requestor, Selection: q.Selection, Target: q.Target, Property: q.Property}
				xproto.SendEvent(r.conn, false, q.Requestor, 0, string(told.Bytes()))
			}
		}
	}()
}

// clock is the time as the server counts it.
func (r *rig) clock() uint32 {
	r.Helper()
	w, err := xproto.NewWindowId(r.conn)
	if err != nil {
		r.Fatal(err)
	}
	root := xproto.Setup(r.conn).DefaultScreen(r.conn).Root
	xproto.CreateWindow(r.conn, 0, w, root, -1, -1, 1, 1, 0, xproto.WindowClassInputOnly, 0,
		xproto.CwEventMask, []uint32{xproto.EventMaskPropertyChange})
	defer xproto.DestroyWindow(r.conn, w)
	property(r.conn, w, xproto.AtomWmName, xproto.AtomString, 8, []byte("x"))
	for {
		event, err := r.conn.WaitForEvent()
		if event == nil && err == nil {
			r.Fatal("the connection has ended")
		}
		if e, ok := event.(xproto.PropertyNotifyEvent); ok && e.Window == w {
			return uint32(e.Time)
		}
	}
}

func TestItIsKnownHowLongAgoSomethingWasSelected(t *testing.T) {
	r := start(t, managed(), Options{})
	id := r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(100, 100, 400, 300), colour: green})
	r.selects(id, "a word")
	r.windowShot("notes")
	first := r.take(vision.CaptureWindow)
	time.Sleep(300 * time.Millisecond)
	if later := r.take(vision.CaptureWindow); first.Selected <= 0 || later.Selected < first.Selected+300*time.Millisecond || later.Selected > first.Selected+5*time.Second {
		t.Errorf("%v ago, then %v ago", first.Selected, later.Selected)
	}
}

func TestTheClockOfTheServerMayBeginAgain(t *testing.T) {
	for _, c := range []struct {
		then, now uint32
		want      time.Duration
	}{
		{1000, 4000, 3 * time.Second},
		{1000, 1000, 1},
		{1<<32 - 1000, 1000, 2 * time.Second},
		{4000, 1000, 0}, // it lies
		{0, 4000, 0},
		{4000, 0, 0},
	} {
		if got := since(c.then, c.now); got != c.want {
			t.Errorf("from %d to %d are %v, want %v", c.then, c.now, got, c.want)
		}
	}
}

func TestTheSelectionOfTheWindowGoesAlong(t *testing.T) {
	r := start(t, managed(), Options{})
	id := r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(100, 100, 400, 300), colour: green})
	text := strings.Repeat("é", 20<<10)
	r.selects(id, text)
	r.windowShot("notes")
	s := r.take(vision.CaptureWindow)
	if s.Selection == "" || len(s.Selection) > maxSelection || !strings.HasPrefix(text, s.Selection) {
		t.Errorf("%d bytes are selected", len(s.Selection))
	}
	if s := r.take(vision.CaptureDisplay); s.Selection != "" {
		t.Errorf("a display has the selection %q", s.Selection)
	}
}

func TestWhatAnotherProgramHasSelectedStaysThere(t *testing.T) {
	r := start(t, managed(), Options{})
	r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(100, 100, 400, 300), colour: green})
	cmd := exec.CommandContext(t.Context(), "xclip", "-selection", "primary")
	cmd.Env, cmd.Stdin = r.desk.Env(), strings.NewReader("a secret")
	if err := cmd.Run(); err != nil {
		if os.Getenv("ASIDE_TEST_ALL") != "" || !errors.Is(err, exec.ErrNotFound) {
			t.Fatal(err)
		}
		t.Skip("needs xclip: ", err)
	}
	if s := r.windowShot("notes"); s.Selection != "" {
		t.Errorf("the selection is %q", s.Selection)
	}
}

func TestWhatMayBeSelectedInAPrivateWindowStaysThere(t *testing.T) {
	r := start(t, managed(), Options{Exclude: []string{"diary"}})
	diary := r.put(sheet{program: "editor", title: "diary", bounds: image.Rect(600, 100, 900, 300), colour: red})
	r.selects(diary, "a secret")
	notes := r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(100, 100, 400, 300), colour: green})
	r.windowShot("notes")
	if s := r.take(vision.CaptureWindow); s.Selection != "" {
		t.Errorf("the selection is %q", s.Selection)
	}
	if s, err := r.pick(notes); err != nil || s.Selection != "" {
		t.Errorf("of a window that was picked the selection is %q, %v", s.Selection, err)
	}
}

func TestAnOwnerThatHangsDoesNotHoldTheShotUp(t *testing.T) {
	r := start(t, managed(), Options{})
	id := r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(100, 100, 400, 300), colour: green})
	xproto.SetSelectionOwner(r.conn, id, xproto.AtomPrimary, xproto.TimeCurrentTime)
	r.conn.Sync()
	r.windowShot("notes") // the window manager has had its moment
	began := time.Now()
	s := r.take(vision.CaptureWindow)
	if took := time.Since(began); s.Selection != "" || took < selectionLimit || took > 200*time.Millisecond {
		t.Errorf("the selection is %q after %v", s.Selection, took)
	}
}
