package chat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"aside/app/engine"
	"aside/audio"
)

// response is how an inside answers its nth request to a path: with a status,
// 0 for none at all, and a body to be written to w.
type response func(n int, r *http.Request, w *io.PipeWriter) (status int, header http.Header)

// inside is a service inside the bubble of a test, where no real connection
// can be: time goes on only while everybody waits.
type inside struct {
	responses map[string]response
	names     map[string][]string // Idempotency-Key of each request, by path
	chats     []time.Time         // when each chat was asked for
	writers   sync.WaitGroup
}

func newInside(t *testing.T) (*inside, *Engine) {
	t.Helper()
	s := &inside{names: map[string][]string{}, responses: map[string]response{}}
	t.Cleanup(s.writers.Wait)
	c := config("https://service.example/v1")
	c.Transport = s
	e, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s, e
}

// RoundTrip implements http.RoundTripper.
func (s *inside) RoundTrip(r *http.Request) (*http.Response, error) {
	path := strings.TrimPrefix(r.URL.Path, "/v1")
	s.names[path] = append(s.names[path], r.Header.Get("Idempotency-Key"))
	if path == "/chat/completions" {
		s.chats = append(s.chats, time.Now())
	}
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return nil, err
	}
	body, w := io.Pipe()
	context.AfterFunc(r.Context(), func() { _ = w.CloseWithError(r.Context().Err()) })
	status, header := s.responses[path](len(s.names[path]), r, w)
	if status == 0 { // no answer at all
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	return &http.Response{StatusCode: status, Header: header, Body: body, Request: r}, nil
}

// streams answers with what write writes.
func (s *inside) streams(kind string, write func(w io.Writer)) response {
	return func(_ int, _ *http.Request, w *io.PipeWriter) (int, http.Header) {
		s.writers.Go(func() {
			write(w)
			_ = w.Close()
		})
		return http.StatusOK, http.Header{"Content-Type": {kind}}
	}
}

func says(body string) func(io.Writer) {
	return func(w io.Writer) { _, _ = io.WriteString(w, body) } // nobody may be reading any longer
}

func silent(int, *http.Request, *io.PipeWriter) (int, http.Header) { return 0, nil }

// every writes s again and again until nobody reads any longer.
func every(d time.Duration, w io.Writer, s string) {
	for {
		time.Sleep(d)
		if _, err := io.WriteString(w, s); err != nil {
			return
		}
	}
}

func TestLimits(t *testing.T) {
	const comment = ": still here\n\n"
	tests := []struct {
		name   string
		hears  bool
		stream func(w io.Writer) // nil for no answer at all
		code   string            // "" for a whole reply
		within time.Duration
	}{
		{"a stream without content is idle, whatever comments it has", false,
			func(w io.Writer) { says(yes)(w); every(10*time.Second, w, comment) }, "stream_idle", idleLimit},
		{"a stream that never says anything is idle", false,
			func(w io.Writer) { every(time.Hour, w, comment) }, "stream_idle", idleLimit},
		{"an empty delta is no content", false,
			func(w io.Writer) { every(10*time.Second, w, strings.Replace(yes, "Yes.", "", 1)) }, "stream_idle", firstLimit},
		{"comments alone do not keep a stream alive for ever", false,
			func(w io.Writer) { every(5*time.Second, w, comment) }, "stream_idle", firstLimit},
		{"comments keep a stream alive until the first content", false,
			func(w io.Writer) {
				for range 20 {
					time.Sleep(5 * time.Second)
					says(comment)(w)
				}
				says(yes + stop + done)(w)
			}, "", 100 * time.Second},
		{"a stream that never ends is cut", false,
			func(w io.Writer) { every(20*time.Second, w, yes) }, "net_timeout", streamLimit},
		{"a model that thinks aloud is not idle", false,
			func(w io.Writer) {
				for range 9 {
					time.Sleep(20 * time.Second)
					says(strings.Replace(yes, "content", "reasoning_content", 1))(w)
				}
				says(yes + done)(w)
			}, "", 3 * time.Minute},
		{"a stream that has finished but stays open is whole", false,
			func(w io.Writer) { says(yes + stop)(w); every(time.Second, w, comment) }, "", idleLimit},
		{"a transcription has a limit", true, nil, "net_timeout", plainLimit},
		{"so has the wait for a stream", false, nil, "net_timeout", streamLimit},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, e := newInside(t)
				s.responses["/audio/transcriptions"], s.responses["/chat/completions"] = silent, silent
				if tt.stream != nil {
					s.responses["/chat/completions"] = s.streams("text/event-stream", tt.stream)
				}
				p, said := engine.Prompt{Turn: "t1", Question: "Why?"}, audio.Clip{}
				if tt.hears {
					p.Question, said = "", utterance()
				}
				x, began := spokenTo(t, e, p, said, nil), time.Now()
				_, err := drain(t.Context(), x)
				if tt.code != "" || err != nil {
					checkError(t, err, tt.code, true, "")
				}
				if took := time.Since(began); took != tt.within {
					t.Errorf("took %v, want %v", took, tt.within)
				}
			})
		})
	}
}

