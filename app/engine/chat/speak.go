package chat

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"mime"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"aside/app/engine"
	"aside/app/engine/spoken"
	"aside/audio"
)

// speak turns pieces into speech, one after the other, until there are no
// more. If it goes wrong the text goes on alone: one warning, and silence.
func (r *reply) speak(ctx context.Context, pieces <-chan spoken.Piece) {
	var broken bool
	var n int
	for piece := range pieces {
		n++
		if broken || ctx.Err() != nil {
			continue // the writer must not wait
		}
		if err := r.say(named(ctx, fmt.Sprintf("%s-say-%d", r.prompt.Turn, n)), piece); err != nil && ctx.Err() == nil {
			broken = true
			_ = r.emit(ctx, engine.Warning{Err: voiceless(err)}) // ctx has ended then
		}
	}
}

// voiceless says that the answer cannot be spoken, and why.
func voiceless(err error) *engine.Error {
	e := &engine.Error{Code: "speech_failed", Message: "The answer cannot be spoken.", Hint: "Read it in the panel; check speak.base_url, speak.model and speak.voice.", Err: err}
	if cause, ok := errors.AsType[*engine.Error](err); ok && cause.Code != "bad_request" {
		e.Hint = cause.Message + " " + cause.Hint
	}
	return e
}

// say speaks one piece.
func (r *reply) say(ctx context.Context, piece spoken.Piece) error {
	var trim audio.StartTrimmer
	first := piece.Sentence
	yield := func(f audio.Frame) error {
		if f = trim.Trim(f); len(f.Samples) == 0 {
			return nil
		}
		s := engine.Speech{Frame: f, Sentence: first}
		first = ""
		return r.emit(ctx, s)
	}
	if mouth := r.engine.config.Mouth; mouth != nil {
		return mouth.Say(ctx, piece.Aloud, yield)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	late := time.AfterFunc(voiceLimit, func() { cancel(context.DeadlineExceeded) })
	defer late.Stop()
	err := r.request(ctx, piece.Aloud, late, yield)
	if cause := context.Cause(ctx); err != nil && errors.Is(cause, context.DeadlineExceeded) {
		return failed(cause)
	}
	return err
}

// request has the service speak one sentence. late is running: it ends ctx.
func (r *reply) request(ctx context.Context, sentence string, late *time.Timer, yield func(audio.Frame) error) error {
	lips := r.engine.lips
	voice := ""
	if r.engine.config.Voice != nil {
		voice = r.engine.config.Voice()
	}
	response, err := lips.api.CreateSpeech(ctx, openai.CreateSpeechRequest{
		Model: openai.SpeechModel(lips.Model), Voice: openai.SpeechVoice(voice), Input: sentence,
		ResponseFormat: openai.SpeechResponseFormatPcm,
	})
	if err != nil {
		return failed(err)
	}
	defer func() { _ = response.Close() }() // it was only read
	return play(&awaited{Reader: response, late: late, left: plainLimit}, response.Header().Get("Content-Type"), yield)
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

// play yields the sound of a response: 24 kHz mono PCM, as asked for, or WAV,
// which some services send in spite of it.
func play(body io.Reader, contentType string, yield func(audio.Frame) error) error {
	kind, _, _ := mime.ParseMediaType(contentType) // what does not parse is judged by its bytes
	switch kind {
	case "application/json", "text/html", "text/plain", "text/event-stream":
		return &engine.Error{Code: "bad_response", Message: "The service sent no sound.", Hint: "Check speak.base_url and speak.model."}
	case "audio/mpeg", "audio/ogg", "audio/opus", "audio/flac", "audio/aac":
		return &engine.Error{Code: "bad_response", Message: "The service sends only compressed sound.", Hint: "Use a service that can send pcm or wav."}
	}
	in := bufio.NewReader(body)
	if head, err := in.Peek(4); err == nil && string(head) == "RIFF" {
		return playWAV(in, yield)
	}
	block := make([]byte, 2*audio.Samples(audio.FrameDuration, audio.RateSpeak))
	var heard bool
	for {
		n, err := io.ReadFull(in, block)
		if n >= 2 {
			heard = true
			if err := yield(audio.Frame{Rate: audio.RateSpeak, Samples: samples(block[:n])}); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			if !heard {
				return &engine.Error{Code: "bad_response", Message: "The service sent no sound.", Hint: "Check speak.model and speak.voice."}
			}
			return nil
		case err != nil:
			return failed(err)
		}
	}
}

func playWAV(in io.Reader, yield func(audio.Frame) error) error {
	file, err := io.ReadAll(in) // the transport bounds it
	if err != nil {
		return failed(err)
	}
	clip, err := audio.DecodeWAV(file)
	if err != nil {
		return &engine.Error{Code: "bad_response", Message: "The service sent sound that cannot be read.", Hint: "Check speak.model.", Err: err}
	}
	for f := range clip.Resample(audio.RateSpeak).Frames() {
		if err := yield(f); err != nil {
			return err
		}
	}
	return nil
}

// samples reads little-endian 16-bit samples; half a one at the end is dropped.
func samples(b []byte) []int16 {
	all := make([]int16, len(b)/2)
	for i := range all {
		all[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return all
}
