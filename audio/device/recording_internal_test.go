package device

import (
	"errors"
	"io"
	"testing"

	"aside/audio"
)

// A device that was given up for a stall, or for its Close, may deliver again.
func TestNothingIsHeardAfterTheEnd(t *testing.T) {
	in := newIntake(audio.RateListen)
	r := &Recording{rate: audio.RateListen, in: in}
	in.put([]int16{1, 2})
	in.fail(io.EOF)
	in.put([]int16{3, 4})
	f, err := r.Read(t.Context())
	if err != nil || len(f.Samples) != 2 {
		t.Errorf("what was said before is %v, %v", f.Samples, err)
	}
	if f, err := r.Read(t.Context()); !errors.Is(err, io.EOF) {
		t.Errorf("then %v, %v", f.Samples, err)
	}
}
