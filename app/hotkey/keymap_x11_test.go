//go:build linux || freebsd || openbsd || netbsd || dragonfly

package hotkey

import (
	"slices"
	"testing"

	"github.com/jezek/xgb/xproto"
)

// board is a keyboard of four columns: two groups of two levels.
func board() keymap {
	keysyms := []xproto.Keysym{
		keysymAltL, 0, 0, 0, // 8
		keysymSuperL, 0, 0, 0, // 9
		keysymNumLock, 0, 0, 0, // 10
		0x6cc, 0x6ec, 'l', 'L', // 11: a Cyrillic letter, Latin in the second group
		'8', '(', '[', 0, // 12
		'[', '{', '8', 0, // 13
		' ', 0, ' ', 0, // 14
		' ', 0, 0, 0, // 15
	}
	modifiers := make([]xproto.Keycode, 8*2) // two keys for each
	modifiers[3*2] = 10                      // Mod1 is NumLock here
	modifiers[5*2+1] = 8                     // Mod3 is Alt
	modifiers[7*2] = 9                       // Mod5 is Super
	return newKeymap(8, 4, keysyms, 2, modifiers)
}

func TestKeymapFindsTheModifiersWhereverTheyAre(t *testing.T) {
	m := board()
	if m.alt != xproto.ModMask3 || m.super != xproto.ModMask5 || m.numLock != xproto.ModMask1 {
		t.Errorf("Alt %#x, Super %#x, NumLock %#x; want Mod3, Mod5, Mod1", m.alt, m.super, m.numLock)
	}
	got, ok := m.mask(Ctrl | Alt | Shift | Super)
	if want := uint16(xproto.ModMaskControl | xproto.ModMaskShift | xproto.ModMask3 | xproto.ModMask5); got != want || !ok {
		t.Errorf("mask %#x, %v; want %#x", got, ok, want)
	}
	if got, want := m.locks(), []uint16{0, 2, 8, 10}; !slices.Equal(got, want) {
		t.Errorf("locks %v, want %v", got, want)
	}
	if got := m.plain(xproto.ModMaskControl | lockMask | xproto.ModMask1 | xproto.KeyButMaskButton1); got != xproto.ModMaskControl {
		t.Errorf("plain state %#x, want Control only", got)
	}
}

func TestKeymapWithoutAModifierSaysSo(t *testing.T) {
	m := newKeymap(8, 1, []xproto.Keysym{'a'}, 0, nil)
	if _, ok := m.mask(Alt); ok {
		t.Error("a keyboard without Alt has a mask for it")
	}
	if got := m.locks(); len(got) != 2 {
		t.Errorf("locks %v without a NumLock, want none and Lock", got)
	}
}

func TestKeymapFindsEveryKeyOfTheFirstColumnThatHasOne(t *testing.T) {
	m := board()
	for _, tt := range []struct {
		key  string
		want []xproto.Keycode
	}{
		{"L", []xproto.Keycode{11}},
		{"BracketLeft", []xproto.Keycode{13}},
		{"8", []xproto.Keycode{12}},
		{"Space", []xproto.Keycode{14, 15}},
		{"F24", nil},
	} {
		if got := m.codes(keysym(tt.key)); !slices.Equal(got, tt.want) {
			t.Errorf("keys for %s: %v, want %v", tt.key, got, tt.want)
		}
	}
}

func TestKeysymsFollowTheProtocol(t *testing.T) {
	for key, want := range map[string]xproto.Keysym{"A": 'a', "Z": 'z', "7": '7', "F1": 0xffbe, "F24": 0xffd5, "Space": 0x20, "Escape": 0xff1b, "Slash": '/'} {
		if got := keysym(key); got != want {
			t.Errorf("keysym of %s: %#x, want %#x", key, got, want)
		}
	}
}
