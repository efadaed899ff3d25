//go:build unix

package device_test

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"aside/audio"
	"aside/audio/device"
)

// recordFrom opens a microphone by its name.
func (r rig) recordFrom(name string) *device.Recording {
	r.Helper()
	rec, err := r.system.Record(r.Context(), device.RecordOptions{Device: name})
	if err != nil {
		r.Fatal(err)
	}
	return rec
}

// plug adds a device; the function it returns takes it away.
func (r rig) plug(args ...string) (unplug func()) {
	r.Helper()
	module, err := r.desk.Output(r.Context(), "pactl", append([]string{"load-module"}, args...)...)
	if err != nil {
		r.Fatal(err)
	}
	return func() { r.pactl("unload-module", module) }
}

// closed closes a recording and wants nothing of it left.
func (r rig) closed(rec *device.Recording) {
	r.Helper()
	if err := rec.Close(); err != nil {
		r.Error(err)
	}
	r.wantStreams(r.desk.Microphones, 0, "after Close")
}

// wantNamed wants that an error names the microphone, and the one that was
// offered instead.
func (r rig) wantNamed(err error, name, now string) {
	r.Helper()
	e, ok := errors.AsType[*audio.DeviceError](err)
	if !ok || e.Name != name || e.Now != now || !strings.Contains(err.Error(), name) {
		r.Errorf("error is %v, want it to name %q, now %q", err, name, now)
	}
}

func TestASuspendedMicrophoneIsNamed(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		r.pactl("load-module", "module-remap-source", "source_name=usb", "master=micin.monitor", "source_properties=device.description=Studio")
		rec := r.recordFrom("usb")
		r.hear(rec, lasts(50*time.Millisecond))
		r.pactl("suspend-source", "usb", "1")
		took, err := r.readError(rec)
		r.wantError(err, audio.ErrStalled)
		r.wantNamed(err, "Studio", "")
		if took > 1500*time.Millisecond {
			r.Errorf("noticed after %v", took)
		}
		r.closed(rec)
		r.pactl("suspend-source", "usb", "0")
		rec = r.recordFrom("usb")
		r.hear(rec, lasts(50*time.Millisecond))
		r.closed(rec)
	})
}

func TestANamedMicrophoneThatIsUnpluggedIsNotReplaced(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		unplug := r.plug("module-remap-source", "source_name=usb", "master=micin.monitor", "source_properties=device.description=Studio")
		r.pactl("set-default-source", "usb")
		rec := r.recordFrom("usb")
		r.hear(rec, lasts(50*time.Millisecond))
		unplug()
		_, err := r.readError(rec)
		r.wantError(err, audio.ErrLost)
		r.wantNamed(err, "Studio", "")
		r.closed(rec)
	})
}

func TestANamedMicrophoneThatIsAbsentIsNotReplaced(t *testing.T) {
	onEach(t, func(r rig) {
		for _, name := range []string{"studio", "73747564696f"} { // the latter might be one of Malgo's
			_, err := r.system.Record(r.Context(), device.RecordOptions{Device: name})
			r.wantError(err, audio.ErrAbsent)
		}
		r.wantStreams(r.desk.Microphones, 0, "after a refusal")
	})
}

func TestTheLastMicrophoneTakenAwayKeepsWhatWasSaid(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		rec := r.record()
		r.hear(rec, lasts(20*time.Millisecond))
		<-time.After(200 * time.Millisecond)         // not read yet
		r.pactl("unload-module", "module-null-sink") // and with them all that can be recorded
		kept := audio.Clip{}
		var err error
		for err == nil {
			var f audio.Frame
			f, err = rec.Read(r.Context())
			kept.Append(f)
		}
		r.wantError(err, audio.ErrLost)
		r.wantNamed(err, "Microphone", "")
		if kept.Duration() < 150*time.Millisecond {
			r.Errorf("%v kept, want about 200ms", kept.Duration())
		}
		r.closed(rec)
		_, err = r.system.Record(r.Context(), device.RecordOptions{})
		r.wantError(err, audio.ErrNoMicrophone)
	})
}

