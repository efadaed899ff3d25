package chat

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"aside/app/engine/remote"
)

// listening answers paths with JSON on a port of this machine.
func listening(t *testing.T, answers map[string]string) (port int) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path
		if r.Method == http.MethodPost {
			var asked struct{ Model string }
			if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
				t.Errorf("%s: %v", path, err)
			}
			path += " " + asked.Model
		}
		body, ok := answers[path]
		switch {
		case !ok:
			http.NotFound(w, r)
		case strings.HasPrefix(body, "http"):
			http.Redirect(w, r, body, http.StatusTemporaryRedirect)
		default:
			_, _ = w.Write([]byte(body))
		}
	}))
	t.Cleanup(s.Close)
	return portOf(t, s.Listener.Addr())
}

func portOf(t *testing.T, a net.Addr) int {
	t.Helper()
	_, port, err := net.SplitHostPort(a.String())
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Services as they answer.
const (
	ollamaTags = `{"models":[{"name":"tiny:latest","model":"tiny:latest","size":3},{"name":"qwen3-vl:4b","model":"qwen3-vl:4b"}]}`
	ollamaSees = `{"license":"x","details":{"family":"qwen3vl"},"capabilities":["completion","vision","tools"]}`
	ollamaText = `{"capabilities":["completion"]}`
	lmModels   = `{"object":"list","data":[
		{"id":"embed","object":"model","type":"embeddings","state":"loaded"},
		{"id":"sees-1","object":"model","type":"vlm","state":"not-loaded"},
		{"id":"sees-2","object":"model","type":"vlm","state":"loaded"}]}`
	llamaProps = `{"default_generation_settings":{},"total_slots":1,"model_path":"/models/gemma-3-4b-it.gguf","modalities":{"vision":true,"audio":false}}`
)

func TestDetectFindsAServiceWithAModelThatSees(t *testing.T) {
	ollamas := map[string]string{"/api/tags": ollamaTags, "/api/show tiny:latest": ollamaText, "/api/show qwen3-vl:4b": ollamaSees}
	with := func(answers map[string]string, path, body string) map[string]string {
		changed := map[string]string{path: body}
		for p, b := range answers {
			if p != path {
				changed[p] = b
			}
		}
		return changed
	}
	lm := map[string]string{"/api/v0/models": lmModels}
	llama := map[string]string{"/props": llamaProps}
	tests := []struct {
		name                    string
		ollama, lmStudio, llama map[string]string // nil: nobody listens
		want, model             string
	}{
		{"Ollama", ollamas, nil, nil, "Ollama", "qwen3-vl:4b"},
		{"Ollama without a model that sees", with(ollamas, "/api/show qwen3-vl:4b", ollamaText), nil, nil, "", ""},
		{"an old Ollama, which does not say what models can do", with(ollamas, "/api/show qwen3-vl:4b", `{"details":{}}`), nil, nil, "", ""},
		{"Ollama without models", map[string]string{"/api/tags": `{"models":null}`}, nil, nil, "", ""},
		{"LM Studio, loaded first", nil, lm, nil, "LM Studio", "sees-2"},
		{"LM Studio with nothing loaded", nil, with(lm, "/api/v0/models", strings.ReplaceAll(lmModels, `"loaded"`, `"not-loaded"`)), nil, "LM Studio", "sees-1"},
		{"LM Studio without a model that sees", nil, with(lm, "/api/v0/models", strings.ReplaceAll(lmModels, `"vlm"`, `"llm"`)), nil, "", ""},
		{"llama.cpp", nil, nil, llama, "llama.cpp", "gemma-3-4b-it.gguf"},
		{"llama.cpp on Windows", nil, nil, with(llama, "/props", `{"model_path":"C:\\models\\a.gguf","modalities":{"vision":true}}`), "llama.cpp", "a.gguf"},
		{"llama.cpp without a name", nil, nil, with(llama, "/props", `{"modalities":{"vision":true}}`), "llama.cpp", "default"},
		{"llama.cpp without a projector", nil, nil, with(llama, "/props", `{"model_path":"a","modalities":{"vision":false}}`), "", ""},
		{"the first that sees", with(ollamas, "/api/show qwen3-vl:4b", ollamaText), lm, llama, "LM Studio", "sees-2"},
		{"other programs at those ports", map[string]string{"/": "hello"}, map[string]string{"/api/v0/models": "<html>"}, map[string]string{"/props": `[1]`}, "", ""},
		{"a service that sends us elsewhere", nil, nil, map[string]string{"/props": "http://127.0.0.1:1/props"}, "", ""},
		{"a service that talks without end", nil, nil, map[string]string{"/props": `{"model_path":"` + strings.Repeat("x", 2<<20) + `","modalities":{"vision":true}}`}, "", ""},
		{"nobody", nil, nil, nil, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var ports Ports
			for _, s := range []struct {
				port    *int
				answers map[string]string
			}{{&ports.Ollama, tt.ollama}, {&ports.LMStudio, tt.lmStudio}, {&ports.LlamaCPP, tt.llama}} {
				if s.answers != nil {
					*s.port = listening(t, s.answers)
				}
			}
			got, ok := Detect(t.Context(), ports)
			if ok != (tt.want != "") || got.Name != tt.want || got.Model != tt.model {
				t.Fatalf("%+v, %v; want %s with %s", got, ok, tt.want, tt.model)
			}
			if !ok {
				return
			}
			if address, err := remote.Address(got.BaseURL); err != nil || address != got.BaseURL || !strings.HasSuffix(address, "/v1") {
				t.Errorf("%q is no address: %v", got.BaseURL, err)
			}
		})
	}
}

func TestDetectMovesOnFromAClosedPort(t *testing.T) {
	closed, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := portOf(t, closed.Addr())
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	got, ok := Detect(t.Context(), Ports{Ollama: port, LlamaCPP: listening(t, map[string]string{"/props": llamaProps})})
	if !ok || got.Name != "llama.cpp" {
		t.Errorf("%+v, %v", got, ok)
	}
}

func TestDetectEndsWithItsContext(t *testing.T) {
	deaf, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0") // takes connections and never answers
	if err != nil {
		t.Fatal(err)
	}
	defer deaf.Close()
	ctx, cancel := context.WithCancel(t.Context())
	found := make(chan bool)
	go func() {
		_, ok := Detect(ctx, Ports{Ollama: portOf(t, deaf.Addr())})
		found <- ok
	}()
	conn, err := deaf.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	cancel()
	if <-found {
		t.Error("found a service that never answered")
	}
}

func TestNoServiceHoldsDetectUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		if ollama(t.Context(), asker{&http.Client{Timeout: lookLimit, Transport: hang{}}, loopbackURL(1)}) != "" {
			t.Error("found a service that never answered")
		}
		if took := time.Since(began); took != lookLimit {
			t.Errorf("took %v", took)
		}
	})
}

// hang never answers.
type hang struct{}

func (hang) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}
