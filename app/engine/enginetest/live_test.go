package enginetest

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"aside/audio"
)

// client is a bare client of a Live.
type client struct {
	*testing.T
	conn *websocket.Conn
	ctx  context.Context
}

func connected(t *testing.T, s *Live, header http.Header) client {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	conn, _, err := websocket.Dial(ctx, s.URL+"/realtime?model=test", &websocket.DialOptions{HTTPHeader: header}) //nolint:bodyclose // Dial closes it
	if err != nil {
		t.Fatal(err)
	}
	conn.SetReadLimit(longestEvent)
	t.Cleanup(func() { _ = conn.CloseNow() })
	return client{t, conn, ctx}
}

func (c client) send(events ...string) {
	c.Helper()
	for _, e := range events {
		if err := c.conn.Write(c.ctx, websocket.MessageText, []byte(e)); err != nil {
			c.Fatal(err)
		}
	}
}

func (c client) append(samples []int16) {
	c.send(`{"type":"input_audio_buffer.append","audio":"` + encodePCM(samples) + `"}`)
}

// until reads up to an event of that type, and returns the types of all.
func (c client) until(last string) (kinds []string, event map[string]any) {
	c.Helper()
	for {
		_, data, err := c.conn.Read(c.ctx)
		if err != nil {
			c.Fatalf("waiting for %s after %q: %v", last, kinds, err)
		}
		event = nil
		if err := json.Unmarshal(data, &event); err != nil {
			c.Fatal(err)
		}
		kind, _ := event["type"].(string)
		kinds = append(kinds, kind)
		if kind == last {
			return kinds, event
		}
	}
}

const pushToTalk = `{"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":null,"transcription":{"model":"m"}}}}}`

func TestASessionAnswersWhatItIsTold(t *testing.T) {
	s := StartLive(t)
	s.Script(LiveSay("Yes. ", 300*time.Millisecond))
	c := connected(t, s, nil)
	c.until("conversation.created")
	c.send(pushToTalk)
	if _, e := c.until("session.updated"); e["session"].(map[string]any)["audio"].(map[string]any)["input"].(map[string]any)["turn_detection"] != nil {
		t.Errorf("turns are still detected: %v", e)
	}
	c.append(tone(200 * time.Millisecond).Samples)
	c.send(`{"type":"input_audio_buffer.commit"}`, `{"type":"response.create"}`)
	got, _ := c.until("response.done")
	var steps []string
	for i, kind := range got {
		if i == 0 || kind != got[i-1] {
			steps = append(steps, kind)
		}
	}
	want := []string{
		"input_audio_buffer.committed", "conversation.item.added", "conversation.item.done",
		"conversation.item.input_audio_transcription.delta", "conversation.item.input_audio_transcription.completed",
		"response.created", "response.output_item.added", "conversation.item.added", "response.content_part.added",
		"response.output_audio_transcript.delta", "response.output_audio.delta",
		"response.output_audio.done", "response.output_audio_transcript.done", "response.content_part.done",
		"response.output_item.done", "conversation.item.done", "rate_limits.updated", "response.done",
	}
	if !slices.Equal(steps, want) {
		t.Errorf("it went\n%q, want\n%q", steps, want)
	}
	items := s.Items()
	if len(items) != 2 || items[0].Text != "What is this?" || items[0].Sound.Duration() != 200*time.Millisecond ||
		items[1].Text != "Yes. " || items[1].Sound.Duration() != 550*time.Millisecond {
		t.Fatalf("the conversation is %+v", items)
	}
	c.send(`{"type":"conversation.item.truncate","item_id":"` + items[1].ID + `","content_index":0,"audio_end_ms":120}`)
	c.until("conversation.item.truncated")
	if last := s.Items()[1]; !last.Cut || last.Text != "" || last.Sound.Duration() != 120*time.Millisecond {
		t.Errorf("cut, it is %+v", last)
	}
	c.send(`{"type":"conversation.item.delete","item_id":"` + items[0].ID + `"}`)
	c.until("conversation.item.deleted")
	if left := s.Items(); len(left) != 1 || left[0].ID != items[1].ID {
		t.Errorf("left is %+v", left)
	}
}

