package app

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"

	"aside/app/engine"
	"aside/app/engine/chat"
	"aside/app/key"
	"aside/app/settings"
	"aside/app/turn"
)

// deciding is an engines that sees no service but that at port.
func deciding(t *testing.T, s settings.Settings, secret string, port int) *engines {
	t.Helper()
	t.Setenv(key.Variable, secret)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "autolaunch:") // no keyring
	e := newEngines(func() settings.Settings { return s }, slog.New(slog.DiscardHandler))
	e.ports = chat.Ports{Ollama: port}
	t.Cleanup(e.close)
	return e
}

func TestWhoAnswersFollowsSettingsAndKey(t *testing.T) {
	const other = "https://models.example/v1"
	for name, c := range map[string]struct {
		kind, address, secret string
		engine, host, why     string
	}{
		"fresh":                     {"auto", "", "", "offline", "", ""},
		"with a key":                {"auto", "", "sk-1", "chat", "api.openai.com", ""},
		"another service":           {"auto", other, "", "chat", "models.example", ""},
		"offline in spite of a key": {"offline", "", "sk-1", "offline", "", ""},
		"chat without a key":        {"chat", "", "", "chat", "api.openai.com", ""},
		"realtime":                  {"realtime", "", "sk-1", "realtime", "api.openai.com", ""},
		"realtime on this machine":  {"realtime", "http://127.0.0.1:8080/v1", "", "realtime", "", ""},
		"realtime in the clear":     {"realtime", "http://models.example/v1", "sk-1", "offline", "", "insecure_address"},
		"without encryption":        {"chat", "http://models.example/v1", "sk-1", "offline", "", "insecure_address"},
		"a key that is none":        {"auto", "", "two words", "offline", "", "key_invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			s := settings.Default()
			s.Engine.Kind = c.kind
			if c.address != "" {
				s.Engine.BaseURL = c.address
			}
			got := deciding(t, s, c.secret, 0).decide(t.Context())
			if about := got.Capabilities(); about.Name != c.engine || about.Host != c.host {
				t.Errorf("%s at %q answers, want %s at %q", about.Name, about.Host, c.engine, c.host)
			}
			code := ""
			if got.why != nil {
				code = got.why.Code
			}
			if code != c.why {
				t.Errorf("the reason is %q, want %q", code, c.why)
			}
			if got.service != nil {
				got.service.Close()
			}
		})
	}
}

// ollama is a local service with one model that sees, until gone is called.
func ollama(t *testing.T) (port int, gone func()) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reply := map[string]any{"models": []any{map[string]string{"name": "llava"}}}
		if r.URL.Path == "/api/show" {
			reply = map[string]any{"capabilities": []string{"vision"}}
		}
		_ = json.NewEncoder(w).Encode(reply)
	}))
	t.Cleanup(s.Close)
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	port, err = strconv.Atoi(u.Port())
	if err != nil {
		t.Fatal(err)
	}
	return port, s.Close
}

func TestAModelOnThisMachineIsFoundByItself(t *testing.T) {
	port, gone := ollama(t)
	e := deciding(t, settings.Default(), "", port)
	refreshed := make(chan struct{}, 1)
	e.start(telling{
		func() { refreshed <- struct{}{} },
		func(p *turn.Problem) { t.Errorf("reported: %+v", p) }, func(code string) { t.Errorf("retracted: %s", code) },
	})
	<-refreshed
	if about := e.engine().Capabilities(); about.Name != "chat" || about.Model != "llava" || about.Host != "" {
		t.Errorf("got %+v", about)
	}
	if c := e.check(t.Context()); c.State != Good {
		t.Errorf("the doctor says %+v", c)
	}
	before := e.current.Load()
	e.choose(e.decide(t.Context()), false)
	if !e.wanting() || e.current.Load() != before {
		t.Error("what is still there was replaced")
	}
	gone()
	e.choose(e.decide(t.Context()), false)
	if about := e.engine().Capabilities(); about.Name != "offline" {
		t.Errorf("when it has gone, %+v answers", about)
	}
}

func TestAServiceThatIsSetHearsAndSpeaksForALocalModel(t *testing.T) {
	s := settings.Default()
	s.Transcribe.BaseURL, s.Speak.BaseURL = "http://127.0.0.1:9000/v1", "http://127.0.0.1:9001/v1"
	e := deciding(t, s, "sk-1", 0)
	c := e.localConfig(t.Context(), s, chat.Local{BaseURL: "http://127.0.0.1:11434/v1", Model: "llava"})
	if c.Ear != nil || c.Mouth != nil || c.Transcribe.BaseURL != s.Transcribe.BaseURL || c.Speak.BaseURL != s.Speak.BaseURL {
		t.Errorf("got %+v", c)
	}
	if c.Transcribe.Key+c.Speak.Key+c.Chat.Key != "" {
		t.Error("they got the key of another service")
	}
}

func TestWhenAReloadReturnsTheNextQuestionGoesWhereTheSettingsSay(t *testing.T) {
	var current atomic.Pointer[settings.Settings]
	set := func(kind string) settings.Settings {
		s := settings.Default()
		s.Engine.Kind = kind
		current.Store(&s)
		return s
	}
	e := deciding(t, set("chat"), "sk-1", 0)
	e.settings = func() settings.Settings { return *current.Load() }
	e.start(telling{func() {}, func(*turn.Problem) {}, func(string) {}})
	for range 50 {
		for _, kind := range []string{"offline", "chat"} {
			set(kind)
			if err := e.reload(t.Context()); err != nil {
				t.Fatal(err)
			}
			if about := e.engine().Capabilities(); about.Name != kind {
				t.Fatalf("%s answers, want %s", about.Name, kind)
			}
		}
	}
}

