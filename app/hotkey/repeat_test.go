package hotkey

import "testing"

// Steps of a key's life, as the server reports them.
type (
	pressed  uint32   // at that time
	released struct { // and what the server says of the key then
		at   uint32
		held bool
	}
	asked bool // the server was asked: is it held
)

func TestHoldFindsRealPressesAndReleases(t *testing.T) {
	const wrap = ^uint32(0) - 10
	for name, tt := range map[string]struct {
		steps []any
		want  string // D for down, U for up
	}{
		"a tap":                         {[]any{pressed(0), released{80, false}}, "DU"},
		"two taps":                      {[]any{pressed(0), released{80, false}, pressed(160), released{240, false}}, "DUDU"},
		"auto-repeat is one hold":       {[]any{pressed(0), released{660, true}, pressed(660), released{700, true}, pressed(700), released{730, false}}, "DU"},
		"repeated presses only":         {[]any{pressed(0), pressed(660), pressed(700), released{730, false}}, "DU"},
		"a contact that bounces":        {[]any{pressed(0), released{1, true}, pressed(2), released{90, false}}, "DU"},
		"a bounce that was not seen":    {[]any{pressed(0), released{1, false}, pressed(2), released{90, false}}, "DUDU"},
		"pressed again before we asked": {[]any{pressed(0), released{80, true}, pressed(120), released{200, false}}, "DUDU"},
		"the clock wraps in a repeat":   {[]any{pressed(wrap), released{2, true}, pressed(2), released{9, false}}, "DU"},
		"the clock wraps between taps":  {[]any{pressed(wrap), released{wrap + 2, true}, pressed(30), released{60, false}}, "DUDU"},
		"a lost release":                {[]any{pressed(0), asked(true), asked(true), asked(false), asked(false)}, "DU"},
		"the release after it was lost": {[]any{pressed(0), asked(false), released{900, false}}, "DU"},
		"a repeat, then a lost release": {[]any{pressed(0), released{660, true}, asked(false), pressed(2000), released{2100, false}}, "DUDU"},
		"a release out of nowhere":      {[]any{released{5, false}, released{6, true}, asked(false), asked(true)}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var h hold
			var got string
			for _, step := range tt.steps {
				var c change
				switch s := step.(type) {
				case pressed:
					c = h.press(uint32(s))
				case released:
					c = h.release(s.at, s.held)
				case asked:
					c = h.look(bool(s))
				}
				if c.up {
					got += "U"
				}
				if c.down {
					got += "D"
				}
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestThePressOfARepetitionAfterTheEndIsAnEcho(t *testing.T) {
	var h hold
	h.press(0)
	h.release(660, false) // of the repetition, but the key is up already
	for at, want := range map[uint32]bool{660: true, 665: true, 666: false} {
		if got := h.echo(at); got != want {
			t.Errorf("at %d: %v", at, got)
		}
	}
	h.press(700)
	h.look(false)
	if h.echo(700) {
		t.Error("a lost release has no echo")
	}
}

func FuzzHoldAlternates(f *testing.F) {
	f.Add([]byte{0, 1, 0, 2, 3})
	f.Fuzz(func(t *testing.T, steps []byte) {
		var h hold
		down := false
		for i, s := range steps {
			var c change
			switch at := uint32(i) * uint32(s>>2); s & 3 {
			case 0:
				c = h.press(at)
			case 1:
				c = h.release(at, true)
			case 2:
				c = h.release(at, false)
			case 3:
				c = h.look(s&4 != 0)
			}
			if c.up && !down {
				t.Fatalf("step %d: up without a down", i)
			}
			down = down && !c.up
			if c.down && down {
				t.Fatalf("step %d: down twice", i)
			}
			down = down || c.down
			if down != h.down {
				t.Fatalf("step %d: reported down %v, but holds %v", i, down, h.down)
			}
		}
	})
}
