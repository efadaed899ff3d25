package app

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"aside/app/history"
	"aside/app/turn"
)

func TestWhatIsOlderThanTheSettingGoes(t *testing.T) {
	store, err := history.Open(t.Context(), filepath.Join(t.TempDir(), "history.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	for id, days := range map[string]int{"today": 0, "week": 7, "month": 30, "year": 365} {
		v := turn.View{ID: id, Asked: time.Now().AddDate(0, 0, -days), Question: "q", Answer: "a", Outcome: turn.Answered}
		if err := store.Begin(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Pin(t.Context(), "year", true); err != nil {
		t.Fatal(err)
	}
	days := 0
	p := &pruner{history: store, days: func() int { return days }, log: slog.New(slog.DiscardHandler)}
	for _, c := range []struct{ days, left int }{{0, 4}, {29, 3}, {8, 3}, {1, 2}} {
		days = c.days
		p.prune(t.Context())
		left, err := store.Count(t.Context(), history.Filter{})
		if err != nil || left != c.left {
			t.Errorf("kept %d days: %d are left, want %d, %v", c.days, left, c.left, err)
		}
	}
}
