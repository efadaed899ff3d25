//go:build unix

package app

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aside/app/key"
	"aside/app/turn"
)

// supervised puts a program in the panel's place, a shell script, and looks
// after it. What the script writes to $out is returned by said.
func supervised(t *testing.T, script string) (p *panelProcess, said func() string, problems chan *turn.Problem) {
	t.Helper()
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	if script != "" {
		text := "#!/bin/sh\nout=" + out + "\n" + script + "\n"
		if err := os.WriteFile(filepath.Join(dir, "aside-panel"), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	problems = make(chan *turn.Problem, 8)
	p = startPanel([]string{"--tether"}, func(p *turn.Problem) { problems <- p }, slog.New(slog.DiscardHandler))
	t.Cleanup(p.close)
	return p, func() string {
		b, _ := os.ReadFile(out) // not there yet is nothing said
		return string(b)
	}, problems
}

// waits polls for what another process does.
func waits(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("waited in vain for ", what)
		}
	}
}

const patientPanel = `trap '' INT
echo began $* >>$out
while read word; do echo $word >>$out; done
echo ended >>$out`

func TestThePanelIsStartedShownHiddenAndEnded(t *testing.T) {
	p, said, _ := supervised(t, patientPanel)
	if p.status() != "off" {
		t.Errorf("before the first wish it is %s", p.status())
	}
	p.set(panelHidden) // it is
	p.set(panelShown)
	waits(t, "the start", func() bool { return said() == "began --tether\n" && p.status() == "shown" })
	p.set(panelHidden)
	waits(t, "hiding", func() bool { return strings.HasSuffix(said(), "hide\n") && p.status() == "hidden" })
	p.set(panelShown)
	waits(t, "the window", func() bool { return strings.HasSuffix(said(), "show\n") && p.status() == "shown" })
	p.set(panelHidden)
	waits(t, "hiding", func() bool { return strings.HasSuffix(said(), "hide\n") && p.status() == "hidden" })
	p.set(panelGone)
	waits(t, "the end", func() bool { return strings.HasSuffix(said(), "ended\n") && p.status() == "off" })
}

func TestThePanelThatDiesComesBackShown(t *testing.T) {
	p, said, problems := supervised(t, `echo began $* >>$out
[ $(wc -l <$out) = 1 ] && kill -9 $$
trap 'exit 0' INT
while :; do sleep 0.01; done`)
	p.set(panelShown)
	waits(t, "a second one", func() bool { return said() == "began --tether\nbegan --tether\n" && p.status() == "shown" })
	select {
	case problem := <-problems:
		t.Errorf("one death is reported: %+v", problem)
	default:
	}
}

func TestThePanelThatTheUserClosesStaysAway(t *testing.T) {
	p, said, _ := supervised(t, `echo began >>$out`)
	p.set(panelShown)
	waits(t, "the first", func() bool { return said() == "began\n" && p.status() == "off" })
	p.set(panelShown)
	waits(t, "the second", func() bool { return said() == "began\nbegan\n" && p.status() == "off" })
}

func TestWhatKeepsThePanelAway(t *testing.T) {
	for code, script := range map[string]string{
		"display_none":    "exit 2",
		"panel_no_window": "exit 3",
		"panel_failed":    "exit 1",
		"panel_missing":   "",
	} {
		t.Run(code, func(t *testing.T) {
			p, _, problems := supervised(t, script)
			p.set(panelShown)
			select {
			case got := <-problems:
				if got.Code != code || got.Hint == "" {
					t.Errorf("reported is %+v", got)
				}
			case <-time.After(20 * time.Second):
				t.Fatal("nothing is reported")
			}
			waits(t, "the verdict", func() bool { return p.status() == code })
		})
	}
}

