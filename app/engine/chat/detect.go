package chat

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Local is a service on this machine with a model that sees.
type Local struct {
	Name    string // Ollama, LM Studio, llama.cpp
	BaseURL string
	Model   string
}

// Ports are where local services listen, as they do unless told otherwise. A
// port of 0 is not looked at.
type Ports struct{ Ollama, LMStudio, LlamaCPP int }

// UsualPorts returns the ports of fresh installations.
func UsualPorts() Ports { return Ports{Ollama: 11434, LMStudio: 1234, LlamaCPP: 8080} }

const (
	lookLimit  = 2 * time.Second // for each service
	mostModels = 32              // that are asked about
)

// Detect looks for a local service with a model that sees. Only loopback is
// asked, and nothing is loaded. It may be called at any time.
func Detect(ctx context.Context, ports Ports) (Local, bool) {
	client := &http.Client{
		Timeout:       lookLimit,
		Transport:     &http.Transport{DisableKeepAlives: true}, // no proxy: it is this machine
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	for _, s := range []struct {
		name string
		port int
		see  func(context.Context, asker) (model string)
	}{{"Ollama", ports.Ollama, ollama}, {"LM Studio", ports.LMStudio, lmStudio}, {"llama.cpp", ports.LlamaCPP, llamaCPP}} {
		if s.port == 0 {
			continue
		}
		base := loopbackURL(s.port)
		if model := s.see(ctx, asker{client, base}); model != "" {
			return Local{s.name, base + "/v1", model}, true
		}
	}
	return Local{}, false
}

// asker puts simple questions to one local service.
type asker struct {
	client *http.Client
	base   string
}

// ask fills reply with the JSON at path; body nil is a GET. It reports whether
// there was any.
func (a asker) ask(ctx context.Context, path string, body, reply any) bool {
	method, in := http.MethodGet, io.Reader(nil)
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return false
		}
		method, in = http.MethodPost, bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, a.base+path, in)
	if err != nil {
		return false
	}
	response, err := a.client.Do(r)
	if err != nil {
		return false
	}
	defer func() { _ = response.Body.Close() }() // it was only read
	if response.StatusCode != http.StatusOK {
		return false
	}
	return json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(reply) == nil
}

// ollama asks each model what it can do, since Ollama answers about a picture
// blindly if the model does not see.
func ollama(ctx context.Context, a asker) string {
	var tags struct {
		Models []struct {
			Name string `json:"name"`
		} `json:"models"`
	}
	if !a.ask(ctx, "/api/tags", nil, &tags) {
		return ""
	}
	for _, m := range tags.Models[:min(len(tags.Models), mostModels)] {
		var about struct {
			Capabilities []string `json:"capabilities"`
		}
		if a.ask(ctx, "/api/show", map[string]string{"model": m.Name}, &about) && slices.Contains(about.Capabilities, "vision") {
			return m.Name
		}
	}
	return ""
}

// lmStudio prefers a model that is loaded already.
func lmStudio(ctx context.Context, a asker) string {
	var models struct {
		Data []struct {
			ID    string `json:"id"`
			Type  string `json:"type"`
			State string `json:"state"`
		} `json:"data"`
	}
	if !a.ask(ctx, "/api/v0/models", nil, &models) {
		return ""
	}
	found := ""
	for _, m := range models.Data {
		if m.Type != "vlm" {
			continue
		}
		if m.State == "loaded" {
			return m.ID
		}
		if found == "" {
			found = m.ID
		}
	}
	return found
}

func llamaCPP(ctx context.Context, a asker) string {
	var props struct {
		Modalities struct {
			Vision bool `json:"vision"`
		} `json:"modalities"`
		Path string `json:"model_path"`
	}
	if !a.ask(ctx, "/props", nil, &props) || !props.Modalities.Vision {
		return ""
	}
	if name := props.Path[strings.LastIndexAny(props.Path, `/\`)+1:]; name != "" {
		return name
	}
	return "default"
}

func loopbackURL(port int) string {
	return "http://127.0.0.1:" + strconv.Itoa(port)
}
