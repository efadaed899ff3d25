package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"

	"aside/app/control"
)

// textOnly is a core whose last question sent the selection alone.
type textOnly struct{}

func (textOnly) Handle(_ context.Context, _ control.Request, send func(any) error) error {
	return send(control.Shot{Text: "a line"})
}

func TestAShotWithoutAPictureWritesNothingAndSaysSo(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "s")
	server, err := control.Listen(socket, textOnly{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	var out bytes.Buffer
	c := &console{ctx: t.Context(), out: &out, client: control.Client{Path: socket}}
	err = shotCmd{ID: "x", Picture: 1}.Run(c)
	if f, ok := errors.AsType[*control.Failure](err); !ok || f.Problem.Code != "shot_none" || out.Len() > 0 {
		t.Errorf("wrote %q, %v", out.String(), err)
	}
	if err := (shotCmd{ID: "x", Picture: 1, Text: true}).Run(c); err != nil || out.String() != "a line\n" {
		t.Errorf("the text: wrote %q, %v", out.String(), err)
	}
}
