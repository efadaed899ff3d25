package enginetest

import (
	"time"

	"aside/audio"
)

// turns is the detection of turns in sound that comes in.
type turns struct {
	total    int    // samples that have come in this session
	rest     int    // of the buffer, not judged yet
	speaking string // the ID of the item that it will be, "" while nobody speaks
	quiet    time.Duration
}

const (
	turnBlock    = 20 * time.Millisecond
	turnLoudness = -45 // dBFS
	turnSilence  = 500 * time.Millisecond
)

// hear takes sound. If the session is to detect turns, speech that ends is an
// utterance, and is answered.
func (s *liveSession) hear(e LiveEvent) {
	encoded, _ := e.Fields["audio"].(string)
	samples, err := decodePCM(encoded)
	if err != nil {
		s.service.t.Errorf("a frame: %v", err)
		return
	}
	s.buffer = append(s.buffer, samples...)
	detection, _ := s.setting("audio", "input", "turn_detection").(map[string]any)
	if detection == nil {
		s.turns.total += len(samples)
		return
	}
	s.turns.rest += len(samples)
	n := audio.Samples(turnBlock, audio.RateSpeak)
	for s.turns.rest >= n {
		at := len(s.buffer) - s.turns.rest
		s.turns.rest -= n
		s.turns.total += n
		s.detect(s.buffer[at:at+n], detection)
	}
}

// detect judges one block.
func (s *liveSession) detect(block []int16, detection map[string]any) {
	t := &s.turns
	loud := audio.Decibels(audio.RMS(block)) > turnLoudness
	now := int(audio.Duration(t.total, audio.RateSpeak).Milliseconds())
	switch {
	case loud && t.speaking == "":
		t.speaking = s.id("item")
		s.emit("input_audio_buffer.speech_started", map[string]any{"audio_start_ms": max(0, now-int(turnBlock.Milliseconds())), "item_id": t.speaking})
		if s.talk != nil && detection["interrupt_response"] != false {
			s.talk.cut("turn_detected")
		}
	case !loud && t.speaking != "":
		t.quiet += turnBlock
	}
	if loud {
		t.quiet = 0
	}
	silence := turnSilence
	if ms, ok := detection["silence_duration_ms"].(float64); ok {
		silence = time.Duration(ms) * time.Millisecond
	}
	if t.speaking == "" || t.quiet < silence {
		return
	}
	id := t.speaking
	s.emit("input_audio_buffer.speech_stopped", map[string]any{"audio_end_ms": now, "item_id": id})
	rest := t.rest
	sound := s.buffer[:len(s.buffer)-rest]
	later := s.buffer[len(sound):]
	s.utterance(id, audio.Clip{Rate: audio.RateSpeak, Samples: sound})
	s.buffer, s.turns.rest = append([]int16(nil), later...), rest
	if detection["create_response"] != false {
		s.respond(LiveEvent{})
	}
}
