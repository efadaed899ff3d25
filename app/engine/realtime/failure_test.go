package realtime

import (
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"aside/app/engine"
	"aside/app/engine/enginetest"
)

// hang answers nobody until the test ends.
func hang(t *testing.T) http.HandlerFunc {
	return func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-t.Context().Done():
		}
	}
}

func checkError(t *testing.T, err error, code string, retry bool, hint string) {
	t.Helper()
	e, ok := errors.AsType[*engine.Error](err)
	if !ok || e.Code != code || e.Retry != retry || !strings.Contains(e.Hint, hint) || e.Message == "" || e.Hint == "" {
		t.Errorf("%v: %+v, want %s", err, e, code)
		return
	}
	if strings.Contains(fmt.Sprint(e.Message, e.Hint, e.Err), canary) {
		t.Errorf("it tells the key: %+v", e)
	}
}

func TestHowASessionCanEnd(t *testing.T) {
	part := enginetest.LiveWords("It ")
	for _, tt := range []struct {
		name  string
		part  enginetest.LivePart
		code  string
		retry bool
		hint  string
		tries int // responses that were asked for
	}{
		{"the link breaks", enginetest.LiveCut(), "net_reset", true, "again", 2},
		{"the link breaks in the middle", enginetest.LiveAll(part, enginetest.LiveCut()), "stream_cut", true, "again", 1},
		{"1000", enginetest.LiveClose(1000, ""), "net_reset", true, "again", 2},
		{"1000 in the middle", enginetest.LiveAll(part, enginetest.LiveClose(1000, "")), "stream_cut", true, "again", 1},
		{"1001", enginetest.LiveClose(1001, "bye"), "net_reset", true, "again", 2},
		{"1003", enginetest.LiveClose(1003, "no text"), "bad_request", false, "It says: no text", 1},
		{"1008", enginetest.LiveClose(1008, "policy"), "bad_request", false, "It says: policy", 1},
		{"1009", enginetest.LiveClose(1009, ""), "too_large", false, "smaller", 1},
		{"1011", enginetest.LiveClose(1011, "oops"), "server_error", true, "It says: oops", 2},
		{"1012", enginetest.LiveClose(1012, ""), "net_reset", true, "again", 2},
		{"1013", enginetest.LiveClose(1013, ""), "rate_limited", true, "Wait", 1},
		{"3000", enginetest.LiveClose(3000, ""), "key_rejected", false, "key set", 1},
		{"4000", enginetest.LiveClose(4000, "beta_api_shape_disabled"), "bad_request", false, "beta_api_shape_disabled", 1},
		{"it expires", enginetest.LiveError("session_expired", "too old"), "session_expired", true, "again", 2},
		{"it expires in the middle", enginetest.LiveAll(part, enginetest.LiveError("session_expired", "too old"), enginetest.LiveWait(nil)), "session_expired", true, "again", 1},
		{"an error", enginetest.LiveError("server_error", "oops "+canary), "server_error", true, "oops [key]", 1},
		{"a limit", enginetest.LiveError("rate_limit_exceeded", "slow"), "rate_limited", true, "Wait", 1},
		{"no money", enginetest.LiveEnd("failed", "insufficient_quota"), "quota_exceeded", false, "billing", 1},
		{"a limit, of the response", enginetest.LiveEnd("failed", "rate_limit_exceeded"), "rate_limited", true, "Wait", 1},
		{"a failure", enginetest.LiveAll(part, enginetest.LiveEnd("failed", "server_error")), "server_error", true, "", 1},
		{"an invalid key", enginetest.LiveError("invalid_api_key", canary), "key_rejected", false, "key set", 1},
		{"something new", enginetest.LiveError("brand_new", "what is it"), "bad_request", false, "It says: what is it", 1},
		{"nothing", enginetest.LiveAll(), "answer_empty", true, "", 1},
		{"a filter", enginetest.LiveEnd("incomplete", "content_filter"), "content_filtered", false, "differently", 1},
		{"it breaks off by itself", enginetest.LiveAll(part, enginetest.LiveEnd("cancelled", "turn_detected")), "stream_cut", true, "again", 1},
		{"another voice, please", about("session", "invalid_value", "Unknown voice"), "bad_request", false, "It says: Unknown voice", 1},
		{"the wish for an answer is refused", about("create-1", "invalid_value", "no"), "bad_request", false, "It says: no", 1},
		{"no JSON", enginetest.LiveRaw("Hello"), "bad_response", true, "", 1},
		{"no sound", enginetest.LiveAll(enginetest.LiveWords("It "), badSound()), "bad_response", true, "", 1},
		{"too much at once", enginetest.LiveRaw(`{"type":"` + strings.Repeat("x", longestEvent) + `"}`), "bad_response", false, "", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, e := answering(t)
			s.Script(tt.part)
			_, err := ask(t, e, engine.Prompt{Turn: "t1", Speak: true}, shot(t))
			checkError(t, err, tt.code, tt.retry, tt.hint)
			if asked, _ := s.Await(soon(t), "response.create", tt.tries); len(asked) != tt.tries {
				t.Errorf("it was asked %d times, want %d", len(asked), tt.tries)
			}
			s.Script(enginetest.LiveSay("Yes. ", time.Second))
			if events, err := ask(t, e, engine.Prompt{Turn: "t2", Speak: true}); err != nil || answerOf(events) != "Yes. " {
				t.Errorf("the next question: %q, %v", answerOf(events), err)
			}
		})
	}
}

