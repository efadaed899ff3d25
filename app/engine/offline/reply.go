package offline

import (
	"context"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"aside/app/engine"
	"aside/app/engine/spoken"
	"aside/audio"
)

// reply makes the reply of one exchange.
type reply struct {
	*exchange
	utterance audio.Clip
	look      *look
}

// make answers: words of the utterance, text, speech, the end.
func (r *reply) make(ctx context.Context) error {
	asked, err := r.question(ctx)
	if err != nil {
		return err
	}
	sentences := make(chan string, maxSentences)
	said := make(chan struct{})
	go func() {
		defer close(said)
		r.speak(ctx, sentences)
	}()
	err = r.answer(ctx, asked, sentences)
	close(sentences)
	<-said
	if err != nil {
		return err
	}
	return r.emit(ctx, engine.Done{Reason: "stop"})
}

// question returns what is asked.
func (r *reply) question(ctx context.Context) (question, error) {
	switch {
	case r.prompt.Question != "":
		return understand(r.prompt.Question), nil
	case r.prompt.Look:
		return question{intent: wantLook}, nil
	case len(r.utterance.Samples) == 0:
		return question{}, &engine.Error{Code: "no_speech", Message: "No words were heard.", Hint: "Hold the key while you speak, a little louder."}
	}
	var words func(context.Context) ([]string, error)
	if r.look != nil {
		words = r.candidates
	}
	heard, err := r.engine.ear.hear(ctx, r.utterance, words)
	if err != nil {
		return question{}, err
	}
	return understand(heard), r.emit(ctx, engine.Transcript{Text: heard, Final: true})
}

// candidates are the words on the screen that somebody might want to find, in
// the order of the page.
func (r *reply) candidates(ctx context.Context) ([]string, error) {
	p, err := r.read(ctx)
	if err != nil {
		return nil, err
	}
	var words []string
	seen := map[string]bool{}
	for _, l := range p.written() {
		for _, w := range fields(l) {
			if !seen[w] && utf8.RuneCountInString(w) >= 3 && !strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsLetter(r) }) {
				words = append(words, w)
			}
			seen[w] = true
		}
	}
	return words, nil
}

// read waits for the text of the picture.
func (r *reply) read(ctx context.Context) (page, error) {
	select {
	case <-r.look.done:
		return r.look.page, r.look.err
	case <-ctx.Done():
		return page{}, ctx.Err()
	}
}

// answer says what can be said before the picture is read, then the rest.
func (r *reply) answer(ctx context.Context, q question, sentences chan<- string) error {
	switch {
	case q.intent == wantControl:
		return r.control(ctx, q, sentences)
	case r.look == nil:
		return r.tell(ctx, []part{blind(q)}, sentences)
	case q.intent == wantSelection:
		return r.tell(ctx, selection(r.look.shot.Selection), sentences)
	}
	if _, err := tesseract().find(); err != nil {
		return err
	}
	if err := r.tell(ctx, opening(q, r.look.shot), sentences); err != nil {
		return err
	}
	p, err := r.read(ctx)
	if err != nil {
		return err
	}
	return r.tell(ctx, answer(q, p), sentences)
}

// control hands a speech control on and confirms it.
func (r *reply) control(ctx context.Context, q question, sentences chan<- string) error {
	c := engine.Control{Name: q.about}
	if q.about == "voice" {
		c.Value = r.engine.mouth.another()
	}
	if err := r.emit(ctx, c); err != nil {
		return err
	}
	return r.tell(ctx, confirmation(q.about), sentences)
}

// maxSentences bounds what one answer says aloud.
const maxSentences = 40

// tell emits parts of the answer and hands their sentences on to be spoken.
func (r *reply) tell(ctx context.Context, parts []part, sentences chan<- string) error {
	for _, p := range parts {
		if err := r.emit(ctx, engine.Text{Delta: p.text}); err != nil {
			return err
		}
		if !r.prompt.Speak {
			continue
		}
		var splitter spoken.Splitter
		for _, s := range append(splitter.Add(p.aloud), splitter.Rest()...) {
			select {
			case sentences <- s:
			default: // more than anybody wants to hear
			}
		}
	}
	return nil
}

// speak turns sentences into speech, one after the other, until there are no
// more. If it goes wrong the text goes on alone: one warning, and silence.
func (r *reply) speak(ctx context.Context, sentences <-chan string) {
	broken := false
	for sentence := range sentences {
		if broken || ctx.Err() != nil {
			continue
		}
		if err := r.say(ctx, sentence); err != nil && ctx.Err() == nil {
			broken = true
			_ = r.emit(ctx, engine.Warning{Err: voiceless(err)}) // ctx has ended then
		}
	}
}

func voiceless(err error) *engine.Error {
	e, ok := errors.AsType[*engine.Error](err)
	if !ok {
		e = &engine.Error{Code: "speech_failed", Message: "The answer cannot be spoken.", Hint: "Read it in the panel.", Err: err}
	}
	return e
}

// say speaks one sentence, without the silence before it.
func (r *reply) say(ctx context.Context, sentence string) error {
	var trim audio.StartTrimmer
	first := sentence
	return r.engine.mouth.Say(ctx, sentence, func(f audio.Frame) error {
		if f = trim.Trim(f); len(f.Samples) == 0 {
			return nil
		}
		s := engine.Speech{Frame: f, Sentence: first}
		first = ""
		return r.emit(ctx, s)
	})
}