func TestOtherServicesHaveTheirOwnKeys(t *testing.T) {
	s := settings.Default()
	s.Speak.BaseURL, s.Transcribe.BaseURL = "https://api.openai.com/v2", "http://127.0.0.1:9000/v1"
	e := deciding(t, s, "sk-1", 0) // of the environment: for the service that answers
	c := e.config(t.Context(), s, "sk-1")
	if c.Chat.Key != "sk-1" || c.Speak.Key != "sk-1" || c.Transcribe.Key != "" {
		t.Errorf("keys are %q, %q, %q", c.Chat.Key, c.Speak.Key, c.Transcribe.Key)
	}
}

func TestAKeyGoesAlongToTheSameOriginOnly(t *testing.T) {
	for _, c := range []struct {
		one, other string
		same       bool
	}{
		{"https://models.example/v1", "https://models.example/v2", true},
		{"https://models.example/v1", "https://Models.example:443/v1", true},
		{"https://models.example/v1", "https://models.example:8443/v1", false},
		{"https://models.example/v1", "http://models.example/v1", false},
		{"https://models.example/v1", "https://other.example/v1", false},
		{"https://models.example/%zz", "https://other.example/%zz", false},
		{"https://models.example/%zz", "https://models.example/%zz", false},
		{"models.example", "other.example", false},
		{"", "", false},
	} {
		if got := sameOrigin(c.one, c.other); got != c.same {
			t.Errorf("%q and %q are the same: %v", c.one, c.other, got)
		}
		if got := sameOrigin(c.other, c.one); got != c.same {
			t.Errorf("%q and %q are the same: %v", c.other, c.one, got)
		}
	}
	s := settings.Default()
	s.Engine.BaseURL, s.Speak.BaseURL, s.Transcribe.BaseURL = "https://models.example/%zz", "https://other.example/%zz", "other.example"
	if c := deciding(t, s, "", 0).config(t.Context(), s, "sk-1"); c.Speak.Key != "" || c.Transcribe.Key != "" {
		t.Errorf("keys are %q, %q", c.Speak.Key, c.Transcribe.Key)
	}
}

func TestAVoiceOfTheOfflineReaderStaysThere(t *testing.T) {
	s := settings.Default()
	for voice, want := range map[string]string{"rms": "alloy", "nova": "nova"} {
		s.Speak.Voice = voice
		e := deciding(t, s, "", 0)
		if got := e.config(t.Context(), s, "").Voice(); got != want {
			t.Errorf("%s is %s for a service, want %s", voice, got, want)
		}
	}
}

func TestAnotherVoiceIsTheNextThatTheMouthKnows(t *testing.T) {
	for name, c := range map[string]struct{ secret, now, next string }{
		"live":                          {"live", "coral", "echo"},
		"live, of those that it has":    {"live", "echo", "sage"}, // it has no fable
		"live, as another engine spoke": {"live", "nova", "ash"},  // it speaks as alloy
		"of a service":                  {"sk-1", "alloy", "ash"},
		"the last of a service":         {"sk-1", "cedar", "alloy"},
		"one of a service's own":        {"sk-1", "bella", "alloy"},
		"of flite, at a service":        {"sk-1", "kal16", "ash"}, // it speaks as alloy there
		"of flite":                      {"", "slt", "rms"},
		"the last of flite":             {"", "kal16", "slt"},
		"of a service, where flite is":  {"", "alloy", "rms"},
		"offline, and nobody knows who": {"", "bella", "rms"},
	} {
		s := settings.Default()
		s.Speak.Voice = c.now
		if c.secret == "live" {
			s.Engine.Kind = "realtime"
		}
		e := deciding(t, s, c.secret, 0)
		e.current.Store(e.decide(t.Context()))
		if got := e.nextVoice(); got != c.next {
			t.Errorf("%s: after %q comes %q, want %q", name, c.now, got, c.next)
		}
	}
}

func TestAVoiceIsKnownToWhoSpeaks(t *testing.T) {
	for name, c := range map[string]struct {
		kind, secret, voice string
		known               bool
	}{
		"of a service":                 {"auto", "sk-1", "nova", true},
		"misheard":                     {"auto", "sk-1", "novel", false},
		"of flite, at a service":       {"auto", "sk-1", "rms", false},
		"one that it has now":          {"auto", "sk-1", "bella", true},
		"live":                         {"realtime", "sk-1", "marin", true},
		"of the other way, live":       {"realtime", "sk-1", "fable", false},
		"of flite":                     {"auto", "", "rms", true},
		"of a service, where flite is": {"auto", "", "nova", false},
	} {
		s := settings.Default()
		s.Engine.Kind, s.Speak.Voice = c.kind, "bella"
		e := deciding(t, s, c.secret, 0)
		e.current.Store(e.decide(t.Context()))
		if got := e.knows(c.voice); got != c.known {
			t.Errorf("%s: %q is known: %v", name, c.voice, got)
		}
	}
}

func TestALiveVoiceHasTheChatOfItsServiceBesideIt(t *testing.T) {
	s := settings.Default()
	s.Engine.Kind, s.Engine.DeepModel = "realtime", "gpt-5"
	var counted []string
	e := deciding(t, s, "sk-1", 0)
	e.metered = func(c engine.Engine) engine.Engine {
		counted = append(counted, c.Capabilities().Name)
		return c
	}
	c := e.decide(t.Context())
	defer c.service.Close()
	if about := c.Capabilities(); about.Name != "realtime" || !slices.Equal(counted, []string{"chat"}) || c.beside.Capabilities().Model != s.Engine.Model {
		t.Errorf("%+v answers, counted is %q", about, counted)
	}
}
