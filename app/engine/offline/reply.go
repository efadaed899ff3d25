package offline

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"aside/app/engine"
	"aside/app/engine/spoken"
	"aside/audio"
	"aside/vision"
)

// reply makes the reply of one exchange.
type reply struct {
	*exchange
	utterance audio.Clip
	looks     []*look
}

// make answers: words of the utterance, text, speech, the end.
func (r *reply) make(ctx context.Context) error {
	defer r.unneeded()
	asked, err := r.question(ctx)
	if err != nil {
		return err
	}
	if !asked.looks() {
		r.unneeded()
	}
	pieces := make(chan spoken.Piece, maxPieces)
	said := make(chan struct{})
	go func() {
		defer close(said)
		r.speak(ctx, pieces)
	}()
	err = r.answer(ctx, asked, pieces)
	close(pieces)
	<-said
	if err != nil {
		return err
	}
	return r.feed.Emit(ctx, engine.Done{Reason: asked.reason()})
}

// unneeded ends the reading of the pictures.
func (r *reply) unneeded() {
	for _, l := range r.looks {
		l.cancel()
	}
}

// question returns what is asked.
func (r *reply) question(ctx context.Context) (question, error) {
	switch {
	case r.prompt.Question != "":
		asked := understand(r.prompt.Question)
		return asked, r.obey(ctx, asked)
	case r.prompt.Look:
		return question{intent: wantLook}, nil
	case len(r.utterance.Samples) == 0:
		return question{}, &engine.Error{Code: "no_speech", Message: "No words were heard.", Hint: "Hold the key while you speak, a little louder."}
	}
	var words func(context.Context) ([]string, error)
	if len(r.looks) > 0 {
		words = r.candidates
	}
	heard, err := r.engine.ear.hear(ctx, r.utterance, words)
	if err != nil {
		return question{}, err
	}
	asked := understand(heard)
	if err := r.obey(ctx, asked); err != nil {
		return question{}, err
	}
	return asked, r.feed.Emit(ctx, engine.Transcript{Text: heard, Final: true})
}

// obey hands a speech control on: before everything else, for it is waited for.
func (r *reply) obey(ctx context.Context, q question) error {
	if q.intent != wantControl {
		return nil
	}
	return r.feed.Emit(ctx, engine.Control{Name: q.about, Value: q.value})
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

// read waits for the text of the pictures.
func (r *reply) read(ctx context.Context) (page, error) {
	for _, l := range r.looks {
		if err := l.wait(ctx); err != nil {
			return page{}, err
		}
	}
	return together(r.looks), nil
}

// answer says what can be said before the pictures are read, then the rest.
func (r *reply) answer(ctx context.Context, q question, pieces chan<- spoken.Piece) error {
	switch {
	case q.intent == wantControl:
		return r.tell(ctx, confirmation(q.about), pieces)
	case len(r.looks) == 0:
		return r.tell(ctx, []part{blind(q)}, pieces)
	case q.intent == wantSelection:
		return r.tell(ctx, selection(r.selected()), pieces)
	}
	if err := r.readable(); err != nil {
		return err
	}
	if err := r.tell(ctx, opening(q, r.shots()), pieces); err != nil {
		return err
	}
	p, err := r.read(ctx)
	if err != nil {
		return err
	}
	if err := r.warn(ctx); err != nil {
		return err
	}
	return r.tell(ctx, answer(q, p), pieces)
}

// readable reports what keeps pictures from being read, unless their programs
// tell what is written there.
func (r *reply) readable() error {
	for _, l := range r.looks {
		if len(l.shot.Words) > 0 {
			continue
		}
		if _, err := tesseract().find(); err != nil {
			return err
		}
	}
	return nil
}

// warn says once each which languages are not installed.
func (r *reply) warn(ctx context.Context) error {
	warned := map[string]bool{}
	for _, l := range r.looks {
		if l.missing == nil || warned[l.missing.Hint] {
			continue
		}
		warned[l.missing.Hint] = true
		if err := r.feed.Emit(ctx, engine.Warning{Err: l.missing}); err != nil {
			return err
		}
	}
	return nil
}

// selected is what was selected at the last of the pictures for which anything
// was.
func (r *reply) selected() string {
	for _, l := range slices.Backward(r.looks) {
		if strings.TrimSpace(l.shot.Selection) != "" {
			return l.shot.Selection
		}
	}
	return ""
}

func (r *reply) shots() (all []vision.Shot) {
	for _, l := range r.looks {
		all = append(all, l.shot)
	}
	return all
}

// maxPieces bounds what one answer says aloud.
const maxPieces = 40

// tell emits parts of the answer and hands their sentences on to be spoken.
func (r *reply) tell(ctx context.Context, parts []part, pieces chan<- spoken.Piece) error {
	for _, p := range parts {
		if err := r.feed.Emit(ctx, engine.Text{Delta: p.text}); err != nil {
			return err
		}
		if !r.prompt.Speak {
			continue
		}
		splitter := spoken.Splitter{Whole: true} // a sentence takes no time to make
		for _, said := range append(splitter.Add(p.aloud), splitter.Rest()...) {
			select {
			case pieces <- said:
			default: // more than anybody wants to hear
			}
		}
	}
	return nil
}

// speak turns pieces into speech, one after the other, until there are no
// more. If it goes wrong the text goes on alone: one warning, and silence.
func (r *reply) speak(ctx context.Context, pieces <-chan spoken.Piece) {
	broken := false
	for piece := range pieces {
		if broken || ctx.Err() != nil {
			continue
		}
		if err := r.say(ctx, piece); err != nil && ctx.Err() == nil {
			broken = true
			_ = r.feed.Emit(ctx, engine.Warning{Err: voiceless(err)}) // ctx has ended then
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

// endSilence is what is left of the silence behind a piece.
const endSilence = 120 * time.Millisecond

// say speaks one piece, without the silence around it.
func (r *reply) say(ctx context.Context, piece spoken.Piece) error {
	var start audio.StartTrimmer
	end := audio.EndTrimmer{Keep: endSilence}
	first := piece.Sentence
	return r.engine.mouth.Say(ctx, piece.Aloud, func(f audio.Frame) error {
		if f = end.Trim(start.Trim(f)); len(f.Samples) == 0 {
			return nil
		}
		s := engine.Speech{Frame: f, Sentence: first}
		first = ""
		return r.feed.Emit(ctx, s)
	})
}
