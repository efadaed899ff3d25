package chat

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"aside/app/engine"
	"aside/app/engine/enginetest"
	"aside/audio"
)

func TestWhatAQuestionWillNeedIsDialledWhenTheKeyGoesDown(t *testing.T) {
	l := &local{}
	tests := []struct {
		name   string
		prompt engine.Prompt
		ear    Ear
		mouth  Mouth
		chat   int // connections to the service that answers
		other  int // to the one that hears and speaks
	}{
		{"a question that is spoken", engine.Prompt{Speak: true}, nil, nil, 1, 2},
		{"one whose answer is only read", engine.Prompt{}, nil, nil, 1, 1},
		{"one that is heard on this machine", engine.Prompt{}, l, nil, 1, 0},
		{"one that is heard and answered aloud on this machine", engine.Prompt{Speak: true}, l, l, 1, 0},
		{"one that is typed", engine.Prompt{Question: "Why?"}, nil, nil, 1, 0},
		{"a look that is answered aloud", engine.Prompt{Look: true, Speak: true}, nil, nil, 1, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			chat, other := enginetest.Start(t), enginetest.Start(t)
			c := config(chat.URL)
			c.Transcribe.BaseURL, c.Speak.BaseURL, c.Ear, c.Mouth = other.URL, other.URL, tt.ear, tt.mouth
			e, _ := newEngine(t, c)
			x, err := e.Start(t.Context(), tt.prompt)
			if err != nil {
				t.Fatal(err)
			}
			defer x.Close()
			if err := chat.AwaitConnections(t.Context(), tt.chat); err != nil {
				t.Fatal(err)
			}
			if err := other.AwaitConnections(t.Context(), tt.other); err != nil {
				t.Fatal(err)
			}
			if err := x.Close(); err != nil { // whatever is being dialled has been
				t.Fatal(err)
			}
			if a, b := chat.Connections(), other.Connections(); a != tt.chat || b != tt.other {
				t.Errorf("%d and %d connections, want %d and %d", a, b, tt.chat, tt.other)
			}
			if n := len(chat.Requests("")) + len(other.Requests("")); n > 0 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

func TestAConnectionThatWasDialledServesOneQuestionAfterTheOther(t *testing.T) {
	chat, ears := enginetest.Start(t), enginetest.Start(t)
	c := config(chat.URL)
	c.Transcribe.BaseURL = ears.URL
	e, _ := newEngine(t, c)
	const heard = `{"text":"Why?"}`
	ears.Script(enginetest.Transcriptions, enginetest.Status(http.StatusOK, heard, "Content-Length", strconv.Itoa(len(heard))))
	for range 3 {
		if _, err := drain(t.Context(), spokenTo(t, e, engine.Prompt{Turn: "t1"}, utterance(), nil)); err != nil {
			t.Fatal(err)
		}
	}
	if n := ears.Connections(); n != 1 {
		t.Errorf("%d connections", n)
	}
}

func TestAConnectionThatWasKeptAndIsDeadCostsNoTime(t *testing.T) {
	s := enginetest.Start(t)
	e, w := newEngine(t, config(s.URL))
	yes := enginetest.Status(http.StatusOK, "{}", "Content-Length", "2")
	s.Script("/models", yes, enginetest.Cut(), yes)
	e.chat.ahead()(t.Context())
	for range 2 {
		post(t, e.chat.web, s.URL+"/models", "{}")
	}
	if n := len(s.Requests("")); n != 3 || len(w.all) > 0 {
		t.Errorf("%d requests, tried again after %v", n, w.all)
	}
}

// post sends a named request and reads the response to its end.
func post(t *testing.T, web *transport, to, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(named(t.Context(), "t1"), http.MethodPost, to, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	response, err := web.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
}

func TestDiallingEndsWithTheExchange(t *testing.T) {
	silent, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	e, _ := newEngine(t, config("https://"+silent.Addr().String()+"/v1"))
	x, err := e.Start(t.Context(), engine.Prompt{Question: "Why?"})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := silent.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, conn); err != nil { // ends if the other side does
		t.Error(err)
	}
}

func TestAConnectionIsEncryptedAheadOfItsRequest(t *testing.T) {
	for name, two := range map[string]bool{"HTTP/1.1": false, "HTTP/2.0": true} {
		t.Run(name, func(t *testing.T) {
			var connections atomic.Int32
			var spoke atomic.Value
			web := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { spoke.Store(r.Proto) }))
			web.EnableHTTP2 = two
			web.Config.ConnState = func(_ net.Conn, state http.ConnState) {
				if state == http.StateNew {
					connections.Add(1)
				}
			}
			web.StartTLS()
			t.Cleanup(web.Close)
			e, _ := newEngine(t, config(web.URL))
			l := e.chat.web.client.Transport.(*line)
			l.TLSClientConfig = &tls.Config{RootCAs: web.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
			ctx, cancel := context.WithCancel(t.Context())
			e.chat.ahead()(ctx)
			cancel() // the connection outlives who dialled it
			if connections.Load() != 1 || l.spare.conn == nil {
				t.Fatalf("%d connections", connections.Load())
			}
			for range 2 {
				post(t, e.chat.web, web.URL, "x")
			}
			if connections.Load() != 1 || spoke.Load() != name {
				t.Errorf("%d connections, %v", connections.Load(), spoke.Load())
			}
		})
	}
}

func TestABusyConnectionIsNotWaitedFor(t *testing.T) {
	s, e := answering(t)
	s.Script(enginetest.Chat, enginetest.All(enginetest.Text("Once upon "), enginetest.Wait(nil)), enginetest.Reply("Yes."))
	first := spokenTo(t, e, engine.Prompt{Turn: "t1", Question: "Tell me a story."}, audio.Clip{}, nil)
	if _, err := s.Await(t.Context(), enginetest.Chat, 1); err != nil {
		t.Fatal(err)
	}
	second, err := e.Start(t.Context(), engine.Prompt{Turn: "t2", Question: "Stop?"})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if err := s.AwaitConnections(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	if err := first.Interrupt(0); err != nil {
		t.Fatal(err)
	}
	if err := second.Commit(); err != nil {
		t.Fatal(err)
	}
	if events, err := drain(t.Context(), second); err != nil || answer(events) != "Yes." || s.Connections() != 2 {
		t.Errorf("%q, %v over %d connections", answer(events), err, s.Connections())
	}
}
