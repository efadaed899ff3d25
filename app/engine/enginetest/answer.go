package enginetest

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"math"
	"net/http"
	"strings"
	"time"

	"aside/audio"
)

// Answer writes the response to one request, or a part of it.
type Answer func(*Response)

// Response is where an Answer writes to. Only one goroutine uses it.
type Response struct {
	w       http.ResponseWriter
	ctx     context.Context // ends with the client's connection, or with the test
	r       Request
	started bool
}

// Write sends bytes at once. kind is the content type, if they are the first.
func (r *Response) Write(kind string, b []byte) {
	if !r.started {
		r.started = true
		r.w.Header().Set("Content-Type", kind)
	}
	if _, err := r.w.Write(b); err == nil {
		_ = http.NewResponseController(r.w).Flush() // a client that left is no concern of the script
	}
}

// All gives answers one after the other, as parts of one response.
func All(parts ...Answer) Answer {
	return func(r *Response) {
		for _, part := range parts {
			part(r)
		}
	}
}

// Wait holds the response until gate is closed or the client has left.
func Wait(gate <-chan struct{}) Answer {
	return func(r *Response) {
		select {
		case <-gate:
		case <-r.ctx.Done():
		}
	}
}

// Pause holds the response for a while.
func Pause(d time.Duration) Answer {
	return func(r *Response) {
		select {
		case <-time.After(d):
		case <-r.ctx.Done():
		}
	}
}

// Cut breaks the connection: before the response, if nothing came before.
func Cut() Answer { return func(*Response) { panic(http.ErrAbortHandler) } }

// Gone waits until the client has left, and then closes left.
func Gone(left chan<- struct{}) Answer {
	return func(r *Response) {
		<-r.ctx.Done()
		close(left)
	}
}

// Status answers with a status and a body, JSON unless header says otherwise.
// header holds names and values in turn.
func Status(code int, body string, header ...string) Answer {
	return func(r *Response) {
		h := r.w.Header()
		h.Set("Content-Type", "application/json")
		for i := 0; i+1 < len(header); i += 2 {
			h.Set(header[i], header[i+1])
		}
		r.started = true
		r.w.WriteHeader(code)
		r.Write("", []byte(body))
	}
}

// Page answers with a web page, as a captive portal does.
func Page() Answer {
	return Status(http.StatusOK, "<!doctype html><title>Log in</title>", "Content-Type", "text/html; charset=utf-8")
}

// Transcript answers a transcription.
func Transcript(text string) Answer {
	body, err := json.Marshal(map[string]string{"text": text})
	if err != nil {
		panic(err) // a string always has a JSON form
	}
	return Status(http.StatusOK, string(body))
}

// Raw sends parts of an event stream as they are, each one at once.
func Raw(parts ...string) Answer {
	return func(r *Response) {
		for _, p := range parts {
			r.Write("text/event-stream; charset=utf-8", []byte(p))
		}
	}
}

// Text sends pieces of a reply, each in a chunk of its own.
func Text(deltas ...string) Answer {
	var all strings.Builder
	for _, d := range deltas {
		all.WriteString(event(chunk(map[string]any{"content": d}, nil)))
	}
	return Raw(all.String())
}

// Finish ends a reply: a finish reason, the usage if it was asked for, [DONE].
func Finish(reason string) Answer {
	return func(r *Response) {
		end := event(chunk(map[string]any{}, reason))
		if options, ok := r.r.Fields["stream_options"].(map[string]any); ok && options["include_usage"] == true {
			end += event(usage())
		}
		Raw(end + "data: [DONE]\n\n")(r)
	}
}

// Reply answers a chat with a whole reply.
func Reply(deltas ...string) Answer { return All(Text(deltas...), Finish("stop")) }

// What each whole reply costs, in tokens.
const (
	InputTokens  = 120
	OutputTokens = 30
)

func chunk(delta map[string]any, reason any) map[string]any {
	return map[string]any{
		"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "test",
		"choices": []any{map[string]any{"index": 0, "delta": delta, "finish_reason": reason}},
	}
}

func usage() map[string]any {
	c := chunk(nil, nil)
	c["choices"] = []any{}
	c["usage"] = map[string]int{"prompt_tokens": InputTokens, "completion_tokens": OutputTokens, "total_tokens": InputTokens + OutputTokens}
	return c
}

func event(data any) string {
	b, err := json.Marshal(data)
	if err != nil {
		panic(err) // maps of strings and numbers always have a JSON form
	}
	return "data: " + string(b) + "\n\n"
}

// Tone answers a request for speech with a tone: 24 kHz PCM, frame by frame.
func Tone(d time.Duration) Answer {
	return func(r *Response) {
		for f := range tone(d).Frames() {
			b, err := binary.Append(nil, binary.LittleEndian, f.Samples)
			if err != nil {
				panic(err) // samples have a fixed size
			}
			r.Write("audio/pcm", b)
		}
	}
}

// ToneWAV answers a request for speech with a tone in a WAV file.
func ToneWAV(d time.Duration) Answer {
	return func(r *Response) { r.Write("audio/wav", audio.WAV(tone(d))) }
}

// tone sounds from its first sample on: 440 Hz at a quarter of full scale.
func tone(d time.Duration) audio.Clip {
	c := audio.Clip{Rate: audio.RateSpeak, Samples: make([]int16, audio.Samples(d, audio.RateSpeak))}
	for i := range c.Samples {
		c.Samples[i] = int16(8192 * math.Cos(2*math.Pi*440*float64(i)/audio.RateSpeak))
	}
	return c
}
