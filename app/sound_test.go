//go:build linux || freebsd

package app

import (
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aside/app/desk"
	"aside/app/settings"
	"aside/app/turn"
	"aside/audio"
)

// room is a sound server of one's own and Aside's sound on it.
type room struct {
	*testing.T
	*desk.Desk
	sound    *sound
	settings settings.Sound
	reports  []string
	journal  string
}

func (r *room) pactl(args ...string) string {
	r.Helper()
	out, err := r.Output(r.Context(), "pactl", args...)
	if err != nil {
		r.Fatal(err)
	}
	return out
}

func inRoom(t *testing.T) *room {
	t.Helper()
	d := desk.Start(t, desk.Options{Sound: true})
	t.Setenv("PULSE_SERVER", d.PulseServer)
	r := &room{T: t, Desk: d, settings: settings.Default().Sound, journal: filepath.Join(t.TempDir(), "lowered.json")}
	r.open()
	t.Cleanup(func() { r.sound.close() })
	return r
}

func (r *room) open() {
	r.sound = newSound(func() settings.Sound { return r.settings }, func(p *turn.Problem) { r.reports = append(r.reports, p.Code) },
		r.journal, slog.New(slog.DiscardHandler))
}

// plug adds a microphone or a loudspeaker; the function it returns unplugs it.
func (r *room) plug(args ...string) (unplug func()) {
	r.Helper()
	module := r.pactl(append([]string{"load-module"}, args...)...)
	return func() { r.pactl("unload-module", module) }
}

// source is the microphone that is being recorded, "" if there is none.
func (r *room) source() string {
	r.Helper()
	out, err := r.Command(r.Context(), "pactl", "--format=json", "list", "source-outputs").Output()
	if err != nil {
		r.Fatal(err)
	}
	var listed []struct {
		Source     int               `json:"source"`
		Properties map[string]string `json:"properties"`
	}
	if err := json.Unmarshal(out, &listed); err != nil {
		r.Fatal(err)
	}
	for _, s := range listed {
		if s.Properties["application.name"] == "Aside" {
			return r.named("sources", s.Source)
		}
	}
	return ""
}

// named finds the name of what the server numbers.
func (r *room) named(kind string, index int) string {
	r.Helper()
	for line := range strings.Lines(r.pactl("list", "short", kind)) {
		var n int
		fields := strings.Fields(line)
		if err := json.Unmarshal([]byte(fields[0]), &n); err == nil && n == index {
			return fields[1]
		}
	}
	return ""
}

// record opens the microphone, hears something and says which one it was.
func (r *room) record() (from string, err error) {
	r.Helper()
	rec, err := r.sound.Record(r.Context())
	if err != nil {
		return "", err
	}
	if _, err := rec.Read(r.Context()); err != nil {
		r.Fatal(err)
	}
	from = r.source()
	if err := rec.Close(); err != nil {
		r.Error(err)
	}
	if left := r.source(); left != "" {
		r.Errorf("%s is still recorded", left)
	}
	return from, nil
}

const usbMicrophone = "source_properties=device.description=Studio"

func TestTheChosenMicrophoneIsUsedAndNeverAnother(t *testing.T) {
	r := inRoom(t)
	plug := func() func() {
		return r.plug("module-remap-source", "source_name=usb", "master=micin.monitor", usbMicrophone)
	}
	unplug := plug()
	for _, name := range []string{"usb", "Studio"} {
		r.settings.Microphone = name
		if from, err := r.record(); from != "usb" || err != nil {
			t.Errorf("%s: recorded from %q, %v, want usb", name, from, err)
		}
	}
	if told := r.sound.devices()["microphone"]; told != "Studio" {
		t.Errorf("status says %q", told)
	}
	unplug()
	if from, err := r.record(); turn.ProblemOf(err).Code != "mic_absent" {
		t.Errorf("without it: recorded from %q, %v, want mic_absent", from, err)
	}
	if told := r.sound.devices()["microphone"]; told != "mic_absent" {
		t.Errorf("status says %q of an absent one", told)
	}
	plug()
	if from, err := r.record(); from != "usb" || err != nil {
		t.Errorf("when it is back: recorded from %q, %v, want usb", from, err)
	}
	r.settings.Microphone = ""
	if from, err := r.record(); from != "mic" || err != nil {
		t.Errorf("no choice: recorded from %q, %v, want mic", from, err)
	}
}

// speak says something and returns the loudspeaker that it was heard on.
func (r *room) speak() string {
	r.Helper()
	play, err := r.sound.Play(r.Context(), audio.RateSpeak)
	if err != nil {
		r.Fatal(err)
	}
	if err := play.Write(r.Context(), audio.Frame{Rate: audio.RateSpeak, Samples: make([]int16, 480)}); err != nil {
		r.Fatal(err)
	}
	on := r.sink()
	if err := play.Close(); err != nil {
		r.Error(err)
	}
	return on
}

// sink is the loudspeaker that is being played on.
func (r *room) sink() string {
	r.Helper()
	out, err := r.Command(r.Context(), "pactl", "--format=json", "list", "sink-inputs").Output()
	if err != nil {
		r.Fatal(err)
	}
	var listed []struct {
		Sink       int               `json:"sink"`
		Properties map[string]string `json:"properties"`
	}
	if err := json.Unmarshal(out, &listed); err != nil {
		r.Fatalf("%v, playing: %s", err, out)
	}
	for _, s := range listed {
		if s.Properties["application.name"] == "Aside" {
			return r.named("sinks", s.Sink)
		}
	}
	r.Fatalf("playing: %s", out)
	return ""
}

