// Package chat is the engine for services that speak the OpenAI-compatible
// API: transcription, chat completions with pictures, and speech, each one
// plain HTTP. The utterance is sent while it is spoken, where the service takes
// it so, and kept until its words are there; the reply is spoken sentence by
// sentence while it still streams.
//
// Requests and their types are go-openai's. The reader of the stream is our
// own (stream.go), because a stream that was cut must not pass for one that is
// complete, and so is the one layer of retries and limits under all requests
// (transport.go).
package chat

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync/atomic"

	openai "github.com/sashabaranov/go-openai"

	"aside/app/engine"
	"aside/app/engine/remote"
	"aside/audio"
	"aside/vision"
)

// Config says which services answer. Only Chat must be set.
type Config struct {
	Name       string // of the engine, chat by default
	Chat       Service
	DeepModel  string  // answers what is to be thought about harder; "" means Chat's, with more effort
	Transcribe Service // BaseURL "" means the one of Chat, with its key
	Language   string  // of the user's speech, "" if unknown
	Speak      Service // likewise
	Voice      func() string

	Ear   Ear           // hears instead of Transcribe, if set
	Ears  engine.Engine // likewise: its transcript is the question
	Mouth Mouth         // speaks instead of Speak, if set

	Transport http.RoundTripper // nil for our own
}

// Service is one endpoint of the API.
type Service struct {
	BaseURL string // up to and including /v1
	Key     string // "" sends none
	Model   string
}

// Ear turns an utterance into words on this machine.
type Ear interface {
	Hear(ctx context.Context, utterance audio.Clip) (string, error)
}

// Mouth speaks on this machine. It calls yield with the sound of the sentence,
// frame by frame, and stops if yield fails.
type Mouth interface {
	Say(ctx context.Context, sentence string, yield func(audio.Frame) error) error
}

// Engine is a chat service. It is safe for concurrent use.
type Engine struct {
	config           Config
	chat, ears, lips *service
	plain            atomic.Bool  // the service knows no stream_options
	effortless       atomic.Bool  // the deep model knows no reasoning_effort
	sends            atomic.Value // the format in which lips speak, once that is known
	hearing          habit        // of the one that transcribes
}

// service is a Service that can be called.
type service struct {
	Service
	api *openai.Client
	web *transport
}

// New checks the addresses and returns the engine. It connects to nothing. The
// error is an *engine.Error.
func New(c Config) (*Engine, error) {
	if c.Name == "" {
		c.Name = "chat"
	}
	e := &Engine{config: c}
	for _, part := range []struct {
		to      **service
		service Service
	}{{&e.chat, c.Chat}, {&e.ears, c.Transcribe}, {&e.lips, c.Speak}} {
		s := part.service
		if s.BaseURL == "" {
			s.BaseURL, s.Key = c.Chat.BaseURL, c.Chat.Key
		}
		address, err := remote.Address(s.BaseURL)
		if err != nil {
			return nil, err
		}
		s.BaseURL = address
		*part.to = newService(s, c.Transport)
	}
	return e, nil
}

func newService(s Service, rt http.RoundTripper) *service {
	web := newTransport(rt)
	config := openai.DefaultConfig(s.Key)
	config.BaseURL = s.BaseURL
	config.HTTPClient = web
	return &service{s, openai.NewClientWithConfig(config), web}
}

// Capabilities implements engine.Engine.
func (e *Engine) Capabilities() engine.Capabilities {
	return engine.Capabilities{
		Name: e.config.Name, Model: e.chat.Model, Host: cmp.Or(e.chat.host(), e.strayHost()),
		Sees: true, Speaks: true, Fitting: vision.RuleFor(e.chat.Model),
		Detects: e.config.Ears != nil && e.config.Ears.Capabilities().Detects,
	}
}

// strayHost is where speech goes while the questions themselves stay here.
func (e *Engine) strayHost() string {
	heard := ""
	switch {
	case e.config.Ears != nil:
		heard = e.config.Ears.Capabilities().Host
	case e.config.Ear == nil:
		heard = e.ears.host()
	}
	return cmp.Or(heard, e.VoiceHost())
}

// VoiceHost is where answers are spoken, "" on this machine.
func (e *Engine) VoiceHost() string {
	if e.config.Mouth != nil {
		return ""
	}
	return e.lips.host()
}

// host is where a service is, "" on this machine.
func (s *service) host() string {
	u, err := url.Parse(s.BaseURL)
	if err != nil || remote.Loopback(u.Hostname()) {
		return ""
	}
	return u.Host
}

// Close drops the connections that are kept for the next question.
func (e *Engine) Close() {
	for _, s := range []*service{e.chat, e.ears, e.lips} {
		s.web.CloseIdleConnections()
	}
}

// Start implements engine.Engine.
func (e *Engine) Start(ctx context.Context, p engine.Prompt) (engine.Exchange, error) {
	x := newExchange(ctx, e, p)
	if err := x.lendEars(); err != nil {
		return nil, errors.Join(err, x.Close())
	}
	return x, nil
}
