//go:build windows || darwin

package panel

// watchLeaving has nobody to ask on this system.
func watchLeaving(uintptr, func()) (stop func()) { return func() {} }
