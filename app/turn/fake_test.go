package turn

import (
	"cmp"
	"context"
	"errors"
	"image"
	"image/color"
	"io"
	"math"
	"slices"
	"sync"
	"time"

	"aside/app/engine"
	"aside/audio"
	"aside/vision"
)

// diary collects what the fakes were asked to do, in order.
type diary struct {
	mu    sync.Mutex
	lines []string
}

func (d *diary) add(line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, line)
}

// count is how often line stands in the diary.
func (d *diary) count(line string) (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, l := range d.lines {
		if l == line {
			n++
		}
	}
	return n
}

// index is where line stands in the diary, -1 if nowhere.
func (d *diary) index(line string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Index(d.lines, line)
}

// fakeMic says loud syllables in real time until it is closed, or fails.
type fakeMic struct {
	level  float64 // of what is said, 12000 if 0
	from   int     // frames of silence before it
	words  int     // frames until the silence after it; 0 is for ever
	diary  *diary
	err    error // of Record
	broken error // of Read, after half a second
	silent bool
	slow   time.Duration // until the first sample
	name   string
	now    string        // what it is called after half a second
	closes time.Duration // how long that takes
}

func (m *fakeMic) Record(context.Context) (Recording, error) {
	if m.err != nil {
		return nil, m.err
	}
	m.diary.add("mic opens")
	return &fakeRecording{mic: m}, nil
}

type fakeRecording struct {
	mic *fakeMic
	n   int
}

func (r *fakeRecording) Read(ctx context.Context) (audio.Frame, error) {
	select {
	case <-ctx.Done():
		return audio.Frame{}, ctx.Err()
	case <-time.After(audio.FrameDuration + r.slow()):
	}
	if r.n++; r.mic.broken != nil && r.n > 25 {
		return audio.Frame{}, r.mic.broken
	}
	f := audio.Frame{Rate: audio.RateListen, Samples: make([]int16, audio.RateListen/50)}
	for i := range f.Samples {
		if !r.mic.silent && r.n > r.mic.from && (r.mic.words == 0 || r.n < r.mic.words) && r.n%16 < 12 {
			swell := math.Sin(0.05*float64(i)) * (0.8 + 0.2*math.Sin(float64(r.n)))
			wave := cmp.Or(r.mic.level, 12000) * swell * swell * swell * math.Sin(0.3*float64(i))
			f.Samples[i] = int16(min(max(wave, math.MinInt16), math.MaxInt16))
		}
	}
	return f, nil
}

func (r *fakeRecording) slow() time.Duration {
	if r.n > 0 {
		return 0
	}
	return r.mic.slow
}

func (r *fakeRecording) Microphone() string {
	if r.n > 25 && r.mic.now != "" {
		return r.mic.now
	}
	return r.mic.name
}

func (r *fakeRecording) Close() error {
	time.Sleep(r.mic.closes)
	r.mic.diary.add("mic closes")
	return nil
}

// fakeSpeaker plays in real time.
type fakeSpeaker struct {
	diary *diary
	err   error
}

func (s *fakeSpeaker) Play(context.Context, int) (Playback, error) {
	if s.err != nil {
		return nil, s.err
	}
	s.diary.add("voice opens")
	return &fakePlayback{diary: s.diary}, nil
}

type fakePlayback struct {
	diary  *diary
	mu     sync.Mutex
	start  time.Time
	length time.Duration
}

func (p *fakePlayback) Write(_ context.Context, f audio.Frame) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.start.IsZero() {
		p.start = time.Now()
	}
	p.length += f.Duration()
	return nil
}

func (p *fakePlayback) Played() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.start.IsZero() {
		return 0
	}
	return min(time.Since(p.start), p.length)
}

func (p *fakePlayback) Drain(ctx context.Context) error {
	p.mu.Lock()
	left := p.length - time.Since(p.start)
	p.mu.Unlock()
	select {
	case <-time.After(left):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *fakePlayback) Flush()       { p.diary.add("voice silent") }
func (p *fakePlayback) Close() error { return nil }

// fakeScreen is a display on which things change after a while.
type fakeScreen struct {
	err     error
	changes []fakeChange
	window  uint32 // of what is taken

	mu     sync.Mutex
	hangs  bool
	tint   uint8 // of what is there now
	title  string
	point  image.Point
	wanted []vision.Target
	out    int // shots that were not given back
}

// fakeChange is what happens so long after the watch began.
type fakeChange struct {
	after   time.Duration
	window  string // another comes to the front
	pointer image.Point
	err     error // and cannot be looked at
}

func (s *fakeScreen) Take(ctx context.Context, t vision.Target) (vision.Shot, error) {
	time.Sleep(30 * time.Millisecond)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hangs {
		<-ctx.Done()
		return vision.Shot{}, ctx.Err()
	}
	s.wanted = append(s.wanted, t)
	if s.err != nil {
		return vision.Shot{}, s.err
	}
	s.out++
	pixels := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for i := range 64 {
		for y := range 48 {
			pixels.Set(i, y, color.RGBA{uint8(i * y), 200, s.tint, 255})
		}
	}
	return vision.Shot{
		Window: s.window, Capture: t.Capture, Title: cmp.Or(s.title, "server.go"), Program: "editor",
		Bounds: pixels.Rect, Pointer: s.point, Pixels: pixels,
	}, nil
}

func (s *fakeScreen) Read(_ context.Context, shot vision.Shot) (vision.Shot, error) {
	shot.Words = []string{"text of " + shot.Title}
	return shot, nil
}

func (s *fakeScreen) Watch(ctx context.Context, changed func(Change)) error {
	for _, c := range s.changes {
		select {
		case <-time.After(c.after):
		case <-ctx.Done():
			return nil
		}
		s.mu.Lock()
		if c.window != "" {
			s.title = c.window
			s.tint += 50
		}
		s.point, s.err = c.pointer, c.err
		s.mu.Unlock()
		changed(Change{Window: c.window != ""})
	}
	<-ctx.Done()
	return nil
}

func (s *fakeScreen) Locked(context.Context) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Is(s.err, vision.ErrLocked)
}

