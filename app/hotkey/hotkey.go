// Package hotkey owns the global keys: it takes them from the
// system, and says when one goes down and when it comes up again. It knows
// nothing of what they are for.
//
// A hold is one Down and one Up, whatever auto-repeat does and in whatever
// order the keys of the combination are let go: Up is the main key itself. A
// release that is never reported is noticed within half a second. Nothing
// wakes up while no key is held.
//
// A combination, and a side button of the mouse, is taken from every other
// program. A modifier that is held alone, such as RightCtrl, is taken from
// nobody: it counts once it was down for 200 ms with no other key and no click,
// or when it was tapped, and not at all until its release once another key is
// pressed. While such a binding exists every key stroke wakes the hook, which
// looks at nothing but whether it is the modifier; those that a screen locker
// or a prompt for a password has to itself are not reported to it.
//
// On X11 the combinations are taken by a passive grab. Under Wayland the grab
// succeeds by way of XWayland, but fires only while an X11 window has the
// focus: offer `aside press` and `aside release` there, for the compositor to
// bind.
package hotkey

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Errors that callers tell apart. The first four come in a *BindingError, which
// puts the combination before them.
var (
	ErrTaken       = errors.New("is taken by another program")
	ErrNoKey       = errors.New("needs a key that is not on this keyboard")
	ErrTwice       = errors.New("is bound twice")
	ErrNoInput     = errors.New("needs XInput 2, which this display does not have")
	ErrNoDisplay   = errors.New("no X display")
	ErrLost        = errors.New("the display is gone")
	ErrUnsupported = errors.New("global keys are not supported on this system")
	ErrClosed      = errors.New("hotkey hook is closed")
)

// BindingError says why one combination could not be taken.
type BindingError struct {
	Binding Binding
	Err     error
}

func (e *BindingError) Error() string { return e.Binding.Combo.String() + " " + e.Err.Error() }

// Unwrap returns the reason.
func (e *BindingError) Unwrap() error { return e.Err }

// Binding gives a combination a name. One with the zero Combo is switched off.
type Binding struct {
	ID    string
	Combo Combo
}

// Kind says what an Event means.
type Kind uint8

// The kinds of events.
const (
	Down   Kind = iota + 1 // the combination was pressed
	Up                     // its main key came up
	Escape                 // the hold is void: Escape was pressed, or any key beside a lone modifier; at most one for each hold
	Lost                   // the combination no longer works: see Event.Err
)

// String returns the kind in lower case.
func (k Kind) String() string {
	switch k {
	case Down:
		return "down"
	case Up:
		return "up"
	case Escape:
		return "escape"
	case Lost:
		return "lost"
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// Event is something that happened to a binding.
type Event struct {
	Kind Kind
	ID   string    // of the binding; "" when all of them are lost
	At   time.Time // for the Down of a lone modifier, when it went down: 200 ms ago
	Err  error     // why it was lost
}

// retryTaken is how long to wait before asking once more for a combination
// that is taken: the server may not have noticed yet that its owner died.
const retryTaken = 200 * time.Millisecond

// Hook listens for combinations. Its methods may be called at once from
// several goroutines.
type Hook struct {
	events chan Event
	asks   chan ask
	cancel context.CancelFunc
	done   chan struct{} // closed when the listener has ended
	err    error         // why; read it after done
}

// ask is a wish for other bindings. The answer is those that failed.
type ask struct {
	bindings []Binding
	answer   chan<- []*BindingError // has room for one
}

// keyboard is a system's connection to its keys.
type keyboard interface {
	// listen serves asks and reports to events until ctx ends (nil) or the
	// connection breaks. It releases everything before it returns.
	listen(ctx context.Context, asks <-chan ask, events chan<- Event) error
}

// Open takes the combinations of bindings. One that cannot be taken does not
// keep the others from working: the Hook is nil only when none could ever
// work, and otherwise the error is one *BindingError, joined, for each binding
// that failed. ctx bounds the opening, not the life of the Hook.
func Open(ctx context.Context, bindings []Binding) (*Hook, error) {
	k, err := connect(ctx)
	if err != nil {
		return nil, fmt.Errorf("open hotkeys: %w", err)
	}
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	h := &Hook{
		events: make(chan Event, 8),
		asks:   make(chan ask),
		cancel: cancel,
		done:   make(chan struct{}),
	}
	go func() {
		defer close(h.done)
		defer close(h.events)
		h.err = k.listen(life, h.asks, h.events)
	}()
	failed, err := h.rebind(ctx, bindings)
	if err != nil {
		h.Close()
		return nil, fmt.Errorf("open hotkeys: %w", err)
	}
	return h, join(failed)
}

// Events delivers what happens, in order. Nothing is dropped: a reader that
// stops reading stops the hook. The channel is closed when the hook ends, by
// Close or because the display went away (see Err).
func (h *Hook) Events() <-chan Event { return h.events }

// Err returns why the hook ended: nil while it works or when it was closed,
// otherwise an error that wraps ErrLost. A new one may then be opened.
func (h *Hook) Err() error {
	select {
	case <-h.done:
		return h.err
	default:
		return nil
	}
}

// Rebind replaces all bindings and returns errors as Open does. A binding that
// stays is not disturbed, not even while it is held; one that goes while it is
// held gets its Up.
func (h *Hook) Rebind(ctx context.Context, bindings []Binding) error {
	failed, err := h.rebind(ctx, bindings)
	if err != nil {
		return fmt.Errorf("change hotkeys: %w", err)
	}
	return join(failed)
}

func (h *Hook) rebind(ctx context.Context, bindings []Binding) ([]*BindingError, error) {
	bindings, twice := distinct(bindings)
	failed, err := h.ask(ctx, bindings)
	if slices.ContainsFunc(failed, func(f *BindingError) bool { return errors.Is(f, ErrTaken) }) {
		select {
		case <-time.After(retryTaken):
			failed, err = h.ask(ctx, bindings)
		case <-ctx.Done():
		}
	}
	return append(twice, failed...), err
}

func (h *Hook) ask(ctx context.Context, bindings []Binding) ([]*BindingError, error) {
	answer := make(chan []*BindingError, 1)
	select {
	case h.asks <- ask{bindings, answer}:
	case <-h.done:
		return nil, errors.Join(ErrClosed, h.err)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case failed := <-answer:
		return failed, nil
	case <-h.done:
		return nil, errors.Join(ErrClosed, h.err)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// distinct leaves out what is switched off and what repeats an earlier
// combination; the latter are errors.
func distinct(bindings []Binding) (kept []Binding, twice []*BindingError) {
	seen := make(map[Combo]bool)
	for _, b := range bindings {
		switch {
		case b.Combo.IsZero():
		case seen[b.Combo]:
			twice = append(twice, &BindingError{b, ErrTwice})
		default:
			seen[b.Combo] = true
			kept = append(kept, b)
		}
	}
	return kept, twice
}

func join(failed []*BindingError) error {
	errs := make([]error, len(failed))
	for i, f := range failed {
		errs[i] = f
	}
	return errors.Join(errs...)
}

// closeLimit bounds Close, for a display server that has stopped answering.
const closeLimit = 2 * time.Second

// Close gives the combinations back and waits until that is done, or for two
// seconds when the display does not answer. It reports no Up for a key that is
// held. It may be called twice.
func (h *Hook) Close() {
	h.cancel()
	select {
	case <-h.done:
	case <-time.After(closeLimit):
	}
}
