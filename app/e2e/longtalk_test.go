package e2e

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"aside/app/control"
	"aside/app/desk"
	"aside/app/engine/enginetest"
	"aside/audio"
)

// longTalk is a conversation with a live voice, each of whose answers is a tone
// of its own.
type longTalk struct {
	*core
	live    *enginetest.Live
	speaker *tap
	random  *rand.Rand
	wav     string // of every question
	page    string // what the window shows
	longest time.Duration

	asked int     // questions so far
	done  int     // samples of the recording that are accounted for
	pace  float64 // of the voice
}

// TestAConversationWithALiveVoiceIsHeardAsItWasMeant goes through what a
// conversation has, in several rounds if ASIDE_TEST_LONG says so: every answer is
// heard once and nothing after its cut, the service knows how much was heard, and
// nothing is left behind.
func TestAConversationWithALiveVoiceIsHeardAsItWasMeant(t *testing.T) {
	c, s := living(t, whole())
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
	defer cancel()
	c.ctx = ctx // it may take longer than other tests
	c.ready()
	l := &longTalk{core: c, live: s, pace: 1, longest: time.Second, page: c.file("page.txt", page)}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	l.random = rand.New(rand.NewPCG(seed, 0))
	l.wav, _ = c.spoken("what does this window say", 100*time.Millisecond)
	c.terminal("notes", l.page)
	rounds := 1
	if os.Getenv("ASIDE_TEST_LONG") != "" {
		rounds, l.longest = 3, 15*time.Second // ten minutes, more than forty questions
	}
	l.speaker = c.tap("speaker.monitor")
	l.isHeard()
	few := l.runs()
	c.start([]string{"ASIDE_API_KEY=" + secret})
	c.ready()
	l.isHeard()
	before := c.footprint()
	for range rounds {
		for _, step := range []func(){
			l.afterAChangeOnTheScreen, l.isCutByTheNext, l.inAnotherVoice, l.isCut, l.afterADropWhileAsked,
			l.isDroppedAndSentAgain, l.afterTheSessionExpired, l.atAnotherPace, l.withoutTheKey,
		} {
			step()
		}
	}
	l.leavesNothing(before, few)
}

// hertz is the tone of an answer.
func hertz(answer int) float64 { return 400 + 60*float64(answer%12) }

// isTone wants that what was heard is an answer.
func (l *longTalk) isTone(answer int, all []int16) {
	l.Helper()
	from, to := loudPart(all)
	if p, want := pitch(all[from:to]), hertz(answer); math.Abs(p/want-1) > 0.02 {
		l.Errorf("answer %d is a tone of %.0f Hz, want %.0f", answer, p, want)
	}
}

// sound is a piece of the newest answer.
func (l *longTalk) sound(d time.Duration) enginetest.LivePart {
	tone := audio.Clip{Rate: audio.RateSpeak, Samples: make([]int16, audio.Samples(d, audio.RateSpeak))}
	for i := range tone.Samples {
		tone.Samples[i] = int16(10000 * math.Cos(2*math.Pi*hertz(l.asked)*float64(i)/audio.RateSpeak))
	}
	return enginetest.LiveSound(tone)
}

// answers scripts the answer to the next question, and says how long it is.
func (l *longTalk) answers(d time.Duration) time.Duration {
	l.asked++
	l.live.Hears(enginetest.LiveHearing{Text: fmt.Sprintf("question %d", l.asked)})
	l.live.Script(enginetest.LiveAll(enginetest.LiveWords(l.words()), l.sound(d)))
	return d
}

func (l *longTalk) words() string { return fmt.Sprintf("Answer %d is this. ", l.asked) }

// some is a while of any length.
func (l *longTalk) some(least time.Duration) time.Duration {
	return least + time.Duration(l.random.Int64N(int64(l.longest)))
}

