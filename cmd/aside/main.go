// Command aside is the core of Aside and its command line: without a verb it
// starts the core, with one it talks to the core that runs.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"aside/app/control"
	"aside/app/settings"
)

var version = "unknown" // set by the linker

// Exit codes, part of the outside contract.
const (
	exitOK         = 0
	exitFailed     = 1
	exitUsage      = 2
	exitNotRunning = 3
)

// cli is the whole command line. Each verb has a file of its own.
type cli struct {
	Start   startCmd   `cmd:"" default:"1" help:"Start Aside, or show the panel of the one that runs."`
	Press   pressCmd   `cmd:"" help:"Begin to listen, as the talk key does when it goes down."`
	Release releaseCmd `cmd:"" help:"Send what was said, as the talk key does when it comes up."`
	Toggle  toggleCmd  `cmd:"" help:"Press or release, whichever is next."`
	Cancel  cancelCmd  `cmd:"" help:"Drop the recording, the request or the speech."`
	Talk    talkCmd    `cmd:"" name:"converse" help:"Begin a conversation without the key: after each answer Aside listens by itself. Say goodbye or tap the key to end it."`
	Ask     askCmd     `cmd:"" help:"Ask a typed question; the answer streams to standard output."`
	Look    lookCmd    `cmd:"" help:"Ask what is on the screen."`
	Retry   retryCmd   `cmd:"" help:"Send a question that failed again; it is kept for five minutes."`
	Aim     aimCmd     `cmd:"" help:"Choose what the next question looks at, spoken or typed: a region, a window, nothing."`
	Watch   watchCmd   `cmd:"" help:"Let the live voice look with you: a new picture whenever the window changes, for ten minutes."`
	Insert  insertCmd  `cmd:"" help:"Put the newest answer where the cursor is in the window that the question came from."`
	Shot    shotCmd    `cmd:"" help:"Write the very picture that a recent question sent to standard output."`
	Status  statusCmd  `cmd:"" help:"Say how things stand."`
	Say     sayCmd     `cmd:"" help:"Control the voice: faster, slower, louder, softer, normal, again, skip, stop, voice, voice NAME, speed N."`
	History historyCmd `cmd:"" help:"List, search, show, pin, delete or export earlier questions."`
	Here    hereCmd    `cmd:"" help:"List earlier questions about what the window in front shows."`
	Usage   usageCmd   `cmd:"" help:"Show questions, tokens, money and how long answers took."`
	Set     settingCmd `cmd:"" name:"settings" help:"Show or change the settings."`
	Key     keyCmd     `cmd:"" help:"Store, delete or check the service's key."`
	Doctor  doctorCmd  `cmd:"" help:"Check display, microphone, loudspeaker, hotkey, engine and keyring."`
	Try     tryCmd     `cmd:"" help:"Try who answers with one small real question, or the microphone, or the voice."`
	Models  modelsCmd  `cmd:"" help:"List the models that the service offers."`
	Devices devicesCmd `cmd:"" help:"List microphones and loudspeakers; a star marks those that are used."`
	Panel   panelCmd   `cmd:"" help:"Show or hide the panel, or type into it."`
	New     newCmd     `cmd:"" help:"Begin a new conversation."`
	Quit    quitCmd    `cmd:"" help:"End Aside."`

	Version kong.VersionFlag `help:"Print the version and exit."`
}

// console is where a verb reads and writes.
type console struct {
	ctx    context.Context //nolint:containedctx // the process's own lifetime
	in     io.Reader
	out    io.Writer
	err    io.Writer
	client control.Client
}

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run parses the command line, carries it out and returns the exit code.
func run(args []string, in io.Reader, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	context.AfterFunc(ctx, stop) // a second one ends it at once
	var c cli
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("aside"), kong.Description("An assistant beside your work: hold a key, ask aloud, let go."),
		kong.Vars{"version": version}, kong.Writers(out, errOut), kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		return report(errOut, err)
	}
	verb, err := parser.Parse(args)
	switch {
	case exited >= 0: // --help or --version
		return exited
	case err != nil:
		fmt.Fprintf(errOut, "aside: usage: %v\naside: hint: aside --help lists the verbs\n", err)
		return exitUsage
	}
	socket, err := settings.SocketPath()
	if err != nil {
		return report(errOut, err)
	}
	return report(errOut, verb.Run(&console{ctx: ctx, in: in, out: out, err: errOut, client: control.Client{Path: socket}}))
}

// report tells the user about err and returns the exit code it means.
func report(w io.Writer, err error) int {
	if err == nil {
		return exitOK
	}
	if errors.Is(err, syscall.EPIPE) { // piped into head: enough was read
		return exitFailed
	}
	code, hint, exit := "internal", "", exitFailed
	switch {
	case errors.Is(err, control.ErrNotRunning):
		code, hint, exit = "not_running", "start it with: aside", exitNotRunning
	case errors.Is(err, context.Canceled):
		code, err = "stopped", errors.New("you stopped it")
	}
	if f, ok := errors.AsType[*control.Failure](err); ok {
		code, hint = f.Problem.Code, f.Problem.Hint
	}
	if p, ok := errors.AsType[*settings.Problem](err); ok {
		code, hint = p.Code, p.Hint
	}
	switch code {
	case "settings_key", "settings_value", "hotkey_invalid", "say_unknown", "question_empty",
		"day_invalid", "range_invalid", "cursor_invalid", "erase_unsure":
		exit = exitUsage
	}
	tell(w, code, err.Error(), hint)
	return exit
}

// tell says what went wrong, and what can be done about it.
func tell(w io.Writer, code, message, hint string) {
	fmt.Fprintf(w, "aside: %s: %s\n", clean(code), clean(message))
	if hint != "" {
		fmt.Fprintf(w, "aside: hint: %s\n", clean(hint))
	}
}
