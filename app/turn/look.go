package turn

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"image"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"aside/app/engine"
	"aside/vision"
)

// maxShots is how many looks at the screen go along with one question.
const maxShots = 4

// gaze is what one turn looks at. It belongs to one goroutine.
type gaze struct {
	*Loop
	work  *work
	shots []vision.Shot // that were shown
	late  bool          // the question has left
}

// look takes the picture, fits it to the model and shows it to the exchange,
// all while the user is speaking; and again when they go on to something else:
// "this … and that".
func (l *Loop) look(w *work) {
	g := &gaze{Loop: l, work: w}
	err := g.first()
	if err == nil && w.follows() {
		g.follow()
	}
	var report Event = Shown{w.id, err}
	if err != nil && w.question.Look {
		report = Replied{Turn: w.id, Err: err} // without a picture there is nothing to ask
	}
	l.post(message{turn: w.id, event: report})
}

// barred tells a question that looks at nothing when the screen is locked: then
// nothing is recorded, either.
func (l *Loop) barred(w *work) error {
	if w.spoken && l.locked(w.ctx) {
		return vision.ErrLocked
	}
	return nil
}

// first shows what the question is about: the screen now, or the pictures that
// were given.
func (g *gaze) first() error {
	for _, given := range g.work.question.Images {
		if err := g.show(given); err != nil {
			return g.unseen(err)
		}
	}
	if len(g.work.question.Images) > 0 {
		return nil
	}
	shot, err := g.snap(g.work.ctx, g.work.question.Target)
	if err == nil {
		err = g.show(shot)
	}
	return g.unseen(err)
}

// unseen tells the user why there is no picture.
func (g *gaze) unseen(err error) error {
	if err != nil {
		g.post(message{turn: g.work.id, note: func(w *work) { w.view.trouble(ProblemOf(err)) }})
	}
	return err
}

// snap takes a picture of the screen and reads what is written there.
func (g *gaze) snap(ctx context.Context, t vision.Target) (vision.Shot, error) {
	if g.ports.Screen == nil {
		return vision.Shot{}, vision.ErrNoDisplay
	}
	shot, err := g.ports.Screen.Take(ctx, t)
	if err != nil {
		return shot, err
	}
	if len(g.shots) == 0 && !g.late {
		took := g.work.age()
		g.post(message{turn: g.work.id, note: func(w *work) { w.view.Timings.Pixels = took }})
	}
	if vision.Blank(shot) {
		g.ports.Screen.Free(shot)
		return vision.Shot{}, vision.ErrBlank
	}
	read, err := g.ports.Screen.Read(ctx, shot)
	if err != nil {
		g.ports.Screen.Free(shot)
	}
	return read, err
}

// show fits a shot to the model, and hands it to the exchange and to whoever
// wants to see what is sent.
func (g *gaze) show(shot vision.Shot) (err error) {
	if len(shot.Sent) == 0 {
		if shot.Sent, err = vision.Fit(g.work.ctx, shot, g.work.engine.Capabilities().Fitting); err != nil {
			return err
		}
	}
	took := g.work.age()
	g.shots = append(g.shots, shot)
	view := describe(shot)
	g.post(message{turn: g.work.id, note: func(w *work) {
		if len(w.shots) == 0 {
			w.view.Timings.Encoded = took
		}
		w.shots = append(w.shots, shot)
		w.view.Shots = append(slices.Clone(w.view.Shots), view) // whoever has seen the old ones keeps them
		g.shelf.put(string(w.id), seen(w.shots))
	}})
	if !g.work.started() {
		return nil // why the exchange did not start is told
	}
	g.work.input.Lock()
	defer g.work.input.Unlock()
	return g.work.exchange.Show(shot)
}

// follows reports whether the user may go on to something else while they
// speak: not if they have chosen what to look at.
func (w *work) follows() bool {
	c := w.question.Target.Capture
	return w.spoken && (c == vision.CaptureWindow || c == vision.CaptureDisplay)
}

