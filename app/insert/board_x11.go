//go:build !windows && !darwin

package insert

import (
	"context"
	"encoding/binary"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jezek/xgb/xproto"
)

// content is what a selection holds, by the forms in which it can be had. Nil
// is a selection that nobody owns.
type content map[xproto.Atom]form

// form is the same thing in one of its forms.
type form struct {
	kind   xproto.Atom
	format byte // bits of a unit
	data   []byte
}

// board reads and owns selections: the clipboard, and what is selected. A
// goroutine of its own answers whoever asks for what it owns.
type board struct {
	*display
	window    xproto.Window
	clipboard xproto.Atom
	targets   xproto.Atom
	utf8      xproto.Atom
	incr      xproto.Atom // the form of what comes in pieces
	came      chan xproto.SelectionNotifyEvent
	changed   chan struct{}      // a part of what is fetched has come
	fetched   chan xproto.Window // who has fetched a text
	done      chan struct{}

	mu    sync.Mutex
	owned map[xproto.Atom]content
}

func newBoard(d *display) (*board, error) {
	window, err := xproto.NewWindowId(d.conn)
	if err != nil {
		return nil, err
	}
	err = xproto.CreateWindowChecked(d.conn, 0, window, d.root, -1, -1, 1, 1, 0, xproto.WindowClassInputOnly, 0,
		xproto.CwEventMask, []uint32{xproto.EventMaskPropertyChange}).Check()
	if err != nil {
		return nil, err
	}
	b := &board{
		display: d, window: window, clipboard: d.atom("CLIPBOARD"), targets: d.atom("TARGETS"), utf8: d.atom("UTF8_STRING"), incr: d.atom("INCR"),
		came: make(chan xproto.SelectionNotifyEvent, 1), changed: make(chan struct{}, 64), fetched: make(chan xproto.Window, 16), done: make(chan struct{}),
		owned: map[xproto.Atom]content{},
	}
	go b.serve()
	return b, nil
}

// close ends the goroutine and lets go of what is owned.
func (b *board) close() {
	b.conn.Close()
	<-b.done
}

func (b *board) serve() {
	defer close(b.done)
	for {
		event, err := b.conn.WaitForEvent()
		if event == nil && err == nil {
			return // the connection is closed
		}
		switch e := event.(type) {
		case xproto.SelectionRequestEvent:
			b.answer(e)
		case xproto.SelectionClearEvent:
			b.mu.Lock()
			delete(b.owned, e.Selection)
			b.mu.Unlock()
		case xproto.SelectionNotifyEvent:
			select {
			case b.came <- e:
			default: // nobody waits any more
			}
		case xproto.PropertyNotifyEvent:
			if e.State == xproto.PropertyNewValue {
				select {
				case b.changed <- struct{}{}:
				default: // likewise
				}
			}
		}
	}
}

// answer gives a program what it asks for, if it can be had in that form.
func (b *board) answer(e xproto.SelectionRequestEvent) {
	b.mu.Lock()
	c := b.owned[e.Selection]
	b.mu.Unlock()
	property := e.Property
	if property == 0 {
		property = e.Target // as clients of old ask
	}
	f, ok := c[e.Target]
	if e.Target == b.targets {
		f, ok = form{xproto.AtomAtom, 32, atoms(c, b.targets)}, true
	}
	if ok {
		xproto.ChangeProperty(b.conn, xproto.PropModeReplace, e.Requestor, property, f.kind, f.format, uint32(len(f.data)*8/int(f.format)), f.data)
	} else {
		property = 0
	}
	n := xproto.SelectionNotifyEvent{Time: e.Time, Requestor: e.Requestor, Selection: e.Selection, Target: e.Target, Property: property}
	xproto.SendEvent(b.conn, false, e.Requestor, 0, string(n.Bytes()))
	if ok && e.Target != b.targets {
		select {
		case b.fetched <- e.Requestor:
		default:
		}
	}
}

// atoms are the forms of c as a property holds them.
func atoms(c content, more ...xproto.Atom) []byte {
	var data []byte
	for a := range c {
		more = append(more, a)
	}
	slices.Sort(more)
	for _, a := range more {
		data = binary.LittleEndian.AppendUint32(data, uint32(a))
	}
	return data
}

// textContent is text in all forms in which programs ask for it. Clipboard
// managers that keep what is copied are asked to leave it.
func textContent(b *board, text string) content {
	c := content{}
	for _, name := range []string{"UTF8_STRING", "text/plain;charset=utf-8", "text/plain", "TEXT"} {
		a := b.atom(name)
		kind := a
		if name == "TEXT" {
			kind = b.utf8
		}
		c[a] = form{kind, 8, []byte(text)}
	}
	if isLatin(text) {
		c[xproto.AtomString] = form{xproto.AtomString, 8, latin(text)}
	}
	secret := b.atom("x-kde-passwordManagerHint")
	c[secret] = form{secret, 8, []byte("secret")}
	return c
}

