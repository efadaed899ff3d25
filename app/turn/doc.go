// Package turn owns the turn: everything between a key going down and the one
// outcome of what was asked. machine.go decides (a pure function), loop.go
// carries out (one goroutine owns the state), snapshot.go is what the rest of
// the program may see.
package turn
