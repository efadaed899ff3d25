package app

import (
	"context"
	"encoding/json"

	"aside/app/control"
	"aside/app/turn"
	"aside/vision"
)

// asked is what a face asks: a question of its own, or an earlier one again.
func (a *App) asked(args control.AskArgs) (turn.Question, error) {
	if args.Again == "" {
		return question(args)
	}
	view, ok := a.loop.Turn(args.Again)
	if !ok {
		return turn.Question{}, control.Fail("turn_unknown", "There is no such question in this conversation.", "Ask it again.")
	}
	args.Text, args.Look = view.Question, view.Look
	q, err := question(args)
	if err != nil {
		return q, err
	}
	if len(view.Shots) == 0 {
		q.Target.Capture = vision.CaptureNone
		return q, nil
	}
	if seen, kept := a.loop.Seen(view.ID); kept { // else it looks anew
		q.Along = seen.Text
		for _, p := range seen.Pictures {
			shot, err := vision.Decode(p.Bytes)
			if err != nil {
				continue
			}
			shot.Title, shot.Program = view.Shots[0].Title, view.Shots[0].Program
			q.Images, q.Target.Capture = append(q.Images, shot), vision.CaptureNone
		}
	}
	return q, nil
}

// deepen says whether the next question is to be thought about harder.
func (a *App) deepen(_ context.Context, raw json.RawMessage, _ func(any) error) error {
	args, err := arguments[control.DeepArgs](raw)
	if err != nil {
		return err
	}
	a.loop.Deepen(args.On)
	return nil
}
