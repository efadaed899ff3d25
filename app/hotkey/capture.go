package hotkey

import "errors"

// ErrCalledOff means that the user pressed Escape instead of a combination.
var ErrCalledOff = errors.New("called off")

// Capturing is what is held so far while a combination is being pressed.
type Capturing struct {
	Held  string // the modifiers: "Ctrl+Alt"
	Wrong string // why what was pressed last is no combination
}
