package chat

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"aside/app/engine"
	"aside/app/engine/aloud"
	"aside/app/engine/remote"
	"aside/audio"
)

// voice speaks what the reply writes.
func (r *reply) voice() aloud.Voice {
	return aloud.Voice{Emit: r.feed.Emit, Say: func(ctx context.Context, n int, words string, yield func(audio.Frame) error) error {
		return r.say(named(ctx, fmt.Sprintf("%s-say-%d", r.prompt.Turn, n)), words, yield)
	}}
}

// say yields the sound of words.
func (r *reply) say(ctx context.Context, words string, yield func(audio.Frame) error) error {
	if mouth := r.engine.config.Mouth; mouth != nil {
		return mouth.Say(ctx, words, yield)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	late := time.AfterFunc(voiceLimit, func() { cancel(context.DeadlineExceeded) })
	defer late.Stop()
	err := r.request(ctx, words, late, yield)
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
