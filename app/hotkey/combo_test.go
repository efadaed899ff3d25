package hotkey

import (
	"errors"
	"strings"
	"testing"
)

func TestParseReadsEverySpelling(t *testing.T) {
	for in, want := range map[string]string{
		"Ctrl+Alt+Space":          "Ctrl+Alt+Space",
		"space+ALT+control":       "Ctrl+Alt+Space",
		" ctrl + alt + spacebar ": "Ctrl+Alt+Space",
		"ctrl+alt+l":              "Ctrl+Alt+L",
		"Cmd+Shift+9":             "Shift+Super+9",
		"meta+-":                  "Super+Minus",
		"option+Return":           "Alt+Enter",
		"win+esc":                 "Super+Escape",
		"Ctrl+Plus":               "Ctrl+Plus",
		"f9":                      "F9",
		"shift+F24":               "Shift+F24",
		"Pause":                   "Pause",
		"ctrl+`":                  "Ctrl+Backquote",
		"rightctrl":               "RightCtrl",
		"AltGr":                   "RightAlt",
		" RightWin ":              "RightSuper",
		"mouse8":                  "Mouse8",
		"ctrl+button9":            "Ctrl+Mouse9",
	} {
		got, err := Parse(in)
		if err != nil || got.String() != want {
			t.Errorf("Parse(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	for in, want := range map[string]string{
		"":                          "empty",
		"  ":                        "empty",
		"Ctrl+Alt":                  "modifiers only",
		"Ctrl+Hyper+A":              `no key is called "hyper"`,
		"Ctrl+A+B":                  "two keys, A and B",
		"Ctrl+Control+A":            "Ctrl is there twice",
		"Ctrl++":                    "called Plus",
		"A":                         "needs Ctrl, Alt or Super",
		"Shift+A":                   "needs Ctrl, Alt or Super",
		"Escape":                    "needs Ctrl, Alt or Super",
		"Ctrl+F25":                  `no key is called "f25"`,
		"Ctrl+F0":                   `no key is called "f0"`,
		"Ctrl+F01":                  `no key is called "f01"`,
		"Ctrl+é":                    `no key is called "é"`,
		"LeftCtrl":                  "RightCtrl, RightAlt and RightSuper may",
		"RightShift":                "RightCtrl, RightAlt and RightSuper may",
		"Super":                     "RightCtrl, RightAlt and RightSuper may",
		"Shift+RightCtrl":           "held alone",
		"RightCtrl+A":               "two keys, RightCtrl and A",
		"RightCtrl+RightAlt":        "two keys",
		"Mouse1":                    "only Mouse8 and Mouse9",
		"Ctrl+Button3":              "only Mouse8 and Mouse9",
		strings.Repeat("Ctrl+", 50): "longer than 64",
	} {
		got, err := Parse(in)
		if err == nil || !errors.Is(err, ErrBadCombo) || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%q) = %q, %v; want an error with %q", in, got, err, want)
		}
	}
}

func TestEveryKeyHasOneName(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range namedKeys() {
		for _, name := range append([]string{strings.ToLower(k.name)}, k.aliases...) {
			if seen[name] || modifierNamed(name) != 0 {
				t.Errorf("%q means two keys", name)
			}
			seen[name] = true
			if name != strings.ToLower(name) {
				t.Errorf("alias %q is not in lower case", name)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"Ctrl+Alt+Space", "f9", "Ctrl++", "SUPER+[", "shift+ctrl+é", "Ctrl+F24", "RightCtrl", "altgr", "ctrl+Mouse8", "lctrl"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := Parse(s)
		if err != nil {
			if !c.IsZero() {
				t.Fatalf("Parse(%q) = %q with the error %v", s, c, err)
			}
			return
		}
		again, err := Parse(c.String())
		if err != nil || again != c {
			t.Fatalf("Parse(%q) = %q, which reads as %q, %v", s, c, again, err)
		}
	})
}
