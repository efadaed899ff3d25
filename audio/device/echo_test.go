//go:build unix

package device_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"aside/app/desk"
	"aside/audio"
	"aside/audio/device"
)

const echoModule = "module-echo-cancel"

// cancellers are the arguments of the echo cancellers that the server runs.
func (r rig) cancellers() (all []string) {
	r.Helper()
	out, err := r.desk.Output(r.Context(), "pactl", "list", "short", "modules")
	if err != nil {
		r.Fatal(err)
	}
	for line := range strings.Lines(out) {
		if _, args, ok := strings.Cut(line, echoModule); ok {
			all = append(all, args)
		}
	}
	return all
}

// listens reports whether anybody listens to a microphone.
func (r rig) listens(microphone string) bool {
	r.Helper()
	out, err := r.desk.Command(r.Context(), "pactl", "--format=json", "list", "source-outputs").Output()
	if err != nil {
		r.Fatal(err)
	}
	var outputs []struct {
		Source int  `json:"source"`
		Corked bool `json:"corked"`
	}
	if err := json.Unmarshal(out, &outputs); err != nil {
		r.Fatal(err)
	}
	sources, err := r.desk.Command(r.Context(), "pactl", "--format=json", "list", "sources").Output()
	if err != nil {
		r.Fatal(err)
	}
	var listed []struct {
		Index int    `json:"index"`
		Name  string `json:"name"`
	}
	if err := json.Unmarshal(sources, &listed); err != nil {
		r.Fatal(err)
	}
	for _, s := range listed {
		for _, o := range outputs {
			if s.Name == microphone && o.Source == s.Index && !o.Corked {
				return true
			}
		}
	}
	return false
}

func (r rig) cancelEcho(microphone, loudspeaker string) device.Pair {
	r.Helper()
	p, err := r.system.CancelEcho(r.Context(), microphone, loudspeaker)
	if err != nil {
		r.Fatal(err)
	}
	return p
}

func (r rig) wakeEcho() {
	r.Helper()
	if err := r.system.WakeEcho(r.Context()); err != nil {
		r.Fatal(err)
	}
}

func (r rig) dropEcho() {
	r.Helper()
	if err := r.system.DropEcho(r.Context()); err != nil {
		r.Error(err)
	}
	if left := r.cancellers(); len(left) != 0 {
		r.Errorf("%q are left", left)
	}
}

func TestAnEchoCancellerIsLoadedForTheDefaultDevicesAndUnloaded(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		p := r.cancelEcho("", "")
		all := r.cancellers()
		if !p.Own || len(all) != 1 || !strings.Contains(all[0], "source_master=mic sink_master=speaker ") {
			r.Fatalf("got %+v, running are %q", p, all)
		}
		if again := r.cancelEcho("mic", "speaker"); again != p || len(r.cancellers()) != 1 {
			r.Errorf("asked again: %+v, %q", again, r.cancellers())
		}
		r.dropEcho()
	})
}

func TestOurEchoCancellerListensOnlyWhileItIsWanted(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		for range 2 {
			p := r.cancelEcho("", "")
			if r.listens("mic") {
				r.Error("the canceller listens before it is to")
			}
			r.wakeEcho()
			rec, err := r.system.Record(r.Context(), device.RecordOptions{Device: p.Microphone})
			if err != nil {
				r.Fatal(err)
			}
			r.hear(rec, lasts(200*time.Millisecond))
			if !r.listens("mic") {
				r.Error("nobody listens to the microphone that is recorded")
			}
			if err := rec.Close(); err != nil {
				r.Error(err)
			}
			if err := r.system.RestEcho(r.Context()); err != nil {
				r.Error(err)
			}
			if r.listens("mic") {
				r.Error("the canceller listens while it rests")
			}
		}
		r.dropEcho()
	})
}

