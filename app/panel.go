package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"aside/app/key"
	"aside/app/turn"
)

// panelProcess keeps the panel's program in the state that is wanted: not
// there, hidden or shown. If it dies it comes back.
type panelProcess struct {
	args   func() []string // as the settings are when it starts
	report func(*turn.Problem)
	log    *slog.Logger

	want   chan panelState // the newest wish
	cancel context.CancelFunc
	done   chan struct{}

	mu    sync.Mutex
	state string // for status: off, shown, hidden, failed
	used  func() // called with each wish; nil for nobody
}

type panelState int

const (
	panelGone panelState = iota
	panelHidden
	panelShown
	panelAnew // as it is, but with the settings of now
)

const (
	panelDisuse   = 10 * time.Minute // without a turn, after which the panel is let go
	panelPatience = 2 * time.Second  // longest pause before a panel that died is started again
	panelMaxFalls = 5                // deaths within a minute, after which it stays away
)

// Exit codes of aside-panel that starting it again would not mend.
const (
	panelExitNoDisplay = 2
	panelExitNoWindow  = 3
)

// startPanel begins to look after the panel. Nothing runs before the first
// wish.
func startPanel(args func() []string, report func(*turn.Problem), log *slog.Logger) *panelProcess {
	ctx, cancel := context.WithCancel(context.Background())
	p := &panelProcess{
		args: args, report: report, log: log,
		want: make(chan panelState, 1), cancel: cancel, done: make(chan struct{}), state: "off",
	}
	go p.run(ctx)
	return p
}

// onUse makes f hear of every wish.
func (p *panelProcess) onUse(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.used = f
}

// wake shows the panel for a question, unless it has failed: it is not tried
// again with every press.
func (p *panelProcess) wake() {
	if p.status() != "failed" {
		p.set(panelShown)
	}
}

// restart starts the panel again if it runs.
func (p *panelProcess) restart() {
	if s := p.status(); s == "shown" || s == "hidden" {
		p.set(panelAnew)
	}
}

// set makes s the wish. An older wish that nobody has read is forgotten.
func (p *panelProcess) set(s panelState) {
	p.mu.Lock()
	used := p.used
	p.mu.Unlock()
	if used != nil {
		used()
	}
	for {
		select {
		case p.want <- s:
			return
		default:
		}
		select {
		case <-p.want:
		default:
		}
	}
}

// close ends the panel and waits for it.
func (p *panelProcess) close() {
	p.cancel()
	<-p.done
}

func (p *panelProcess) status() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state
}

func (p *panelProcess) setStatus(s string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state = s
}

// errAnew is why a panel ended that is to start again with other settings.
var errAnew = errors.New("the settings have changed")

// run holds the wish and the process against each other until ctx ends.
func (p *panelProcess) run(ctx context.Context) {
	defer close(p.done)
	wish := panelGone
	var falls []time.Time
	for ctx.Err() == nil {
		if wish != panelShown && (wish != panelHidden || p.status() == "off") {
			p.setStatus("off")
			wish = p.next(ctx)
			continue
		}
		began := time.Now()
		last, err := p.live(ctx, wish)
		wish = last
		if ctx.Err() != nil || wish == panelGone || errors.Is(err, errAnew) {
			continue
		}
		falls = append(falls, began)
		for len(falls) > 0 && time.Since(falls[0]) > time.Minute {
			falls = falls[1:]
		}
		if problem := p.verdict(err, len(falls)); problem != nil {
			p.setStatus("failed")
			p.report(problem)
			for wish = panelGone; wish != panelShown && ctx.Err() == nil; { // until somebody asks for it again
				wish = p.next(ctx)
			}
			falls = nil
			continue
		}
		p.log.Warn("panel died", "err", err, "falls", len(falls))
		select {
		case <-time.After(min(time.Duration(len(falls)-1)*500*time.Millisecond, panelPatience)):
		case <-ctx.Done():
		}
	}
}

// next waits for a wish; at the end it is that the panel be gone.
func (p *panelProcess) next(ctx context.Context) panelState {
	select {
	case wish := <-p.want:
		return wish
	case <-ctx.Done():
		return panelGone
	}
}

// verdict says why the panel should not be started again, nil if it should.
func (p *panelProcess) verdict(err error, falls int) *turn.Problem {
	exit, ok := errors.AsType[*exec.ExitError](err)
	switch {
	case !ok:
		p.log.Warn("start panel", "err", err)
		return &turn.Problem{Code: "panel_missing", Message: "The panel's program is not there.", Hint: "Build it with make build; answers also come through aside ask."}
	case exit.ExitCode() == panelExitNoDisplay:
		return &turn.Problem{Code: "display_none", Message: "There is no display for the panel.", Hint: "Use aside ask and aside look; the panel comes when a display is there."}
	case exit.ExitCode() == panelExitNoWindow:
		return &turn.Problem{Code: "panel_no_window", Message: "The panel could not open a window.", Hint: "Install OpenGL (libgl1-mesa-dri); answers also come through aside ask."}
	case falls >= panelMaxFalls:
		return &turn.Problem{Code: "panel_failed", Message: "The panel keeps dying.", Hint: "See the log; answers also come through aside ask."}
	}
	return nil
}

// live runs the panel once and passes wishes on to it until it ends. It
// returns the last wish.
func (p *panelProcess) live(ctx context.Context, wish panelState) (panelState, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	args := p.args()
	if wish == panelHidden {
		args = append(args, "--hidden")
	}
	cmd := exec.CommandContext(ctx, panelProgram(), args...)
	cmd.Stderr = os.Stderr
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, key.Variable+"=") })
	// The panel ends when this pipe does, however the core ends.
	tether, err := cmd.StdinPipe()
	if err != nil {
		return wish, err
	}
	defer func() { _ = tether.Close() }()
	cmd.Cancel = func() error { return errors.Join(tether.Close(), cmd.Process.Signal(os.Interrupt)) }
	cmd.WaitDelay = time.Second
	p.setStatus(map[panelState]string{panelHidden: "hidden", panelShown: "shown"}[wish])
	if err := cmd.Start(); err != nil {
		return wish, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case err := <-ended:
			if err == nil { // it ended by itself, as it does when the user closes it
				return panelGone, nil
			}
			return wish, err
		case next := <-p.want:
			switch next {
			case panelGone:
				cancel()
				<-ended
				return panelGone, nil
			case panelAnew:
				cancel()
				<-ended
				return wish, errAnew
			}
			wish = next
			p.tell(cmd.Process, wish)
		}
	}
}

// tell shows or hides the running panel.
func (p *panelProcess) tell(process *os.Process, wish panelState) {
	if err := signalPanel(process, wish == panelShown); err != nil {
		p.log.Warn("signal panel", "err", err)
		return
	}
	p.setStatus(map[panelState]string{panelHidden: "hidden", panelShown: "shown"}[wish])
}

// panelProgram is the panel beside this very program, or else on the PATH.
func panelProgram() string {
	if self, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(self), "aside-panel"+exeSuffix)
		if _, err := os.Stat(beside); err == nil {
			return beside
		}
	}
	return "aside-panel" + exeSuffix
}
