package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aside/app/control"
	"aside/app/engine/enginetest"
)

// last is the last message that the service was sent.
func last(s *enginetest.Server) enginetest.Message {
	asked := s.Requests(enginetest.Chat)
	messages := asked[len(asked)-1].Messages
	return messages[len(messages)-1]
}

// wantShown wants that each picture which left can be looked at, byte for byte.
func (c *core) wantShown(v control.View, left []enginetest.Picture) {
	c.Helper()
	var sums []string
	for _, s := range v.Shots {
		for _, p := range s.Pictures {
			sums = append(sums, p.SHA256)
		}
	}
	if len(sums) != len(left) {
		c.Fatalf("%d pictures left, %d are told of", len(left), len(sums))
	}
	for i, p := range left {
		shown, err := c.Command(c.ctx, filepath.Join(binaries(c.TB), "aside"), "shot", v.ID, "--picture", fmt.Sprint(i+1)).Output()
		if err != nil {
			c.Fatal(err)
		}
		sum := sha256.Sum256(p.Bytes)
		if !slices.Equal(shown, p.Bytes) || sums[i] != hex.EncodeToString(sum[:]) {
			c.Errorf("picture %d is not the one that left", i+1)
		}
	}
	if _, err := c.aside("shot", v.ID, "--picture", fmt.Sprint(len(left)+1)); err == nil {
		c.Error("there is one picture more to be seen than left")
	}
}

func TestThisAndThatLeaveInOneQuestion(t *testing.T) {
	c, s := chatting(t, "")
	c.terminal("that", c.file("that.txt", "another page\n"))
	c.terminal("this", c.file("this.txt", page))
	wav, err := c.Voice(c.ctx, "what is the difference between this and that")
	if err != nil {
		t.Fatal(err)
	}
	c.sayWhile(wav, func() {
		time.Sleep(500 * time.Millisecond)
		c.xdotool("search", "--onlyvisible", "--name", "^that$", "windowactivate", "--sync")
	})
	v := c.ended()
	m := last(s)
	if v.Outcome != "answered" || len(v.Shots) != 2 || len(m.Pictures) != 2 {
		t.Fatalf("%d pictures left: %+v, %+v", len(m.Pictures), v, v.Problem)
	}
	if v.Shots[0].Title != "this" || v.Shots[1].Title != "that" || v.Shots[1].At < 500 {
		t.Errorf("the shots are %+v", v.Shots)
	}
	first, second := strings.Index(m.Text, "title: this"), strings.Index(m.Text, "title: that; taken ")
	if first < 0 || second < first {
		t.Errorf("the service is told %q", m.Text)
	}
	c.wantShown(v, m.Pictures)
}

func TestALargeWindowLeavesInPartsThatCanBeSeen(t *testing.T) {
	o := whole()
	o.Width, o.Height = 3840, 2160
	c, s := chattingOn(t, o, "")
	c.ready()
	var lines strings.Builder
	for i := range 120 {
		fmt.Fprintf(&lines, "%4d  %s\n", i, strings.Repeat("the quick brown fox ", 20))
	}
	path := c.file("page.txt", "")
	c.terminal("notes", path)
	c.xdotool("search", "--onlyvisible", "--name", "^notes$", "windowsize", "--sync", "3300", "2000")
	c.appendTo(path, lines.String())
	time.Sleep(time.Second) // until it has drawn
	v := c.answered("--screen", "window", "what does it say")
	left := last(s).Pictures
	if len(left) < 3 || left[0].Detail != "low" || max(left[0].Bounds().Dx(), left[0].Bounds().Dy()) > 512 {
		t.Fatalf("%d pictures left", len(left))
	}
	for i, p := range v.Shots[0].Pictures {
		if p.Whole != (i == 0) || i > 0 && p.Scale < 0.79 {
			t.Errorf("picture %d is %+v", i+1, p)
		}
	}
	c.wantShown(v, left)
}

// draws draws a rectangle with the mouse, once the user is asked to.
func (c *core) draws(r image.Rectangle) {
	c.Helper()
	time.Sleep(400 * time.Millisecond)
	c.xdotool("mousemove", fmt.Sprint(r.Min.X), fmt.Sprint(r.Min.Y), "mousedown", "1",
		"mousemove", fmt.Sprint(r.Max.X-40), fmt.Sprint(r.Max.Y-40), "sleep", "0.1",
		"mousemove", fmt.Sprint(r.Max.X), fmt.Sprint(r.Max.Y), "sleep", "0.1", "mouseup", "1")
}

func TestARegionThatIsDrawnIsWhatIsAskedAbout(t *testing.T) {
	c, s := chatting(t, "")
	c.terminal("notes", c.file("page.txt", page))
	window := c.front()
	region := image.Rect(60, 80, 360, 280)

	asked := make(chan string, 1)
	go func() {
		out, err := c.aside("ask", "--screen", "region", "--json", "what is here")
		asked <- fmt.Sprint(out, err)
	}()
	c.draws(region)
	var v control.View
	if out := <-asked; json.Unmarshal([]byte(strings.TrimSuffix(out, "<nil>")), &v) != nil || v.Outcome != "answered" || v.Shots[0].Capture != "region" {
		t.Fatalf("asked about a region: %s", out)
	}
	if got := last(s).Picture(); got == nil || got.Bounds().Dx() < 298 || got.Bounds().Dx() > 302 || got.Bounds().Dy() < 198 || got.Bounds().Dy() > 202 {
		t.Error("the region did not leave")
	}
	if c.front() != window {
		t.Error("the window in front lost the focus")
	}

	// The same for the next spoken question, and for no other.
	aimed := make(chan error, 1)
	go func() {
		_, err := c.aside("aim", "region")
		aimed <- err
	}()
	c.draws(region)
	if err := <-aimed; err != nil {
		t.Fatal(err)
	}
	c.ask("what is here")
	if v := c.ended(); len(v.Shots) != 1 || v.Shots[0].Capture != "region" {
		t.Errorf("the spoken question: %+v", v.Shots)
	}
	c.wantVerb("aim", "none")
	c.ask("what is here")
	if v := c.ended(); len(v.Shots) != 0 || last(s).Picture() != nil {
		t.Errorf("without the screen: %+v", v.Shots)
	}
	c.ask("what is here")
	if v := c.ended(); len(v.Shots) != 1 || v.Shots[0].Capture != "window" {
		t.Errorf("the question after it: %+v", v.Shots)
	}
}

func TestNothingThatIsChosenAsksNothing(t *testing.T) {
	c, s := chatting(t, "")
	asked := make(chan string, 1)
	go func() {
		out, err := c.aside("ask", "--screen", "pick", "what is here")
		asked <- fmt.Sprint(out, err)
	}()
	time.Sleep(400 * time.Millisecond)
	c.xdotool("key", "Escape")
	if out := <-asked; !strings.Contains(out, "screen_unchosen") {
		t.Errorf("it says %s", out)
	}
	if n := len(s.Requests("")); n != 0 {
		t.Errorf("%d requests came", n)
	}
}
