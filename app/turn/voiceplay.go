package turn

import (
	"context"
	"slices"
	"strings"
	"time"

	"aside/audio"
)

// speaking is the state of the goroutine that plays a voice. Nobody else
// touches it, save marks, which voice.mu guards.
type speaking struct {
	ctx     context.Context //nolint:containedctx // of the goroutine
	stretch *audio.Stretcher
	rate    int
	written time.Duration // sound handed to the loudspeaker so far
	before  time.Duration // sound played on loudspeakers opened earlier
}

// say plays one block at the pace and volume that hold now.
func (v *voice) say(s *speaking, u utterance, pace, volume float64) error {
	if err := v.open(s, u.frame.Rate); err != nil {
		return err
	}
	v.mark(s, u, pace)
	s.stretch.SetPace(pace)
	if err := v.write(s, s.stretch.Process(u.frame.Samples), volume); err != nil {
		return err
	}
	if u.at == 0 {
		v.report(voiceSounds, nil)
	}
	return nil
}

// open makes sure that a loudspeaker of the right rate is there.
func (v *voice) open(s *speaking, rate int) error {
	if v.play != nil && s.rate == rate {
		return nil
	}
	if v.out == nil {
		return audio.ErrNoLoudspeaker
	}
	if v.play != nil {
		if err := v.drain(s); err != nil {
			return err
		}
		s.before = s.written
		_ = v.play.Close() // it has played everything
	}
	play, err := v.out.Play(s.ctx, rate)
	if err != nil {
		return err
	}
	s.rate, s.stretch = rate, audio.NewStretcher(rate)
	v.mu.Lock()
	v.play, v.before = play, s.before
	v.mu.Unlock()
	return nil
}

func (v *voice) write(s *speaking, samples []int16, volume float64) error {
	if len(samples) == 0 {
		return nil
	}
	f := audio.Frame{Rate: s.rate, Samples: samples}
	audio.Amplify(f.Samples, volume)
	s.written += f.Duration()
	return v.play.Write(s.ctx, f)
}

// drain plays what the stretcher still holds and waits for the loudspeaker.
func (v *voice) drain(s *speaking) error {
	if v.play == nil {
		return nil
	}
	v.mu.Lock()
	volume := v.volume
	v.mu.Unlock()
	if err := v.write(s, s.stretch.Flush(), volume); err != nil {
		return err
	}
	return v.play.Drain(s.ctx)
}

// mark notes where in the output a block begins.
func (v *voice) mark(s *speaking, u utterance, pace float64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	m := mark{at: s.written, source: u.at, pace: pace, sentence: u.sentence, level: audio.Level(u.frame.Samples)}
	switch {
	case u.sentence != "":
	case len(v.marks) > 0:
		m.sentence = v.marks[len(v.marks)-1].sentence
	default:
		m.sentence = v.cut.sentence
	}
	v.marks = append(v.marks, m)
}

// position is how much of the engine's speech has been played, the sentence
// that is being said and how loud it is, 0…1.
func (v *voice) position() (source time.Duration, sentence string, level float64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.held {
		return v.cut.source, v.cut.sentence, 0
	}
	m, at, ok := v.atLocked()
	if !ok {
		return v.cut.source, v.cut.sentence, 0
	}
	return m.source + time.Duration(float64(at-m.at)*m.pace), m.sentence, m.level
}

// atLocked finds the mark that is on the loudspeaker now.
func (v *voice) atLocked() (m mark, at time.Duration, ok bool) {
	if v.play == nil {
		return mark{}, 0, false
	}
	at = v.before + v.play.Played()
	for _, next := range v.marks {
		if next.at > at {
			break
		}
		m, ok = next, true
	}
	return m, at, ok
}

// heard is the text of every sentence that has begun.
func (v *voice) heard() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return strings.Join(v.heardLocked(), " ")
}

// heardLocked are the sentences that have begun.
func (v *voice) heardLocked() []string {
	if v.held {
		return v.cut.heard
	}
	_, at, _ := v.atLocked()
	said := slices.Clone(v.cut.heard)
	for _, m := range v.marks {
		if m.at > at {
			break
		}
		if n := len(said); m.sentence != "" && (n == 0 || m.sentence != said[n-1]) {
			said = append(said, m.sentence)
		}
	}
	return said
}

// all is everything that was queued.
func (v *voice) all() []utterance {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.said
}
