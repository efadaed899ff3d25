package app

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"aside/app/hotkey"
	"aside/app/settings"
	"aside/app/turn"
)

// Names of the bindings.
const (
	bindTalk = "talk"
	bindLook = "look"
)

// reopenEvery is how often a lost display is looked for.
const reopenEvery = 2 * time.Second

// keys holds the global keys and turns them into commands. One goroutine owns
// the hook; when the display goes away it takes the keys again once the
// display is back.
type keys struct {
	on     keyActions
	log    *slog.Logger
	wishes chan settings.Hotkey // holds the newest
	cancel context.CancelFunc
	done   chan struct{}

	mu    sync.Mutex
	state string // for status: ready, or a code
}

// keyActions are what the keys do.
type keyActions struct {
	down, up func(time.Time)
	cancel   func()
	look     func()
	report   func(*turn.Problem)
}

// startKeys takes the keys that h names. It returns before they are taken.
func startKeys(h settings.Hotkey, on keyActions, log *slog.Logger) *keys {
	ctx, cancel := context.WithCancel(context.Background())
	k := &keys{on: on, log: log, wishes: make(chan settings.Hotkey, 1), cancel: cancel, done: make(chan struct{}), state: "starting"}
	go k.run(ctx, h)
	return k
}

func (k *keys) close() {
	k.cancel()
	<-k.done
}

// rebind takes other keys instead.
func (k *keys) rebind(h settings.Hotkey) {
	select {
	case <-k.wishes:
	default:
	}
	select {
	case k.wishes <- h:
	default:
	}
}

func (k *keys) status() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.state
}

func (k *keys) run(ctx context.Context, h settings.Hotkey) {
	defer close(k.done)
	for ctx.Err() == nil {
		hook, err := hotkey.Open(ctx, bindings(h))
		k.tell(err)
		if hook != nil {
			h = k.listen(ctx, hook, h)
			hook.Close()
			continue
		}
		if errors.Is(err, hotkey.ErrUnsupported) {
			return
		}
		select {
		case <-time.After(reopenEvery):
		case h = <-k.wishes:
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
		case h = <-k.wishes:
			k.tell(hook.Rebind(ctx, bindings(h)))
		case <-ctx.Done():
			return h
		}
	}
}

func (k *keys) act(e hotkey.Event) {
	switch {
	case e.Kind == hotkey.Lost:
		k.tell(e.Err)
	case e.ID == bindTalk && e.Kind == hotkey.Down:
		k.on.down(e.At)
	case e.ID == bindTalk && e.Kind == hotkey.Up:
		k.on.up(e.At)
	case e.ID == bindTalk && e.Kind == hotkey.Escape:
		k.on.cancel()
	case e.ID == bindLook && e.Kind == hotkey.Down:
		k.on.look()
	}
}

// bindings reads the settings; one that cannot be read is switched off, and
// settings has told so already.
func bindings(h settings.Hotkey) []hotkey.Binding {
	var bound []hotkey.Binding
	for _, b := range []struct{ id, combo string }{{bindTalk, h.Talk}, {bindLook, h.Look}} {
		combo, err := hotkey.Parse(b.combo)
		if err != nil {
			continue
		}
		bound = append(bound, hotkey.Binding{ID: b.id, Combo: combo})
	}
	return bound
}

// tell notes how the keys stand and shows what is wrong with them, once.
func (k *keys) tell(err error) {
	p := keyProblem(err)
	state := "ready"
	if p != nil {
		state = p.Code
	}
	k.mu.Lock()
	changed := k.state != state
	k.state = state
	k.mu.Unlock()
	if !changed || p == nil {
		return
	}
	k.log.Warn("hotkey", "err", err)
	k.on.report(p)
}

// keyProblem says what err means to the user.
func keyProblem(err error) *turn.Problem {
	if err == nil {
		return nil
	}
	if b, ok := errors.AsType[*hotkey.BindingError](err); ok {
		combo := b.Binding.Combo.String()
		if errors.Is(b, hotkey.ErrTaken) {
			return &turn.Problem{Code: "hotkey_conflict", Message: combo + " is taken by another program.",
				Hint: "Choose another with: aside settings set hotkey." + b.Binding.ID + " COMBINATION"}
		}
		return &turn.Problem{Code: "hotkey_invalid", Message: b.Error() + ".",
			Hint: "Choose another with: aside settings set hotkey." + b.Binding.ID + " COMBINATION"}
	}
	return &turn.Problem{Code: "hotkey_unavailable", Message: "The talk key cannot be taken here.",
		Hint: "Let the desktop run aside press and aside release, or aside toggle."}
}