// isLatin reports whether text can be written in ISO 8859-1, which is what a
// STRING is.
func isLatin(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > 0xff })
}

func latin(text string) []byte {
	var data []byte
	for _, r := range text {
		data = append(data, byte(r))
	}
	return data
}

// own makes c what a selection holds; nil lets go of it.
func (b *board) own(selection xproto.Atom, c content) {
	b.mu.Lock()
	b.owned[selection] = c
	b.mu.Unlock()
	owner := b.window
	if c == nil {
		owner = 0
	}
	xproto.SetSelectionOwner(b.conn, owner, selection, xproto.TimeCurrentTime)
	_, _ = xproto.GetInputFocus(b.conn).Reply() // the server has done it
}

// forget forgets who has fetched something until now.
func (b *board) forget() {
	for {
		select {
		case <-b.fetched:
		default:
			return
		}
	}
}

// taken waits until the window has fetched the text. A clipboard manager
// fetches it as well: who asks is told by the numbers of their windows.
func (b *board) taken(ctx context.Context, w xproto.Window) error {
	program := func(w xproto.Window) uint32 { return uint32(w) &^ b.setup.ResourceIdMask }
	limit, anyone := time.After(takeLimit), time.After(elseLimit)
	var quiet <-chan time.Time
	others := false
	for {
		select {
		case who := <-b.fetched:
			if program(who) == program(w) {
				quiet = time.After(settle)
			}
			others = true
		case <-anyone:
			if quiet == nil && others {
				quiet = time.After(settle)
			}
		case <-quiet:
			return nil
		case <-limit:
			return ErrUntaken
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

const (
	saveLimit = 600 * time.Millisecond // for all forms together
	saveForms = 24                     // that are kept
)

// save reads what a selection holds. gone says what of it cannot be kept.
func (b *board) save(ctx context.Context, selection xproto.Atom) (c content, gone string) {
	owner, err := xproto.GetSelectionOwner(b.conn, selection).Reply()
	if err != nil || owner.Owner == 0 {
		return nil, ""
	}
	ctx, cancel := context.WithTimeout(ctx, saveLimit)
	defer cancel()
	list, ok := b.fetch(ctx, selection, b.targets)
	offered := []xproto.Atom{b.utf8, xproto.AtomString}
	if ok {
		offered = nil
		for data := list.data; len(data) >= 4 && len(offered) < saveForms; data = data[4:] {
			offered = append(offered, xproto.Atom(binary.LittleEndian.Uint32(data)))
		}
	}
	c = content{}
	for _, a := range offered {
		name := b.name(a)
		if !worthKeeping(name) {
			continue
		}
		f, ok := b.fetch(ctx, selection, a)
		if ok {
			c[a] = f
		} else if strings.HasPrefix(name, "image/") {
			gone = "picture"
		}
	}
	switch {
	case len(c) > 0 && gone == "":
		return c, ""
	case gone == "":
		gone = "content"
	}
	return c, gone
}

// worthKeeping reports whether a form is the thing itself, and not a question
// about it or one of many pictures of it.
func worthKeeping(form string) bool {
	switch form {
	case "", "TARGETS", "MULTIPLE", "TIMESTAMP", "SAVE_TARGETS", "DELETE", "COMPOUND_TEXT":
		return false
	}
	return !strings.HasPrefix(form, "image/") || form == "image/png"
}

func (b *board) name(a xproto.Atom) string {
	reply, err := xproto.GetAtomName(b.conn, a).Reply()
	if err != nil {
		return ""
	}
	return reply.Name
}

// property is where selections are put that are fetched: any of our own
// window's will do.
const property = xproto.AtomCutBuffer7

// fetch reads a selection in one form. What does not come at once, in one
// piece, is not ok.
func (b *board) fetch(ctx context.Context, selection, target xproto.Atom) (form, bool) {
	if !b.convert(ctx, selection, target) {
		return form{}, false
	}
	f, more, err := b.read(Longest)
	return f, err == nil && !more && f.kind != b.incr
}

// convert asks for a selection in one form and waits until it is there.
func (b *board) convert(ctx context.Context, selection, target xproto.Atom) bool {
	select {
	case <-b.came: // of a fetch that was given up
	default:
	}
	xproto.ConvertSelection(b.conn, b.window, selection, target, property, xproto.TimeCurrentTime)
	for {
		select {
		case e := <-b.came:
			if e.Target != target {
				continue
			}
			return e.Property != 0
		case <-ctx.Done():
			return false
		}
	}
}

// read takes what has been put there, at most so many bytes; more says that it
// was longer.
func (b *board) read(most int) (f form, more bool, err error) {
	reply, err := xproto.GetProperty(b.conn, true, b.window, property, xproto.GetPropertyTypeAny, 0, uint32(most/4+1)).Reply()
	if err != nil {
		return f, false, err
	}
	return form{reply.Type, reply.Format, reply.Value}, reply.BytesAfter > 0, nil
}
