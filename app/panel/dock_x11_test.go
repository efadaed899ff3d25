//go:build !windows && !darwin

package panel

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"aside/app/desk"
)

// server is the process of the desk's X server.
func server(t *testing.T, d *desk.Desk) *os.Process {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range all {
		words, err := os.ReadFile(path)
		if err != nil || !strings.HasPrefix(string(words), "Xvfb\x00") || !strings.Contains(string(words), "\x00"+d.Display+"\x00") {
			continue // another, or gone
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil {
			t.Fatal(err)
		}
		p, err := os.FindProcess(pid)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	t.Skip("there is no /proc to find the server in")
	return nil
}

func TestAServerThatStandsStillHoldsNobodyUp(t *testing.T) {
	d := desk.Start(t, desk.Options{Display: true, Width: 640, Height: 480, Server: []string{":" + strconv.Itoa(30000+os.Getpid()%10000)}})
	t.Setenv("DISPLAY", d.Display)
	t.Setenv("XAUTHORITY", os.DevNull)
	system := openSystem(func() {})
	defer system.close()
	if s := system.screen(true); len(s.displays) != 1 || s.displays[0].whole != (area{0, 0, 640, 480}) {
		t.Fatalf("it tells of %+v", s)
	}
	root := uintptr(system.(*x11).root)
	x := server(t, d)
	if err := x.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	system.declare(root, true, strut{})
	system.place(root, area{0, 0, 10, 10}, strut{})
	system.screen(true)
	system.holds(root)
	took := time.Since(began)
	if err := x.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if took > 2*answering {
		t.Errorf("it waited for %v", took)
	}
	for deadline := time.Now().Add(10 * time.Second); !system.place(uintptr(xproto.WindowNone), area{}, strut{}); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it is not asked again once it answers")
		}
	}
}

func TestBarsTakeTheirPlaceFromTheirOwnDisplayOnly(t *testing.T) {
	desktop := area{0, 0, 3000, 2120}
	wide, tall := area{0, 0, 1920, 1080}, area{1920, 200, 1080, 1920}
	for _, c := range []struct {
		name       string
		bar        []uint32
		wide, tall area
	}{
		{"on top of the left one", []uint32{0, 0, 30, 0, 0, 0, 0, 0, 0, 1919, 0, 0}, area{0, 30, 1920, 1050}, tall},
		{"below the right one", []uint32{0, 0, 0, 40, 0, 0, 0, 0, 0, 0, 1920, 2999}, wide, area{1920, 200, 1080, 1880}},
		{"at the right of all", []uint32{0, 50, 0, 0, 0, 0, 200, 2119, 0, 0, 0, 0}, wide, area{1920, 200, 1030, 1920}},
		{"at the left of all", []uint32{60, 0, 0, 0, 0, 1079, 0, 0, 0, 0, 0, 0}, area{60, 0, 1860, 1080}, tall},
		{"on top of the right one, which begins lower", []uint32{0, 0, 225, 0, 0, 0, 0, 0, 1920, 2999, 0, 0}, wide, area{1920, 225, 1080, 1895}},
		{"nonsense that takes all", []uint32{3000, 0, 0, 0, 0, 2119, 0, 0, 0, 0, 0, 0}, wide, tall},
		{"nonsense", []uint32{0, 0, 1 << 31, 0, 9, 3, 0, 0, 1 << 31, 7, 0, 0}, wide, tall},
	} {
		if got := without(wide, wide, desktop, c.bar); got != c.wide {
			t.Errorf("%s: the left display has %v, want %v", c.name, got, c.wide)
		}
		if got := without(tall, tall, desktop, c.bar); got != c.tall {
			t.Errorf("%s: the right display has %v, want %v", c.name, got, c.tall)
		}
	}
}
