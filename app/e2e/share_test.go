package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aside/app/control"
	"aside/app/engine/enginetest"
)

// framed reports whether a frame is on the screen.
func (c *core) framed() bool {
	c.Helper()
	out, err := c.Output(c.ctx, "xwininfo", "-root", "-tree")
	if err != nil {
		c.Fatal(err, out)
	}
	return strings.Contains(out, "aside-frame")
}

// pictured is how many pictures a live voice has in its session.
func pictured(s *enginetest.Live) (n int) {
	for _, i := range s.Items() {
		n += len(i.Pictures)
	}
	return n
}

// shows waits until so many pictures have left, and one of them is in the
// session.
func (c *core) shows(s *enginetest.Live, n int) {
	c.Helper()
	if err := s.Until(c.ctx, func() bool { return len(s.Shown()) == n && pictured(s) == 1 }); err != nil {
		c.Fatalf("%d pictures have left, %d are in the session, want %d and one: %v", len(s.Shown()), pictured(s), n, err)
	}
}

// alone waits until nothing is shared any more, and wants that it stays so
// though the window changes.
func (c *core) alone(s *enginetest.Live, path, end string) {
	c.Helper()
	c.watch("an end of the sharing by "+end, func(s control.Snapshot) bool { return s.Sharing == nil })
	c.until("no frame and no picture after "+end, func() bool { return !c.framed() && pictured(s) == 0 })
	n := len(s.Shown())
	c.appendTo(path, "\033]11;blue\007\033[2J")
	time.Sleep(2 * time.Second) // twice as long as a picture takes
	if now := len(s.Shown()); now != n {
		c.Errorf("after %s %d more pictures left", end, now-n)
	}
	c.appendTo(path, "\033]11;white\007\033[2Jas before\n")
	time.Sleep(300 * time.Millisecond) // until it has drawn
}

func TestALiveVoiceLooksAlongAsLongAsTheUserLetsIt(t *testing.T) {
	c, s := living(t, whole())
	c.ready()
	path := c.file("page.txt", page)
	c.terminal("notes", path)
	window := c.front()
	if out, err := c.aside("watch"); err != nil || !strings.Contains(out, "Looking with you until") {
		t.Fatal(out, err)
	}
	c.shows(s, 1)
	if now := c.front(); now != window || !c.framed() {
		t.Errorf("window %d is in front, framed: %t", now, c.framed())
	}
	c.until("the panel's word for it", func() bool { return strings.Contains(c.panelText(), "Looking with you") })
	c.appendTo(path, "\033]11;red\007\033[2J")
	c.shows(s, 2)
	var status control.Status
	if out, err := c.aside("status", "--json"); err != nil || json.Unmarshal([]byte(out), &status) != nil || status.Sharing == nil {
		t.Fatal(out, err)
	}
	for i, left := range s.Shown() {
		shown, err := c.Command(c.ctx, filepath.Join(binaries(t), "aside"), "shot", status.Sharing.ID, "--picture", fmt.Sprint(i+1)).Output()
		if err != nil || !slices.Equal(shown, left.Bytes) {
			t.Errorf("picture %d that can be looked at is not the one that left: %v", i+1, err)
		}
	}

	if out, err := c.aside("ask", "--speak", "what is this"); err != nil {
		t.Fatal(out, err)
	}
	c.shows(s, 4) // that of the question, and what is shared again
	if v := c.ended(); len(v.Shots) != 1 {
		t.Errorf("the question had %d shots", len(v.Shots))
	}
	if out, err := c.aside("watch", "--stop"); err != nil || !strings.Contains(out, "3 pictures left") {
		t.Error(out, err)
	}
	c.alone(s, path, "its command")

	share := func() {
		n := len(s.Shown())
		if out, err := c.aside("watch"); err != nil {
			t.Fatal(out, err)
		}
		c.shows(s, n+1)
	}
	share()
	if out, err := c.aside("cancel"); err != nil {
		t.Fatal(out, err)
	}
	c.alone(s, path, "stop")
	share()
	lock := c.Command(context.WithoutCancel(c.ctx), "xterm", "-class", "i3lock", "-name", "i3lock", "-fullscreen")
	if _, err := c.Launch(lock); err != nil {
		t.Fatal(err)
	}
	c.alone(s, path, "a lock")
	if complaints := s.Errors(); len(complaints) > 0 {
		t.Errorf("the service had to complain: %q", complaints)
	}
}

func TestWhoIsNoLiveVoiceDoesNotLookAlong(t *testing.T) {
	c, _ := chatting(t, "")
	if out, err := c.aside("watch"); err == nil || !strings.Contains(out, "share_engine") {
		t.Error(out, err)
	}
	if out, err := c.aside("watch", "--stop"); err == nil || !strings.Contains(out, "share_none") {
		t.Error(out, err)
	}
}