// about is an error about an event of ours.
func about(event, code, message string) enginetest.LivePart {
	return enginetest.LiveAll(enginetest.LiveRaw(fmt.Sprintf(
		`{"type":"error","event_id":"e","error":{"type":"invalid_request_error","code":%q,"message":%q,"event_id":%q}}`, code, message, event)),
		enginetest.LiveWait(nil))
}

func TestAPictureThatIsRefusedDoesNotKeepTheAnswerAway(t *testing.T) {
	s, e := answering(t)
	s.Script(enginetest.LiveAll(
		enginetest.LiveRaw(`{"type":"error","error":{"type":"invalid_request_error","code":"image_unsupported","message":"no pictures","event_id":"picture-1-1"}}`),
		enginetest.LiveSay("Yes. ", time.Second)))
	events, err := ask(t, e, engine.Prompt{Turn: "t1", Speak: true}, shot(t))
	warned := of[engine.Warning](events)
	if err != nil || answerOf(events) != "Yes. " || len(warned) != 1 || warned[0].Err.Code != "picture_refused" || !strings.Contains(warned[0].Err.Hint, "no pictures") {
		t.Errorf("%q, %v, warned: %+v", answerOf(events), err, warned)
	}
}

func TestWhatIsOverTroublesNobody(t *testing.T) {
	s, e := answering(t)
	s.Script(enginetest.LiveAll(
		enginetest.LiveRaw(`{"type":"error","error":{"type":"invalid_request_error","code":"item_delete_invalid_item_id","message":"no","event_id":"past"}}`),
		enginetest.LiveRaw(`{"type":"something.new","delta":{"a":1},"error":"x"}`),
		enginetest.LiveRaw(`{"type":"response.output_audio.delta","response_id":"another","item_id":"i","delta":"AAAA"}`),
		enginetest.LiveSay("Yes. ", time.Second)))
	if events, err := ask(t, e, engine.Prompt{Turn: "t1", Speak: true}); err != nil || answerOf(events) != "Yes. " {
		t.Errorf("%q, %v", answerOf(events), err)
	}
}

// badSound is a delta that is no base64, of whatever response is under way.
func badSound() enginetest.LivePart {
	return enginetest.LiveRaw(`{"type":"response.output_audio.delta","delta":"%%%"}`)
}

