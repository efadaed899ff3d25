package e2e

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/coder/websocket"

	"aside/app/control"
	"aside/app/desk"
	"aside/app/engine/enginetest"
	"aside/audio"
)

// spread keeps every figure of a kind, in milliseconds.
type spread map[string][]float64

func (s spread) note(what string, d time.Duration) {
	s[what] = append(s[what], float64(d.Microseconds())/1000)
}

// report reports the means, and what 95 of 100 are below.
func (s spread) report(b *testing.B) {
	b.ReportMetric(0, "ns/op") // it is mostly speech
	for what, all := range s {
		slices.Sort(all)
		sum := 0.0
		for _, ms := range all {
			sum += ms
		}
		b.ReportMetric(sum/float64(len(all)), "ms-"+what)
		b.ReportMetric(all[len(all)*95/100], "ms-"+what+"-P95")
	}
}

// liveBench is what a benchmark of a live voice works with.
type liveBench struct {
	bench
	live  *enginetest.Live
	bare  *websocket.Conn
	taken spread
}

// thought is how long the scripted model thinks before it speaks.
const thought = 300 * time.Millisecond

// BenchmarkLiveTurn asks a live voice aloud and cuts its answer off by the key.
// All times are the service's, the display's and the loudspeaker's recording's:
// from the key's release until the service has the wish for an answer, and how
// much of the utterance came after it; from the first sound that the service
// sends until it is heard; what the whole took beyond the time that the model
// thought; from the key until it is silent; and how far where the service was
// told to cut the answer is from what was heard of it. Beside them stand the
// same last events written by the bare library, and a player that is killed.
func BenchmarkLiveTurn(b *testing.B) {
	c, s := living(b, whole())
	patient(b, c)
	c.ready()
	c.terminal("notes", c.file("page.txt", page))
	wav, _ := c.spoken("what is on my screen", 100*time.Millisecond)
	heard, err := c.Listen(c.ctx)
	if err != nil {
		b.Fatal(err)
	}
	t := liveBench{
		bench: bench{core: c, display: c.display(), heard: heard, wav: wav, sums: figures{}, tone: c.file("tone.wav", string(audio.WAV(pieceOf(0, 10*time.Second))))},
		live:  s, bare: bareClient(b, s), taken: spread{},
	}
	for b.Loop() {
		for _, i := range rand.Perm(3) {
			[]func(){t.turn, t.writes, t.playerFloor}[i]()
		}
	}
	t.taken.report(b)
	for unit, total := range t.sums {
		b.ReportMetric(total/float64(b.N), unit)
	}
	if complaints := s.Errors(); len(complaints) > 0 {
		b.Errorf("the service had to complain: %q", complaints)
	}
}

// turn is one question, and its answer as far as it is heard.
func (t liveBench) turn() {
	t.Helper()
	spoke := make(chan time.Time, 1)
	t.live.Script(enginetest.LiveAll(
		enginetest.LivePause(thought), enginetest.LiveWords("It goes on and on. "),
		func(*enginetest.Talk) { spoke <- time.Now() }, enginetest.LiveSound(pieceOf(0, 20*time.Second))))
	place, from := t.heard.Clock(), t.heard.Len()
	asked, cut := len(t.live.Events("response.create")), len(t.live.Events("conversation.item.truncate"))
	time.Sleep(rand.N(50 * time.Millisecond)) // any place in the blocks of the sound server
	t.display.press()
	if err := t.Play(t.ctx, t.wav); err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond) // so that no word is cut, and its tail is not waited for
	up := t.display.release()
	created, err := t.live.Await(t.ctx, "response.create", asked+1)
	if err != nil {
		t.Fatal(err)
	}
	t.taken.note("up→asked", created[asked].At.Sub(up))
	t.taken.note("of-speech-after-up", t.spokenAfter(up))
	sent := <-spoke
	t.untilLoud()
	time.Sleep(rand.N(time.Second))
	pressed := t.display.press()
	silent := t.loudUntil(place(pressed))
	t.display.release()
	t.watch("the end", func(s control.Snapshot) bool { return s.Phase == "idle" })
	all := t.heard.Samples()[from:]
	first, _ := loudPart(all)
	sound := func(since time.Time) time.Duration {
		return audio.Duration(from+first-place(since), desk.RecordRate)
	}
	t.taken.note("sent→sound", sound(sent))
	t.taken.note("added", sound(up)-thought)
	t.taken.note("press→silence", silent)
	t.taken.note("cut-off-by", (t.truncated(cut) - loudFor(all)).Abs())
}