// Free empties the picture, as the true one does.
func (s *fakeScreen) Free(shot vision.Shot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*shot.Pixels = image.RGBA{}
	s.out--
}

// fakeJournal is a history in memory.
type fakeJournal struct {
	diary *diary
	slow  time.Duration // of Begin
	mu    sync.Mutex
	turns map[string]View
}

func (j *fakeJournal) Begin(_ context.Context, v View) error {
	time.Sleep(j.slow)
	j.diary.add("recorded")
	return j.Update(context.Background(), v)
}

func (j *fakeJournal) Update(_ context.Context, v View) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.turns == nil {
		j.turns = map[string]View{}
	}
	j.turns[v.ID] = v
	return nil
}

func (j *fakeJournal) Remove(_ context.Context, id string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.turns, id)
	return nil
}

func (j *fakeJournal) all() map[string]View {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.turns
}

// fakeEngine answers every prompt with a script of events, a pause before each.
type fakeEngine struct {
	diary  *diary
	name   string // chat if ""
	mu     sync.Mutex
	script []any         // engine.Event, error, or time.Duration to pause
	deaf   error         // of Send
	stops  time.Duration // after which it notices that the user has stopped, if it does
	got    []*fakeExchange
}

func (e *fakeEngine) Capabilities() engine.Capabilities {
	return engine.Capabilities{Name: cmp.Or(e.name, "chat"), Model: "fake", Host: "fake.invalid", Sees: true, Speaks: true, Detects: e.stops > 0}
}

func (e *fakeEngine) Start(ctx context.Context, p engine.Prompt) (engine.Exchange, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	x := &fakeExchange{engine: e, prompt: p, script: e.script, committed: make(chan struct{})}
	x.ctx, x.cancel = context.WithCancel(ctx)
	e.got = append(e.got, x)
	return x, nil
}

func (e *fakeEngine) exchange(i int) *fakeExchange {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.got[i]
}

type fakeExchange struct {
	engine    *fakeEngine
	prompt    engine.Prompt
	ctx       context.Context
	cancel    context.CancelFunc
	committed chan struct{}
	script    []any
	stopped   bool

	mu     sync.Mutex
	heard  int // samples
	seen   []vision.Shot
	played time.Duration
}

func (x *fakeExchange) Send(f audio.Frame) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.engine.deaf != nil {
		return x.engine.deaf
	}
	x.heard += len(f.Samples)
	return nil
}

func (x *fakeExchange) Show(s vision.Shot) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.seen = append(x.seen, s)
	return nil
}

func (x *fakeExchange) Commit() error {
	x.engine.diary.add("commit")
	close(x.committed)
	return nil
}

func (x *fakeExchange) Recv(ctx context.Context) (engine.Event, error) {
	var stops <-chan time.Time
	if !x.stopped && x.engine.stops > 0 {
		stops = time.After(x.engine.stops)
	}
	select {
	case <-x.committed:
	case <-stops:
		x.stopped = true
		return engine.Paused{}, nil
	case <-x.ctx.Done():
		return nil, x.ctx.Err()
	}
	for len(x.script) > 0 {
		next := x.script[0]
		x.script = x.script[1:]
		switch next := next.(type) {
		case time.Duration:
			select {
			case <-time.After(next):
			case <-x.ctx.Done():
				return nil, x.ctx.Err()
			}
		case func(*fakeExchange) engine.Event:
			return next(x), nil
		case error:
			return nil, next
		case engine.Event:
			return next, nil
		}
	}
	return nil, io.EOF
}

func (x *fakeExchange) Interrupt(played time.Duration) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.played = played
	return nil
}

func (x *fakeExchange) Close() error { x.cancel(); return nil }

// counts returns what the exchange was given.
func (x *fakeExchange) counts() (heard, seen int, played time.Duration) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.heard, len(x.seen), x.played
}

// speech is a second of voice that says the words.
func speech(words string) engine.Speech {
	return engine.Speech{Frame: audio.Frame{Rate: audio.RateSpeak, Samples: make([]int16, audio.RateSpeak)}, Sentence: words}
}

var errUnplugged = errors.Join(audio.ErrLost)

// errSilent is how a portal that takes too long fails.
var errSilent = errors.Join(vision.ErrPortalSilent, context.DeadlineExceeded)

// left tells that all that was shown has left.
func left(x *fakeExchange) engine.Event {
	x.mu.Lock()
	defer x.mu.Unlock()
	return engine.Sent{At: time.Now(), Shots: slices.Clone(x.seen)}
}

// silence is how long nobody speaks until a conversation ends.
const silence = 30 * time.Second
