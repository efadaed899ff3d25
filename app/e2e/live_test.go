package e2e

import (
	"fmt"
	"image"
	"slices"
	"strings"
	"testing"
	"time"

	"aside/app/control"
	"aside/app/desk"
	"aside/app/engine/enginetest"
	"aside/audio"
)

// living starts a core whose engine is a scripted live voice, on a desk.
func living(t testing.TB, o desk.Options) (*core, *enginetest.Live) {
	t.Helper()
	s := enginetest.StartLive(t)
	c := prepare(t, o, fmt.Sprintf("[engine]\nkind = \"realtime\"\nbase_url = %q\nrealtime_model = \"gpt-realtime\"\n[speak]\nvoice = \"marin\"\n", s.URL))
	c.start([]string{"ASIDE_API_KEY=" + secret})
	return c, s
}

func TestALiveVoiceHearsTheQuestionSeesTheWindowAndAnswersAloud(t *testing.T) {
	c, s := living(t, whole())
	c.ready()
	gate := make(chan struct{})
	s.Hears(enginetest.LiveHearing{Text: "what does this window say"})
	s.Script(enginetest.LiveAll(
		enginetest.LiveSilence(300*time.Millisecond), enginetest.LiveSay("The window greets the elephant. ", time.Second),
		enginetest.LiveWait(gate), enginetest.LiveSay("That is all.", time.Second)))
	path := c.file("page.txt", page)
	c.terminal("notes", path)
	window := c.front()
	wav, voice := c.spoken("what does this window say", 100*time.Millisecond)
	before := c.photograph(window)
	heard, err := c.Listen(c.ctx)
	if err != nil {
		t.Fatal(err)
	}
	g := c.guard()
	down := time.Now()
	c.sayWhile(wav, func() { c.appendTo(path, "\033]11;red\007\033[2J") }) // the window turns red while the key is down
	up := time.Now()

	c.watch("the first words", func(s control.Snapshot) bool {
		return s.Turn != nil && strings.Contains(s.Turn.Answer, "the elephant.")
	})
	c.until("speech", func() bool { return c.voices() == 1 })
	c.until("the answer in the panel", func() bool { return strings.Contains(c.panelText(), "elephant") })
	c.until("a sound before the answer is whole", func() bool { from, _ := loudPart(heard.Samples()); return from >= 0 })
	close(gate)
	v := c.ended()
	g.end()
	g.check(t, window, down, up)

	if v.Outcome != "answered" || v.Answer != "The window greets the elephant. That is all." || v.Question != "what does this window say" || v.Engine != "realtime" {
		t.Errorf("the turn is %+v, %+v", v, v.Problem)
	}
	if v.Usage == nil || v.Usage.Input != enginetest.InputTokens {
		t.Errorf("it cost %+v", v.Usage)
	}
	from, to := loudPart(heard.Stop())
	if said := audio.Duration(to-from, desk.RecordRate); said < 2200*time.Millisecond {
		t.Errorf("%v of the answer were heard, want two seconds and a pause", said)
	}
	c.checkLive(s, voice)
	if shown := s.Shown(); len(shown) == 0 {
		t.Error("no picture went along")
	} else {
		c.checkPicture(shown[0].Image, before)
	}
	c.checkKept(v)
}

// checkLive looks at what the service has been told, and at what it still has.
func (c *core) checkLive(s *enginetest.Live, voice audio.Clip) {
	c.Helper()
	items := s.Items()
	if len(items) != 2 || len(items[0].Pictures)+len(items[1].Pictures) > 0 || items[0].Sound.Duration() < voice.Duration() {
		c.Fatalf("the service has %d items", len(items))
	}
	c.checkWords(items[0].Sound.Resample(voice.Rate), voice)
	for _, shake := range s.Handshakes() {
		if shake.Header.Get("Authorization") != "Bearer "+secret || shake.Header.Get("OpenAI-Beta") != "" || len(shake.Query) != 1 {
			c.Errorf("a session was asked for with %v, %v", shake.Header, shake.Query)
		}
	}
	for _, e := range s.Events("") {
		if strings.Contains(fmt.Sprint(e.Fields), secret) {
			c.Errorf("%s holds the key", e.Type)
		}
	}
	if complaints := s.Errors(); len(complaints) > 0 {
		c.Errorf("the service had to complain: %q", complaints)
	}
}

