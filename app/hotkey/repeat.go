package hotkey

// bounce is the longest time in milliseconds between a release and the next
// press that still belong to one press: the two events of an auto-repeat carry
// the same time, and a worn contact opens for a moment.
const bounce = 5

// hold follows one key and tells its real presses and releases from those that
// auto-repeat makes. While a key repeats, X reports a release and a press for
// each repetition; only the server's view of the key says that it never came
// up. The zero hold is a key that is up. Times are the server's, in
// milliseconds; they wrap around.
type hold struct {
	down     bool
	released bool   // a release was reported, but the key is down
	ended    bool   // the last report was the release that ended a hold
	at       uint32 // when that was
}

// change is what an event means: the key came up, went down, or both in that
// order.
type change struct{ up, down bool }

// press takes in that the server reported a press.
func (h *hold) press(at uint32) change {
	released := h.released && at-h.at > bounce
	h.released, h.ended = false, false
	switch {
	case !h.down:
		h.down = true
		return change{down: true}
	case released:
		// Let go and pressed again before anybody asked for the key's state.
		return change{up: true, down: true}
	}
	return change{}
}

// release takes in that the server reported a release, and whether it says
// that the key is held even so.
func (h *hold) release(at uint32, held bool) change {
	if h.down && held {
		h.released, h.at = true, at
		return change{}
	}
	c := h.look(held)
	if c.up {
		h.ended, h.at = true, at
	}
	return c
}

// echo reports whether a press at that time may belong to a hold that has
// ended: when the key comes up just after it repeated, the repetition's release
// finds it up already, and the repetition's press comes after the end. Only the
// server can tell whether the key is down again.
func (h *hold) echo(at uint32) bool { return h.ended && at-h.at <= bounce }

// look takes in what the server says of the key when no event came, which is
// how a lost release is noticed.
func (h *hold) look(held bool) change {
	up := h.down && !held
	if up {
		*h = hold{}
	}
	return change{up: up}
}
