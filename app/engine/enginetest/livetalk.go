package enginetest

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/coder/websocket"

	"aside/audio"
)

// LivePart is a response of a Live, or a part of one.
type LivePart func(*Talk)

// Talk is a response under way.
type Talk struct {
	session *liveSession
	ctx     context.Context
	stop    context.CancelFunc
	id      string
	written bool // text is wanted, and no sound
	item    *LiveItem
	calls   []any  // of functions, as items
	status  string // how it ended
	details map[string]any
}

// respond begins a response.
func (s *liveSession) respond(e LiveEvent) {
	if s.talk != nil {
		s.refuse(e, "conversation_already_has_active_response", "There is a response already.")
		return
	}
	wanted, _ := e.Fields["response"].(map[string]any)
	modalities, ok := wanted["output_modalities"].([]any)
	if !ok {
		modalities, _ = s.setting("output_modalities").([]any)
	}
	t := &Talk{session: s, id: s.id("resp"), status: "completed", written: slices.Contains(modalities, any("text"))}
	t.ctx, t.stop = context.WithCancel(s.ctx)
	s.talk = t
	s.emit("response.created", map[string]any{"response": t.response("in_progress")})
	var part LivePart
	s.service.note(func() { part = next(&s.service.script) })
	s.group.Go(func() {
		part(t)
		s.locked(t.end)
	})
}

// cancel ends the response under way.
func (s *liveSession) cancel(e LiveEvent) {
	if s.talk == nil {
		s.refuse(e, "response_cancel_not_active", "There is no response to cancel.")
		return
	}
	s.talk.cut("client_cancelled")
}

// cut ends the response at once. The session is locked.
func (t *Talk) cut(why string) {
	t.status, t.details = "cancelled", map[string]any{"type": "cancelled", "reason": why}
	t.end()
}

// end says that the response has ended, once. The session is locked.
func (t *Talk) end() {
	s := t.session
	t.stop()
	if s.talk != t {
		return
	}
	s.talk = nil
	if t.item != nil {
		t.close()
	}
	s.emit("rate_limits.updated", map[string]any{"rate_limits": []any{map[string]any{"name": "tokens", "limit": 1000, "remaining": 900, "reset_seconds": 0.5}}})
	s.emit("response.done", map[string]any{"response": t.response(t.status)})
}

// response is the response as events tell of it.
func (t *Talk) response(status string) map[string]any {
	r := map[string]any{"id": t.id, "object": "realtime.response", "status": status, "output": []any{}, "conversation_id": "conv_1"}
	if status == "in_progress" {
		return r
	}
	if t.details != nil {
		r["status_details"] = t.details
	}
	output := slices.Clone(t.calls)
	if t.item != nil {
		output = append(output, t.whole("completed"))
	}
	if output != nil {
		r["output"] = output
	}
	r["usage"] = map[string]any{
		"input_tokens": InputTokens, "output_tokens": OutputTokens, "total_tokens": InputTokens + OutputTokens,
		"input_token_details":  map[string]any{"text_tokens": 20, "audio_tokens": InputTokens - 20, "cached_tokens": 0},
		"output_token_details": map[string]any{"text_tokens": 10, "audio_tokens": OutputTokens - 10},
	}
	return r
}

// whole is the answer's item.
func (t *Talk) whole(status string) map[string]any {
	part := map[string]any{"type": "output_audio", "transcript": t.item.Text}
	if t.written {
		part = map[string]any{"type": "output_text", "text": t.item.Text}
	}
	return map[string]any{"id": t.item.ID, "object": "realtime.item", "type": "message", "role": "assistant", "status": status, "content": []any{part}}
}

// place is where in the response the answer stands.
func (t *Talk) place(fields map[string]any) map[string]any {
	for key, value := range map[string]any{"response_id": t.id, "item_id": t.item.ID, "output_index": 0, "content_index": 0} {
		fields[key] = value
	}
	return fields
}

// open begins the answer's item, if it has not begun.
func (t *Talk) open() {
	if t.item != nil {
		return
	}
	s := t.session
	t.item = &LiveItem{ID: s.id("item"), Role: "assistant", Sound: audio.Clip{Rate: audio.RateSpeak}}
	behind := s.last()
	s.items = append(s.items, t.item)
	item := t.whole("in_progress")
	item["content"] = []any{}
	s.emit("response.output_item.added", map[string]any{"response_id": t.id, "output_index": 0, "item": item})
	s.emit("conversation.item.added", map[string]any{"previous_item_id": behind, "item": item})
	s.emit("response.content_part.added", t.place(map[string]any{"part": t.part()}))
}

func (t *Talk) part() map[string]any {
	if t.written {
		return map[string]any{"type": "text", "text": t.item.Text}
	}
	return map[string]any{"type": "audio", "transcript": t.item.Text}
}

// close ends the answer's item.
func (t *Talk) close() {
	s := t.session
	if t.written {
		s.emit("response.output_text.done", t.place(map[string]any{"text": t.item.Text}))
	} else {
		s.emit("response.output_audio.done", t.place(map[string]any{}))
		s.emit("response.output_audio_transcript.done", t.place(map[string]any{"transcript": t.item.Text}))
	}
	s.emit("response.content_part.done", t.place(map[string]any{"part": t.part()}))
	s.emit("response.output_item.done", map[string]any{"response_id": t.id, "output_index": 0, "item": t.whole("completed")})
	s.emit("conversation.item.done", map[string]any{"item": t.whole("completed")})
}

