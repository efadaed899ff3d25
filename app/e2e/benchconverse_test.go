package e2e

import (
	"strconv"
	"testing"
	"time"

	"aside/app/desk"
	"aside/app/engine/enginetest"
	"aside/audio"
)

// conversing is how long the conversation is that is measured: ten minutes, or
// one under -short.
func conversing() time.Duration {
	if testing.Short() {
		return time.Minute
	}
	return 10 * time.Minute
}

// BenchmarkLiveConversation is what a conversation with a live voice costs the
// core, and the sound server with it: questions that are spoken while the screen
// is looked at, and answers of three seconds that are heard to their end. Beside
// it stands the official SDK for JavaScript, which says and hears as much in the
// same minutes, turn by turn with ours. The first and the last third tell whether
// it stays as it is.
func BenchmarkLiveConversation(b *testing.B) {
	c, s := living(b, whole())
	patient(b, c)
	c.ready()
	c.terminal("notes", c.file("page.txt", page))
	s.Script(enginetest.LiveAll(enginetest.LiveWords("It is as it was. "), enginetest.LiveSound(pieceOf(0, 3*time.Second))))
	wav, voice := c.spoken("what is on my screen", 0)
	names := []string{"core", "sound-server"}
	pids := []string{strconv.Itoa(c.cmd.Process.Pid), c.soundServer()}
	turns := []func(){func() { c.holds(wav); c.ended() }}
	if dir, why := fetchAgent(b); why == "" {
		quiet := audio.Clip{Rate: audio.RateSpeak, Samples: make([]int16, audio.RateSpeak)} // so that its turn is over
		said := append(voice.Resample(audio.RateSpeak).Samples, quiet.Samples...)
		a := c.agent(b, dir, s, c.file("said.raw", string(audio.WAV(audio.Clip{Rate: audio.RateSpeak, Samples: said})[44:])))
		names, pids = append(names, "agents-sdk"), append(pids, strconv.Itoa(a.pid))
		turns = append(turns, func() { a.do("say") })
	}
	thirds := c.converse(b, pids, turns)
	for i, name := range names {
		b.Run(name, func(b *testing.B) {
			for b.Loop() { // it has been measured already
			}
			b.ReportMetric(0, "ns/op") // means nothing here
			for n, when := range map[int]string{0: "first", 2: "last"} {
				b.ReportMetric(thirds[n][i].share, "%cpu-"+when+"-third")
				b.ReportMetric(thirds[n][i].private, "MB-private-"+when+"-third")
			}
		})
	}
	if complaints := s.Errors(); len(complaints) > 0 {
		b.Errorf("the service had to complain: %q", complaints)
	}
}

// use is the share of a processor that a process has taken, in percent, and its
// memory at the end.
type use struct{ share, private float64 }

// converse takes turns, each until its answer has been heard, for three thirds of
// a conversation, and returns what each process used in them. One round comes
// before: everything is warm then.
func (c *core) converse(b *testing.B, pids []string, turns []func()) (thirds [3][]use) {
	b.Helper()
	round := func() {
		for _, turn := range turns {
			heard, err := c.Listen(c.ctx)
			if err != nil {
				b.Fatal(err)
			}
			turn()
			c.recordedAll(heard)
			if from, to := loudPart(heard.Stop()); audio.Duration(to-from, desk.RecordRate) < 2900*time.Millisecond {
				b.Errorf("%v of an answer were heard", audio.Duration(to-from, desk.RecordRate))
			}
		}
	}
	round()
	for n := range thirds {
		began := time.Now()
		before := make([]cost, len(pids))
		for i, pid := range pids {
			before[i] = costOf(b, pid)
		}
		for time.Since(began) < conversing()/3 {
			round()
		}
		for i, pid := range pids {
			after := costOf(b, pid)
			share := 100 * float64(after.cpu-before[i].cpu) / float64(time.Since(began))
			thirds[n] = append(thirds[n], use{share, after.private})
		}
	}
	return thirds
}
