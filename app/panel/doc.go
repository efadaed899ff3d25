// Package panel is the side panel: everything that is drawn with Fyne. It is a
// client of the core like any other: it sees snapshots, sends commands, and
// holds nothing that would be lost with it.
//
// A snapshot takes this way:
//
//	watch.go   watches the core, and comes back when it went away
//	pump.go    keeps the newest snapshot until the window can draw it: the only
//	           file that talks to Fyne from another goroutine
//	rest.go    gives memory back when nothing has come for a while
//	panel.go   hands it to the parts: header, body, footer
//	reading.go keeps the view where the user reads
//	turn.go    one turn: question, picture, answer, receipt
//	eye.go     what the next question looks at
//	shot.go    what a turn looked at; viewer.go shows all that was sent of it
//	answer.go  the answer as it grows: cut.go finds what no longer changes,
//	           markdown.go turns it into blocks (inline.go, table.go and
//	           destination.go into what stands in them), prose.go draws them
//
// What the model wrote is not trusted: no picture in it is loaded, and a link
// shows where it leads and opens only when it is clicked.
//
// The window never takes the keyboard by itself. How that is done stands in
// dock.go; where it stands is decided in place.go, asked for in dock_x11.go, and
// kept, where it was dragged (drag.go), in kept.go. hook.go fills it with the
// panel or, while that is folded away, with its strip (strip.go). window.go is
// what may be asked of it.
package panel
