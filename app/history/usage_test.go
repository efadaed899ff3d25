package history

import (
	"errors"
	"testing"
	"time"

	"aside/app/turn"
)

func TestUsageIsSummedUpByDayAndModel(t *testing.T) {
	s := opened(t, place(t))
	day := time.Date(2026, 3, 28, 0, 0, 0, 0, time.Local) // the clock changes on the 29th in Europe
	for n := range 20 {
		v := answered(n, "q", "a")
		v.Asked = day.Add(time.Duration(n) * time.Hour)
		v.Timings = turn.Timings{FirstText: int64(n+1) * 100, FirstSound: int64(n%2) * 700, Done: 5000}
		store(t, s, v)
	}
	other := answered(50, "q", "a")
	other.Asked, other.Model, other.Timings = day.AddDate(0, 0, 2).Add(23*time.Hour), "llama", turn.Timings{FirstText: 40}
	store(t, s, other)
	for _, d := range []Spending{
		{Day: "2026-03-27", Engine: "chat", Model: "gpt-4o", Currency: "USD", Turns: 9, Cost: 9},
		{Day: "2026-03-28", Engine: "chat", Model: "gpt-4o", Currency: "USD", Turns: 10, Input: 100, Output: 10, Cost: 0.25},
		{Day: "2026-03-28", Engine: "chat", Model: "gpt-4o", Currency: "USD", Turns: 10, Input: 100, Output: 10, Cost: 0.25},
		{Day: "2026-03-30", Engine: "chat", Model: "llama", Turns: 1, Input: 7, Output: 3},
	} {
		if err := s.Spend(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	u, err := s.Usage(t.Context(), day.Add(5*time.Hour), day.AddDate(0, 0, 2))
	if err != nil {
		t.Fatal(err)
	}
	if len(u.Days) != 3 || u.Days[0].Day != "2026-03-28" || u.Days[1].Day != "2026-03-29" || u.From != "2026-03-28" || u.To != "2026-03-30" {
		t.Errorf("days: %+v", u.Days)
	}
	if d := u.Total; d.Turns != 21 || d.Input != 207 || d.Output != 23 || d.Unpriced != 1 || d.Cost["USD"] != 0.5 {
		t.Errorf("total: %+v", d)
	}
	if d := u.Days[0]; d.Turns != 20 || d.Unpriced != 0 || d.Stages.FirstText != (Stage{20, 1000, 1900}) || d.Stages.FirstSound != (Stage{10, 700, 700}) || d.Stages.Request != (Stage{}) {
		t.Errorf("first day: %+v", d)
	}
	if d := u.Days[1]; d.Turns != 0 || len(d.Cost) != 0 {
		t.Errorf("second day: %+v", d)
	}
	if len(u.Models) != 2 || u.Models[0].Model != "gpt-4o" || u.Models[1].Stages.FirstText.P95 != 40 || u.Models[1].Unpriced != 1 {
		t.Errorf("models: %+v", u.Models)
	}
	for name, to := range map[string]time.Time{"before": day.AddDate(0, 0, -1), "too far": day.AddDate(11, 0, 0)} {
		if _, err := s.Usage(t.Context(), day, to); !errors.Is(err, ErrRange) || Problem(err).Code != "range_invalid" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheRankOfAStageIsTheNearest(t *testing.T) {
	for _, c := range []struct {
		ms   []int64
		want Stage
	}{
		{nil, Stage{}},
		{[]int64{7}, Stage{1, 7, 7}},
		{[]int64{9, 1}, Stage{2, 1, 9}},
		{[]int64{3, 1, 2}, Stage{3, 2, 3}},
	} {
		if got := stage(c.ms); got != c.want {
			t.Errorf("%v: %+v, want %+v", c.ms, got, c.want)
		}
	}
}
