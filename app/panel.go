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
	args   []string
	report func(*turn.Problem)
	log    *slog.Logger

	want    chan panelState // the newest wish
	edited  chan struct{}   // holds a token if the settings have changed
	display chan struct{}   // holds a token if a display has come
	cancel  context.CancelFunc
	done    chan struct{}

	mu    sync.Mutex
	state string // for status: off, shown, hidden, or the code of what keeps it away
	used  func() // called with each wish; nil for nobody
}

type panelState int

const (
	panelGone panelState = iota
	panelHidden
	panelShown
	panelTyping // shown, with the keyboard in its field; or, if it is there, without
)

func (s panelState) String() string {
	switch s {
	case panelHidden:
		return "hidden"
	case panelShown, panelTyping:
		return "shown"
	}
	return "off"
}

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
func startPanel(args []string, report func(*turn.Problem), log *slog.Logger) *panelProcess {
	ctx, cancel := context.WithCancel(context.Background())
	p := &panelProcess{
		args: args, report: report, log: log,
		want: make(chan panelState, 1), edited: make(chan struct{}, 1), display: make(chan struct{}, 1),
		cancel: cancel, done: make(chan struct{}), state: "off",
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
	switch p.status() {
	case "off", "hidden", "shown":
		p.set(panelShown)
	}
}

// displayed says that a display has come: a panel that went with the last one
// comes back as it was.
func (p *panelProcess) displayed() {
	select {
	case p.display <- struct{}{}:
	default:
	}
}

// reload says that the settings have changed. A panel that starts later reads
// them by itself.
func (p *panelProcess) reload() {
	select {
	case p.edited <- struct{}{}:
	default:
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

// run holds the wish and the process against each other until ctx ends.
func (p *panelProcess) run(ctx context.Context) {
	defer close(p.done)
	wish := panelGone
	var falls []time.Time
	for ctx.Err() == nil {
		if wish == panelGone || wish == panelHidden && p.status() == "off" {
			p.setStatus("off")
			wish = p.next(ctx)
			continue
		}
		began := time.Now()
		last, err := p.live(ctx, wish)
		wish = last
		if ctx.Err() != nil || wish == panelGone {
			continue
		}
		falls = append(falls, began)
		for len(falls) > 0 && time.Since(falls[0]) > time.Minute {
			falls = falls[1:]
		}
		if problem := p.verdict(err, len(falls)); problem != nil {
			p.setStatus(problem.Code)
			p.report(problem)
			wish, falls = p.rest(ctx, wish, problem.Code), nil
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

// rest waits, without a panel, until starting it may help: somebody asks for it
// again, or the display that was missing has come. It returns the last wish.
func (p *panelProcess) rest(ctx context.Context, wish panelState, code string) panelState {
	var display <-chan struct{}
	if code == panelNoDisplay {
		display = p.display
	}
	for {
		select {
		case next := <-p.want:
			if next == panelShown || next == panelTyping {
				return next
			}
			wish = next
		case <-display:
			return wish
		case <-ctx.Done():
			return panelGone
		}
	}
}

// Codes of what keeps the panel away.
const (
	panelMissing   = "panel_missing"
	panelNoDisplay = "display_none"
	panelNoWindow  = "panel_no_window"
	panelFailed    = "panel_failed"
)

// panelProblem says what a code means, nil if it is none of these.
func panelProblem(code string) *turn.Problem {
	p := turn.Problem{Code: code}
	switch code {
	case panelMissing:
		p.Message, p.Hint = "The panel's program is not there.", "Build it with make build; answers also come through aside ask."
	case panelNoDisplay:
		p.Message, p.Hint = "There is no display for the panel.", "Use aside ask and aside look; the panel comes when a display is there."
	case panelNoWindow:
		p.Message, p.Hint = "The panel could not open a window.", "Install OpenGL (libgl1-mesa-dri); answers also come through aside ask."
	case panelFailed:
		p.Message, p.Hint = "The panel keeps dying.", "See the log; answers also come through aside ask."
	default:
		return nil
	}
	return &p
}

// verdict says why the panel should not be started again, nil if it should.
func (p *panelProcess) verdict(err error, falls int) *turn.Problem {
	exit, ok := errors.AsType[*exec.ExitError](err)
	switch {
	case !ok:
		p.log.Warn("start panel", "err", err)
		return panelProblem(panelMissing)
	case exit.ExitCode() == panelExitNoDisplay:
		return panelProblem(panelNoDisplay)
	case exit.ExitCode() == panelExitNoWindow:
		return panelProblem(panelNoWindow)
	case falls >= panelMaxFalls:
		return panelProblem(panelFailed)
	}
	return nil
}

// live runs the panel once and passes wishes on to it until it ends. It
// returns the last wish.
func (p *panelProcess) live(ctx context.Context, wish panelState) (panelState, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd, line, err := p.start(ctx, wish)
	if err != nil {
		return wish, err
	}
	defer line.close()
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case err := <-ended:
			if err == nil { // it ended by itself, as it does when the user closes it
				return panelGone, nil
			}
			return min(wish, panelShown), err
		case <-p.edited:
			p.tell(line, "settings")
		case wish = <-p.want:
			if wish == panelGone {
				cancel()
				<-ended
				return panelGone, nil
			}
			p.tell(line, wordFor(wish))
			p.setStatus(wish.String())
		}
	}
}

// start starts the panel, which ends when the line to it does, however the core
// ends.
func (p *panelProcess) start(ctx context.Context, wish panelState) (*exec.Cmd, *panelLine, error) {
	args := slices.Clone(p.args)
	if wish == panelHidden {
		args = append(args, "--hidden")
	}
	cmd := exec.CommandContext(ctx, panelProgram(), args...)
	cmd.Stderr = os.Stderr
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, key.Variable+"=") })
	far, near, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = far.Close() }() // it is the panel's
	line := &panelLine{near}
	cmd.Stdin = far
	cmd.Cancel = func() error { line.close(); return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = time.Second
	p.setStatus(wish.String())
	if err := cmd.Start(); err != nil {
		line.close()
		return nil, nil, err
	}
	if wish == panelTyping {
		p.tell(line, wordFor(wish))
	}
	return cmd, line, nil
}

// wordFor is how the panel is told of a wish.
func wordFor(s panelState) string {
	switch s {
	case panelHidden:
		return "hide"
	case panelTyping:
		return "type"
	}
	return "show"
}

// panelLine is the way to the running panel: its standard input, a word a line.
type panelLine struct{ pipe *os.File }

// panelHearing is how long a panel may take to make room for a word.
const panelHearing = 200 * time.Millisecond

func (l *panelLine) say(word string) error {
	_ = l.pipe.SetWriteDeadline(time.Now().Add(panelHearing)) // where there is none, the pipe has room for thousands
	_, err := l.pipe.WriteString(word + "\n")
	return err
}

// close may be called twice.
func (l *panelLine) close() { _ = l.pipe.Close() }

// tell passes a word on to the running panel.
func (p *panelProcess) tell(line *panelLine, word string) {
	if err := line.say(word); err != nil {
		p.log.Warn("tell panel", "word", word, "err", err)
	}
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
