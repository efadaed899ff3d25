package words

import (
	"context"
	"errors"
	"image"
	"unicode/utf8"

	"github.com/godbus/dbus/v5"
)

// maxKids is how many children of a thing are met, and how many a table may
// have for them to be asked for.
const maxKids = 200

var (
	errTooWide = errors.New("it has too many children")
	errNowhere = errors.New("it is shown, but does not know where")
)

// node is one thing in the window.
type node struct {
	ref
	parent *node
	rank   int // the lowest is asked next
	role   role
	states states
	known  int // of its role and states, how many have been told
	kids   []*node
	text   string
	from   int32 // where its text begins, in characters
}

// question is something a node was asked for.
type question uint8

const (
	askRole question = iota
	askStates
	askName
	askText
	askCaret
	askLength
	askCount
	askKids
	askPlace
)

// asked is a question that waits for its answer.
type asked struct {
	node *node
	what question
}

// walk goes through a window. Many questions are in flight at once, and
// whatever answer comes first is taken first: a node that hangs holds up
// nothing but itself. First the focus is looked for everywhere at once; when it
// is known, the nearest to it goes first. (The program could find the focus
// itself, through AT-SPI's Collection. But it might go through all rows of a
// table for that, and the user's program would stand still.)
type walk struct {
	bus     *dbus.Conn
	done    chan *dbus.Call
	waiting map[*dbus.Call]asked
	queue   []*node // met, but not asked yet
	seen    map[ref]bool
	left    int // nodes that may still be asked
	top     *node
	focus   *node // nil if nothing has it
	secrets []image.Rectangle
	partial bool
}

func newWalk(bus *dbus.Conn, top ref) *walk {
	n := &node{ref: top}
	return &walk{
		bus:     bus,
		done:    make(chan *dbus.Call, 2*maxInFlight), // an answer raises a question, a node two at most
		waiting: map[*dbus.Call]asked{},
		queue:   []*node{n},
		seen:    map[ref]bool{top: true},
		left:    maxNodes,
		top:     n,
	}
}

// run goes on until everything is known, or a budget is spent.
func (k *walk) run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // what is not answered is not waited for
	for {
		for len(k.waiting) < maxInFlight-1 && len(k.queue) > 0 && k.left > 0 {
			k.left--
			n := k.next()
			k.ask(ctx, n, askRole, getRole)
			k.ask(ctx, n, askStates, getState)
		}
		if len(k.waiting) == 0 {
			break
		}
		select {
		case answer := <-k.done:
			q := k.waiting[answer]
			delete(k.waiting, answer)
			k.take(ctx, q, answer)
		case <-ctx.Done():
			k.partial = true
			return
		}
	}
	k.partial = k.partial || len(k.queue) > 0
}

// next takes the node of lowest rank, of several the first met.
func (k *walk) next() *node {
	best := 0
	for i, n := range k.queue {
		if n.rank < k.queue[best].rank {
			best = i
		}
	}
	n := k.queue[best]
	k.queue = append(k.queue[:best], k.queue[best+1:]...)
	return n
}

func (k *walk) ask(ctx context.Context, n *node, what question, method string, args ...any) {
	k.waiting[n.ref.ask(ctx, k.bus, k.done, method, args...)] = asked{n, what}
}

// take takes an answer, and asks what it leads to. What is missing makes the
// reading partial.
func (k *walk) take(ctx context.Context, q asked, answer *dbus.Call) {
	n := q.node
	var err error
	switch q.what {
	case askRole:
		err = answer.Store(&n.role)
		k.tell(ctx, n, err)
	case askStates:
		var bits []uint32
		err = answer.Store(&bits)
		n.states = statesOf(bits)
		k.tell(ctx, n, err)
	case askName, askCaret, askLength, askText:
		err = k.takeText(ctx, q, answer)
	case askCount:
		var count int32
		if err = answer.Store(&count); err == nil && count > maxKids {
			err = errTooWide
		}
		if err == nil {
			k.ask(ctx, n, askKids, getChildren)
		}
	case askKids:
		var refs []ref
		err = answer.Store(&refs)
		k.meet(n, refs)
	case askPlace:
		err = k.hide(answer)
	}
	k.partial = k.partial || err != nil
}

