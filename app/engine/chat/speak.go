package chat

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"aside/app/engine"
	"aside/app/engine/remote"
	"aside/app/engine/spoken"
	"aside/audio"
)

const (
	// lookAhead is how many pieces are asked for while the one before them is
	// still being handed on.
	lookAhead = 2
	// soundAhead is how many frames of a piece may wait for those before it.
	soundAhead = 1500

	// What is left of the silence behind a piece: less within a sentence.
	endSilence    = 120 * time.Millisecond
	clauseSilence = 60 * time.Millisecond
)

// saying is a piece on its way to being heard.
type saying struct {
	piece spoken.Piece
	sound chan audio.Frame // closed at its end
	begun chan struct{}    // closed when there is sound, and never if it fails before
	err   error            // why it ended; read after sound
}

// speak turns pieces into speech, in their order, until there are no more. If
// it goes wrong the text goes on alone: one warning, and silence.
func (r *reply) speak(ctx context.Context, pieces <-chan spoken.Piece) {
	speaking, hush := context.WithCancel(ctx)
	defer hush()
	queue := make(chan *saying, lookAhead-1) // one more waits to be put there
	var voices sync.WaitGroup
	voices.Go(func() {
		defer close(queue)
		r.prepare(speaking, &voices, pieces, queue)
	})
	for s := range queue {
		if speaking.Err() != nil {
			continue
		}
		if err := r.handOn(speaking, s); err != nil && ctx.Err() == nil {
			hush()
			_ = r.emit(ctx, engine.Warning{Err: voiceless(err)}) // ctx has ended then
		}
	}
	voices.Wait()
}

// prepare has each piece spoken as soon as there is sound of the one before:
// so they are asked for in their order, and a service that cannot speak is
// asked once.
func (r *reply) prepare(ctx context.Context, voices *sync.WaitGroup, pieces <-chan spoken.Piece, queue chan<- *saying) {
	n := 0
	for piece := range pieces {
		n++
		if ctx.Err() != nil {
			continue // the writer must not wait
		}
		s := r.begin(named(ctx, fmt.Sprintf("%s-say-%d", r.prompt.Turn, n)), voices, piece)
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
func (r *reply) begin(ctx context.Context, voices *sync.WaitGroup, piece spoken.Piece) *saying {
	s := &saying{piece: piece, sound: make(chan audio.Frame, soundAhead), begun: make(chan struct{})}
	begun := sync.OnceFunc(func() { close(s.begun) })
	voices.Go(func() {
		defer close(s.sound)
		s.err = r.say(ctx, piece, func(f audio.Frame) error {
			if r.engine.config.Mouth == nil { // this machine speaks one at a time
				begun()
			}
			select {
			case s.sound <- f:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		if s.err == nil {
			begun()
		}
	})
	return s
}

// handOn emits the speech of a piece.
func (r *reply) handOn(ctx context.Context, s *saying) error {
	first := s.piece.Sentence
	for f := range s.sound {
		if err := r.emit(ctx, engine.Speech{Frame: f, Sentence: first}); err != nil {
			return err
		}
		first = ""
	}
	return s.err
}

// voiceless says that the answer cannot be spoken, and why.
func voiceless(err error) *engine.Error {
	e := &engine.Error{Code: "speech_failed", Message: "The answer cannot be spoken.", Hint: "Read it in the panel; check speak.base_url, speak.model and speak.voice.", Err: err}
	if cause, ok := errors.AsType[*engine.Error](err); ok && cause.Code != "bad_request" {
		e.Hint = cause.Message + " " + cause.Hint
	}
	return e
}

// say yields the speech of one piece without the silence around it.
func (r *reply) say(ctx context.Context, piece spoken.Piece, yield func(audio.Frame) error) error {
	var start audio.StartTrimmer
	end := audio.EndTrimmer{Keep: endSilence}
	if piece.Open {
		end.Keep = clauseSilence
	}
	trimmed := func(f audio.Frame) error {
		f = end.Trim(start.Trim(f))
		for f := range audio.Clip(f).Frames() {
			if err := yield(f); err != nil {
				return err
			}
		}
		return nil
	}
	if mouth := r.engine.config.Mouth; mouth != nil {
		return mouth.Say(ctx, piece.Aloud, trimmed)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	late := time.AfterFunc(voiceLimit, func() { cancel(context.DeadlineExceeded) })
	defer late.Stop()
	err := r.request(ctx, piece.Aloud, late, trimmed)
	if cause := context.Cause(ctx); err != nil && errors.Is(cause, context.DeadlineExceeded) {
		return remote.Failed(cause)
	}
	return err
}

// request has the service speak words. It asks first for what the service is
// known to send, and for another format if it refuses one. late is running: it
// ends ctx.
func (r *reply) request(ctx context.Context, words string, late *time.Timer, yield func(audio.Frame) error) error {
	formats := []format{formatPCM, formatWAV, formatMP3}
	if known, ok := r.engine.sends.Load().(format); ok {
		formats = append([]format{known}, slices.DeleteFunc(formats, func(f format) bool { return f == known })...)
	}
	var first error
	for _, f := range formats {
		response, err := r.ask(ctx, words, f)
		if err == nil {
			defer func() { _ = response.Close() }() // it was only read
			in := bufio.NewReader(&awaited{Reader: response, late: late, left: plainLimit})
			return play(in, response.Header().Get("Content-Type"), func(got format, f audio.Frame) error {
				r.engine.sends.Store(got)
				return yield(f)
			})
		}
		if first == nil {
			first = err
		}
		if !aboutFormat(err) {
			break
		}
	}
	return first
}

// ask asks for words in a format.
func (r *reply) ask(ctx context.Context, words string, f format) (openai.RawResponse, error) {
	if name, ok := ctx.Value(nameKey{}).(string); ok && f != formatPCM { // it is another request
		ctx = named(ctx, name+"-"+string(f))
	}
	voice := ""
	if r.engine.config.Voice != nil {
		voice = r.engine.config.Voice()
	}
	lips := r.engine.lips
	response, err := lips.api.CreateSpeech(ctx, openai.CreateSpeechRequest{
		Model: openai.SpeechModel(lips.Model), Voice: openai.SpeechVoice(voice), Input: words,
		ResponseFormat: openai.SpeechResponseFormat(f),
	})
	if err != nil {
		return openai.RawResponse{}, remote.Failed(err)
	}
	return response, nil
}

// aboutFormat reports whether a service refused the format that it was asked
// for.
func aboutFormat(err error) bool {
	e, ok := errors.AsType[*engine.Error](err)
	if !ok || e.Code != "bad_request" {
		return false
	}
	said := strings.ToLower(e.Hint)
	return strings.Contains(said, "format") || strings.Contains(said, "pcm") || strings.Contains(said, "wav")
}

// awaited is speech that is being waited for. The clock stands still while
// what has come is being played.
type awaited struct {
	io.Reader
	late  *time.Timer
	left  time.Duration // of all the waiting
	begun bool
}

func (a *awaited) Read(p []byte) (int, error) {
	began := time.Now()
	if a.begun { // else it runs since the request
		a.late.Reset(min(voiceLimit, a.left))
	}
	n, err := a.Reader.Read(p)
	a.late.Stop()
	a.begun = true
	a.left -= time.Since(began)
	return n, err
}