func TestARecordingFollowsTheDefaultAndSaysSoAndANamedOneStays(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		r.pactl("load-module", "module-remap-source", "source_name=usb", "master=micin.monitor", "source_properties=device.description=Studio")
		named, byDefault := r.recordFrom("mic"), r.record()
		r.hear(named, lasts(30*time.Millisecond))
		r.hear(byDefault, lasts(30*time.Millisecond))
		for _, next := range []struct{ name, title string }{{"usb", "Studio"}, {"mic", "Microphone"}, {"usb", "Studio"}} {
			r.pactl("set-default-source", next.name)
			r.hear(byDefault, func(audio.Clip) bool { return byDefault.Device() == next.name })
			r.hear(byDefault, lasts(300*time.Millisecond))
			if got := byDefault.Microphone(); got != next.title {
				r.Errorf("it says that it records from %q, want %q", got, next.title)
			}
		}
		r.hear(named, lasts(500*time.Millisecond))
		if named.Device() != "mic" || named.Microphone() != "Microphone" {
			r.Errorf("records from %s, %s, want mic", named.Device(), named.Microphone())
		}
		if err := byDefault.Close(); err != nil {
			r.Error(err)
		}
		r.closed(named)
	})
}

func TestADefaultThatIsMutedOrALoudspeakerIsNotFollowed(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		r.pactl("load-module", "module-remap-source", "source_name=usb", "master=micin.monitor", "source_properties=device.description=Studio")
		r.pactl("set-source-mute", "usb", "1")
		for next, want := range map[string]error{"usb": audio.ErrMuted, "speaker.monitor": audio.ErrMoved} {
			r.pactl("set-default-source", "mic")
			rec := r.record()
			r.hear(rec, lasts(30*time.Millisecond))
			r.pactl("set-default-source", next)
			_, err := r.readError(rec)
			r.wantError(err, want)
			r.closed(rec)
		}
	})
}

func TestAMicrophoneThatComesBackIsUsedAtTheNextPress(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		for range 2 {
			rec := r.record()
			if rec.Device() != "mic" {
				r.Errorf("records from %s, want mic", rec.Device())
			}
			r.hear(rec, lasts(30*time.Millisecond))
			r.pactl("unload-module", "module-remap-source")
			_, err := r.readError(rec)
			r.wantError(err, audio.ErrMoved, audio.ErrLost)
			r.closed(rec)
			_, err = r.system.Record(r.Context(), device.RecordOptions{})
			r.wantError(err, audio.ErrNoMicrophone)
			r.pactl("load-module", "module-remap-source", "source_name=mic", "master=micin.monitor")
			r.pactl("set-default-source", "mic")
		}
	})
}

// A headset that played music becomes a telephone when it is recorded.
func TestAHeadsetThatFlipsIsWaitedForAndKeepsItsPitch(t *testing.T) {
	for _, rate := range []string{"16000", "8000"} {
		t.Run(rate, func(t *testing.T) {
			on(t, device.Pulse, func(r rig) {
				const name = "bluez_source.AA_BB_CC_DD_EE_FF.headset"
				load := func(rate string) {
					r.pactl("load-module", "module-remap-source", "source_name="+name, "master=micin.monitor", "rate="+rate, "channels=1", "remix=yes")
				}
				r.pactl("unload-module", "module-remap-source")
				load("44100")
				wait := r.speak(tone(audio.RateListen, 4*time.Second, 440))
				rec := r.recordFrom(name)
				r.hear(rec, lasts(200*time.Millisecond))
				r.pactl("unload-module", "module-remap-source")
				<-time.After(800 * time.Millisecond)
				load(rate)
				c := r.hear(rec, lasts(1500*time.Millisecond))
				r.closed(rec)
				wait()
				after := c.Samples[len(c.Samples)-audio.RateListen:]
				if got := frequency(after, c.Rate); math.Abs(got-440) > 0.02*440 {
					r.Errorf("440 Hz became %.0f Hz", got)
				}
				if got := share(after, c.Rate, 440); got < 0.95 {
					r.Errorf("%.0f %% of what was heard is the tone, want 95 %%", 100*got)
				}
			})
		})
	}
}

