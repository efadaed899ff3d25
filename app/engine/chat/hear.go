package chat

import (
	"bytes"
	"context"
	"strings"
	"sync/atomic"

	openai "github.com/sashabaranov/go-openai"

	"aside/app/engine"
	"aside/app/engine/remote"
	"aside/audio"
)

// habit is how a host takes utterances, as far as we have seen. It is safe for
// concurrent use.
type habit struct{ state atomic.Int32 }

// The states of a habit. A failure takes it one step down, a success up to
// streamed.
const (
	untried  int32 = iota // streaming may work
	streamed              // it has
	whole                 // it does not
)

func (h *habit) streams() bool { return h.state.Load() != whole }
func (h *habit) proven() bool  { return h.state.Load() == streamed }
func (h *habit) worked()       { h.state.Store(streamed) }

// failed notes that streaming did not work where a plain post did.
func (h *habit) failed() {
	if !h.state.CompareAndSwap(streamed, untried) {
		h.state.Store(whole)
	}
}

// hear returns the words of the utterance.
func (r *reply) hear(ctx context.Context) (string, error) {
	switch ear := r.engine.config.Ear; {
	case r.hearing != nil:
		return r.hearing.wait(ctx)
	case ear != nil:
		return ear.Hear(ctx, r.utterance)
	case r.upload == nil:
		return r.post(ctx)
	}
	return r.uploaded(ctx)
}

// uploaded returns the words of an utterance that has been sent while it was
// spoken. If that was no good it is posted as a whole: no word is lost.
func (r *reply) uploaded(ctx context.Context) (string, error) {
	habit := &r.engine.hearing
	text, err := r.upload.wait(ctx)
	if err == nil && (strings.TrimSpace(text) != "" || habit.proven()) {
		habit.worked()
		return text, nil
	}
	if err != nil && (r.upload.final(err) || ctx.Err() != nil) {
		if engine.Code(err) == "net_timeout" {
			habit.failed() // whoever asks again shall not wait for the same
		}
		return "", err
	}
	if engine.Code(err) == "rate_limited" {
		if err := r.engine.ears.web.wait(ctx, pause(err, 0)); err != nil {
			return "", err
		}
	}
	again, postErr := r.post(ctx)
	if postErr == nil && strings.TrimSpace(again) != "" && telling(err) {
		habit.failed()
	}
	return again, postErr
}

// final reports whether the failure of an upload is that of the question, too.
func (u *upload) final(err error) bool {
	switch engine.Code(err) {
	case "key_rejected", "quota_exceeded":
		return true
	case "rate_limited":
		return pause(err, 0) > remote.LongestWait
	case "net_timeout":
		return !u.early // the user has waited long enough
	}
	return false
}

// telling reports whether an upload failed because it was one, and not because
// nobody could be reached.
func telling(err error) bool {
	switch engine.Code(err) {
	case "rate_limited", "net_dns", "net_refused", "net_unreachable", "net_tls":
		return false
	}
	return true
}

// post asks for the words of the whole utterance at once.
func (r *reply) post(ctx context.Context) (string, error) {
	ears := r.engine.ears
	ctx, cancel := context.WithTimeout(named(ctx, r.prompt.Turn+"-hear"), plainLimit)
	defer cancel()
	ctx = r.watched(ctx, nil)
	heard, err := ears.api.CreateTranscription(ctx, openai.AudioRequest{
		Model: ears.Model, FilePath: "utterance.wav", Reader: bytes.NewReader(audio.WAV(r.utterance)),
		Language: r.engine.config.Language, Format: openai.AudioResponseFormatJSON,
	})
	if err != nil {
		return "", remote.Failed(err)
	}
	return heard.Text, nil
}
