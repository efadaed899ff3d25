package app

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"aside/app/engine"
	"aside/app/engine/aloud"
	"aside/app/engine/chat"
	"aside/app/engine/offline"
	"aside/app/engine/realtime"
	"aside/app/key"
	"aside/app/settings"
	"aside/app/turn"
)

// lookEvery is how often at most a service on this machine is looked for.
const lookEvery = 10 * time.Second

// engines decides who answers: the service that the settings and the key
// allow, else a model on this machine, else the offline reader. It decides on
// a goroutine of its own, because a keyring may take its time; until then the
// offline reader answers.
type engines struct {
	settings func() settings.Settings
	keys     *key.Keyring
	ports    chat.Ports
	metered  func(engine.Engine) engine.Engine // counts what an engine costs that another one asks
	log      *slog.Logger

	reader  *offline.Engine
	current atomic.Pointer[choice]
	again   chan bool // holds a wish to decide again; true: in any case

	mu      sync.Mutex
	waiting []chan struct{} // closed after the next decision

	cancel  context.CancelFunc // nil before start
	running sync.WaitGroup
}

// service is an engine that keeps connections for the next question.
type service interface{ Close() }

// choice is an engine and how it came to answer.
type choice struct {
	engine.Engine
	beside  engine.Engine // takes what this one could not answer; nil if there is none
	service service       // nil if it is the offline reader
	why     *turn.Problem
	local   chat.Local // where it was found on this machine
}

func newEngines(s func() settings.Settings, log *slog.Logger) *engines {
	e := &engines{
		settings: s, keys: key.New(), ports: chat.UsualPorts(), log: log,
		metered: func(e engine.Engine) engine.Engine { return e },
		again:   make(chan bool, 1),
	}
	e.reader = offline.New(offline.Config{Voice: e.voice, Log: log})
	e.current.Store(&choice{Engine: e.reader})
	return e
}

// engine returns who answers the next question.
func (e *engines) engine() engine.Engine { return e.current.Load().Engine }

// beside returns the engine that takes what that could not answer, nil if there
// is none.
func (e *engines) beside() engine.Engine { return e.current.Load().beside }

// telling is who hears of decisions.
type telling struct {
	refresh func()              // after each change
	report  func(*turn.Problem) // with what keeps the best engine away
	retract func(code string)   // when that no longer does
}

// start decides for the first time, and whenever it is asked to.
func (e *engines) start(tell telling) {
	ctx, cancel := context.WithCancel(context.Background())
	e.cancel = cancel
	e.running.Go(func() { e.run(ctx, tell) })
}

func (e *engines) run(ctx context.Context, tell telling) {
	var last time.Time
	for must := true; ; {
		if must || e.wanting() && time.Since(last) > lookEvery {
			done := e.decided()
			before, c := e.current.Load(), e.decide(ctx)
			if ctx.Err() != nil {
				return
			}
			e.choose(c, must)
			if before.why != nil && (c.why == nil || c.why.Code != before.why.Code) {
				tell.retract(before.why.Code)
			}
			if c.why != nil && (must || before.why == nil || before.why.Code != c.why.Code) {
				tell.report(c.why)
			}
			tell.refresh()
			done()
			last = time.Now()
		}
		select {
		case must = <-e.again:
		case <-ctx.Done():
			return
		}
	}
}

// wanting reports whether there may be something better than what answers now,
// or what was found on this machine may have gone.
func (e *engines) wanting() bool {
	now := e.current.Load()
	return now.why != nil || (now.service == nil || now.found()) && e.settings().Engine.Kind == "auto"
}

// found reports whether the choice was found on this machine.
func (c *choice) found() bool { return c.local != chat.Local{} }

// choose makes c the choice, unless it is what there is already and nothing
// has changed.
func (e *engines) choose(c *choice, changed bool) {
	if !changed && c.found() && c.local == e.current.Load().local {
		c.service.Close()
		return
	}
	e.replace(c)
	about := c.Capabilities()
	e.log.Info("engine", "name", about.Name, "model", about.Model, "host", about.Host)
}

// replace makes c the choice. A turn that runs keeps its engine; only its
// spare connections are closed.
func (e *engines) replace(c *choice) {
	if old := e.current.Swap(c); old.service != nil && old.service != c.service {
		old.service.Close()
	}
}

