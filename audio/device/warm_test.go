//go:build unix

package device_test

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"aside/audio"
	"aside/audio/device"
)

// warm opens a warm microphone by the name that choose holds and waits for it.
func (r rig) warm(choose *atomic.Value) *device.Warm {
	r.Helper()
	w := r.system.Warm(func(context.Context) (device.RecordOptions, error) {
		return device.RecordOptions{Device: choose.Load().(string)}, nil
	})
	r.wantWarm(w)
	return w
}

func (r rig) wantWarm(w *device.Warm) {
	r.Helper()
	if err := r.desk.Until(r.Context(), "the warm microphone", w.Open); err != nil {
		r.Fatal(err)
	}
	r.wantStreams(r.desk.Microphones, 1, "while the microphone is warm")
}

func named(device string) *atomic.Value {
	var v atomic.Value
	v.Store(device)
	return &v
}

// borrow records for a moment on a warm microphone.
func (r rig) borrow(w *device.Warm) *device.Lent {
	r.Helper()
	rec, err := w.Record(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	r.hear(rec.Recording, lasts(500*time.Millisecond))
	return rec
}

func TestAWarmMicrophoneStaysOneStream(t *testing.T) {
	onEach(t, func(r rig) {
		w := r.warm(named(""))
		for range 3 {
			rec := r.borrow(w)
			r.wantStreams(r.desk.Microphones, 1, "while recording")
			for range 2 { // Close may be called twice
				if err := rec.Close(); err != nil {
					r.Error(err)
				}
			}
		}
		w.Close()
		r.wantStreams(r.desk.Microphones, 0, "after Close")
		if w.Open() {
			r.Error("it says that it is open")
		}
	})
}

func TestWhatHasBeenSaidIsNotHeardAgain(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		w := r.warm(named(""))
		wait := r.speak(tone(audio.RateListen, 2*time.Second, 700))
		rec, err := w.Record(r.Context())
		if err != nil {
			r.Fatal(err)
		}
		r.hear(rec.Recording, func(c audio.Clip) bool { from, to := sounding(c.Samples, c.Rate); return to > from })
		<-time.After(300 * time.Millisecond) // recorded and not read
		if err := rec.Close(); err != nil {
			r.Error(err)
		}
		again, err := w.Record(r.Context())
		if err != nil {
			r.Fatal(err)
		}
		began := time.Now()
		c := r.hear(again.Recording, lasts(200*time.Millisecond))
		if took := time.Since(began); took < 100*time.Millisecond {
			r.Errorf("%v of the last question came within %v", c.Duration(), took)
		}
		if err := again.Close(); err != nil {
			r.Error(err)
		}
		wait()
		w.Close()
	})
}

func TestTwoAtOnceOnAWarmMicrophone(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		w := r.warm(named(""))
		first, second := r.borrow(w), r.borrow(w)
		r.wantStreams(r.desk.Microphones, 2, "while both record")
		for _, rec := range []*device.Lent{first, second} {
			if err := rec.Close(); err != nil {
				r.Error(err)
			}
		}
		r.wantStreams(r.desk.Microphones, 1, "afterwards")
		w.Close()
	})
}

func TestAMutedWarmMicrophoneIsNotRecorded(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		w := r.warm(named(""))
		r.pactl("set-source-mute", "mic", "1")
		_, err := w.Record(r.Context())
		r.wantError(err, audio.ErrMuted)
		r.pactl("set-source-mute", "mic", "0")
		if err := r.borrow(w).Close(); err != nil {
			r.Error(err)
		}
		w.Close()
	})
}

func TestAnotherChoiceHoldsFromTheNextRecording(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		unplug := r.plug("module-remap-source", "source_name=usb", "master=micin.monitor")
		choice := named("mic")
		w := r.warm(choice)
		choice.Store("usb")
		rec := r.borrow(w)
		if rec.Device() != "usb" {
			r.Errorf("records from %s, want usb", rec.Device())
		}
		unplug()
		_, err := r.readError(rec.Recording)
		r.wantError(err, audio.ErrLost)
		if err := rec.Close(); err != nil {
			r.Error(err)
		}
		_, err = w.Record(r.Context())
		r.wantError(err, audio.ErrAbsent)
		r.plug("module-remap-source", "source_name=usb", "master=micin.monitor")
		if err := r.borrow(w).Close(); err != nil { // it is back
			r.Error(err)
		}
		r.wantWarm(w)
		w.Close()
	})
}

func TestAWarmMicrophoneOutlivesItsServer(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		w := r.warm(named(""))
		r.signal(syscall.SIGKILL)
		_, err := w.Record(r.Context())
		r.wantError(err, audio.ErrNoServer, audio.ErrLost)
		if w.Open() {
			r.Error("it says that it is open")
		}
		r.restart()
		if err := r.borrow(w).Close(); err != nil {
			r.Error(err)
		}
		r.signal(syscall.SIGSTOP)
		r.within(2500*time.Millisecond, "Record", func() {
			_, err := w.Record(r.Context())
			r.wantError(err, audio.ErrStalled)
		})
		r.signal(syscall.SIGCONT)
		if err := r.borrow(w).Close(); err != nil {
			r.Error(err)
		}
		w.Close()
		r.wantStreams(r.desk.Microphones, 0, "after Close")
	})
}

// What is heard after Close is nobody's, though the microphone stays open.
func TestNothingIsReadOfAWarmMicrophoneAfterClose(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		w := r.warm(named(""))
		rec := r.borrow(w)
		if err := rec.Close(); err != nil {
			r.Error(err)
		}
		<-time.After(200 * time.Millisecond) // something to be heard
		if f, err := rec.Read(r.Context()); !errors.Is(err, io.EOF) {
			r.Errorf("%v are heard after Close, %v", f.Duration(), err)
		}
		w.Close()
	})
}

func TestAWarmHeadsetThatFlipsIsWaitedFor(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		const name = "bluez_source.AA_BB_CC_DD_EE_FF.headset"
		unplug := r.plug("module-remap-source", "source_name="+name, "master=micin.monitor")
		w := r.warm(named(name))
		<-time.After(500 * time.Millisecond) // it is heard
		unplug()
		for end := time.Now().Add(1500 * time.Millisecond); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			if !w.Open() {
				r.Fatal("it is given up")
			}
		}
		r.plug("module-remap-source", "source_name="+name, "master=micin.monitor")
		if err := r.desk.Until(r.Context(), "the headset", func() bool { return r.streams(r.desk.Microphones) == 1 }); err != nil {
			r.Fatal(err)
		}
		if err := r.borrow(w).Close(); err != nil {
			r.Error(err)
		}
		r.wantWarm(w)
		w.Close()
	})
}
