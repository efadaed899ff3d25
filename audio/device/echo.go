package device

import (
	"context"
	"errors"
	"fmt"

	"aside/audio"
)

// Pair is a microphone that does not hear its loudspeaker: the sound server
// takes the echo out.
type Pair struct {
	Microphone  string // its Name, for RecordOptions
	Loudspeaker string // its Name, for PlayOptions
	Own         bool   // made by CancelEcho, for nobody else
}

// canceller is a backend whose server can take an echo out.
type canceller interface {
	cancelEcho(ctx context.Context, microphone, loudspeaker string) (Pair, error)
	suspendEcho(ctx context.Context, suspend bool) error
	dropEcho(ctx context.Context) error
}

// CancelEcho returns the pair for a microphone and a loudspeaker, by their
// names; "" is the default one. The user's own echo canceller is taken if it
// has both. Else the server is made to run one, which it does until DropEcho, even
// if this process dies: the next one takes it over as it is. One that is made
// does not listen to the microphone, which is then silent, until WakeEcho. The
// error wraps audio.ErrUnsupported, ErrEcho, ErrNoMicrophone, ErrNoLoudspeaker,
// ErrNoServer, ErrStalled or ErrLost.
func (s *System) CancelEcho(ctx context.Context, microphone, loudspeaker string) (Pair, error) {
	c, ok := s.first.(canceller)
	if !ok {
		return Pair{}, fmt.Errorf("cancel echo: %w", audio.ErrUnsupported)
	}
	p, err := c.cancelEcho(ctx, microphone, loudspeaker)
	if s.second != nil && errors.Is(err, audio.ErrNoServer) {
		err = audio.ErrUnsupported // the other way to the devices has none
	}
	if err != nil {
		return Pair{}, fmt.Errorf("cancel echo: %w", err)
	}
	return p, nil
}

// WakeEcho opens the microphone of an echo canceller that CancelEcho made. The
// user's own is left alone.
func (s *System) WakeEcho(ctx context.Context) error { return s.suspendEcho(ctx, false) }

// RestEcho closes that microphone again and keeps the canceller.
func (s *System) RestEcho(ctx context.Context) error { return s.suspendEcho(ctx, true) }

func (s *System) suspendEcho(ctx context.Context, suspend bool) error {
	c, ok := s.first.(canceller)
	if !ok {
		return nil
	}
	if err := c.suspendEcho(ctx, suspend); err != nil {
		return fmt.Errorf("suspend echo canceller %t: %w", suspend, err)
	}
	return nil
}

// DropEcho ends every echo canceller that CancelEcho made, also that of a
// process that died. The user's own is left alone.
func (s *System) DropEcho(ctx context.Context) error {
	c, ok := s.first.(canceller)
	if !ok {
		return nil
	}
	if err := c.dropEcho(ctx); err != nil {
		return fmt.Errorf("drop echo canceller: %w", err)
	}
	return nil
}
