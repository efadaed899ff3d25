//go:build linux || freebsd

package words

import (
	"context"
	"errors"
	"fmt"
	"image"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func label(name string) *thing         { return &thing{role: roleLabel, name: name} }
func button(name string) *thing        { return &thing{role: rolePushButton, name: name} }
func panel(kids ...*thing) *thing      { return &thing{role: rolePanel, name: "a panel", kids: kids} }
func entry(text string) *thing         { return &thing{role: roleEntry, text: text} }
func of(r role, kids ...*thing) *thing { return &thing{role: r, name: "not to be read", kids: kids} }

func focused(t *thing) *thing {
	t.focused = true
	return t
}

// menus are as many and as deep as an editor's.
func menus() *thing {
	bar := of(roleMenuBar)
	for range 8 {
		menu := of(roleMenu)
		for range 30 {
			menu.kids = append(menu.kids, of(roleMenu, of(roleMenuItem)))
		}
		bar.kids = append(bar.kids, menu)
	}
	return bar
}

// loop is a panel that is in itself.
func loop() *thing {
	p := panel(label("in a loop"))
	p.kids = append(p.kids, panel(p, focused(entry("here"))))
	return p
}

func TestAWindowIsReadOutwardFromTheFocus(t *testing.T) {
	rows := of(roleTable)
	for range maxKids + 1 {
		rows.kids = append(rows.kids, label("row"))
	}
	for name, c := range map[string]struct {
		in      []*thing
		lines   string // joined with |
		focused string
		part    bool
	}{
		"a dialog": {
			in: []*thing{panel(label("Save changes?"), label("They would be lost.")), panel(button("Discard"), focused(button("Save")))},
			// The focus, what is beside it, what is around them.
			lines: "Save|Discard|Save changes?|They would be lost.", focused: "Save",
		},
		"an editor": {
			in: []*thing{menus(), of(roleToolBar, button("New")),
				of(roleScrollPane, focused(&thing{role: roleText, text: "func main() {\n\tpanic(1)\n}\n"}), of(roleScrollBar)),
				of(roleFiller, label("Line 2"))},
			lines: "func main() {|\tpanic(1)|}|Line 2", focused: "func main() {\n\tpanic(1)\n}",
		},
		"nothing has the focus":     {in: []*thing{label("one"), panel(label("two")), label("three")}, lines: "one|two|three"},
		"an empty window":           {},
		"a page that is not shown":  {in: []*thing{label("page 1"), {role: rolePanel, hidden: true, kids: []*thing{label("page 2")}}}, lines: "page 1"},
		"things without a use":      {in: []*thing{of(0), of(roleSeparator), of(roleAccelerator), label("text")}, lines: "text"},
		"a window that is a loop":   {in: []*thing{loop()}, lines: "here|in a loop", focused: "here"},
		"a table without a bottom":  {in: []*thing{rows, label("beside")}, lines: "beside", part: true},
		"a text that is no text":    {in: []*thing{{role: roleStatic, name: "its name"}}, lines: "its name"},
		"a label of parts":          {in: []*thing{{role: roleLabel, kids: []*thing{label("part")}}}, lines: "part"},
		"a focus within a focus":    {in: []*thing{focused(panel(label("a"), focused(entry("b"))))}, lines: "b|a", focused: "b"},
		"what is said again within": {in: []*thing{{role: roleParagraph, text: "See the manual.", kids: []*thing{{role: 88, name: "the manual"}}}}, lines: "See the manual."},
		"one that is gone":          {in: []*thing{{role: roleLabel, name: "gone", gone: true}, label("there")}, lines: "there", part: true},
		"invisible characters":      {in: []*thing{label("a\u202e\u200bb\x1b[0m\U000e0041")}, lines: "ab[0m"},
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := withWindow(t, c.in...)
			got, err := r.Read(t.Context(), ours())
			if err != nil {
				t.Fatal(err)
			}
			if lines := strings.Join(got.Lines, "|"); lines != c.lines || got.Focused != c.focused || got.Whole == c.part {
				t.Errorf("lines %q, focused %q, whole %t", lines, got.Focused, got.Whole)
			}
			if got.Title != "A window" || len(got.Secrets) > 0 {
				t.Errorf("title %q, secrets %v", got.Title, got.Secrets)
			}
		})
	}
}

