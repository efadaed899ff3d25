package chat

import (
	"bytes"
	"context"

	openai "github.com/sashabaranov/go-openai"

	"aside/audio"
)

// hear returns the words of the utterance.
func (r *reply) hear(ctx context.Context) (string, error) {
	if ear := r.engine.config.Ear; ear != nil {
		return ear.Hear(ctx, r.utterance)
	}
	ears := r.engine.ears
	ctx, cancel := context.WithTimeout(named(ctx, r.prompt.Turn+"-hear"), plainLimit)
	defer cancel()
	ctx = r.watched(ctx, nil)
	heard, err := ears.api.CreateTranscription(ctx, openai.AudioRequest{
		Model: ears.Model, FilePath: "utterance.wav", Reader: bytes.NewReader(audio.WAV(r.utterance)),
		Language: r.engine.config.Language, Format: openai.AudioResponseFormatJSON,
	})
	if err != nil {
		return "", failed(err)
	}
	return heard.Text, nil
}