// spokenAfter is how much sound has come after a moment.
func (t liveBench) spokenAfter(at time.Time) (d time.Duration) {
	for _, e := range t.live.Events("input_audio_buffer.append") {
		if encoded, _ := e.Fields["audio"].(string); e.At.After(at) {
			d += audio.Duration(base64.StdEncoding.DecodedLen(len(encoded))/2, audio.RateSpeak)
		}
	}
	return d
}

// truncated is where the service was told to cut the answer, once n others were
// before.
func (t liveBench) truncated(n int) time.Duration {
	t.Helper()
	return truncatedAt(t.core, t.live, n)
}

func truncatedAt(c *core, s *enginetest.Live, n int) time.Duration {
	c.Helper()
	cuts, err := s.Await(c.ctx, "conversation.item.truncate", n+1)
	if err != nil {
		c.Fatal(err)
	}
	ms, _ := cuts[n].Fields["audio_end_ms"].(float64)
	return time.Duration(ms) * time.Millisecond
}

// bareClient is a session by the bare library.
func bareClient(b *testing.B, s *enginetest.Live) *websocket.Conn {
	b.Helper()
	conn, _, err := websocket.Dial(b.Context(), s.URL+"/realtime?model=bare", nil) //nolint:bodyclose // Dial closes it
	if err != nil {
		b.Fatal(err)
	}
	conn.SetReadLimit(-1)
	ctx, cancel := context.WithCancel(context.WithoutCancel(b.Context()))
	over := make(chan struct{})
	go func() {
		defer close(over)
		for {
			if _, _, err := conn.Read(ctx); err != nil {
				return
			}
		}
	}()
	b.Cleanup(func() {
		cancel()
		_ = conn.CloseNow()
		<-over
	})
	return conn
}

// writes has the bare library write the end of an utterance, the commit and the
// wish for an answer, each on its own.
func (t liveBench) writes() {
	t.Helper()
	write := func(event map[string]any) {
		data, err := json.Marshal(event)
		if err != nil {
			t.Fatal(err)
		}
		if err := t.bare.Write(t.ctx, websocket.MessageText, data); err != nil {
			t.Fatal(err)
		}
	}
	sound := func(d time.Duration) map[string]any {
		silence := make([]byte, 2*audio.Samples(d, audio.RateSpeak))
		return map[string]any{"type": "input_audio_buffer.append", "audio": base64.StdEncoding.EncodeToString(silence)}
	}
	t.live.Script(enginetest.LiveWords("Yes."))
	appended, asked := len(t.live.Events("input_audio_buffer.append")), len(t.live.Events("response.create"))
	write(map[string]any{"type": "session.update", "session": map[string]any{"type": "realtime", "audio": map[string]any{"input": map[string]any{"turn_detection": nil}}}})
	write(sound(time.Second))
	if _, err := t.live.Await(t.ctx, "input_audio_buffer.append", appended+1); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	write(sound(audio.FrameDuration))
	write(map[string]any{"type": "input_audio_buffer.commit"})
	write(map[string]any{"type": "response.create"})
	created, err := t.live.Await(t.ctx, "response.create", asked+1)
	if err != nil {
		t.Fatal(err)
	}
	t.taken.note("write→asked(floor)", created[asked].At.Sub(began))
}