func TestOurEchoCancellerIsNoChoiceOfTheUsers(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		before, err := r.system.Devices(r.Context())
		if err != nil {
			r.Fatal(err)
		}
		p := r.cancelEcho("", "")
		r.pactl("set-default-source", p.Microphone)
		r.pactl("set-default-sink", p.Loudspeaker)
		now, err := r.system.Devices(r.Context())
		if err != nil || len(now.Microphones) != len(before.Microphones) || len(now.Loudspeakers) != len(before.Loudspeakers) {
			r.Errorf("listed are %+v, %v, want %+v", now, err, before)
		}
		m, _ := now.Microphone()
		if s, _ := now.Loudspeaker(); m.Name != "mic" || s.Name != "speaker" {
			r.Errorf("the defaults are %s and %s", m.Name, s.Name)
		}
		if again := r.cancelEcho("", ""); again != p {
			r.Errorf("for the defaults there is %+v now", again)
		}
		r.dropEcho()
	})
}

func TestTheUsersOwnEchoCancellerIsUsedAndLeftAlone(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		ours := r.cancelEcho("", "")
		r.pactl("load-module", echoModule, "source_master=mic", "sink_master=speaker", "source_name=quiet", "sink_name=loud")
		for _, microphone := range []string{"", "mic", "quiet"} {
			if p := r.cancelEcho(microphone, ""); p != (device.Pair{Microphone: "quiet", Loudspeaker: "loud"}) {
				r.Errorf("for %q there is %+v beside %+v", microphone, p, ours)
			}
		}
		if err := r.system.RestEcho(r.Context()); err != nil {
			r.Error(err)
		}
		if err := r.system.DropEcho(r.Context()); err != nil {
			r.Error(err)
		}
		if all := r.cancellers(); len(all) != 1 || !strings.Contains(all[0], "source_name=quiet") || !r.listens("mic") {
			r.Errorf("running are %q", all)
		}
	})
}

func TestAnEchoCancellerForOtherDevicesIsNotUsed(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		r.pactl("load-module", "module-null-sink", "sink_name=phones", "norewinds=1")
		r.pactl("load-module", echoModule, "source_master=mic", "sink_master=phones", "source_name=quiet", "sink_name=loud")
		if p := r.cancelEcho("mic", "speaker"); !p.Own {
			r.Errorf("for the loudspeaker there is %+v", p)
		}
		if p := r.cancelEcho("mic", "phones"); p.Own || len(r.cancellers()) != 1 {
			r.Errorf("for the headphones there is %+v, %q", p, r.cancellers())
		}
		r.pactl("unload-module", echoModule)
		for _, loudspeaker := range []string{"speaker", "phones"} {
			r.cancelEcho("", loudspeaker)
			if all := r.cancellers(); len(all) != 1 || !strings.Contains(all[0], "sink_master="+loudspeaker+" ") {
				r.Errorf("for %s run %q", loudspeaker, all)
			}
		}
		r.dropEcho()
	})
}

func TestTheEchoCancellerOfADeadProcessIsTakenOverOrUnloaded(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		for what, next := range map[string]func(*device.System) error{
			"taken over": func(s *device.System) error { _, err := s.CancelEcho(r.Context(), "", ""); return err },
			"unloaded":   func(s *device.System) error { return s.DropEcho(r.Context()) },
		} {
			r.cancelEcho("", "")
			other, err := device.Open(r.Context(), device.Options{Backend: device.Pulse, Application: application, Server: r.desk.PulseServer})
			if err != nil {
				r.Fatal(err)
			}
			if err := next(other); err != nil {
				r.Errorf("%s: %v", what, err)
			}
			if n, want := len(r.cancellers()), map[string]int{"taken over": 1}[what]; n != want {
				r.Errorf("%s: %d run", what, n)
			}
			if err := other.Close(); err != nil {
				r.Error(err)
			}
		}
		r.dropEcho()
	})
}

func TestWhereNoEchoCanBeCancelledItIsSaid(t *testing.T) {
	on(t, device.Malgo, func(r rig) {
		_, err := r.system.CancelEcho(r.Context(), "", "")
		r.wantError(err, audio.ErrUnsupported)
		if err := r.system.DropEcho(r.Context()); err != nil {
			r.Error(err)
		}
	})
	on(t, device.Pulse, func(r rig) {
		_, err := r.system.CancelEcho(r.Context(), "gone", "speaker")
		r.wantError(err, audio.ErrEcho)
		_, err = r.system.CancelEcho(r.Context(), "speaker.monitor", "speaker")
		r.wantError(err, audio.ErrNoMicrophone)
	})
}