func TestAReaderThatIsSlowDoesNotMakeTheServiceIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, e := newInside(t)
		s.responses["/chat/completions"] = s.streams("text/event-stream", says(strings.Repeat(yes, 640)+stop+done))
		x := spokenTo(t, e, engine.Prompt{Turn: "t1", Question: "Why?"}, audio.Clip{}, nil)
		time.Sleep(5 * time.Minute)
		events, err := drain(t.Context(), x)
		if err != nil || len(of[engine.Text](events)) != 640 {
			t.Errorf("%d pieces of text, %v", len(of[engine.Text](events)), err)
		}
	})
}

func TestAServiceThatDoesNotBeginToAnswerIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, err := New(config("http://127.0.0.1:1/v1"))
		if err != nil {
			t.Fatal(err)
		}
		ours, theirs := net.Pipe()
		defer theirs.Close()
		go func() { _, _ = io.Copy(io.Discard, theirs) }()
		e.chat.web.client.Transport.(*line).DialContext = func(context.Context, string, string) (net.Conn, error) { return ours, nil }
		began := time.Now()
		_, err = drain(t.Context(), spokenTo(t, e, engine.Prompt{Turn: "t1", Question: "Why?"}, audio.Clip{}, nil))
		checkError(t, err, "net_timeout", true, "")
		if took := time.Since(began); took != headerLimit {
			t.Errorf("took %v", took)
		}
	})
}

func TestAFailureThatTricklesIsNotReadForLong(t *testing.T) {
	for name, tt := range map[string]struct {
		status            int
		kind, begin, code string
		retry             bool
		hint              string
		tries             int
	}{
		"a refusal":        {400, "text/plain", "no such voice", "bad_request", false, "no such voice", 1},
		"a server's own":   {500, "application/json", `{"error":`, "server_error", true, "", 1 + retries},
		"a page":           {200, "text/html", "<html>", "net_not_api", false, "", 1},
		"JSON without end": {200, "application/json", `{"choices":`, "bad_response", false, "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, e := newInside(t)
				e.chat.web.wait = (&waits{}).wait
				trickle := s.streams(tt.kind, func(w io.Writer) { says(tt.begin)(w); every(time.Second, w, " ") })
				s.responses["/chat/completions"] = func(n int, r *http.Request, w *io.PipeWriter) (int, http.Header) {
					_, header := trickle(n, r, w)
					return tt.status, header
				}
				began := time.Now()
				_, err := drain(t.Context(), spokenTo(t, e, engine.Prompt{Turn: "t1", Question: "Why?"}, audio.Clip{}, nil))
				checkError(t, err, tt.code, tt.retry, tt.hint)
				if took := time.Since(began); took != time.Duration(tt.tries)*failureWait {
					t.Errorf("took %v", took)
				}
			})
		})
	}
}

// failing answers with each status in turn, and then as last does.
func failing(last response, header http.Header, statuses ...int) response {
	return func(n int, r *http.Request, w *io.PipeWriter) (int, http.Header) {
		if n > len(statuses) {
			return last(n, r, w)
		}
		_ = w.Close()
		return statuses[n-1], header
	}
}

