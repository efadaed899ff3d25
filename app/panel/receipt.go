package panel

import (
	"fmt"
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"aside/app/control"
)

// stage is a moment on the way from the key-up to the whole answer, and how
// long that took since the one before.
type stage struct {
	name string
	at   int64 // milliseconds from key-up
	ms   int64
}

// stages are the moments that v came to, in their order.
func stages(v control.View) []stage {
	t := v.Timings
	all := []stage{
		{name: "sent", at: t.Request}, {name: "understood", at: t.Transcript}, {name: "first words", at: t.FirstText},
		{name: "first sound", at: t.FirstSound}, {name: "answered", at: t.Done},
	}
	slices.SortStableFunc(all, func(a, b stage) int { return int(a.at - b.at) })
	var reached []stage
	last := int64(0)
	for _, s := range all {
		if s.at > last {
			s.ms, last = s.at-last, s.at
			reached = append(reached, s)
		}
	}
	return reached
}

// firstWord says after how long the first word of the answer was there, "" if
// there is none.
func firstWord(v control.View) string {
	if v.Timings.FirstText <= 0 {
		return ""
	}
	return seconds(v.Timings.FirstText)
}

func seconds(ms int64) string { return trf("%.1f s", float64(ms)/1000) }

// cost says how many tokens the turn took and what they cost, "" if nobody
// said.
func cost(v control.View) string {
	if v.Usage == nil || v.Usage.Input+v.Usage.Output == 0 {
		return ""
	}
	text := tokensText(v.Usage.Input + v.Usage.Output)
	if v.Usage.Cost > 0 && v.Usage.Currency != "" {
		text += " · " + money(v.Usage.Cost, v.Usage.Currency)
	}
	return text
}

// tokensText is a number of tokens.
func tokensText(n int) string { return trn(n, "1 token", "%s tokens") }

// money writes what something cost, in as many digits as say something.
func money(sum float64, currency string) string {
	sign, ok := map[string]string{"USD": "$", "EUR": "€", "GBP": "£", "CNY": "¥", "JPY": "¥"}[currency]
	if !ok {
		sign = currency + " "
	}
	switch {
	case sum < 0.0005:
		return "< " + sign + "0.001"
	case sum < 0.1:
		return fmt.Sprintf("%s%.3f", sign, sum)
	}
	return fmt.Sprintf("%s%.2f", sign, sum)
}

// answerer says who answered, and where the question went.
func answerer(v control.View) string {
	if v.Engine == "offline" {
		return tr("read on this machine")
	}
	text := v.Model
	if v.Deep {
		text += " · " + tr("thought harder")
	}
	for _, a := range v.Acts {
		if did := actText(a); did != "" {
			text += " · " + did
		}
	}
	switch {
	case v.Host != "":
		return text + " · " + v.Host
	case anySent(v.Shots): // by an older core, which did not say where to
		return text
	}
	return text + " · " + tr("on this machine")
}

// actText says what the model did by itself.
func actText(a control.Act) string {
	switch a.Name {
	case "set_pace":
		return map[string]string{"faster": tr("spoke faster"), "slower": tr("spoke slower"), "normal": tr("spoke at its own pace")}[a.Value]
	case "set_voice":
		return trf("took the voice %s", a.Value)
	case "stop_talking":
		return tr("stopped by itself")
	case "think_harder":
		return trf("asked %s", a.Value)
	case "look_again":
		return tr("looked again")
	}
	return ""
}

// elapsed writes a duration in seconds as 0:03.
func elapsed(s int) string { return fmt.Sprintf("%d:%02d", max(s, 0)/60, max(s, 0)%60) }

const (
	receiptHeight = 16
	barHeight     = 4
)

// drawReceipt draws the receipt of a turn: seconds to the first word, a bar of
// its stages, tokens. It is nil if there is nothing to tell.
func drawReceipt(s *sheet, v control.View) fyne.CanvasObject {
	parts := stages(v)
	if len(parts) == 0 || v.Answer == "" {
		return nil
	}
	c := &fyne.Container{Layout: &fixed{fyne.NewSize(s.width, receiptHeight)}}
	left, right := float32(0), s.width
	if first := firstWord(v); first != "" {
		t := words(first, s.faint, sizeSmall)
		put(t, 0, 0, t.MinSize().Width, receiptHeight)
		left = t.MinSize().Width + 8
		c.Add(t)
	}
	if tokens := cost(v); tokens != "" {
		t := words(tokens, s.faint, sizeSmall)
		right -= t.MinSize().Width
		put(t, right, 0, t.MinSize().Width, receiptHeight)
		right -= 8
		c.Add(t)
	}
	drawStages(c, s, parts, left, right)
	return c
}

// stageColour is the colour of a stage in the bar and in its legend.
func (s *sheet) stageColour(name string) color.Color {
	switch name {
	case "sent":
		return s.faint
	case "understood":
		return s.understanding
	case "first words":
		return s.thinking
	case "first sound":
		return s.speaking
	}
	return fade(s.faint, 0xb0)
}

// drawStages draws the bar between left and right.
func drawStages(c *fyne.Container, s *sheet, parts []stage, left, right float32) {
	total := parts[len(parts)-1].at
	const gap, least = 1, 3
	room := right - left - float32(len(parts))*(least+gap)
	for _, p := range parts {
		r := canvas.NewRectangle(s.stageColour(p.name))
		r.CornerRadius = barHeight / 2
		w := least + room*float32(p.ms)/float32(total)
		put(r, left, (receiptHeight-barHeight)/2, w, barHeight)
		left += w + gap
		c.Add(r)
	}
}

// drawLegend says what the bar shows: each stage, and after how many seconds it
// was reached. What has no room is left out from the end.
func drawLegend(s *sheet, v control.View) fyne.CanvasObject {
	const dot, gap = 6, 10
	c := &fyne.Container{Layout: &fixed{fyne.NewSize(s.width, receiptHeight)}}
	left := float32(0)
	all := stages(v)
	for i, p := range all {
		after := fmt.Sprintf("%.1f", float64(p.at)/1000)
		if i == len(all)-1 {
			after = seconds(p.at)
		}
		text := shortStage(p.name) + " " + after
		t := words(text, s.faint, sizeSmall)
		m := t.MinSize()
		if left+dot+4+m.Width > s.width {
			break
		}
		mark := canvas.NewRectangle(s.stageColour(p.name))
		mark.CornerRadius = dot / 2
		put(mark, left, (receiptHeight-dot)/2, dot, dot)
		put(t, left+dot+4, (receiptHeight-m.Height)/2, m.Width, m.Height)
		left += dot + 4 + m.Width + gap
		c.Add(mark)
		c.Add(t)
	}
	return c
}

// shortStage is the name of a stage where there is little room.
func shortStage(name string) string {
	switch name {
	case "first words":
		return tr("words")
	case "first sound":
		return tr("sound")
	case "answered":
		return tr("all")
	}
	return tr(name)
}
