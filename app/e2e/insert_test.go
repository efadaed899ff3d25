package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"aside/app/engine/enginetest"
)

// wordIn is where on the screen a word stands in the panel.
func (c *core) wordIn(panel, word string) (x, y int, ok bool) {
	c.Helper()
	out, err := c.Output(c.ctx, "sh", "-c", "maim -i "+panel+" | tesseract stdin stdout --psm 11 tsv 2>/dev/null")
	if err != nil {
		return 0, 0, false
	}
	place, err := c.Output(c.ctx, "xdotool", "getwindowgeometry", "--shell", panel)
	if err != nil {
		return 0, 0, false
	}
	var left, top int
	for line := range strings.Lines(place) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch n, _ := strconv.Atoi(value); name {
		case "X":
			left = n
		case "Y":
			top = n
		}
	}
	for line := range strings.Lines(out) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if len(f) == 12 && f[11] == word {
			at := make([]int, 4)
			for i := range at {
				at[i], _ = strconv.Atoi(f[6+i])
			}
			return left + at[0] + at[2]/2, top + at[1] + at[3]/2, true
		}
	}
	return 0, 0, false
}

// clickOn clicks on a word in the panel.
func (c *core) clickOn(word string) {
	c.Helper()
	var x, y int
	c.until("the word "+word, func() (ok bool) {
		x, y, ok = c.wordIn(c.panelWindow(), word)
		return ok
	})
	if _, err := c.Output(c.ctx, "xdotool", "mousemove", fmt.Sprint(x), fmt.Sprint(y), "click", "1"); err != nil {
		c.Fatal(err)
	}
}

// editor opens a window that shows the file at path, if there is one, and puts
// what is typed into it into the file typed.
func (c *core) editor(path, typed string) (gone func()) {
	c.Helper()
	show := ":"
	if path != "" {
		show = "cat " + path
	}
	xterm := c.Command(context.WithoutCancel(c.ctx), "xterm", "-T", "editor", "-geometry", "70x20+30+30",
		"-fa", "DejaVu Sans Mono", "-fs", "14", "-bg", "white", "-fg", "black", "-e", "sh", "-c", show+"; cat > "+typed)
	gone, err := c.Launch(xterm)
	if err != nil {
		c.Fatal(err)
	}
	c.until("the editor", func() bool {
		_, err := c.Output(c.ctx, "xdotool", "search", "--sync", "--onlyvisible", "--name", "editor", "windowactivate", "--sync")
		return err == nil
	})
	c.until("the editor's file", func() bool { _, err := os.Stat(typed); return err == nil })
	return gone
}

// copies puts text on the clipboard, as the user does in another program.
func (c *core) copies(text string) {
	c.Helper()
	clip := c.Command(context.WithoutCancel(c.ctx), "xclip", "-quiet", "-selection", "clipboard", "-in")
	clip.Stdin = strings.NewReader(text)
	if _, err := c.Launch(clip); err != nil {
		c.Fatal(err)
	}
	c.until("the clipboard", func() bool { return c.clipboard() == text })
}

// clipboard is the text on the clipboard, "" if there is none.
func (c *core) clipboard() string {
	c.Helper()
	held, err := c.Output(c.ctx, "xclip", "-selection", "clipboard", "-out")
	if err != nil {
		return ""
	}
	return held
}

func TestCodeIsInsertedWhereTheCursorIsAndTheClipboardPutBack(t *testing.T) {
	c, s := chatting(t, "")
	s.Script(enginetest.Chat, enginetest.Reply("Use this.\n\n---\n\n```go\nx := 1\n```\n"))
	file := filepath.Join(t.TempDir(), "typed")
	gone := c.editor("", file)
	window := c.front()
	c.copies("mine")
	if out, err := c.aside("ask", "--screen", "none", "What do I write?"); err != nil {
		t.Fatal(err, out)
	}
	g := c.guardFocus()
	c.clickOn("Insert")
	time.Sleep(time.Second)
	c.until("the tools", func() bool { return strings.Contains(c.panelText(), "Forget") })
	if _, err := c.Output(c.ctx, "xdotool", "mousemove", "100", "400"); err != nil {
		t.Fatal(err)
	}
	c.until("the end of the tools", func() bool { return !strings.Contains(c.panelText(), "Forget") })
	g.end()
	g.checkFocus(t, window)
	if _, err := c.Output(c.ctx, "xdotool", "key", "Return", "ctrl+d"); err != nil {
		t.Fatal(err)
	}
	c.until("the code", func() bool {
		got, _ := os.ReadFile(file)
		return string(got) == "x := 1\n"
	})
	if held := c.clipboard(); held != "mine" {
		t.Errorf("the clipboard holds %q", held)
	}
	gone()
	if out, err := c.aside("insert"); err == nil || !strings.Contains(out, "insert_gone") {
		t.Errorf("into a window that is gone: %v, %s", err, out)
	}
}

func TestAPictureOnTheClipboardIsPastedAlongWithTheQuestion(t *testing.T) {
	c, s := chatting(t, "")
	c.terminal("notes", c.file("page.txt", page))
	window := c.front()
	clip := c.Command(c.ctx, "sh", "-c", "maim -i "+fmt.Sprint(window)+" | xclip -quiet -selection clipboard -target image/png -in")
	if _, err := c.Launch(clip); err != nil {
		t.Fatal(err)
	}
	c.until("the picture on the clipboard", func() bool {
		forms, err := c.Output(c.ctx, "xclip", "-selection", "clipboard", "-target", "TARGETS", "-out")
		return err == nil && strings.Contains(forms, "image/png")
	})
	c.clickOn("instead...")
	if _, err := c.Output(c.ctx, "xdotool", "key", "ctrl+v"); err != nil {
		t.Fatal(err)
	}
	c.until("what goes along", func() bool { return strings.Contains(c.panelText(), "Pasted picture") })
	if _, err := c.Output(c.ctx, "xdotool", "type", "What is this?"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Output(c.ctx, "xdotool", "key", "Return"); err != nil {
		t.Fatal(err)
	}
	asked, err := s.Await(c.ctx, enginetest.Chat, 1)
	if err != nil {
		t.Fatal(err)
	}
	m := asked[0].Messages[len(asked[0].Messages)-1]
	if m.Picture() == nil || !strings.HasSuffix(m.Text, "What is this?") {
		t.Errorf("it was asked %q with %d pictures", m.Text, len(m.Pictures))
	}
	c.until("the focus where it was", func() bool {
		active, focus, err := c.ActiveWindow(c.ctx)
		return err == nil && active == window && focus == window
	})
}
