//go:build unix

package device_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"aside/audio"
	"aside/audio/device"
)

// sleeps stops this whole process for longer than a device may be silent, as an
// overloaded machine does.
func (r rig) sleeps() {
	r.Helper()
	pid := os.Getpid()
	if _, err := r.desk.Output(r.Context(), "sh", "-c", fmt.Sprintf("kill -STOP %d; sleep 1.2; kill -CONT %d", pid, pid)); err != nil {
		r.Fatal(err)
	}
}

// reads reads for a while.
func (r rig) reads(rec *device.Recording, d time.Duration) {
	for d > 0 {
		f, err := rec.Read(r.Context())
		if err != nil {
			r.Error(err)
			return
		}
		d -= f.Duration()
	}
}

func TestASleepOfOursDoesNotEndARecording(t *testing.T) {
	onEach(t, func(r rig) {
		for range 2 {
			rec := r.record()
			r.hear(rec, lasts(200*time.Millisecond))
			heard := make(chan struct{})
			go func() {
				defer close(heard)
				r.reads(rec, 2*time.Second)
			}()
			r.sleeps()
			<-heard
			if err := rec.Close(); err != nil {
				r.Error(err)
			}
		}
	})
}

func TestASleepOfOursDoesNotEndAVoice(t *testing.T) {
	onEach(t, func(r rig) {
		for range 2 {
			play := r.play()
			done := make(chan error, 1)
			go func() { done <- write(r.Context(), play, tone(audio.RateSpeak, time.Second, 700)) }()
			time.Sleep(300 * time.Millisecond) // of the tone
			r.sleeps()
			if err := <-done; err != nil {
				r.Error(err)
			}
			if err := play.Close(); err != nil {
				r.Error(err)
			}
		}
	})
}
