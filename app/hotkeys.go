package app

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"aside/app/hotkey"
	"aside/app/settings"
	"aside/app/turn"
)

// Names of the bindings.
const (
	bindTalk  = "talk"
	bindLook  = "look"
	bindType  = "type"
	bindPanel = "panel"

	bindEscape = "escape" // no setting: see keys.latched
)

// reopenEvery is how often a lost display is looked for.
const reopenEvery = 2 * time.Second

// keys holds the global keys and turns them into commands. One goroutine owns
// the hook; when the display goes away it takes the keys again once the
// display is back.
type keys struct {
	on     keyActions
	log    *slog.Logger
	wishes chan keyWish // holds the newest
	cancel context.CancelFunc
	done   chan struct{}

	escape atomic.Bool   // Escape is wanted
	turned chan struct{} // holds a token when that is new

	mu      sync.Mutex
	state   string        // for status: ready, or a code
	trouble *turn.Problem // what the code means; nil if all is well

	told []turn.Problem // what was reported last; the goroutine's own
}

// keyWish is a wish for other keys. One that is only tried is given up if the
// binding try cannot be had, and what held before holds again.
type keyWish struct {
	keys settings.Hotkey
	try  string
	done chan<- error // takes one answer; nil if nobody waits
}

// keyActions are what the keys do.
type keyActions struct {
	down, up func(time.Time)
	cancel   func()
	look     func()
	typing   func() // the keyboard into the panel, or back
	panel    func() // show or hide it
	display  func() // there is one, or one again
	report   func(*turn.Problem)
}

// startKeys takes the keys that h names. It returns before they are taken.
func startKeys(h settings.Hotkey, on keyActions, log *slog.Logger) *keys {
	ctx, cancel := context.WithCancel(context.Background())
	k := &keys{on: on, log: log, wishes: make(chan keyWish, 1), cancel: cancel, done: make(chan struct{}),
		turned: make(chan struct{}, 1), state: "starting"}
	go k.run(ctx, h)
	return k
}

func (k *keys) close() {
	k.cancel()
	<-k.done
}

// rebind takes other keys instead.
func (k *keys) rebind(h settings.Hotkey) { k.wish(keyWish{keys: h}) }

// latched says whether the user is heard without holding the talk key. Then
// Escape is taken: it reports itself during a hold alone.
func (k *keys) latched(is bool) {
	if k.escape.Swap(is) == is {
		return
	}
	select {
	case k.turned <- struct{}{}:
	default:
	}
}

// bindings are those of the settings, and Escape while it is wanted.
func (k *keys) bindings(h settings.Hotkey) (bound []hotkey.Binding, unread error) {
	bound, unread = bindings(h)
	if k.escape.Load() {
		bound = append(bound, hotkey.Binding{ID: bindEscape, Combo: hotkey.Combo{Key: "Escape"}})
	}
	return bound, unread
}

// try takes other keys and returns why the binding id cannot be had; then
// nothing has changed. Without a display it takes them on trust.
func (k *keys) try(ctx context.Context, h settings.Hotkey, id string) error {
	done := make(chan error, 1)
	k.wish(keyWish{h, id, done})
	select {
	case err := <-done:
		return err
	case <-k.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// wish makes w the wish. An older one that nobody has read is forgotten.
func (k *keys) wish(w keyWish) {
	for {
		select {
		case k.wishes <- w:
			return
		default:
		}
		select {
		case old := <-k.wishes:
			old.answer(nil)
		default:
		}
	}
}

func (w keyWish) answer(err error) {
	if w.done != nil {
		w.done <- err
	}
}

func (k *keys) status() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.state
}

// problem is what is wrong with the keys, nil if nothing is.
func (k *keys) problem() *turn.Problem {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.trouble
}

func (k *keys) run(ctx context.Context, h settings.Hotkey) {
	defer close(k.done)
	for ctx.Err() == nil {
		bound, unread := k.bindings(h)
		hook, err := hotkey.Open(ctx, bound)
		k.tell(errors.Join(unread, err))
		if hook != nil {
			k.on.display()
			h = k.listen(ctx, hook, h)
			hook.Close()
			continue
		}
		if errors.Is(err, hotkey.ErrUnsupported) {
			return
		}
		select {
		case <-time.After(reopenEvery):
		case w := <-k.wishes:
			h = w.keys
			w.answer(nil)
		case <-ctx.Done():
		}
	}
}

// listen serves the hook until it breaks or ctx ends, and returns the keys
// that are wanted by then.
func (k *keys) listen(ctx context.Context, hook *hotkey.Hook, h settings.Hotkey) settings.Hotkey {
	for {
		select {
		case e, ok := <-hook.Events():
			if !ok {
				k.tell(hotkey.ErrLost)
				return h
			}
			k.act(e)
		case w := <-k.wishes:
			h = k.change(ctx, hook, h, w)
		case <-k.turned:
			bound, _ := k.bindings(h)
			_ = hook.Rebind(ctx, bound) // what cannot be had was told about; without Escape another tap asks
		case <-ctx.Done():
			return h
		}
	}
}

// change takes the keys of a wish instead of h, and returns those that hold.
func (k *keys) change(ctx context.Context, hook *hotkey.Hook, h settings.Hotkey, w keyWish) settings.Hotkey {
	bound, unread := k.bindings(w.keys)
	err := errors.Join(unread, hook.Rebind(ctx, bound))
	if wrong := about(err, w.try); wrong != nil {
		bound, _ := k.bindings(h)
		_ = hook.Rebind(ctx, bound) // they were told about before
		w.answer(wrong)
		return h
	}
	k.tell(err)
	w.answer(nil)
	return w.keys
}

// about finds, in errors that may be joined, the one about a binding.
func about(err error, id string) error {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range many.Unwrap() {
			if found := about(one, id); found != nil {
				return found
			}
		}
		return nil
	}
	if u, ok := errors.AsType[unreadable](err); ok && u.id == id {
		return err
	}
	if b, ok := errors.AsType[*hotkey.BindingError](err); ok && b.Binding.ID == id {
		return err
	}
	return nil
}

