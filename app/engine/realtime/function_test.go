package realtime

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"aside/app/engine"
	"aside/app/engine/enginetest"
	"aside/vision"
)

// thinker is a deeper model.
type thinker struct {
	says string // "Forty-two." if ""
	err  error
	gate chan struct{} // waited for, if there is one
	saw  chan engine.Prompt

	shown chan []vision.Shot // by each that asked it
}

func (d *thinker) Capabilities() engine.Capabilities { return engine.Capabilities{Model: "deep-1"} }

func (d *thinker) Start(ctx context.Context, p engine.Prompt) (engine.Exchange, error) {
	d.saw <- p
	if d.says != "" {
		return &thought{ctx: ctx, thinker: d, events: []engine.Event{engine.Text{Delta: d.says}, engine.Done{}}}, nil
	}
	return &thought{ctx: ctx, thinker: d, events: []engine.Event{
		engine.Text{Delta: "Forty-"}, engine.Text{Delta: "two."}, engine.Usage{Input: 1000, Output: 500}, engine.Done{},
	}}, nil
}

type thought struct {
	engine.Exchange
	*thinker
	ctx    context.Context //nolint:containedctx // the exchange's lifetime
	events []engine.Event
	shots  []vision.Shot
}

func (x *thought) Show(s vision.Shot) error { x.shots = append(x.shots, s); return nil }
func (x *thought) Commit() error            { x.shown <- x.shots; return nil }
func (x *thought) Close() error             { return nil }

func (x *thought) Recv(context.Context) (engine.Event, error) {
	select {
	case <-x.gate:
	case <-x.ctx.Done():
		return nil, x.ctx.Err()
	}
	if x.err != nil {
		return nil, x.err
	}
	if len(x.events) == 0 {
		return nil, io.EOF
	}
	e := x.events[0]
	x.events = x.events[1:]
	return e, nil
}

// able is an engine whose model may call functions.
func able(t testing.TB, d *thinker) (*enginetest.Live, *Engine) {
	t.Helper()
	s := enginetest.StartLive(t)
	c := config(s)
	c.Keep, c.Functions = time.Minute, true
	if d != nil {
		d.shown = make(chan []vision.Shot, 8)
		if d.saw = make(chan engine.Prompt, 8); d.gate == nil {
			d.gate = make(chan struct{})
			close(d.gate)
		}
		c.Deep = d
	}
	return s, opened(t, c)
}

// answered is the words of an answer, and how it ended.
func answered(events []engine.Event) string {
	words := ""
	for _, e := range of[engine.Text](events) {
		words += e.Delta
	}
	for _, e := range of[engine.Done](events) {
		words += "[" + e.Reason + "]"
	}
	return words
}

func TestTheModelMayDoAFewThingsAndNothingElse(t *testing.T) {
	const no = "There is no such function, or not with this argument. Nothing was done."
	for name, c := range map[string]struct {
		function, arguments string
		acts, told, answer  string
	}{
		"faster":              {setPace, `{"pace":"faster"}`, "[{set_pace faster}]", "Done.", "As you like. [stop]"},
		"at another pace":     {setPace, `{"pace":"9"}`, "[]", no, "As you like. [stop]"},
		"at no pace":          {setPace, `{`, "[]", no, "As you like. [stop]"},
		"another voice":       {setVoice, `{"voice":"cedar"}`, "[{set_voice cedar}]", "Done. The new voice speaks from your next answer on.", "As you like. [stop]"},
		"a voice of nobody's": {setVoice, `{"voice":"../key"}`, "[]", no, "As you like. [stop]"},
		"silence":             {stopTalking, `{}`, "[{stop_talking }]", "", "[stop]"},
		"nobody thinks":       {thinkHarder, `{"question":"Why?"}`, "[]", no, "As you like. [stop]"},
		"a shell":             {"run_command", `{"command":"id"}`, "[]", no, "As you like. [stop]"},
	} {
		t.Run(name, func(t *testing.T) {
			s, e := able(t, nil)
			s.Script(enginetest.LiveCall(c.function, c.arguments), enginetest.LiveSay("As you like. ", time.Second))
			events, err := ask(t, e, engine.Prompt{Turn: "t1", Speak: true}, shot(t))
			if err != nil {
				t.Fatal(err)
			}
			if acts := fmt.Sprint(of[engine.Act](events)); acts != c.acts || answered(events) != c.answer {
				t.Errorf("it did %s and said %q", acts, answered(events))
			}
			defer calm(t, s)
			if c.told == "" {
				becomes(t, s, "") // there was neither question nor answer
				return
			}
			if err := s.Until(soon(t), func() bool { return len(s.Items()) >= 3 && !strings.Contains(conversed(s), "picture") }); err != nil {
				t.Error(err)
			}
			if told := s.Items()[2]; told.Text != c.told || told.Call == "" {
				t.Errorf("it was told %+v", told)
			}
		})
	}
}

func TestAModelThatOnlyCallsFunctionsHasToAnswer(t *testing.T) {
	s, e := able(t, nil)
	s.Script(enginetest.LiveCall(setPace, `{"pace":"faster"}`))
	events, err := ask(t, e, engine.Prompt{Turn: "t1", Speak: true})
	if err != nil || len(of[engine.Act](events)) != mostCalls {
		t.Errorf("it did %v: %v", of[engine.Act](events), err)
	}
	asked := s.Events("response.create")
	last, _ := asked[len(asked)-1].Fields["response"].(map[string]any)
	if len(asked) != mostCalls+1 || last["tool_choice"] != "none" {
		t.Errorf("asked %d times, the last with %v", len(asked), last)
	}
}

