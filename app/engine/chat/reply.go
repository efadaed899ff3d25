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

// make answers: words of the utterance, text, speech, the end. When the text
// breaks off nobody waits for the rest of the speech.
func (r *reply) make(ctx context.Context) error {
	question, err := r.question(ctx)
	if err != nil {
		return err
	}
	if question == "" {
		return r.emit(ctx, engine.Done{Reason: "control"})
	}
	pieces := make(chan spoken.Piece, 4*ahead)
	said := make(chan struct{})
	speaking, hush := context.WithCancel(ctx)
	defer hush()
	go func() {
		defer close(said)
		r.speak(speaking, pieces)
	}()
	done, err := r.text(ctx, question, pieces)
	close(pieces)
	if err != nil {
		hush()
	}
	<-said
	if err != nil {
		return err
	}
	return r.emit(ctx, done)
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
		if err := r.emit(ctx, engine.Control{Name: name, Value: value}); err != nil {
			return "", err
		}
	}
	if err := r.emit(ctx, engine.Transcript{Text: text, Final: true}); err != nil || control {
		return "", err
	}
	return text, nil
}

// watched tells when the first request under ctx leaves, and when it has left
// with what it carries of these shots.
func (r *reply) watched(ctx context.Context, shots []vision.Shot) context.Context {
	var began, whole sync.Once
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteHeaders: func() { began.Do(func() { r.tell(engine.Sent{At: time.Now()}) }) },
		WroteRequest: func(i httptrace.WroteRequestInfo) {
			if len(shots) > 0 && i.Err == nil {
				whole.Do(func() { r.tell(engine.Sent{At: time.Now(), Shots: shots}) })
			}
		},
	})
}

// text streams the answer and hands its pieces on to be spoken. It returns the
// event that ends the reply.
func (r *reply) text(ctx context.Context, question string, pieces chan<- spoken.Piece) (engine.Done, error) {
	stream, err := r.open(ctx, question)
	if err != nil {
		return engine.Done{}, err
	}
	defer stream.close()
	var splitter spoken.Splitter
	say := func(ready []spoken.Piece) {
		for _, p := range ready {
			if !r.prompt.Speak {
				continue
			}
			select {
			case pieces <- p:
			case <-ctx.Done():
			}
		}
	}
	for {
		piece, err := stream.next()
		if err != nil {
			if stream.usage != nil { // what breaks off has cost something, too
				_ = r.emit(ctx, *stream.usage) // if ctx has ended nobody asks
			}
			if !errors.Is(err, io.EOF) {
				return engine.Done{}, err
			}
			say(splitter.Rest())
			return engine.Done{Reason: stream.reason}, nil
		}
		if err := r.emit(ctx, engine.Text{Delta: piece.text}); err != nil {
			return engine.Done{}, err
		}
		say(splitter.Add(piece.text))
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
		if err := r.emit(ctx, engine.Deeper{Model: r.engine.deepModel()}); err != nil {
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
