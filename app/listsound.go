package app

import (
	"context"
	"log/slog"

	"aside/app/control"
	"aside/app/settings"
	"aside/app/turn"
	"aside/audio"
	"aside/audio/device"
)

// The devices as everybody is told of them.
type (
	SoundDevice  = control.SoundDevice
	SoundDevices = control.SoundDevices
)

// ListSound lists the sound devices. It needs no core. The error is a
// *control.Failure.
func ListSound(ctx context.Context) (SoundDevices, error) {
	s := newSound(soundSettings, func(*turn.Problem) {}, "", slog.New(slog.DiscardHandler))
	defer s.close()
	return s.list(ctx)
}

// list lists the sound devices. The error is a *control.Failure.
func (s *sound) list(ctx context.Context) (SoundDevices, error) {
	found, err := device.Devices{}, error(audio.ErrUnsupported)
	if s.system != nil {
		found, err = s.system.Devices(ctx)
	}
	if err != nil {
		p := turn.ProblemOf(err)
		return SoundDevices{}, control.Fail(p.Code, p.Message, p.Hint)
	}
	c := pick(found, s.settings())
	return SoundDevices{
		Microphones:  soundDevices(found.Microphones, c.microphone),
		Loudspeakers: soundDevices(found.Loudspeakers, c.loudspeaker),
	}, nil
}

func soundDevices(devices []device.Device, chosen device.Device) []SoundDevice {
	all := []SoundDevice{} // in JSON no list is an empty one
	for _, d := range devices {
		all = append(all, SoundDevice{Name: d.Name, Description: d.Description, Default: d.Default, Muted: d.Muted, Chosen: d.Name == chosen.Name})
	}
	return all
}

// soundSettings reads the file, for what runs without a core.
func soundSettings() settings.Sound {
	path, _ := settings.Path()     // without a home the defaults hold
	s, _, _ := settings.Load(path) // likewise
	return s.Sound
}
