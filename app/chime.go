package app

import (
	"context"
	"time"

	"aside/app/turn"
	"aside/audio"
)

// chimeLimit is how late the chime may be: after that it would be a riddle.
const chimeLimit = 500 * time.Millisecond

// chiming is a recording that says with a tone that it hears.
type chiming struct {
	turn.Recording
	ring func() // does not wait
	rung bool
}

// Read rings with the first frame.
func (c *chiming) Read(ctx context.Context) (audio.Frame, error) {
	f, err := c.Recording.Read(ctx)
	if err == nil && !c.rung {
		c.rung = true
		c.ring()
	}
	return f, err
}

// chimes makes a recording ring if the user wants that. A headset does not: it
// has its own way to say that it has become a telephone, and while it does, a
// tone would be lost.
func (s *sound) chimes(rec turn.Recording) turn.Recording {
	part, ok := rec.(interface{ Headset() bool })
	if !s.settings().Chime || ok && part.Headset() {
		return rec
	}
	return &chiming{Recording: rec, ring: func() { s.ending.Go(s.chime) }}
}

// chime plays the tone.
func (s *sound) chime() {
	ctx, cancel := context.WithTimeout(context.Background(), chimeLimit)
	defer cancel()
	if err := s.ring(ctx); err != nil {
		s.log.Info("chime", "cause", turn.Cause(err))
	}
}

func (s *sound) ring(ctx context.Context) error {
	play, err := s.Play(ctx, audio.RateSpeak)
	if err != nil {
		return err
	}
	defer func() { _ = play.Close() }() // it has been heard, or is not worth another word
	for f := range audio.Chime(audio.RateSpeak).Frames() {
		if err := play.Write(ctx, f); err != nil {
			return err
		}
	}
	return play.Drain(ctx)
}
