package realtime

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"aside/app/engine"
	"aside/vision"
)

// The functions that the model may call. There are no others, and none of them
// can do anything else: the values that they take are checked here.
const (
	setPace     = "set_pace"
	setVoice    = "set_voice"
	stopTalking = "stop_talking"
	thinkHarder = "think_harder"
	lookAgain   = "look_again"
)

const (
	mostCalls    = 4        // in one turn; then it has to answer
	mostLooks    = 3        // of those, at the screen
	longestAsked = 4 << 10  // of what the deeper model is asked, in bytes
	longestTold  = 16 << 10 // of its answer, likewise
)

// tool describes a function to the model.
type tool struct {
	Type        string         `json:"type"`
	Name        string         `json:"name"`
	Description string         `json:"description"`
	Parameters  map[string]any `json:"parameters"`
}

// call is a function that the model has called.
type call struct {
	item, id, name string
	value          string // its one argument, "" if there is none
}

// acting is what the model does by itself in a turn.
type acting struct {
	calls   []call // of the response under way
	pending []call // that are being carried out
	called  int    // in the whole turn
	looks   int    // of those, at the screen
	looking *look  // that the model waits for; nil if it waits for none
	older   int    // shots in whose place a newer one is
}

// tools are the functions of a session.
func (e *Engine) tools() []tool {
	if !e.config.Functions || e.config.Part == Ears {
		return nil
	}
	all := []tool{function(setPace, aboutPace, "pace", paces()), function(stopTalking, aboutStop, "", nil), function(lookAgain, aboutLooking, "", nil)}
	if e.config.Part == All { // else it does not know the voices
		all = append(all, function(setVoice, aboutVoice, "voice", Voices()))
	}
	if e.config.Deep != nil {
		all = append(all, function(thinkHarder, aboutThinking, "question", nil))
	}
	return all
}

func paces() []string { return []string{"faster", "slower", "normal"} }

// function describes a function with one argument, or none for "".
func function(name, description, argument string, values []string) tool {
	t := tool{"function", name, description, map[string]any{"type": "object", "properties": map[string]any{}, "additionalProperties": false}}
	if argument == "" {
		return t
	}
	kind := map[string]any{"type": "string"}
	if values != nil {
		kind["enum"] = values
	}
	t.Parameters["properties"], t.Parameters["required"] = map[string]any{argument: kind}, []string{argument}
	return t
}

// calling notes a function that the model has called.
func (x *exchange) calling(e received) {
	c := call{item: e.Item.ID, id: e.Item.CallID, name: e.Item.Name}
	var arguments struct{ Pace, Voice, Question string }
	_ = json.Unmarshal([]byte(e.Item.Arguments), &arguments) // what cannot be read is no value that a function takes
	c.value = cmp.Or(arguments.Pace, arguments.Voice, arguments.Question)
	x.calls = append(x.calls, c)
}

// act carries out what the model has called for.
func (x *exchange) act() {
	x.calls, x.pending = nil, x.calls
	x.log = nil
	more := x.written == 0 // there is something to say
	var outputs []message
	var slow *call
	for _, c := range x.pending {
		x.called++
		switch {
		case !c.slow() || !x.allowed(c):
			outputs = append(outputs, c.output(x.carryOut(c)))
		case slow != nil:
			outputs = append(outputs, c.output(oneAtATime))
		default:
			slow = &c
		}
	}
	stops := slices.ContainsFunc(x.pending, func(c call) bool { return c.name == stopTalking })
	more = (more || slow != nil) && !stops && x.called <= mostCalls
	switch {
	case slow == nil:
		x.session.proceed(x, outputs, more)
	case slow.name == lookAgain:
		x.look(&look{*slow, outputs, more})
	default:
		x.deepen(*slow, outputs, more)
	}
}

// slow reports whether a function takes its time.
func (c call) slow() bool { return c.name == thinkHarder || c.name == lookAgain }

// deepen has the deeper model think, and goes on with what it says.
func (x *exchange) deepen(deep call, outputs []message, more bool) {
	x.still()
	s, p, shots := x.session, x.deepPrompt(deep.value), slices.Clone(x.shots[x.older:])
	x.thinking.Go(func() {
		answer := x.think(p, shots)
		x.engine.mu.Lock()
		defer x.engine.mu.Unlock()
		s.proceed(x, append(outputs, deep.output(answer)), more)
	})
}

