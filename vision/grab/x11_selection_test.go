//go:build linux || freebsd

package grab

import (
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
	r.conn.Sync()
	go func() {
		for {
			event, err := r.conn.WaitForEvent()
			if event == nil && err == nil {
				return // the connection has ended
			}
			if q, ok := event.(xproto.SelectionRequestEvent); ok {
				property(r.conn, q.Requestor, q.Property, q.Target, 8, []byte(text))
				told := xproto.SelectionNotifyEvent{Time: q.Time, Requestor: q.Requestor, Selection: q.Selection, Target: q.Target, Property: q.Property}
				xproto.SendEvent(r.conn, false, q.Requestor, 0, string(told.Bytes()))
			}
		}
	}()
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
