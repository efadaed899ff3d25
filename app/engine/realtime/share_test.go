package realtime

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"aside/app/engine"
	"aside/app/engine/enginetest"
	"aside/vision"
)

// titled is a look at a window of that title.
func titled(t testing.TB, title string) vision.Shot {
	t.Helper()
	s := shot(t)
	s.Title = title
	return s
}

// shares shares a look and waits until it has left.
func shares(t *testing.T, e *Engine, s vision.Shot) {
	t.Helper()
	left := make(chan time.Time, 1)
	if taken, err := e.Share(s, func(at time.Time) { left <- at }); !taken || err != nil {
		t.Fatalf("it was not taken: %v", err)
	}
	select {
	case <-left:
	case <-soon(t).Done():
		t.Fatal("it did not leave")
	}
}

// pictures are the titles of the windows of which the service has a picture.
func pictures(s *enginetest.Live) string {
	var all []string
	for _, i := range s.Items() {
		if len(i.Pictures) > 0 {
			_, title, _ := strings.Cut(i.Text, "title: ")
			all = append(all, strings.TrimSuffix(title, "]"))
		}
	}
	return strings.Join(all, " ")
}

// sees waits until the service has those pictures.
func sees(t *testing.T, s *enginetest.Live, want string) {
	t.Helper()
	if err := s.Until(soon(t), func() bool { return pictures(s) == want }); err != nil {
		t.Fatalf("the service has pictures of %q, want %q", pictures(s), want)
	}
}

// comes waits until the engine is so; a service does not tell of that.
func comes(t *testing.T, so func() bool) {
	t.Helper()
	for ctx := soon(t); !so(); {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			t.Fatal(ctx.Err())
		}
	}
}

func TestWhatIsSharedTakesThePlaceOfTheOneBefore(t *testing.T) {
	s, e := answering(t)
	for _, title := range []string{"one", "two", "three"} {
		shares(t, e, titled(t, title))
		sees(t, s, title)
		if !e.Shares() || !e.Ready() {
			t.Errorf("%s is not shared", title)
		}
	}
	if n := len(s.Shown()); n != 3 || len(s.Handshakes()) != 1 || len(s.Events("response.create")) > 0 {
		t.Errorf("%d pictures came in %d sessions", n, len(s.Handshakes()))
	}
	e.Unshare()
	sees(t, s, "")
	if e.Shares() {
		t.Error("it is shared")
	}
	calm(t, s)
}

func TestAQuestionHasItsOwnPictureAndNotWhatIsShared(t *testing.T) {
	s, e := answering(t)
	gate := make(chan struct{})
	s.Script(enginetest.LiveAll(enginetest.LiveWait(gate), enginetest.LiveSay("So. ", time.Second)))
	shares(t, e, titled(t, "shared"))
	x := says(t, e, engine.Prompt{Turn: "t1", Speak: true, Capture: vision.CaptureWindow}, time.Second, titled(t, "asked"))
	sees(t, s, "asked")
	if e.Shares() || e.Ready() {
		t.Error("beside the question's own picture another is shared")
	}
	if err := x.Commit(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Await(soon(t), "response.create", 1); err != nil {
		t.Fatal(err)
	}
	if taken, err := e.Share(titled(t, "late"), func(time.Time) {}); taken || err != nil {
		t.Errorf("while it is answered, another was taken: %v", err)
	}
	close(gate)
	if _, err := drain(soon(t), x); err != nil {
		t.Fatal(err)
	}
	sees(t, s, "")
	shares(t, e, titled(t, "shared again")) // the voice still speaks
	_ = x.Close()
	sees(t, s, "shared again")
	becomesOf(t, s, "user:What is this?", "assistant:So.")
	calm(t, s)
}

// becomesOf waits until these are among the items of the service.
func becomesOf(t *testing.T, s *enginetest.Live, want ...string) {
	t.Helper()
	for _, w := range want {
		if err := s.Until(soon(t), func() bool { return strings.Contains(conversed(s), w) }); err != nil {
			t.Errorf("the conversation is %q, without %q", conversed(s), w)
		}
	}
}

func TestAQuestionWithoutTheScreenDoesNotSeeWhatIsShared(t *testing.T) {
	s, e := answering(t)
	shares(t, e, titled(t, "shared"))
	x, err := e.Start(t.Context(), engine.Prompt{Turn: "t1", Question: "And this?", Capture: vision.CaptureNone})
	if err != nil {
		t.Fatal(err)
	}
	sees(t, s, "")
	if e.Ready() {
		t.Error("another would be taken")
	}
	_ = x.Close()
	shares(t, e, titled(t, "shared again"))
	sees(t, s, "shared again")
	calm(t, s)
}

func TestATapLeavesWhatIsShared(t *testing.T) {
	s, e := answering(t)
	shares(t, e, titled(t, "shared"))
	x, err := e.Start(t.Context(), engine.Prompt{Turn: "t1", Speak: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Show(titled(t, "tapped")); err != nil {
		t.Fatal(err)
	}
	_ = x.Close()
	if sees(t, s, "shared"); !e.Shares() {
		t.Errorf("the service has pictures of %q", pictures(s))
	}
	calm(t, s)
}

func TestUntilTheFirstWordWhatIsSharedGoesOn(t *testing.T) {
	s, e := answering(t)
	shares(t, e, titled(t, "one"))
	x, err := e.Start(t.Context(), engine.Prompt{Turn: "t1", Speak: true})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if err := x.Show(titled(t, "asked")); err != nil { // the microphone is open, and nobody speaks
		t.Fatal(err)
	}
	shares(t, e, titled(t, "two"))
	sees(t, s, "two")
	for f := range speech(time.Second).Frames() {
		if err := x.Send(f); err != nil {
			t.Fatal(err)
		}
	}
	sees(t, s, "asked")
	calm(t, s)
}

func TestASessionLivesAsLongAsSomethingIsShared(t *testing.T) {
	s := enginetest.StartLive(t)
	c := config(s)
	c.Keep = 50 * time.Millisecond
	e := opened(t, c)
	shares(t, e, titled(t, "shared"))
	if _, err := ask(t, e, engine.Prompt{Turn: "t1", Speak: true}); err != nil {
		t.Fatal(err)
	}
	time.Sleep(4 * c.Keep)
	if s.Open() != 1 || !e.Shares() {
		t.Errorf("%d sessions are open", s.Open())
	}
	e.Unshare()
	if err := s.Until(soon(t), func() bool { return s.Open() == 0 }); err != nil {
		t.Error(err)
	}
}

func TestWhatIsSharedIsSharedAgainWhenTheLinkWasLost(t *testing.T) {
	s, e := answering(t)
	shares(t, e, titled(t, "one"))
	sees(t, s, "one")
	s.Cut()
	comes(t, func() bool { return s.Open() == 0 && !e.Shares() })
	shares(t, e, titled(t, "two"))
	sees(t, s, "two")
	calm(t, s)
}

func TestWhyNothingCanBeSharedIsSaid(t *testing.T) {
	s, e := answering(t)
	s.Refuse(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	if taken, err := e.Share(titled(t, "one"), func(time.Time) { t.Error("it left") }); !taken || err != nil {
		t.Fatalf("it was not taken: %v", err)
	}
	comes(t, func() bool { return !e.Shares() })
	_, why := e.Share(titled(t, "two"), func(time.Time) {})
	if engine.Code(why) != "key_rejected" {
		t.Errorf("it is said that %v", why)
	}
}
