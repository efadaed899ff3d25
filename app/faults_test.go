//go:build linux || freebsd

package app

import (
	"context"
	"encoding/json"
	"syscall"
	"testing"
	"time"

	"aside/app/control"
	"aside/app/desk"
	"aside/app/settings"
	"aside/app/turn"
)

// trouble is a core on a desk, to which something is about to happen.
type trouble struct {
	*testing.T
	*desk.Desk
	client control.Client
	undo   func()
}

func (x *trouble) pactl(args ...string) { x.Helper(); pactl(x.T, x.Desk, args...) }

// do asks the core for what needs no answer.
func (x *trouble) do(verb string) {
	x.Helper()
	if err := x.client.Do(x.Context(), verb, nil); err != nil {
		x.Fatal(err)
	}
}

func (x *trouble) kill() {
	x.Helper()
	signalSound(x.T, x.Desk, syscall.SIGKILL)
	x.undo = x.restart
}

// restart starts the sound server again.
func (x *trouble) restart() {
	x.Helper()
	if err := x.RestartSound(x.Context()); err != nil {
		x.Fatal(err)
	}
}

func (x *trouble) freeze() {
	x.Helper()
	signalSound(x.T, x.Desk, syscall.SIGSTOP)
	x.undo = func() { signalSound(x.T, x.Desk, syscall.SIGCONT) }
}

// unplugAll takes everything away that can be recorded.
func (x *trouble) unplugAll() {
	x.Helper()
	x.pactl("unload-module", "module-remap-source")
	x.pactl("unload-module", "module-null-sink")
	x.undo = func() {
		x.pactl("load-module", "module-null-sink", "sink_name=micin", "channels=1", "norewinds=1")
		x.pactl("load-module", "module-remap-source", "source_name=mic", "master=micin.monitor")
		x.pactl("set-default-source", "mic")
	}
}

// choose puts a microphone into the settings.
func (x *trouble) choose(name string) {
	x.Helper()
	path, err := settings.Path()
	if err != nil {
		x.Fatal(err)
	}
	s := settings.Default()
	s.Sound.Microphone = name
	if err := settings.Save(path, s); err != nil {
		x.Fatal(err)
	}
	x.do(control.VerbReload)
}

// headset is a Bluetooth microphone that is chosen, one that may flip.
const headset = "bluez_source.AA_BB_CC_DD_EE_FF.headset"

func (x *trouble) plugHeadset(rate string) {
	x.Helper()
	x.pactl("load-module", "module-remap-source", "source_name="+headset, "master=micin.monitor", "rate="+rate, "channels=1", "remix=yes", "source_properties=device.description=Headset")
}

// wearHeadset has the headset in place of the other microphone.
func (x *trouble) wearHeadset() {
	x.Helper()
	x.pactl("unload-module", "module-remap-source")
	x.plugHeadset("44100")
	x.choose(headset)
}

func (x *trouble) mute(yes string) { x.Helper(); x.pactl("set-source-mute", "mic", yes) }

// Each fault is told by its code and a next step; the microphone is closed, a
// typed question is answered meanwhile, and the next press works once the fault
// is gone, without a restart.
func TestEveryFaultOfTheMicrophoneHasItsCodeAndPasses(t *testing.T) {
	for name, tt := range map[string]struct {
		before func(*trouble) // the key goes down
		during func(*trouble)
		code   string
		within time.Duration
		after  time.Duration // it is waited for before it is told
	}{
		"no microphone":                 {before: (*trouble).unplugAll, code: "mic_none", within: time.Second},
		"no sound server":               {before: (*trouble).kill, code: "audio_unavailable", within: time.Second},
		"a server that hangs":           {before: (*trouble).freeze, code: "mic_stalled", within: 3 * time.Second},
		"a server that dies":            {during: (*trouble).kill, code: "mic_lost", within: 2 * time.Second},
		"a server that stops":           {during: (*trouble).freeze, code: "mic_stalled", within: 4 * time.Second},
		"the last microphone unplugged": {during: (*trouble).unplugAll, code: "mic_lost", within: time.Second},
		"a muted microphone":            {before: func(x *trouble) { x.mute("1"); x.undo = func() { x.mute("0") } }, code: "mic_muted", within: time.Second},
		"the chosen one absent":         {before: func(x *trouble) { x.choose("Studio"); x.undo = func() { x.choose("") } }, code: "mic_absent", within: time.Second},
		"the chosen one unplugged": {before: func(x *trouble) { x.choose("mic") }, during: func(x *trouble) {
			x.pactl("unload-module", "module-remap-source")
			x.undo = func() { x.choose("micin.monitor"); x.pactl("set-default-source", "micin.monitor"); x.choose("") }
		}, code: "mic_lost", within: time.Second},
		"a headset that flips and stays away": {before: (*trouble).wearHeadset, during: func(x *trouble) {
			x.pactl("unload-module", "module-remap-source")
			x.undo = func() { x.plugHeadset("16000") }
		}, code: "mic_lost", after: 2 * time.Second, within: 3 * time.Second},
		"a suspended microphone": {during: func(x *trouble) {
			x.pactl("suspend-source", "mic", "1")
			x.undo = func() { x.pactl("suspend-source", "mic", "0") }
		}, code: "mic_stalled", within: 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			d, c := within(t)
			x := &trouble{T: t, Desk: d, client: c, undo: func() {}}
			if tt.before != nil {
				tt.before(x)
			}
			began := time.Now()
			x.do(control.VerbPress)
			if tt.during != nil {
				untilStatus(t, d, c, "the microphone", func(s control.Status) bool { return s.Microphone == "open" })
				tt.during(x)
			}
			// Status asks the sound server too, which may hang: only the loop is asked here.
			v := x.ended()
			if took, p := time.Since(began), v.Problem; p.Code != tt.code || p.Message == "" || p.Hint == "" {
				t.Fatalf("after %v it says %+v, want %s", took, p, tt.code)
			} else if took > tt.within+time.Second { // other tests share the processor
				t.Errorf("told after %v", took)
			} else if took < tt.after {
				t.Errorf("told after %v already", took)
			}
			if tt.after > 0 && v.Microphone != "Headset" {
				t.Errorf("recorded was %q", v.Microphone)
			}
			if v.Retry != (tt.during != nil) {
				t.Errorf("what was said is kept: %t", v.Retry)
			}
			if v, err := c.Ask(t.Context(), control.AskArgs{Text: "who are you", Screen: "none"}, nil); err != nil || v.Outcome != turn.Answered {
				t.Errorf("a typed question: %+v, %v", v, err)
			}
			x.undo()
			x.works()
		})
	}
}

