package enginetest

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// chunks returns what an answer to a chat with these fields streams.
func chunks(t *testing.T, a Answer, fields map[string]any) []map[string]any {
	t.Helper()
	w := httptest.NewRecorder()
	a(&Response{w: w, ctx: t.Context(), r: Request{Fields: fields}})
	var all []map[string]any
	for data := range strings.SplitSeq(strings.TrimSpace(w.Body.String()), "\n\n") {
		if data == "data: [DONE]" {
			return all
		}
		var c map[string]any
		if err := json.Unmarshal([]byte(strings.TrimPrefix(data, "data: ")), &c); err != nil {
			t.Fatalf("%q: %v", data, err)
		}
		all = append(all, c)
	}
	t.Fatal("no [DONE]")
	return nil
}

func api(t *testing.T) *spec {
	t.Helper()
	api, err := openAPI()
	if err != nil {
		t.Fatal(err)
	}
	if len(api.schemas) == 0 {
		t.Skip("openapi.json is not there")
	}
	return api
}

func TestWhatTheServerStreamsIsAsTheAPIDescribesIt(t *testing.T) {
	api := api(t)
	asked := map[string]any{"stream_options": map[string]any{"include_usage": true}}
	got := chunks(t, Reply("It works. ", "All of it."), asked)
	if len(got) != 4 {
		t.Errorf("%d chunks, want two of text, the end and the usage", len(got))
	}
	for _, c := range got {
		for _, choice := range c["choices"].([]any) {
			if choice := choice.(map[string]any); choice["finish_reason"] == nil {
				choice["finish_reason"] = "stop" // services send null until then; the description forgets it
			}
		}
		if err := api.check("chunk", c); err != nil {
			t.Errorf("%v: %v", c, err)
		}
	}
	if got := chunks(t, Reply("Yes."), nil); len(got) != 2 {
		t.Errorf("%d chunks without usage, want two", len(got))
	}
}

func TestARequestThatTheAPIDoesNotKnowIsFound(t *testing.T) {
	api := api(t)
	good := map[string]any{"model": "m", "messages": []any{map[string]any{"role": "user", "content": "Hello"}}}
	if err := api.check(Chat, good); err != nil {
		t.Errorf("a good request: %v", err)
	}
	picture := func(detail string) []any {
		image := map[string]any{"url": "data:image/png;base64,", "detail": detail}
		return []any{map[string]any{"role": "user", "content": []any{map[string]any{"type": "image_url", "image_url": image}}}}
	}
	tests := []struct {
		name, path string
		change     map[string]any
		bad        bool
	}{
		{"a picture", Chat, map[string]any{"messages": picture("high")}, false},
		{"a detail that does not exist", Chat, map[string]any{"messages": picture("huge")}, true},
		{"a field that does not exist", Chat, map[string]any{"steam": true}, true},
		{"no messages", Chat, map[string]any{"messages": []any{}}, true},
		{"speech without words", Speech, nil, true},
		{"a transcription without a file", Transcriptions, nil, true},
		{"a path that is not described", "/models", map[string]any{"any": "thing"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fields := maps.Clone(good)
			maps.Copy(fields, tt.change)
			if err := api.check(tt.path, fields); (err != nil) != tt.bad {
				t.Errorf("check: %v", err)
			}
		})
	}
}

func TestARequestOutsideTheScriptIsRefused(t *testing.T) {
	s := Start(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/embeddings", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusNotFound {
		t.Errorf("status %d", response.StatusCode)
	}
	if got := s.Requests(""); len(got) != 1 || got[0].Path != "/embeddings" {
		t.Errorf("recorded %v", got)
	}
}

func TestABodyIsSeenWhileItComes(t *testing.T) {
	s := Start(t)
	body, w := io.Pipe()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/embeddings", body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	done := make(chan struct{})
	go func() {
		defer close(done)
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Error(err)
			return
		}
		_ = response.Body.Close()
	}()
	sent := 0
	for _, part := range []string{`{"a":`, `"b"}`} {
		if _, err := io.WriteString(w, part); err != nil {
			t.Fatal(err)
		}
		sent += len(part)
		if n, err := s.AwaitBytes(t.Context(), "/embeddings", sent); err != nil || len(s.Requests("")) > 0 {
			t.Errorf("%d bytes, %v", n, err)
		}
	}
	_ = w.Close()
	<-done
	got := s.Requests("")
	if len(got) != 1 || len(got[0].Pieces) != 2 || got[0].Fields["a"] != "b" || !got[0].Pieces[1].At.After(got[0].Pieces[0].At) {
		t.Errorf("recorded %+v", got)
	}
}