func TestAServiceThatDetectsTurnsAnswersByItselfAndIsInterrupted(t *testing.T) {
	s := StartLive(t)
	s.Script(LiveAll(LiveWords("On and on "), LiveWait(nil)))
	c := connected(t, s, nil)
	c.send(`{"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":{"type":"server_vad","silence_duration_ms":200}}}}}`)
	silence := make([]int16, audio.RateSpeak/10)
	c.append(silence)
	c.append(tone(300 * time.Millisecond).Samples)
	if _, e := c.until("input_audio_buffer.speech_started"); e["audio_start_ms"] != 100.0 {
		t.Errorf("speech began at %v ms", e["audio_start_ms"])
	}
	for range 3 {
		c.append(silence)
	}
	if _, e := c.until("input_audio_buffer.speech_stopped"); e["audio_end_ms"] != 600.0 {
		t.Errorf("it ended at %v ms", e["audio_end_ms"])
	}
	c.until("response.output_audio_transcript.delta")
	c.append(tone(100 * time.Millisecond).Samples)
	_, e := c.until("response.done")
	if r := e["response"].(map[string]any); r["status"] != "cancelled" || r["status_details"].(map[string]any)["reason"] != "turn_detected" {
		t.Errorf("it ended as %v", r)
	}
}

func TestWhatCannotBeIsAnError(t *testing.T) {
	s := StartLive(t)
	c := connected(t, s, nil)
	c.send(pushToTalk)
	var want []string
	for event, code := range map[string]string{
		`{"event_id":"e","type":"input_audio_buffer.commit"}`:                                                                            "input_audio_buffer_commit_empty",
		`{"event_id":"e","type":"response.cancel"}`:                                                                                      "response_cancel_not_active",
		`{"event_id":"e","type":"conversation.item.delete","item_id":"x"}`:                                                               "item_delete_invalid_item_id",
		`{"event_id":"e","type":"conversation.item.truncate","item_id":"x","content_index":0,"audio_end_ms":1}`:                          "item_truncate_invalid_item_id",
		`{"event_id":"e","type":"conversation.item.create","previous_item_id":"x","item":{"type":"message","role":"user","content":[]}}`: "item_create_invalid_previous_item_id",
	} {
		c.send(event)
		_, e := c.until("error")
		if got := e["error"].(map[string]any); got["code"] != code || got["event_id"] != "e" {
			t.Errorf("%s: %v, want %s", event, got, code)
		}
		want = append(want, code)
	}
	if got := s.Errors(); !reflect.DeepEqual(got, want) {
		t.Errorf("noted are %q", got)
	}
}

func TestTheBetaIsOver(t *testing.T) {
	s := StartLive(t)
	c := connected(t, s, http.Header{"OpenAI-Beta": {"realtime=v1"}})
	c.until("error")
	_, _, err := c.conn.Read(c.ctx)
	if websocket.CloseStatus(err) != 4000 {
		t.Errorf("it ended with %v", err)
	}
}

func TestASessionEndsAsTheScriptSays(t *testing.T) {
	for name, tt := range map[string]struct {
		end  func(s *Live, c client)
		want websocket.StatusCode
		said string
	}{
		"closed":  {func(s *Live, c client) { s.Script(LiveClose(1013, "later")); c.send(`{"type":"response.create"}`) }, 1013, "later"},
		"cut":     {func(s *Live, _ client) { s.Cut() }, -1, "EOF"},
		"expired": {func(s *Live, _ client) { s.Expire() }, 1001, "expired"},
	} {
		t.Run(name, func(t *testing.T) {
			s := StartLive(t)
			c := connected(t, s, nil)
			c.until("conversation.created")
			tt.end(s, c)
			for {
				_, _, err := c.conn.Read(c.ctx)
				if err == nil {
					continue
				}
				if websocket.CloseStatus(err) != tt.want || !strings.Contains(err.Error(), tt.said) {
					t.Errorf("it ended with %v", err)
				}
				break
			}
			if err := s.Until(c.ctx, func() bool { return s.Open() == 0 }); err != nil {
				t.Error("the session is still open")
			}
		})
	}
}

func TestADeafServiceDoesNotAnswerPings(t *testing.T) {
	s := StartLive(t)
	c := connected(t, s, nil)
	go func() { // pongs come to whoever reads
		for {
			if _, _, err := c.conn.Read(c.ctx); err != nil {
				return
			}
		}
	}()
	if err := c.conn.Ping(c.ctx); err != nil {
		t.Fatal(err)
	}
	s.Deafen()
	ctx, cancel := context.WithTimeout(c.ctx, 100*time.Millisecond)
	defer cancel()
	if err := c.conn.Ping(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Ping: %v", err)
	}
}