func (k *keys) act(e hotkey.Event) {
	switch {
	case e.Kind == hotkey.Lost:
		k.tell(e.Err)
	case e.ID == bindTalk && e.Kind == hotkey.Down:
		k.on.down(e.At)
	case e.ID == bindTalk && e.Kind == hotkey.Up:
		k.on.up(e.At)
	case e.ID == bindTalk && e.Kind == hotkey.Escape, e.ID == bindEscape && e.Kind == hotkey.Down:
		k.on.cancel()
	case e.ID == bindLook && e.Kind == hotkey.Down:
		k.on.look()
	case e.ID == bindType && e.Kind == hotkey.Down:
		k.on.typing()
	case e.ID == bindPanel && e.Kind == hotkey.Down:
		k.on.panel()
	}
}

// unreadable is a combination in the settings that is none.
type unreadable struct {
	id  string
	err error
}

func (u unreadable) Error() string { return "hotkey." + u.id + ": " + u.err.Error() }

// bindings reads the settings. One that is empty or cannot be read is switched
// off, and the error says which of them cannot.
func bindings(h settings.Hotkey) (bound []hotkey.Binding, unread error) {
	for _, b := range []struct{ id, combo string }{{bindTalk, h.Talk}, {bindLook, h.Look}, {bindType, h.Type}, {bindPanel, h.Panel}} {
		if b.combo == "" {
			continue
		}
		combo, err := hotkey.Parse(b.combo)
		if err != nil {
			unread = errors.Join(unread, unreadable{b.id, err})
			continue
		}
		bound = append(bound, hotkey.Binding{ID: b.id, Combo: combo})
	}
	return bound, unread
}

// tell notes how the keys stand and shows what is wrong with them, once.
func (k *keys) tell(err error) {
	problems := keyProblems(err)
	state, trouble := "ready", (*turn.Problem)(nil)
	if len(problems) > 0 {
		state, trouble = problems[0].Code, &problems[0]
		k.log.Warn("hotkey", "err", err)
	}
	k.mu.Lock()
	k.state, k.trouble = state, trouble
	k.mu.Unlock()
	for _, p := range problems {
		if !slices.Contains(k.told, p) {
			k.on.report(&p)
		}
	}
	k.told = problems
}

// chooseKey is the way out when the key of a binding cannot be had. The right
// Ctrl key can always be: no program can take it. One that is easily tapped by
// chance is not offered for looking, which sends the screen at once.
func chooseKey(id string) string {
	if id == bindTalk {
		return "Hold the right Ctrl key instead: aside settings set hotkey.talk RightCtrl - or Mouse8, or a combination such as Super+F9."
	}
	return "Choose another, for instance: aside settings set hotkey." + id + " Super+F10"
}

// keyProblems says what err, of which several may be joined, means to the user.
func keyProblems(err error) []turn.Problem {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var all []turn.Problem
		for _, one := range many.Unwrap() {
			all = append(all, keyProblems(one)...)
		}
		return all
	}
	if err == nil {
		return nil
	}
	if u, ok := errors.AsType[unreadable](err); ok {
		return []turn.Problem{{Code: "hotkey_invalid", Message: "hotkey." + u.id + " is no key combination.", Hint: chooseKey(u.id)}}
	}
	if b, ok := errors.AsType[*hotkey.BindingError](err); ok {
		if b.Binding.ID == bindEscape {
			return nil
		}
		p := turn.Problem{Code: "hotkey_invalid", Message: b.Error() + ".", Hint: chooseKey(b.Binding.ID)}
		if errors.Is(b, hotkey.ErrTaken) {
			p.Code = "hotkey_conflict"
		}
		return []turn.Problem{p}
	}
	return []turn.Problem{{Code: "hotkey_unavailable", Message: "The talk key cannot be taken here.",
		Hint: "Let the desktop run aside press and aside release, or aside toggle."}}
}