func TestASessionThatCannotBeOpened(t *testing.T) {
	elsewhere := enginetest.StartLive(t)
	answer := func(status int, body string, header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i+1 < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
	for _, tt := range []struct {
		name   string
		answer http.HandlerFunc
		code   string
		retry  bool
		hint   string
	}{
		{"wrong key", answer(401, `{"error":{"message":"Incorrect key `+canary+`"}}`), "key_rejected", false, "key set"},
		{"no such model", answer(404, `{"error":{"message":"The model does not exist","code":"model_not_found"}}`), "model_missing", false, "engine.realtime_model"},
		{"no live voice", answer(404, "404 page not found"), "realtime_missing", false, "engine.kind chat"},
		{"a page", answer(200, "<html>", "Content-Type", "text/html"), "realtime_missing", false, "base_url"},
		{"elsewhere", answer(307, "", "Location", elsewhere.URL+"/realtime"), "net_redirect", false, "base_url"},
		{"too often", answer(429, `{}`), "rate_limited", true, "Wait"},
		{"no money", answer(429, `{"error":{"code":"insufficient_quota"}}`), "quota_exceeded", false, "billing"},
		{"broken", answer(500, `oops `+canary), "server_error", true, ""},
		{"too late", hang(t), "net_timeout", true, "network"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, e := answering(t)
			if tt.name == "too late" {
				e.limits.dial = 100 * time.Millisecond
			}
			s.Refuse(tt.answer)
			_, err := ask(t, e, engine.Prompt{Turn: "t1", Speak: true})
			checkError(t, err, tt.code, tt.retry, tt.hint)
			s.Refuse(nil)
			e.limits.dial = time.Minute
			if _, err := ask(t, e, engine.Prompt{Turn: "t2", Speak: true}); err != nil {
				t.Errorf("the next question: %v", err)
			}
		})
	}
	if n := len(elsewhere.Handshakes()); n > 0 {
		t.Error("the key went elsewhere")
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	e := opened(t, Config{BaseURL: gone.URL + "/v1", Model: "m"})
	_, err := ask(t, e, engine.Prompt{Turn: "t1", Speak: true})
	checkError(t, err, "net_refused", true, "")
}

func TestALinkThatIsLostWhileTheUserSpeaksIsMadeAgain(t *testing.T) {
	s, e := answering(t)
	x := says(t, e, engine.Prompt{Turn: "t1", Speak: true, Earlier: []engine.Earlier{{Turn: "t0", Question: "Zero?", Answer: "Nothing."}}}, time.Second, shot(t))
	if err := s.Until(soon(t), func() bool { return s.Pending() > 0 && len(s.Items()) == 3 }); err != nil {
		t.Fatal(err)
	}
	s.Cut()
	if err := s.Until(soon(t), func() bool { return len(s.Handshakes()) == 2 && s.Pending() > 0 }); err != nil {
		t.Fatal(err)
	}
	for f := range speech(time.Second).Frames() {
		if err := x.Send(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Commit(); err != nil {
		t.Fatal(err)
	}
	if _, err := drain(soon(t), x); err != nil {
		t.Fatal(err)
	}
	items := s.Items()
	if n := len(items); n != 4 && n != 5 || items[n-2].Sound.Duration() != 2*time.Second {
		t.Errorf("the service has %+v", items)
	}
	_ = x.Close()
	becomes(t, s, "user:Zero? | assistant:Nothing. | user:What is this? | assistant:It works. All of it.")
	calm(t, s)
}

func TestAQuestionThatCannotBeSentFailsWhenItHasBeenSaid(t *testing.T) {
	s, e := answering(t)
	s.Refuse(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) })
	x := says(t, e, engine.Prompt{Turn: "t1", Speak: true}, time.Second)
	failed := make(chan error, 1)
	go func() {
		_, err := drain(soon(t), x)
		failed <- err
	}()
	if err := s.Until(soon(t), func() bool { return len(s.Handshakes()) == 1 }); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-failed:
		t.Fatalf("in the middle of a word: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	if err := x.Commit(); err != nil {
		t.Fatal(err)
	}
	checkError(t, <-failed, "key_rejected", false, "")
}

func TestAServiceThatFallsSilentIsNoticed(t *testing.T) {
	s, e := answering(t)
	s.Script(enginetest.LiveAll(enginetest.LiveWords("It "), enginetest.LiveWait(nil)))
	e.limits.beat, e.limits.pong = 20*time.Millisecond, 100*time.Millisecond
	x := says(t, e, engine.Prompt{Turn: "t1", Speak: true}, time.Second)
	if err := x.Commit(); err != nil {
		t.Fatal(err)
	}
	for {
		event, err := x.Recv(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := event.(engine.Text); ok {
			break
		}
	}
	s.Deafen()
	_, err := drain(soon(t), x)
	checkError(t, err, "net_timeout", true, "network")
}

func TestALinkThatHasDiedUnseenIsMadeAgainWhenTheKeyGoesDown(t *testing.T) {
	s, e := answering(t)
	e.limits.beat, e.limits.pong = time.Hour, 100*time.Millisecond
	if _, err := ask(t, e, engine.Prompt{Turn: "t1", Speak: true}); err != nil {
		t.Fatal(err)
	}
	s.Deafen()
	s.Script(enginetest.LiveSay("Yes. ", time.Second))
	x := says(t, e, engine.Prompt{Turn: "t2", Speak: true}, time.Second)
	if err := s.Until(soon(t), func() bool { return len(s.Handshakes()) == 2 }); err != nil {
		t.Fatal("the old session is still trusted")
	}
	if err := x.Commit(); err != nil {
		t.Fatal(err)
	}
	if events, err := drain(soon(t), x); err != nil || answerOf(events) != "Yes. " {
		t.Errorf("%q, %v", answerOf(events), err)
	}
}

func TestAnAnswerThatStopsComingIsGivenUp(t *testing.T) {
	s, e := answering(t)
	e.limits.idle = 100 * time.Millisecond
	s.Script(enginetest.LiveAll(enginetest.LiveWords("It "), enginetest.LiveWait(nil)))
	_, err := ask(t, e, engine.Prompt{Turn: "t1", Speak: true})
	checkError(t, err, "stream_idle", true, "again")
	if _, err := s.Await(soon(t), "response.cancel", 1); err != nil {
		t.Error("the service goes on")
	}
}

func TestTooLittleSoundIsNoSpeech(t *testing.T) {
	_, e := answering(t)
	x := says(t, e, engine.Prompt{Turn: "t1", Speak: true}, 60*time.Millisecond)
	if err := x.Commit(); err != nil {
		t.Fatal(err)
	}
	_, err := drain(soon(t), x)
	checkError(t, err, "no_speech", false, "louder")
	_ = x.Close()
	if _, err := ask(t, e, engine.Prompt{Turn: "t2", Speak: true}); err != nil {
		t.Errorf("the next question: %v", err)
	}
}

// TestACompressedFrameIsRefused has a service send what it was not asked for: a
// frame that is to be unpacked.
func TestACompressedFrameIsRefused(t *testing.T) {
	s, e := answering(t)
	s.Refuse(func(w http.ResponseWriter, r *http.Request) {
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer func(c net.Conn) { _ = c.Close() }(conn)
		_, _ = rw.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: " + accept(r) + "\r\n\r\n")
		_, _ = rw.Write([]byte{0x80 | 0x40 | 0x01, 0x02, 0x00, 0x00})
		_ = rw.Flush()
		_, _ = rw.Discard(1 << 10)
	})
	_, err := ask(t, e, engine.Prompt{Turn: "t1", Speak: true})
	checkError(t, err, "net_reset", true, "")
}

// accept is what makes a handshake valid.
func accept(r *http.Request) string {
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}
