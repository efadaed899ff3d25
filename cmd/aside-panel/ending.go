package main

import (
	"bufio"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// ending is why the program ends: its exit code, which tells the core whether
// to start another one.
type ending struct {
	mu    sync.Mutex
	known bool
	code  int // as long as nobody has said why
}

// because says why. The first reason counts: the others follow from it.
func (e *ending) because(code int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.known {
		e.known, e.code = true, code
	}
}

func (e *ending) exit() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.code
}

// heed calls quit when the program is told to end, until the function that it
// returns has been called. An interrupt is the core's own way to say so.
//
// Fyne quits at both signals by itself, but does not tell why.
func heed(quit func(code int)) (stop func()) {
	signals, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		defer close(done)
		for s := range signals {
			if s == os.Interrupt {
				quit(0)
			} else {
				quit(exitAway)
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		close(signals)
		<-done
	}
}

// tether does what the words on line say, one a line, and calls quit as soon as
// it ends. The core holds the other end, and with the core it is gone, however
// the core came to its end. Nobody waits for the reading: it cannot be cancelled.
func tether(line io.Reader, deeds map[string]func(), quit func()) {
	go func() {
		for words := bufio.NewScanner(line); words.Scan(); {
			if do := deeds[words.Text()]; do != nil { // a newer core may have others
				do()
			}
		}
		quit() // an error is an end too
	}()
}
