package e2e

import (
	"math/rand/v2"
	"testing"
	"time"

	"aside/app/control"
	"aside/app/desk"
	"aside/app/engine/enginetest"
	"aside/audio"
)

// lead is how much of an answer comes before it stalls.
const lead = 600 * time.Millisecond

// cutting is what a benchmark of answers that are cut off works with.
type cutting struct {
	*core
	live  *enginetest.Live
	heard *desk.Recording
	taken spread
}

// BenchmarkTruncate cuts answers off, some of which have stalled on their way
// and so were silent in between: how far is where the service was told to cut
// from how much the loudspeaker's recording has of it? Beside ours stands the
// official SDK for JavaScript, on the same service and loudspeaker. How long both
// take from the first sound that the service sends until it is heard, and from
// the wish for silence until it is silent, stands with it.
func BenchmarkTruncate(b *testing.B) {
	c, s := living(b, desk.Options{Sound: true})
	patient(b, c)
	heard, err := c.Listen(c.ctx)
	if err != nil {
		b.Fatal(err)
	}
	dir, why := fetchAgent(b)
	run := func(stall time.Duration, who string, cuts func(b *testing.B) (ask, cut func())) {
		b.Run("stall="+stall.String()+"/"+who, func(b *testing.B) {
			ask, cut := cuts(b)
			t := cutting{c, s, heard, spread{}}
			for b.Loop() {
				t.cuts(stall, ask, cut)
			}
			t.taken.report(b)
			if complaints := s.Errors(); len(complaints) > 0 {
				b.Errorf("the service had to complain: %q", complaints)
			}
		})
	}
	for _, stall := range []time.Duration{0, 200 * time.Millisecond, 500 * time.Millisecond} {
		run(stall, "ours", func(*testing.B) (ask, cut func()) {
			return func() { go func() { _, _ = c.aside("ask", "--speak", "--screen", "none", "tell me a story") }() }, // it ends with the turn
				func() {
					if err := c.Do(c.ctx, control.VerbCancel, nil); err != nil {
						b.Fatal(err)
					}
				}
		})
		run(stall, "agents-sdk", func(b *testing.B) (ask, cut func()) {
			if why != "" {
				b.Skip(why)
			}
			a := c.agent(b, dir, s, "")
			return func() { a.do("ask") }, func() { a.do("interrupt") }
		})
	}
}

// cuts has an answer begin, and cuts it off after it has stalled.
func (t cutting) cuts(stall time.Duration, ask, cut func()) {
	t.Helper()
	spoke := make(chan time.Time, 1)
	t.live.Script(enginetest.LiveAll(
		enginetest.LiveWords("It goes on and on. "), func(*enginetest.Talk) { spoke <- time.Now() },
		enginetest.LiveSound(pieceOf(0, lead)), enginetest.LivePause(lead+stall), enginetest.LiveSound(pieceOf(0, 20*time.Second))))
	place, from := t.heard.Clock(), t.heard.Len()
	cuts := len(t.live.Events("conversation.item.truncate"))
	ask()
	sent := <-spoke
	time.Sleep(2*lead + stall + rand.N(time.Second))
	at := time.Now()
	cut()
	end := truncatedAt(t.core, t.live, cuts)
	t.until("silence", func() bool {
		all := t.heard.Samples()
		return len(all)-place(at) > desk.RecordRate/2 && audio.Peak(all[len(all)-desk.RecordRate/4:]) < loud
	})
	t.watch("the end", func(s control.Snapshot) bool { return s.Phase == "idle" })
	all := t.heard.Samples()[from:]
	first, last := loudPart(all)
	t.taken.note("off-by", (end - loudFor(all)).Abs())
	t.taken.note("sent→sound", audio.Duration(from+first-place(sent), desk.RecordRate))
	t.taken.note("cut→silence", audio.Duration(from+last-place(at), desk.RecordRate))
}

// loudFor is how long something was heard in a recording, without the silence in
// between.
func loudFor(samples []int16) (d time.Duration) {
	const block = desk.RecordRate / 1000 // of pieceOf, every millisecond has a peak
	for i := 0; i+block <= len(samples); i += block {
		if audio.Peak(samples[i:i+block]) > loud {
			d += time.Millisecond
		}
	}
	return d
}
