//go:build windows || darwin

package panel

import "context"

// still is a system on which the window stands where the system puts it.
type still struct{}

func openSystem() windowSystem { return still{} }

func (still) declare(uintptr)            {}
func (still) place(uintptr, string, int) {}
func (still) height(string) int          { return 0 }
func (still) remember(uintptr)           {}
func (still) restore(context.Context)    {}
func (still) close()                     {}
