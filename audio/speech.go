package audio

import (
	"math"
	"slices"
	"time"
)

// The energy rule: a block of FrameDuration is voiced when it is louder than
// three times the quiet tenth of the last three seconds, and than the floor.
const (
	voiceFactor   = 3.0
	voiceFloor    = 150.0 // RMS, about -47 dBFS
	noiseRank     = 10    // the quietest 1/noiseRank is noise
	noiseBlocks   = 150   // 3 s
	noiseSettled  = 25    // below this many blocks, 500 ms, the noise is not known
	minVoiced     = 6     // blocks, 120 ms: anything shorter is a click or a bump
	maxVoicedGap  = 4     // blocks, 80 ms: the closure inside "act"
	maxTail       = 120 * time.Millisecond
	startLoudness = -45.0
	startKept     = 10 * time.Millisecond
	startBlock    = 2 * time.Millisecond
)

// HasSpeech reports whether anything was said in the clip. It goes by energy:
// some 120 ms that stand out of the noise, with no more than the gaps that
// words have. A click, a key or a short bump does not, nor does steady noise
// or a steady tone of any loudness.
func HasSpeech(c Clip) bool {
	n := Samples(FrameDuration, c.Rate)
	if n == 0 {
		return false
	}
	var levels []float64
	for block := range slices.Chunk(c.Samples, n) {
		levels = append(levels, loudness(block))
	}
	voiced, gap := 0, 0
	for i, level := range levels {
		// The first three seconds are judged together: the noise is often
		// heard only after the words.
		end := min(len(levels), max(i+1, noiseBlocks))
		if level > threshold(levels[max(0, end-noiseBlocks):end]) {
			voiced, gap = voiced+1, 0
		} else if gap++; gap > maxVoicedGap {
			voiced = 0
		}
		if voiced >= minVoiced {
			return true
		}
	}
	return false
}

// loudness is the RMS around the mean: a microphone's constant offset is not
// sound.
func loudness(block []int16) float64 {
	if len(block) == 0 {
		return 0
	}
	var sum, square float64
	for _, s := range block {
		sum += float64(s)
		square += float64(s) * float64(s)
	}
	n := float64(len(block))
	return math.Sqrt(max(0, square/n-sum/n*sum/n))
}

// threshold is how loud a block must be to be voiced, beside these.
func threshold(levels []float64) float64 {
	sorted := slices.Sorted(slices.Values(levels))
	return max(voiceFloor, voiceFactor*sorted[len(sorted)/noiseRank])
}

// Tail decides how much to record after the key has gone up: nothing when the
// user is silent by then, else to the end of the word, at most 120 ms. A word
// ends with a silence that is longer than the closure inside "act". The zero
// value is ready.
type Tail struct {
	levels []float64 // of frames before key-up, newest last
	kept   time.Duration
	limit  float64 // what is louder is voiced
	silent int     // frames in a row
}

// Hear takes a frame from before key-up. It teaches the tail how loud the room
// is; without it only the floor counts.
func (t *Tail) Hear(f Frame) {
	if len(t.levels) == noiseBlocks {
		t.levels = append(t.levels[:0], t.levels[1:]...)
	}
	t.levels = append(t.levels, loudness(f.Samples))
}

// Done takes a frame from after key-up and reports whether it was the last one
// needed.
func (t *Tail) Done(f Frame) bool {
	if t.kept == 0 {
		t.begin()
	}
	t.kept += f.Duration()
	if t.silent++; loudness(f.Samples) > t.limit {
		t.silent = 0
	}
	return t.silent > maxVoicedGap || t.kept >= maxTail
}

// begin judges what was heard before key-up. The key may have gone up in the
// middle of a closure.
func (t *Tail) begin() {
	t.limit = voiceFloor
	if len(t.levels) >= noiseSettled {
		t.limit = threshold(t.levels)
	}
	for i := len(t.levels) - 1; i >= 0 && t.levels[i] <= t.limit; i-- {
		t.silent++
	}
	if len(t.levels) == 0 {
		t.silent = maxVoicedGap // no word has begun
	}
}

// StartTrimmer takes the silence off the beginning of a piece of speech,
// frame by frame: everything before -45 dBFS, save the last 10 ms. The zero
// value is ready for one piece.
type StartTrimmer struct {
	began bool
	held  []int16
}

// Trim returns what is left of the frame. Until the speech begins that is
// nothing, though the rate stays.
func (t *StartTrimmer) Trim(f Frame) Frame {
	if t.began {
		return f
	}
	t.held = append(t.held, f.Samples...)
	block := max(1, Samples(startBlock, f.Rate))
	kept := Samples(startKept, f.Rate)
	// Blocks that were quiet before need no second look.
	for at := max(0, len(t.held)-len(f.Samples)-block); at+block <= len(t.held); at += block {
		if Decibels(RMS(t.held[at:at+block])) > startLoudness {
			t.began = true
			samples := t.held[max(0, at-kept):]
			t.held = nil
			return Frame{Rate: f.Rate, Samples: samples}
		}
	}
	t.held = append(t.held[:0], t.held[max(0, len(t.held)-kept-block):]...)
	return Frame{Rate: f.Rate}
}
