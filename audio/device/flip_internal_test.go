//go:build linux || freebsd

package device

import (
	"errors"
	"testing"

	"github.com/jfreymuth/pulse/proto"

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

// The server does not move the stream of a named microphone; should it all the
// same, that is the end.
func TestANamedMicrophoneThatIsMovedAllTheSameEnds(t *testing.T) {
	for name, want := range map[string]bool{"": false, "usb": true} {
		r := &pulseRecorder{in: newIntake(audio.RateListen), options: RecordOptions{Device: name}, lost: make(chan loss, 1)}
		r.mic.Store(&Device{Name: "usb", Description: "Studio"})
		r.lose(&proto.CreateRecordStreamReply{}, "another", audio.ErrMoved)
		r.put([]byte{1, 2})
		if n := r.in.ring.Len(); n != 0 {
			t.Errorf("%d samples of another microphone are recorded", n)
		}
		select {
		case <-r.in.ended:
			if !want || !errors.Is(r.in.err, audio.ErrMoved) {
				t.Errorf("microphone %q ends with %v", name, r.in.err)
			}
		default:
			if want {
				t.Errorf("microphone %q goes on", name)
			}
		}
		if !want {
			r.lose(&proto.CreateRecordStreamReply{}, "a third", audio.ErrMoved)
			if !errors.Is(r.in.err, audio.ErrMoved) {
				t.Errorf("moved twice at once it ends with %v", r.in.err)
			}
		}
	}
}