func TestFunctionsAreOfferedOnlyIfTheUserWantsThem(t *testing.T) {
	s, e := answering(t)
	s.Script(enginetest.LiveCall(setPace, `{"pace":"faster"}`), enginetest.LiveSay("No. ", time.Second))
	events, err := ask(t, e, engine.Prompt{Turn: "t1", Speak: true})
	if err != nil || len(of[engine.Act](events)) > 0 {
		t.Errorf("it did %v: %v", of[engine.Act](events), err)
	}
	if tools := s.Events("session.update")[0].Fields["session"].(map[string]any)["tools"]; tools != nil {
		t.Errorf("offered were %v", tools)
	}
}

func TestADeeperModelAnswersAndTheLiveVoiceTellsIt(t *testing.T) {
	for name, c := range map[string]struct {
		prompt    engine.Prompt
		arguments string
		err       error
		asked     string
		told      string
	}{
		"as the model wants":  {engine.Prompt{}, `{"question":"Why so?"}`, nil, "Why so?", "Forty-two."},
		"in the user's words": {engine.Prompt{Deep: true}, `{}`, nil, "What is this?", "Forty-two."},
		"but it does not":     {engine.Prompt{}, `{"question":"Why?"}`, &engine.Error{Code: "rate_limited"}, "Why?", "The deeper model could not answer. Say so, and answer by yourself."},
	} {
		t.Run(name, func(t *testing.T) {
			d := &thinker{err: c.err}
			s, e := able(t, d)
			s.Script(enginetest.LiveAll(enginetest.LiveSay("One moment.", time.Second), enginetest.LiveCall(thinkHarder, c.arguments)), enginetest.LiveSay("It is so. ", time.Second))
			p := c.prompt
			p.Turn, p.Speak = "t1", true
			events, err := ask(t, e, p, shot(t))
			if err != nil {
				t.Fatal(err)
			}
			if saw := <-d.saw; saw.Question != c.asked || !saw.Deep || saw.Speak {
				t.Errorf("the deeper model was asked %+v", saw)
			}
			if got := answered(events); got != "One moment. It is so. [stop]" {
				t.Errorf("the answer is %q", got)
			}
			usage := of[engine.Usage](events)
			if slices.Contains(usage, engine.Usage{Input: 1000, Output: 500, Counted: true}) != (c.err == nil) || fmt.Sprint(of[engine.Act](events)) != "[{think_harder deep-1}]" {
				t.Errorf("it cost %+v, by %v", usage, of[engine.Act](events))
			}
			if warned := len(of[engine.Warning](events)) > 0; warned != (c.err != nil) {
				t.Errorf("warned: %v", warned)
			}
			told := ""
			for _, i := range s.Items() {
				if i.Call != "" {
					told = i.Text
				}
			}
			choice, _ := s.Events("response.create")[0].Fields["response"].(map[string]any)
			if told != c.told || (choice["tool_choice"] != nil) != c.prompt.Deep {
				t.Errorf("the live voice was told %q, with %v", told, choice)
			}
			calm(t, s)
		})
	}
}

func TestWhatIsTooLongForADeeperModelIsCutBetweenTwoLetters(t *testing.T) {
	d := &thinker{says: strings.Repeat("思", longestTold)}
	s, e := able(t, d)
	s.Script(enginetest.LiveCall(thinkHarder, `{"question":"`+strings.Repeat("想", longestAsked)+`"}`), enginetest.LiveSay("So. ", time.Second))
	if _, err := ask(t, e, engine.Prompt{Turn: "t1", Speak: true}); err != nil {
		t.Fatal(err)
	}
	asked := (<-d.saw).Question
	told := s.Items()[2].Text
	for name, c := range map[string]struct {
		text string
		most int
	}{"asked": {asked, longestAsked}, "told": {told, longestTold}} {
		if len(c.text) > c.most || len(c.text) < c.most-2 || !utf8.ValidString(c.text) || strings.ContainsRune(c.text, utf8.RuneError) {
			t.Errorf("what is %s ends in %q after %d bytes", name, c.text[len(c.text)-4:], len(c.text))
		}
	}
}

func TestATurnThatIsTakenBackWhileADeeperModelThinksLeavesNothing(t *testing.T) {
	d := &thinker{gate: make(chan struct{})}
	s, e := able(t, d)
	s.Hears(enginetest.LiveHearing{Text: "One?"}, enginetest.LiveHearing{Text: "Two?"})
	s.Script(enginetest.LiveCall(thinkHarder, `{"question":"Why?"}`), enginetest.LiveSay("Yes. ", time.Second))
	x := says(t, e, engine.Prompt{Turn: "t1", Speak: true}, time.Second)
	if err := x.Commit(); err != nil {
		t.Fatal(err)
	}
	<-d.saw
	_ = x.Close()
	if _, err := ask(t, e, engine.Prompt{Turn: "t2", Speak: true}); err != nil {
		t.Fatal(err)
	}
	becomes(t, s, "user:Two? | assistant:Yes.")
	calm(t, s)
}

func TestALinkThatIsLostWhileADeeperModelThinksEndsTheTurn(t *testing.T) {
	d := &thinker{gate: make(chan struct{})}
	s, e := able(t, d)
	s.Script(enginetest.LiveCall(thinkHarder, `{"question":"Why?"}`))
	x := says(t, e, engine.Prompt{Turn: "t1", Speak: true}, time.Second)
	if err := x.Commit(); err != nil {
		t.Fatal(err)
	}
	<-d.saw
	s.Cut()
	_, err := drain(soon(t), x)
	if engine.Code(err) != "stream_cut" || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the turn ended with %v", err)
	}
	_ = x.Close()
}
