package aloud

import (
	"context"
	"errors"
	"sync"
	"time"

	"aside/app/engine"
	"aside/app/engine/spoken"
	"aside/audio"
)

const (
	// lookAhead is how many pieces are asked for while the one before them is
	// still being handed on.
	lookAhead = 2
	// soundAhead is how many frames of a piece may wait for those before it.
	soundAhead = 1500
	// piecesAhead is how many pieces may wait to be asked for; then the words
	// wait.
	piecesAhead = 256

	// What is left of the silence behind a piece: less within a sentence.
	endSilence    = 120 * time.Millisecond
	clauseSilence = 60 * time.Millisecond
)

// Voice has a reply spoken.
type Voice struct {
	// Say makes the sound of the words, the nth that are said in the reply from
	// 1 on: it calls yield frame by frame, and stops if that fails. Several may
	// be under way.
	Say func(ctx context.Context, n int, words string, yield func(audio.Frame) error) error
	// Emit takes the speech. Its error is ctx's.
	Emit func(ctx context.Context, e engine.Event) error
}

// Read has spoken what reply hands to say, its markdown as it comes, and
// returns reply's error once all of it has been emitted. If reply breaks off
// nobody waits for the rest of the speech. If the speech goes wrong the text
// goes on alone: one warning, and silence.
func (v Voice) Read(ctx context.Context, reply func(say func(delta string)) error) error {
	speaking, hush := context.WithCancel(ctx)
	defer hush()
	pieces := make(chan spoken.Piece, piecesAhead)
	var said sync.WaitGroup
	said.Go(func() { v.speak(speaking, pieces) })
	var splitter spoken.Splitter
	put := func(ready []spoken.Piece) {
		for _, p := range ready {
			select {
			case pieces <- p:
			case <-ctx.Done():
			}
		}
	}
	err := reply(func(delta string) { put(splitter.Add(delta)) })
	if err != nil {
		hush()
	} else {
		put(splitter.Rest())
	}
	close(pieces)
	said.Wait()
	return err
}

// saying is a piece on its way to being heard.
type saying struct {
	piece spoken.Piece
	sound chan audio.Frame // closed at its end
	begun chan struct{}    // closed when there is sound, and never if it fails before
	err   error            // why it ended; read after sound
}

// speak turns pieces into speech, in their order, until there are no more.
func (v Voice) speak(ctx context.Context, pieces <-chan spoken.Piece) {
	speaking, hush := context.WithCancel(ctx)
	defer hush()
	queue := make(chan *saying, lookAhead-1) // one more waits to be put there
	var voices sync.WaitGroup
	voices.Go(func() {
		defer close(queue)
		v.prepare(speaking, &voices, pieces, queue)
	})
	for s := range queue {
		if speaking.Err() != nil {
			continue
		}
		if err := v.handOn(speaking, s); err != nil && ctx.Err() == nil {
			hush()
			_ = v.Emit(ctx, engine.Warning{Err: Voiceless(err)}) // ctx has ended then
		}
	}
	voices.Wait()
}

// prepare has each piece spoken as soon as there is sound of the one before:
// so they are asked for in their order, and a service that cannot speak is
// asked once.
func (v Voice) prepare(ctx context.Context, voices *sync.WaitGroup, pieces <-chan spoken.Piece, queue chan<- *saying) {
	n := 0
	for piece := range pieces {
		n++
		if ctx.Err() != nil {
			continue // the writer must not wait
		}
		s := v.begin(ctx, n, voices, piece)
		select {
		case queue <- s:
		case <-ctx.Done():
			continue
		}
		select {
		case <-s.begun:
		case <-ctx.Done():
		}
	}
}

// begin starts to speak a piece.
func (v Voice) begin(ctx context.Context, n int, voices *sync.WaitGroup, piece spoken.Piece) *saying {
	s := &saying{piece: piece, sound: make(chan audio.Frame, soundAhead), begun: make(chan struct{})}
	begun := sync.OnceFunc(func() { close(s.begun) })
	voices.Go(func() {
		defer close(s.sound)
		s.err = v.Say(ctx, n, piece.Aloud, Trimmed(piece.Open, func(f audio.Frame) error {
			begun()
			select {
			case s.sound <- f:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}))
		if s.err == nil {
			begun()
		}
	})
	return s
}

// handOn emits the speech of a piece.
func (v Voice) handOn(ctx context.Context, s *saying) error {
	first := s.piece.Sentence
	for f := range s.sound {
		if err := v.Emit(ctx, engine.Speech{Frame: f, Sentence: first}); err != nil {
			return err
		}
		first = ""
	}
	return s.err
}

// Trimmed returns what takes the sound of a piece and yields it without the
// silence around it, in frames of audio.FrameDuration or less. open says that
// the sentence goes on behind it.
func Trimmed(open bool, yield func(audio.Frame) error) func(audio.Frame) error {
	var start audio.StartTrimmer
	end := audio.EndTrimmer{Keep: endSilence}
	if open {
		end.Keep = clauseSilence
	}
	return func(f audio.Frame) error {
		f = end.Trim(start.Trim(f))
		for f := range audio.Clip(f).Frames() {
			if err := yield(f); err != nil {
				return err
			}
		}
		return nil
	}
}

// Voiceless says that the answer cannot be spoken, and why.
func Voiceless(err error) *engine.Error {
	cause, coded := errors.AsType[*engine.Error](err)
	if coded && cause.Code == "speech_failed" {
		return cause
	}
	e := &engine.Error{Code: "speech_failed", Message: "The answer cannot be spoken.", Hint: "Read it in the panel; check speak.base_url, speak.model and speak.voice.", Err: err}
	if coded && cause.Code != "bad_request" {
		e.Hint = cause.Message + " " + cause.Hint
	}
	return e
}
