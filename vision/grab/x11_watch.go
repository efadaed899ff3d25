//go:build linux || freebsd

package grab

import (
	"context"
	"errors"
	"image"
	"os"
	"sync"
	"time"

	"github.com/jezek/xgb/xproto"

	"aside/vision"
)

const (
	pointerEvery = 100 * time.Millisecond
	leaveLimit   = 100 * time.Millisecond // for taking leave when nobody watches any more
)

// watcher watches an X server. All but hear is for one goroutine.
type watcher struct {
	x       *x11
	allowed func() rules
	gaze    gaze
	points  bool      // the pointer is watched, too
	asked   time.Time // for the pointer

	heard chan xproto.PropertyNotifyEvent // closed when the connection is gone
	done  chan struct{}                   // closed when nobody takes what is heard
	ears  sync.WaitGroup
}

// watch watches the windows and, if points is true, where the pointer is.
func watch(ctx context.Context, allowed func() rules, points bool, changed func(Change)) error {
	switch {
	case wayland():
		return vision.ErrUnsupported
	case os.Getenv("DISPLAY") == "":
		return vision.ErrNoDisplay
	}
	dialling, cancel := context.WithTimeout(ctx, takeLimit)
	defer cancel()
	x, err := dialX11(dialling)
	if errors.Is(err, errGone) {
		err = unreachable(err)
	}
	if err != nil {
		return err
	}
	w := &watcher{x: x, allowed: allowed, points: points, heard: make(chan xproto.PropertyNotifyEvent), done: make(chan struct{})}
	w.ears.Go(w.hear)
	defer w.close()
	// What waits for an answer then does not wait for long.
	defer context.AfterFunc(ctx, func() { _ = x.socket.SetDeadline(time.Now().Add(leaveLimit)) })()
	if err := w.run(ctx, changed); err != nil {
		return unreachable(err)
	}
	return nil
}

// close takes leave of the server, briefly, and waits for what listens to it.
func (w *watcher) close() {
	close(w.done)
	hangs := time.AfterFunc(leaveLimit, func() { _ = w.x.socket.Close() })
	defer hangs.Stop()
	w.x.close()
	w.ears.Wait()
}

// hear hands on the news of titles and of the active window, until the
// connection ends. A window may have gone when it is asked about; the error
// that comes of that is none.
func (w *watcher) hear() {
	defer close(w.heard)
	for {
		event, err := w.x.conn.WaitForEvent()
		if event == nil && err == nil {
			return
		}
		e, ok := event.(xproto.PropertyNotifyEvent)
		if !ok || e.Atom != w.x.atoms.active && e.Atom != w.x.atoms.name && e.Atom != xproto.AtomWmName {
			continue
		}
		select {
		case w.heard <- e:
		case <-w.done:
			return // close takes the rest
		}
	}
}

func (w *watcher) run(ctx context.Context, changed func(Change)) error {
	if err := w.begin(ctx); err != nil {
		return err
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case e, open := <-w.heard:
			if !open {
				return errGone
			}
			w.note(e, time.Now())
		case <-timer.C:
			if err := w.look(ctx, changed); err != nil {
				return err
			}
		case <-ctx.Done():
			return nil
		}
		timer.Stop()
		if next := w.next(); !next.IsZero() {
			timer.Reset(time.Until(next))
		}
	}
}

func (w *watcher) note(e xproto.PropertyNotifyEvent, now time.Time) {
	switch {
	case e.Window == w.x.root && e.Atom == w.x.atoms.active:
		w.gaze.activated(now)
	case e.Window == xproto.Window(w.gaze.window):
		w.gaze.retitled(now)
	}
}

// next is when there is something to do; the zero time if there is nothing.
func (w *watcher) next() time.Time {
	at, _ := w.gaze.next()
	if !w.points {
		return at
	}
	if next := w.asked.Add(pointerEvery); at.IsZero() || next.Before(at) {
		return next
	}
	return at
}

