package realtime

import (
	"strings"
	"time"

	"aside/app/engine/spoken"
	"aside/audio"
)

// Where one sentence ends in the sound and the next begins nobody tells. So it
// is judged by how long the words take to say and by the pauses between them.
const (
	perWeight   = 170 * time.Millisecond // for half a word, or an ideographic character
	pauseLevel  = -42                    // dBFS, below which nobody speaks
	leastPause  = 100 * time.Millisecond
	soonest     = 0.5 // of the time that a sentence should take
	latest      = 1.6 // likewise: then any lull will do
	shortestAny = 40 * time.Millisecond
)

// aligner finds out with which frame of the sound a sentence begins.
type aligner struct {
	splitter *spoken.Splitter
	whole    bool           // the last words may be the end of a sentence
	waiting  []spoken.Piece // whose words are known and whose sound has not begun
	saying   bool
	takes    time.Duration // the sentence that is being said, about
	took     time.Duration // how long it has been
	pause    time.Duration // how long nobody has spoken
}

func newAligner() *aligner { return &aligner{splitter: spoken.Transcript()} }

// add takes words that are said now or soon.
func (a *aligner) add(words string) {
	a.keep(a.splitter.Add(words))
	a.whole = strings.HasSuffix(words, ".") || strings.HasSuffix(words, "!") || strings.HasSuffix(words, "?")
}

func (a *aligner) keep(pieces []spoken.Piece) {
	for _, p := range pieces {
		if p.Sentence != "" {
			a.waiting = append(a.waiting, p)
		}
	}
}

// next takes a frame of the sound and returns the words of the sentence that
// begins with it, "" if none does.
func (a *aligner) next(f audio.Frame) string {
	loud := audio.Decibels(audio.RMS(f.Samples)) > pauseLevel
	if a.whole && len(a.waiting) == 0 && (!a.saying || loud && a.pause >= leastPause) {
		a.whole = false
		a.keep(a.splitter.Add(" ")) // what ends the sentence for the eye comes with the next, or never
	}
	begins := (loud || !a.saying) && a.due()
	a.took += f.Duration()
	a.pause += f.Duration()
	if loud {
		a.pause = 0
	}
	if !begins {
		return ""
	}
	words := a.waiting[0].Sentence
	a.waiting = a.waiting[1:]
	a.saying, a.took = true, f.Duration()
	a.takes = time.Duration(spoken.Weight(words)) * perWeight
	return words
}

// due reports whether a sentence that begins now would not surprise.
func (a *aligner) due() bool {
	part := a.took.Seconds() / max(a.takes.Seconds(), 0.1)
	switch {
	case len(a.waiting) == 0:
		return false
	case !a.saying:
		return true
	case part > latest:
		return a.pause >= shortestAny
	}
	return part > soonest && a.pause >= leastPause
}

// rest returns the words whose beginning was not found.
func (a *aligner) rest() string {
	a.keep(a.splitter.Rest())
	var all []string
	for _, p := range a.waiting {
		all = append(all, p.Sentence)
	}
	a.waiting = nil
	return strings.Join(all, " ")
}
