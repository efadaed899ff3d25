package panel

import (
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"aside/app/control"
)

// stage is a part of the way from the question to the whole answer.
type stage struct {
	name string
	ms   int64
}

// stages are the parts of the way that v went, in their order.
func stages(v control.View) []stage {
	t := v.Timings
	var all []stage
	last := int64(0)
	for _, s := range []stage{{"sent", t.Request}, {"understood", t.Transcript}, {"first words", t.FirstText}, {"answered", t.Done}} {
		if s.ms > last {
			all = append(all, stage{s.name, s.ms - last})
			last = s.ms
		}
	}
	return all
}

// firstWord says after how long the first word of the answer was there, "" if
// there is none.
func firstWord(v control.View) string {
	if v.Timings.FirstText <= 0 {
		return ""
	}
	return seconds(v.Timings.FirstText)
}

func seconds(ms int64) string { return fmt.Sprintf("%.1f s", float64(ms)/1000) }

// cost says how many tokens the turn took, "" if nobody said.
func cost(v control.View) string {
	if v.Usage == nil || v.Usage.Input+v.Usage.Output == 0 {
		return ""
	}
	return grouped(v.Usage.Input+v.Usage.Output) + " tok"
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

// drawStages draws the bar between left and right.
func drawStages(c *fyne.Container, s *sheet, parts []stage, left, right float32) {
	colour := map[string]color.Color{"sent": s.faint, "understood": s.understanding, "first words": s.thinking, "answered": s.speaking}
	var total int64
	for _, p := range parts {
		total += p.ms
	}
	const gap, least = 1, 3
	room := right - left - float32(len(parts))*(least+gap)
	for _, p := range parts {
		r := canvas.NewRectangle(colour[p.name])
		r.CornerRadius = barHeight / 2
		w := least + room*float32(p.ms)/float32(total)
		put(r, left, (receiptHeight-barHeight)/2, w, barHeight)
		left += w + gap
		c.Add(r)
	}
}