func TestThePanelEndsWithTheCoreAndKnowsNoKey(t *testing.T) {
	t.Setenv(key.Variable, "sk-canary")
	p, said, _ := supervised(t, `trap '' INT
echo "began $ASIDE_API_KEY" >>$out
cat
echo ended >>$out`)
	p.set(panelShown)
	waits(t, "the start", func() bool { return said() == "began \n" })
	p.close()
	waits(t, "the end of its input", func() bool { return said() == "began \nended\n" })
}

func TestThePanelIsToldOfSettingsAndOfTyping(t *testing.T) {
	p, said, problems := supervised(t, patientPanel)
	p.reload() // there is none yet, which need not be told
	p.set(panelTyping)
	waits(t, "the start, and the keyboard", func() bool { return strings.HasPrefix(said(), "began --tether\ntype\n") && p.status() == "shown" })
	waits(t, "nothing else", func() bool { return len(p.edited) == 0 })
	p.reload()
	waits(t, "the settings", func() bool { return strings.HasSuffix(said(), "settings\n") })
	p.set(panelTyping)
	waits(t, "the keyboard", func() bool { return strings.HasSuffix(said(), "settings\ntype\n") && p.status() == "shown" })
	if len(problems) > 0 {
		t.Errorf("reported: %+v", <-problems)
	}
}

func TestAPanelThatDiedDoesNotComeBackForTheKeyboard(t *testing.T) {
	p, said, _ := supervised(t, `echo began >>$out
[ $(wc -l <$out) = 1 ] && kill -9 $$
while read word; do echo $word >>$out; done`)
	p.set(panelTyping)
	waits(t, "a second one", func() bool { return said() == "began\nbegan\n" && p.status() == "shown" })
	p.set(panelHidden)
	waits(t, "hiding", func() bool { return said() == "began\nbegan\nhide\n" })
}

func TestAPanelThatFailedIsNotTriedAgainWithEveryPress(t *testing.T) {
	p, said, problems := supervised(t, "echo began >>$out\nexit 3")
	p.set(panelShown)
	<-problems
	waits(t, "the verdict", func() bool { return p.status() == "panel_no_window" })
	p.wake()
	p.set(panelHidden)
	time.Sleep(50 * time.Millisecond)
	if said() != "began\n" {
		t.Errorf("it was tried again: %s", said())
	}
	p.set(panelShown)
	waits(t, "a wish", func() bool { return said() == "began\nbegan\n" })
}

func TestThePanelThatWentWithItsDisplayComesBackWithTheNext(t *testing.T) {
	for status, wishes := range map[string][]panelState{
		"shown": {panelShown}, "hidden": {panelShown, panelHidden}, "off": {panelShown, panelGone},
	} {
		t.Run(status, func(t *testing.T) {
			p, said, problems := supervised(t, "[ -e $out.display ] || { echo none >>$out; exit 2; }\n"+patientPanel)
			p.set(wishes[0])
			<-problems
			waits(t, "the verdict", func() bool { return p.status() == "display_none" && said() == "none\n" })
			for _, w := range wishes[1:] {
				p.set(w)
				waits(t, "the wish", func() bool { return len(p.want) == 0 })
			}
			dir, _, _ := strings.Cut(os.Getenv("PATH"), string(os.PathListSeparator))
			if err := os.WriteFile(filepath.Join(dir, "out.display"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			p.displayed()
			want := map[string]string{"shown": "none\nbegan --tether\n", "hidden": "none\nbegan --tether --hidden\n", "off": "none\n"}[status]
			waits(t, "the panel", func() bool { return p.status() == status && said() == want })
			if len(problems) > 0 {
				t.Errorf("reported: %+v", <-problems)
			}
		})
	}
}

func TestADisplayDoesNotBringBackAPanelThatCannotDraw(t *testing.T) {
	p, said, problems := supervised(t, "echo began >>$out\nexit 3")
	p.displayed()
	p.set(panelShown)
	<-problems
	p.displayed()
	time.Sleep(50 * time.Millisecond)
	if said() != "began\n" || p.status() != "panel_no_window" {
		t.Errorf("it was tried again: %s", said())
	}
}
