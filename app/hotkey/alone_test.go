package hotkey

import (
	"strings"
	"testing"
)

func TestAModifierAloneIsAHoldOrATapOrNothing(t *testing.T) {
	for name, tt := range map[string]struct {
		steps string // r: held for long enough, k: another key, c: a click, u: let go
		want  string
	}{
		"a tap":                           {"u", "down up"},
		"a hold":                          {"ru", "down up"},
		"typed with another key":          {"ku", ""},
		"typed with two, and slowly":      {"krkru", ""},
		"another key during the hold":     {"rku", "down escape up"},
		"more keys void it once":          {"rkkrku", "down escape up"},
		"a click with the modifier":       {"cu", ""},
		"a click, and held on":            {"cru", ""},
		"a click on the next window":      {"rcu", "down up"},
		"a click, then another key":       {"rcku", "down escape up"},
		"time goes on during the hold":    {"rrru", "down up"},
		"another key after a click alone": {"cku", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var a alone
			var got []string
			for _, step := range tt.steps {
				var kinds []Kind
				switch step {
				case 'r':
					kinds = a.ripen()
				case 'k':
					kinds = a.other()
				case 'c':
					a.click()
				case 'u':
					kinds = a.up()
				}
				for _, k := range kinds {
					got = append(got, k.String())
				}
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("got %q, want %q", s, tt.want)
			}
		})
	}
}
