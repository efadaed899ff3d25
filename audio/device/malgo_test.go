//go:build unix

package device_test

import (
	"testing"
	"time"

	"aside/audio"
	"aside/audio/device"
)

// What miniaudio cannot do is said, and the rest holds all the same. Tests that
// run with the sound server alone are about one of these:
//
//	players     it does not reach those of other programs: ErrUnsupported
//	mute        it cannot tell, so a muted microphone is silence, which sends nothing
//	moves       it is never told of one; so it opens the default microphone by its
//	            name, which the system then does not move to another
//	headsets    it does not know them, so none is waited for: a flip is a loss
//	losses      it is not told of one: it notices that no sound comes, within a second
//	big endian  it does not open a device whose samples are
func TestWhatMalgoCannotDoIsSaid(t *testing.T) {
	on(t, device.Malgo, func(r rig) {
		owed := device.Ducked{Players: []device.Player{{Index: 1, Before: []uint32{65536}, During: []uint32{19660}}}}
		err := r.system.Duck(r.Context(), 0.3, owed, func(device.Ducked) error { r.Error("something is about to be done"); return nil })
		r.wantError(err, audio.ErrUnsupported)
		left, err := r.system.Unduck(r.Context(), owed)
		r.wantError(err, audio.ErrUnsupported)
		if len(left.Players) != 1 {
			r.Errorf("%+v is left to do, want what was owed", left)
		}
		if left, err := r.system.Unduck(r.Context(), device.Ducked{}); err != nil || len(left.Players) != 0 {
			r.Errorf("nothing to do: %+v, %v", left, err)
		}
		d, err := r.system.Devices(r.Context())
		if err != nil {
			r.Fatal(err)
		}
		for _, m := range d.Microphones {
			if m.Headset != "" || m.Internal || m.Muted {
				r.Errorf("it knows %+v", m)
			}
		}
	})
}

func TestAMutedMicrophoneIsSilenceToMalgo(t *testing.T) {
	on(t, device.Malgo, func(r rig) {
		r.pactl("set-source-mute", "mic", "1")
		wait := r.speak(tone(audio.RateListen, time.Second, 700))
		rec := r.record()
		c := r.hear(rec, lasts(500*time.Millisecond))
		r.closed(rec)
		wait()
		if audio.Peak(c.Samples) != 0 || audio.HasSpeech(c) {
			r.Errorf("a peak of %v is heard", audio.Peak(c.Samples))
		}
	})
}

func TestNoMicrophoneTakesThePlaceOfAnotherWithMalgo(t *testing.T) {
	on(t, device.Malgo, func(r rig) {
		unplug := r.plug("module-remap-source", "source_name=usb", "master=micin.monitor", "source_properties=device.description=Studio")
		r.pactl("set-default-source", "usb")
		rec := r.record()
		r.hear(rec, lasts(50*time.Millisecond))
		r.pactl("set-default-source", "mic")
		r.hear(rec, lasts(300*time.Millisecond))
		if got := rec.Microphone(); got != "Studio" {
			r.Errorf("records from %q, want the one that it began with", got)
		}
		unplug()
		took, err := r.readError(rec)
		r.wantError(err, audio.ErrStalled, audio.ErrLost)
		r.wantNamed(err, "Studio", "")
		if took > 1500*time.Millisecond {
			r.Errorf("noticed after %v", took)
		}
		r.closed(rec)
		rec = r.record()
		r.hear(rec, lasts(50*time.Millisecond))
		if got := rec.Microphone(); got != "Microphone" {
			r.Errorf("the next press records from %q", got)
		}
		r.closed(rec)
	})
}
