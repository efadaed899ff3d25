package app

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"aside/app/control"
	"aside/app/engine"
	"aside/app/engine/chat"
	"aside/app/engine/offline"
	"aside/app/engine/spoken"
	"aside/vision"
)

const (
	// tryLimit bounds a try of who answers.
	tryLimit = 30 * time.Second
	// tryQuestion costs next to nothing.
	tryQuestion = "Say hello in at most five words."
	// trySaid bounds what is told of the answer, in runes.
	trySaid = 120
)

// try asks who answers one small question, which is kept nowhere.
func (a *App) try(ctx context.Context, _ json.RawMessage, send func(any) error) error {
	ctx, cancel := context.WithTimeout(ctx, tryLimit)
	defer cancel()
	c := a.engines.current.Load()
	if c.why != nil {
		return control.Fail(c.why.Code, c.why.Message, c.why.Hint)
	}
	about := c.Capabilities()
	told := control.Tried{Engine: about.Name, Model: about.Model, Host: about.Host}
	if c.service == nil {
		for _, p := range offline.Check(ctx) {
			if !p.OK {
				return control.Fail("offline_missing", p.Name+" is not installed.", "apt install "+p.Package)
			}
		}
		return send(told)
	}
	began := time.Now()
	said, first, err := a.answerTo(ctx, c, tryQuestion)
	if err != nil {
		return err
	}
	told.Said, told.MS = said, first.Sub(began).Milliseconds()
	return send(told)
}

// answerTo returns the beginning of an answer, and when it began.
func (a *App) answerTo(ctx context.Context, e engine.Engine, question string) (said string, first time.Time, err error) {
	x, err := e.Start(ctx, engine.Prompt{Turn: "try-" + newTry(), Question: question, Capture: vision.CaptureNone})
	if err != nil {
		return "", first, err
	}
	defer func() { _ = x.Close() }() // it has said enough
	if err := x.Commit(); err != nil {
		return "", first, err
	}
	var all strings.Builder
	for {
		event, err := x.Recv(ctx)
		switch {
		case errors.Is(err, io.EOF):
			r := []rune(strings.Join(strings.Fields(all.String()), " "))
			return string(r[:min(len(r), trySaid)]), first, nil
		case err != nil:
			return "", first, err
		}
		if text, ok := event.(engine.Text); ok {
			if first.IsZero() {
				first = time.Now()
			}
			all.WriteString(text.Delta)
		}
	}
}

// newTry names a try, once: services know a request they have had by its name.
func newTry() string { return time.Now().UTC().Format("20060102T150405.000000000") }

// models lists what the service offers that is set, or found on this machine.
func (a *App) models(ctx context.Context, _ json.RawMessage, send func(any) error) error {
	s := a.settings()
	service := chat.Service{BaseURL: s.Engine.BaseURL}
	if c := a.engines.current.Load(); c.found() {
		service.BaseURL = c.local.BaseURL
	} else {
		secret, why := a.engines.secret(ctx, s.Engine.BaseURL)
		if why != nil {
			return control.Fail(why.Code, why.Message, why.Hint)
		}
		service.Key = secret
	}
	names, err := chat.Models(ctx, service)
	if err != nil {
		return err
	}
	return send(control.Models{Host: origin(service.BaseURL), Names: names})
}

// voices lists the voices of who speaks.
func (a *App) voices(_ context.Context, _ json.RawMessage, send func(any) error) error {
	told := control.Voices{Names: spoken.Voices(), Now: a.engines.serviceVoice()}
	if a.engines.speaksHere() {
		told.Names = offline.Voices()
		told.Now = told.Names[0] // what it does not know is its first
		for _, name := range told.Names {
			if name == a.settings().Speak.Voice {
				told.Now = name
			}
		}
	}
	return send(told)
}
