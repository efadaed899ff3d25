//go:build linux || freebsd

package words

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// anything may be read.
func anything(Window) bool { return true }

// frame is a window with a label.
func frame(title string, active bool) *thing {
	return &thing{role: roleFrame, name: title, active: active, kids: []*thing{label("in " + title)}}
}

func TestTheActiveWindowIsFound(t *testing.T) {
	type programs map[string][]*thing
	hanging, silent := frame("stuck", true), frame("secret", true)
	hanging.hangs, silent.nameless = true, true
	many := make([]*thing, 3*maxWindows)
	for i := range many {
		many[i] = frame("behind", false)
	}
	for name, c := range map[string]struct {
		on   programs
		want Window
		err  error
	}{
		"one of all":                {programs{"Editor": {frame("one", false), frame("two", true)}, "Viewer": {frame("three", false)}}, Window{Program: "Editor", Title: "two"}, nil},
		"one among many":            {programs{"Editor": many, "Viewer": {frame("three", true)}}, Window{Program: "Viewer", Title: "three"}, nil},
		"one without a title":       {programs{"Editor": {frame("", true)}}, Window{Program: "Editor"}, nil},
		"none":                      {programs{"Editor": {frame("one", false)}}, Window{}, ErrSilent},
		"two of one program":        {programs{"Editor": {frame("one", true), frame("two", true)}}, Window{}, ErrSilent},
		"two of two programs":       {programs{"Editor": {frame("one", true)}, "Viewer": {frame("two", true)}}, Window{}, ErrSilent},
		"one and its frame":         {programs{frames: {frame("one", true)}, "Editor": {frame("one", true)}}, Window{Program: "Editor", Title: "one"}, nil},
		"one that says no name":     {programs{"": {frame("one", true)}}, Window{}, ErrSilent},
		"one that says no title":    {programs{"Editor": {silent}}, Window{}, ErrSilent},
		"one beside one that hangs": {programs{"Editor": {frame("one", true), hanging}}, Window{Program: "Editor", Title: "one"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			b := &fakeBus{}
			r := withBus(t, b)
			r.limit = 2 * time.Second
			b.registry(t)
			for program, windows := range c.on {
				b.run(t, program, windows...)
			}
			b.run(t, "stuck", frame("one", true)).hang()
			var asked []Window
			got, err := r.ReadActive(t.Context(), func(w Window) bool {
				asked = append(asked, w)
				return true
			})
			if !errors.Is(err, c.err) || got.Title != c.want.Title || got.Program != c.want.Program {
				t.Errorf("got %+v, %v", got, err)
			}
			if c.err != nil {
				if len(asked) > 0 || len(got.Lines) > 0 {
					t.Errorf("asked for %+v, got %q", asked, got.Lines)
				}
				return
			}
			c.want.PID = uint32(os.Getpid())
			if !slices.Equal(asked, []Window{c.want}) || !slices.Equal(got.Lines, []string{strings.TrimSpace("in " + c.want.Title)}) {
				t.Errorf("asked for %+v, got %q", asked, got.Lines)
			}
		})
	}
}

func TestInAWindowThatMayNotBeReadNothingIsAskedFor(t *testing.T) {
	secret := label("secret")
	r, f := withWindow(t, secret)
	got, err := r.ReadActive(t.Context(), func(Window) bool { return false })
	if !errors.Is(err, ErrUnwanted) || len(got.Lines) > 0 {
		t.Errorf("got %+v, %v", got, err)
	}
	if of, all := f.count(secret); of != 0 || all != 2 { // the program and the window
		t.Errorf("it was asked %d times, %d things in all", of, all)
	}
}

func TestOfAWindowThatGetsAnotherTitleMeanwhileNothingIsTold(t *testing.T) {
	for _, then := range []string{"news", "bank"} {
		b := &fakeBus{}
		r := withBus(t, b)
		b.registry(t)
		page := label("what is read")
		tab := &thing{role: roleFrame, name: "news", active: true, kids: []*thing{page, {role: rolePassword, place: [4]int32{1, 2, 3, 4}}}}
		page.then = func() { tab.name = then }
		f := b.run(t, "Browser", tab)

		got, err := r.Read(t.Context(), Window{PID: uint32(os.Getpid()), Title: "news"})
		if told := len(got.Lines) > 0 || got.Whole; err != nil || told != (then == "news") || got.Title != then || len(got.Secrets) != 1 {
			t.Errorf("a window that became %q: got %+v, %v", then, got, err)
		}
		f.mu.Lock()
		tab.name = "news"
		f.mu.Unlock()
		got, err = r.ReadActive(t.Context(), func(w Window) bool { return w.Title != "bank" })
		if refused := errors.Is(err, ErrUnwanted); refused != (then == "bank") || refused && got.Title != "" {
			t.Errorf("an active window that became %q: got %+v, %v", then, got, err)
		}
	}
}

func TestAnActiveWindowKeepsItsTime(t *testing.T) {
	b := &fakeBus{}
	r := withBus(t, b)
	b.registry(t)
	b.run(t, "Editor", &thing{role: roleFrame, name: "one", active: true, kids: []*thing{label("text"), {role: roleLabel, hangs: true}}})
	r.limit = time.Second
	began := time.Now()
	got, err := r.ReadActive(t.Context(), anything)
	if took := time.Since(began); err != nil || got.Whole || !slices.Equal(got.Lines, []string{"text"}) || took > r.limit+500*time.Millisecond {
		t.Errorf("got %+v, %v after %v", got, err, took)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	if _, err := r.ReadActive(ctx, anything); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

func TestWithoutABusNoWindowIsActive(t *testing.T) {
	r := withBus(t, &fakeBus{})
	if _, err := r.ReadActive(t.Context(), anything); !errors.Is(err, ErrUnavailable) {
		t.Errorf("error is %v", err)
	}
}

func TestARealDialogIsFoundToBeActive(t *testing.T) {
	r, w := zenity(t, "--entry", "--title=A question", "--text=What is\nyour name?", "--entry-text=Ada Lovelace")
	r.limit = readLimit
	var asked Window
	began := time.Now()
	got, err := r.ReadActive(t.Context(), func(w Window) bool {
		asked = w
		return true
	})
	t.Logf("%d lines in %v", len(got.Lines), time.Since(began))
	if err != nil || got.Title != "A question" || got.Program != "zenity" || got.Focused != "Ada Lovelace" {
		t.Errorf("got %+v, %v", got, err)
	}
	if (asked != Window{PID: w.PID, Program: "zenity", Title: "A question"}) {
		t.Errorf("asked for %+v", asked)
	}
}
