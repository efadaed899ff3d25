//go:build linux || freebsd

package grab

import (
	"slices"

	"github.com/jezek/xgb/xproto"
)

// target is the index of the window that the user looks at, -1 if there is
// none: the active one, or the one below it if that is our own.
func (s scene) target(r rules) int {
	i := s.index(s.active)
	if i < 0 || !r.ours(s.all[i].window) {
		return i
	}
	for i = len(s.all) - 1; i >= 0; i-- {
		if w := s.all[i]; !w.hidden && !w.aid && !r.ours(w.window) {
			return i
		}
	}
	return -1
}

func (s scene) index(id xproto.Window) int {
	return slices.IndexFunc(s.all, func(c client) bool { return c.id == id })
}

// spread tells for each window whether something is true of it, or of what it
// is a dialog or a menu of.
func (s scene) spread(is func(window) bool) []bool {
	all := make([]bool, len(s.all))
	for i, c := range s.all {
		all[i] = is(c.window)
	}
	for range maxDepth { // a dialog may have a dialog
		for i, c := range s.all {
			if j := s.index(c.owner); j >= 0 && all[j] {
				all[i] = true
			}
		}
	}
	return all
}

// unseen tells for each window whether it must not be seen: what is private or
// ours, what belongs to that, and what nobody knows anything of.
func (x *x11) unseen(s scene, r rules) []bool {
	unseen := s.spread(func(w window) bool { return r.ours(w) || r.private(w) })
	for i, c := range s.all {
		unseen[i] = unseen[i] || !c.known() && !x.belongs(s, unseen, c)
	}
	return unseen
}

// belongs reports whether a window that says nothing of itself is a menu or
// the like of one that may be seen. Of a program that has something private,
// nothing such is shown.
func (x *x11) belongs(s scene, unseen []bool, c client) bool {
	if !c.free {
		return false
	}
	if j := s.index(c.owner); j >= 0 && s.all[j].known() {
		return true // were it private, so would this be
	}
	seen := s.keeper != 0 && x.owner(c.id) == s.keeper
	for i, other := range s.all {
		if x.owner(other.id) == x.owner(c.id) && other.known() {
			if unseen[i] {
				return false
			}
			seen = true
		}
	}
	return seen
}

// secretive reports whether the program of a window has something private, too.
// In which of its windows something is selected, a program does not say.
func (x *x11) secretive(s scene, w xproto.Window) bool {
	for i, c := range s.all {
		if s.private[i] && x.owner(c.id) == x.owner(w) {
			return true
		}
	}
	return false
}
