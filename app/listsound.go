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

// SoundDevice is a microphone or a loudspeaker as the command line tells it.
type SoundDevice struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Default     bool   `json:"default"`
	Muted       bool   `json:"muted"`
	Chosen      bool   `json:"chosen"` // the next question uses it
	Open        bool   `json:"open"`   // Aside records from it now
}

// SoundDevices are those that there are now.
type SoundDevices struct {
	Microphones  []SoundDevice `json:"microphones"`
	Loudspeakers []SoundDevice `json:"loudspeakers"`
}

// ListSound lists the sound devices. It needs no core. The error is a
// *control.Failure.
func ListSound(ctx context.Context) (SoundDevices, error) {
	s := newSound(soundSettings, func(*turn.Problem) {}, "", slog.New(slog.DiscardHandler))
	defer s.close()
	found, err := device.Devices{}, error(audio.ErrUnsupported)
	if s.system != nil {
		found, err = s.system.Devices(ctx)
	}
	if err != nil {
		p := turn.ProblemOf(err)
		return SoundDevices{}, control.Fail(p.Code, p.Message, p.Hint)
	}
	c := pick(found, soundSettings())
	return SoundDevices{
		Microphones:  soundDevices(found.Microphones, c.microphone),
		Loudspeakers: soundDevices(found.Loudspeakers, c.loudspeaker),
	}, nil
}

// MarkOpen marks the microphone from which a core says that it records, "" if it
// does not.
func (s SoundDevices) MarkOpen(recording string) {
	for i, m := range s.Microphones {
		s.Microphones[i].Open = recording != "" && (m.Description == recording || m.Name == recording)
	}
}

func soundDevices(devices []device.Device, chosen device.Device) []SoundDevice {
	all := []SoundDevice{} // in JSON no list is an empty one
	for _, d := range devices {
		all = append(all, SoundDevice{d.Name, d.Description, d.Default, d.Muted, d.Name == chosen.Name, false})
	}
	return all
}

// soundSettings reads the file, for what runs without a core.
func soundSettings() settings.Sound {
	path, _ := settings.Path()     // without a home the defaults hold
	s, _, _ := settings.Load(path) // likewise
	return s.Sound
}
