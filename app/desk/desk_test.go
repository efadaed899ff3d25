package desk

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"
)

func TestDeskHasDisplaySoundAndBusOfItsOwn(t *testing.T) {
	d := Start(t, Options{Display: true, WM: "openbox", Sound: true, Bus: true})
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()

	if out, err := d.Output(ctx, "xdpyinfo"); err != nil || !strings.Contains(out, "1920x1080") {
		t.Errorf("display of another size: %v", err)
	}
	rec, err := d.Listen(ctx)
	if err != nil {
		t.Fatal(err)
	}
	wav, err := d.Voice(ctx, "hello")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Output(ctx, "paplay", "-d", "speaker", wav); err != nil {
		t.Fatal(err)
	}
	var loudest int16
	for _, s := range rec.Stop() {
		loudest = max(loudest, s)
	}
	if loudest < 1000 {
		t.Errorf("the loudspeaker's recording has no voice: loudest sample %d", loudest)
	}
}

func TestDeskGivesAProgramTimeToTidyUp(t *testing.T) {
	d := Start(t, Options{})
	dir := t.TempDir()
	stop, err := d.Launch(d.Command(t.Context(), "sh", "-c",
		"trap 'sleep 0.5; touch "+dir+"/tidy; exit' INT; touch "+dir+"/ready; while :; do sleep 0.1; done"))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Until(t.Context(), "the program", func() bool { _, err := os.Stat(dir + "/ready"); return err == nil }); err != nil {
		t.Fatal(err)
	}
	stop()
	if _, err := os.Stat(dir + "/tidy"); err != nil {
		t.Errorf("it was killed before: %v", err)
	}
}

func TestDeskLeavesNothingBehind(t *testing.T) {
	d := Start(t, Options{Display: true})
	socket := "/tmp/.X11-unix/X" + d.Display[1:]
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{socket, d.Dir} {
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s is still there", path)
		}
	}
}
