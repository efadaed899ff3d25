package app

import (
	"errors"
	"testing"

	"aside/app/settings"
	"aside/audio"
	"aside/audio/device"
)

func TestTheMicrophoneThatIsPicked(t *testing.T) {
	builtin := device.Device{Name: "alsa_input.pci", Description: "Built-in Audio", Internal: true}
	usb := device.Device{Name: "alsa_input.usb", Description: "USB Microphone", Default: true}
	plain := device.Device{Name: "alsa_input.other", Description: "Line"}
	headset := device.Device{Name: "bluez_source.A", Description: "Headset", Default: true, Headset: "A"}
	playing := device.Device{Name: "bluez_sink.A", Description: "Headset", Default: true, Headset: "A"}
	other := device.Device{Name: "bluez_sink.B", Description: "Box", Default: true, Headset: "B"}
	wired := device.Device{Name: "alsa_output.pci", Description: "Speakers", Default: true}
	muted := builtin
	muted.Muted = true
	spare := settings.Sound{BuiltinMicrophone: true}
	for _, tt := range []struct {
		name   string
		mics   []device.Device
		plays  device.Device
		want   settings.Sound
		picked string // its name
		opened string // what is asked of the server
		err    error
	}{
		{name: "the default one", mics: []device.Device{usb, builtin}, plays: wired, want: spare, picked: usb.Name},
		{name: "none", plays: wired, want: spare},
		{name: "by name", mics: []device.Device{usb, builtin}, plays: wired, want: settings.Sound{Microphone: builtin.Name}, picked: builtin.Name, opened: builtin.Name},
		{name: "by description", mics: []device.Device{usb, builtin}, plays: wired, want: settings.Sound{Microphone: "built-in audio"}, picked: builtin.Name, opened: builtin.Name},
		{name: "the default one by name", mics: []device.Device{usb, builtin}, plays: wired, want: settings.Sound{Microphone: usb.Name}, picked: usb.Name, opened: usb.Name},
		{name: "named and absent", mics: []device.Device{usb, builtin}, plays: wired, want: settings.Sound{Microphone: "Studio"}, err: audio.ErrAbsent},
		{name: "the headset plays", mics: []device.Device{headset, plain, builtin}, plays: playing, want: spare, picked: builtin.Name, opened: builtin.Name},
		{name: "the headset plays, the machine's own is muted", mics: []device.Device{headset, muted, plain}, plays: playing, want: spare, picked: plain.Name, opened: plain.Name},
		{name: "the headset plays and nothing else records", mics: []device.Device{headset}, plays: playing, want: spare, picked: headset.Name},
		{name: "the headset plays, and it is wanted", mics: []device.Device{headset, builtin}, plays: playing, picked: headset.Name},
		{name: "the headset plays and is named", mics: []device.Device{headset, builtin}, plays: playing, want: settings.Sound{Microphone: "Headset", BuiltinMicrophone: true}, picked: headset.Name, opened: headset.Name},
		{name: "another headset plays", mics: []device.Device{headset, builtin}, plays: other, want: spare, picked: headset.Name},
		{name: "a cable plays", mics: []device.Device{headset, builtin}, plays: wired, want: spare, picked: headset.Name},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := pick(device.Devices{Microphones: tt.mics, Loudspeakers: []device.Device{tt.plays}}, tt.want)
			if c.microphone.Name != tt.picked {
				t.Errorf("picked %q, want %q", c.microphone.Name, tt.picked)
			}
			if o, err := c.recordOptions(); o.Device != tt.opened || !errors.Is(err, tt.err) {
				t.Errorf("opens %q, %v, want %q, %v", o.Device, err, tt.opened, tt.err)
			}
			if told := c.spares.Name != ""; told != (tt.opened != "" && tt.want == spare) {
				t.Errorf("says that it spares %q", c.spares.Name)
			}
		})
	}
}
