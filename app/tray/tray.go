// Package tray owns the icon in the notification area and its menu. It shows
// what it is told and reports what is chosen; it knows nothing of turns.
//
// On Linux and the BSDs it is a StatusNotifierItem with a com.canonical.dbusmenu
// on the session bus, spoken on a connection of its own. Where there is no
// bus, or nothing that shows such items, Aside works without. (fyne.io/systray
// speaks the same, but races with whoever reads its menu or icon, panics when
// the bus goes away, and shares its connection with the keyring.)
package tray

import (
	"errors"
	"slices"
	"strings"

	"aside/assets"
)

// Errors of Open.
var (
	ErrNoBus       = errors.New("no session bus")
	ErrUnsupported = errors.New("the notification area is not supported on this system")
)

// Actions are what the menu can do; an action that is nil has no line. They
// are called one after another, while nothing else of the tray happens: they
// must return soon and must not call Close. What is clicked meanwhile is kept,
// once for each line.
type Actions struct {
	Talk     func() // begin to talk, or send what was said
	Look     func() // what is on my screen
	Share    func() // let the live voice look along, or no longer
	Stop     func() // drop whatever runs
	Panel    func() // show or hide the panel; also a click on the icon
	Settings func()
	Quit     func()
}

// Phase is what the mark shows. The first four are those of a turn.
type Phase string

// The phases.
const (
	Ready     Phase = "idle"
	Listening Phase = "listening"
	Thinking  Phase = "thinking"
	Speaking  Phase = "speaking"
	Offline   Phase = "offline" // no turn can be answered just now
	Problem   Phase = "problem" // Note says which, in a few words
)

// State is everything that the tray shows. The zero State is Ready.
type State struct {
	Phase Phase
	Note  string // beside the word of the phase, or in its place for Problem
	Panel bool   // the panel is shown
	Talk  bool   // it is a conversation without hands, which talking ends
	Share bool   // the live voice looks along
	Open  bool   // the microphone is open though it is Ready
}

// face is a State as it looks.
type face struct {
	mark        assets.Mark
	line        string // the first line of the menu, and the tooltip
	talk, panel string // labels
	share       string // likewise
	stop, look  bool   // can be chosen: something runs; a question may begin
}

// maxNote bounds what is shown of a note, in characters.
const maxNote = 60

func (s State) face() face {
	f := face{talk: "Start talking", panel: "Show panel", share: "Look with me", look: true}
	var word string
	switch s.Phase {
	case Listening:
		f.mark, word, f.talk, f.stop, f.look = assets.Listening, "Listening", "Send", true, false
	case Thinking:
		f.mark, word, f.stop = assets.Thinking, "Thinking", true
	case Speaking:
		f.mark, word, f.stop = assets.Speaking, "Speaking", true
	case Offline:
		f.mark, word = assets.Offline, "Offline"
	case Problem:
		f.mark, word = assets.Problem, "Problem"
	default:
		f.mark, word = assets.Ready, "Ready"
	}
	if s.Open {
		f.mark, word = assets.Listening, "Microphone is open"
	}
	if s.Talk {
		f.talk = "End the conversation"
	}
	note := shorten(s.Note)
	switch {
	case note == "":
		f.line = word
	case s.Phase == Problem:
		f.line = note
	default:
		f.line = word + " · " + note
	}
	if s.Panel {
		f.panel = "Hide panel"
	}
	if s.Share {
		f.share, f.stop = "Stop looking with me", true
	}
	return f
}

// shorten makes one line of text and cuts it.
func shorten(text string) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) <= maxNote {
		return string(runes)
	}
	return string(runes[:maxNote-1]) + "…"
}

// line is one line of the menu; one without a label is a separator.
type line struct {
	id      int32 // stays the same whatever the state is
	label   string
	enabled bool
	act     func()
}

// lines returns the menu. Which lines there are, and their order, depends on
// the actions only.
func (f face) lines(a Actions) []line {
	groups := [][]line{
		{{id: 1, label: f.line}},
		{
			{10, f.talk, true, a.Talk},
			{11, "Ask about my screen", f.look, a.Look},
			{13, f.share, true, a.Share},
			{12, "Stop", f.stop, a.Stop},
		},
		{
			{20, f.panel, true, a.Panel},
			{21, "Settings", true, a.Settings},
			{22, "Quit Aside", true, a.Quit},
		},
	}
	var lines []line
	for i, group := range groups {
		group = slices.DeleteFunc(group, func(l line) bool { return l.act == nil && l.id != 1 })
		if i > 0 && len(group) > 0 {
			lines = append(lines, line{id: int32(100 + i)})
		}
		lines = append(lines, group...)
	}
	return lines
}
