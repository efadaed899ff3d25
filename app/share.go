package app

import (
	"context"
	"encoding/json"
	"time"

	"aside/app/control"
	"aside/app/engine/aloud"
	"aside/app/turn"
)

// shareBegin bounds how long the display may take to show a frame.
const shareBegin = 5 * time.Second

// share lets the live voice look along, or no longer.
func (a *App) share(ctx context.Context, raw json.RawMessage, send func(any) error) error {
	args, err := arguments[control.ShareArgs](raw)
	if err != nil {
		return err
	}
	if args.Stop {
		s, was := a.loop.Unshare()
		if !was {
			return control.Fail("share_none", "Aside does not look with you.", "To let it: aside watch")
		}
		return send(s)
	}
	s, err := a.loop.Share(ctx)
	if err != nil {
		return err
	}
	a.awake() // the panel says so
	return send(s)
}

// flipShare lets it look along if it does not, for what cannot wait.
func (a *App) flipShare() {
	if a.loop.Snapshot().Sharing != nil {
		a.loop.Unshare()
		return
	}
	a.watched.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), shareBegin)
		defer cancel()
		if _, err := a.loop.Share(ctx); err != nil {
			a.loop.Report(turn.ProblemOf(err))
			return
		}
		a.awake()
	})
}

// sharer is the engine that answers now, if it takes looks without a question.
// Whose voice speaks its words makes no difference.
func (e *engines) sharer() turn.Sharer {
	answers := e.engine()
	if spoken, is := answers.(*aloud.Engine); is {
		answers = spoken.Engine
	}
	s, _ := answers.(turn.Sharer)
	return s
}

// frame opens the frame around what is shared.
func (x *sight) frame(ctx context.Context) (turn.Frame, error) {
	screen, err := x.open(ctx)
	if err != nil {
		return nil, err
	}
	f, err := screen.Frame(ctx)
	if err != nil {
		return nil, err
	}
	return f, nil
}
