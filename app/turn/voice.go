package turn

import (
	"context"
	"sync"
	"time"

	"aside/audio"
)

// voice is the spoken reply of one turn: a queue that the engine fills and one
// goroutine that plays it, at the user's pace and volume. It knows at every
// moment which sentence is on the loudspeaker.
type voice struct {
	out    Loudspeaker
	ctx    context.Context
	cancel context.CancelFunc
	done   chan struct{}
	wake   chan struct{}           // holds one token when the queue has changed
	report func(voiceState, error) // called from the playing goroutine

	mu     sync.Mutex
	queue  []utterance
	said   []utterance // everything that was queued, for Again
	length time.Duration
	ended  bool // no more will be queued
	pace   float64
	volume float64
	play   Playback      // set by the playing goroutine
	marks  []mark        // where each block begins, in order
	before time.Duration // played on loudspeakers before play
}

// utterance is a block of speech and, on the first block of a sentence, its
// words.
type utterance struct {
	frame    audio.Frame
	sentence string
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
	ctx, cancel := context.WithCancel(ctx)
	v := &voice{
		out: out, ctx: ctx, cancel: cancel, report: report,
		done: make(chan struct{}), wake: make(chan struct{}, 1),
		pace: s.Pace, volume: s.Volume,
	}
	go v.run()
	return v
}

// add queues a block and reports whether it is the first. Blocks beyond
// maxSpeech are dropped.
func (v *voice) add(u utterance) (first bool) {
	v.mu.Lock()
	first = len(v.said) == 0
	if v.length < maxSpeech {
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
	v.cancel()
	v.mu.Lock()
	play := v.play
	v.queue = nil
	v.mu.Unlock()
	if play != nil {
		play.Flush()
	}
}

// close silences the voice and waits for its goroutine.
func (v *voice) close() {
	v.silence()
	<-v.done
}

// skip goes on with the next sentence that is queued.
func (v *voice) skip() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for len(v.queue) > 0 && v.queue[0].sentence == "" {
		v.queue = v.queue[1:]
	}
}

// set changes pace and volume from the next block on.
func (v *voice) set(pace, volume float64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.pace, v.volume = pace, volume
}

func (v *voice) run() {
	defer close(v.done)
	var s speaking
	err := v.sayAll(&s)
	if v.play != nil {
		_ = v.play.Close() // what it was playing has been played, or is unwanted
	}
	switch {
	case v.ctx.Err() != nil:
	case err != nil:
		v.report(voiceFailed, err)
	default:
		v.report(voiceDrained, nil)
	}
}

func (v *voice) sayAll(s *speaking) error {
	for {
		u, pace, volume, ok := v.next()
		if !ok {
			return v.drain(s)
		}
		if err := v.say(s, u, pace, volume); err != nil {
			return err
		}
	}
}

// next waits for a block. It is not ok when there will be none.
func (v *voice) next() (u utterance, pace, volume float64, ok bool) {
	for {
		v.mu.Lock()
		if len(v.queue) > 0 {
			u, v.queue = v.queue[0], v.queue[1:]
			defer v.mu.Unlock()
			return u, v.pace, v.volume, v.ctx.Err() == nil
		}
		ended := v.ended
		v.mu.Unlock()
		if ended {
			return utterance{}, 0, 0, false
		}
		select {
		case <-v.wake:
		case <-v.ctx.Done():
			return utterance{}, 0, 0, false
		}
	}
}
