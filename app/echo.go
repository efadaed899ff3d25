package app

import (
	"cmp"
	"context"
	"errors"
	"sync"

	"aside/app/turn"
	"aside/audio"
	"aside/audio/device"
)

// echo lets a voice cut an answer off. For that the answer is played, and the
// voice waited for, on a pair of devices of which the microphone does not hear
// the loudspeaker. An echo canceller of ours rests while there is no answer, and
// is gone when nobody wants it.
type echo struct {
	sound *sound

	group  sync.WaitGroup // changes that are being made
	mu     sync.Mutex     // held while the sound server is asked
	wanted bool
	users  int // of the pair
	ears   int // those of them that listen
	pair   device.Pair
	title  string // what people call the microphone that the pair takes the echo out of
	err    error  // why there is no pair
	made   bool   // there may be an echo canceller of ours
	told   bool   // it has been said that there is none
}

// newEcho expects an echo canceller of a core that died.
func newEcho(s *sound) *echo { return &echo{sound: s, made: true} }

// configure makes ready for answers, or takes away what was made for them. It
// does not wait for that.
func (e *echo) configure(wanted bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if wanted == e.wanted && (wanted || !e.made) {
		return
	}
	e.wanted, e.told = wanted, false
	e.group.Go(func() {
		_, end, _ := e.begin(false) // what is wrong has been said
		end()
	})
}

// begin returns the pair for an answer: the same to all who use it at once. Its
// microphone is open while somebody listens. end is to be called even if there is
// no pair.
func (e *echo) begin(listens bool) (pair device.Pair, end func(), err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.users++; e.users == 1 {
		e.pair, e.err = device.Pair{}, audio.ErrEcho
		if e.wanted {
			e.pair, e.err = e.find()
			e.tell(e.err)
		}
	}
	if listens {
		if e.ears++; e.ears == 1 && e.err == nil {
			e.do(e.sound.system.WakeEcho)
		}
	}
	return e.pair, sync.OnceFunc(func() { e.end(listens) }), e.err
}

// end lets the pair rest when the last who listens has gone, and takes it away
// with the last of its users if it is wanted no more.
func (e *echo) end(listens bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.users--
	if listens {
		e.ears--
	}
	switch {
	case !e.made || e.ears > 0:
	case e.users == 0 && !e.wanted:
		e.made = !e.do(e.sound.system.DropEcho)
	case listens || e.users == 0: // a core that died may have left it awake
		e.do(e.sound.system.RestEcho)
	}
}

// do tells the sound server something and reports whether it has heard.
func (e *echo) do(what func(context.Context) error) bool {
	ctx, cancel := context.WithTimeout(context.Background(), devicePatience)
	defer cancel()
	err := what(ctx)
	if err != nil && !errors.Is(err, audio.ErrNoServer) {
		e.sound.log.Warn("echo canceller", "cause", turn.Cause(err))
	}
	return err == nil
}

// find asks the sound server for a pair, for the devices that the settings name.
func (e *echo) find() (device.Pair, error) {
	ctx, cancel := context.WithTimeout(context.Background(), devicePatience)
	defer cancel()
	found, err := e.sound.system.Devices(ctx)
	if err != nil {
		return device.Pair{}, err
	}
	c := pick(found, e.sound.settings())
	if c.noMic {
		return device.Pair{}, audio.ErrAbsent
	}
	e.made, e.title = true, cmp.Or(c.microphone.Description, c.microphone.Name)
	return e.sound.system.CancelEcho(ctx, c.microphone.Name, c.loudspeaker.Name)
}

// tell says once that no echo can be cancelled. What else is wrong with the
// devices is said by those who need them.
func (e *echo) tell(err error) {
	var p *turn.Problem
	switch {
	case errors.Is(err, audio.ErrUnsupported):
		p = &turn.Problem{
			Code: "echo_unsupported", Message: "A voice cannot cut an answer off: no echo can be taken out of the microphone on this system.",
			Hint: "The talk key does. To be asked no more: aside settings set sound.barge_in key",
		}
	case errors.Is(err, audio.ErrEcho):
		p = turn.ProblemOf(audio.ErrEcho)
	}
	if p != nil && !e.told {
		e.sound.report(p)
	}
	e.told = p != nil
}

// play prepares a voice that the microphone does not hear, or any if there is
// no such pair.
func (e *echo) play(ctx context.Context, o device.PlayOptions) (turn.Playback, error) {
	pair, end, err := e.begin(false)
	if err == nil {
		o.Device = pair.Loudspeaker
	}
	play, err := e.sound.system.Play(ctx, o)
	if err != nil {
		end()
		return nil, err
	}
	return &unheard{play, end}, nil
}

// unheard is a voice that uses the pair.
type unheard struct {
	turn.Playback
	end func()
}

// Close releases the loudspeaker. It may be called twice.
func (u *unheard) Close() error {
	err := u.Playback.Close()
	u.end()
	return err
}

// Attend implements turn.Ears.
func (s *sound) Attend(ctx context.Context) (turn.Attention, error) {
	if s.system == nil {
		return nil, audio.ErrUnsupported
	}
	pair, end, err := s.echo.begin(true)
	if err != nil {
		end()
		return nil, err
	}
	rec, err := s.system.Record(ctx, device.RecordOptions{Rate: audio.RateListen, Device: pair.Microphone})
	if err != nil {
		end()
		return nil, err
	}
	s.echo.mu.Lock()
	defer s.echo.mu.Unlock()
	return &attending{rec, s, s.echo.title, end}, nil
}

// attending is a recording that uses the pair.
type attending struct {
	turn.Recording
	sound *sound
	title string
	end   func()
}

// Microphone is what people call the microphone itself.
func (a *attending) Microphone() string { return a.title }

// Heard implements turn.Attention: from now on it is as with the key.
func (a *attending) Heard() {
	if a.sound.settings().Duck {
		a.Recording = &lowering{a.Recording, a.sound.duck.begin()}
	}
}

// Close closes the microphone. It may be called twice.
func (a *attending) Close() error {
	err := a.Recording.Close()
	a.end()
	return err
}

// bargesInByVoice reports whether a voice is to cut an answer off.
func (s *sound) bargesInByVoice() bool { return s.settings().BargeIn == "voice" }

// bargeIn says what cuts an answer off, for status.
func (s *sound) bargeIn() string {
	if s.system == nil || !s.bargesInByVoice() {
		return "key"
	}
	s.echo.mu.Lock()
	defer s.echo.mu.Unlock()
	switch err := s.echo.err; {
	case errors.Is(err, audio.ErrUnsupported):
		return "key (echo_unsupported)"
	case err != nil:
		return "key (" + turn.ProblemOf(err).Code + ")"
	}
	return "voice"
}

// close takes away what was made. Nobody uses it any more.
func (e *echo) close() {
	e.configure(false)
	e.group.Wait()
}
