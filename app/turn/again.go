package turn

import (
	"context"
	"errors"
	"slices"
	"time"

	"aside/vision"
)

// lookLimit bounds a look that an answer waits for.
const lookLimit = 5 * time.Second

// errOutOfSight means that a question is about nothing on the screen.
var errOutOfSight = errors.New("the question is about nothing on the screen")

// lookAgain answers an engine that wants another look: with what the question
// is about as it is now, or without a picture.
func (l *Loop) lookAgain(w *work) {
	g := &gaze{Loop: l, work: w, shots: slices.Clone(w.shots), late: true}
	w.group.Go(func() {
		err := g.again()
		if err == nil || w.ctx.Err() != nil {
			return
		}
		g.log.Info("look again", "turn", w.id, "cause", Cause(err))
		if !errors.Is(err, errOutOfSight) {
			_ = g.unseen(err)
		}
		w.input.Lock()
		defer w.input.Unlock()
		_ = w.exchange.Show(vision.Shot{}) // an exchange that has ended says so through Recv
	})
}

// again shows once more what was shown last.
func (g *gaze) again() error {
	q := g.work.question
	if q.Target.Capture == vision.CaptureNone || len(q.Images) > 0 || q.Retry != "" || len(g.shots) == 0 {
		return errOutOfSight
	}
	ctx, cancel := context.WithTimeout(g.work.ctx, lookLimit)
	defer cancel()
	last := g.shots[len(g.shots)-1]
	shot, err := g.snap(ctx, same(q.Target, last))
	if err != nil {
		return err
	}
	if last.Window != 0 {
		shot.Capture = last.Capture
	}
	shot.At = time.Since(g.work.began)
	return g.show(shot)
}

// same is the target of another look at what a shot shows: at the very window,
// and not at one that the user has gone on to.
func same(t vision.Target, shot vision.Shot) vision.Target {
	if shot.Window == 0 {
		return t
	}
	return vision.Target{Capture: vision.CapturePick, Window: shot.Window}
}
