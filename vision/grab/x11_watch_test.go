//go:build linux || freebsd

package grab

import (
	"context"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"aside/app/desk"
	"aside/vision"
)

// watching is a Watch that goes on.
type watching struct {
	*rig
	changes chan Change
	ended   chan error
	stop    context.CancelFunc
}

// watch watches the rig's screen, and returns when the watch has begun.
func (r *rig) watch() *watching {
	r.Helper()
	ctx, stop := context.WithCancel(r.Context())
	w := &watching{r, make(chan Change, 100), make(chan error, 1), stop}
	go func() { w.ended <- r.screen.Watch(ctx, func(c Change) { w.changes <- c }) }()
	r.Cleanup(func() {
		stop()
		if err := <-w.ended; err != nil {
			r.Error(err)
		}
	})
	// Only the pointer shows that it has begun.
	for n := 0; ; n++ {
		r.point(image.Pt(100+100*(n%2), 700))
		select {
		case <-w.changes:
			return w
		case err := <-w.ended:
			r.Fatal(err)
		case <-time.After(time.Second):
		}
	}
}

// news waits for a change.
func (w *watching) news() Change {
	w.Helper()
	select {
	case c := <-w.changes:
		if age := time.Since(c.At); age < 0 || age > 3*time.Second {
			w.Errorf("it changed %v ago", age)
		}
		return c
	case <-time.After(5 * time.Second):
		w.Fatal("no change was noticed")
	}
	return Change{}
}

// calm checks that for a while nothing is news.
func (w *watching) calm(what string) {
	w.Helper()
	select {
	case c := <-w.changes:
		w.Errorf("%s: %+v", what, c)
	case <-time.After(700 * time.Millisecond):
	}
}

func TestAWatchTellsOfWindowsTitlesAndThePointer(t *testing.T) {
	r := start(t, managed(), Options{Own: []string{"aside-panel"}, Exclude: []string{"vault"}})
	panel := r.put(sheet{program: "aside-panel", title: "Aside", bounds: image.Rect(900, 0, 1200, 300), colour: grey})
	notes := r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(0, 0, 300, 300), colour: green})
	vault := r.put(sheet{program: "vault", title: "secret", bounds: image.Rect(400, 0, 700, 300), colour: red})
	r.activate(notes)
	w := r.watch()
	w.calm("nothing happens")

	r.activate(vault)
	if c := w.news(); !c.Window {
		t.Errorf("a private window is %+v", c)
	}
	r.activate(notes)
	if c := w.news(); !c.Window {
		t.Errorf("another window is %+v", c)
	}
	r.activate(panel)
	w.calm("our own window is in front")
	r.activate(notes)
	w.calm("our own window was in front")

	property(r.conn, vault, xproto.AtomWmName, xproto.AtomString, 8, []byte("another secret"))
	w.calm("a window behind has another title")
	property(r.conn, notes, xproto.AtomWmName, xproto.AtomString, 8, []byte("more notes"))
	if c := w.news(); !c.Window {
		t.Errorf("another title is %+v", c)
	}
	property(r.conn, notes, xproto.AtomWmName, xproto.AtomString, 8, []byte("more notes *"))
	w.calm("a mark in the title")

	r.point(image.Pt(600, 500))
	if c := w.news(); c.Window || c.Pointer != image.Pt(600, 500) {
		t.Errorf("a rest is %+v", c)
	}
	r.point(image.Pt(620, 520))
	w.calm("the pointer goes nowhere")

	xproto.DestroyWindow(r.conn, panel)
	xproto.DestroyWindow(r.conn, notes)
	r.conn.Sync()
	if c := w.news(); !c.Window {
		t.Errorf("a window that goes is %+v", c)
	}
}

func TestATitleThatTicksIsNewsOnceASecond(t *testing.T) {
	r := start(t, managed(), Options{})
	id := r.put(sheet{program: "shell", title: "job 0", bounds: image.Rect(0, 0, 300, 300), colour: green})
	r.activate(id)
	w := r.watch()
	began := time.Now()
	for i := range 60 {
		property(r.conn, id, xproto.AtomWmName, xproto.AtomString, 8, []byte(fmt.Sprint("job ", i+1)))
		r.conn.Sync()
		time.Sleep(50 * time.Millisecond)
	}
	took := time.Since(began)
	time.Sleep(stirLimit + quietFor)
	if n := len(w.changes); n == 0 || n > int(took/titleEvery)+1 {
		t.Errorf("in %v it was news %d times", took, n)
	}
}

