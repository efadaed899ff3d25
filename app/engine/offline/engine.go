package offline

import (
	"context"
	"log/slog"

	"aside/app/engine"
	"aside/vision"
)

// Config says what the engine goes by. Everything in it may be left out.
type Config struct {
	Voice func() string // one of flite's, see NewMouth
	Log   *slog.Logger
}

// Engine reads the screen on this machine. It is safe for concurrent use.
type Engine struct {
	ear    *Ear
	mouth  *Mouth
	reader *reader
	log    *slog.Logger
}

// New returns the engine. It starts nothing; Check tells what is missing.
func New(c Config) *Engine {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Engine{ear: NewEar(), mouth: NewMouth(c.Voice), reader: &reader{}, log: c.Log}
}

// Capabilities implements engine.Engine. Pictures keep their size up to that
// of an 8K display: nothing is sent anywhere, and small letters want to be
// read as they stand.
func (e *Engine) Capabilities() engine.Capabilities {
	return engine.Capabilities{
		Name: "offline", Model: "offline reader", Sees: true, Speaks: true,
		Fitting: vision.Rule{Name: "native", MaxSide: 7680, Patch: 32},
	}
}

// Start implements engine.Engine.
func (e *Engine) Start(ctx context.Context, p engine.Prompt) (engine.Exchange, error) {
	return newExchange(ctx, e, p), nil
}