// takeText takes an answer about what a node says.
func (k *walk) takeText(ctx context.Context, q asked, answer *dbus.Call) error {
	n := q.node
	var s string
	switch q.what {
	case askCaret:
		_ = answer.Store(&n.from) // without a caret it is read from its beginning
		if n.from -= maxText / 2; n.from > 0 {
			k.ask(ctx, n, askLength, getProperty, textual, "CharacterCount")
			return nil
		}
		k.askText(ctx, n, 0)
	case askLength:
		var length int32
		if err := answer.Store(&length); err != nil {
			return err
		}
		k.askText(ctx, n, min(n.from, max(0, length-maxText+1))) // no cut that is not needed
	case askText:
		if answer.Store(&s) != nil { // what looks like a text may be none
			k.ask(ctx, n, askName, getProperty, accessible, "Name")
			return nil
		}
		k.say(n, s, n.from > 0, utf8.RuneCountInString(s) >= maxText)
	case askName:
		if err := answer.Store(&s); err != nil {
			return err
		}
		k.say(n, s, false, len(s) > maxText)
		if n.text == "" && n.role.wants() == wantName {
			k.askKids(ctx, n)
		}
	}
	return nil
}

// say tidies what a node says. first and last say which ends were cut off.
func (k *walk) say(n *node, s string, first, last bool) {
	s = head(s, maxText*utf8.UTFMax)
	k.partial = k.partial || first || last
	n.text = clean(wholeLines(s, first, last))
}

// tell counts what is known of a node. When its role and its states are, it is
// asked for what these leave to be asked.
func (k *walk) tell(ctx context.Context, n *node, err error) {
	if err != nil {
		return // it is gone: its other answer will find nothing to add
	}
	if n.known++; n.known < 2 {
		return
	}
	want := n.role.wants()
	focused := n.states.has(stateFocused)
	if want == 0 || n != k.top && !focused && !n.states.has(stateShowing) {
		return
	}
	if focused {
		k.found(n)
	}
	if want&wantPlace != 0 {
		k.ask(ctx, n, askPlace, getExtents, uint32(0)) // on the screen
	}
	if want&wantName != 0 {
		k.ask(ctx, n, askName, getProperty, accessible, "Name")
	}
	if want&wantText != 0 && focused {
		k.ask(ctx, n, askCaret, getProperty, textual, "CaretOffset")
	} else if want&wantText != 0 {
		k.askText(ctx, n, 0)
	}
	if want&wantKids != 0 {
		k.askKids(ctx, n)
	}
}

// askText asks for as much of a text as could be used.
func (k *walk) askText(ctx context.Context, n *node, from int32) {
	n.from = from
	k.ask(ctx, n, askText, getText, from, from+maxText)
}

// askKids asks for what is in a node, if that cannot be too much.
func (k *walk) askKids(ctx context.Context, n *node) {
	if n.role.wide() || n.states.has(stateManages) {
		k.ask(ctx, n, askCount, getProperty, accessible, "ChildCount")
		return
	}
	k.ask(ctx, n, askKids, getChildren)
}

// meet takes a node's children. Of one that is met again nothing is asked: some
// programs' trees are none.
func (k *walk) meet(n *node, refs []ref) {
	k.partial = k.partial || len(refs) > maxKids
	for i, r := range refs[:min(len(refs), maxKids)] {
		if r.Path == nobody || k.seen[r] {
			continue
		}
		k.seen[r] = true
		// As long as the focus is not known, a long list must not come before
		// everything that is further in.
		kid := &node{ref: r, parent: n, rank: n.rank + 1 + i}
		if k.focus != nil {
			kid.rank = kid.steps(k.focus)
		}
		n.kids = append(n.kids, kid)
		k.queue = append(k.queue, kid)
	}
}

// found takes note of what has the focus, of two the inner one, and ranks what
// has been met until now.
func (k *walk) found(n *node) {
	if k.focus != nil && !n.in(k.focus) {
		return
	}
	k.focus = n
	for _, q := range k.queue {
		q.rank = q.steps(n)
	}
}

// steps says how far out the node is: how often one steps up from the focus to
// reach what both are in.
func (n *node) steps(focus *node) int {
	steps := 0
	for at := focus; at != nil && !n.in(at); at = at.parent {
		steps++
	}
	return steps
}

// in says that the node is o or within it.
func (n *node) in(o *node) bool {
	for at := n; at != nil; at = at.parent {
		if at == o {
			return true
		}
	}
	return false
}

// hide takes the place of a password field.
func (k *walk) hide(answer *dbus.Call) error {
	var place struct{ X, Y, Width, Height int32 }
	if err := answer.Store(&place); err != nil {
		return err
	}
	x, y, w, h := int(place.X), int(place.Y), int(place.Width), int(place.Height)
	if w <= 0 || h <= 0 {
		return errNowhere
	}
	k.secrets = append(k.secrets, image.Rect(x, y, x+w, y+h))
	return nil
}