// allowed reports whether the model may call that, and with that value.
func (x *exchange) allowed(c call) bool {
	offered := slices.ContainsFunc(x.engine.tools(), func(t tool) bool { return t.Name == c.name })
	if !offered || x.called > mostCalls {
		return false
	}
	switch c.name {
	case setPace:
		return slices.Contains(paces(), c.value)
	case setVoice:
		return slices.Contains(Voices(), c.value)
	case thinkHarder:
		return x.wanted(c.value) != ""
	case lookAgain:
		return x.prompt.Capture != vision.CaptureNone && x.looks < mostLooks
	}
	return true
}

// carryOut carries out a function that takes no time, and returns what the
// model is told.
func (x *exchange) carryOut(c call) string {
	switch {
	case x.allowed(c):
	case c.name == lookAgain && x.engine.config.Functions:
		return notSeen
	default:
		return notDone
	}
	x.emit(engine.Act{Name: c.name, Value: c.value})
	if c.name == setVoice {
		return voiceTaken
	}
	return "Done."
}

// output tells the model what became of a call.
func (c call) output(words string) message {
	return written(sent{Type: "conversation.item.create", EventID: past, Item: &item{
		ID: c.outputID(), Type: "function_call_output", CallID: c.id, Output: words,
	}})
}

func (c call) outputID() string { return "output_" + c.item }

// wanted is what the deeper model is asked.
func (x *exchange) wanted(asked string) string {
	asked = strings.TrimSpace(cmp.Or(asked, x.prompt.Question, x.words))
	return cut(asked, longestAsked)
}

// cut shortens text to at most size bytes, between two letters.
func cut(text string, size int) string {
	if len(text) <= size {
		return text
	}
	for size > 0 && !utf8.RuneStart(text[size]) {
		size--
	}
	return text[:size]
}

func (x *exchange) deepPrompt(asked string) engine.Prompt {
	p := x.prompt
	p.Question, p.Look, p.Speak, p.Deep = x.wanted(asked), false, false, true
	return p
}

// think has the deeper model answer, and returns what the live voice is to
// tell of it.
func (x *exchange) think(p engine.Prompt, shots []vision.Shot) string {
	deep := x.engine.config.Deep
	x.tell(engine.Act{Name: thinkHarder, Value: deep.Capabilities().Model})
	answer, err := x.ponder(deep, p, shots)
	if e, ok := errors.AsType[*engine.Error](err); ok {
		x.tell(engine.Warning{Err: e})
	}
	switch {
	case answer != "":
		return cut(answer, longestTold)
	case err != nil:
		return noThought
	}
	return emptyThought
}

// ponder asks the deeper model.
func (x *exchange) ponder(deep engine.Engine, p engine.Prompt, shots []vision.Shot) (answer string, err error) {
	d, err := deep.Start(x.ctx, p)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	for _, s := range shots {
		if err := d.Show(s); err != nil {
			return "", err
		}
	}
	if err := d.Commit(); err != nil {
		return "", err
	}
	return x.listenTo(x.ctx, d)
}

// listenTo collects the deeper model's answer.
func (x *exchange) listenTo(ctx context.Context, d engine.Exchange) (string, error) {
	var answer strings.Builder
	for {
		e, err := d.Recv(ctx)
		switch e := e.(type) {
		case engine.Text:
			answer.WriteString(e.Delta)
		case engine.Usage:
			e.Counted = true
			x.tell(e)
		}
		switch {
		case errors.Is(err, io.EOF):
			return answer.String(), nil
		case err != nil:
			return answer.String(), fmt.Errorf("think harder: %w", err)
		}
	}
}

// tell is emit for a goroutine that does not hold the lock.
func (x *exchange) tell(e engine.Event) {
	x.engine.mu.Lock()
	defer x.engine.mu.Unlock()
	x.emit(e)
}

// proceed goes on with a turn in which the model has called functions: with more
// to say, unless another question has been asked meanwhile.
func (s *session) proceed(x *exchange, outputs []message, more bool) {
	if x.over || s.dead || !slices.Contains(s.exchanges, x) {
		return
	}
	for _, c := range x.pending {
		x.items.add(c.outputID())
	}
	x.pending = nil
	s.out.push(outputs...)
	switch {
	case !more:
		x.complete("stop")
	case s.taken():
		s.out.push(x.items.forget()...)
		x.cutShort()
	default:
		s.creates = append(s.creates, x)
		s.out.push(x.creation())
		x.wind()
	}
}

// taken reports whether another question has been asked.
func (s *session) taken() bool { return s.active != nil || len(s.creates) > 0 || s.wanting != nil }

// abandon deletes the calls that nobody will answer any more.
func (x *exchange) abandon() (all []message) {
	for _, c := range x.pending {
		x.items.words = slices.DeleteFunc(x.items.words, func(id string) bool { return id == c.item })
		all = append(all, deletion(c.item))
	}
	x.pending = nil
	return all
}
