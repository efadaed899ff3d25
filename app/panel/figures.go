package panel

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"aside/app/control"
)

// figure is a part of a line of figures.
type figure struct {
	text string
	rank int // where there is no room for all, the highest goes first
}

// inRoom joins figures in their order, as many of them as fit into room.
func inRoom(all []figure, size, room float32) string {
	all = slices.Clone(all)
	for {
		text := joined(all)
		if len(all) < 2 || fyne.MeasureText(text, size, fyne.TextStyle{}).Width <= room {
			return shorten(text, size, room)
		}
		least := 0
		for i, f := range all {
			if f.rank >= all[least].rank {
				least = i
			}
		}
		all = slices.Delete(all, least, least+1)
	}
}

// joined writes figures as one line.
func joined(all []figure) string {
	texts := make([]string, len(all))
	for i, f := range all {
		texts[i] = f.text
	}
	return strings.Join(texts, " · ")
}

// The ranks of figures: what left the machine, and what did not, before what
// it weighs.
const (
	rankSent = iota
	rankCovered
	rankText
	rankChosen
	rankPictures
	rankTokens
	rankBytes
)

// shotFigures says what a turn took of the screen, and where that went.
func shotFigures(v control.View) []figure {
	return append(shotSizes(v.Shots), figure{sentWord(v), rankSent})
}

// sentWord says where what was looked at went. A model on this machine has it as
// the reader has: it did not go further.
func sentWord(v control.View) string {
	switch {
	case anySent(v.Shots):
		return tr("sent")
	case v.Host == "":
		return tr("stayed on this machine")
	}
	return tr("not sent")
}

func anySent(shots []control.ShotView) bool {
	return slices.ContainsFunc(shots, func(s control.ShotView) bool { return s.Sent })
}

// shotNow says what was looked at while it may still be discarded.
func shotNow(shots []control.ShotView) []figure {
	at, ok := map[string]string{
		"region": "the region you drew", "pick": "the window you picked", "none": "the picture you gave", "display": "display at key press",
	}[shots[0].Capture]
	if !ok {
		at = "window at key press"
	}
	return append([]figure{{tr(at), rankSent}}, shotSizes(shots)...)
}

// shotSizes are the figures of all that goes along.
func shotSizes(shots []control.ShotView) []figure {
	var sum control.ShotView
	for _, s := range shots {
		sum.Pictures = append(sum.Pictures, s.Pictures...)
		sum.Tokens += s.Tokens
		sum.Lines += s.Lines
		sum.Chosen += s.Chosen
		sum.Covered += s.Covered
	}
	var all []figure
	add := func(is bool, text string, rank int) {
		if is {
			all = append(all, figure{text, rank})
		}
	}
	add(sum.Lines > 0, trn(sum.Lines, "1 line as text", "%s lines as text"), rankText)
	add(sum.Chosen > 0, tr("selection"), rankChosen)
	switch p := sum.Pictures; len(p) {
	case 0:
	case 1:
		add(true, pixels(p[0]), rankPictures)
		add(true, kilobytes(p[0].Bytes), rankBytes)
	default:
		add(true, trn(len(p), "1 picture", "%s pictures"), rankPictures)
	}
	more := len(sum.Pictures) > 1 || sum.Lines+sum.Chosen > 0
	add(more && sum.Tokens > 0 && anySent(shots), tokensText(sum.Tokens), rankTokens)
	add(sum.Covered > 0, trn(sum.Covered, "1 private window covered", "%s private windows covered"), rankCovered)
	return all
}

func pixels(p control.PictureView) string { return fmt.Sprintf("%d×%d", p.Width, p.Height) }

func kilobytes(n int) string { return grouped((n+1023)/1024) + " KB" }

// grouped writes n with a comma between thousands.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// shotTitle says what was looked at.
func shotTitle(s *control.ShotView) string {
	switch {
	case s.Capture == "display":
		return tr("the display")
	case s.Program != "" && s.Title != "":
		return s.Program + " — " + s.Title
	case s.Program+s.Title != "":
		return s.Program + s.Title
	}
	switch s.Capture {
	case "region":
		return tr("the region you drew")
	case "none":
		return tr("the picture you gave")
	}
	return tr("the window")
}

// looksTitle says what was looked at first, and how often after that.
func looksTitle(shots []control.ShotView, room float32) string {
	title, more := shotTitle(&shots[0]), ""
	if n := len(shots) - 1; n > 0 {
		more = " " + trn(n, "+1 more look", "+%s more looks")
	}
	return shorten(title, sizeLabel, room-fyne.MeasureText(more, sizeLabel, fyne.TextStyle{}).Width) + more
}

// pictureFigures says everything about one picture of a shot.
func pictureFigures(s *control.ShotView, p *control.PictureView) string {
	format, _ := strings.CutPrefix(p.MIME, "image/")
	parts := []string{pixels(*p), strings.ToUpper(format), kilobytes(p.Bytes)}
	if p.Tokens > 0 {
		parts = append(parts, tokensText(p.Tokens))
	}
	if p.Scale > 0 {
		parts = append(parts, trf("at %.0f %% of its size", 100*p.Scale))
	}
	return strings.Join(append(parts, partOf(s, p)), " · ")
}

// partOf says how much of what was looked at a picture shows.
func partOf(s *control.ShotView, p *control.PictureView) string {
	is, ok := map[string]struct{ whole, part string }{
		"display": {"the whole display", "a part of the display"},
		"region":  {"the whole region", "a part of the region"},
		"none":    {"the whole picture", "a part of the picture"},
	}[s.Capture]
	if !ok {
		is.whole, is.part = "the whole window", "a part of the window"
	}
	if p.Whole {
		return tr(is.whole)
	}
	return tr(is.part)
}

// lookFigures says what the look at place i was.
func lookFigures(shots []control.ShotView, i int) string {
	s := &shots[i]
	parts := []string{shotTitle(s)}
	if len(shots) > 1 {
		parts = append(parts, trf("look %d of %d", i+1, len(shots)))
	}
	if s.At > 0 {
		parts = append(parts, trf("%s into the question", seconds(s.At)))
	}
	if s.Covered > 0 {
		parts = append(parts, trn(s.Covered, "1 private window covered", "%s private windows covered"))
	}
	return strings.Join(parts, " · ")
}

// pictures is how many pictures a turn has.
func pictures(shots []control.ShotView) int {
	n := 0
	for _, s := range shots {
		n += len(s.Pictures)
	}
	return n
}

// pictureAt is the n-th picture of a turn, counted over all of its shots, and
// the place of its shot; nil if there is no such picture.
func pictureAt(shots []control.ShotView, n int) (shot int, p *control.PictureView) {
	for i := range shots {
		if all := shots[i].Pictures; n >= 0 && n < len(all) {
			return i, &all[n]
		}
		n -= len(shots[i].Pictures)
	}
	return 0, nil
}
