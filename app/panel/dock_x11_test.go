//go:build !windows && !darwin

package panel

import "testing"

func TestPanelStandsOnTheMonitorAtItsEdge(t *testing.T) {
	wide, tall := area{0, 0, 1920, 1080}, area{1920, 200, 1080, 1920}
	for _, c := range []struct {
		name     string
		free     area
		monitors []area
		edge     string
		want     area
	}{
		{"one monitor with a bar on top", area{0, 30, 1920, 1050}, []area{wide}, "right", area{0, 30, 1920, 1050}},
		{"the right one of two", area{0, 0, 3000, 2120}, []area{wide, tall}, "right", tall},
		{"the left one of two", area{0, 0, 3000, 2120}, []area{tall, wide}, "left", wide},
		{"nobody tells", area{0, 0, 1920, 1080}, nil, "left", wide},
		{"nonsense", area{0, 0, 1920, 1080}, []area{{5000, 0, 10, 10}}, "left", wide},
	} {
		if got := outermost(c.free, c.monitors, c.edge); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