func TestMenusCostNothing(t *testing.T) {
	bar := menus()
	r, f := withWindow(t, bar, focused(entry("text")))
	if _, err := r.Read(t.Context(), ours()); err != nil {
		t.Fatal(err)
	}
	if of, all := f.count(bar.kids[0]); of != 0 || all > 5 {
		t.Errorf("a menu was asked %d times, %d things in all", of, all)
	}
}

func TestAPasswordIsNotAskedFor(t *testing.T) {
	for name, focus := range map[string]bool{"elsewhere": false, "with the focus": true} {
		t.Run(name, func(t *testing.T) {
			secret := &thing{role: rolePassword, name: "hunter2", text: "hunter2", place: [4]int32{-10, 20, 300, 40},
				focused: focus, kids: []*thing{label("hunter2")}}
			r, f := withWindow(t, label("Password:"), secret)
			got, err := r.Read(t.Context(), ours())
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got.Lines, []string{"Password:"}) || got.Focused != "" || !got.Whole {
				t.Errorf("got %+v", got)
			}
			if !slices.Equal(got.Secrets, []image.Rectangle{image.Rect(-10, 20, 290, 60)}) {
				t.Errorf("its place is %v", got.Secrets)
			}
			// What it is, how it is, where it is.
			if of, _ := f.count(secret); of != 3 {
				t.Errorf("it was asked %d times", of)
			}
		})
	}
}

func TestAPasswordWithoutAPlaceMakesTheReadingPartial(t *testing.T) {
	r, _ := withWindow(t, &thing{role: rolePassword})
	got, err := r.Read(t.Context(), ours())
	if err != nil || len(got.Secrets) > 0 || got.Whole {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestOfALongDocumentThePartAroundTheCaretIsRead(t *testing.T) {
	var text strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&text, "line %d\n", i)
	}
	document := &thing{role: roleText, text: text.String(), focused: true}
	document.caret = int32(strings.Index(document.text, "line 50000\n"))
	r, _ := withWindow(t, document, label("no room for this"))
	got, err := r.Read(t.Context(), ours())
	if err != nil {
		t.Fatal(err)
	}
	size := 0
	for i, line := range got.Lines {
		size += len(line) + 1
		if i > 0 && i < len(got.Lines)-1 && !strings.HasPrefix(line, "line ") {
			t.Errorf("line %d is %q", i, line)
		}
	}
	if size > maxText || size < maxText*9/10 || got.Whole || !slices.Contains(got.Lines, "line 50000") || got.Lines[0] != "line 49628" {
		t.Errorf("%d bytes from %q, whole %t", size, got.Lines[0], got.Whole)
	}
}

func TestADocumentThatFitsIsReadFromItsBeginning(t *testing.T) {
	text := strings.Repeat("line\n", maxText/5)
	r, _ := withWindow(t, &thing{role: roleText, text: text, caret: int32(len(text)), focused: true})
	got, err := r.Read(t.Context(), ours())
	if err != nil || len(got.Lines) != maxText/5 || !got.Whole {
		t.Errorf("%d lines, whole %t, %v", len(got.Lines), got.Whole, err)
	}
}

func TestTextOfWideCharactersKeepsToItsBytes(t *testing.T) {
	r, _ := withWindow(t, focused(entry(strings.Repeat("字", maxText))))
	got, err := r.Read(t.Context(), ours())
	if err != nil || len(got.Lines) != 1 || got.Whole || got.Lines[0] != strings.Repeat("字", (maxText-1)/3) {
		t.Errorf("%d lines, whole %t, %v", len(got.Lines), got.Whole, err)
	}
}

