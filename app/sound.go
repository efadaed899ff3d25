package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"aside/app/settings"
	"aside/app/turn"
	"aside/audio"
	"aside/audio/device"
)

// sound gives the turn its microphone and its loudspeaker: those that the
// settings of the moment name.
type sound struct {
	system   *device.System // nil if this build has no way to the devices
	settings func() settings.Sound
	report   func(*turn.Problem)
	duck     *duck
	echo     *echo
	log      *slog.Logger
	lock     lock

	mu     sync.Mutex
	guard  context.CancelFunc // ends keepWarm; nil unless the settings want a warm microphone
	warm   *device.Warm       // nil while the screen is locked, too
	told   string             // the loudspeaker that was said to be absent
	closed bool
	ending sync.WaitGroup // what keeps a microphone warm, or closes it
}

// devicePatience bounds how long status waits for the sound server.
const devicePatience = time.Second

// absentSpeaker marks in status that the loudspeaker is not the chosen one.
const absentSpeaker = " (speaker_absent: the one you chose is not there)"

// chooseSpeaker is the way out when a loudspeaker is not there.
const chooseSpeaker = "Plug it in, or choose another: aside devices lists them, aside settings set sound.loudspeaker NAME chooses."

// newSound prepares the way to the devices. report may be called from any
// goroutine. journal is where it is noted what was done to other players, ""
// for nowhere.
func newSound(s func() settings.Sound, report func(*turn.Problem), journal string, log *slog.Logger) *sound {
	x := &sound{settings: s, report: report, log: log}
	system, err := device.Open(context.Background(), device.Options{Application: "Aside"})
	if err != nil {
		log.Warn("sound", "err", err)
		return x
	}
	x.system = system
	x.duck = newDuck(system, journal, log)
	x.echo = newEcho(x)
	return x
}

// configure puts the settings into effect that hold between questions.
func (s *sound) configure() {
	if s.system == nil {
		return
	}
	s.echo.configure(s.bargesInByVoice())
	s.mu.Lock()
	defer s.mu.Unlock()
	switch wanted := s.settings().Warm && !s.closed; {
	case wanted && s.guard == nil:
		ctx, cancel := context.WithCancel(context.Background())
		s.guard = cancel
		s.ending.Go(func() { s.keepWarm(ctx) })
	case !wanted && s.guard != nil:
		s.guard()
		s.guard = nil
	}
}

// microphone says what to record from.
func (s *sound) microphone(ctx context.Context) (device.RecordOptions, error) {
	want := s.settings()
	if want.Microphone == "" && !want.BuiltinMicrophone {
		return device.RecordOptions{Rate: audio.RateListen}, nil
	}
	found, err := s.system.Devices(ctx)
	if err != nil {
		return device.RecordOptions{}, err
	}
	o, err := pick(found, want).recordOptions()
	if err != nil {
		err = &audio.DeviceError{Name: want.Microphone, Err: err}
	}
	return o, err
}

// Record opens the microphone for a turn. The error wraps audio.ErrAbsent if
// the one that the user has chosen is not there.
func (s *sound) Record(ctx context.Context) (turn.Recording, error) {
	if s.system == nil {
		return nil, audio.ErrUnsupported
	}
	rec, err := s.record(ctx)
	if err != nil {
		return nil, err
	}
	rec = s.chimes(rec)
	if !s.settings().Duck {
		return rec, nil
	}
	return &lowering{rec, s.duck.begin()}, nil
}

func (s *sound) record(ctx context.Context) (turn.Recording, error) {
	s.mu.Lock()
	warm := s.warm
	s.mu.Unlock()
	if warm != nil {
		return warm.Record(ctx)
	}
	o, err := s.microphone(ctx)
	if err != nil {
		return nil, err
	}
	return s.system.Record(ctx, o)
}

// Play prepares a voice on the loudspeaker. If the one that the user has chosen
// is not there it is the default one, which is said once.
func (s *sound) Play(ctx context.Context, rate int) (turn.Playback, error) {
	if s.system == nil {
		return nil, audio.ErrUnsupported
	}
	o := device.PlayOptions{Rate: rate}
	if want := s.settings(); want.Loudspeaker != "" {
		found, err := s.system.Devices(ctx)
		if err != nil {
			return nil, err
		}
		c := pick(found, want)
		s.tell(want.Loudspeaker, c.noSpeaker)
		o.Device = c.loudspeaker.Name
	}
	if s.bargesInByVoice() {
		return s.echo.play(ctx, o)
	}
	return s.system.Play(ctx, o)
}

// tell says that a loudspeaker is absent, unless it has been said since it was
// last there.
func (s *sound) tell(loudspeaker string, absent bool) {
	s.mu.Lock()
	told := s.told == loudspeaker
	s.told = ""
	if absent {
		s.told = loudspeaker
	}
	s.mu.Unlock()
	if absent && !told {
		s.report(&turn.Problem{
			Code: "speaker_absent", Message: "The loudspeaker you chose is not there: the default one speaks.",
			Hint: chooseSpeaker,
		})
	}
}

// devices says which microphone and loudspeaker would be used now.
func (s *sound) devices() map[string]string {
	told := map[string]string{"microphone": "none", "loudspeaker": "none"}
	if s.system == nil {
		return told
	}
	ctx, cancel := context.WithTimeout(context.Background(), devicePatience)
	defer cancel()
	found, err := s.system.Devices(ctx)
	if err != nil {
		p := turn.ProblemOf(err)
		return map[string]string{"microphone": p.Code, "loudspeaker": p.Code}
	}
	c := pick(found, s.settings())
	switch {
	case c.noMic:
		told["microphone"] = "mic_absent"
	case c.microphone.Name != "":
		told["microphone"] = named(c.microphone)
	}
	if c.spares.Name != "" {
		told["microphone"] += " (instead of " + named(c.spares) + ")"
	}
	if c.loudspeaker.Name != "" {
		told["loudspeaker"] = named(c.loudspeaker)
	}
	if c.noSpeaker {
		told["loudspeaker"] += absentSpeaker
	}
	return told
}

func named(d device.Device) string {
	name := d.Description
	if name == "" {
		name = d.Name
	}
	if d.Muted {
		name += " (muted)"
	}
	return name
}

// close releases the devices. The turn's recordings are closed before.
func (s *sound) close() {
	if s.system == nil {
		return
	}
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.configure()
	s.ending.Wait()
	s.duck.wait()
	s.echo.close()
	if err := s.system.Close(); err != nil {
		s.log.Warn("close sound", "err", err)
	}
}
