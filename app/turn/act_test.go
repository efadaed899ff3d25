package turn

import (
	"slices"
	"testing"
	"time"

	"aside/app/engine"
)

func TestAnActOfTheModelComesToAControlOrToNothing(t *testing.T) {
	for act, want := range map[engine.Act][2]string{
		{Name: "set_pace", Value: "faster"}:     {"faster", ""},
		{Name: "set_pace", Value: "normal"}:     {"normal", ""},
		{Name: "set_pace", Value: "stop"}:       {"", ""},
		{Name: "set_voice", Value: "cedar"}:     {"voice", "cedar"},
		{Name: "set_voice"}:                     {"", ""},
		{Name: "stop_talking"}:                  {"", ""},
		{Name: "think_harder", Value: "deep-1"}: {"", ""},
		{Name: "stop"}:                          {"", ""},
	} {
		if name, value := asControl(act); name != want[0] || value != want[1] {
			t.Errorf("%v comes to %q %q", act, name, value)
		}
	}
}

func TestWhatTheModelDoesByItselfIsShownAndCounted(t *testing.T) {
	script := []any{
		engine.Act{Name: "set_pace", Value: "slower"}, engine.Usage{Input: 10, Output: 1, Cost: 0.5, Currency: "USD"},
		engine.Act{Name: "think_harder", Value: "deep-1"}, engine.Usage{Input: 5, Output: 2, Cost: 0.25, Currency: "USD"},
		engine.Text{Delta: "So."}, engine.Done{},
	}
	in(t, script, func(w *world) {
		var controls []string
		w.ports.Control = func(name, value string) { controls = append(controls, name+value) }
		v, err := w.Ask(w.T.Context(), Question{Text: "Slower, and think."}, nil)
		if err != nil || v.Outcome != Answered || v.Answer != "So." {
			t.Fatalf("the turn is %+v, %v", v, err)
		}
		s := w.after(time.Second)
		if !slices.Equal(v.Acts, []Act{{"set_pace", "slower"}, {"think_harder", "deep-1"}}) || !slices.Equal(controls, []string{"slower"}) {
			t.Errorf("it did %v, by %q", v.Acts, controls)
		}
		if *v.Usage != (Usage{Input: 15, Output: 3, Cost: 0.75, Currency: "USD"}) {
			t.Errorf("it cost %+v", *v.Usage)
		}
		if s.Hint != hints["think_harder"] {
			t.Errorf("the hint is %q", s.Hint)
		}
	})
}

func TestATurnThatHasEndedDoesNothingMoreByItself(t *testing.T) {
	var w *world
	script := []any{func(*fakeExchange) engine.Event {
		w.Cancel()
		time.Sleep(time.Second)
		return engine.Act{Name: "set_pace", Value: "faster"}
	}}
	in(t, script, func(here *world) {
		w = here
		w.Start(Question{Text: "Faster."})
		w.after(2 * time.Second)
		if len(w.controls) > 0 {
			t.Errorf("it did %q", w.controls)
		}
	})
}

func TestWishesAreCarriedOutOneAfterTheOtherAndTheVoiceDoesNotWait(t *testing.T) {
	script := []any{
		engine.Act{Name: "set_pace", Value: "slower"}, engine.Act{Name: "set_pace", Value: "normal"}, engine.Text{Delta: "So."}, engine.Done{},
	}
	in(t, script, func(w *world) {
		first := true
		var controls []string
		w.ports.Control = func(name, _ string) {
			if first {
				first = false
				time.Sleep(time.Second) // a disk that sleeps
			}
			controls = append(controls, name)
		}
		began := time.Now()
		if _, err := w.Ask(w.T.Context(), Question{Text: "Slower. No."}, nil); err != nil || time.Since(began) > time.Second/2 {
			t.Errorf("the turn took %v: %v", time.Since(began), err)
		}
		if w.after(2 * time.Second); !slices.Equal(controls, []string{"slower", "normal"}) {
			t.Errorf("it did %q", controls)
		}
	})
}

func TestWhatIsNotKnownOfAPartIsNotKnownOfTheWhole(t *testing.T) {
	u := (&Usage{Input: 1, Cost: 1, Currency: "USD"}).plus(engine.Usage{Input: 2})
	if *u != (Usage{Input: 3}) {
		t.Errorf("got %+v", *u)
	}
}
