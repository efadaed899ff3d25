package chat

import (
	"context"
	"errors"
	"image/color"
	"slices"
	"strings"
	"testing"
	"time"

	"aside/app/engine"
	"aside/app/engine/enginetest"
	"aside/app/engine/remote"
	"aside/audio"
	"aside/vision"
)

func TestTheEngineKeepsTheContract(t *testing.T) {
	enginetest.Run(t, func(t *testing.T) engine.Engine { _, e := answering(t); return e })
	enginetest.RunHanging(t, func(t *testing.T) engine.Engine {
		s, e := answering(t)
		s.Script(enginetest.Chat, enginetest.Wait(nil))
		return e
	})
}

func TestASpokenQuestionIsAnsweredWhileTheReplyStreams(t *testing.T) {
	s, e := answering(t)
	e.config.Language = "en"
	rest := make(chan struct{})
	s.Script(enginetest.Transcriptions, enginetest.Transcript(" Why does it fail? "))
	s.Script(enginetest.Chat, enginetest.All(
		enginetest.Text("The file ", "is missing. ", "Make "), enginetest.Wait(rest),
		enginetest.Text("**one**."), enginetest.Finish("stop")))
	said, picture := utterance(), shot(t)
	x := spokenTo(t, e, engine.Prompt{
		Turn: "t1", Capture: vision.CaptureWindow, Speak: true,
		Earlier: []engine.Earlier{
			{Question: "Who are you?", Answer: "Aside. I look at your screen.", Heard: "Aside."},
			{Question: "Hm?"},
		},
	}, said, picture)
	if _, err := s.Await(t.Context(), enginetest.Speech, 1); err != nil {
		t.Fatalf("no speech was asked for before the stream's end: %v", err)
	}
	close(rest)
	events, err := drain(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	checkEvents(t, events)
	checkHeard(t, s.Requests(enginetest.Transcriptions), said)
	checkAsked(t, s.Requests(enginetest.Chat), picture)
	checkSaid(t, s.Requests(enginetest.Speech))
	for _, r := range s.Requests("") {
		if got := r.Header.Get("Authorization"); got != "Bearer "+canary {
			t.Errorf("%s came with the key %q", r.Path, got)
		}
	}
}

func checkEvents(t *testing.T, events []engine.Event) {
	t.Helper()
	if _, ok := events[0].(engine.Sent); !ok {
		t.Errorf("first came %#v", events[0])
	}
	if got, want := events[1], (engine.Transcript{Text: "Why does it fail?", Final: true}); got != engine.Event(want) {
		t.Errorf("second came %#v", got)
	}
	var shots []int
	for _, s := range of[engine.Sent](events) {
		shots = append(shots, len(s.Shots))
	}
	if want := []int{0, 0, 1}; !slices.Equal(shots, want) {
		t.Errorf("it left with %v shots, want %v", shots, want)
	}
	if got := events[len(events)-1]; got != engine.Event(engine.Done{Reason: "stop"}) {
		t.Errorf("last came %#v", got)
	}
	if got := answer(events); got != "The file is missing. Make **one**." {
		t.Errorf("the text is %q", got)
	}
	want := []engine.Usage{{Input: enginetest.InputTokens, Output: enginetest.OutputTokens}}
	if got := of[engine.Usage](events); !slices.Equal(got, want) {
		t.Errorf("usage %v, want %v", got, want)
	}
	var sentences []string
	length := 0
	for _, speech := range of[engine.Speech](events) {
		if speech.Frame.Rate != audio.RateSpeak {
			t.Fatalf("speech of %d Hz", speech.Frame.Rate)
		}
		if speech.Sentence != "" {
			sentences = append(sentences, speech.Sentence)
		}
		length += len(speech.Frame.Samples)
	}
	if want := []string{"The file is missing.", "Make one."}; !slices.Equal(sentences, want) {
		t.Errorf("said %q, want %q", sentences, want)
	}
	if got := audio.Duration(length, audio.RateSpeak); got != 400*time.Millisecond {
		t.Errorf("%v of speech, want 400ms", got)
	}
}

func checkHeard(t *testing.T, requests []enginetest.Request, said audio.Clip) {
	t.Helper()
	if len(requests) != 1 {
		t.Fatalf("%d transcriptions", len(requests))
	}
	r := requests[0]
	if r.Utterance.Rate != said.Rate || !slices.Equal(r.Utterance.Samples, said.Samples) {
		t.Errorf("%v of sound was sent, want all %v as it was", r.Utterance.Duration(), said.Duration())
	}
	if r.Fields["model"] != "whisper-1" || r.Fields["language"] != "en" || r.Fields["response_format"] != "json" {
		t.Errorf("fields %v", r.Fields)
	}
}

func checkAsked(t *testing.T, requests []enginetest.Request, picture *vision.Shot) {
	t.Helper()
	if len(requests) != 1 {
		t.Fatalf("%d chats", len(requests))
	}
	r := requests[0]
	if r.Fields["model"] != "gpt-5-mini" || r.Fields["stream"] != true {
		t.Errorf("model %v, stream %v", r.Fields["model"], r.Fields["stream"])
	}
	want := []struct{ role, text string }{
		{"system", remote.Instructions},
		{"user", "Who are you?"},
		{"assistant", "Aside. … [the user cut the answer off here]"},
		{"user", "Hm?"},
		{"assistant", "[no answer]"},
		{"user", "[picture: the active window; program: xterm; title: build log; mouse pointer at 50 % across, 25 % down]\n" +
			"[selected text, as data:]\nexit status 1\n[end of selected text]\n" +
			"[text of the window, as data:]\nmake: ***\nError 1\n[end of the window's text]\nWhy does it fail?"},
	}
	if len(r.Messages) != len(want) {
		t.Fatalf("%d messages, want %d", len(r.Messages), len(want))
	}
	for i, m := range r.Messages {
		if m.Role != want[i].role || m.Text != want[i].text {
			t.Errorf("message %d is %s: %q, want %s: %q", i, m.Role, m.Text, want[i].role, want[i].text)
		}
	}
	seen := r.Messages[len(want)-1]
	if seen.Picture() == nil || seen.Pictures[0].MIME != "image/png" || seen.Pictures[0].Detail != picture.Sent[0].Detail || seen.Pictures[0].Detail == "" {
		t.Fatalf("the pictures are %+v", seen.Pictures)
	}
	if got := color.RGBAModel.Convert(seen.Picture().At(7, 5)); seen.Picture().Bounds().Size() != picture.Sent[0].Size || got != picture.Pixels.At(7, 5) {
		t.Errorf("the picture of %v shows %v, want %v", seen.Picture().Bounds(), got, picture.Pixels.At(7, 5))
	}
}

func checkSaid(t *testing.T, requests []enginetest.Request) {
	t.Helper()
	var said []string
	for _, r := range requests {
		said = append(said, r.Fields["input"].(string))
		if r.Fields["voice"] != "alloy" || r.Fields["response_format"] != "pcm" || r.Fields["model"] != "tts-1" {
			t.Errorf("speech asked for with %v", r.Fields)
		}
	}
	if want := []string{"The file is missing.", "Make one."}; !slices.Equal(said, want) {
		t.Errorf("asked to say %q, want %q", said, want)
	}
}

func TestATypedQuestionNeedsNoMicrophoneAndNoVoice(t *testing.T) {
	s, e := answering(t)
	events, err := ask(t, e, engine.Prompt{Question: "Why?"})
	if err != nil || answer(events) != "It works. All of it." {
		t.Fatalf("%q, %v", answer(events), err)
	}
	if got := s.Requests(""); len(got) != 1 || got[0].Messages[1].Text != "Why?" || got[0].Messages[1].Picture() != nil {
		t.Errorf("requests %v", got)
	}
	if got := of[engine.Transcript](events); got != nil {
		t.Errorf("typed words were transcribed: %v", got)
	}
}

func TestALookNeedsNoWords(t *testing.T) {
	s, e := answering(t)
	x := spokenTo(t, e, engine.Prompt{Turn: "t1", Look: true}, audio.Clip{}, shot(t))
	if _, err := drain(t.Context(), x); err != nil {
		t.Fatal(err)
	}
	got := s.Requests("")
	if len(got) != 1 || !strings.HasSuffix(got[0].Messages[1].Text, remote.LookQuestion) || got[0].Messages[1].Picture() == nil {
		t.Errorf("requests %v", got)
	}
}

func TestALookStaysAQuestionInWhatFollows(t *testing.T) {
	s, e := answering(t)
	if _, err := ask(t, e, engine.Prompt{Earlier: []engine.Earlier{{Answer: "A terminal."}}}); err != nil {
		t.Fatal(err)
	}
	for _, r := range s.Requests(enginetest.Chat) {
		for i, m := range r.Messages {
			if m.Text == "" {
				t.Errorf("message %d, %s, has no content", i, m.Role)
			}
		}
		if m := r.Messages[1]; m.Role != "user" || m.Text != remote.LookQuestion {
			t.Errorf("the look became %s: %q", m.Role, m.Text)
		}
	}
}

func TestASpeechControlIsHandedOnAndNobodyIsAsked(t *testing.T) {
	for said, want := range map[string]engine.Control{
		"Could you speak a bit faster, please?": {Name: "faster"},
		"再说一遍。":                                 {Name: "again"},
		"Use the Nova voice.":                   {Name: "voice", Value: "nova"},
	} {
		s, e := answering(t)
		s.Script(enginetest.Transcriptions, enginetest.Transcript(said))
		events, err := drain(t.Context(), spokenTo(t, e, engine.Prompt{Turn: "t1", Speak: true}, utterance(), nil))
		if err != nil || len(events) == 0 {
			t.Fatalf("%q: %v, %v", said, events, err)
		}
		if got, want := events[1:], []engine.Event{want, engine.Transcript{Text: said, Final: true}, engine.Done{Reason: "control"}}; !slices.Equal(got, want) {
			t.Errorf("%q: %#v, want %#v", said, got, want)
		}
		if n := len(s.Requests("")); n != 1 {
			t.Errorf("%q: %d requests, want the transcription alone", said, n)
		}
	}
}

func TestATypedControlIsAQuestion(t *testing.T) {
	s, e := answering(t)
	if _, err := ask(t, e, engine.Prompt{Question: "faster"}); err != nil || len(s.Requests(enginetest.Chat)) != 1 {
		t.Errorf("%d questions, %v", len(s.Requests(enginetest.Chat)), err)
	}
}

func TestWhatWasNotUnderstoodIsNotAsked(t *testing.T) {
	for name, c := range map[string]audio.Clip{"nothing was recorded": {}, "no words": utterance()} {
		t.Run(name, func(t *testing.T) {
			s, e := answering(t)
			s.Script(enginetest.Transcriptions, enginetest.Transcript(" \n"))
			_, err := drain(t.Context(), spokenTo(t, e, engine.Prompt{Turn: "t1"}, c, nil))
			if engine.Code(err) != "no_speech" || len(s.Requests(enginetest.Chat)) != 0 {
				t.Errorf("%v, %d chats", err, len(s.Requests(enginetest.Chat)))
			}
		})
	}
}

func TestInterruptHangsUp(t *testing.T) {
	s, e := answering(t)
	left := make(chan struct{})
	s.Script(enginetest.Chat, enginetest.All(enginetest.Text("Once upon "), enginetest.Gone(left)))
	x := spokenTo(t, e, engine.Prompt{Turn: "t1", Question: "Tell me a story."}, audio.Clip{}, nil)
	if got, err := x.Recv(t.Context()); err != nil || len(got.(engine.Sent).Shots) > 0 {
		t.Fatalf("%#v, %v", got, err)
	}
	if got, err := x.Recv(t.Context()); got != engine.Event(engine.Text{Delta: "Once upon "}) {
		t.Fatalf("%#v, %v", got, err)
	}
	if err := x.Interrupt(time.Second); err != nil {
		t.Fatal(err)
	}
	if events, err := drain(t.Context(), x); !errors.Is(err, context.Canceled) || len(events) > 0 {
		t.Errorf("%v came after the interruption, then %v", events, err)
	}
	<-left
	if n := len(s.Requests("")); n != 1 {
		t.Errorf("%d requests", n)
	}
}

// local hears and speaks on this machine.
type local struct{ said []string }

func (*local) Hear(context.Context, audio.Clip) (string, error) { return "What?", nil }

func (l *local) Say(_ context.Context, sentence string, yield func(audio.Frame) error) error {
	l.said = append(l.said, sentence)
	return yield(audio.Frame{Rate: audio.RateSpeak, Samples: slices.Repeat([]int16{9000}, 480)})
}

func TestEarAndMouthOfThisMachineReplaceTheService(t *testing.T) {
	s := enginetest.Start(t)
	c, l := config(s.URL), &local{}
	c.Ear, c.Mouth = l, l
	e, _ := newEngine(t, c)
	events, err := drain(t.Context(), spokenTo(t, e, engine.Prompt{Turn: "t1", Speak: true}, utterance(), nil))
	if err != nil || len(of[engine.Speech](events)) != 2 {
		t.Errorf("%v, %v", events, err)
	}
	if want := []string{"It works.", "All of it."}; !slices.Equal(l.said, want) {
		t.Errorf("said %q", l.said)
	}
	if n := len(s.Requests("")); n != 1 {
		t.Errorf("%d requests, want the chat alone", n)
	}
}

func TestCapabilitiesSayWhereQuestionsGo(t *testing.T) {
	const here, there = "http://127.0.0.1:11434/v1", "https://api.example.com/v1"
	l := &local{}
	tests := []struct {
		name   string
		config Config
		host   string
	}{
		{"a service out there", Config{Chat: Service{BaseURL: there}}, "api.example.com"},
		{"a service on this machine", Config{Chat: Service{BaseURL: here}}, ""},
		{"only the voice leaves", Config{Chat: Service{BaseURL: here}, Transcribe: Service{BaseURL: there}}, "api.example.com"},
		{"only the answer leaves", Config{Chat: Service{BaseURL: here}, Speak: Service{BaseURL: there}}, "api.example.com"},
		{"an ear and a mouth of our own", Config{Chat: Service{BaseURL: here}, Transcribe: Service{BaseURL: there}, Speak: Service{BaseURL: there}, Ear: l, Mouth: l}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, _ := newEngine(t, tt.config)
			got := e.Capabilities()
			if got.Host != tt.host || got.Name != "chat" || !got.Sees || !got.Speaks {
				t.Errorf("%+v, want the host %q", got, tt.host)
			}
		})
	}
}

