//go:build unix

package device_test

import (
	"context"
	"errors"
	"io"
	"syscall"
	"testing"
	"time"

	"aside/audio"
	"aside/audio/device"
)

func TestRecordingHearsWhatIsSpoken(t *testing.T) {
	onEach(t, func(r rig) {
		rec := r.record()
		wait := r.speak(tone(audio.RateListen, time.Second, 700))
		c := r.hear(rec, func(c audio.Clip) bool {
			from, to := sounding(c.Samples, c.Rate)
			return to-from > c.Rate/2
		})
		if err := rec.Close(); err != nil {
			r.Error(err)
		}
		wait()
		from, to := sounding(c.Samples, c.Rate)
		if got := share(c.Samples[from:to], c.Rate, 700); got < 0.95 {
			r.Errorf("%.0f %% of what was heard is the tone, want 95 %%", 100*got)
		}
		if c.Rate != audio.RateListen {
			r.Errorf("rate is %d Hz, want %d", c.Rate, audio.RateListen)
		}
	})
}

func TestRecordingIsListedFromRecordToCloseOnly(t *testing.T) {
	onEach(t, func(r rig) {
		r.wantStreams(r.desk.Microphones, 0, "before")
		for range 3 {
			rec := r.record()
			r.hear(rec, lasts(30*time.Millisecond))
			r.wantStreams(r.desk.Microphones, 1, "while recording")
			for range 2 { // Close may be called twice
				if err := rec.Close(); err != nil {
					r.Error(err)
				}
			}
			r.wantStreams(r.desk.Microphones, 0, "after Close")
		}
	})
}

func TestRecordingOfSilenceHasNoSpeech(t *testing.T) {
	onEach(t, func(r rig) {
		rec := r.record()
		c := r.hear(rec, lasts(500*time.Millisecond))
		if err := rec.Close(); err != nil {
			r.Error(err)
		}
		if audio.HasSpeech(c) {
			r.Errorf("speech in silence of %.0f RMS", audio.RMS(c.Samples))
		}
	})
}

func TestCloseKeepsWhatWasRecorded(t *testing.T) {
	onEach(t, func(r rig) {
		rec := r.record()
		first := r.hear(rec, func(c audio.Clip) bool { return len(c.Samples) > 0 })
		<-time.After(200 * time.Millisecond) // what is recorded meanwhile is what this is about
		if err := rec.Close(); err != nil {
			r.Fatal(err)
		}
		r.wantStreams(r.desk.Microphones, 0, "after Stop")
		rest := r.drainRecording(rec)
		if all := first.Duration() + rest.Duration(); all < 150*time.Millisecond {
			r.Errorf("%v kept, want about 200ms", all)
		}
		if _, err := rec.Read(r.Context()); !errors.Is(err, io.EOF) {
			r.Errorf("error is %v, want %v again", err, io.EOF)
		}
	})
}

func TestReadEndsWithItsContext(t *testing.T) {
	onEach(t, func(r rig) {
		rec := r.record()
		ctx, cancel := context.WithCancel(r.Context())
		cancel()
		for {
			if _, err := rec.Read(ctx); err != nil {
				r.wantError(err, context.Canceled)
				break
			}
		}
		if err := rec.Close(); err != nil {
			r.Error(err)
		}
	})
}

func TestDevicesNamesTheDefaults(t *testing.T) {
	onEach(t, func(r rig) {
		d, err := r.system.Devices(r.Context())
		if err != nil {
			r.Fatal(err)
		}
		mic, ok := d.Microphone()
		if !ok || mic.Description == "" || mic.Muted {
			r.Errorf("microphone is %+v, want one that is not muted", mic)
		}
		if out, ok := d.Loudspeaker(); !ok || out.Description != "Loudspeaker" {
			r.Errorf("loudspeaker is %+v, want the virtual one", out)
		}
		rec, err := r.system.Record(r.Context(), device.RecordOptions{Device: mic.Name})
		if err != nil {
			r.Fatal(err)
		}
		if rec.Device() != mic.Name {
			r.Errorf("records from %s, want %s", rec.Device(), mic.Name)
		}
		r.hear(rec, lasts(20*time.Millisecond))
		if err := rec.Close(); err != nil {
			r.Error(err)
		}
	})
}

func TestMutedMicrophoneIsKnown(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		r.pactl("set-source-mute", "mic", "1")
		d, err := r.system.Devices(r.Context())
		if err != nil {
			r.Fatal(err)
		}
		if mic, _ := d.Microphone(); !mic.Muted || mic.Name != "mic" {
			r.Errorf("microphone is %+v, want mic, muted", mic)
		}
	})
}

