package app

import (
	"context"
	"errors"
	"time"

	"aside/app/tray"
	"aside/app/turn"
)

// trayIcon is the icon in the notification area, or the reason why there is
// none.
type trayIcon struct {
	tray  *tray.Tray
	state string
}

// trayPatience bounds how long the start waits for the bus.
const trayPatience = time.Second

func openTray(ctx context.Context, a *App) *trayIcon {
	ctx, cancel := context.WithTimeout(ctx, trayPatience)
	defer cancel()
	t, err := tray.Open(ctx, tray.Actions{
		Talk:  func() { a.loop.Toggle(time.Now()); a.awake() },
		Look:  a.look,
		Share: a.flipShare,
		Stop:  a.loop.Cancel,
		Panel: a.flipPanel,
		Quit:  a.quit,
	})
	switch {
	case err == nil:
		return &trayIcon{t, "ready"}
	case errors.Is(err, tray.ErrNoBus):
		a.log.Info("no tray icon", "err", err)
		return &trayIcon{nil, "no session bus"}
	}
	a.log.Warn("no tray icon", "err", err)
	return &trayIcon{nil, "unavailable"}
}

// flipPanel hides the panel that is shown and shows the one that is not.
func (a *App) flipPanel() {
	if a.panel.status() == "shown" {
		a.panel.set(panelHidden)
		return
	}
	a.panel.set(panelShown)
}

// show keeps the icon in step with the turn.
func (t *trayIcon) show(s turn.Snapshot, panel bool) {
	if t.tray == nil {
		return
	}
	t.tray.Set(trayState(s, panel))
}

// trayState is what the icon shows. The light that says "listening" goes on with
// the first sample, and not before. A warning is told beside the phase.
func trayState(s turn.Snapshot, panel bool) tray.State {
	state := tray.State{Phase: tray.Phase(s.Phase), Note: s.Model, Panel: panel, Talk: s.Talk != nil, Share: s.Sharing != nil}
	if s.Microphone == "voice" || s.Talk != nil && s.Talk.Waits {
		state.Note = "listens for your voice"
	}
	if s.Sharing != nil {
		state.Note = "looking with you until " + s.Sharing.Until.Local().Format("15:04")
	}
	switch {
	case s.Microphone == "opening":
		state.Phase = tray.Ready
	case s.Phase == turn.Idle && s.Microphone == "tried":
		state.Open, state.Note = true, "being tried"
	case s.Phase == turn.Idle && s.Error != nil:
		state.Note = s.Error.Message
		if !s.Error.Warns() {
			state.Phase = tray.Problem
		}
	}
	return state
}

func (t *trayIcon) status() string { return t.state }

func (t *trayIcon) close() {
	if t.tray != nil {
		t.tray.Close()
	}
}