// begin asks to be told, and sees what is there.
func (w *watcher) begin(ctx context.Context) error {
	return w.asking(ctx, func() error {
		w.listen(w.x.root, xproto.EventMaskPropertyChange)
		if _, _, err := w.front(time.Now()); err != nil || !w.points {
			return err
		}
		_, _, err := w.pointer(time.Now())
		return err
	})
}

// look does what is due, and tells of what is new.
func (w *watcher) look(ctx context.Context, changed func(Change)) error {
	now := time.Now()
	var news []Change
	err := w.asking(ctx, func() error {
		if at, front := w.gaze.next(); !at.IsZero() && !now.Before(at) {
			see := w.retitled
			if front {
				see = w.front
			}
			since, changed, err := see(now)
			if err != nil {
				return err
			}
			if changed {
				news = append(news, Change{At: since, Window: true, Pointer: w.gaze.rest.here})
			}
		}
		if !w.points || now.Before(w.asked.Add(pointerEvery)) {
			return nil
		}
		since, changed, err := w.pointer(now)
		if changed {
			news = append(news, Change{At: since, Pointer: w.gaze.rest.here})
		}
		return err
	})
	for _, n := range news {
		if ctx.Err() == nil {
			changed(n)
		}
	}
	return err
}

// asking bounds the time in which questions are answered. Only then does the
// connection have a deadline: between them a server may be silent.
func (w *watcher) asking(ctx context.Context, ask func() error) error {
	_ = w.x.socket.SetDeadline(time.Now().Add(takeLimit)) // it fails on what is closed already
	if ctx.Err() != nil {
		return nil // its end had set an earlier one
	}
	if err := ask(); err != nil {
		return err
	}
	_ = w.x.socket.SetDeadline(time.Time{}) // likewise
	return nil
}

// listen asks to be told of what happens to a window.
func (w *watcher) listen(id xproto.Window, mask uint32) {
	xproto.ChangeWindowAttributes(w.x.conn, id, xproto.CwEventMask, []uint32{mask})
}

// front sees which window is in front. One that has gone, or that is our own,
// is passed over.
func (w *watcher) front(now time.Time) (since time.Time, news bool, err error) {
	reply, err := w.x.property(w.x.root, w.x.atoms.active, xproto.AtomWindow).cookie.Reply()
	if err != nil {
		return since, false, err
	}
	var id xproto.Window
	if active := windowIDs(reply.Value); len(active) > 0 {
		id = active[0]
	}
	before := xproto.Window(w.gaze.window)
	if id == before {
		w.gaze.passed()
		return since, false, nil
	}
	var title string
	if id != 0 {
		w.listen(id, xproto.EventMaskPropertyChange) // first: a title that comes now is not missed
		c, there := w.x.ask(id).answer(w.x.atoms)
		if !there || w.allowed().ours(c.window) {
			w.listen(id, 0)
			w.gaze.passed()
			return since, false, nil
		}
		title = c.title
	}
	if before != 0 {
		w.listen(before, 0)
	}
	since, news = w.gaze.saw(now, uint32(id), title)
	return since, news, nil
}

// retitled sees which title the window in front has.
func (w *watcher) retitled(now time.Time) (since time.Time, news bool, err error) {
	c, there := w.x.ask(xproto.Window(w.gaze.window)).answer(w.x.atoms)
	if !there {
		c.title = w.gaze.title // it goes, and another will be in front
	}
	since, news = w.gaze.saw(now, w.gaze.window, c.title)
	return since, news, nil
}

// pointer sees where the pointer is.
func (w *watcher) pointer(now time.Time) (since time.Time, news bool, err error) {
	w.asked = now
	reply, err := xproto.QueryPointer(w.x.conn, w.x.root).Reply()
	if err != nil {
		return since, false, err
	}
	since, news = w.gaze.pointed(now, image.Pt(int(reply.RootX), int(reply.RootY)))
	return since, news, nil
}
