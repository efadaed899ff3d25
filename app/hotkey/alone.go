package hotkey

// alone decides what the hold of a modifier means that is a binding by itself.
// The zero alone is a hold that has just begun.
type alone struct {
	told    bool // its Down was reported
	spoiled bool // it turned out to belong to another program's combination
}

// ripen takes in that the modifier has been held for long enough.
func (a *alone) ripen() []Kind {
	if a.told || a.spoiled {
		return nil
	}
	a.told = true
	return []Kind{Down}
}

// other takes in that another key was pressed beside it.
func (a *alone) other() []Kind {
	if a.spoiled {
		return nil
	}
	a.spoiled = true
	if a.told {
		return []Kind{Escape}
	}
	return nil
}

// click takes in a mouse button or the wheel. Once the hold is one, a click is
// the user going on to another window.
func (a *alone) click() {
	if !a.told {
		a.spoiled = true
	}
}

// up takes in the end of the hold. One that was neither told nor spoiled was a
// tap.
func (a *alone) up() []Kind {
	switch {
	case a.told:
		return []Kind{Up}
	case a.spoiled:
		return nil
	}
	return []Kind{Down, Up}
}
