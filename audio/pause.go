package audio

import (
	"cmp"
	"time"
)

// Silences after which nobody is speaking any more.
const (
	pauseAfter = 1200 * time.Millisecond // after words: longer than people pause within a question
	pauseNever = 10 * time.Second        // when there were none
)

// Pause is endpointing by energy with a hangover: it notices when the user has
// stopped speaking, or never began. It goes by the rule of HasSpeech. The zero
// value is ready for one utterance.
type Pause struct {
	After time.Duration // of silence after words; 0 for the usual

	word   word
	spoke  bool
	silent time.Duration
}

// Hear takes the next frame, of FrameDuration, and reports whether the user has
// stopped.
func (p *Pause) Hear(f Frame) (over bool) {
	if p.word.hear(f) {
		p.silent = 0
		p.spoke = p.spoke || p.word.voiced >= minVoiced
		return false
	}
	p.silent += f.Duration()
	if p.spoke {
		return p.silent >= cmp.Or(p.After, pauseAfter)
	}
	return p.silent >= pauseNever
}

// word finds the word that may have begun, in sound that goes on and on.
type word struct {
	levels []float64 // of the last three seconds
	voiced int       // blocks of it
	gap    int       // blocks of silence at its end
}

// hear takes the next block and reports whether it is voiced.
func (w *word) hear(f Frame) (voiced bool) {
	level := loudness(f.Samples)
	if len(w.levels) == noiseBlocks {
		w.levels = append(w.levels[:0], w.levels[1:]...)
	}
	w.levels = append(w.levels, level)
	if level > threshold(w.levels) {
		w.voiced, w.gap = w.voiced+1, 0
		return true
	}
	if w.gap++; w.gap > maxVoicedGap {
		w.voiced = 0
	}
	return false
}
