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
