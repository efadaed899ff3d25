package main

import (
	"os"
	"syscall"
	"testing"
	"time"
)

func TestPanelObeysTheCoreThatHoldsItsTetherAndEndsWithIt(t *testing.T) {
	held, core, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = held.Close() }()
	ended, shown := make(chan struct{}), make(chan struct{})
	tether(held, map[string]func(){"show": func() { close(shown) }}, func() { close(ended) })
	if _, err := core.WriteString("a word of tomorrow\nshow\n"); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ended:
		t.Fatal("it ended while the core was there")
	case <-time.After(20 * time.Millisecond):
	}
	<-shown
	_ = core.Close()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Fatal("it outlives the core")
	}
}

func TestExitCodeTellsWhoEndedThePanel(t *testing.T) {
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for s, want := range map[os.Signal]int{os.Interrupt: 0, syscall.SIGTERM: exitAway} {
		got := make(chan int, 1)
		stop := heed(func(code int) { got <- code })
		if err := self.Signal(s); err != nil {
			stop()
			t.Skip("this system has no signals")
		}
		select {
		case code := <-got:
			if code != want {
				t.Errorf("%v: exit code %d, want %d", s, code, want)
			}
		case <-time.After(10 * time.Second):
			t.Errorf("%v: it goes on", s)
		}
		stop()
	}
}

func TestFirstReasonToEndCounts(t *testing.T) {
	e := ending{code: exitAway}
	if got := e.exit(); got != exitAway {
		t.Errorf("without a reason the exit code is %d", got)
	}
	e.because(0)
	e.because(exitAway)
	if got := e.exit(); got != 0 {
		t.Errorf("the exit code is %d, want the first reason's", got)
	}
}
