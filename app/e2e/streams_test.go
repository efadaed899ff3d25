package e2e

import (
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jfreymuth/pulse/proto"
)

// stream is one that the sound server has told of.
type stream struct {
	kind        proto.SubscriptionEventType // EventSinkSinkInput or EventSinkSourceOutput
	index       uint32
	application string // "" if it was gone before anybody could ask
	began       time.Time
	ended       time.Time     // zero while it lives
	first, last int           // the places of its beginning and its end among all events
	asked       chan struct{} // closed when it is known whose it is
}

// soundWatch keeps the sound server's own account of the streams on a desk, by
// its events: a stream that lives for a moment only is not missed.
type soundWatch struct {
	net.Conn
	client proto.Client

	mu     sync.Mutex
	events int
	all    []*stream
}

// watchSound subscribes to the events of the desk's sound server until the
// test ends.
func watchSound(t testing.TB, server string) *soundWatch {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "unix", strings.TrimPrefix(server, "unix:"))
	if err != nil {
		t.Fatal(err)
	}
	w := &soundWatch{Conn: conn}
	w.client.SetTimeout(10 * time.Second)
	w.client.Callback = w.hear
	w.client.Open(w)
	t.Cleanup(func() {
		_ = conn.Close()
		w.ours(proto.EventSinkSourceOutput) // nobody asks any more
	})
	var auth proto.AuthReply
	if err := w.client.Request(&proto.Auth{Version: w.client.Version(), Cookie: make([]byte, 256)}, &auth); err != nil {
		t.Fatal(err)
	}
	w.client.SetVersion(auth.Version)
	name := proto.PropList{"application.name": proto.PropListString("desk-watch")}
	if err := w.client.Request(&proto.SetClientName{Props: name}, &proto.SetClientNameReply{}); err != nil {
		t.Fatal(err)
	}
	both := proto.SubscriptionMaskSinkInput | proto.SubscriptionMaskSourceInput
	if err := w.client.Request(&proto.Subscribe{Mask: both}, nil); err != nil {
		t.Fatal(err)
	}
	return w
}

// Read is the connection's. A server that has gone has taken its streams along.
func (w *soundWatch) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if err != nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, s := range w.all {
			w.end(s)
		}
	}
	return n, err
}

