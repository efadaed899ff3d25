//go:build windows || darwin

package panel

import "context"

// still is a system on which the window stands where the system puts it.
type still struct{}

func openSystem(func()) windowSystem { return still{} }

func (still) screen(bool) screen                    { return screen{} }
func (still) declare(uintptr, bool, strut)          {}
func (still) place(uintptr, area, strut) bool       { return false }
func (still) track(context.Context, func(x, y int)) {}
func (still) take(uintptr) bool                     { return false }
func (still) holds(uintptr) bool                    { return false }
func (still) restore(context.Context)               {}
func (still) lift(uintptr)                          {}
func (still) close()                                {}
