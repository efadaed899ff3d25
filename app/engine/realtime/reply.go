package realtime

import (
	"strings"
	"time"

	"aside/app/engine"
	"aside/app/engine/remote"
	"aside/app/engine/spoken"
	"aside/audio"
)

// Limits of an answer. What comes beyond the first is not heard.
const (
	longestSpeech = 10 * time.Minute
	longestText   = 1 << 20 // bytes
)

// reply is how far the answer has come.
type reply struct {
	response string // its ID
	part     string // the response that the last words came with

	words   string // of the question, as far as they are understood
	heard   bool   // they are complete, or will never be
	unclear bool   // the service could not write all of them down
	began   bool   // there are words of the answer

	align   *aligner
	trim    audio.StartTrimmer
	rest    []byte // half a sample
	speech  int    // samples that were handed on
	written int    // bytes of text

	ending *engine.Done // the answer is complete; the words of the question are waited for
	idle   *time.Timer  // runs while something is waited for
}

// begun reports whether anything of the answer has come.
func (x *exchange) begun() bool { return x.began || x.speech > 0 || x.called > 0 }

// take takes an event that may be about this exchange.
func (x *exchange) take(e received) {
	if x.over {
		return
	}
	const understood = "conversation.item.input_audio_transcription."
	if kind, ok := strings.CutPrefix(e.Type, understood); ok {
		x.understand(kind, e)
		return
	}
	if x.session.active != x || e.ResponseID != "" && e.ResponseID != x.response {
		return
	}
	x.wind()
	switch e.Type {
	case "response.output_item.done":
		if e.Item.Type == "function_call" {
			x.calling(e)
		}
	case "response.output_audio.delta":
		x.sound(e)
	case "response.output_audio_transcript.delta":
		x.text(e.Delta, true)
	case "response.output_text.delta":
		x.text(e.Delta, false)
	}
}

// know hands the words of the question on. If they are a speech control that is
// handed on, too, and is all that is wanted unless the answer has begun.
func (x *exchange) know() {
	x.heard = true
	if x.prompt.HandsFree && x.words == "" && !x.unclear && !x.begun() {
		x.finish(remote.NothingSaid()) // a noise: nobody has pressed a key to ask
		return
	}
	name, value, control := spoken.Control(x.words)
	if control { // first, for it is waited for
		x.emit(engine.Control{Name: name, Value: value})
	}
	x.emit(engine.Transcript{Text: x.words, Final: true})
	switch {
	case x.ending != nil:
		x.end(*x.ending)
	case x.engine.config.Part == Ears:
		x.end(engine.Done{Reason: "stop"})
	case control && !x.begun():
		x.session.out.push(x.session.stop(x)...)
		x.end(engine.Done{Reason: "control"})
	}
}

// unknown says that there are no words of the question.
func (x *exchange) unknown() {
	x.unclear = true
	e := &engine.Error{Code: "transcript_missing", Message: "The service did not write down what you said.", Hint: "Check transcribe.model."}
	if x.engine.config.Part == Ears {
		e.Retry = true
		x.fail(e)
		return
	}
	x.emit(engine.Warning{Err: e})
	x.know()
}

// text takes words of the answer.
func (x *exchange) text(delta string, aloud bool) {
	if delta == "" {
		return
	}
	if x.part != x.response && x.part != "" { // it goes on after a function
		delta = " " + strings.TrimLeft(delta, " ")
	}
	x.part = x.response
	x.began, x.log = true, nil
	if x.written += len(delta); x.written > longestText {
		x.fail(remote.Failed(remote.ErrTooLong))
		return
	}
	x.emit(engine.Text{Delta: delta})
	if aloud {
		x.align.add(delta)
	}
}

// sound takes a piece of the spoken answer. The silence before it is left out.
func (x *exchange) sound(e received) {
	f, rest, err := sound(e.Delta, x.rest)
	if err != nil {
		x.fail(reason(err, true))
		return
	}
	x.rest = rest
	if !x.prompt.Speak || audio.Duration(x.speech, audio.RateSpeak) > longestSpeech {
		return
	}
	a := x.items.answer(e.ItemID, x.speech)
	a.samples += len(f.Samples)
	trimmed := x.trim.Trim(f)
	if x.speech == 0 {
		a.trimmed = a.samples - len(trimmed.Samples)
	}
	for f := range audio.Clip(trimmed).Frames() {
		x.speech += len(f.Samples)
		x.log = nil
		x.emit(engine.Speech{Frame: f, Sentence: x.align.next(f)})
	}
}

