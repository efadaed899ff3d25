package chat

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"

	"aside/app/engine"
	"aside/app/engine/enginetest"
	"aside/audio"
)

// Pieces of streams.
const (
	yes  = `data: {"choices":[{"index":0,"delta":{"content":"Yes."}}]}` + "\n\n"
	stop = `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n\n"
	done = "data: [DONE]\n\n"
)

func TestStreamsThatAreOddButWhole(t *testing.T) {
	tests := []struct{ name, stream, want string }{
		{"as they should be", yes + stop + done, "Yes."},
		{"no space after the colon", strings.ReplaceAll(yes+stop+done, "data: ", "data:"), "Yes."},
		{"CRLF", strings.ReplaceAll(yes+stop+done, "\n", "\r\n"), "Yes."},
		{"a byte order mark", "\uFEFF" + yes + stop + done, "Yes."},
		{"comments by the hundred", strings.Repeat(": PROCESSING\n\n", 700) + yes + strings.Repeat(": hm\n", 700) + stop + done, "Yes."},
		{"ids, names and times to wait", "id: 1\nevent: completion\nretry: 3\n" + yes + "event: ping\n\n" + stop + done, "Yes."},
		{"JSON over two lines of data", "data: {\"choices\":[{\"delta\":\ndata: {\"content\":\"Yes.\"}}]}\n\n" + stop + done, "Yes."},
		{"no [DONE]", yes + stop, "Yes."},
		{"no finish reason", yes + done, "Yes."},
		{"no empty line at the end", strings.TrimSuffix(yes+done, "\n"), "Yes."},
		{"no end of line at the end", yes + stop + "data: [DONE]", "Yes."},
		{"cut after the finish reason", yes + stop + `data: {"usage":{"prompt`, "Yes."},
		{"words after [DONE]", yes + done + yes, "Yes."},
		{"no choices, null choices, null delta", `data: {"choices":[]}` + "\n\n" + `data: {"choices":null}` + "\n\n" + `data: {"choices":[{"delta":null}]}` + "\n\n" + yes + done, "Yes."},
		{"no index", strings.ReplaceAll(yes, `"index":0,`, "") + done, "Yes."},
		{"other choices", strings.ReplaceAll(yes, `"index":0`, `"index":1`) + yes + done, "Yes."},
		{"the role again and again", strings.ReplaceAll(yes, `{"content"`, `{"role":"assistant","content"`) + done, "Yes."},
		{"content in parts", `data: {"choices":[{"delta":{"content":[{"type":"text","text":"Y"},{"type":"text","text":"es."}]}}]}` + "\n\n" + done, "Yes."},
		{"null content and a refusal", `data: {"choices":[{"delta":{"content":null,"refusal":"No."}}]}` + "\n\n" + done, "No."},
		{"tool calls without an index", `data: {"choices":[{"delta":{"tool_calls":[{"id":"c","function":{"name":"rm"}}]}}]}` + "\n\n" + yes + done, "Yes."},
		{"thoughts", `data: {"choices":[{"delta":{"reasoning_content":"Hm.","reasoning":"Hm."}}]}` + "\n\n" + yes + done, "Yes."},
		{"usage 1.0 and null", yes + `data: {"choices":[],"usage":{"prompt_tokens":1.0,"completion_tokens":null}}` + "\n\n" + `data: {"usage":null}` + "\n\n" + stop + done, "Yes."},
		{"error null", strings.ReplaceAll(yes, `{"choices"`, `{"error":null,"detail":null,"choices"`) + done, "Yes."},
		{"bytes that are no UTF-8", strings.ReplaceAll(yes, "Yes", "Y\xffs") + done, "Y\uFFFDs."},
		{"a line of 2 MB", strings.ReplaceAll(yes, `"index":0`, `"pad":"`+strings.Repeat("x", 2<<20)+`","index":0`) + done, "Yes."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, e := answering(t)
			s.Script(enginetest.Chat, enginetest.Raw(tt.stream))
			events, err := ask(t, e, engine.Prompt{})
			if err != nil || answer(events) != tt.want {
				t.Fatalf("%q, %v; want %q", answer(events), err, tt.want)
			}
			if last := events[len(events)-1]; last != engine.Event(engine.Done{Reason: "stop"}) {
				t.Errorf("ended with %#v", last)
			}
			if usage := of[engine.Usage](events); tt.name == "usage 1.0 and null" && (len(usage) != 1 || usage[0].Input != 1) {
				t.Errorf("usage %v", usage)
			}
		})
	}
}

