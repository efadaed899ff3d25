package app

import (
	"strings"

	"aside/app/settings"
	"aside/audio"
	"aside/audio/device"
)

// picked is what the user's settings make of the devices that there are. A
// device without a name means that there is none.
type picked struct {
	microphone  device.Device
	loudspeaker device.Device
	spares      device.Device // the headset's microphone that is passed over
	named       bool          // the microphone is the one that the user named
	noMic       bool          // the microphone that is named is not there
	noSpeaker   bool          // likewise; loudspeaker is then the default one
}

// pick finds the microphone and the loudspeaker.
func pick(found device.Devices, s settings.Sound) picked {
	var c picked
	c.loudspeaker, _ = found.Loudspeaker()
	if s.Loudspeaker != "" {
		named, ok := called(found.Loudspeakers, s.Loudspeaker)
		if c.noSpeaker = !ok; ok {
			c.loudspeaker = named
		}
	}
	if s.Microphone != "" {
		c.microphone, c.named = called(found.Microphones, s.Microphone)
		c.noMic = !c.named
		return c
	}
	c.microphone, _ = found.Microphone()
	if other, ok := sparing(found.Microphones, c); ok && s.BuiltinMicrophone {
		c.microphone, c.spares = other, c.microphone
	}
	return c
}

// called finds a device by its name, or else by its description.
func called(devices []device.Device, name string) (device.Device, bool) {
	for _, is := range []func(device.Device) bool{
		func(d device.Device) bool { return d.Name == name },
		func(d device.Device) bool { return strings.EqualFold(d.Description, name) },
	} {
		for _, d := range devices {
			if is(d) {
				return d, true
			}
		}
	}
	return device.Device{}, false
}

// sparing finds another microphone when the one of c belongs to the headset
// that plays: opening it would turn music into telephone sound. The machine's
// own comes first, a muted one last.
func sparing(microphones []device.Device, c picked) (device.Device, bool) {
	if c.microphone.Headset == "" || c.microphone.Headset != c.loudspeaker.Headset {
		return device.Device{}, false
	}
	var best device.Device
	most := 0
	for _, d := range microphones {
		if d.Headset != "" {
			continue
		}
		worth := 1
		if !d.Muted {
			worth += 2
		}
		if d.Internal {
			worth++
		}
		if worth > most {
			best, most = d, worth
		}
	}
	return best, most > 0
}

// recordOptions says what to record from.
func (c picked) recordOptions() (device.RecordOptions, error) {
	o := device.RecordOptions{Rate: audio.RateListen}
	switch {
	case c.noMic:
		return o, audio.ErrAbsent
	case c.named || !c.microphone.Default: // the server is left to find its default
		o.Device = c.microphone.Name
	}
	return o, nil
}
