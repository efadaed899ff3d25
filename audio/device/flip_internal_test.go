//go:build linux || freebsd

package device

import (
	"testing"

	"aside/app/desk"
	"aside/audio"
)

// A stream that the server has moved goes on there, and its connection is kept.
func TestAMicrophoneThatIsLostWhileItIsClosedIsNotLeftOpen(t *testing.T) {
	d := desk.Start(t, desk.Options{Sound: true})
	s, err := Open(t.Context(), Options{Backend: Pulse, Application: "Aside test", Server: d.PulseServer})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	rec, err := s.Record(t.Context(), RecordOptions{Rate: audio.RateListen})
	if err != nil {
		t.Fatal(err)
	}
	r := rec.src.(*pulseRecorder)
	close(r.quit) // nobody notices any more
	r.watch.Wait()
	r.quit = make(chan struct{})
	r.mic.Store(&Device{Headset: "a headset"})
	r.lose(r.stream.Load(), "another", audio.ErrMoved)
	if err := rec.Close(); err != nil {
		t.Fatal(err)
	}
	open, err := d.Microphones(t.Context())
	if err != nil || len(open) > 0 {
		t.Errorf("open are %v, %v", open, err)
	}
}
