package offline

import (
	"context"

	"aside/app/engine"
	"aside/audio"
)

// Say implements engine.Sayer.
func (e *Engine) Say(ctx context.Context, words string, yield func(audio.Frame) error) error {
	return e.mouth.Say(ctx, words, yield)
}

var _ engine.Sayer = (*Engine)(nil)
