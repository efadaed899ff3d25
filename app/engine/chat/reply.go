package chat

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"aside/app/engine"
	"aside/app/engine/remote"
	"aside/app/engine/spoken"
	"aside/audio"
	"aside/vision"
)

// reply makes the reply of one exchange.
type reply struct {
	*exchange
	utterance audio.Clip
	shots     []vision.Shot
}

// make answers: words of the utterance, text, speech, the end.
func (r *reply) make(ctx context.Context) error {
	question, err := r.question(ctx)
	if err != nil {
		return err
	}
	if question == "" {
		return r.feed.Emit(ctx, engine.Done{Reason: "control"})
	}
	var done engine.Done
	write := func(say func(string)) (err error) {
		done, err = r.text(ctx, question, say)
		return err
	}
	if r.prompt.Speak {
		err = r.voice().Read(ctx, write)
	} else {
		err = write(func(string) {})
	}
	if err != nil {
		return err
	}
	return r.feed.Emit(ctx, done)
}

// question returns the words of the question. There are none if what was said
// is a speech control: that is handed on, and nobody is asked.
func (r *reply) question(ctx context.Context) (string, error) {
	switch {
	case r.prompt.Question != "":
		return r.prompt.Question, nil
	case r.prompt.Look:
		return remote.LookQuestion, nil
	case len(r.utterance.Samples) == 0:
		return "", remote.NothingSaid()
	}
	text, err := r.hear(ctx)
	if err != nil {
		return "", err
	}
	text = strings.TrimSpace(text)
	if text == "" {
		return "", remote.NothingSaid()
	}
	name, value, control := spoken.Control(text)
	if control { // first, for it is waited for
		if err := r.feed.Emit(ctx, engine.Control{Name: name, Value: value}); err != nil {
			return "", err
		}
	}
	if err := r.feed.Emit(ctx, engine.Transcript{Text: text, Final: true}); err != nil || control {
		return "", err
	}
	return text, nil
}

// watched tells when the first request under ctx leaves, and when it has left
// with what it carries of these shots.
func (r *reply) watched(ctx context.Context, shots []vision.Shot) context.Context {
	var began, whole sync.Once
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteHeaders: func() { began.Do(func() { r.feed.Tell(engine.Sent{At: time.Now()}) }) },
		WroteRequest: func(i httptrace.WroteRequestInfo) {
			if len(shots) > 0 && i.Err == nil {
				whole.Do(func() { r.feed.Tell(engine.Sent{At: time.Now(), Shots: shots}) })
			}
		},
	})
}

// text streams the answer and hands it on to be spoken. It returns the event
// that ends the reply.
func (r *reply) text(ctx context.Context, question string, say func(string)) (engine.Done, error) {
	stream, err := r.open(ctx, question)
	if err != nil {
		return engine.Done{}, err
	}
	defer stream.close()
	for {
		piece, err := stream.next()
		if err != nil {
			if stream.usage != nil { // what breaks off has cost something, too
				_ = r.feed.Emit(ctx, *stream.usage) // if ctx has ended nobody asks
			}
			if !errors.Is(err, io.EOF) {
				return engine.Done{}, err
			}
			return engine.Done{Reason: stream.reason}, nil
		}
		if err := r.feed.Emit(ctx, engine.Text{Delta: piece.text}); err != nil {
			return engine.Done{}, err
		}
		say(piece.text)
	}
}

// open asks the question.
func (r *reply) open(ctx context.Context, question string) (*stream, error) {
	shots := r.shots
	if aboutSelection(question, shots) {
		shots = []vision.Shot{bySelection(shots[0])}
	}
	a := wanted{turn: r.prompt.Turn, messages: r.messages(question, shots), deep: r.prompt.Deep || spoken.Deep(question)}
	if a.deep {
		if err := r.feed.Emit(ctx, engine.Deeper{Model: r.engine.deepModel()}); err != nil {
			return nil, err
		}
		a.messages[0].Content += deepInstructions
	}
	return r.engine.open(r.watched(ctx, shots), a)
}

// messages builds the conversation: earlier turns as text, the shots of this
// turn only.
func (r *reply) messages(question string, shots []vision.Shot) []openai.ChatCompletionMessage {
	all := []openai.ChatCompletionMessage{{Role: openai.ChatMessageRoleSystem, Content: remote.Instructions}}
	for _, e := range r.prompt.Earlier {
		answer := e.Answer
		if e.Heard != "" {
			answer = e.Heard + " … [the user cut the answer off here]"
		}
		if answer == "" {
			answer = "[no answer]"
		}
		all = append(all,
			openai.ChatCompletionMessage{Role: openai.ChatMessageRoleUser, Content: cmp.Or(e.Question, remote.LookQuestion)}, // a look has no words
			openai.ChatCompletionMessage{Role: openai.ChatMessageRoleAssistant, Content: answer})
	}
	last := openai.ChatCompletionMessage{Role: openai.ChatMessageRoleUser, Content: question}
	if len(shots) > 0 || r.prompt.Along != "" {
		last.Content, last.MultiContent = "", parts(shots, question)
	}
	if along := r.prompt.Along; along != "" { // before the question, as what is seen
		n := len(last.MultiContent) - 1
		last.MultiContent = slices.Insert(last.MultiContent, n, textPart("[text given by the user]\n"+along))
	}
	return append(all, last)
}
