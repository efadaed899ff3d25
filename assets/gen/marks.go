package main

import "image/color"

// The inks: the colours of the phases as the panel shows them, and a grey that
// stands out from dark and from light panels alike.
func red() color.NRGBA   { return color.NRGBA{0xe5, 0x48, 0x4d, 0xff} }
func amber() color.NRGBA { return color.NRGBA{0xf5, 0xa5, 0x24, 0xff} }
func teal() color.NRGBA  { return color.NRGBA{0x12, 0xa5, 0x94, 0xff} }
func grey() color.NRGBA  { return color.NRGBA{0x8a, 0x91, 0x9e, 0xff} }
func paper() color.NRGBA { return color.NRGBA{0x15, 0x17, 0x1c, 0xff} }
func ink() color.NRGBA   { return color.NRGBA{0xe9, 0xe7, 0xe2, 0xff} }

// centre is the middle of the field.
func centre() point { return point{field / 2, field / 2} }

func ready(c canvas) { c.fill(grey(), ring(centre(), 21, 6.5)) }

func listening(c canvas) {
	halo := red()
	halo.A = 0x50
	c.fill(halo, disc(centre(), 28))
	c.fill(red(), disc(centre(), 18))
}

func thinking(c canvas) { c.fill(amber(), arc(centre(), 21, 7.5, 45, 315)) }

func speaking(c canvas) { bars(c, 13, 8, 21, 48, 34, 16) }

func offline(c canvas) {
	a, b := point{12, 52}, point{52, 12}
	c.fill(grey(), ring(centre(), 21, 6.5))
	c.clear(stroke(a, b, 13))
	c.fill(grey(), stroke(a, b, 6.5))
}

func problem(c canvas) {
	c.fill(amber(), polygon(6, point{32, 13}, point{54, 51}, point{10, 51}))
	c.clear(stroke(point{32, 26}, point{32, 38}, 6), disc(point{32, 48}, 3.6))
}

// icon is a stage direction: what is said aside stands in round brackets.
func icon(c canvas) {
	const margin, corner = 2.0, 14.0
	near, far := margin+corner, field-margin-corner
	c.fill(paper(), polygon(corner, point{near, near}, point{far, near}, point{far, far}, point{near, far}))
	const radius, width, half = 26.0, 3.6, 40.0
	c.fill(ink(), arc(point{38, 32}, radius, width, 180-half, 180+half), arc(point{26, 32}, radius, width, -half, half))
	bars(c, 6.5, 3.6, 8, 19, 13.5, 6)
}

// bars are the voice: lines side by side around the centre, their middles step
// apart.
func bars(c canvas, step, width float64, heights ...float64) {
	x := centre().x - step*float64(len(heights)-1)/2
	for _, h := range heights {
		reach := (h - width) / 2 // the round ends add the rest
		c.fill(teal(), stroke(point{x, centre().y - reach}, point{x, centre().y + reach}, width))
		x += step
	}
}
