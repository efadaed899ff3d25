//go:build linux || freebsd || openbsd || netbsd || dragonfly

package hotkey

import (
	"fmt"
	"slices"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// Keysyms that stand for modifiers (keysymdef.h).
const (
	keysymNumLock = 0xff7f
	keysymAltL    = 0xffe9
	keysymAltR    = 0xffea
	keysymSuperL  = 0xffeb
	keysymSuperR  = 0xffec
	keysymLevel3  = 0xfe03 // AltGr
)

// lockMask is the bit of CapsLock (or ShiftLock) in a state.
const lockMask uint16 = xproto.ModMaskLock

// keymap is how the server numbers keys and modifiers. It is a value: a change
// of the layout makes a new one.
type keymap struct {
	first   xproto.Keycode
	width   int // keysyms for each keycode: the columns
	keysyms []xproto.Keysym
	alt     uint16 // the bits of a state; 0 when no key makes them
	super   uint16
	numLock uint16
}

// readKeymap asks the server. An error means that the connection is gone.
func readKeymap(conn *xgb.Conn) (keymap, error) {
	setup := xproto.Setup(conn)
	count := byte(setup.MaxKeycode - setup.MinKeycode + 1) // at most 248: keycodes begin at 8
	keys := xproto.GetKeyboardMapping(conn, setup.MinKeycode, count)
	mods := xproto.GetModifierMapping(conn)
	keyReply, err := keys.Reply()
	if err != nil {
		return keymap{}, fmt.Errorf("read keyboard mapping: %w", err)
	}
	modReply, err := mods.Reply()
	if err != nil {
		return keymap{}, fmt.Errorf("read modifier mapping: %w", err)
	}
	return newKeymap(setup.MinKeycode, int(keyReply.KeysymsPerKeycode), keyReply.Keysyms,
		int(modReply.KeycodesPerModifier), modReply.Keycodes), nil
}

// newKeymap finds which modifier each of ours is. modifiers holds perModifier
// keycodes for each of Shift, Lock, Control, Mod1 … Mod5.
func newKeymap(first xproto.Keycode, width int, keysyms []xproto.Keysym, perModifier int, modifiers []xproto.Keycode) keymap {
	m := keymap{first: first, width: max(width, 1), keysyms: keysyms}
	for i, code := range modifiers {
		bit := uint16(1) << (i / perModifier)
		if code == 0 || bit <= xproto.ModMaskControl {
			continue
		}
		row := m.row(code)
		has := func(syms ...xproto.Keysym) bool {
			return slices.ContainsFunc(row, func(s xproto.Keysym) bool { return slices.Contains(syms, s) })
		}
		switch {
		case m.alt == 0 && has(keysymAltL, keysymAltR):
			m.alt = bit
		case m.super == 0 && has(keysymSuperL, keysymSuperR):
			m.super = bit
		case m.numLock == 0 && has(keysymNumLock):
			m.numLock = bit
		}
	}
	return m
}

// row returns the keysyms of a key.
func (m keymap) row(code xproto.Keycode) []xproto.Keysym {
	if code < m.first {
		return nil
	}
	from := int(code-m.first) * m.width
	if from+m.width > len(m.keysyms) {
		return nil
	}
	return m.keysyms[from : from+m.width]
}

// codes returns the keys that make a keysym, in the first column where any
// does: a "[" that some key makes with AltGr is not meant while another makes
// it plainly, but Latin letters are found in the second group of a Cyrillic
// layout.
func (m keymap) codes(sym xproto.Keysym) []xproto.Keycode {
	var codes []xproto.Keycode
	for column := range m.width {
		for i := column; i < len(m.keysyms); i += m.width {
			if m.keysyms[i] == sym {
				codes = append(codes, m.first+xproto.Keycode(i/m.width))
			}
		}
		if codes != nil {
			return codes
		}
	}
	return nil
}

// named returns the keys of a key of a Combo. The right Alt key is called
// otherwise where it is AltGr.
func (m keymap) named(key string) []xproto.Keycode {
	sym := keysym(key)
	if sym == 0 {
		return nil
	}
	codes := m.codes(sym)
	if codes == nil && sym == keysymAltR {
		codes = m.codes(keysymLevel3)
	}
	return codes
}

// mask returns the modifiers as the bits of a state, and whether this keyboard
// has them all.
func (m keymap) mask(mods Modifiers) (uint16, bool) {
	var mask uint16
	for _, x := range []struct {
		mod  Modifiers
		bits uint16
	}{
		{Ctrl, xproto.ModMaskControl},
		{Shift, xproto.ModMaskShift},
		{Alt, m.alt},
		{Super, m.super},
	} {
		if mods&x.mod == 0 {
			continue
		}
		if x.bits == 0 {
			return 0, false
		}
		mask |= x.bits
	}
	return mask, true
}

// locks returns every combination of the lock keys, none first: a grab fires
// only when the modifiers match exactly, and a lock that is on is a modifier.
func (m keymap) locks() []uint16 {
	if m.numLock == 0 {
		return []uint16{0, lockMask}
	}
	return []uint16{0, lockMask, m.numLock, m.numLock | lockMask}
}

// plain strips from a state what a combination does not care about: the lock
// keys and the mouse buttons.
func (m keymap) plain(state uint16) uint16 {
	return state & 0xff &^ (lockMask | m.numLock)
}

// keysym returns the keysym of a key of a Combo.
func keysym(key string) xproto.Keysym {
	if n := functionKey(key); n != 0 {
		return xproto.Keysym(0xffbe + n - 1)
	}
	for _, k := range namedKeys() {
		if k.name == key {
			return xproto.Keysym(k.keysym)
		}
	}
	if len(key) != 1 {
		return 0
	}
	sym := xproto.Keysym(key[0])
	if sym >= 'A' && sym <= 'Z' {
		sym += 'a' - 'A'
	}
	return sym
}