func TestAnEndlessWindowIsLeftAfterSomeNodes(t *testing.T) {
	r, f := withWindow(t, label("text"), &thing{role: 200, name: "deeper", endless: true})
	got, err := r.Read(t.Context(), ours())
	if err != nil || got.Whole || !slices.Contains(got.Lines, "text") {
		t.Errorf("got %q, whole %t, %v", got.Lines, got.Whole, err)
	}
	if _, all := f.count(nil); all > maxNodes+1 { // and the program itself
		t.Errorf("%d things were asked", all)
	}
}

func TestAHugeWindowIsReadNearTheFocus(t *testing.T) {
	far := panel()
	for i := range 3 * maxNodes {
		far.kids = append(far.kids, label(fmt.Sprint("far ", i)))
	}
	near := panel(label("near"), panel(panel(label("nearer"), focused(entry("focus")))))
	r, _ := withWindow(t, near, far)
	got, err := r.Read(t.Context(), ours())
	if err != nil || got.Whole || len(got.Lines) < 4 || !slices.Equal(got.Lines[:3], []string{"focus", "nearer", "near"}) {
		t.Errorf("got %.100q, whole %t, %v", got.Lines, got.Whole, err)
	}
}

func TestANodeThatDoesNotAnswerHoldsNothingUp(t *testing.T) {
	r, _ := withWindow(t, panel(&thing{role: roleLabel, hangs: true}, focused(entry("focus"))), panel(panel(label("beyond"))))
	r.limit = time.Second
	began := time.Now()
	got, err := r.Read(t.Context(), ours())
	if took := time.Since(began); took < r.limit || took > r.limit+500*time.Millisecond {
		t.Errorf("it took %v", took)
	}
	if err != nil || !slices.Equal(got.Lines, []string{"focus", "beyond"}) || got.Whole {
		t.Errorf("got %q, whole %t, %v", got.Lines, got.Whole, err)
	}
}

func TestAProgramThatHangsEndsWithItsTime(t *testing.T) {
	b := &fakeBus{}
	r := withBus(t, b)
	b.registry(t)
	b.run(t, "fake", &thing{role: roleFrame, active: true, hangs: true})
	r.limit = 200 * time.Millisecond
	if _, err := r.Read(t.Context(), ours()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error is %v", err)
	}
}