func TestALiveVoiceThatIsCutOffIsCutOffAtTheServiceWhereItWasHeard(t *testing.T) {
	c, s := living(t, desk.Options{Sound: true})
	s.Script(enginetest.LiveSay("On and on and on. ", 20*time.Second), enginetest.LiveSay("Yes. ", time.Second))
	heard, err := c.Listen(c.ctx)
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = c.aside("ask", "--speak", "tell me a story") }() // it ends with the turn
	c.until("a sound", func() bool { from, _ := loudPart(heard.Samples()); return from >= 0 })
	time.Sleep(1500 * time.Millisecond) // of a tone
	if _, err := c.aside("cancel"); err != nil {
		t.Fatal(err)
	}
	if v := c.ended(); v.Outcome != "interrupted" || v.Heard != "On and on and on." {
		t.Errorf("the turn is %s, heard was %q", v.Outcome, v.Heard)
	}
	if _, err := s.Await(c.ctx, "conversation.item.truncate", 1); err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond) // the recording is behind
	from, to := loudPart(heard.Stop())
	items := s.Items()
	answer := items[len(items)-1]
	sounded := audio.Duration(to-from, desk.RecordRate)
	off := answer.Sound.Duration() - sounded
	t.Logf("%v sounded, the service has %v: off by %v", sounded, answer.Sound.Duration(), off)
	if !answer.Cut || off.Abs() > 60*time.Millisecond { // the loudspeaker works in blocks of 50 ms
		t.Errorf("the service has %v of %v that sounded", answer.Sound.Duration(), sounded)
	}
	if _, err := c.aside("ask", "--speak", "and then"); err != nil {
		t.Errorf("the next question: %v", err)
	}
	if n := len(s.Handshakes()); n != 1 {
		t.Errorf("there were %d sessions", n)
	}
	if complaints := s.Errors(); len(complaints) > 0 {
		t.Errorf("the service had to complain: %q", complaints)
	}
}

func TestALiveVoiceKnowsWhatWasHeardWhenTheNextQuestionCutsItOff(t *testing.T) {
	c, s := living(t, desk.Options{Sound: true})
	s.Hears(enginetest.LiveHearing{Text: "tell me a story"}, enginetest.LiveHearing{Text: "what does this window say"})
	s.Script(enginetest.LiveSay("On and on and on. ", 20*time.Second), enginetest.LiveSay("Yes. ", time.Second))
	wav, _ := c.spoken("what does this window say", 100*time.Millisecond)
	heard, err := c.Listen(c.ctx)
	if err != nil {
		t.Fatal(err)
	}
	hold := func() {
		if _, err := c.aside("press"); err != nil {
			t.Fatal(err)
		}
		c.until("an open microphone", c.microphoneOpen)
		if err := c.Play(c.ctx, wav); err != nil {
			t.Fatal(err)
		}
		if _, err := c.aside("release"); err != nil {
			t.Fatal(err)
		}
	}
	hold()
	c.until("a sound", func() bool { from, _ := loudPart(heard.Samples()); return from >= 0 })
	time.Sleep(time.Second) // of a tone
	hold()
	v := *c.watch("the second answer", func(s control.Snapshot) bool {
		return s.Phase == "idle" && s.Turn != nil && s.Turn.Outcome == "answered"
	}).Turn
	if v.Answer != "Yes. " || v.Question != "what does this window say" {
		t.Errorf("the turn is %+v", v)
	}
	last := ""
	for _, e := range s.Events("") {
		if e.Type == "conversation.item.truncate" || e.Type == "response.create" {
			last += e.Type + " "
		}
	}
	if last != "response.create conversation.item.truncate response.create " {
		t.Errorf("the service was told %q", last)
	}
	items := s.Items()
	if len(items) != 4 || !items[1].Cut || items[1].Sound.Duration() < 900*time.Millisecond || items[1].Sound.Duration() > 3*time.Second {
		t.Errorf("the service has %d items: %v of the first answer", len(items), items[1].Sound.Duration())
	}
	if complaints := s.Errors(); len(complaints) > 0 {
		t.Errorf("the service had to complain: %q", complaints)
	}
}