// A headset that plays music becomes a telephone at the press: the turn goes on
// with it, at its new rate, and says nothing.
func TestAHeadsetThatFlipsAtThePressIsHeardOn(t *testing.T) {
	d, c := within(t)
	x := &trouble{T: t, Desk: d, client: c}
	x.wearHeadset()
	x.do(control.VerbPress)
	heard := func() bool {
		all, err := d.Microphones(t.Context())
		return err == nil && len(all) == 1
	}
	untilStatus(t, d, c, "the headset", func(s control.Status) bool { return s.Microphone == "open" && heard() })
	x.pactl("unload-module", "module-remap-source")
	if err := d.Until(t.Context(), "its flip", func() bool { return !heard() }); err != nil {
		t.Fatal(err)
	}
	x.plugHeadset("16000")
	if err := d.Until(t.Context(), "the headset again", heard); err != nil {
		t.Fatal(err)
	}
	s := untilStatus(t, d, c, "the turn", func(s control.Status) bool { return s.Phase == turn.Listening })
	if s.Recording != "Headset" {
		t.Errorf("recorded is %q", s.Recording)
	}
	x.do(control.VerbCancel)
	untilStatus(t, d, c, "a closed microphone", func(s control.Status) bool { return s.Microphone == "closed" && !heard() })
}

// ended waits for the end of a turn that came to nothing.
func (x *trouble) ended() (last control.View) {
	x.Helper()
	ctx, cancel := context.WithTimeout(x.Context(), 10*time.Second)
	defer cancel()
	_ = x.client.Watch(ctx, func(s control.Snapshot) {
		if s.Phase == turn.Idle && s.Turn != nil && s.Turn.Problem != nil {
			last = *s.Turn
			cancel()
		}
	})
	if last.Problem == nil {
		x.Fatal("the turn does not end")
	}
	return last
}

// works wants that the next press is heard, and that nothing stays open.
func (x *trouble) works() {
	x.Helper()
	x.do(control.VerbPress)
	untilStatus(x.T, x.Desk, x.client, "an open microphone", func(s control.Status) bool { return s.Microphone == "open" })
	x.do(control.VerbCancel)
	untilStatus(x.T, x.Desk, x.client, "a closed microphone", func(s control.Status) bool {
		all, err := x.Microphones(x.Context())
		return err == nil && len(all) == 0 && s.Microphone == "closed"
	})
}

func TestALoudspeakerThatGoesAwayWhileItIsTriedIsNoMicrophone(t *testing.T) {
	d, c := within(t)
	x := &trouble{T: t, Desk: d, client: c}
	err := c.Call(t.Context(), control.VerbListen, control.ListenArgs{MS: 3000, Play: true}, func(raw json.RawMessage) error {
		var h control.Heard
		if err := json.Unmarshal(raw, &h); err != nil {
			return err
		}
		if h.State == "playing" {
			time.AfterFunc(500*time.Millisecond, func() { signalSound(t, d, syscall.SIGKILL) })
		}
		return nil
	})
	wantCode(t, "a loudspeaker that goes away", err, "speaker_lost")
	x.restart()
}