func TestUsageThatComesWithEachChunkIsToldOnce(t *testing.T) {
	so := func(tokens int) string {
		return strings.Replace(yes, `{"choices"`, `{"usage":{"prompt_tokens":100,"completion_tokens":`+strconv.Itoa(tokens)+`},"choices"`, 1)
	}
	for name, end := range map[string]string{"whole": stop + done, "cut off": ""} {
		s, e := answering(t)
		s.Script(enginetest.Chat, enginetest.Raw(so(1)+so(2)+so(3)+end))
		events, err := ask(t, e, engine.Prompt{})
		if got := of[engine.Usage](events); (err == nil) != (end != "") || !slices.Equal(got, []engine.Usage{{Input: 100, Output: 3}}) {
			t.Errorf("%s: usage %v, %v", name, got, err)
		}
	}
}

func TestStreamsThatMustNotPassForWhole(t *testing.T) {
	raw := enginetest.Raw
	event := func(json string) enginetest.Answer { return raw(yes + "data: " + json + "\n\n" + done) }
	tests := []struct {
		name   string
		answer enginetest.Answer
		code   string
		retry  bool
		hint   string
	}{
		{"cut between events", raw(yes), "stream_cut", true, ""},
		{"cut in a line", raw(yes + `data: {"cho`), "stream_cut", true, ""},
		{"cut before the first event", raw(": hello\n\n"), "stream_cut", true, ""},
		{"the connection breaks", enginetest.All(raw(yes), enginetest.Cut()), "stream_cut", true, ""},
		{"no text", raw(stop + done), "answer_empty", true, ""},
		{"tool calls alone", raw(`data: {"choices":[{"delta":{"tool_calls":[{}]},"finish_reason":"tool_calls"}]}` + "\n\n" + done), "answer_empty", true, ""},
		{"filtered", raw(strings.ReplaceAll(stop, "stop", "content_filter") + done), "content_filtered", false, ""},
		{"the reason is an error", raw(yes + strings.ReplaceAll(stop, "stop", "error") + done), "server_error", true, ""},
		{"a line of 5 MB", raw(strings.Repeat("x", 5<<20)), "bad_response", false, ""},
		{"data of 5 MB in short lines", raw(strings.Repeat("data: "+strings.Repeat("x", 1<<16)+"\n", 80)), "bad_response", false, ""},
		{"more text than anyone reads", raw(strings.Repeat(strings.ReplaceAll(yes, "Yes.", strings.Repeat("x", 64<<10)), 20)), "bad_response", false, ""},
		{"comments for ever", raw(strings.Repeat(": "+strings.Repeat("x", 1<<20)+"\n", 18)), "bad_response", false, ""},
		{"no JSON", event(`Yes.`), "bad_response", true, ""},
		{"JSON of another kind", event(`{"choices":"Yes."}`), "bad_response", true, ""},
		{"content that is a number", event(`{"choices":[{"delta":{"content":7}}]}`), "bad_response", true, ""},
		{"JSON without a bottom", event(strings.Repeat(`{"choices":[`, 50000)), "bad_response", true, ""},

		{"error object", event(`{"error":{"message":"Overloaded","type":"server_error"}}`), "server_error", true, "Overloaded"},
		{"error object with an id first", event(`{"id":"c","choices":[],"error":{"message":"Overloaded","code":502}}`), "server_error", true, "Overloaded"},
		{"error text", event(`{"error":"Overloaded"}`), "server_error", true, "Overloaded"},
		{"error list", event(`[{"error":{"message":"Overloaded"}}]`), "server_error", true, "Overloaded"},
		{"object error", event(`{"object":"error","message":"Overloaded","code":500}`), "server_error", true, "Overloaded"},
		{"detail", event(`{"detail":"Overloaded"}`), "server_error", true, "Overloaded"},
		{"detail list", event(`{"detail":[{"loc":["body"],"msg":"Overloaded"}]}`), "server_error", true, "Overloaded"},
		{"event: error with a bare object", raw(yes + "event: error\ndata: {\"message\":\"Overloaded\"}\n\n" + done), "server_error", true, "Overloaded"},
		{"event: error with text", raw(yes + "event: error\ndata: Overloaded\n\n" + done), "server_error", true, "Overloaded"},
		{"a comment, then the error", raw(": hm\n\ndata: {\"error\":{\"message\":\"Overloaded\"}}\n\n"), "server_error", true, "Overloaded"},
		{"an empty error", event(`{"error":{}}`), "server_error", true, "again"},
		{"too many requests", event(`{"error":{"message":"Slow down","code":"rate_limit_exceeded"}}`), "rate_limited", true, ""},
		{"too many requests as a number", event(`{"error":{"message":"Slow down","code":429}}`), "rate_limited", true, ""},
		{"used up", event(`{"error":{"message":"No money","code":"insufficient_quota"}}`), "quota_exceeded", false, ""},
		{"an error that repeats the key", event(`{"error":{"message":"You sent ` + canary + `"}}`), "server_error", true, "[key]"},

		{"200 with a page", enginetest.Page(), "net_not_api", false, "/v1"},
		{"200 with a JSON error", enginetest.Status(200, `{"error":{"message":"Overloaded `+canary+`"}}`), "server_error", true, "Overloaded [key]"},
		{"200 with an answer that is no stream", enginetest.Status(200, `{"choices":[{"message":{"content":"Yes."}}]}`), "bad_response", false, ""},
		{"200 with nothing", enginetest.Status(200, ""), "bad_response", false, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, e := answering(t)
			s.Script(enginetest.Chat, tt.answer)
			events, err := ask(t, e, engine.Prompt{})
			checkError(t, err, tt.code, tt.retry, tt.hint)
			if done := of[engine.Done](events); done != nil {
				t.Errorf("%v came before the error", done)
			}
			if n := len(s.Requests("")); n != 1 {
				t.Errorf("%d requests: an answer that has begun is not asked for again", n)
			}
		})
	}
}