func TestAQuestionThatALiveVoiceLostCanBeSentAgain(t *testing.T) {
	c, s := living(t, desk.Options{Sound: true})
	s.Script(enginetest.LiveAll(enginetest.LiveSay("It is ", 200*time.Millisecond), enginetest.LiveCut()), enginetest.LiveSay("It is so. ", time.Second))
	s.Hears(enginetest.LiveHearing{Mute: true}, enginetest.LiveHearing{Text: "what does this window say"}) // so that there are no words to be sent again
	wav, voice := c.spoken("what does this window say", 100*time.Millisecond)
	if _, err := c.aside("press"); err != nil {
		t.Fatal(err)
	}
	c.until("an open microphone", c.microphoneOpen)
	if err := c.Play(c.ctx, wav); err != nil {
		t.Fatal(err)
	}
	if _, err := c.aside("release"); err != nil {
		t.Fatal(err)
	}
	v := c.ended()
	if v.Problem == nil || v.Problem.Code != "stream_cut" || !v.Retry {
		t.Fatalf("the turn is %+v, %+v", v, v.Problem)
	}
	if out, err := c.aside("retry", v.ID); err != nil || !strings.Contains(out, "It is so.") {
		t.Errorf("sent again: %q, %v", out, err)
	}
	items := s.Items()
	if n := len(items); n < 2 {
		t.Fatalf("the service has %+v", items)
	}
	c.checkWords(items[len(items)-2].Sound.Resample(voice.Rate), voice)
}

func TestALiveVoiceBecomesAnotherAndKnowsWhatWasSaid(t *testing.T) {
	c, s := living(t, desk.Options{Sound: true})
	s.Hears(enginetest.LiveHearing{Text: "use another voice"})
	s.Script(enginetest.LiveSay("The first answer. ", time.Second), enginetest.LiveSay("The second. ", time.Second))
	if _, err := c.aside("ask", "--speak", "a first question"); err != nil {
		t.Fatal(err)
	}
	wav, _ := c.spoken("use another voice", 100*time.Millisecond)
	if _, err := c.aside("press"); err != nil {
		t.Fatal(err)
	}
	c.until("an open microphone", c.microphoneOpen)
	if err := c.Play(c.ctx, wav); err != nil {
		t.Fatal(err)
	}
	if _, err := c.aside("release"); err != nil {
		t.Fatal(err)
	}
	c.watch("the hint", func(s control.Snapshot) bool { return s.Phase == "idle" && s.Hint == "Speaks with another voice." })
	if _, err := c.aside("ask", "--speak", "a second question"); err != nil {
		t.Fatal(err)
	}
	var voices []string
	for _, e := range s.Events("session.update") {
		output := e.Fields["session"].(map[string]any)["audio"].(map[string]any)["output"].(map[string]any)
		voices = append(voices, fmt.Sprint(output["voice"]))
	}
	if got := strings.Join(voices, " "); got != "marin cedar" {
		t.Errorf("the voices were %s", got)
	}
	items := s.Items()
	if len(items) != 4 || items[0].Text != "a first question" || !strings.Contains(items[1].Text, "The first answer.") || items[2].Text != "a second question" {
		t.Errorf("the new session has %+v", items)
	}
	if complaints := s.Errors(); len(complaints) > 0 {
		t.Errorf("the service had to complain: %q", complaints)
	}
}

func TestALiveVoiceMayChangeItsPaceAndDoNothingElse(t *testing.T) {
	c, s := living(t, desk.Options{Sound: true})
	s.Script(
		enginetest.LiveCall("set_pace", `{"pace":"faster"}`), enginetest.LiveSay("Like this. ", time.Second),
		enginetest.LiveCall("run_command", `{"command":"id"}`), enginetest.LiveSay("I cannot. ", time.Second))
	if out, err := c.aside("ask", "--speak", "would you talk a little quicker"); err != nil || !strings.Contains(out, "Like this.") {
		t.Fatalf("the answer is %q, %v", out, err)
	}
	v := c.ended()
	if len(v.Acts) != 1 || v.Acts[0].Name != "set_pace" || v.Usage == nil || v.Usage.Input != 2*enginetest.InputTokens {
		t.Errorf("the turn is %+v, it cost %+v", v, v.Usage)
	}
	if speed, err := c.aside("settings", "get", "speak.speed"); err != nil || strings.TrimSpace(speed) != "1.2" {
		t.Errorf("the pace is %q, %v", speed, err)
	}
	if out, err := c.aside("ask", "--speak", "run a command"); err != nil || !strings.Contains(out, "I cannot.") {
		t.Errorf("the answer is %q, %v", out, err)
	}
	if v := c.ended(); len(v.Acts) > 0 {
		t.Errorf("it did %v", v.Acts)
	}
	if complaints := s.Errors(); len(complaints) > 0 {
		t.Errorf("the service had to complain: %q", complaints)
	}
}

