package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"aside/app/history"
)

// pruneEvery is how often what is too old is deleted.
const pruneEvery = 24 * time.Hour

// pruner deletes what the user no longer wants to keep: at the start, once a
// day, and when the settings change.
type pruner struct {
	history *history.Store
	days    func() int // 0 is for ever
	log     *slog.Logger

	again   chan struct{} // holds a wish to look again
	cancel  context.CancelFunc
	running sync.WaitGroup
}

func startPruner(h *history.Store, days func() int, log *slog.Logger) *pruner {
	p := &pruner{history: h, days: days, log: log, again: make(chan struct{}, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	p.cancel = cancel
	p.running.Go(func() { p.run(ctx) })
	return p
}

func (p *pruner) run(ctx context.Context) {
	if p.history.Wait(ctx) != nil {
		return // there is nothing to delete from
	}
	daily := time.NewTicker(pruneEvery)
	defer daily.Stop()
	for {
		p.prune(ctx)
		select {
		case <-daily.C:
		case <-p.again:
		case <-ctx.Done():
			return
		}
	}
}

func (p *pruner) prune(ctx context.Context) {
	if p.history.ReadOnly() {
		return
	}
	if err := p.history.Tidy(ctx); err != nil && ctx.Err() == nil { // a deletion may have been cut off
		p.log.Error("tidy history", "err", err)
	}
	days := p.days()
	if days == 0 {
		return
	}
	n, err := p.history.Prune(ctx, time.Now().AddDate(0, 0, -days))
	if err != nil && ctx.Err() == nil {
		p.log.Error("delete old turns", "err", err)
	}
	if n > 0 {
		p.log.Info("deleted old turns", "turns", n)
	}
}

// look has the settings looked at again.
func (p *pruner) look() {
	select {
	case p.again <- struct{}{}:
	default:
	}
}

func (p *pruner) close() {
	p.cancel()
	p.running.Wait()
}