func TestMutedMicrophoneIsNotRecorded(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		r.pactl("set-source-mute", "mic", "1")
		_, err := r.system.Record(r.Context(), device.RecordOptions{})
		r.wantError(err, audio.ErrMuted)
		r.wantStreams(r.desk.Microphones, 0, "after a refusal")
		r.pactl("set-source-mute", "mic", "0")
		rec := r.record()
		r.hear(rec, lasts(30*time.Millisecond))
		if err := rec.Close(); err != nil {
			r.Error(err)
		}
	})
}

func TestMicrophoneTakenAwayEndsTheRecordingAndIsNamed(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		unplug := r.plug("module-remap-source", "source_name=usb", "master=micin.monitor", "source_properties=device.description=Studio")
		r.pactl("set-default-source", "usb")
		rec := r.record()
		r.hear(rec, lasts(50*time.Millisecond))
		unplug()
		took, err := r.readError(rec)
		r.wantError(err, audio.ErrMoved)
		r.wantNamed(err, "Studio", "Microphone")
		if took > time.Second {
			r.Errorf("noticed after %v", took)
		}
		if _, again := r.readError(rec); !errors.Is(again, err) {
			r.Errorf("second error is %v, want %v", again, err)
		}
		if err := rec.Close(); err != nil {
			r.Error(err)
		}
		r.wantStreams(r.desk.Microphones, 0, "after Close")
	})
}

func TestARecordingThatIsMovedByHandEnds(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		rec := r.record()
		r.hear(rec, lasts(50*time.Millisecond))
		r.pactl("move-source-output", r.ourStream(), "micin.monitor")
		_, err := r.readError(rec)
		r.wantError(err, audio.ErrMoved)
		r.wantNamed(err, "Microphone", "Monitor of Null Output")
		if err := rec.Close(); err != nil {
			r.Error(err)
		}
	})
}

func TestNoMicrophone(t *testing.T) {
	onEach(t, func(r rig) {
		r.pactl("unload-module", "module-null-sink")
		_, err := r.system.Record(r.Context(), device.RecordOptions{})
		r.wantError(err, audio.ErrNoMicrophone)
	})
}

func TestLoudspeakersOwnSoundIsNoMicrophone(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		r.pactl("unload-module", "module-remap-source")
		r.pactl("set-default-source", "speaker.monitor")
		_, err := r.system.Record(r.Context(), device.RecordOptions{})
		r.wantError(err, audio.ErrNoMicrophone)
		r.wantStreams(r.desk.Microphones, 0, "after a refusal")
		if d, err := r.system.Devices(r.Context()); err != nil || len(d.Microphones) != 0 {
			r.Errorf("microphones are %+v, %v, want none", d.Microphones, err)
		}
	})
}

func TestServerKilledWhileRecording(t *testing.T) {
	onEach(t, func(r rig) {
		rec := r.record()
		r.hear(rec, lasts(50*time.Millisecond))
		r.signal(syscall.SIGKILL)
		took, err := r.readError(rec)
		r.wantError(err, audio.ErrLost, audio.ErrStalled)
		if took > 1500*time.Millisecond {
			r.Errorf("noticed after %v", took)
		}
		r.within(time.Second, "Close", func() {
			if err := rec.Close(); err != nil {
				r.Error(err)
			}
		})
		_, err = r.system.Record(r.Context(), device.RecordOptions{})
		r.wantError(err, audio.ErrNoServer)
		r.restart()
		rec = r.record()
		r.hear(rec, lasts(50*time.Millisecond))
		if err := rec.Close(); err != nil {
			r.Error(err)
		}
	})
}

func TestServerFrozenWhileRecording(t *testing.T) {
	onEach(t, func(r rig) {
		rec := r.record()
		r.hear(rec, lasts(50*time.Millisecond))
		r.signal(syscall.SIGSTOP)
		took, err := r.readError(rec)
		r.wantError(err, audio.ErrStalled)
		if took > 1500*time.Millisecond {
			r.Errorf("noticed after %v", took)
		}
		r.within(2500*time.Millisecond, "Close", func() {
			r.wantError(rec.Close(), audio.ErrStalled)
		})
		r.within(2500*time.Millisecond, "Record", func() {
			_, err := r.system.Record(r.Context(), device.RecordOptions{})
			r.wantError(err, audio.ErrStalled)
		})
		r.signal(syscall.SIGCONT)
		err = r.desk.Until(r.Context(), "recordings to end", func() bool { return r.streams(r.desk.Microphones) == 0 })
		if err != nil {
			r.Error(err)
		}
		rec = r.record()
		r.hear(rec, lasts(50*time.Millisecond))
		if err := rec.Close(); err != nil {
			r.Error(err)
		}
	})
}

func TestServerThatStartsAfterUsIsFound(t *testing.T) {
	onEach(t, func(r rig) {
		r.signal(syscall.SIGKILL)
		_, err := r.system.Devices(r.Context())
		r.wantError(err, audio.ErrNoServer)
		r.restart()
		rec := r.record()
		r.hear(rec, lasts(50*time.Millisecond))
		if err := rec.Close(); err != nil {
			r.Error(err)
		}
	})
}