// decided returns what tells everybody who waits by now that a decision has
// been made.
func (e *engines) decided() (done func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	waiting := e.waiting
	e.waiting = nil
	return func() {
		for _, w := range waiting {
			close(w)
		}
	}
}

// look decides again if there may be something better than what there is.
func (e *engines) look() { e.ask(false) }

// reload decides again because settings or key have changed, and returns when
// that is done: what is asked next must not go where it no longer should.
func (e *engines) reload(ctx context.Context) error {
	done := make(chan struct{})
	e.mu.Lock()
	e.waiting = append(e.waiting, done)
	e.mu.Unlock()
	e.ask(true)
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (e *engines) ask(must bool) {
	for {
		select {
		case e.again <- must:
			return
		default:
		}
		select {
		case before := <-e.again:
			must = must || before
		default:
		}
	}
}

func (e *engines) close() {
	if e.cancel != nil {
		e.cancel()
		e.running.Wait()
	}
	if c := e.current.Load(); c.service != nil {
		c.service.Close()
	}
}

// decide chooses by settings, key and what there is on this machine.
func (e *engines) decide(ctx context.Context) *choice {
	s := e.settings()
	if s.Engine.Kind == "offline" {
		return &choice{Engine: e.reader}
	}
	secret, why := e.secret(ctx, s.Engine.BaseURL)
	chosen := s.Engine.Kind != "auto" || secret != "" || s.Engine.BaseURL != settings.Default().Engine.BaseURL
	if s.Engine.Kind == "realtime" {
		c, err := e.live(ctx, s, secret)
		if err != nil {
			return &choice{Engine: e.reader, why: turn.ProblemOf(err)}
		}
		c.why = why
		return c
	}
	if chosen {
		c, err := chat.New(e.config(ctx, s, secret))
		if err != nil {
			return &choice{Engine: e.reader, why: turn.ProblemOf(err)}
		}
		return &choice{Engine: c, service: c, why: why}
	}
	if local, ok := chat.Detect(ctx, e.ports); ok {
		if c, err := chat.New(e.localConfig(ctx, s, local)); err == nil {
			return &choice{Engine: c, service: c, local: local}
		}
	}
	return &choice{Engine: e.reader, why: why}
}

// config is that of the services in the settings.
func (e *engines) config(ctx context.Context, s settings.Settings, secret string) chat.Config {
	service := func(baseURL, model string) chat.Service {
		if baseURL == "" || sameOrigin(baseURL, s.Engine.BaseURL) {
			return chat.Service{BaseURL: baseURL, Key: secret, Model: model}
		}
		other, _ := e.keys.Stored(ctx, baseURL) // without one it is asked without one
		return chat.Service{BaseURL: baseURL, Key: other, Model: model}
	}
	c := chat.Config{
		Chat:       chat.Service{BaseURL: s.Engine.BaseURL, Key: secret, Model: s.Engine.Model},
		DeepModel:  s.Engine.DeepModel,
		Transcribe: service(s.Transcribe.BaseURL, s.Transcribe.Model),
		Speak:      service(s.Speak.BaseURL, s.Speak.Model),
		Language:   s.Transcribe.Language,
		Voice:      e.serviceVoice,
	}
	if s.Speak.Offline {
		c.Mouth = offline.NewMouth(e.voice)
	}
	return c
}

// live is a service with live voice that does its part of a turn, with the chat
// of the same service for the rest, and beside it.
func (e *engines) live(ctx context.Context, s settings.Settings, secret string) (*choice, error) {
	rest := e.config(ctx, s, secret)
	beside, err := chat.New(rest)
	if err != nil {
		return nil, err
	}
	config := e.realtimeConfig(s, secret)
	config.Functions, config.Deep = s.Engine.RealtimeActs, e.metered(beside)
	if config.Part == realtime.Ears {
		config.BaseURL, config.Key = cmp.Or(rest.Transcribe.BaseURL, config.BaseURL), rest.Transcribe.Key
	}
	voice, err := realtime.New(config)
	if err != nil {
		return nil, err
	}
	c := &choice{Engine: voice, service: both{voice, beside}, beside: config.Deep}
	switch config.Part {
	case realtime.Words:
		c.Engine = &aloud.Engine{Engine: voice, Mouth: beside, Host: beside.VoiceHost()}
	case realtime.Ears:
		rest.Ears = e.metered(voice)
		answers, err := chat.New(rest)
		if err != nil {
			return nil, err
		}
		c.Engine, c.service = answers, both{answers, c.service}
	}
	return c, nil
}

// both are a service and the one beside it.
type both struct{ service, beside service }

// Close implements service.
func (b both) Close() {
	b.service.Close()
	b.beside.Close()
}

// realtimeConfig is that of the service that answers with live voice.
func (e *engines) realtimeConfig(s settings.Settings, secret string) realtime.Config {
	return realtime.Config{
		BaseURL: s.Engine.BaseURL, Key: secret, Model: s.Engine.RealtimeModel,
		Transcribe: s.Transcribe.Model, Language: s.Transcribe.Language,
		Voice: e.serviceVoice, Keep: realtime.Keep,
		Part:      map[string]realtime.Part{"answer": realtime.Words, "hear": realtime.Ears}[s.Engine.RealtimePart],
		Detection: func() string { return e.settings().Talk.Detection },
	}
}

// localConfig is that of a model on this machine, which neither hears nor
// speaks: the offline reader's ear and mouth do, unless a service is set.
func (e *engines) localConfig(ctx context.Context, s settings.Settings, l chat.Local) chat.Config {
	c := chat.Config{
		Name:     "chat",
		Chat:     chat.Service{BaseURL: l.BaseURL, Model: l.Model},
		Language: s.Transcribe.Language,
		Voice:    e.voice,
	}
	if url := s.Transcribe.BaseURL; url != "" {
		key, _ := e.keys.Stored(ctx, url) // without one it is asked without one
		c.Transcribe = chat.Service{BaseURL: url, Key: key, Model: s.Transcribe.Model}
	} else {
		c.Ear = offline.NewEar()
	}
	if url := s.Speak.BaseURL; url != "" && !s.Speak.Offline {
		key, _ := e.keys.Stored(ctx, url)
		c.Speak = chat.Service{BaseURL: url, Key: key, Model: s.Speak.Model}
		c.Voice = e.serviceVoice
	} else {
		c.Mouth = offline.NewMouth(e.voice)
	}
	return c
}

// secret returns the key for a service, "" if there is none.
func (e *engines) secret(ctx context.Context, baseURL string) (string, *turn.Problem) {
	secret, err := e.keys.Get(ctx, baseURL)
	switch {
	case err == nil, errors.Is(err, key.ErrNotFound), errors.Is(err, key.ErrNone):
		return secret, nil
	case errors.Is(err, key.ErrLocked):
		return "", &turn.Problem{Code: "keyring_locked", Message: "The keyring is locked: the key cannot be read.", Hint: "Unlock it, then ask again, or set " + key.Variable + "."}
	case errors.Is(err, key.ErrTimeout):
		return "", &turn.Problem{Code: "keyring_timeout", Message: "The keyring does not answer: the key cannot be read.", Hint: "Restart it, then ask again."}
	}
	e.log.Warn("read key", "err", err)
	return "", &turn.Problem{Code: "key_invalid", Message: "The key cannot be used.", Hint: "Store it again: aside key set"}
}

// origin is scheme, host and port of an address, "" if it has none.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// sameOrigin reports whether two addresses may have the same key. One that
// cannot be read has its own.
func sameOrigin(a, b string) bool {
	one, err := key.Origin(a)
	if err != nil {
		return false
	}
	other, err := key.Origin(b)
	return err == nil && one == other
}

// check says who would answer now, for the doctor.
func (e *engines) check(ctx context.Context) Check {
	c := e.decide(ctx)
	if c.service != nil {
		defer c.service.Close()
	}
	about := c.Capabilities()
	found := about.Name + ", " + about.Model
	if about.Host != "" {
		found += " at " + about.Host
	}
	switch {
	case c.why != nil:
		return Check{"engine", Fair, c.why.Code + ": " + c.why.Message, c.why.Hint}
	case c.service == nil && e.settings().Engine.Kind != "offline":
		return Check{"engine", Fair, found, "For a model that reasons: aside key set, or start Ollama with a model that sees."}
	}
	return Check{Name: "engine", State: Good, Found: found}
}
