// Package app wires Aside together and is the only package that knows all of
// its parts. This comment is the map.
//
// # One core, many faces
//
// The core (cmd/aside) owns the turn, the microphone, the screen, the engines,
// the history and the tray icon; it has no window. The panel (cmd/aside-panel)
// draws with Fyne and is a client of the core like the command line: hotkey,
// tray, CLI and panel send the same commands (package turn's Loop, behind
// package control's socket) and see the same snapshots.
//
// # The path of a question
//
//	1  app/hotkey            the key goes down: one event, however it repeats
//	2  app/turn/loop.go      the event gets a turn ID and goes through the machine
//	3  app/turn/machine.go   decides every next step: a pure function
//	4  audio/device          the microphone opens; frames go to the exchange
//	   (app/turn/capture.go)
//	5  vision/grab           the active window is taken while the user is still
//	   (app/turn/look.go)    speaking, and the next one if they go on to it
//	   vision/words          its text is read, as far as its program tells it
//	   (app/sight.go)
//	   vision/fit.go         one picture that can be read, or a glance and parts
//	6  app/engine/…          frames and picture become a question, the reply
//	   (app/turn/work.go     receive)  becomes events: text, speech, the end
//	   app/engine/aloud      text gets the voice of a service, or of this machine,
//	                         unless the engine speaks by itself
//	7  app/turn/voice.go     speech is played, sentence by sentence
//	   app/turn/attend.go    and a voice that speaks into it cuts it off, if the
//	   (app/echo.go)         user wants that
//	   app/turn/converse.go  and when it has been said the microphone opens by
//	                         itself, in a conversation without hands
//	   app/turn/hub.go       text goes out as snapshots, at most 30 a second,
//	   app/control           over the socket
//	   app/panel             to the panel, the CLI, whoever watches
//	8  app/turn/journal.go   the turn is in the history before the question is
//	   app/history           asked (its sound may be on its way to be understood),
//	                         and is brought up to date as it goes on
//
// Without a question, and as long as the user wants it, a live voice sees what
// is in front: app/turn/share.go, app/engine/realtime/share.go and, for the
// frame around it, vision/grab/frame.go.
//
// What a model may do by itself is in app/engine/realtime/function.go, and what
// comes of it in app/turn/act.go and again.go.
//
// What a question takes along is in app/asking.go and app/panel/attach.go; where
// an answer goes, beside the panel, in app/inserts.go and app/insert.
//
// # Who may know whom
//
//	audio, vision, assets, app/settings, app/hotkey   nothing of ours
//	app/fonts, app/formula                            nothing of ours
//	audio/device, vision/grab                         audio, vision
//	vision/words, app/insert                          nothing of ours
//	app/engine                                        audio, vision
//	app/engine/spoken                                 app/formula
//	app/engine/aloud                                  app/engine, app/engine/spoken, audio
//	app/engine/chat, realtime, offline                app/engine and what lies beside it, audio, vision; never each other
//	app/turn                                          app/engine, audio, vision
//	app/history, app/control                          app/turn
//	app/panel                                         app/control, app/fonts, app/formula, app/settings, assets
//	app                                               all of them
//
// arch_test.go holds these rules. app/desk is the virtual desktop of the tests
// and of `make run` where there is no display; app/e2e are the tests of the
// whole.
//
// # Where a new thing goes
//
// A new engine implements engine.Engine, passes app/engine/enginetest and is
// chosen in app/engines.go. A new setting is a line in app/settings/entry.go:
// the settings page shows it, with its control, by itself; its place and its
// name there are in app/panel/settingspage.go and settingsrow.go. A new page of
// the panel implements page (app/panel/page.go) and is an item of Panel.items.
// A new command is a verb in app/control/protocol.go, a line in app/verbs.go
// (in app/recall.go if it is about earlier turns) and a file in cmd/aside. A new
// error gets its code, its message and its next step where it arises, and a test
// that reaches it.
package app
