package app

import (
	"context"
	"errors"
	"sync"

	"aside/app/history"
	"aside/app/turn"
)

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
