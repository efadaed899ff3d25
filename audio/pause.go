package audio

import "time"

// Silences after which nobody is speaking any more.
const (
	pauseAfter = 1200 * time.Millisecond // after words: longer than people pause within a question
	pauseNever = 10 * time.Second        // when there were none
)

// Pause is endpointing by energy with a hangover: it notices when the user has
// stopped speaking, or never began. It goes by the rule of HasSpeech. The zero
// value is ready for one utterance.
type Pause struct {
	levels []float64 // of the last three seconds
	voiced int       // blocks of the word that may have begun
	gap    int       // blocks of silence in it
	spoke  bool
	silent time.Duration
}

// Hear takes the next frame, of FrameDuration, and reports whether the user has
// stopped.
func (p *Pause) Hear(f Frame) (over bool) {
	level := loudness(f.Samples)
	if len(p.levels) == noiseBlocks {
		p.levels = append(p.levels[:0], p.levels[1:]...)
	}
	p.levels = append(p.levels, level)
	if level > threshold(p.levels) {
		p.voiced, p.gap, p.silent = p.voiced+1, 0, 0
		p.spoke = p.spoke || p.voiced >= minVoiced
		return false
	}
	if p.gap++; p.gap > maxVoicedGap {
		p.voiced = 0
	}
	p.silent += f.Duration()
	if p.spoke {
		return p.silent >= pauseAfter
	}
	return p.silent >= pauseNever
}
