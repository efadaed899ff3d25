package panel

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"aside/app/control"
	"aside/assets"
)

// newIdle draws what stands there before the first question.
func newIdle(s *sheet, talk string) *fyne.Container {
	const side = 44
	ring := newMark(s, side)
	keys := []fyne.CanvasObject{words(tr("Hold"), s.ink, 18)}
	for part := range strings.SplitSeq(talk, "+") {
		keys = append(keys, newKeycap(s, part))
	}
	rows := []fyne.CanvasObject{ring.Container, &fyne.Container{Layout: beside{6}, Objects: keys}}
	idle := &fyne.Container{Layout: centred{22}, Objects: rows}
	describeIdle(s, idle, idleText(control.Snapshot{}))
	return idle
}

// idleText is what stands below the key: what that does, and what is heard and
// seen without it.
func idleText(s control.Snapshot) string {
	switch {
	case s.Sharing != nil:
		return tr("and ask about what you see. Let go to send. The window in the frame is seen until you stop that.")
	case s.Microphone == "tried":
		return tr("and ask about what you see. Let go to send. The microphone is open now, to be tried.")
	case s.Microphone == "warm":
		return tr("and ask about what you see. Let go to send. The microphone is kept open, as you set it; nothing is seen before you hold it.")
	}
	return tr("and ask about what you see. Let go to send. Nothing is heard or seen before you hold it.")
}

// describeIdle writes text below the key.
func describeIdle(s *sheet, idle *fyne.Container, text string) {
	const above = 2 // the ring and the key
	idle.Objects = append(idle.Objects[:above:above], dimLines(s, text)...)
	idle.Refresh()
}

// newAway draws what stands there while nobody can be asked.
func newAway(s *sheet) *fyne.Container {
	const side = 44
	ring := newMark(s, side)
	ring.set(assets.Offline, 0, 0)
	p := told(away())
	rows := []fyne.CanvasObject{ring.Container, words(p.Message, s.ink, 18)}
	return &fyne.Container{Layout: centred{22}, Objects: append(rows, dimLines(s, p.Hint)...)}
}

// dimLines are the lines of text that stand in the middle of the window.
func dimLines(s *sheet, text string) []fyne.CanvasObject {
	var lines []fyne.CanvasObject
	for _, line := range wrapEven([]run{{text, style{size: sizeText, tone: toneDim}}}, min(s.width-40, 250), measureRun) {
		text := ""
		for _, p := range line {
			text += p.text
		}
		lines = append(lines, words(text, s.dim, sizeText))
	}
	return lines
}

// newKeycap draws the name of a key as a key.
func newKeycap(s *sheet, name string) fyne.CanvasObject {
	ground := canvas.NewRectangle(s.raised)
	ground.StrokeColor, ground.StrokeWidth, ground.CornerRadius = s.line, 1, 5
	text := &fyne.Container{Layout: padded{7, 1, 7, 1}, Objects: []fyne.CanvasObject{words(capOf(strings.TrimSpace(name)), s.ink, sizeText)}}
	return &fyne.Container{Layout: stack{}, Objects: []fyne.CanvasObject{ground, text}}
}

// listening is the middle while the user speaks.
type listening struct {
	*fyne.Container
	sheet *sheet
	shot  *shotBox
	heard *prose
	text  string
	rows  *fyne.Container
	waves *waves
}

func newListening(s *sheet, do deeds) *listening {
	l := &listening{sheet: s, shot: newShotBox(s, do.thumb, func(control.View, int) {}), heard: newProse(s, s.width, 26, nil), waves: newWaves(s)}
	l.shot.Hide()
	l.rows = &fyne.Container{Layout: column{between}, Objects: []fyne.CanvasObject{l.shot.Container, l.heard.Container, l.waves.Container}}
	l.Container = &fyne.Container{Layout: bottom{margin}, Objects: []fyne.CanvasObject{l.rows}}
	l.Hide()
	return l
}

func (l *listening) set(s control.Snapshot) {
	l.waves.add(s.Level)
	if s.Turn == nil {
		return
	}
	if len(s.Turn.Shots) > 0 {
		l.shot.set(*s.Turn, shotNow(s.Turn.Shots))
	}
	setVisible(l.shot.Container, len(s.Turn.Shots) > 0)
	if l.text != s.Turn.Question {
		l.text = s.Turn.Question
		l.heard.set(questionRuns(*s.Turn, sizeHeard, toneInk))
	}
	setVisible(l.heard.Container, l.text != "")
	arrange(l.rows, l.sheet.width)
	l.Layout.Layout(l.Objects, l.Size())
}

// clear forgets what was heard, for the next time.
func (l *listening) clear() {
	if !l.Visible() {
		return
	}
	l.waves.clear()
	l.text = ""
	l.heard.set(nil)
	l.shot.Hide()
	l.shot.clear()
}
