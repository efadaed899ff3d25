//go:build unix

package main

import "syscall"

// private keeps every file that is made to its owner, and the memory of this
// process out of core dumps.
func private() {
	syscall.Umask(0o077)
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}) // a system that forbids it makes no dumps either
}