// Whatever a microphone delivers, what is recorded keeps its pitch.
func TestAMicrophoneOfAnyFormatKeepsItsPitch(t *testing.T) {
	onEach(t, func(r rig) {
		for _, format := range []string{
			"rate=8000 channels=1 format=u8", "rate=192000 channels=2 format=s16le", "rate=48000 channels=32 format=s24le",
			"rate=44100 channels=6 format=float32le", "rate=96000 channels=1 format=s32le",
		} {
			args := append([]string{"module-null-sink", "sink_name=odd", "norewinds=1"}, strings.Fields(format)...)
			unplug := r.plug(args...)
			end := r.plug("module-remap-source", "source_name=oddmic", "master=odd.monitor")
			r.pactl("set-default-source", "oddmic")
			wait := r.speakOn("odd", tone(audio.RateListen, 1200*time.Millisecond, 440))
			rec := r.record()
			c := r.hear(rec, func(c audio.Clip) bool {
				from, to := sounding(c.Samples, c.Rate)
				return to-from > c.Rate/2
			})
			r.closed(rec)
			wait()
			from, to := sounding(c.Samples, c.Rate)
			heard := c.Samples[from+c.Rate/10 : to-c.Rate/10]
			if got := frequency(heard, c.Rate); math.Abs(got-440) > 0.02*440 {
				r.Errorf("%s: 440 Hz became %.0f Hz", format, got)
			}
			end()
			unplug()
		}
	})
}

// frequency counts how often samples rise through zero.
func frequency(samples []int16, rate int) float64 {
	n := 0
	for i := 1; i < len(samples); i++ {
		if samples[i-1] < 0 && samples[i] >= 0 {
			n++
		}
	}
	return float64(n) * float64(rate) / float64(len(samples))
}

func TestAHeadsetThatDoesNotComeBackEndsTheRecording(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		const name = "bluez_source.AA_BB_CC_DD_EE_FF.headset"
		unplug := r.plug("module-remap-source", "source_name="+name, "master=micin.monitor")
		rec := r.recordFrom(name)
		r.hear(rec, lasts(50*time.Millisecond))
		unplug()
		took, err := r.readError(rec)
		r.wantError(err, audio.ErrMoved, audio.ErrLost)
		if took > 2500*time.Millisecond {
			r.Errorf("given up after %v", took)
		}
		r.closed(rec)
	})
}

func TestAHeadsetThatIsAwayDoesNotKeepCloseWaiting(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		const name = "bluez_source.AA_BB_CC_DD_EE_FF.headset"
		unplug := r.plug("module-remap-source", "source_name="+name, "master=micin.monitor")
		rec := r.recordFrom(name)
		r.hear(rec, lasts(50*time.Millisecond))
		unplug()
		r.within(500*time.Millisecond, "Close", func() { r.closed(rec) })
	})
}

// A pipe has no clock: all that is in it comes at once.
func TestSoundFasterThanTimeIsBounded(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		pipe := filepath.Join(r.desk.Dir, "pipe")
		r.pactl("load-module", "module-pipe-source", "source_name=pipe", "file="+pipe, "format=s16le", "rate=16000", "channels=1")
		rec := r.recordFrom("pipe")
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		go flood(r.Context(), pipe, 32<<20) // 17 minutes of sound
		c := r.hear(rec, lasts(20*time.Second))
		<-time.After(2 * time.Second) // a reader that is late
		if err := rec.Close(); err != nil {
			r.Error(err)
		}
		runtime.ReadMemStats(&after)
		if rest := r.drainRecording(rec).Duration(); rest > 17*time.Second {
			r.Errorf("%v were kept for a reader that is late, want 10s, rounded up", rest)
		}
		if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc) - int64(2*len(c.Samples)); grown > 8<<20 {
			r.Errorf("%d bytes more in use", grown)
		}
		r.closed(rec)
	})
}

// flood writes n bytes to a pipe as fast as they are taken, until ctx ends.
func flood(ctx context.Context, path string, n int) {
	f, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return // what it was for has ended
	}
	defer context.AfterFunc(ctx, func() { _ = f.Close() })()
	defer func() { _ = f.Close() }()
	for block := bytes.Repeat([]byte{1, 2}, 1<<15); n > 0; n -= len(block) {
		if _, err := f.Write(block); err != nil {
			return
		}
	}
}
