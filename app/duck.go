package app

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"

	"aside/app/turn"
	"aside/audio"
	"aside/audio/device"
)

// duckShare is how loud other players are while Aside listens.
const duckShare = 0.3

// A server that does not answer when players are to be raised is asked again,
// ever less often, for a minute.
const (
	raiseFirst = 500 * time.Millisecond
	raiseLast  = 30 * time.Second
)

// duck lowers other players during a recording. What it did is noted in a file
// before it is done, so that the next core can undo it if this one dies. The
// file names no more than the programs that play and how loud they were.
type duck struct {
	system  *device.System
	journal string
	log     *slog.Logger

	group sync.WaitGroup
	one   sync.Mutex // held from lowering to raising
	owed  device.Ducked

	next    chan struct{} // holds a token while somebody wants to lower anew
	closing chan struct{}
	once    sync.Once
}

// newDuck undoes what a core that died has left.
func newDuck(system *device.System, journal string, log *slog.Logger) *duck {
	d := &duck{
		system: system, journal: journal, log: log,
		next: make(chan struct{}, 1), closing: make(chan struct{}),
	}
	if left, ok := d.read(); ok {
		d.group.Go(func() {
			d.one.Lock()
			defer d.one.Unlock()
			d.raise(left)
		})
	}
	return d
}

// lowering is a recording during which other players are lowered.
type lowering struct {
	turn.Recording
	end func()
}

// Close closes the microphone and lets the players be raised, which it does
// not wait for.
func (l *lowering) Close() error {
	err := l.Recording.Close()
	l.end()
	return err
}

// begin lowers the players until end is called. It does not wait for either.
func (d *duck) begin() (end func()) {
	over := make(chan struct{})
	select {
	case d.next <- struct{}{}:
	default:
	}
	d.group.Go(func() {
		d.one.Lock()
		defer d.one.Unlock()
		select {
		case <-d.next:
		default:
		}
		select {
		case <-over: // it was a tap
			if len(d.owed.Players) > 0 {
				d.raise(d.owed)
			}
			return
		default:
		}
		lowered := d.lower()
		<-over
		d.raise(lowered)
	})
	return sync.OnceFunc(func() { close(over) })
}

// lower returns what was done, or was about to be done when it failed.
func (d *duck) lower() device.Ducked {
	ctx, cancel := context.WithTimeout(context.Background(), devicePatience)
	defer cancel()
	done := d.owed
	err := d.system.Duck(ctx, duckShare, d.owed, func(now device.Ducked) error {
		done = now
		return d.write(now)
	})
	if err != nil && !errors.Is(err, audio.ErrUnsupported) {
		d.log.Warn("other players", "cause", turn.Cause(err))
	}
	return done
}

// raise gives players their volume back. What it cannot is owed, and noted.
func (d *duck) raise(lowered device.Ducked) {
	for wait := raiseFirst; ; wait *= 2 {
		err := d.tryRaise(lowered)
		if err == nil || errors.Is(err, audio.ErrUnsupported) || wait > raiseLast {
			return
		}
		select {
		case <-time.After(wait):
		case <-d.next: // who lowers anew knows what is owed
			return
		case <-d.closing: // so does the next core
			return
		}
		lowered = d.owed
	}
}

func (d *duck) tryRaise(lowered device.Ducked) error {
	ctx, cancel := context.WithTimeout(context.Background(), devicePatience)
	defer cancel()
	left, err := d.system.Unduck(ctx, lowered)
	if err != nil {
		d.log.Warn("other players", "cause", turn.Cause(err))
	}
	d.owed = left
	if err := d.write(left); err != nil {
		d.log.Warn("other players", "cause", turn.Cause(err))
	}
	return err
}

// wait returns when all players have been raised, or cannot be just now.
func (d *duck) wait() {
	d.once.Do(func() { close(d.closing) })
	d.group.Wait()
}

func (d *duck) read() (device.Ducked, bool) {
	var left device.Ducked
	raw, err := os.ReadFile(d.journal)
	return left, err == nil && json.Unmarshal(raw, &left) == nil && len(left.Players) > 0
}

func (d *duck) write(now device.Ducked) error {
	switch {
	case d.journal == "":
		return nil
	case len(now.Players) == 0:
		if err := os.Remove(d.journal); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	raw, err := json.Marshal(now)
	if err != nil {
		return err
	}
	// By another name first: a file that is cut short would owe nothing.
	if err := os.WriteFile(d.journal+".new", raw, 0o600); err != nil {
		return err
	}
	return os.Rename(d.journal+".new", d.journal)
}
