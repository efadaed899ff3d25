package hotkey

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Modifiers is a set of modifier keys.
type Modifiers uint8

// The modifiers, in the order in which they are written.
const (
	Ctrl Modifiers = 1 << iota
	Alt
	Shift
	Super
)

// Combo is a key with the modifiers that must be held with it. The zero Combo
// is none at all. Combos can be compared.
type Combo struct {
	Modifiers Modifiers
	Key       string // a name as String writes it: "Space", "L", "F9"
}

// ErrBadCombo is what every error of Parse wraps.
var ErrBadCombo = errors.New("not a key combination")

// maxCombo bounds what Parse looks at, in bytes.
const maxCombo = 64

// Parse reads a combination such as "Ctrl+Alt+Space": any number of modifiers
// and one key, joined by "+", in any order and case. A key that types or edits
// text needs Ctrl, Alt or Super, because a combination is taken from every
// other program. RightCtrl, RightAlt and RightSuper are taken from nobody and
// stand alone; Mouse8 and Mouse9 are the side buttons of a mouse.
func Parse(s string) (Combo, error) {
	if len(s) > maxCombo {
		return Combo{}, fmt.Errorf("%w: longer than %d characters", ErrBadCombo, maxCombo)
	}
	if strings.TrimSpace(s) == "" {
		return Combo{}, fmt.Errorf("%w: empty", ErrBadCombo)
	}
	var c Combo
	for part := range strings.SplitSeq(s, "+") {
		if err := c.add(strings.ToLower(strings.TrimSpace(part))); err != nil {
			return Combo{}, fmt.Errorf("%w: %q: %w", ErrBadCombo, s, err)
		}
	}
	switch {
	case c.Key == "":
		return Combo{}, fmt.Errorf("%w: %q has modifiers only (%s)", ErrBadCombo, s, lonesAre)
	case c.lone() && c.Modifiers != 0:
		return Combo{}, fmt.Errorf("%w: %s is held alone, with nothing beside it", ErrBadCombo, c.Key)
	case c.Modifiers&(Ctrl|Alt|Super) == 0 && !c.standsAlone():
		return Combo{}, fmt.Errorf("%w: %s needs Ctrl, Alt or Super beside it", ErrBadCombo, c.Key)
	}
	return c, nil
}

// add takes one part of a combination, in lower case.
func (c *Combo) add(part string) error {
	if part == "" {
		return errors.New(`nothing beside a "+" (the key itself is called Plus)`)
	}
	if m := modifierNamed(part); m != 0 {
		if c.Modifiers&m != 0 {
			return fmt.Errorf("%s is there twice", m)
		}
		c.Modifiers |= m
		return nil
	}
	key := keyNamed(part)
	switch {
	case key == "" && oneSided(part):
		return fmt.Errorf("%q cannot be a key (%s)", part, lonesAre)
	case key == "" && (strings.HasPrefix(part, "mouse") || strings.HasPrefix(part, "button")):
		return fmt.Errorf("%q cannot be taken: of the mouse, only Mouse8 and Mouse9 can", part)
	case key == "":
		return fmt.Errorf("no key is called %q", part)
	case c.Key != "":
		return fmt.Errorf("two keys, %s and %s", c.Key, key)
	}
	c.Key = key
	return nil
}

// lonesAre goes with errors about a modifier that is no key.
const lonesAre = "RightCtrl, RightAlt and RightSuper may be held alone"

// oneSided reports whether a name in lower case is a modifier of one side.
func oneSided(name string) bool {
	for _, side := range []string{"left", "right", "l", "r"} {
		if rest, ok := strings.CutPrefix(name, side); ok && modifierNamed(rest) != 0 {
			return true
		}
	}
	return false
}

// lone reports whether the key is a modifier that is held alone.
func (c Combo) lone() bool {
	return slices.Contains([]string{"RightCtrl", "RightAlt", "RightSuper"}, c.Key)
}

// button returns the number of the mouse button, or 0 for a key.
func (c Combo) button() byte {
	switch c.Key {
	case "Mouse8":
		return 8
	case "Mouse9":
		return 9
	}
	return 0
}

// IsZero reports whether there is no combination.
func (c Combo) IsZero() bool { return c == Combo{} }

// String writes the combination so that Parse reads the same one again.
func (c Combo) String() string {
	if c.Modifiers == 0 {
		return c.Key
	}
	return c.Modifiers.String() + "+" + c.Key
}

