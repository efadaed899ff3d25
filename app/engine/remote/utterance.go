package remote

import (
	"slices"
	"time"

	"aside/audio"
)

const (
	// An utterance begins to leave when this much has been recorded and there is speech in
	// it: a tap, a cough at its beginning or an empty room send nothing. A tap
	// is up to 250 ms, behind the 400 ms that a microphone may have kept. It is
	// looked at in steps, and no further back than its noise is known by.
	leavesAfter = 700 * time.Millisecond
	lookStep    = 100 * time.Millisecond
	lookBack    = 3 * time.Second
)

// WorthSending reports whether so much has been said that it may leave while
// the user goes on.
func WorthSending(c audio.Clip) bool {
	first := slices.IndexFunc(c.Samples, func(s int16) bool { return s != 0 }) // what a microphone begins with is not the noise of the room
	if first < 0 || audio.Duration(len(c.Samples)-first, c.Rate) < leavesAfter {
		return false
	}
	from := max(first, len(c.Samples)-audio.Samples(lookBack, c.Rate))
	return audio.HasSpeech(audio.Clip{Rate: c.Rate, Samples: c.Samples[from:]})
}

// Due reports whether the frame that made a clip this long is one after which
// to look at it.
func Due(f audio.Frame, c audio.Clip) bool {
	return c.Duration()/lookStep != (c.Duration()-f.Duration())/lookStep
}
