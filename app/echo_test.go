//go:build linux || freebsd

package app

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aside/app/turn"
	"aside/audio"
)

// cancellers counts the echo cancellers of the sound server.
func (r *room) cancellers() int {
	r.Helper()
	return strings.Count(r.pactl("list", "short", "modules"), "module-echo-cancel")
}

// want makes a voice or the key cut answers off, and waits until that is so.
func (r *room) want(bargeIn string) {
	r.settings.BargeIn = bargeIn
	r.sound.configure()
	r.sound.echo.group.Wait()
}

// attend waits for a voice while an answer is spoken, and says what is recorded
// and played.
func (r *room) attend() (from, on string) {
	r.Helper()
	play, err := r.sound.Play(r.Context(), audio.RateSpeak)
	if err != nil {
		r.Fatal(err)
	}
	if err := play.Write(r.Context(), audio.Frame{Rate: audio.RateSpeak, Samples: make([]int16, 480)}); err != nil {
		r.Fatal(err)
	}
	if rec, err := r.sound.Attend(r.Context()); err == nil {
		if _, err := rec.Read(r.Context()); err != nil {
			r.Fatal(err)
		}
		from = r.source()
		if heard := rec.Microphone(); strings.Contains(heard, "Aside") || heard == "" {
			r.Errorf("what people call it is %q", heard)
		}
		if err := rec.Close(); err != nil {
			r.Error(err)
		}
	}
	on = r.sink()
	if err := play.Close(); err != nil {
		r.Error(err)
	}
	return from, on
}

// wantNobodyListens wants the microphone to be closed, for us and for the echo
// canceller.
func (r *room) wantNobodyListens(when string) {
	r.Helper()
	streams := r.pactl("list", "source-outputs")
	if strings.Count(streams, "Corked: no") != 1 { // that of the virtual microphone itself
		r.Errorf("somebody listens %s:\n%s", when, streams)
	}
}

func TestAVoiceIsWaitedForWithoutEchoAndWhatThatTakesIsTakenAway(t *testing.T) {
	r := inRoom(t)
	r.want("key")
	if from, on := r.attend(); from != "" || on != "speaker" || r.cancellers() != 0 {
		t.Errorf("by key: from %q, on %q, %d cancellers", from, on, r.cancellers())
	}
	r.want("voice")
	if told := r.sound.bargeIn(); told != "voice" || r.cancellers() != 1 {
		t.Errorf("status says %q, %d cancellers", told, r.cancellers())
	}
	for range 2 {
		if from, on := r.attend(); from != "aside_without_echo" || on != "aside_answer" {
			t.Errorf("by voice: from %q, on %q", from, on)
		}
		r.wantNobodyListens("when the answer has ended")
	}
	_, end, err := r.sound.echo.begin(false)
	if err != nil {
		t.Error(err)
	}
	r.wantNobodyListens("while an answer is spoken and no voice waited for")
	end()
	if from, err := r.record(); from != "mic" || err != nil {
		t.Errorf("with the key it is recorded from %q, %v", from, err)
	}
	r.want("key")
	if r.cancellers() != 0 || r.sound.bargeIn() != "key" {
		t.Errorf("back to the key: %d cancellers", r.cancellers())
	}
	r.want("voice")
	r.sound.close()
	if r.cancellers() != 0 {
		t.Error("an echo canceller is left in the end")
	}
}

func TestTheEchoCancellerThatACoreHasLeftIsRemoved(t *testing.T) {
	r := inRoom(t)
	r.want("voice")
	if _, _, err := r.sound.echo.begin(true); err != nil {
		t.Fatal(err)
	}
	r.open() // the first one has died
	r.want("voice")
	r.wantNobodyListens("after a death")
	if r.cancellers() != 1 {
		t.Errorf("%d cancellers, want the one that is there", r.cancellers())
	}
	r.open()
	r.want("key")
	if r.cancellers() != 0 {
		t.Errorf("%d cancellers are left", r.cancellers())
	}
}

