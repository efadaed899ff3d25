// Command aside-panel is the side panel of Aside: a client of the core, which
// starts it. It ends by itself when the core is gone.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/go-gl/glfw/v3.4/glfw"

	"aside/app/control"
	"aside/app/panel"
	"aside/app/settings"
)

// Exit codes that the core understands. After 0 it leaves the panel away, after
// the two that follow too, because starting again would not help.
const (
	exitNoDisplay = 2
	exitNoWindow  = 3
	exitAway      = 4 // it did not end because somebody wished it to
	exitUsage     = 64
)

// errNoDisplay means that there is nothing to draw on.
var errNoDisplay = errors.New("there is no display")

// windowPatience is how long the system may take to make the window.
const windowPatience = 5 * time.Second

type flags struct {
	socket         string
	hidden, tether bool
}

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	f, err := parse(args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "aside-panel:", err)
		return exitUsage
	}
	if err := canShow(); err != nil {
		fmt.Fprintln(os.Stderr, "aside-panel:", err)
		if errors.Is(err, errNoDisplay) {
			return exitNoDisplay
		}
		return exitNoWindow
	}
	return show(f)
}

// canShow finds out whether there can be a window. It is asked first because
// Fyne ends the program without a display.
func canShow() error {
	if !hasDisplay() {
		return errNoDisplay
	}
	return canDraw()
}

func parse(args []string) (flags, error) {
	var f flags
	set := flag.NewFlagSet("aside-panel", flag.ContinueOnError)
	set.StringVar(&f.socket, "socket", "", "the core's control `socket`")
	set.BoolVar(&f.hidden, "hidden", false, "start without a window")
	set.BoolVar(&f.tether, "tether", false, "obey the words on standard input, and end with it")
	if err := set.Parse(args); err != nil {
		return f, err
	}
	if set.NArg() > 0 {
		return f, fmt.Errorf("%q is not a flag", set.Arg(0))
	}
	if f.socket == "" {
		path, err := settings.SocketPath()
		if err != nil {
			return f, err
		}
		f.socket = path
	}
	return f, nil
}

// hasDisplay reports whether a display is named.
func hasDisplay() bool {
	return runtime.GOOS == "windows" || runtime.GOOS == "darwin" || os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
}

// show runs the panel until it is closed and returns the exit code.
func show(f flags) int {
	app := newApp()
	window := app.NewWindow("Aside")
	chosen := choices()
	end := ending{code: exitAway}
	var p *panel.Panel
	quit := func(code int) {
		end.because(code)
		p.Do(app.Quit)
	}
	p = panel.New(panel.Options{
		App: app, Core: control.Client{Path: f.socket}, Window: window,
		Panel: chosen.Panel, Talk: chosen.Hotkey.Talk, Screen: chosen.Screen.Capture,
		Places: placesFile(), Quiet: quiet, Gone: func() { quit(exitAway) },
	})
	window.SetCloseIntercept(func() { quit(0) })
	p.Start()
	if !f.hidden {
		p.Show()
	}
	if f.tether {
		tether(os.Stdin, map[string]func(){
			"show": p.Show, "hide": p.Hide, "type": p.Type, "settings": func() { p.Configure(choices()) },
		}, func() { quit(exitAway) })
	}
	unheed := heed(quit)
	watchdog := time.AfterFunc(windowPatience, func() {
		p.Do(func() {
			if p.Stuck() {
				fmt.Fprintln(os.Stderr, "aside-panel: the window could not be made: OpenGL is missing")
				quit(exitNoWindow)
			}
		})
	})
	app.Run()
	watchdog.Stop()
	unheed()
	p.Close()
	return end.exit()
}

// choices are the user's settings, or the defaults if they cannot be read: the
// core tells about that.
func choices() settings.Settings {
	path, err := settings.Path()
	if err != nil {
		return settings.Default()
	}
	s, _, err := settings.Load(path)
	if err != nil {
		return settings.Default()
	}
	return s
}

// placesFile is where it is kept where the window was dragged to: beside the
// history, or nowhere.
func placesFile() string {
	dir, err := settings.DataDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "panel.json")
}

// quiet sets what GLFW does with windows that are made from now on. Fyne never
// changes these two.
func quiet(on bool) {
	focus, floating := glfw.True, glfw.False
	if on {
		focus, floating = glfw.False, glfw.True
	}
	glfw.WindowHint(glfw.FocusOnShow, focus)
	glfw.WindowHint(glfw.Floating, floating)
}
