//go:build linux || freebsd

package app

import (
	"context"
	"slices"
	"testing"
	"time"

	"aside/app/desk"
	"aside/app/turn"
	"aside/audio"
)

// silent wants that nothing has come out of the loudspeaker.
func (r *room) silent(when string, heard *desk.Recording) {
	r.Helper()
	<-time.After(400 * time.Millisecond) // for what would be heard
	if peak := audio.Peak(heard.Samples()); peak != 0 {
		r.Errorf("%s a sound of %v is heard", when, peak)
	}
}

func TestTheChimeComesWithTheFirstSampleAndNotBefore(t *testing.T) {
	r := inRoom(t)
	heard, err := r.Listen(r.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.record(); err != nil {
		t.Fatal(err)
	}
	r.silent("without the setting", heard)
	r.settings.Chime = true
	r.pactl("set-source-mute", "mic", "1")
	if _, err := r.record(); turn.ProblemOf(err).Code != "mic_muted" {
		t.Errorf("error is %v", err)
	}
	r.silent("without a microphone", heard)
	r.pactl("set-source-mute", "mic", "0")
	rec, err := r.sound.Record(r.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.silent("before the first sample", heard)
	for range 20 {
		if _, err := rec.Read(r.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Until(r.Context(), "the chime", func() bool { return audio.Peak(heard.Samples()) > 0 }); err != nil {
		t.Fatal(err)
	}
	<-time.After(300 * time.Millisecond)
	if err := rec.Close(); err != nil {
		t.Error(err)
	}
	samples := heard.Stop()
	first := slices.IndexFunc(samples, func(s int16) bool { return s != 0 })
	last := len(samples) - 1
	for samples[last] == 0 {
		last--
	}
	if d := audio.Duration(last-first, desk.RecordRate); d < 40*time.Millisecond || d > 80*time.Millisecond {
		t.Errorf("it takes %v", d)
	}
	if peak := audio.Peak(samples); peak > 3276 {
		t.Errorf("its peak is %v, want -20 dB", peak)
	}
	if n := r.pactl("list", "short", "sink-inputs"); n != "" {
		t.Errorf("the loudspeaker is still open: %s", n)
	}
}

func TestTheChimeIsNotTakenForSpeechWhereItIsHeard(t *testing.T) {
	r := inRoom(t)
	r.plug("module-remap-source", "source_name=echo", "master=speaker.monitor") // it hears the loudspeaker best
	r.settings.Chime, r.settings.Microphone = true, "echo"
	rec, err := r.sound.Record(r.Context())
	if err != nil {
		t.Fatal(err)
	}
	var c audio.Clip
	for c.Duration() < time.Second {
		f, err := rec.Read(r.Context())
		if err != nil {
			t.Fatal(err)
		}
		c.Append(f)
	}
	if err := rec.Close(); err != nil {
		t.Error(err)
	}
	if audio.Peak(c.Samples) == 0 || audio.HasSpeech(c) {
		t.Errorf("a peak of %v is heard, as speech: %t", audio.Peak(c.Samples), audio.HasSpeech(c))
	}
}

func TestAChimeThatCannotBeHeardDoesNotHoldTheFirstSampleUp(t *testing.T) {
	r := inRoom(t)
	r.settings.Chime = true
	r.pactl("suspend-sink", "speaker", "1")
	rec, err := r.sound.Record(r.Context())
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for range 5 {
		if _, err := rec.Read(r.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(began); took > chimeLimit/2 {
		t.Errorf("five frames took %v", took)
	}
	if err := rec.Close(); err != nil {
		t.Error(err)
	}
	r.sound.ending.Wait()
	if n := r.pactl("list", "short", "sink-inputs"); n != "" {
		t.Errorf("the loudspeaker is still open: %s", n)
	}
}

func TestAHeadsetDoesNotChime(t *testing.T) {
	r := inRoom(t)
	r.plug("module-remap-source", "source_name=telephone", "master=micin.monitor",
		"source_properties='device.description=Headset device.bus=bluetooth device.string=aa:bb:cc:dd:ee:ff'")
	r.settings.Chime, r.settings.Microphone = true, "telephone"
	heard, err := r.Listen(r.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.record(); err != nil {
		t.Fatal(err)
	}
	r.silent("of a headset", heard)
}

// halting is a recording that fails before it hears, and then hears.
type halting struct {
	turn.Recording
	errs []error
}

func (h *halting) Read(context.Context) (audio.Frame, error) {
	err := h.errs[0]
	h.errs = h.errs[1:]
	return audio.Frame{}, err
}

func TestTheChimeComesOnceAndOnlyWhenSomethingIsHeard(t *testing.T) {
	rang := 0
	c := &chiming{Recording: &halting{errs: []error{audio.ErrStalled, nil, nil, audio.ErrLost, nil}}, ring: func() { rang++ }}
	for i, want := range []int{0, 1, 1, 1, 1} {
		_, _ = c.Read(t.Context())
		if rang != want {
			t.Errorf("after %d reads it rang %d times, want %d", i+1, rang, want)
		}
	}
}