func TestTheKeyOfTheChatStaysWithItsService(t *testing.T) {
	chat, other := enginetest.Start(t), enginetest.Start(t)
	c := config(chat.URL)
	c.Transcribe.BaseURL, c.Speak.BaseURL = other.URL, other.URL
	e, _ := newEngine(t, c)
	if _, err := drain(t.Context(), spokenTo(t, e, engine.Prompt{Turn: "t1", Speak: true}, utterance(), nil)); err != nil {
		t.Fatal(err)
	}
	if n := len(other.Requests("")); n != 3 {
		t.Fatalf("%d requests to the other service, want three", n)
	}
	for _, r := range other.Requests("") {
		if got, ok := r.Header["Authorization"]; ok {
			t.Errorf("%s came with %q", r.Path, got)
		}
	}
}

func TestEveryServiceNeedsAGoodAddress(t *testing.T) {
	for name, c := range map[string]Config{
		"chat":          {},
		"transcription": {Chat: Service{BaseURL: "https://h.example/v1"}, Transcribe: Service{BaseURL: "http://h.example/v1"}},
		"speech":        {Chat: Service{BaseURL: "https://h.example/v1"}, Speak: Service{BaseURL: "speech"}},
	} {
		if e, err := New(c); err == nil || engine.Code(err) == "internal" {
			t.Errorf("%s: %v, %v", name, e, err)
		}
	}
}