// follow takes another picture each time that the user goes on to another
// window or rests the pointer elsewhere, until they let go of the key.
func (g *gaze) follow() {
	ctx, cancel := context.WithCancel(g.work.ctx)
	defer cancel()
	changes := make(chan Change, 1)
	g.work.group.Go(func() {
		err := g.ports.Screen.Watch(ctx, func(c Change) {
			select {
			case changes <- c:
			default: // one is waiting: the picture will show both
			}
		})
		if err != nil && !errors.Is(err, vision.ErrUnsupported) {
			g.log.Info("watch screen", "turn", g.work.id, "cause", Cause(err))
		}
	})
	for len(g.shots) < maxShots && !g.work.asked() {
		select {
		case c := <-changes:
			g.another(c)
		case <-g.work.released:
			return
		case <-g.work.silent: // the longest utterance: the key is still held
			return
		case <-ctx.Done():
			return
		}
	}
}

// asked reports whether the key has come up.
func (w *work) asked() bool {
	select {
	case <-w.released:
		return true
	default:
		return false
	}
}

// another takes one more picture. What cannot be had, or shows the same as the
// one before, is left out: the question has a picture already.
func (g *gaze) another(c Change) {
	at := time.Since(g.work.began)
	shot, err := g.snap(g.work.ctx, g.work.question.Target)
	if err != nil {
		g.log.Info("take another shot", "turn", g.work.id, "cause", Cause(err))
		return
	}
	shot.At = at
	if last := g.shots[len(g.shots)-1]; last.Title == shot.Title && vision.Same(last.Pixels, shot.Pixels) {
		if c.Window || !shot.Pointer.In(shot.Bounds) {
			g.ports.Screen.Free(shot)
			return
		}
		shot.Near = true
	}
	if err := g.show(shot); err != nil {
		g.log.Info("show another shot", "turn", g.work.id, "cause", Cause(err))
	}
}

// free gives back the pixels of a turn that has ended.
func (l *Loop) free(shots []vision.Shot) {
	for _, shot := range shots {
		if l.ports.Screen != nil {
			l.ports.Screen.Free(shot)
		}
	}
}

// seen is what is kept of shots to be looked at.
func seen(shots []vision.Shot) Seen {
	var s Seen
	var texts []string
	for _, shot := range shots {
		s.Pictures = append(s.Pictures, shot.Sent...)
		if text := shot.Text(); text != "" {
			texts = append(texts, text)
		}
	}
	s.Text = strings.Join(texts, "\n")
	return s
}

// describe says what goes along of a shot.
func describe(s vision.Shot) ShotView {
	v := ShotView{
		Pictures: []PictureView{},
		Capture:  string(s.Capture), Title: s.Title, Program: s.Program, At: s.At.Milliseconds(),
		Tokens: vision.TextTokens(s.Text()), Covered: s.Covered,
		Lines: len(s.Words), Chosen: utf8.RuneCountInString(s.Selection),
	}
	whole := image.Rectangle{}
	if s.Pixels != nil {
		whole.Max = s.Pixels.Rect.Size()
	}
	for _, e := range s.Sent {
		sum := sha256.Sum256(e.Bytes)
		v.Pictures = append(v.Pictures, PictureView{
			Width: e.Size.X, Height: e.Size.Y, Scale: e.Scale, Whole: e.Part == whole,
			Bytes: len(e.Bytes), MIME: e.MIME, Tokens: e.Tokens, SHA256: hex.EncodeToString(sum[:]),
		})
		v.Tokens += e.Tokens
	}
	return v
}

// left notes that the question has left, and what went with it: from then on
// that is what can be seen of it.
func (l *Loop) left(w *work, e engine.Sent) {
	if w.view.Timings.Request == 0 {
		w.view.Timings.Request = w.elapsed(e.At)
	}
	if len(e.Shots) == 0 {
		return
	}
	w.view.Shots = nil
	for _, shot := range e.Shots {
		v := describe(shot)
		v.Sent = w.engine.Capabilities().Host != ""
		w.view.Shots = append(w.view.Shots, v)
	}
	l.shelf.put(string(w.id), seen(e.Shots))
}
