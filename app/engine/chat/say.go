package chat

import (
	"context"

	"aside/app/engine"
	"aside/app/engine/aloud"
	"aside/audio"
)

// Say speaks words as answers are spoken: it calls yield with the sound, frame
// by frame. The error is an *engine.Error, yield's, or ctx's.
func (e *Engine) Say(ctx context.Context, words string, yield func(audio.Frame) error) error {
	r := reply{exchange: &exchange{engine: e}}
	if err := r.say(ctx, words, aloud.Trimmed(false, yield)); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return aloud.Voiceless(err)
	}
	return nil
}

var _ engine.Sayer = (*Engine)(nil)