func TestTheEndOfAWatchLeavesNothing(t *testing.T) {
	r := start(t, managed(), Options{})
	r.take(vision.CaptureDisplay)
	before := runtime.NumGoroutine()
	w := r.watch()
	r.take(vision.CaptureDisplay)
	asked := time.Now()
	w.stop()
	err := <-w.ended
	if took := time.Since(asked); err != nil || took > 300*time.Millisecond {
		t.Errorf("it ended after %v: %v", took, err)
	}
	w.ended <- nil
	r.point(image.Pt(900, 300))
	r.until("goroutines to end", func() bool { return runtime.NumGoroutine() <= before })
	if len(w.changes) > 0 {
		t.Error("it went on")
	}
	r.take(vision.CaptureDisplay)
}

func TestAWatchThatHasNotBegunEndsWithItsContext(t *testing.T) {
	r := start(t, desk.Options{Width: 64, Height: 48}, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.screen.Watch(ctx, func(c Change) { t.Error(c) }); err != nil {
		t.Error(err)
	}
}

func TestAServerThatEndsEndsTheWatch(t *testing.T) {
	r := start(t, managed(), Options{})
	w := r.watch()
	r.signal(syscall.SIGKILL)
	select {
	case err := <-w.ended:
		if !errors.Is(err, vision.ErrNoDisplay) {
			t.Error(err)
		}
	case <-time.After(5 * time.Second):
		t.Error("it goes on")
	}
	if err := r.screen.Watch(t.Context(), nil); !errors.Is(err, vision.ErrNoDisplay) {
		t.Errorf("another: %v", err)
	}
	w.ended <- nil
}

func TestAServerThatHangsEndsTheWatch(t *testing.T) {
	r := start(t, managed(), Options{})
	for what, limit := range map[string]time.Duration{"a watch": takeLimit, "a watch that nobody wants": 2 * leaveLimit} {
		w := r.watch()
		r.signal(syscall.SIGSTOP)
		time.Sleep(2 * pointerEvery) // it has asked
		began := time.Now()
		if limit < takeLimit {
			w.stop()
		}
		err := <-w.ended
		if took := time.Since(began); took > limit+500*time.Millisecond {
			t.Errorf("%s ends after %v", what, took)
		}
		if wanted := limit == takeLimit; wanted != errors.Is(err, vision.ErrNoDisplay) || !wanted && err != nil {
			t.Errorf("%s ends with %v", what, err)
		}
		w.ended <- nil
		r.signal(syscall.SIGCONT)
	}
}

func TestUnderWaylandNothingIsWatched(t *testing.T) {
	_, result := written(t)
	s, err := withPortal(t, &fakePortal{result: result}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Watch(t.Context(), func(c Change) { t.Error(c) }); !errors.Is(err, vision.ErrUnsupported) {
		t.Error(err)
	}
}

// BenchmarkWatch watches for a tenth of a second each time, and says how much
// of that is spent. The pointer stands still.
func BenchmarkWatch(b *testing.B) {
	d := desk.Start(b, desk.Options{Display: true, WM: "openbox"})
	b.Setenv("DISPLAY", d.Display)
	b.Setenv("XDG_SESSION_TYPE", "")
	b.Setenv("WAYLAND_DISPLAY", "")
	s, err := Open(b.Context(), Options{}, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	ctx, stop := context.WithCancel(b.Context())
	ended := make(chan error)
	go func() { ended <- s.Watch(ctx, func(Change) {}) }()
	spent := func() (cpu time.Duration, waits int64) {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano()), int64(u.Nvcsw)
	}
	time.Sleep(pointerEvery) // until it has begun
	cpu, waits := spent()
	for b.Loop() {
		time.Sleep(pointerEvery)
	}
	cpu2, waits2 := spent()
	b.ReportMetric(float64((cpu2-cpu).Microseconds())/float64(b.N), "cpu-µs/op")
	b.ReportMetric(float64(waits2-waits)/float64(b.N), "waits/op")
	stop()
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
}