func TestRetriesWaitAsLongAsTheyShould(t *testing.T) {
	const soon = 400 * time.Millisecond
	tests := []struct {
		name    string
		after   string
		from    [2]time.Duration // of each pause
		to      [2]time.Duration
		refused int
	}{
		{"by themselves", "", [2]time.Duration{soon / 2, soon}, [2]time.Duration{3 * soon / 2, 3 * soon}, 503},
		{"as asked", "7", [2]time.Duration{7 * time.Second, 7 * time.Second}, [2]time.Duration{7 * time.Second, 7 * time.Second}, 429},
		{"nor back in time", "-3", [2]time.Duration{}, [2]time.Duration{}, 500},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, e := newInside(t)
				h := http.Header{}
				if tt.after != "" {
					h.Set("Retry-After", tt.after)
				}
				s.responses["/chat/completions"] = failing(s.streams("text/event-stream", says(yes+stop+done)), h, tt.refused, tt.refused)
				events, err := drain(t.Context(), spokenTo(t, e, engine.Prompt{Turn: "t1", Question: "Why?"}, audio.Clip{}, nil))
				if err != nil || answer(events) != "Yes." || len(s.chats) != 3 {
					t.Fatalf("%v, %v after %d tries", events, err, len(s.chats))
				}
				for i := range 2 {
					if pause := s.chats[i+1].Sub(s.chats[i]); pause < tt.from[i] || pause > tt.to[i] {
						t.Errorf("pause %d was %v, want %v to %v", i, pause, tt.from[i], tt.to[i])
					}
				}
			})
		})
	}
}

func TestAServiceThatAsksForALongPauseIsGivenUpAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, e := newInside(t)
		s.responses["/chat/completions"] = failing(silent, http.Header{"Retry-After": {"60"}}, 429)
		began := time.Now()
		_, err := drain(t.Context(), spokenTo(t, e, engine.Prompt{Turn: "t1", Question: "Why?"}, audio.Clip{}, nil))
		checkError(t, err, "rate_limited", true, "1m0s")
		if len(s.chats) != 1 || time.Since(began) > 0 {
			t.Errorf("%d tries in %v", len(s.chats), time.Since(began))
		}
	})
}

func TestOneQuestionHasOneNameHoweverOftenItIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, e := newInside(t)
		once := func(status int, kind, body string) response {
			good := s.streams(kind, says(body))
			bad := failing(nil, nil, status, status, status)
			return func(n int, r *http.Request, w *io.PipeWriter) (int, http.Header) {
				if n%2 == 1 {
					return bad(n, r, w)
				}
				return good(n, r, w)
			}
		}
		s.responses["/audio/transcriptions"] = once(500, "application/json", `{"text":"Why?"}`)
		s.responses["/chat/completions"] = once(503, "text/event-stream", strings.Replace(yes, "Yes.", "One. Two.", 1)+done)
		s.responses["/audio/speech"] = once(502, "audio/pcm", strings.Repeat("\x00\x40", 480))
		_, err := drain(t.Context(), spokenTo(t, e, engine.Prompt{Turn: "t1", Speak: true}, utterance(), nil))
		if err != nil {
			t.Fatal(err)
		}
		want := map[string][]string{
			"/audio/transcriptions": {"t1-hear", "t1-hear"},
			"/chat/completions":     {"t1", "t1"},
			"/audio/speech":         {"t1-say-1", "t1-say-1", "t1-say-2", "t1-say-2"},
		}
		if fmt.Sprint(s.names) != fmt.Sprint(want) {
			t.Errorf("sent as %v, want %v", s.names, want)
		}
	})
}

func TestAPauseBeforeARetryCanBeInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, e := newInside(t)
		s.responses["/chat/completions"] = failing(silent, http.Header{"Retry-After": {"20"}}, 429)
		x, began := spokenTo(t, e, engine.Prompt{Turn: "t1", Question: "Why?"}, audio.Clip{}, nil), time.Now()
		synctest.Wait()
		if err := x.Interrupt(0); err != nil {
			t.Fatal(err)
		}
		if _, err := drain(t.Context(), x); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
		if err := x.Close(); err != nil || time.Since(began) > 0 || len(s.chats) != 1 {
			t.Errorf("%v after %v and %d tries", err, time.Since(began), len(s.chats))
		}
	})
}