func TestNobodyWaitsForATextThatIsNotWanted(t *testing.T) {
	r, _ := withWindow(t, label("text"), &thing{role: roleLabel, hangs: true})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	time.AfterFunc(300*time.Millisecond, cancel)
	if _, err := r.Read(ctx, ours()); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

func TestOnlyTheWindowAskedForIsRead(t *testing.T) {
	b := &fakeBus{}
	r := withBus(t, b)
	b.registry(t)
	window := func(title string, active bool) *thing {
		return &thing{role: roleFrame, name: title, active: active, kids: []*thing{label("in " + title)}}
	}
	b.run(t, "Editor", window("one", false), window("two", true), window("three", true))
	b.run(t, "viewer", window("four", false))
	b.run(t, "stuck", window("five", true)).hang()
	for name, c := range map[string]struct {
		w    Window
		want string
		err  error
	}{
		"the active one":          {Window{Program: "editor"}, "two", nil},
		"the title decides":       {Window{Program: "editor", Title: "three"}, "three", nil},
		"one that is not active":  {Window{Program: "editor", Title: "one"}, "one", nil},
		"an active one instead":   {Window{Program: "editor", Title: "gone"}, "two", nil},
		"from a sandbox":          {Window{PID: 4_000_000, Program: "Editor"}, "two", nil},
		"no window is active":     {Window{Program: "viewer"}, "", ErrSilent},
		"a program that is mute":  {Window{Program: "xterm"}, "", ErrSilent},
		"a program that is stuck": {Window{Program: "stuck"}, "", ErrSilent},
		"nobody":                  {Window{}, "", ErrSilent},
	} {
		t.Run(name, func(t *testing.T) {
			r.limit = time.Second
			got, err := r.Read(t.Context(), c.w)
			if !errors.Is(err, c.err) || got.Title != c.want || c.want != "" && !slices.Equal(got.Lines, []string{"in " + c.want}) {
				t.Errorf("got %q, %q, %v", got.Title, got.Lines, err)
			}
		})
	}
}

func TestAProcessIsKnownByItsNumber(t *testing.T) {
	r, _ := withWindow(t, label("text"))
	w := ours()
	w.Program = "another name"
	if got, err := r.Read(t.Context(), w); err != nil || !slices.Equal(got.Lines, []string{"text"}) {
		t.Errorf("got %q, %v", got.Lines, err)
	}
}

func TestWithoutAnAccessibilityBusTextIsUnavailable(t *testing.T) {
	nowhere := "unix:path=" + filepath.Join(t.TempDir(), "none")
	deaf := filepath.Join(t.TempDir(), "deaf") // takes connections, and says nothing
	l, err := net.Listen("unix", deaf)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	hanging := make(chan struct{})
	t.Cleanup(func() { close(hanging) })
	for name, b := range map[string]*fakeBus{
		"it is refused":          {},
		"it is not there":        {address: nowhere},
		"its address is none":    {address: "nonsense"},
		"it does not answer":     {address: "unix:path=" + deaf},
		"nobody knows its place": {hangs: hanging},
	} {
		t.Run(name, func(t *testing.T) {
			r := withBus(t, b)
			r.limit = 300 * time.Millisecond
			if _, err := r.Read(t.Context(), ours()); !errors.Is(err, ErrUnavailable) {
				t.Errorf("error is %v", err)
			}
		})
	}
	for name, session := range map[string]string{"no session": nowhere, "a session that does not answer": "unix:path=" + deaf} {
		t.Run(name, func(t *testing.T) {
			setenv(t, session)
			r := reader(t)
			r.limit = 300 * time.Millisecond
			if _, err := r.Read(t.Context(), ours()); !errors.Is(err, ErrUnavailable) {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestABusThatIsStartedAgainIsFound(t *testing.T) {
	b := &fakeBus{}
	r := withBus(t, b)
	for i := range 2 {
		d := b.registry(t)
		b.run(t, "fake", &thing{role: roleFrame, active: true, kids: []*thing{label(fmt.Sprint("text ", i))}})
		err := d.Until(t.Context(), "text", func() bool {
			got, err := r.Read(t.Context(), ours())
			return err == nil && slices.Equal(got.Lines, []string{fmt.Sprint("text ", i)})
		})
		if err != nil {
			t.Error(err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAClosedReaderReadsNothing(t *testing.T) {
	r, _ := withWindow(t, label("text"))
	if _, err := r.Read(t.Context(), ours()); err != nil {
		t.Fatal(err)
	}
	r.Close()
	r.Close()
	if _, err := r.Read(t.Context(), ours()); !errors.Is(err, ErrUnavailable) {
		t.Errorf("error is %v", err)
	}
}

// BenchmarkRead reads a window of 300 nodes, as many as a page has.
func BenchmarkRead(b *testing.B) {
	var in []*thing
	for range 49 {
		in = append(in, panel(label("a label"), button("a button"), panel(label("within"), entry("some text"))))
	}
	in = append(in, panel(panel(focused(entry("the focus")))))
	r, _ := withWindow(b, in...)
	for b.Loop() {
		got, err := r.Read(b.Context(), ours())
		if err != nil || !got.Whole || got.Focused != "the focus" {
			b.Fatalf("got %d lines, whole %t, %v", len(got.Lines), got.Whole, err)
		}
	}
}
