package panel

import (
	"slices"
	"testing"

	"aside/app/control"
)

func TestStagesAreTheDistancesBetweenTheTimings(t *testing.T) {
	view := func(request, transcript, text, done int64) control.View {
		var v control.View
		v.Timings.Request, v.Timings.Transcript, v.Timings.FirstText, v.Timings.Done = request, transcript, text, done
		return v
	}
	for _, c := range []struct {
		name string
		view control.View
		want []stage
	}{
		{"nothing yet", view(0, 0, 0, 0), nil},
		{"a spoken question", view(20, 300, 900, 2000), []stage{{"sent", 20}, {"understood", 280}, {"first words", 600}, {"answered", 1100}}},
		{"a typed one has no transcript", view(20, 0, 900, 2000), []stage{{"sent", 20}, {"first words", 880}, {"answered", 1100}}},
		{"stages that overlap do not count twice", view(400, 300, 900, 900), []stage{{"sent", 400}, {"first words", 500}}},
	} {
		if got := stages(c.view); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestFiguresReadAsPeopleWriteThem(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1284: "1,284", 1234567: "1,234,567"} {
		if got := grouped(n); got != want {
			t.Errorf("%d is written %q, want %q", n, got, want)
		}
	}
	for s, want := range map[int]string{-1: "0:00", 3: "0:03", 75: "1:15"} {
		if got := elapsed(s); got != want {
			t.Errorf("%d seconds are written %q, want %q", s, got, want)
		}
	}
	if got := seconds(940); got != "0.9 s" {
		t.Errorf("940 ms are written %q", got)
	}
}

func TestShotSaysWhatLeftTheMachine(t *testing.T) {
	for _, c := range []struct {
		shot           control.ShotView
		title, figures string
	}{
		{control.ShotView{Program: "editor", Title: "server.go", Pictures: []control.PictureView{{Width: 1280, Height: 800, Bytes: 84 << 10}}, Sent: true}, "editor — server.go", "1280×800 · 84 KB · sent"},
		{control.ShotView{Program: "editor", Title: "a", Pictures: []control.PictureView{{Width: 9, Height: 8, Bytes: 1}}, Lines: 1212, Chosen: 7, Sent: true}, "editor — a", "9×8 · 1 KB · 1,212 lines as text · selection · sent"},
		{control.ShotView{Title: "make", Pictures: []control.PictureView{{Width: 10, Height: 8, Bytes: 1}}}, "make", "10×8 · 1 KB · not sent"},
		{control.ShotView{Capture: "display"}, "the display", "not sent"},
		{control.ShotView{Capture: "window"}, "the window", "not sent"},
	} {
		if title, figures := shotTitle(&c.shot), shotFigures(&c.shot); title != c.title || figures != c.figures {
			t.Errorf("%q, %q; want %q, %q", title, figures, c.title, c.figures)
		}
	}
}