// answer plays on a pair until it is told to stop, or for a while.
func (r rig) answer(p device.Pair, d time.Duration) *device.Playback {
	r.Helper()
	play, err := r.system.Play(r.Context(), device.PlayOptions{Device: p.Loudspeaker})
	if err != nil {
		r.Fatal(err)
	}
	if err := write(r.Context(), play, tone(audio.RateSpeak, d, 700)); err != nil {
		r.Error(err)
	}
	return play
}

func TestWhatIsPlayedWithoutEchoIsHeardWhole(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		heard, err := r.desk.Listen(r.Context())
		if err != nil {
			r.Fatal(err)
		}
		play := r.answer(r.cancelEcho("", ""), time.Second)
		if at := play.Played(); at > time.Second || at < 700*time.Millisecond {
			r.Errorf("%v have been played when all is written", at)
		}
		if err := play.Drain(r.Context()); err != nil {
			r.Error(err)
		}
		if err := r.system.RestEcho(r.Context()); err != nil {
			r.Error(err)
		}
		time.Sleep(200 * time.Millisecond) // the recording is behind
		samples := heard.Stop()
		from, to := sounding(samples, desk.RecordRate)
		if d := audio.Duration(to-from, desk.RecordRate); d < 980*time.Millisecond || d > 1050*time.Millisecond {
			r.Errorf("heard were %v of a second", d)
		}
		if err := play.Close(); err != nil {
			r.Error(err)
		}
		r.dropEcho()
	})
}

func TestAnAnswerGoesOnWhenTheMicrophoneThatWaitsIsUnplugged(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		p := r.cancelEcho("", "")
		r.wakeEcho()
		rec, err := r.system.Record(r.Context(), device.RecordOptions{Device: p.Microphone})
		if err != nil {
			r.Fatal(err)
		}
		r.hear(rec, lasts(100*time.Millisecond))
		play := r.answer(p, 300*time.Millisecond)
		r.pactl("unload-module", "module-remap-source")
		if _, err := r.readError(rec); err == nil {
			r.Error("the recording goes on")
		} else {
			r.wantError(err, audio.ErrLost, audio.ErrMoved)
		}
		if err := write(r.Context(), play, tone(audio.RateSpeak, 500*time.Millisecond, 700)); err != nil {
			r.Errorf("then: %v", err)
		}
		if err := play.Drain(r.Context()); err != nil {
			r.Errorf("in the end: %v", err)
		}
		if err := play.Close(); err != nil {
			r.Error(err)
		}
		if err := rec.Close(); err != nil {
			r.Error(err)
		}
		if err := r.system.RestEcho(r.Context()); err != nil {
			r.Error(err)
		}
		r.dropEcho()
	})
}

// impatient is a context that is cancelled when it is looked at for the nth time.
type impatient struct {
	context.Context //nolint:containedctx // it is one
	looks           int
}

func (i *impatient) Done() <-chan struct{} {
	if i.looks--; i.looks > 0 {
		return nil
	}
	gone := make(chan struct{})
	close(gone)
	return gone
}

func (i *impatient) Err() error {
	if i.looks > 0 {
		return nil
	}
	return context.Canceled
}

// Whoever gives up while the canceller is made does not leave one that listens.
func TestAnEchoCancellerThatNobodyWaitsForDoesNotListen(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		for looks := 1; looks < 16; looks++ {
			_, err := r.system.CancelEcho(&impatient{r.Context(), looks}, "", "")
			<-time.After(50 * time.Millisecond) // what was asked for happens all the same
			if r.listens("mic") {
				r.Errorf("given up at look %d (%v) it listens", looks, err)
			}
			r.dropEcho()
			if err == nil {
				return
			}
		}
		r.Error("it is never made")
	})
}