// String writes the modifiers joined by "+".
func (m Modifiers) String() string {
	var names []string
	for i, name := range []string{"Ctrl", "Alt", "Shift", "Super"} {
		if m&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, "+")
}

// modifierNamed returns the modifier with that name in lower case, or 0.
func modifierNamed(name string) Modifiers {
	switch name {
	case "ctrl", "control":
		return Ctrl
	case "alt", "option":
		return Alt
	case "shift":
		return Shift
	case "super", "meta", "win", "windows", "cmd", "command":
		return Super
	}
	return 0
}

// keyNamed returns the name as Combo writes it of a key that is called name,
// in lower case, or "".
func keyNamed(name string) string {
	if len(name) == 1 && (name >= "a" && name <= "z" || name >= "0" && name <= "9") {
		return strings.ToUpper(name)
	}
	if n := functionKey(strings.ToUpper(name)); n != 0 {
		return "F" + strconv.Itoa(n)
	}
	for _, k := range namedKeys() {
		if strings.ToLower(k.name) == name || slices.Contains(k.aliases, name) {
			return k.name
		}
	}
	return ""
}

// functionKey returns 1 to 24 for "F1" to "F24", otherwise 0.
func functionKey(key string) int {
	digits, ok := strings.CutPrefix(key, "F")
	if !ok || digits == "" || digits[0] < '1' || digits[0] > '9' {
		return 0
	}
	n, err := strconv.Atoi(digits)
	if err != nil || n > 24 {
		return 0
	}
	return n
}

// standsAlone reports whether the key may be taken without a modifier.
func (c Combo) standsAlone() bool {
	return c.lone() || c.button() != 0 || functionKey(c.Key) != 0 ||
		slices.Contains([]string{"Pause", "PrintScreen", "ScrollLock", "Menu"}, c.Key)
}

// namedKey is a key that is called neither by its letter or digit nor by F and
// a number.
type namedKey struct {
	name    string
	aliases []string // in lower case
	keysym  uint32   // X11: keysymdef.h; 0 for a button
}

// namedKeys lists them all.
func namedKeys() []namedKey {
	return []namedKey{
		{"Space", []string{"spacebar"}, 0x20},
		{"Enter", []string{"return"}, 0xff0d},
		{"Tab", nil, 0xff09},
		{"Escape", []string{"esc"}, keysymEscape},
		{"Backspace", nil, 0xff08},
		{"Delete", []string{"del"}, 0xffff},
		{"Insert", []string{"ins"}, 0xff63},
		{"Home", nil, 0xff50},
		{"End", nil, 0xff57},
		{"PageUp", []string{"page_up", "pgup", "prior"}, 0xff55},
		{"PageDown", []string{"page_down", "pgdn", "next"}, 0xff56},
		{"Left", []string{"arrowleft"}, 0xff51},
		{"Up", []string{"arrowup"}, 0xff52},
		{"Right", []string{"arrowright"}, 0xff53},
		{"Down", []string{"arrowdown"}, 0xff54},
		{"Pause", []string{"break"}, 0xff13},
		{"PrintScreen", []string{"print", "prtsc"}, 0xff61},
		{"ScrollLock", []string{"scroll_lock"}, 0xff14},
		{"Menu", []string{"contextmenu"}, 0xff67},
		{"Minus", []string{"-"}, '-'},
		{"Plus", nil, '+'},
		{"Equal", []string{"="}, '='},
		{"Comma", []string{","}, ','},
		{"Period", []string{".", "dot"}, '.'},
		{"Slash", []string{"/"}, '/'},
		{"Backslash", []string{`\`}, '\\'},
		{"Semicolon", []string{";"}, ';'},
		{"Quote", []string{"'", "apostrophe"}, '\''},
		{"Backquote", []string{"`", "grave"}, '`'},
		{"BracketLeft", []string{"["}, '['},
		{"BracketRight", []string{"]"}, ']'},
		{"RightCtrl", []string{"rctrl", "rightcontrol", "control_r"}, 0xffe4},
		{"RightAlt", []string{"ralt", "altgr", "alt_r"}, 0xffea},
		{"RightSuper", []string{"rsuper", "rightwin", "rightmeta", "super_r"}, 0xffec},
		{"Mouse8", []string{"button8", "mouseback"}, 0},
		{"Mouse9", []string{"button9", "mouseforward"}, 0},
	}
}

// keysymEscape is the X11 keysym of the Escape key.
const keysymEscape = 0xff1b