func TestTheDevicesThatTheSettingsNameHaveTheirEchoCancelled(t *testing.T) {
	r := inRoom(t)
	r.plug("module-null-sink", "sink_name=phones", "norewinds=1", "sink_properties=device.description=Headphones")
	r.plug("module-remap-source", "source_name=usb", "master=micin.monitor", usbMicrophone)
	r.settings.Loudspeaker, r.settings.Microphone = "Headphones", "Studio"
	r.want("voice")
	r.attend()
	if all := r.pactl("list", "short", "modules"); !strings.Contains(all, "source_master=usb sink_master=phones") {
		t.Errorf("the modules are\n%s", all)
	}
	r.settings.Loudspeaker, r.settings.Microphone = "", ""
	r.attend()
	if all := r.pactl("list", "short", "modules"); !strings.Contains(all, "source_master=mic sink_master=speaker") || r.cancellers() != 1 {
		t.Errorf("the modules are\n%s", all)
	}
	r.sound.close()
}

func TestTheUsersOwnEchoCancellerIsUsedAndLeft(t *testing.T) {
	r := inRoom(t)
	r.plug("module-echo-cancel", "source_master=mic", "sink_master=speaker", "source_name=quiet", "sink_name=loud")
	r.want("voice")
	if from, on := r.attend(); from != "quiet" || on != "loud" {
		t.Errorf("from %q, on %q", from, on)
	}
	r.sound.close()
	if r.cancellers() != 1 {
		t.Error("it is gone")
	}
}

// refuseModules puts a sound server in the place of the room's that loads no
// module for anybody.
func (r *room) refuseModules() {
	r.Helper()
	socket := filepath.Join(r.Dir, "run", "pulse", "strict")
	_, err := r.Launch(r.Command(context.WithoutCancel(r.Context()), "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1",
		"--use-pid-file=no", "--disable-shm=yes", "--log-level=error", "--disallow-module-loading=yes",
		"-L", "module-native-protocol-unix auth-anonymous=1 socket="+socket,
		"-L", "module-null-sink sink_name=speaker norewinds=1",
		"-L", "module-null-sink sink_name=micin channels=1 norewinds=1",
		"-L", "module-remap-source source_name=mic master=micin.monitor"))
	if err != nil {
		r.Fatal(err)
	}
	r.PulseServer = "unix:" + socket
	r.Setenv("PULSE_SERVER", r.PulseServer)
	err = r.Until(r.Context(), "sound server", func() bool {
		out, err := r.Output(r.Context(), "pactl", "info")
		return err == nil && strings.Contains(out, "Default Source: mic")
	})
	if err != nil {
		r.Fatal(err)
	}
	r.sound.close()
	r.open()
}

func TestThatNoEchoCanBeCancelledIsSaidOnceAndTheAnswerIsSpoken(t *testing.T) {
	r := inRoom(t)
	r.refuseModules()
	r.want("voice")
	for range 3 {
		if from, on := r.attend(); from != "" || on != "speaker" {
			t.Errorf("from %q, on %q", from, on)
		}
	}
	if len(r.reports) != 1 || r.reports[0] != "echo_unavailable" || r.sound.bargeIn() != "key (echo_unavailable)" {
		t.Errorf("reports are %v, status says %q", r.reports, r.sound.bargeIn())
	}
	p := turn.ProblemOf(audio.ErrEcho)
	if p.Code != "echo_unavailable" || p.Hint == "" {
		t.Errorf("the problem is %+v", p)
	}
}

func TestAnotherAnswerAtOnceHasTheSamePair(t *testing.T) {
	r := inRoom(t)
	r.want("voice")
	a, endA, err := r.sound.echo.begin(true)
	if err != nil {
		t.Fatal(err)
	}
	b, endB, err := r.sound.echo.begin(false)
	if a != b || err != nil {
		t.Errorf("%+v and %+v, %v", a, b, err)
	}
	endA()
	endA()
	rec, err := r.sound.Attend(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond)
	if _, err := rec.Read(t.Context()); err != nil {
		t.Errorf("one has ended: %v", err)
	}
	if err := rec.Close(); err != nil {
		t.Error(err)
	}
	endB()
}
