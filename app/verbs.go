package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"aside/app/control"
	"aside/app/history"
	"aside/app/settings"
	"aside/app/turn"
	"aside/audio"
	"aside/vision"
)

// verb carries out one command. send is called for every reply.
type verb func(ctx context.Context, args json.RawMessage, send func(any) error) error

// verbTable is everything that a face may ask for.
func (a *App) verbTable() map[string]verb {
	table := map[string]verb{
		control.VerbStatus:  a.status,
		control.VerbWatch:   a.watch,
		control.VerbPress:   plain(func() { a.loop.Press(time.Now()); a.awake() }),
		control.VerbRelease: plain(func() { a.loop.Release(time.Now()) }),
		control.VerbToggle:  plain(func() { a.loop.Toggle(time.Now()); a.awake() }),
		control.VerbCancel:  plain(a.loop.Cancel),
		control.VerbTalk:    a.converse,
		control.VerbNew:     plain(a.loop.NewConversation),
		control.VerbAsk:     a.ask,
		control.VerbRetry:   a.retry,
		control.VerbAim:     a.aim,
		control.VerbDeep:    a.deepen,
		control.VerbShare:   a.share,
		control.VerbSay:     a.say,
		control.VerbShot:    a.shot,
		control.VerbPanel:   a.showPanel,
		control.VerbForget:  a.forget,
		control.VerbInsert:  a.insert,
		control.VerbClip:    a.clip,
		control.VerbReload:  a.reload,
		control.VerbQuit:    plain(a.quit),
	}
	maps.Copy(table, a.recallTable())
	maps.Copy(table, a.setupVerbs())
	return table
}

// plain makes a verb of what needs no arguments and replies nothing.
func plain(do func()) verb {
	return func(context.Context, json.RawMessage, func(any) error) error {
		do()
		return nil
	}
}

// Handle answers one request of the control socket.
func (a *App) Handle(ctx context.Context, r control.Request, send func(any) error) error {
	v, ok := a.verbs[r.Verb]
	if !ok {
		return control.Fail("verb_unknown", "Aside knows no command "+strconv.Quote(r.Verb)+".", "Use the same version of aside on both sides.")
	}
	return failure(v(ctx, r.Args, send))
}

// arguments reads the arguments of a request.
func arguments[T any](raw json.RawMessage) (T, error) {
	var args T
	if len(raw) == 0 {
		return args, nil
	}
	if err := json.Unmarshal(raw, &args); err != nil {
		return args, control.Fail("bad_request", "The arguments are not what the command takes.", "Use the same version of aside on both sides.")
	}
	return args, nil
}

func (a *App) status(_ context.Context, _ json.RawMessage, send func(any) error) error {
	s := a.loop.Snapshot()
	recording := ""
	switch {
	case a.trial.listens():
		s.Microphone, recording = "tried", a.trial.microphone()
	case s.Talk != nil && s.Talk.Waits:
		recording = s.Talk.Microphone
	case s.Phase == turn.Listening && s.Turn != nil:
		recording = s.Turn.Recording()
	case s.Microphone != "voice" && a.sound.isWarm():
		s.Microphone, recording = "warm", a.sound.warmMicrophone()
	}
	return send(control.Status{
		Phase: s.Phase, Engine: s.Engine, Model: s.Model, Host: s.Host,
		Microphone: s.Microphone, Recording: recording, Devices: a.devices(), Talk: s.Talk, Sharing: s.Sharing, Error: s.Error, Hotkey: a.keys.problem(),
		Version: a.version, PID: a.pid,
	})
}

func (a *App) watch(ctx context.Context, _ json.RawMessage, send func(any) error) error {
	err := a.loop.Watch(ctx, func(s turn.Snapshot) error { return send(s) })
	if errors.Is(err, turn.ErrClosed) {
		return nil // that was the last there is to see
	}
	return err
}

func (a *App) ask(ctx context.Context, raw json.RawMessage, send func(any) error) error {
	args, err := arguments[control.AskArgs](raw)
	if err != nil {
		return err
	}
	q, err := a.asked(args)
	if err != nil {
		return err
	}
	if q.Target, err = a.chosen(ctx, q.Target); err != nil {
		return err
	}
	v, err := a.loop.Ask(ctx, q, func(v turn.View) error { return send(v) })
	if err != nil {
		return err
	}
	return send(v)
}