// checkError checks an error and that it says nothing of the key.
func checkError(t testing.TB, err error, code string, retry bool, hint string) {
	t.Helper()
	e, ok := errors.AsType[*engine.Error](err)
	if !ok || e.Code != code {
		t.Fatalf("%v (%s), want %s", err, engine.Code(err), code)
	}
	if e.Retry != retry || !strings.Contains(e.Hint, hint) || e.Message == "" || e.Hint == "" {
		t.Errorf("retry %v, hint %q; want %v, %q", e.Retry, e.Hint, retry, hint)
	}
	if errors.Is(err, io.EOF) {
		t.Errorf("%v would pass for the end of a whole reply", err)
	}
	if all := e.Error() + e.Hint; strings.Contains(all, canary) {
		t.Errorf("the key is in %q", all)
	}
}

func TestTextThatCameBeforeTheErrorIsKept(t *testing.T) {
	s, e := answering(t)
	saying := make(chan struct{})
	s.Script(enginetest.Chat, enginetest.All(enginetest.Text("One. ", "Two"), enginetest.Wait(saying), enginetest.Cut()))
	x := spokenTo(t, e, engine.Prompt{Turn: "t1", Question: "Why?", Speak: true}, audio.Clip{}, nil)
	said, err := s.Await(t.Context(), enginetest.Speech, 1)
	if err != nil || said[0].Fields["input"] != "One." {
		t.Errorf("said %v, %v", said, err)
	}
	close(saying)
	events, err := drain(t.Context(), x)
	checkError(t, err, "stream_cut", true, "")
	if answer(events) != "One. Two" || len(s.Requests(enginetest.Speech)) != 1 {
		t.Errorf("%q", answer(events))
	}
}

