package enginetest

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"aside/audio"
)

// leastCommitted is less than any utterance.
const leastCommitted = 100 * time.Millisecond

// decodePCM reads the sound in an event: 24 kHz, mono, 16 bits.
func decodePCM(encoded string) ([]int16, error) {
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(raw)%2 > 0 {
		return nil, fmt.Errorf("%d bytes of sound: %w", len(raw), err)
	}
	samples := make([]int16, len(raw)/2)
	_, err = binary.Decode(raw, binary.LittleEndian, samples)
	return samples, err
}

func encodePCM(samples []int16) string {
	raw, err := binary.Append(nil, binary.LittleEndian, samples)
	if err != nil {
		panic(err) // samples have a fixed size
	}
	return base64.StdEncoding.EncodeToString(raw)
}

// commit makes an item of the sound that has come.
func (s *liveSession) commit(e LiveEvent) {
	sound := audio.Clip{Rate: audio.RateSpeak, Samples: s.buffer}
	if sound.Duration() < leastCommitted {
		s.refuse(e, "input_audio_buffer_commit_empty", "The buffer is too small.")
		return
	}
	s.utterance(s.id("item"), sound)
}

// utterance adds an item of sound and tells what was said in it.
func (s *liveSession) utterance(id string, sound audio.Clip) {
	s.buffer, s.turns = nil, turns{total: s.turns.total}
	item := &LiveItem{ID: id, Role: "user", Sound: sound}
	before := s.last()
	s.emit("input_audio_buffer.committed", map[string]any{"item_id": id, "previous_item_id": before})
	s.add(item, before, map[string]any{"type": "input_audio", "transcript": ""})
	if s.setting("audio", "input", "transcription") == nil {
		return
	}
	var heard LiveHearing
	s.service.note(func() { heard = next(&s.service.hears) })
	if heard.Mute {
		return
	}
	if heard.Gate == nil {
		s.transcribe(item, heard)
		return
	}
	s.group.Go(func() {
		select {
		case <-heard.Gate:
			s.locked(func() { s.transcribe(item, heard) })
		case <-s.ctx.Done():
		}
	})
}

func (s *liveSession) transcribe(item *LiveItem, heard LiveHearing) {
	const kind = "conversation.item.input_audio_transcription."
	if heard.Fail {
		s.emit(kind+"failed", map[string]any{"item_id": item.ID, "content_index": 0, "error": map[string]any{"code": "audio_unintelligible", "message": "no"}})
		return
	}
	for _, word := range strings.SplitAfter(heard.Text, " ") {
		s.emit(kind+"delta", map[string]any{"item_id": item.ID, "content_index": 0, "delta": word})
	}
	item.Text = heard.Text
	usage := map[string]any{"type": "duration", "seconds": item.Sound.Duration().Seconds()}
	if n := heard.Input + heard.Output; n > 0 {
		usage = map[string]any{"type": "tokens", "input_tokens": heard.Input, "output_tokens": heard.Output, "total_tokens": n}
	}
	s.emit(kind+"completed", map[string]any{"item_id": item.ID, "content_index": 0, "transcript": heard.Text, "usage": usage})
}

// last is the ID of the last item, nil if there is none.
func (s *liveSession) last() any {
	if len(s.items) == 0 {
		return nil
	}
	return s.items[len(s.items)-1].ID
}

// add adds an item behind another; nil is the beginning.
func (s *liveSession) add(item *LiveItem, behind any, content ...any) {
	at := 1 + slices.IndexFunc(s.items, func(i *LiveItem) bool { return i.ID == behind })
	s.items = slices.Insert(s.items, at, item)
	event := map[string]any{"previous_item_id": behind, "item": map[string]any{
		"id": item.ID, "type": "message", "role": item.Role, "object": "realtime.item", "status": "completed", "content": content,
	}}
	s.emit("conversation.item.added", event)
	s.emit("conversation.item.done", event)
}

