package app

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"aside/app/turn"
	"aside/audio"
	"aside/audio/device"
)

// sound gives the turn its microphone and its loudspeaker.
type sound struct {
	system     *device.System // nil if this build has no way to the devices
	microphone atomic.Value   // string: the name of the one used last
	log        *slog.Logger
}

// devicePatience bounds how long status waits for the sound server.
const devicePatience = time.Second

func newSound(log *slog.Logger) *sound {
	s := &sound{log: log}
	system, err := device.Open(context.Background(), device.Options{Application: "Aside"})
	if err != nil {
		log.Warn("sound", "err", err)
		return s
	}
	s.system = system
	return s
}

// Record opens the default microphone for a turn.
func (s *sound) Record(ctx context.Context) (turn.Recording, error) {
	if s.system == nil {
		return nil, audio.ErrUnsupported
	}
	r, err := s.system.Record(ctx, device.RecordOptions{Rate: audio.RateListen})
	if err != nil {
		return nil, err
	}
	s.microphone.Store(r.Device())
	return r, nil
}

// Play prepares a voice on the default loudspeaker.
func (s *sound) Play(ctx context.Context, rate int) (turn.Playback, error) {
	if s.system == nil {
		return nil, audio.ErrUnsupported
	}
	return s.system.Play(ctx, device.PlayOptions{Rate: rate})
}

// devices says which microphone and loudspeaker would be used now.
func (s *sound) devices() map[string]string {
	told := map[string]string{"microphone": "none", "loudspeaker": "none"}
	if s.system == nil {
		return told
	}
	ctx, cancel := context.WithTimeout(context.Background(), devicePatience)
	defer cancel()
	found, err := s.system.Devices(ctx)
	if err != nil {
		p := turn.ProblemOf(err)
		return map[string]string{"microphone": p.Code, "loudspeaker": p.Code}
	}
	if m, ok := found.Microphone(); ok {
		told["microphone"] = named(m)
	}
	if l, ok := found.Loudspeaker(); ok {
		told["loudspeaker"] = named(l)
	}
	return told
}

func named(d device.Device) string {
	name := d.Description
	if name == "" {
		name = d.Name
	}
	if d.Muted {
		name += " (muted)"
	}
	return name
}

func (s *sound) close() {
	if s.system != nil {
		if err := s.system.Close(); err != nil {
			s.log.Warn("close sound", "err", err)
		}
	}
}
