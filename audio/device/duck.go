package device

import (
	"context"
	"fmt"

	"aside/audio"
)

// Ducked is what was done to other players, so that it can be undone: also by
// another process, if this one dies. It can be written as JSON.
type Ducked struct {
	Server  uint32 // which server numbers the players
	Players []Player
}

// Player is a stream of another program. Volumes are the server's own numbers,
// one per channel.
type Player struct {
	Index  uint32
	Kind   string // by which the server remembers its volume; "" if it does not
	Before []uint32
	During []uint32
}

// ducker is a backend that reaches other players.
type ducker interface {
	duck(ctx context.Context, share float64, owed Ducked, keep func(Ducked) error) error
	unduck(ctx context.Context, d Ducked) (Ducked, error)
}

// Duck lowers what other programs play now to a share of its volume, as the
// volume control shows it. keep gets what is about to be done before it is;
// its error prevents it. owed is what an Unduck has left. The error wraps
// audio.ErrUnsupported, ErrNoServer, ErrStalled or ErrLost.
func (s *System) Duck(ctx context.Context, share float64, owed Ducked, keep func(Ducked) error) error {
	d, ok := s.first.(ducker)
	if !ok {
		return fmt.Errorf("lower other players: %w", audio.ErrUnsupported)
	}
	if err := d.duck(ctx, share, owed, keep); err != nil {
		return fmt.Errorf("lower other players: %w", err)
	}
	return nil
}

// Unduck gives the players their volume back, save those whose volume somebody
// has changed meanwhile. It returns what could not be undone yet: a player that
// has ended is remembered by the server as it was, and gets its volume back
// when it plays again. On error that is all; it wraps the errors of Duck.
func (s *System) Unduck(ctx context.Context, d Ducked) (left Ducked, err error) {
	if len(d.Players) == 0 {
		return Ducked{}, nil
	}
	by, ok := s.first.(ducker)
	if !ok {
		return d, fmt.Errorf("raise other players: %w", audio.ErrUnsupported)
	}
	if left, err = by.unduck(ctx, d); err != nil {
		return d, fmt.Errorf("raise other players: %w", err)
	}
	return left, nil
}
