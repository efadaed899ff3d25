package turn

import (
	"context"
	"log/slog"
	"sync"
)

// journal writes the history on a goroutine of its own, in order, so that a
// slow disk holds up neither the loop nor the voice.
type journal struct {
	store Journal
	log   *slog.Logger

	entries chan func(context.Context) error
	done    chan struct{}
	once    sync.Once
}

// newJournal starts a journal. With a nil store it forgets everything.
func newJournal(store Journal, log *slog.Logger) *journal {
	j := &journal{store: store, log: log, entries: make(chan func(context.Context) error, 256), done: make(chan struct{})}
	go j.run()
	return j
}

func (j *journal) run() {
	defer close(j.done)
	for write := range j.entries {
		ctx, cancel := context.WithTimeout(context.Background(), journalLimit)
		if err := write(ctx); err != nil {
			j.log.Error("write history", "err", err)
		}
		cancel()
	}
}

// close waits until everything is written. It may be called twice.
func (j *journal) close() {
	j.once.Do(func() { close(j.entries) })
	<-j.done
}

// begin writes the turn as asked. The channel is closed when that is durable,
// or when it turned out to be impossible: the answer matters more.
func (j *journal) begin(v View) chan struct{} {
	durable := make(chan struct{})
	j.entries <- func(ctx context.Context) error {
		defer close(durable)
		if j.store == nil {
			return nil
		}
		return j.store.Begin(ctx, v)
	}
	return durable
}

// update writes what has become known. It is skipped when the disk is far
// behind: a later one follows.
func (j *journal) update(v View) {
	if j.store == nil {
		return
	}
	select {
	case j.entries <- func(ctx context.Context) error { return j.store.Update(ctx, v) }:
	default:
	}
}

// finish writes how the turn ended. One that was never begun is written only
// if it holds a question.
func (j *journal) finish(v View, begun bool) {
	if j.store == nil || (!begun && v.Question == "") {
		return
	}
	j.entries <- func(ctx context.Context) error {
		if !begun {
			if err := j.store.Begin(ctx, v); err != nil {
				return err
			}
		}
		return j.store.Update(ctx, v)
	}
}

func (j *journal) remove(id string) {
	if j.store == nil {
		return
	}
	j.entries <- func(ctx context.Context) error { return j.store.Remove(ctx, id) }
}