// with does something in the response, unless it has ended.
func (t *Talk) with(do func()) {
	t.session.locked(func() {
		if t.session.talk == t {
			do()
		}
	})
}

// LiveAll gives parts one after the other.
func LiveAll(parts ...LivePart) LivePart {
	return func(t *Talk) {
		for _, part := range parts {
			part(t)
		}
	}
}

// LiveWords says words that nobody hears: a piece of the transcript.
func LiveWords(text string) LivePart {
	return func(t *Talk) {
		t.with(func() {
			t.open()
			t.item.Text += text
			kind := "response.output_audio_transcript.delta"
			if t.written {
				kind = "response.output_text.delta"
			}
			t.session.emit(kind, t.place(map[string]any{"delta": text}))
		})
	}
}

// LiveSound makes sound, 100 ms at a time.
func LiveSound(c audio.Clip) LivePart {
	return func(t *Talk) {
		for piece := range slices.Chunk(c.Samples, audio.RateSpeak/10) {
			t.with(func() {
				if t.written {
					return
				}
				t.open()
				t.session.spoke = true
				t.item.Sound.Samples = append(t.item.Sound.Samples, piece...)
				t.session.emit("response.output_audio.delta", t.place(map[string]any{"delta": encodePCM(piece)}))
			})
		}
	}
}

// LiveSay says a sentence: its words, each on its own, a tone for as long as it
// lasts, and a pause of 250 ms.
func LiveSay(text string, d time.Duration) LivePart {
	var parts []LivePart
	for _, word := range strings.SplitAfter(text, " ") {
		if word != "" {
			parts = append(parts, LiveWords(word))
		}
	}
	return LiveAll(append(parts, LiveSound(tone(d)), LiveSilence(250*time.Millisecond))...)
}

// LiveSilence is sound without any.
func LiveSilence(d time.Duration) LivePart {
	return LiveSound(audio.Clip{Rate: audio.RateSpeak, Samples: make([]int16, audio.Samples(d, audio.RateSpeak))})
}

// LiveWait holds the response until gate is closed or it has been cancelled.
func LiveWait(gate <-chan struct{}) LivePart {
	return func(t *Talk) {
		select {
		case <-gate:
		case <-t.ctx.Done():
		}
	}
}

// LivePause holds the response for a while.
func LivePause(d time.Duration) LivePart {
	return func(t *Talk) {
		select {
		case <-time.After(d):
		case <-t.ctx.Done():
		}
	}
}

// LiveCall calls a function.
func LiveCall(name, arguments string) LivePart {
	return func(t *Talk) {
		t.with(func() {
			s := t.session
			item := &LiveItem{ID: s.id("item"), Call: s.id("call"), Text: arguments}
			behind := s.last()
			s.items = append(s.items, item)
			tell := func(status string) map[string]any {
				return map[string]any{"id": item.ID, "object": "realtime.item", "type": "function_call", "status": status, "call_id": item.Call, "name": name, "arguments": arguments}
			}
			at := map[string]any{"response_id": t.id, "output_index": len(t.calls)}
			with := func(more map[string]any) map[string]any { maps.Copy(more, at); return more }
			s.emit("response.output_item.added", with(map[string]any{"item": tell("in_progress")}))
			s.emit("conversation.item.added", map[string]any{"previous_item_id": behind, "item": tell("in_progress")})
			s.emit("response.function_call_arguments.delta", with(map[string]any{"item_id": item.ID, "call_id": item.Call, "delta": arguments}))
			s.emit("response.function_call_arguments.done", with(map[string]any{"item_id": item.ID, "call_id": item.Call, "name": name, "arguments": arguments}))
			s.emit("response.output_item.done", with(map[string]any{"item": tell("completed")}))
			s.emit("conversation.item.done", map[string]any{"item": tell("completed")})
			t.calls = append(t.calls, tell("completed"))
		})
	}
}

// LiveEnd says how the response ends: completed, incomplete or failed. reason is
// why, of a failure its code.
func LiveEnd(status, reason string) LivePart {
	return func(t *Talk) {
		t.with(func() {
			t.status, t.details = status, map[string]any{"type": status}
			if status == "failed" {
				t.details["error"] = map[string]any{"type": "error", "code": reason}
			} else {
				t.details["reason"] = reason
			}
		})
	}
}

// LiveError reports an error of the session, and does nothing else.
func LiveError(code, message string) LivePart {
	return func(t *Talk) { t.with(func() { t.session.emitError("", code, message) }) }
}

// LiveRaw sends text that need be no event.
func LiveRaw(text string) LivePart {
	return func(t *Talk) { t.with(func() { t.session.send([]byte(text)) }) }
}

// LiveClose closes the session with a code and a reason.
func LiveClose(code int, reason string) LivePart {
	return func(t *Talk) {
		_ = t.session.conn.Close(websocket.StatusCode(code), reason) // a client that left is no concern of the script
		<-t.ctx.Done()
	}
}

// LiveCut breaks the link.
func LiveCut() LivePart {
	return func(t *Talk) {
		_ = t.session.conn.CloseNow()
		<-t.ctx.Done()
	}
}