// heard returns what has been heard since it was last called, once it is silent.
func (l *longTalk) heard() []int16 {
	l.Helper()
	const quiet = desk.RecordRate / 2
	var all []int16
	l.until("silence behind an answer", func() bool {
		all = l.speaker.after(l.done)
		_, to := loudPart(all)
		return to > 0 && len(all)-to > quiet
	})
	l.done += len(all)
	return all
}

// isOnce wants that nothing but the newest answer was heard, that long and once.
func (l *longTalk) isOnce(d time.Duration) {
	l.Helper()
	all := l.heard()
	want := time.Duration(float64(d) / l.pace)
	if got := loudFor(all); (got - want).Abs() > 60*time.Millisecond {
		l.Errorf("answer %d was heard for %v, want %v", l.asked, got, want)
	}
	l.isTone(l.asked, all)
}

// isCutWhereHeard wants that the service was told how much was heard of an
// answer, once n others had been cut, and that nothing was heard beyond that.
func (l *longTalk) isCutWhereHeard(answer int, all []int16, n int) {
	l.Helper()
	const near = 20 * time.Millisecond
	heard := time.Duration(float64(loudFor(all)) * l.pace)
	end := truncatedAt(l.core, l.live, n)
	l.Logf("answer %d was cut at %v, heard was %v", answer, end, heard)
	if (end - heard).Abs() > near {
		l.Errorf("answer %d: the service has %v, heard was %v", answer, end, heard)
	}
	l.isTone(answer, all)
}

// isAnswered wants that the newest question was answered.
func (l *longTalk) isAnswered(v control.View) {
	l.Helper()
	if want := fmt.Sprintf("question %d", l.asked); v.Outcome != "answered" || v.Question != want || v.Answer != l.words() {
		l.Errorf("%s became %+v, %+v", want, v, v.Problem)
	}
}

func (l *longTalk) cuts() int { return len(l.live.Events("conversation.item.truncate")) }

// sounds waits until the newest answer is heard.
func (l *longTalk) sounds() {
	l.Helper()
	l.until("a sound", func() bool { from, _ := loudPart(l.speaker.after(l.done)); return from >= 0 })
}

func (l *longTalk) isHeard() {
	d := l.answers(l.some(time.Second))
	l.holds(l.wav)
	l.isAnswered(l.ended())
	l.isOnce(d)
}

func (l *longTalk) afterAChangeOnTheScreen() {
	colour := []string{"red", "green", "blue"}[l.random.IntN(3)]
	l.appendTo(l.page, "\033]11;"+colour+"\007\033[2J")
	before := len(l.live.Shown())
	l.isHeard()
	if len(l.live.Shown()) == before {
		l.Errorf("no picture went with question %d", l.asked)
	}
}

// isCutByTheNext cuts the answer off by the key, at any moment, and asks at once.
func (l *longTalk) isCutByTheNext() {
	n := l.cuts()
	l.answers(time.Minute)
	l.holds(l.wav)
	l.sounds()
	time.Sleep(l.some(200 * time.Millisecond))
	l.wantVerb("press")
	if err := l.Play(l.ctx, l.wav); err != nil {
		l.Fatal(err)
	}
	cut, first := l.asked, l.heard()
	d := l.answers(l.some(time.Second))
	l.wantVerb("release")
	l.isCutWhereHeard(cut, first, n)
	l.isAnswered(l.ended())
	l.isOnce(d)
}

// isCut cuts the answer off, at any moment.
func (l *longTalk) isCut() {
	n := l.cuts()
	l.answers(time.Minute)
	l.holds(l.wav)
	l.sounds()
	time.Sleep(l.some(200 * time.Millisecond))
	l.wantVerb("cancel")
	if v := l.ended(); v.Outcome != "interrupted" {
		l.Errorf("question %d became %+v", l.asked, v)
	}
	l.isCutWhereHeard(l.asked, l.heard(), n)
}

