package app

import (
	"context"
	"errors"
	"path/filepath"
	"sync"

	"aside/app/history"
	"aside/app/settings"
	"aside/app/turn"
)

// openHistory opens the store. Without one Aside answers and forgets.
func (a *App) openHistory(ctx context.Context) []*turn.Problem {
	dir, err := settings.DataDir()
	if err == nil {
		a.history, err = history.Open(ctx, filepath.Join(dir, "history.db"))
	}
	if err != nil {
		a.log.Error("open history", "err", err)
		return []*turn.Problem{unopened()}
	}
	if a.history.Upgrading() {
		return []*turn.Problem{history.Problem(history.ErrUpgrading)}
	}
	return a.openedAs()
}

// openedAs says what is to be known of a history that has been opened.
func (a *App) openedAs() []*turn.Problem {
	if a.history.ReadOnly() {
		return []*turn.Problem{history.Problem(history.ErrReadOnly)}
	}
	if moved := a.history.Recovered(); moved != "" {
		return []*turn.Problem{{Code: "history_recovered", Message: "The history was damaged and began anew.", Hint: "The old one is kept as " + filepath.Base(moved) + "."}}
	}
	return nil
}

// awaitHistory tells how it went with a history that is being brought up to
// date.
func (a *App) awaitHistory(ctx context.Context) {
	if a.history == nil || !a.history.Upgrading() {
		return
	}
	err := a.history.Wait(ctx)
	if ctx.Err() != nil {
		return
	}
	a.loop.Retract(history.Problem(history.ErrUpgrading).Code)
	if err != nil {
		a.log.Error("open history", "err", err)
		a.loop.Report(unopened())
		return
	}
	for _, p := range a.openedAs() {
		a.loop.Report(p)
	}
}

// unopened is the problem of a history that cannot be opened.
func unopened() *turn.Problem {
	return &turn.Problem{Code: "history_unavailable", Message: "The history cannot be opened: answers are not kept.", Hint: "See: aside doctor"}
}

// journal is the history as the turn loop writes it. When something cannot be
// saved the user hears of it, once until something can be saved again.
type journal struct {
	*history.Store
	report func(*turn.Problem)

	mu   sync.Mutex
	told string // the code that was reported last, "" if all is well
}

func (j *journal) Begin(ctx context.Context, v turn.View) error {
	return j.tell(j.Store.Begin(ctx, v))
}

func (j *journal) Update(ctx context.Context, v turn.View) error {
	return j.tell(j.Store.Update(ctx, v))
}

// Remove forgets a turn. One that is not there is as good as forgotten.
func (j *journal) Remove(ctx context.Context, id string) error {
	if err := j.Store.Remove(ctx, id); !errors.Is(err, history.ErrNotFound) {
		return j.tell(err)
	}
	return nil
}

func (j *journal) tell(err error) error {
	if errors.Is(err, history.ErrUpgrading) {
		return nil // it is held, and that has been said
	}
	code := ""
	if err != nil {
		code = history.Problem(err).Code
	}
	j.mu.Lock()
	news := code != j.told
	j.told = code
	j.mu.Unlock()
	if news && err != nil {
		j.report(history.Problem(err))
	}
	return err
}
