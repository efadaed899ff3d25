package e2e

import (
	"strings"
	"testing"

	"aside/app/control"
)

func TestAUserFindsAnEarlierTurnByItsWindowAndByTheMenu(t *testing.T) {
	c := prepare(t, sharp("openbox"), "[panel]\ntheme = \"light\"\n")
	c.terminal("notes", c.file("page.txt", page))
	c.start(sharply(c), alone(t)...)
	c.ready()
	for _, question := range []string{"which animal jumps here", "what does the compiler complain about", "how long did it take"} {
		if out, err := c.aside("ask", question); err != nil {
			t.Fatalf("%s: %v: %s", question, err, out)
		}
	}
	window := c.front()
	c.wantVerb("new")
	c.watch("the new topic", func(s control.Snapshot) bool { return s.Turn == nil })
	c.see("Earlier")
	earlier := c.see("take")
	if got := c.front(); got != window {
		t.Error("it has taken the focus")
	}
	c.click(earlier.x, earlier.y)
	c.see("Pin")
	c.xdotool("key", "Escape")
	c.see("Earlier")

	c.menu("History")
	c.see("Today")
	c.xdotool("type", "--delay", "20", "compl")
	var hit word
	c.until("the one that was looked for, and no other", func() bool {
		hit = word{}
		for _, w := range c.reads() {
			switch {
			case strings.Contains(w.text, "animal"), strings.Contains(w.text, "long"):
				return false
			case strings.Contains(w.text, "compl"):
				hit = w // the last one stands in the turn
			}
		}
		return hit != word{}
	})
	c.click(hit.x, hit.y)
	c.see("Pin")
	c.xdotool("key", "Escape")
	c.see("Export") // the list, as it was
}
