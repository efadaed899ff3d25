package chat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"aside/app/engine"
	"aside/app/engine/enginetest"
)

func TestEveryRefusalHasItsCode(t *testing.T) {
	const html = "<html><h1>Sorry</h1></html>"
	tests := []struct {
		name   string
		status int
		body   string
		header []string
		code   string
		retry  bool
		hint   string
		tries  int
	}{
		{"wrong key", 401, `{"error":{"message":"Incorrect API key provided: ` + canary + `"}}`, nil, "key_rejected", false, "key set", 1},
		{"key without the right", 403, `{"error":{"message":"no"}}`, nil, "key_rejected", false, "", 1},
		{"no such model", 404, `{"error":{"message":"The model 'gpt-9' does not exist","code":"model_not_found"}}`, nil, "model_missing", false, "engine.model", 1},
		{"no such model, as Ollama says it", 404, `{"error":"model \"gpt-9\" not found"}`, nil, "model_missing", false, "engine.model", 1},
		{"no such path", 404, `404 page not found`, []string{"Content-Type", "text/plain"}, "net_not_api", false, "/v1", 1},
		{"no such method", 405, ``, nil, "net_not_api", false, "/v1", 1},
		{"a web server", 400, html, []string{"Content-Type", "text/html"}, "net_not_api", false, "/v1", 1},
		{"too large", 413, `{"error":{"message":"big"}}`, nil, "too_large", false, "smaller", 1},
		{"too large for a proxy", 413, html, []string{"Content-Type", "text/html"}, "too_large", false, "smaller", 1},
		{"too slow", 408, ``, nil, "net_timeout", true, "", 1},
		{"no money", 402, `{"error":{"message":"Insufficient credits","code":402}}`, nil, "quota_exceeded", false, "billing", 1},
		{"used up", 429, `{"error":{"message":"no","type":"insufficient_quota","code":"insufficient_quota"}}`, nil, "quota_exceeded", false, "billing", 1},
		{"used up, by its type", 429, `{"error":{"message":"no","type":"insufficient_quota","code":null}}`, nil, "quota_exceeded", false, "billing", 1},
		{"used up, in words", 429, `{"error":{"message":"You exceeded your current quota, check your plan and billing details."}}`, nil, "quota_exceeded", false, "billing", 1},
		{"too many requests", 429, `{"error":{"message":"Slow down","code":"rate_limit_exceeded"}}`, []string{"Retry-After", "0"}, "rate_limited", true, "", 3},
		{"too many requests for a proxy", 429, html, []string{"Content-Type", "text/html"}, "rate_limited", true, "", 3},
		{"broken", 500, `{"error":{"message":"oops ` + canary + `"}}`, nil, "server_error", true, "", 3},
		{"bad gateway", 502, html, []string{"Content-Type", "text/html"}, "server_error", true, "", 3},
		{"loading", 503, `{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}`, nil, "server_error", true, "", 3},
		{"refused", 400, `{"error":{"message":"messages.0: bad"}}`, nil, "bad_request", false, "It says: messages.0: bad", 1},
		{"refused as text", 400, `invalid message format`, []string{"Content-Type", "text/plain"}, "bad_request", false, "It says: invalid", 1},
		{"refused as a list", 422, `[{"error":{"message":"bad"}}]`, nil, "bad_request", false, "It says: bad", 1},
		{"refused by vLLM", 400, `{"object":"error","message":"bad","code":40303}`, nil, "bad_request", false, "It says: bad", 1},
		{"refused by FastAPI", 422, `{"detail":[{"loc":["body"],"msg":"bad"}]}`, nil, "bad_request", false, "It says: bad", 1},
		{"refused without a word", 400, ``, nil, "bad_request", false, "engine.model", 1},
		{"refused, repeating the key", 400, `{"error":{"message":"You sent Bearer ` + canary + ` to me"}}`, nil, "bad_request", false, "Bearer [key] to", 1},
		{"refused in many lines with controls", 400, `{"error":{"message":"a\u001b[31mb\n\nc\u202ed"}}`, nil, "bad_request", false, "It says: a [31mb c d", 1},
		{"refused at length", 400, strings.Repeat("long ", 100), nil, "bad_request", false, "…", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, e := answering(t)
			s.Script(enginetest.Chat, enginetest.Status(tt.status, tt.body, tt.header...))
			_, err := ask(t, e, engine.Prompt{})
			checkError(t, err, tt.code, tt.retry, tt.hint)
			if n := len(s.Requests("")); n != tt.tries {
				t.Errorf("%d tries, want %d", n, tt.tries)
			}
		})
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	other := enginetest.Start(t)
	for _, status := range []int{301, 302, 303, 307, 308} {
		for name, to := range map[string]string{"another port": other.URL + enginetest.Chat, "another path": "/v2/chat/completions"} {
			t.Run(fmt.Sprint(status, " to ", name), func(t *testing.T) {
				s, e := answering(t)
				s.Script(enginetest.Chat, enginetest.Status(status, "", "Location", to))
				_, err := ask(t, e, engine.Prompt{})
				checkError(t, err, "net_redirect", false, "engine.base_url")
				if n := len(s.Requests("")); n != 1 {
					t.Errorf("%d requests", n)
				}
			})
		}
	}
	if got := other.Requests(""); len(got) > 0 {
		t.Errorf("the question went on to %v", got)
	}
}

