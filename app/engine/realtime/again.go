package realtime

import (
	"slices"
	"strings"

	"aside/app/engine"
	"aside/vision"
)

// look is one at the screen that the model has called for.
type look struct {
	call    call
	outputs []message // of what else it has called
	more    bool      // it is to go on
}

// look asks for a look at the screen.
func (x *exchange) look(l *look) {
	if !l.more { // it has called for silence, too
		x.session.proceed(x, append(l.outputs, l.call.output(notSeen)), false)
		return
	}
	x.looks++
	x.looking = l
	x.still()
	x.emit(engine.Look{})
}

// seen goes on with the answer to a look. The new picture takes the place of
// the older ones.
func (x *exchange) seen(s vision.Shot) {
	l := x.looking
	if l == nil || x.over {
		return
	}
	x.looking = nil
	if len(s.Sent) == 0 || x.session.taken() {
		x.session.proceed(x, append(l.outputs, l.call.output(notSeen)), l.more)
		return
	}
	x.emit(engine.Act{Name: lookAgain})
	all := append(l.outputs, l.call.output(seenAgain))
	all = append(all, x.replaced()...)
	x.older = len(x.shots)
	x.session.proceed(x, append(all, x.picture(s)), l.more)
}

// replaced deletes the pictures of the turn so far, and leaves what else goes
// with them.
func (x *exchange) replaced() (all []message) {
	x.items.pictures = slices.DeleteFunc(x.items.pictures, func(id string) bool {
		is := strings.HasPrefix(id, aboutPicture)
		if is {
			all = append(all, deletion(id))
		}
		return is
	})
	return all
}
