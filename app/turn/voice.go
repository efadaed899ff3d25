package turn

import (
	"context"
	"sync"
	"time"

	"aside/audio"
)

// voice is the spoken reply of one turn: a queue that the engine fills and one
// goroutine that plays it, at the user's pace and volume. It knows at every
// moment which sentence is on the loudspeaker. It can be held and go on later,
// with another goroutine.
type voice struct {
	out    Loudspeaker
	life   context.Context         //nolint:containedctx // of the turn: what is held goes on in it
	wake   chan struct{}           // holds one token when the queue has changed
	report func(voiceState, error) // called from the playing goroutine

	mu     sync.Mutex
	cancel context.CancelFunc // of the playing goroutine
	done   chan struct{}      // closed when that has ended
	queue  []utterance
	said   []utterance // everything that was queued, for Again
	length time.Duration
	ended  bool // no more will be queued
	pace   float64
	volume float64
	play   Playback      // set by the playing goroutine
	marks  []mark        // where each block begins, in order
	before time.Duration // played on loudspeakers before play
	cut    cut           // where it was held last
	held   bool          // it is held, or about to go on
}

// cut is a place in the speech.
type cut struct {
	source   time.Duration // in the engine's speech
	sentence string        // that was being said
	heard    []string      // all sentences that had begun
	skip     bool          // the rest of that sentence is not wanted
}

// overlap is how much of what was heard before a cut is said again after it.
const overlap = 200 * time.Millisecond

// utterance is a block of speech and, on the first block of a sentence, its
// words.
type utterance struct {
	frame    audio.Frame
	sentence string
	at       time.Duration // where it begins in the engine's speech
}

// mark ties a moment of the output to one of the speech as the engine sent it.
type mark struct {
	at       time.Duration // on the loudspeaker
	source   time.Duration // in the engine's speech
	pace     float64
	sentence string
	level    float64
}

// voiceState is what the playing goroutine reports.
type voiceState int

const (
	voiceSounds  voiceState = iota // the first sample went to the loudspeaker
	voiceDrained                   // all of it has been played
	voiceFailed                    // the loudspeaker does not work
)

// maxSpeech bounds what a turn may queue.
const maxSpeech = 10 * time.Minute

func newVoice(ctx context.Context, out Loudspeaker, s Settings, report func(voiceState, error)) *voice {
	v := &voice{
		out: out, life: ctx, report: report, wake: make(chan struct{}, 1),
		pace: s.Pace, volume: s.Volume,
	}
	running, cancel := context.WithCancel(ctx)
	v.cancel, v.done = cancel, make(chan struct{})
	go v.run(running, v.done)
	return v
}

// add queues a block and reports whether it is the first. Blocks beyond
// maxSpeech are dropped.
func (v *voice) add(u utterance) (first bool) {
	v.mu.Lock()
	first = len(v.said) == 0
	if v.length < maxSpeech {
		u.at = v.length
		v.length += u.frame.Duration()
		v.queue = append(v.queue, u)
		v.said = append(v.said, u)
	}
	v.mu.Unlock()
	v.poke()
	return first
}

// end says that no more will be added: voiceDrained follows.
func (v *voice) end() {
	v.mu.Lock()
	v.ended = true
	v.mu.Unlock()
	v.poke()
}

func (v *voice) poke() {
	select {
	case v.wake <- struct{}{}:
	default:
	}
}

// silence stops the loudspeaker at once. Nothing is reported any more.
func (v *voice) silence() {
	v.mu.Lock()
	v.cancel()
	play := v.play
	v.queue = nil
	v.mu.Unlock()
	if play != nil {
		play.Flush()
	}
}

// hold is silence that may end.
func (v *voice) hold() {
	v.mu.Lock()
	if m, at, ok := v.atLocked(); ok && !v.held { // else it has not gone on since it was held last
		v.cut = cut{m.source + time.Duration(float64(at-m.at)*m.pace), m.sentence, v.heardLocked(), false}
	}
	v.held = true
	v.mu.Unlock()
	v.silence()
}

// resume goes on where the voice was held, with what has come meanwhile.
func (v *voice) resume() {
	v.mu.Lock()
	defer v.mu.Unlock()
	before := v.done
	ctx, cancel := context.WithCancel(v.life)
	done := make(chan struct{})
	v.cancel, v.done = cancel, done
	go func() {
		<-before
		v.rewind()
		v.run(ctx, done)
	}()
}

// rewind queues what was not heard yet, and a little more.
func (v *voice) rewind() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.cut.source = max(0, v.cut.source-overlap)
	v.queue = nil
	for _, u := range v.said {
		switch {
		case u.at+u.frame.Duration() <= v.cut.source:
		case u.at < v.cut.source:
			heard := min(len(u.frame.Samples), audio.Samples(v.cut.source-u.at, u.frame.Rate))
			rest := audio.Frame{Rate: u.frame.Rate, Samples: u.frame.Samples[heard:]}
			v.queue = append(v.queue, utterance{rest, u.sentence, v.cut.source})
		default:
			v.queue = append(v.queue, u)
		}
	}
	if v.cut.skip {
		v.skipCut()
	}
	v.play, v.marks, v.before, v.held = nil, nil, 0, false
}

// skipCut takes the rest of the sentence in which the voice was cut off from
// the queue. The overlap may have brought the end of the one before back.
func (v *voice) skipCut() {
	cut := v.cut.source + overlap
	for len(v.queue) > 0 && (v.queue[0].at < cut || v.queue[0].sentence == "") {
		v.queue = v.queue[1:]
	}
	v.cut.skip = false
}

// close silences the voice and waits for its goroutine.
func (v *voice) close() {
	v.silence()
	v.mu.Lock()
	done := v.done
	v.mu.Unlock()
	<-done
}

// skip goes on with the next sentence, at once: what the loudspeaker still has of
// this one is not heard.
func (v *voice) skip() {
	v.mu.Lock()
	held := v.held
	v.cut.skip = held
	v.mu.Unlock()
	if held { // it goes on soon
		return
	}
	v.hold()
	v.mu.Lock()
	v.cut.skip = true
	v.mu.Unlock()
	v.resume()
}

// set changes pace and volume from the next block on.
func (v *voice) set(pace, volume float64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.pace, v.volume = pace, volume
}

func (v *voice) run(ctx context.Context, done chan struct{}) {
	defer close(done)
	s := speaking{ctx: ctx}
	err := v.sayAll(&s)
	if v.play != nil {
		_ = v.play.Close() // what it was playing has been played, or is unwanted
	}
	switch {
	case ctx.Err() != nil:
	case err != nil:
		v.report(voiceFailed, err)
	default:
		v.report(voiceDrained, nil)
	}
}

func (v *voice) sayAll(s *speaking) error {
	for {
		u, pace, volume, ok := v.next(s.ctx)
		if !ok {
			return v.drain(s)
		}
		if err := v.say(s, u, pace, volume); err != nil {
			return err
		}
	}
}

// next waits for a block. It is not ok when there will be none.
func (v *voice) next(ctx context.Context) (u utterance, pace, volume float64, ok bool) {
	for {
		v.mu.Lock()
		if len(v.queue) > 0 {
			u, v.queue = v.queue[0], v.queue[1:]
			defer v.mu.Unlock()
			return u, v.pace, v.volume, ctx.Err() == nil
		}
		ended := v.ended
		v.mu.Unlock()
		if ended {
			return utterance{}, 0, 0, false
		}
		select {
		case <-v.wake:
		case <-ctx.Done():
			return utterance{}, 0, 0, false
		}
	}
}
