package realtime

import (
	"slices"
	"strings"

	"aside/app/engine"
)

// detection is how the service notices that the user has stopped speaking. What
// comes of that is ours to decide: it neither answers nor breaks an answer off.
type detection struct {
	Type      string `json:"type"`
	Silence   int    `json:"silence_duration_ms,omitempty"` // of server_vad
	Create    bool   `json:"create_response"`
	Interrupt bool   `json:"interrupt_response"`
}

// detecting is the event that changes it.
type detecting struct {
	Type    string `json:"type"`
	EventID string `json:"event_id"`
	Session struct {
		Type  string `json:"type"`
		Audio struct {
			Input struct {
				TurnDetection *detection `json:"turn_detection"`
			} `json:"input"`
		} `json:"audio"`
	} `json:"session"`
}

// byLoudness is the detection that every service knows.
const byLoudness = "server_vad"

// endOfTurn is the silence that ends an utterance for it, in milliseconds: less
// cuts off who looks for a word.
const endOfTurn = 700

// detect has the service notice by itself when the user has stopped, for x. With
// the talk key it is not to: a pause while that is held is only a pause. As
// nothing is sent between two utterances, the first says what holds for it.
func (s *session) detect(x *exchange) []message {
	want := ""
	if x.prompt.HandsFree {
		want = byLoudness
		if by := s.engine.config.Detection; by != nil {
			want = by()
		}
	}
	if want == s.detects {
		return nil
	}
	s.detects = want
	e := detecting{Type: "session.update", EventID: x.event(aboutTurns)}
	e.Session.Type = "realtime"
	switch want {
	case "":
	case byLoudness:
		e.Session.Audio.Input.TurnDetection = &detection{Type: want, Silence: endOfTurn}
	default:
		e.Session.Audio.Input.TurnDetection = &detection{Type: want}
	}
	return []message{written(e)}
}

// spell is a part of the utterance that has become an item. With the talk key
// there is one; the service, if it is to notice when the user has stopped, may
// make several.
type spell struct {
	item, words string
	known       bool // the words are complete, or will never be
}

// committed notes which item the oldest utterance has become that waits for
// that, or what is being said.
func (s *session) committed(id string) {
	x := s.speaker
	if len(s.commits) > 0 {
		x, s.commits = s.commits[0], s.commits[1:]
	}
	if x == nil || x.items.gone {
		s.out.push(deletion(id))
		return
	}
	x.items.add(id)
	x.spells, x.taken = append(x.spells, spell{item: id}), true
	if !x.committed {
		x.emit(engine.Paused{})
	}
}

// understand takes words of the question.
func (x *exchange) understand(kind string, e received) {
	i := slices.IndexFunc(x.spells, func(p spell) bool { return p.item == e.ItemID })
	if i < 0 || x.heard {
		return
	}
	switch p := &x.spells[i]; {
	case kind == "delta" && len(p.words) < longestText:
		p.words += e.Delta
		x.words = x.said()
		x.emit(engine.Transcript{Text: x.words})
	case kind == "completed":
		p.words, p.known = strings.TrimSpace(e.Transcript), true
		if u := e.Usage; x.engine.config.Part == Ears && u.Input+u.Output > 0 {
			x.emit(engine.Usage{Input: int(u.Input), Output: int(u.Output)})
		}
		x.hearOut()
	case kind == "failed":
		p.known, x.unclear = true, true
		x.hearOut()
	}
}

// said is what is known of the utterance.
func (x *exchange) said() string {
	var all []string
	for _, p := range x.spells {
		all = append(all, p.words)
	}
	return strings.TrimSpace(strings.Join(all, " "))
}

// hearOut hands the words of the question on once all of them are known.
func (x *exchange) hearOut() {
	open := func(p spell) bool { return !p.known }
	if x.heard || !x.committed || !x.taken || len(x.spells) == 0 || slices.ContainsFunc(x.spells, open) {
		return
	}
	x.words = x.said()
	if x.unclear {
		x.unknown()
		return
	}
	x.know()
}

// commitment is the event that ends the utterance.
func (x *exchange) commitment() message {
	return written(sent{Type: "input_audio_buffer.commit", EventID: x.event(aboutCommit)})
}