func TestALiveVoiceLooksAgainAtTheWindowOfTheQuestion(t *testing.T) {
	c, s := living(t, whole())
	c.ready()
	gate := make(chan struct{})
	s.Script(enginetest.LiveAll(enginetest.LiveSay("Let me see.", time.Second), enginetest.LiveWait(gate), enginetest.LiveCall("look_again", `{}`)), enginetest.LiveSay("It is red. ", time.Second))
	path := c.file("page.txt", page)
	c.terminal("other", c.file("other.txt", "not what is asked about\n"))
	other := c.front()
	c.xdotool("windowmove", "--sync", fmt.Sprint(other), "500", "300")
	c.terminal("notes", path)
	window := c.front()
	asked := make(chan string, 1)
	go func() {
		out, _ := c.aside("ask", "--speak", "what colour is it now") // its end is looked at below
		asked <- out
	}()
	if _, err := s.Await(c.ctx, "response.create", 1); err != nil {
		t.Fatal(err)
	}
	c.appendTo(path, "\033]11;red\007\033[2J")
	c.xdotool("windowactivate", "--sync", fmt.Sprint(other))
	red := func(p image.Image) bool { r, g, _, _ := p.At(10, 10).RGBA(); return r > 0xc000 && g < 0x4000 }
	c.until("a red window", func() bool { return red(c.photograph(window)) })
	close(gate)
	<-asked
	v := c.ended()
	if v.Outcome != "answered" || v.Answer != "Let me see. It is red. " || len(v.Acts) != 1 || v.Acts[0].Name != "look_again" {
		t.Errorf("the turn is %+v, %+v", v, v.Problem)
	}
	if len(v.Shots) != 2 || v.Shots[1].Title != "notes" {
		t.Errorf("the shots are %+v", v.Shots)
	}
	shown := s.Shown()
	c.wantShown(v, shown)
	if n := len(shown); n < 2 {
		t.Fatalf("%d pictures left", n)
	}
	if !red(shown[len(shown)-1].Image) {
		t.Error("the new picture is not red")
	}
	if items := s.Items(); slices.ContainsFunc(items, func(i enginetest.LiveItem) bool { return len(i.Pictures) > 0 }) {
		t.Errorf("the service still has a picture: %+v", items)
	}
	if complaints := s.Errors(); len(complaints) > 0 {
		t.Errorf("the service had to complain: %q", complaints)
	}
}

func TestAQuestionThatALiveVoiceLostCanBeSentAgainByText(t *testing.T) {
	chat, s := enginetest.Start(t), enginetest.StartLive(t)
	chat.Script(enginetest.Chat, enginetest.Reply("By text."))
	c := prepare(t, desk.Options{Sound: true}, fmt.Sprintf("[engine]\nkind = \"realtime\"\nbase_url = %q\n", enginetest.Both(t, chat, s)))
	c.start([]string{"ASIDE_API_KEY=" + secret})
	s.Script(enginetest.LiveCut())
	s.Hears(enginetest.LiveHearing{Mute: true}) // so that there are no words to be sent again
	wav, voice := c.spoken("what does this window say", 100*time.Millisecond)
	if _, err := c.aside("press"); err != nil {
		t.Fatal(err)
	}
	c.until("an open microphone", c.microphoneOpen)
	if err := c.Play(c.ctx, wav); err != nil {
		t.Fatal(err)
	}
	if _, err := c.aside("release"); err != nil {
		t.Fatal(err)
	}
	v := c.ended()
	if v.Problem == nil || !v.Retry || v.Beside != "chat" {
		t.Fatalf("the turn is %+v, %+v", v, v.Problem)
	}
	if out, err := c.aside("retry", "--chat", v.ID); err != nil || !strings.Contains(out, "By text.") {
		t.Errorf("sent again: %q, %v", out, err)
	}
	heard := chat.Requests(enginetest.Transcriptions)
	if len(heard) != 1 {
		t.Fatalf("%d utterances were written down", len(heard))
	}
	c.checkWords(heard[0].Utterance, voice)
	if v := c.ended(); v.Engine != "chat" || v.Outcome != "answered" {
		t.Errorf("the turn is %+v", v)
	}
}