func (l *longTalk) inAnotherVoice() {
	voice := []string{"cedar", "marin"}[l.asked%2]
	l.wantVerb("say", "voice", voice)
	l.isHeard()
	made := ""
	for _, e := range l.live.Events("session.update") {
		if settings := fmt.Sprint(e.Fields); strings.Contains(settings, "voice:") { // else it changes another thing
			made = settings
		}
	}
	if !strings.Contains(made, "voice:"+voice) {
		l.Errorf("question %d went to %s", l.asked, made)
	}
}

// afterADropWhileAsked loses the link while the user speaks: nobody notices.
func (l *longTalk) afterADropWhileAsked() {
	d := l.answers(l.some(time.Second))
	l.wantVerb("press")
	l.until("an open microphone", l.microphoneOpen)
	l.live.Cut()
	if err := l.Play(l.ctx, l.wav); err != nil {
		l.Fatal(err)
	}
	l.wantVerb("release")
	l.isAnswered(l.ended())
	l.isOnce(d)
}

// isDroppedAndSentAgain loses the link in the middle of the answer: what came of
// it is heard, and it is sent again.
func (l *longTalk) isDroppedAndSentAgain() {
	part := l.answers(time.Second)
	l.live.Script(enginetest.LiveAll(enginetest.LiveWords(l.words()), l.sound(part), enginetest.LivePause(300*time.Millisecond), enginetest.LiveCut()))
	l.holds(l.wav)
	v := l.ended()
	if v.Problem == nil || v.Problem.Code != "stream_cut" || !v.Retry {
		l.Fatalf("question %d became %+v, %+v", l.asked, v, v.Problem)
	}
	l.isOnce(part)
	d := l.answers(l.some(time.Second))
	l.wantVerb("retry", "--speak", v.ID)
	l.isOnce(d)
}

func (l *longTalk) afterTheSessionExpired() {
	l.live.Expire()
	l.isHeard()
}

func (l *longTalk) atAnotherPace() {
	l.wantVerb("say", "faster")
	l.pace = 1.2
	l.isHeard()
	l.isCut()
	l.wantVerb("say", "normal")
	l.pace = 1
	l.isHeard()
}

// withoutTheKey asks twice in a conversation without hands.
func (l *longTalk) withoutTheKey() {
	l.wantVerb("converse")
	l.converses(0)
	for n := range 2 {
		d := l.answers(l.some(time.Second))
		if err := l.Play(l.ctx, l.wav); err != nil {
			l.Fatal(err)
		}
		l.isAnswered(*l.converses(n + 1).Turn)
		l.isOnce(d)
	}
	l.wantVerb("cancel")
	l.watch("the end of the conversation", func(s control.Snapshot) bool { return s.Phase == "idle" && s.Talk == nil })
}

// leavesNothing wants that the service has no complaint, no picture and one
// session, and that the core holds what it held.
func (l *longTalk) leavesNothing(before footprint, few running) {
	l.Helper()
	if complaints := l.live.Errors(); len(complaints) > 0 {
		l.Errorf("the service had to complain: %q", complaints)
	}
	for _, i := range l.live.Items() {
		if len(i.Pictures) > 0 {
			l.Errorf("the service still has a picture in %+v", i.ID)
		}
	}
	if n := l.live.Open(); n != 1 {
		l.Errorf("%d sessions are open", n)
	}
	after := l.footprint()
	if after.files > before.files {
		l.Errorf("%d files and sockets are open, before %d", after.files, before.files)
	}
	many := l.runs()
	l.Logf("%d questions; before %+v and %+v, after %+v and %+v", l.asked, before, few, after, many)
	if many.engine > few.engine || many.all > few.all+2 { // libraries have some that come and go
		l.Error("goroutines are left behind")
	}
}

// running are the goroutines of a core, and those of them that an engine has.
type running struct{ all, engine int }

// runs ends the core and returns its goroutines.
func (l *longTalk) runs() (r running) {
	l.Helper()
	r.all = l.goroutines()
	for stack := range strings.SplitSeq(l.log.String(), "\ngoroutine ") {
		if strings.Contains(stack, "aside/app/engine/") {
			r.engine++
		}
	}
	return r
}