// question checks what a face asks.
func question(args control.AskArgs) (turn.Question, error) {
	q := turn.Question{
		Text: strings.TrimSpace(args.Text), Look: args.Look, Target: vision.Target{Capture: vision.Capture(args.Screen)},
		Speak: args.Speak, Private: args.Private, Deep: args.Deep, Along: args.Along,
	}
	if len(q.Along) > control.MaxAlong {
		return q, control.Fail("along_too_long", "The text that goes along is longer than 64 KB.", "Give a part of it.")
	}
	if q.Text == "" && !q.Look {
		return q, control.Fail("question_empty", "There is no question.", "Type one, or use aside look.")
	}
	if q.Target.Capture != "" && !q.Target.Capture.Known() {
		return q, badCapture()
	}
	if len(args.Image) > 0 {
		shot, err := vision.Decode(args.Image)
		if err != nil {
			return q, control.Fail("image_invalid", "The picture cannot be read.", "Use a PNG, JPEG or GIF of at most 50 megapixels.")
		}
		q.Images, q.Target.Capture = []vision.Shot{shot}, vision.CaptureNone
	}
	return q, nil
}

func badCapture() error {
	return control.Fail("bad_request", "The screen must be window, display, region, pick or none.", "")
}

// chosen lets the user choose if that is what a target asks for.
func (a *App) chosen(ctx context.Context, t vision.Target) (vision.Target, error) {
	if t.Capture != vision.CaptureRegion && t.Capture != vision.CapturePick {
		return t, nil
	}
	return a.sight.choose(ctx, t.Capture)
}

// aim says what the next question looks at.
func (a *App) aim(ctx context.Context, raw json.RawMessage, _ func(any) error) error {
	args, err := arguments[control.AimArgs](raw)
	if err != nil {
		return err
	}
	t := vision.Target{Capture: vision.Capture(args.Screen)}
	if t.Capture != "" && !t.Capture.Known() {
		return badCapture()
	}
	if t, err = a.chosen(ctx, t); err != nil {
		return err
	}
	a.loop.Aim(t)
	return nil
}

// converse begins or ends a conversation without hands.
func (a *App) converse(_ context.Context, raw json.RawMessage, _ func(any) error) error {
	args, err := arguments[control.TalkArgs](raw)
	if err != nil {
		return err
	}
	a.loop.Converse(!args.Stop)
	if !args.Stop {
		a.awake()
	}
	return nil
}

func (a *App) retry(ctx context.Context, raw json.RawMessage, send func(any) error) error {
	args, err := arguments[control.RetryArgs](raw)
	if err != nil {
		return err
	}
	if args.Beside && a.engines.beside() == nil {
		return control.Fail("engine_alone", "There is no other engine to send it to.", "Send it again as it is.")
	}
	v, err := a.loop.Ask(ctx, turn.Question{Retry: turn.ID(args.ID), Speak: args.Speak, Alike: args.Alike, Beside: args.Beside}, func(v turn.View) error { return send(v) })
	if err != nil {
		return err
	}
	return send(v)
}

func (a *App) shot(_ context.Context, raw json.RawMessage, send func(any) error) error {
	args, err := arguments[control.ShotArgs](raw)
	if err != nil {
		return err
	}
	seen, ok := a.loop.Seen(args.ID)
	switch {
	case !ok:
		return control.Fail("shot_gone", "No picture of this question is in memory.", "Pictures are kept for the last five questions that had one, and never on disk.")
	case len(seen.Pictures) == 0 && args.Picture == 0: // the selection alone has left
		return send(control.Shot{Text: seen.Text})
	case args.Picture < 0 || args.Picture >= len(seen.Pictures):
		return control.Fail("shot_unknown", "The question has no such picture.", fmt.Sprintf("Its pictures are numbered from 1 to %d.", len(seen.Pictures)))
	}
	p := seen.Pictures[args.Picture]
	sum := sha256.Sum256(p.Bytes)
	return send(control.Shot{MIME: p.MIME, SHA256: hex.EncodeToString(sum[:]), Bytes: p.Bytes, Text: seen.Text})
}

