package chat

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"mime"

	openai "github.com/sashabaranov/go-openai"

	"aside/app/engine"
	"aside/audio"
)

// speak turns sentences into speech, one after the other, until there are no
// more. If it goes wrong the text goes on alone: one warning, and silence.
func (r *reply) speak(ctx context.Context, sentences <-chan string) {
	var broken bool
	var n int
	for sentence := range sentences {
		n++
		if broken || ctx.Err() != nil {
			continue // the writer must not wait
		}
		if err := r.say(named(ctx, fmt.Sprintf("%s-say-%d", r.prompt.Turn, n)), sentence); err != nil && ctx.Err() == nil {
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

// say speaks one sentence.
func (r *reply) say(ctx context.Context, sentence string) error {
	var trim audio.StartTrimmer
	first := sentence
	yield := func(f audio.Frame) error {
		if f = trim.Trim(f); len(f.Samples) == 0 {
			return nil
		}
		s := engine.Speech{Frame: f, Sentence: first}
		first = ""
		return r.emit(ctx, s)
	}
	if mouth := r.engine.config.Mouth; mouth != nil {
		return mouth.Say(ctx, sentence, yield)
	}
	lips := r.engine.lips
	ctx, cancel := context.WithTimeout(ctx, plainLimit)
	defer cancel()
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
	return play(response, response.Header().Get("Content-Type"), yield)
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