func TestAnAbsentLoudspeakerIsReplacedAndSaidOnce(t *testing.T) {
	r := inRoom(t)
	r.settings.Loudspeaker = "Headphones"
	for range 2 {
		if on := r.speak(); on != "speaker" {
			t.Errorf("spoke on %q, want the default one", on)
		}
	}
	if len(r.reports) != 1 || r.reports[0] != "speaker_absent" {
		t.Errorf("reports are %v, want speaker_absent once", r.reports)
	}
	unplug := r.plug("module-null-sink", "sink_name=phones", "norewinds=1", "sink_properties=device.description=Headphones")
	if on := r.speak(); on != "phones" {
		t.Errorf("spoke on %q, want the chosen one", on)
	}
	if told := r.sound.devices()["loudspeaker"]; told != "Headphones" {
		t.Errorf("status says %q", told)
	}
	unplug()
	r.speak()
	if len(r.reports) != 2 {
		t.Errorf("reports are %v, want it said again after it was there", r.reports)
	}
}

func TestAHeadsetThatPlaysIsNotMadeToRecord(t *testing.T) {
	r := inRoom(t)
	r.plug("module-null-sink", "sink_name=bluez_sink.AA_BB_CC_DD_EE_FF.a2dp_sink", "norewinds=1", "sink_properties=device.description=Headset")
	r.plug("module-remap-source", "source_name=telephone", "master=micin.monitor",
		"source_properties='device.description=Headset device.bus=bluetooth device.string=aa:bb:cc:dd:ee:ff'")
	r.plug("module-remap-source", "source_name=wired", "master=micin.monitor", "source_properties='device.description=Wired device.bus=usb'")
	r.pactl("set-default-sink", "bluez_sink.AA_BB_CC_DD_EE_FF.a2dp_sink")
	r.pactl("set-default-source", "telephone")
	if from, err := r.record(); from != "mic" || err != nil {
		t.Errorf("recorded from %q, %v, want mic", from, err)
	}
	if told := r.sound.devices()["microphone"]; told != "Microphone (instead of Headset)" {
		t.Errorf("status says %q", told)
	}
	r.settings.BuiltinMicrophone = false
	if from, err := r.record(); from != "telephone" || err != nil {
		t.Errorf("recorded from %q, %v, want the headset", from, err)
	}
	r.settings.BuiltinMicrophone = true
	r.pactl("set-default-sink", "speaker")
	if from, err := r.record(); from != "telephone" || err != nil {
		t.Errorf("another one plays: recorded from %q, %v, want the headset", from, err)
	}
}

// music lets another program play.
func (r *room) music() {
	r.Helper()
	path := filepath.Join(r.TempDir(), "music.wav")
	if err := os.WriteFile(path, audio.WAV(audio.Clip{Rate: 8000, Samples: make([]int16, 8000*30)}), 0o600); err != nil {
		r.Fatal(err)
	}
	if _, err := r.Launch(r.Command(r.Context(), "paplay", path)); err != nil {
		r.Fatal(err)
	}
	r.wantVolume("100%")
}

// wantVolume waits until what plays is that loud.
func (r *room) wantVolume(percent string) {
	r.Helper()
	err := r.Until(r.Context(), "a volume of "+percent, func() bool {
		return strings.Contains(r.pactl("list", "sink-inputs"), " "+percent+" ")
	})
	if err != nil {
		r.Fatal(err)
	}
}

func TestMusicIsLowWhileAsideListens(t *testing.T) {
	r := inRoom(t)
	r.settings.Duck = true
	r.music()
	for range 3 {
		rec, err := r.sound.Record(r.Context())
		if err != nil {
			t.Fatal(err)
		}
		r.wantVolume("30%")
		if err := rec.Close(); err != nil {
			t.Error(err)
		}
		r.wantVolume("100%")
	}
	r.settings.Microphone = "absent"
	if _, err := r.sound.Record(r.Context()); err == nil {
		t.Error("recorded from what is absent")
	}
	r.wantVolume("100%")
	r.sound.duck.wait()
	if _, err := os.Stat(r.journal); err == nil {
		t.Error("the note is left behind")
	}
}

func TestACoreThatDiesLeavesTheMusicToTheNext(t *testing.T) {
	r := inRoom(t)
	r.settings.Duck = true
	r.music()
	rec, err := r.sound.Record(r.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.wantVolume("30%")
	left, err := os.ReadFile(r.journal)
	if err != nil {
		t.Fatal(err)
	}
	died := r.sound
	r.journal += ".copy"
	if err := os.WriteFile(r.journal, left, 0o600); err != nil {
		t.Fatal(err)
	}
	r.open()
	r.wantVolume("100%")
	if err := rec.Close(); err != nil {
		t.Error(err)
	}
	died.close()
}

func TestTheListMarksWhatIsChosen(t *testing.T) {
	r := inRoom(t)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(r.Dir, "config"))
	path, err := settings.Path()
	if err != nil {
		t.Fatal(err)
	}
	s := settings.Default()
	s.Sound.Microphone, s.Sound.Loudspeaker = "usb", "absent"
	if err := settings.Save(path, s); err != nil {
		t.Fatal(err)
	}
	r.plug("module-remap-source", "source_name=usb", "master=micin.monitor", usbMicrophone)
	r.pactl("set-source-mute", "usb", "1")
	got, err := ListSound(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := SoundDevice{Name: "usb", Description: "Studio", Muted: true, Chosen: true}
	if len(got.Microphones) != 2 || got.Microphones[1] != want || got.Microphones[0].Chosen || !got.Microphones[0].Default {
		t.Errorf("microphones are %+v", got.Microphones)
	}
	if l := got.Loudspeakers; len(l) != 2 || l[0].Name != "speaker" || !l[0].Chosen || !l[0].Default || l[1].Chosen {
		t.Errorf("loudspeakers are %+v", l)
	}
}
