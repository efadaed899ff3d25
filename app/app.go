package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"aside/app/control"
	"aside/app/engine"
	"aside/app/history"
	"aside/app/settings"
	"aside/app/turn"
	"aside/vision"
)

// App is the running core. Open makes it, Run waits for its end, Close takes
// it apart in the reverse order.
type App struct {
	log          *slog.Logger
	version      string
	pid          int
	settingsPath string
	current      atomic.Pointer[settings.Settings]
	changing     sync.Mutex // held while the settings change
	settingsNews news
	trial        trial // of the microphone or the voice, by whoever sets Aside up

	verbs   map[string]verb
	server  *control.Server
	history *history.Store // nil if it cannot be opened
	sound   *sound
	sight   *sight
	engines *engines
	meter   *meter
	pruner  *pruner // nil without a history
	loop    *turn.Loop
	panel   *panelProcess
	keys    *keys
	tray    *trayIcon
	inserts inserts

	ready    chan struct{} // closed when the parts above are there
	over     chan struct{} // closed when somebody asks for the end
	overOnce sync.Once
	watching context.CancelFunc
	watched  sync.WaitGroup
}

// Options are what the command line knows.
type Options struct {
	Version string
	Log     *slog.Logger
}

// Open starts the core: first the socket, which decides whether another one
// runs (control.ErrRunning), last the keys. What is missing on this machine is
// reported and does not keep the rest from working.
func Open(ctx context.Context, o Options) (_ *App, err error) {
	a := &App{
		log: o.Log, version: o.Version, pid: os.Getpid(),
		ready: make(chan struct{}), over: make(chan struct{}),
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	socket, err := settings.SocketPath()
	if err != nil {
		return nil, err
	}
	if a.server, err = control.Listen(socket, gate{a}, a.log); err != nil {
		return nil, err
	}
	if a.settingsPath, err = settings.Path(); err != nil {
		return nil, err
	}
	troubles := a.readSettings()
	troubles = append(troubles, a.openHistory(ctx)...)
	a.sound = newSound(func() settings.Sound { return a.settings().Sound }, func(p *turn.Problem) { a.loop.Report(p) },
		filepath.Join(filepath.Dir(socket), "lowered.json"), a.log)
	a.sight = newSight(a.settings().Screen, a.log)
	a.engines = newEngines(a.settings, a.log)
	a.meter = newMeter(ctx, a.settings, a.history, func(p *turn.Problem) { a.loop.Report(p) }, a.log)
	a.engines.metered = a.meter.over
	a.startLoop()
	a.sound.watchLock(a.sight.Locked, a.loop.Refresh)
	a.sound.configure()
	for _, p := range troubles {
		a.loop.Report(p)
	}
	a.verbs = a.verbTable()
	a.panel = startPanel([]string{"--tether", "--socket", socket}, a.loop.Report, a.log)
	a.keys = startKeys(a.settings().Hotkey, a.keyActions(), a.log)
	a.tray = openTray(ctx, a)
	if a.history != nil {
		a.pruner = startPruner(a.history, func() int { return a.settings().History.Days }, a.log)
	}
	close(a.ready)
	a.follow()
	if HasDisplay() && a.settings().Panel.AlwaysOn {
		a.panel.set(panelShown)
	}
	return a, nil
}

// gate holds requests back until the core is whole.
type gate struct{ app *App }

func (g gate) Handle(ctx context.Context, r control.Request, send func(any) error) error {
	select {
	case <-g.app.ready:
		return g.app.Handle(ctx, r, send)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Run waits until ctx ends or somebody asks for the end.
func (a *App) Run(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-a.over:
	}
}

func (a *App) quit() { a.overOnce.Do(func() { close(a.over) }) }

// closeLimit bounds how long Close waits for a part: a display or a bus that
// has stopped answering must not keep Aside from ending.
const closeLimit = 1200 * time.Millisecond

// Close ends the running turn, closes the microphone and releases everything,
// within three seconds.
func (a *App) Close() error {
	var turn, rest, last []func() error
	none := func(do func()) func() error { return func() error { do(); return nil } }
	if a.loop != nil {
		turn = append(turn, none(a.loop.Close))
	}
	if a.watching != nil {
		rest = append(rest, none(func() { a.watching(); a.watched.Wait() }))
	}
	if a.keys != nil {
		rest = append(rest, none(a.keys.close))
	}
	if a.tray != nil {
		rest = append(rest, none(a.tray.close))
	}
	if a.engines != nil {
		rest = append(rest, none(a.engines.close))
	}
	if a.panel != nil {
		rest = append(rest, none(a.panel.close))
	}
	if a.sound != nil {
		rest = append(rest, none(a.sound.close), none(a.sight.close))
	}
	if a.pruner != nil {
		rest = append(rest, none(a.pruner.close))
	}
	if a.meter != nil {
		rest = append(rest, none(a.meter.close))
	}
	rest = append(rest, none(a.inserts.Close))
	if a.history != nil {
		last = append(last, a.history.Close)
	}
	if a.server != nil {
		last = append(last, a.server.Close)
	}
	return errors.Join(closeAll(turn), closeAll(rest), closeAll(last))
}

// closeAll runs all of parts at once and waits for them, for closeLimit.
func closeAll(parts []func() error) error {
	errs := make(chan error, len(parts))
	for _, part := range parts {
		go func() { errs <- part() }()
	}
	limit := time.NewTimer(closeLimit)
	defer limit.Stop()
	var all error
	for range parts {
		select {
		case err := <-errs:
			all = errors.Join(all, err)
		case <-limit.C:
			return errors.Join(all, errStuck)
		}
	}
	return all
}

var errStuck = errors.New("a part of Aside did not end in time")

func (a *App) settings() settings.Settings { return *a.current.Load() }

// readSettings loads the file and returns what is wrong in it.
func (a *App) readSettings() []*turn.Problem {
	s, wrong, err := settings.Load(a.settingsPath)
	if err != nil {
		a.log.Warn("settings", "err", err)
		wrong = append(wrong, settings.Problem{Code: "settings_invalid", Message: "The settings file cannot be read.", Hint: "The defaults are used. See: aside settings path"})
	}
	a.current.Store(&s)
	var problems []*turn.Problem
	for _, p := range wrong {
		a.log.Warn("settings", "code", p.Code, "problem", p.Message)
		problems = append(problems, &turn.Problem{Code: p.Code, Message: p.Message, Hint: p.Hint})
	}
	return problems
}

func (a *App) startLoop() {
	p := turn.Ports{
		Microphone: a.sound, Ears: a.sound, Loudspeaker: a.sound, Screen: a.sight, Warm: a.sound.keepsOpen, Tried: a.trial.listens,
		Engine: func() engine.Engine { return a.meter.over(a.engines.engine()) },
		Beside: a.engines.beside,
		Settings: func() turn.Settings {
			s := a.settings()
			return turn.Settings{Capture: vision.Capture(s.Screen.Capture), Speak: true, Pace: s.Speak.Speed, Volume: s.Speak.Volume, BargeIn: a.sound.bargesInByVoice(), ShareTokens: s.Screen.ShareTokens, Silence: time.Duration(s.Talk.Silence) * time.Second}
		},
		Control: a.wish, Sharer: a.engines.sharer, Frame: a.sight.frame,
	}
	if a.history != nil {
		p.Journal = &journal{Store: a.history, report: func(p *turn.Problem) { a.loop.Report(p) }}
	}
	a.loop = turn.NewLoop(p, a.log)
	a.engines.start(telling{a.loop.Refresh, a.loop.Report, a.loop.Retract})
}

// keyActions says what the global keys do.
func (a *App) keyActions() keyActions {
	return keyActions{
		down:    func(at time.Time) { a.loop.Press(at); a.awake() },
		up:      a.loop.Release,
		cancel:  a.loop.Cancel,
		look:    a.look,
		typing:  func() { a.panel.set(panelTyping) },
		panel:   a.flipPanel,
		display: a.panel.displayed,
		report:  a.loop.Report,
	}
}

// look asks what is on the screen, aloud.
func (a *App) look() {
	a.loop.Start(turn.Question{Look: true, Speak: true})
	a.awake()
}

// awake brings the panel while the user is still speaking, and looks again for
// an engine on this machine.
func (a *App) awake() {
	if HasDisplay() {
		a.panel.wake()
	}
	a.engines.look()
}

// load reads the settings again and puts them into effect; the key too, if it
// may have changed. When it returns, the next question goes where they say.
func (a *App) load(ctx context.Context, newKey bool) error {
	defer a.settingsNews.tell()
	a.changing.Lock()
	defer a.changing.Unlock()
	before := a.settings()
	troubles := a.readSettings()
	now := a.settings()
	if now.Hotkey != before.Hotkey {
		a.keys.rebind(now.Hotkey)
	}
	a.panel.reload()
	if a.pruner != nil {
		a.pruner.look()
	}
	a.sound.configure()
	a.sight.configure(now.Screen)
	if newKey || now.Engine != before.Engine || now.Transcribe != before.Transcribe || voiceless(now.Speak) != voiceless(before.Speak) {
		if err := a.engines.reload(ctx); err != nil {
			return err
		}
	}
	a.loop.SetVoice(now.Speak.Speed, now.Speak.Volume)
	if newKey || answersElse(before, now) {
		a.loop.Pardon()
	}
	if now.Spending != before.Spending {
		a.meter.review(a.loop.Retract)
	}
	for _, p := range troubles {
		a.loop.Report(p)
	}
	a.loop.Refresh()
	return nil
}

// answersElse reports whether a question may fare otherwise than before.
func answersElse(before, now settings.Settings) bool {
	before.Panel, before.Hotkey, before.History = now.Panel, now.Hotkey, now.History
	return !reflect.DeepEqual(before, now)
}

// voiceless is who speaks, without how: that is asked for with each sentence.
func voiceless(s settings.Speak) settings.Speak {
	s.Voice, s.Speed, s.Volume = "", 0, 0
	return s
}

// follow keeps the tray and the keys in step with the turn, and lets the panel go when it
// has not been used for long.
func (a *App) follow() {
	ctx, cancel := context.WithCancel(context.Background())
	a.watching = cancel
	path := a.settingsPath
	a.watched.Go(func() { a.followFile(ctx, path) })
	a.watched.Go(func() { a.awaitHistory(ctx) })
	a.watched.Go(func() {
		disuse := time.AfterFunc(panelDisuse, func() {
			if !a.settings().Panel.AlwaysOn {
				a.panel.set(panelGone)
			}
		})
		defer disuse.Stop()
		a.panel.onUse(func() { disuse.Reset(panelDisuse) })
		_ = a.loop.Watch(ctx, func(s turn.Snapshot) error { // it ends with ctx
			if s.Phase != turn.Idle {
				disuse.Reset(panelDisuse)
			}
			if begins(s) {
				a.inserts.begun(s.Turn.ID)
			}
			a.keys.latched(s.Phase == turn.Listening && s.Latched)
			a.tray.show(s, a.panel.status() == "shown")
			return nil
		})
	})
}

// devices says how the parts of this machine stand, for status.
func (a *App) devices() map[string]string {
	d := a.sound.devices()
	d["barge_in"] = a.sound.bargeIn()
	d["display"] = a.sight.describe()
	d["hotkey"] = a.keys.status()
	d["panel"] = a.panel.status()
	d["tray"] = a.tray.status()
	return d
}

// failure gives err the form in which it travels to a client.
func failure(err error) error {
	if p, ok := errors.AsType[*settings.Problem](err); ok {
		return control.Fail(p.Code, p.Message, p.Hint)
	}
	if e, ok := errors.AsType[*engine.Error](err); ok {
		return control.Fail(e.Code, e.Message, e.Hint)
	}
	switch {
	case errors.Is(err, turn.ErrClosed):
		return control.Fail("ending", "Aside is ending.", "Start it again with: aside")
	case errors.Is(err, vision.ErrUnchosen), errors.Is(err, vision.ErrUnsupported), errors.Is(err, vision.ErrNoDisplay),
		errors.Is(err, vision.ErrLocked), errors.Is(err, turn.ErrBlind), errors.Is(err, turn.ErrUnframed):
		p := turn.ProblemOf(err)
		return control.Fail(p.Code, p.Message, p.Hint)
	case errors.Is(err, turn.ErrGone):
		return control.Fail("retry_gone", "The question is no longer kept.", "Ask it again.")
	case history.Known(err):
		p := history.Problem(err)
		return control.Fail(p.Code, p.Message, p.Hint)
	}
	return err
}
