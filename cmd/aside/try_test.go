package main

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"testing"

	"aside/app/control"
)

// loud is a core whose microphone hears three moments.
type loud struct{}

func (loud) Handle(_ context.Context, _ control.Request, send func(any) error) error {
	for range 3 {
		if err := send(control.Heard{State: "open", Level: 0.5}); err != nil {
			return err
		}
	}
	if err := send(control.Heard{State: "playing"}); err != nil {
		return err
	}
	return send(control.Heard{State: "done", Speech: true})
}

func TestATryOfTheMicrophoneMovesNothingInAPipe(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "s")
	server, err := control.Listen(socket, loud{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	var out bytes.Buffer
	c := &console{ctx: t.Context(), out: &out, client: control.Client{Path: socket}}
	const want = "say something\nthis was heard; the microphone is closed\nyou were heard well\n"
	if err := (tryCmd{What: "microphone"}).Run(c); err != nil || out.String() != want {
		t.Errorf("wrote %q, %v", out.String(), err)
	}
}
