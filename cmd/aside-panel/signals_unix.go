//go:build unix

package main

import (
	"os"
	"os/signal"
	"syscall"
)

// wishes are the core's signals: SIGUSR1 to show the panel, SIGUSR2 to hide it.
type wishes struct{ signals chan os.Signal }

// listen keeps the signals from ending the program, and for follow. The core
// may send the first one as soon as the program runs.
func listen() wishes {
	w := wishes{make(chan os.Signal, 8)}
	signal.Notify(w.signals, syscall.SIGUSR1, syscall.SIGUSR2)
	return w
}

// follow calls show and hide as the core wishes, until the function that it
// returns has been called.
func (w wishes) follow(show, hide func()) (stop func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for s := range w.signals {
			if s == syscall.SIGUSR1 {
				show()
			} else {
				hide()
			}
		}
	}()
	return func() {
		signal.Stop(w.signals)
		close(w.signals)
		<-done
	}
}
