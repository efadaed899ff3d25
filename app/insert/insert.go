// Package insert puts text where the cursor is in a window of another program,
// as if the user had pasted it there, and puts the clipboard back as it was.
//
// It does what a user would do: the text goes on the clipboard, the window is
// brought to the front, and the keys that paste are pressed. That is possible
// where programs may press keys for others: under X11.
package insert

import (
	"errors"
	"strings"
	"unicode"
)

// Longest is how long a text to insert may be, in bytes: what goes over the display's
// line at once.
const Longest = 200_000

// What may go wrong.
var (
	ErrUnsupported = errors.New("no program may paste into another here")
	ErrGone        = errors.New("the window is gone")
	ErrBehind      = errors.New("the window does not come to the front")
	ErrUntaken     = errors.New("the window did not take the text")
	ErrEmpty       = errors.New("the clipboard holds no such thing")
	ErrTooLong     = errors.New("the text is too long")
)

// Window is a window that text can go to. The zero Window is none.
type Window struct {
	id    uint32
	class string // the program's name for its kind, by which a later window with the same number is told apart
}

// WindowOf is the window with a number and a class.
func WindowOf(id uint32, class string) Window { return Window{id, class} }

// Known reports whether w is a window.
func (w Window) Known() bool { return w.id != 0 }

// Ours reports whether w is the panel.
func (w Window) Ours() bool { return strings.EqualFold(w.class, "aside-panel") }

// Clean is text as it may be pasted: without characters that a terminal would
// take for commands, and for a terminal without the line's end that would run
// what was pasted.
func Clean(text string, terminal bool) string {
	text = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || !unicode.IsControl(r) && !unicode.Is(unicode.Bidi_Control, r) {
			return r
		}
		return -1
	}, strings.ReplaceAll(text, "\r\n", "\n"))
	if terminal {
		text = strings.TrimRight(text, "\n")
	}
	return text
}

// paste is how a program is made to paste.
type paste struct {
	keys     []uint32 // held one after the other, as key symbols
	primary  bool     // it pastes what is selected, not what is on the clipboard
	terminal bool
}

// The symbols of the keys that paste.
const (
	keyControl = 0xffe3
	keyShift   = 0xffe1
	keyV       = 0x76
	keyInsert  = 0xff63
)

// pasteOf says how to paste into a window of a class. Programs that are not
// named know Ctrl+V.
func pasteOf(class string) paste {
	switch strings.ToLower(class) {
	case "xterm", "uxterm", "urxvt", "rxvt", "eterm", "kterm", "mlterm":
		return paste{[]uint32{keyShift, keyInsert}, true, true}
	case "emacs", "gvim":
		return paste{keys: []uint32{keyShift, keyInsert}, primary: true}
	case "gnome-terminal", "gnome-terminal-server", "org.gnome.terminal", "kgx", "org.gnome.console", "ptyxis", "org.gnome.ptyxis",
		"konsole", "org.kde.konsole", "yakuake", "xfce4-terminal", "mate-terminal", "lxterminal", "qterminal", "terminator", "tilix",
		"guake", "tilda", "terminology", "deepin-terminal", "alacritty", "kitty", "foot", "st", "st-256color", "wezterm",
		"org.wezfurlong.wezterm", "ghostty", "com.mitchellh.ghostty", "hyper", "tabby", "contour", "rio", "cool-retro-term":
		return paste{keys: []uint32{keyControl, keyShift, keyV}, terminal: true}
	}
	return paste{keys: []uint32{keyControl, keyV}}
}