func TestAConnectionThatFailsHasItsCode(t *testing.T) {
	unknown := httptest.NewUnstartedServer(http.NotFoundHandler())
	unknown.Config.ErrorLog = log.New(io.Discard, "", 0) // it would complain of us
	unknown.StartTLS()
	t.Cleanup(unknown.Close)
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	deaf := &http.Transport{DialContext: (&net.Dialer{Resolver: &net.Resolver{
		PreferGo: true,
		Dial:     func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no name server") },
	}}).DialContext}
	tests := []struct {
		name, base string
		transport  http.RoundTripper
		code       string
		retry      bool
	}{
		{"nobody listens", closed.URL, nil, "net_refused", true},
		{"nobody knows the name", "https://service.invalid/v1", deaf, "net_dns", true},
		{"nobody vouches for the certificate", unknown.URL, nil, "net_tls", false},
		{"no encryption", strings.Replace(plain.URL, "http:", "https:", 1), nil, "net_tls", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := config(tt.base)
			c.Transport = tt.transport
			e, w := newEngine(t, c)
			_, err := ask(t, e, engine.Prompt{})
			checkError(t, err, tt.code, tt.retry, "")
			if len(w.all) > 0 {
				t.Errorf("tried again after %v", w.all)
			}
		})
	}
}

func TestAConnectionThatBreaksIsTriedAgain(t *testing.T) {
	s, e := answering(t)
	s.Script(enginetest.Chat, enginetest.Cut(), enginetest.Cut(), enginetest.Reply("Yes."))
	if events, err := ask(t, e, engine.Prompt{}); err != nil || answer(events) != "Yes." {
		t.Errorf("%v, %v", events, err)
	}
}

func TestAConnectionThatAlwaysBreaksIsGivenUp(t *testing.T) {
	s, e := answering(t)
	s.Script(enginetest.Chat, enginetest.Cut())
	_, err := ask(t, e, engine.Prompt{})
	checkError(t, err, "net_reset", true, "")
	if n := len(s.Requests("")); n != 1+retries {
		t.Errorf("%d requests", n)
	}
}

func TestAnErrorWithoutEndIsNotReadToItsEnd(t *testing.T) {
	left := make(chan struct{})
	s, e := answering(t)
	s.Script(enginetest.Chat, func(r *enginetest.Response) {
		enginetest.Status(400, strings.Repeat("x", 2*failureLimit))(r)
		enginetest.Gone(left)(r)
	})
	_, err := ask(t, e, engine.Prompt{})
	checkError(t, err, "bad_request", false, "xxx…")
	<-left
}

func TestATranscriptionThatFails(t *testing.T) {
	tests := []struct {
		name   string
		answer enginetest.Answer
		code   string
		retry  bool
	}{
		{"refused", enginetest.Status(401, `{"error":{"message":"`+canary+`"}}`), "key_rejected", false},
		{"no such service", enginetest.Status(404, "404 page not found"), "net_not_api", false},
		{"a page", enginetest.Page(), "bad_response", false},
		{"no JSON", enginetest.Status(200, "Hello"), "bad_response", false},
		{"JSON of another kind", enginetest.Status(200, `{"text":7}`), "bad_response", false},
		{"JSON that is cut", enginetest.All(enginetest.Status(200, `{"text":"He`), enginetest.Cut()), "net_reset", true},
		{"an answer that is too long", enginetest.Status(200, `{"text":"`+strings.Repeat("x", bodyLimit)), "bad_response", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, e := answering(t)
			s.Script(enginetest.Transcriptions, tt.answer)
			_, err := drain(t.Context(), spokenTo(t, e, engine.Prompt{Turn: "t1"}, utterance(), nil))
			checkError(t, err, tt.code, tt.retry, "")
			if n := len(s.Requests(enginetest.Chat)); n != 0 {
				t.Errorf("%d questions were asked all the same", n)
			}
		})
	}
}

func TestAProxyOfTheEnvironmentSeesNothing(t *testing.T) {
	if rt, ok := newTransport(nil).client.Transport.(*line); !ok || rt.Proxy != nil {
		t.Error("a proxy that nobody chose in the settings would be used")
	}
}
