package audio

import "time"

// longestPause bounds the silence that an EndTrimmer keeps until it is known
// what follows.
const longestPause = 5 * time.Second

// EndTrimmer shortens the silence at the end of a piece of speech to Keep,
// frame by frame: what is below -45 dBFS. A longer pause within the piece
// passes when the speech goes on, up to longestPause. It serves one piece.
type EndTrimmer struct {
	Keep time.Duration

	quiet int     // samples that have passed since the last sound
	held  []int16 // silence beyond them
}

// Trim returns what is certain to be kept. It may be longer than the frame, or
// nothing, though the rate stays.
func (t *EndTrimmer) Trim(f Frame) Frame {
	end := t.lastSound(f)
	out := Frame{Rate: f.Rate}
	if end > 0 {
		out.Samples = append(t.held, f.Samples[:end]...)
		t.held, t.quiet = nil, 0
	}
	silence := f.Samples[end:]
	pass := min(len(silence), max(0, Samples(t.Keep, f.Rate)-t.quiet))
	out.Samples = append(out.Samples, silence[:pass]...)
	t.quiet += pass
	room := max(0, Samples(longestPause, f.Rate)-len(t.held))
	t.held = append(t.held, silence[pass:][:min(room, len(silence)-pass)]...)
	return out
}

// lastSound returns where the last sound of a frame ends, 0 if there is none.
func (t *EndTrimmer) lastSound(f Frame) int {
	block := max(1, Samples(startBlock, f.Rate))
	for end := len(f.Samples); end > 0; end -= block {
		if Decibels(RMS(f.Samples[max(0, end-block):end])) > startLoudness {
			return end
		}
	}
	return 0
}