func (a *App) showPanel(_ context.Context, raw json.RawMessage, _ func(any) error) error {
	args, err := arguments[control.PanelArgs](raw)
	if err != nil {
		return err
	}
	switch {
	case args == control.PanelArgs{}:
		a.panel.set(panelHidden)
	case !HasDisplay():
		return control.Fail("display_none", "There is no display for the panel.", "Use aside ask and aside look.")
	case args.Show:
		a.panel.set(panelShown)
	case args.Toggle:
		a.flipPanel()
	default:
		a.panel.set(panelTyping)
	}
	return nil
}

func (a *App) forget(ctx context.Context, raw json.RawMessage, _ func(any) error) error {
	args, err := arguments[control.IDArgs](raw)
	if err != nil {
		return err
	}
	shown := a.loop.Forget(args.ID)
	if a.history == nil {
		return nil
	}
	err = a.history.Remove(ctx, args.ID)
	if shown && errors.Is(err, history.ErrNotFound) {
		return nil // it was private
	}
	return err
}

func (a *App) reload(ctx context.Context, _ json.RawMessage, _ func(any) error) error {
	return a.load(ctx, true)
}

// Steps and bounds of the speech controls.
const (
	paceStep   = 1.2
	volumeStep = 1.25
	quietest   = 0.1
	loudest    = 2
)

// say carries out a speech control. Pace and volume hold from the next block
// of sound on, a voice from the next sentence; all are remembered.
func (a *App) say(_ context.Context, raw json.RawMessage, _ func(any) error) error {
	args, err := arguments[control.SayArgs](raw)
	if err != nil {
		return err
	}
	return a.control(args.Command, args.Value)
}

func (a *App) control(command, value string) error {
	speak := a.settings().Speak
	switch strings.ToLower(command) {
	case "stop":
		a.loop.Cancel()
	case "converse":
		a.loop.Converse(true)
	case "goodbye":
		a.loop.Converse(false)
	case "again":
		a.loop.Again(value)
	case "skip":
		a.loop.Skip()
	case "faster":
		return a.keepSpeak("speak.speed", step(speak.Speed*paceStep, audio.MinPace, audio.MaxPace))
	case "slower":
		return a.keepSpeak("speak.speed", step(speak.Speed/paceStep, audio.MinPace, audio.MaxPace))
	case "normal":
		return a.keepSpeak("speak.speed", "1")
	case "louder":
		return a.keepSpeak("speak.volume", step(max(speak.Volume, quietest)*volumeStep, quietest, loudest))
	case "softer":
		return a.keepSpeak("speak.volume", step(speak.Volume/volumeStep, quietest, loudest))
	case "speed":
		return a.keepSpeak("speak.speed", value)
	case "voice":
		return a.keepSpeak("speak.voice", cmp.Or(value, a.engines.nextVoice()))
	default:
		return control.Fail("say_unknown", "There is no such control.",
			"One of: faster, slower, louder, softer, normal, again, skip, stop, voice, voice NAME, speed N.")
	}
	return nil
}

// keepSpeak changes a setting of the voice, at once and for good. What else
// stands in the file by now stays there.
func (a *App) keepSpeak(key, value string) error {
	a.changing.Lock()
	defer a.changing.Unlock()
	s := a.settings()
	if err := settings.Set(&s, key, value); err != nil {
		return err
	}
	a.current.Store(&s)
	a.loop.SetVoice(s.Speak.Speed, s.Speak.Volume)
	defer a.settingsNews.tell()
	onDisk, _, err := settings.Load(a.settingsPath)
	if err != nil {
		return err
	}
	if err := settings.Set(&onDisk, key, value); err != nil {
		return err
	}
	return settings.Save(a.settingsPath, onDisk)
}

// step writes a pace or a volume, as far as it goes.
func step(f, least, most float64) string {
	return strconv.FormatFloat(min(max(f, least), most), 'f', 2, 64)
}