// create adds an item that the client wrote.
func (s *liveSession) create(e LiveEvent) {
	wanted, _ := e.Fields["item"].(map[string]any)
	item := &LiveItem{}
	item.ID, _ = wanted["id"].(string)
	item.Role, _ = wanted["role"].(string)
	behind := s.last()
	if named, ok := e.Fields["previous_item_id"].(string); ok {
		behind = named
		if named == "root" {
			behind = nil
		}
	}
	switch {
	case item.ID == "":
		item.ID = s.id("item")
	case s.find(item.ID) != nil:
		s.refuse(e, "item_create_duplicate_item_id", "This item is there already.")
		return
	}
	if id, named := behind.(string); named && s.find(id) == nil {
		s.refuse(e, "item_create_invalid_previous_item_id", "There is no such item.")
		return
	}
	if wanted["type"] == "function_call_output" {
		s.result(e, item, wanted)
		return
	}
	content, _ := wanted["content"].([]any)
	for _, part := range content {
		if err := item.put(part.(map[string]any)); err != nil {
			s.service.t.Errorf("an item: %v", err)
		}
	}
	s.service.note(func() { s.service.shown = append(s.service.shown, item.Pictures...) })
	s.add(item, behind, content...)
}

// result adds what became of the call of a function.
func (s *liveSession) result(e LiveEvent, item *LiveItem, wanted map[string]any) {
	item.Call, _ = wanted["call_id"].(string)
	item.Text, _ = wanted["output"].(string)
	if !slices.ContainsFunc(s.items, func(i *LiveItem) bool { return i.Call == item.Call }) {
		s.refuse(e, "item_create_invalid_call_id", "There is no such call.")
		return
	}
	before := s.last()
	s.items = append(s.items, item)
	for _, kind := range []string{"conversation.item.added", "conversation.item.done"} {
		s.emit(kind, map[string]any{"previous_item_id": before, "item": wanted})
	}
}

// put adds a part of the content.
func (i *LiveItem) put(part map[string]any) error {
	text, _ := part["text"].(string)
	i.Text += text
	address, ok := part["image_url"].(string)
	if !ok {
		return nil
	}
	detail, _ := part["detail"].(string)
	picture, err := decodePicture(address, detail)
	i.Pictures = append(i.Pictures, picture)
	return err
}

func (s *liveSession) find(id string) *LiveItem {
	for _, i := range s.items {
		if i.ID == id {
			return i
		}
	}
	return nil
}

// truncate forgets what was not heard of an answer.
func (s *liveSession) truncate(e LiveEvent) {
	id, _ := e.Fields["item_id"].(string)
	ms, _ := e.Fields["audio_end_ms"].(float64)
	item := s.find(id)
	end := audio.Samples(time.Duration(ms)*time.Millisecond, audio.RateSpeak)
	switch {
	case item == nil || item.Role != "assistant":
		s.refuse(e, "item_truncate_invalid_item_id", "There is no such answer.")
		return
	case end > len(item.Sound.Samples):
		s.refuse(e, "invalid_value", fmt.Sprintf("Only %v are there.", item.Sound.Duration()))
		return
	}
	item.Sound.Samples, item.Text, item.Cut = item.Sound.Samples[:end], "", true
	s.emit("conversation.item.truncated", map[string]any{"item_id": id, "content_index": 0, "audio_end_ms": int(ms)})
}

// retrieve tells of an item as it now is.
func (s *liveSession) retrieve(e LiveEvent) {
	id, _ := e.Fields["item_id"].(string)
	item := s.find(id)
	if item == nil {
		s.refuse(e, "item_retrieve_invalid_item_id", "There is no such item.")
		return
	}
	part := map[string]any{"type": "input_audio", "transcript": item.Text}
	if item.Role == "assistant" {
		part["type"] = "output_audio"
	}
	s.emit("conversation.item.retrieved", map[string]any{"item": map[string]any{
		"id": id, "type": "message", "role": item.Role, "object": "realtime.item", "status": "completed", "content": []any{part},
	}})
}

func (s *liveSession) remove(e LiveEvent) {
	id, _ := e.Fields["item_id"].(string)
	if s.find(id) == nil {
		s.refuse(e, "item_delete_invalid_item_id", "There is no such item.")
		return
	}
	s.items = slices.DeleteFunc(s.items, func(i *LiveItem) bool { return i.ID == id })
	s.emit("conversation.item.deleted", map[string]any{"item_id": id})
}