func TestEveryFinishReasonIsHandedOn(t *testing.T) {
	for _, reason := range []string{"stop", "length", "content_filter", "eos_token"} {
		s, e := answering(t)
		s.Script(enginetest.Chat, enginetest.All(enginetest.Text("Yes"), enginetest.Finish(reason)))
		events, err := ask(t, e, engine.Prompt{})
		if err != nil || events[len(events)-1] != engine.Event(engine.Done{Reason: reason}) {
			t.Errorf("%s: %v, %v", reason, events, err)
		}
	}
}

func TestAServiceThatKnowsNoUsageIsAskedWithoutIt(t *testing.T) {
	for name, body := range map[string]string{
		"OpenAI":  `{"error":{"message":"Unrecognized request argument supplied: stream_options"}}`,
		"FastAPI": `{"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"Extra inputs are not permitted"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			s, e := answering(t)
			s.Script(enginetest.Chat, enginetest.Status(422, body), enginetest.Reply("Yes."))
			for range 2 {
				if events, err := ask(t, e, engine.Prompt{}); err != nil || answer(events) != "Yes." {
					t.Fatalf("%v, %v", events, err)
				}
			}
			var asked []bool
			for _, r := range s.Requests(enginetest.Chat) {
				_, usage := r.Fields["stream_options"]
				asked = append(asked, usage)
			}
			if len(asked) != 3 || !asked[0] || asked[1] || asked[2] {
				t.Errorf("asked for usage: %v, want once", asked)
			}
		})
	}
}

// read reads a stream to its end.
func read(t testing.TB, body io.Reader) (text string, s *stream, err error) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://h.example/v1", nil)
	if err != nil {
		t.Fatal(err)
	}
	s = &stream{request: r, body: io.NopCloser(body), events: newSSE(body), cancel: cancel, idle: time.AfterFunc(time.Hour, func() {}), first: time.Now().Add(time.Hour)}
	defer s.close()
	for {
		p, err := s.next()
		if err != nil {
			return text, s, err
		}
		text += p.text
	}
}

func FuzzStream(f *testing.F) {
	for _, s := range []string{
		yes + stop + done, yes, stop + done, "event: error\ndata: x\n\n", "data: [1]\n\n", "data: {\"error\":1}\n\n",
		"data: {\"choices\":[{\"delta\":{\"content\":[{\"text\":\"a\\ud800\"}]}}],\"usage\":{\"prompt_tokens\":1e300}}\r\n\r\n",
		"data: {\"object\":\"error\"}\n\n", "\uFEFF:\n\ndata\ndata:\n\n" + yes + "data: [DONE]",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		text, s, err := read(t, bytes.NewReader(body))
		switch {
		case errors.Is(err, io.EOF):
			if s.reason == "" || text == "" {
				t.Fatalf("%q, finished by %q, is no whole reply", text, s.reason)
			}
		case engine.Code(err) == "internal":
			t.Fatalf("%v has no code", err)
		}
		if !utf8.ValidString(text) || len(text) > textLimit {
			t.Fatalf("%d bytes of text, valid: %v", len(text), utf8.ValidString(text))
		}
		slow, _, slowErr := read(t, iotest.OneByteReader(bytes.NewReader(body)))
		if slow != text || errors.Is(slowErr, io.EOF) != errors.Is(err, io.EOF) || engine.Code(slowErr) != engine.Code(err) {
			t.Fatalf("byte by byte it is %q, %v; at once %q, %v", slow, slowErr, text, err)
		}
	})
}