// hear runs on the reading goroutine and must not wait.
func (w *soundWatch) hear(message any) {
	e, ok := message.(*proto.SubscribeEvent)
	if !ok {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	kind := e.Event.GetFacility()
	w.events++
	switch e.Event.GetType() {
	case proto.EventNew:
		s := &stream{kind: kind, index: e.Index, began: time.Now(), first: w.events, asked: make(chan struct{})}
		w.all = append(w.all, s)
		go w.ask(s)
	case proto.EventRemove:
		for _, s := range w.all {
			if s.kind == kind && s.index == e.Index {
				w.end(s)
			}
		}
	}
}

func (w *soundWatch) end(s *stream) {
	if s.ended.IsZero() {
		s.ended, s.last = time.Now(), w.events
	}
}

// ask finds out whose a stream is.
func (w *soundWatch) ask(s *stream) {
	defer close(s.asked)
	var properties proto.PropList
	if s.kind == proto.EventSinkSourceOutput {
		var info proto.GetSourceOutputInfoReply
		if w.client.Request(&proto.GetSourceOutputInfo{SourceOutpuIndex: s.index}, &info) == nil {
			properties = info.Properties
		}
	} else {
		var info proto.GetSinkInputInfoReply
		if w.client.Request(&proto.GetSinkInputInfo{SinkInputIndex: s.index}, &info) == nil {
			properties = info.Properties
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if properties == nil {
		return // it is gone
	}
	s.application = "the server" // an echo canceller, for instance
	if name, ok := properties["application.name"]; ok {
		s.application = name.String()
	}
}

// ours lists the streams of Aside that have been so far, and those that were
// gone before anybody could ask whose they are.
func (w *soundWatch) ours(kind proto.SubscriptionEventType) (all []stream) {
	w.mu.Lock()
	seen := slices.Clone(w.all)
	w.mu.Unlock()
	for _, s := range seen {
		<-s.asked
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range seen {
		if s.kind == kind && (s.application == "Aside" || s.application == "") {
			all = append(all, *s)
		}
	}
	return all
}

func (w *soundWatch) microphones() []stream  { return w.ours(proto.EventSinkSourceOutput) }
func (w *soundWatch) loudspeakers() []stream { return w.ours(proto.EventSinkSinkInput) }

// span is a time in which a core listened. It is open at its end if it has not
// stopped.
type span struct{ from, to time.Time }

// listened reads from a core's log when it listened: unlike its snapshots, no
// change of the phase is missing there.
func listened(log string) []span { return during(log, "listening") }

// heard reads from a core's log when it said that the microphone hears.
func heard(log string) []span { return spans(log, " msg=hears ", func(string) bool { return true }) }

// during reads from a core's log when it was in one of the phases.
func during(log string, phases ...string) []span {
	return spans(log, " msg=phase ", func(line string) bool {
		_, phase, _ := strings.Cut(line, " to=")
		return slices.Contains(phases, phase)
	})
}

// spans reads from a core's log what began with a line that has the words begin
// and is one that counts, and ended with the next one or the next phase.
func spans(log, begin string, counts func(line string) bool) (spans []span) {
	open := false
	for line := range strings.Lines(log) {
		if !strings.Contains(line, begin) && !strings.Contains(line, " msg=phase ") {
			continue
		}
		stamp, _, _ := strings.Cut(strings.TrimPrefix(line, "time="), " ")
		at, err := time.Parse(time.RFC3339Nano, stamp)
		if err != nil {
			continue // what then is open all the same was not allowed to be
		}
		if open {
			spans[len(spans)-1].to = at
		}
		if open = strings.Contains(line, begin) && counts(strings.TrimSpace(line)); open {
			spans = append(spans, span{from: at})
		}
	}
	return spans
}

// closing is what a microphone gets to be closed in, once the core does not
// listen any more.
const closing = 300 * time.Millisecond

// beyond is how long a microphone was open from when it should have been closed,
// 0 if it was not.
func beyond(s stream, now time.Time, spans []span) time.Duration {
	end := s.ended
	if end.IsZero() {
		end = now
	}
	covered := s.began
	for _, listening := range spans {
		if listening.from.After(covered) {
			break
		}
		if listening.to.IsZero() {
			return 0
		}
		if to := listening.to.Add(closing); to.After(covered) {
			covered = to
		}
	}
	return max(0, end.Sub(covered))
}

// late is how much later than the core this process may hear of a microphone on
// a machine that is busy.
const late = 100 * time.Millisecond

// without is how long no microphone was open within a span, 0 if one was all the
// time. It may be closed a little before the core has said that it is.
func without(s span, now time.Time, microphones []stream) time.Duration {
	s.from = s.from.Add(late)
	if s.to.IsZero() {
		s.to = now
	}
	missing, covered := time.Duration(0), s.from
	for _, m := range microphones {
		if m.began.After(s.to) {
			break
		}
		missing += max(0, m.began.Sub(covered))
		if m.ended.IsZero() {
			return missing
		}
		if m.ended.After(covered) {
			covered = m.ended
		}
	}
	return missing + max(0, s.to.Add(-closing).Sub(covered))
}

// keepsMicrophone says that this test wants a microphone to be open while the
// core does not listen.
func (c *core) keepsMicrophone() { c.sound = nil }

// checkMicrophone wants that our microphone was open, by the sound server's own
// account, while the core listened and at no other time of the test.
func (c *core) checkMicrophone() {
	c.Helper()
	if c.sound == nil {
		return
	}
	var spans, told []span
	for _, log := range c.logs {
		spans, told = append(spans, listened(log.String())...), append(told, heard(log.String())...)
	}
	slices.SortFunc(spans, func(a, b span) int { return a.from.Compare(b.from) })
	microphones := c.sound.microphones()
	for _, s := range microphones {
		if open := beyond(s, time.Now(), spans); open > 0 {
			c.Errorf("microphone %d was open for %v while the core did not listen", s.index, open)
		}
	}
	for _, s := range told {
		if missing := without(s, time.Now(), microphones); missing > 0 {
			c.Errorf("the core said at %v that the microphone hears: for %v none was open", s.from, missing)
		}
	}
	c.sound = nil // each test is checked once
}

func TestListeningWithoutAMicrophoneIsFound(t *testing.T) {
	at := func(ms int) time.Time { return time.UnixMilli(1000 + int64(ms)) }
	microphones := []stream{{began: at(0), ended: at(1000)}, {began: at(2000), ended: at(3000)}, {began: at(3100), ended: at(4000)}, {began: at(6000)}}
	for what, tt := range map[string]struct {
		from, to int // 0 if it goes on
		want     time.Duration
	}{
		"within":               {10, 900, 0},
		"told a little later":  {10, 1290, 0},
		"closed too early":     {10, 1400, 100 * time.Millisecond},
		"noticed later":        {1910, 2500, 0},
		"opened later":         {1850, 2500, 50 * time.Millisecond},
		"away for a moment":    {2100, 3500, 100 * time.Millisecond},
		"none":                 {4500, 5500, 600 * time.Millisecond},
		"open still":           {6100, 0, 0},
		"closed, and it hears": {3500, 0, 2 * time.Second},
	} {
		s := span{from: at(tt.from)}
		if tt.to != 0 {
			s.to = at(tt.to)
		}
		if got := without(s, at(7000), microphones); got != tt.want {
			t.Errorf("%s: %v without, want %v", what, got, tt.want)
		}
	}
	log := "time=2026-11-25T08:00:00.100Z level=DEBUG msg=phase turn=1 from=idle to=listening\n" +
		"time=2026-11-25T08:00:00.200Z level=DEBUG msg=hears turn=1\n" +
		"time=2026-11-25T08:00:00.900Z level=DEBUG msg=phase turn=1 from=listening to=thinking\n"
	if got := heard(log); len(got) != 1 || got[0].to.Sub(got[0].from) != 700*time.Millisecond {
		t.Errorf("heard %v", got)
	}
}

func TestAMicrophoneThatIsOpenWhileNobodyListensIsFound(t *testing.T) {
	at := func(ms int) time.Time { return time.UnixMilli(1000 + int64(ms)) }
	spans := []span{{at(0), at(1000)}, {at(1200), at(2000)}, {at(4000), time.Time{}}}
	for what, tt := range map[string]struct {
		from, to int // 0 if it is open
		want     time.Duration
	}{
		"within":                  {10, 990, 0},
		"closed a little later":   {10, 1290, 0},
		"over two":                {10, 2290, 0},
		"closed too late":         {1210, 2400, 100 * time.Millisecond},
		"opened before":           {-50, 100, 150 * time.Millisecond},
		"in between":              {3000, 3100, 100 * time.Millisecond},
		"open while it listens":   {4010, 0, 0},
		"open since it listened":  {1300, 0, 2700 * time.Millisecond},
		"open since nobody knows": {3500, 0, 1500 * time.Millisecond},
	} {
		s := stream{began: at(tt.from)}
		if tt.to != 0 {
			s.ended = at(tt.to)
		}
		if got := beyond(s, at(5000), spans); got != tt.want {
			t.Errorf("%s: %v beyond, want %v", what, got, tt.want)
		}
	}
	log := "time=2026-11-25T08:00:00.100Z level=DEBUG msg=phase turn=1 from=idle to=listening\n" +
		"time=2026-11-25T08:00:00.200Z level=INFO msg=other to=listening\n" +
		"time=2026-11-25T08:00:00.900Z level=DEBUG msg=phase turn=2 from=listening to=listening\n" +
		"time=2026-11-25T08:00:01.500Z level=DEBUG msg=phase turn=2 from=listening to=thinking\n"
	if got := listened(log); len(got) != 2 || got[0].to.Sub(got[0].from) != 800*time.Millisecond || got[1].to.Sub(got[1].from) != 600*time.Millisecond {
		t.Errorf("listened %v", got)
	}
}