// answer returns an item of the spoken answer, whose speech begins there if it
// is a new one.
func (i *items) answer(id string, begins int) *answer {
	if n := len(i.answers); n > 0 && i.answers[n-1].id == id {
		return &i.answers[n-1]
	}
	i.answers = append(i.answers, answer{id: id, begins: begins})
	i.add(id)
	return &i.answers[len(i.answers)-1]
}

// done takes the end of the response.
func (x *exchange) done(r response) {
	if x.over {
		return
	}
	if r.Usage != nil {
		x.emit(engine.Usage{Input: int(r.Usage.Input), Output: int(r.Usage.Output)})
	}
	if r.Status == "completed" && len(x.calls) > 0 {
		x.act()
		return
	}
	x.calls = nil
	reason, err := x.judge(r)
	if err != nil {
		x.session.out.push(x.items.forget()...)
		x.fail(err)
		return
	}
	x.complete(reason)
}

// complete ends a reply of which all is there, once the words of the question
// are known.
func (x *exchange) complete(reason string) {
	x.session.out.push(x.items.forget()...)
	x.flush()
	end := engine.Done{Reason: reason}
	if x.heard || !x.spoken() || x.engine.config.Transcribe == "" {
		x.end(end)
		return
	}
	x.ending = &end
	x.still()
	x.idle = time.AfterFunc(x.engine.limits.hear, func() {
		x.engine.mu.Lock()
		defer x.engine.mu.Unlock()
		if !x.over && !x.heard {
			x.unknown()
		}
	})
}

// judge says how a response ended: with which reason, or as which failure.
func (x *exchange) judge(r response) (string, *engine.Error) {
	reason := r.Details.Reason
	switch {
	case r.Status == "failed":
		return "", x.session.meaning(r.Details.Error)
	case reason == "content_filter" && !x.begun():
		return "", &engine.Error{Code: "content_filtered", Message: "The service refused to answer this.", Hint: "Ask it differently, or without the screen."}
	case r.Status == "cancelled": // not by us: then nobody listens any more
		return "", reasonOfCut()
	case !x.begun():
		return "", &engine.Error{Code: "answer_empty", Message: "The service sent an empty answer.", Hint: "Send the question again, or choose another model.", Retry: true}
	case reason == "max_output_tokens":
		return "length", nil
	case reason != "":
		return reason, nil
	}
	return "stop", nil
}

func reasonOfCut() *engine.Error {
	return &engine.Error{Code: "stream_cut", Message: "The service broke the answer off.", Hint: "Send the question again.", Retry: true}
}

// cutShort ends the reply with what has come of it: the service is to answer
// another question.
func (x *exchange) cutShort() {
	if x.over {
		return
	}
	x.flush()
	x.end(engine.Done{Reason: "cancelled"})
}

// flush hands on which words are left of those that were said.
func (x *exchange) flush() {
	if words := x.align.rest(); words != "" && x.speech > 0 {
		x.emit(engine.Speech{Frame: audio.Frame{Rate: audio.RateSpeak}, Sentence: words})
	}
}

// end ends a reply that is complete.
func (x *exchange) end(d engine.Done) {
	x.emit(d)
	x.finish(nil)
}

// wind starts the time without a sign of life anew.
func (x *exchange) wind() {
	if x.over || x.ending != nil {
		return
	}
	if x.idle != nil {
		x.idle.Reset(x.engine.limits.idle)
		return
	}
	x.idle = time.AfterFunc(x.engine.limits.idle, func() {
		x.engine.mu.Lock()
		defer x.engine.mu.Unlock()
		switch {
		case x.ending != nil:
		case x.engine.config.Part == Ears:
			x.unknown()
		default:
			x.fail(&engine.Error{Code: "stream_idle", Message: "The service stopped in the middle of the answer.", Hint: "Send the question again.", Retry: true})
		}
	})
}

// still stops waiting.
func (x *exchange) still() {
	if x.idle != nil {
		x.idle.Stop()
	}
}
