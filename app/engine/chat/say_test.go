package chat

import (
	"context"
	"errors"
	"testing"
	"time"

	"aside/app/engine"
	"aside/app/engine/enginetest"
	"aside/audio"
)

func TestASampleIsSpokenByTheServiceThatSpeaks(t *testing.T) {
	s := enginetest.Start(t)
	s.Script("/v1/audio/speech", enginetest.Tone(300*time.Millisecond), enginetest.Status(401, `{"error":{"message":"no"}}`))
	e, err := New(Config{Chat: Service{BaseURL: s.URL + "/v1", Key: "k", Model: "m"}, Speak: Service{Model: "tts"}, Voice: func() string { return "nova" }})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	var heard time.Duration
	if err := e.Say(t.Context(), "Hello there.", func(f audio.Frame) error { heard += f.Duration(); return nil }); err != nil || heard < 250*time.Millisecond {
		t.Errorf("%v of it were heard: %v", heard, err)
	}
	if err := e.Say(t.Context(), "Hello there.", func(audio.Frame) error { return nil }); engine.Code(err) != "speech_failed" {
		t.Errorf("a service that refuses: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := e.Say(ctx, "Hello there.", func(audio.Frame) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("called off: %v", err)
	}
}
