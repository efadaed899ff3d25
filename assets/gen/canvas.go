package main

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/vector"
)

// field is the width and height of what is drawn on, in units.
const field = 64

// canvas is a square picture on a transparent ground.
type canvas struct {
	img   *image.NRGBA
	scale float64 // pixels for each unit
}

func newCanvas(size int) canvas {
	return canvas{image.NewNRGBA(image.Rect(0, 0, size, size)), float64(size) / field}
}

// point is a place in units, y downwards.
type point struct{ x, y float64 }

// shape is the outline of an area: closed loops, of which those that run the
// other way round are holes.
type shape [][]point

// fill paints shapes.
func (c canvas) fill(ink color.Color, shapes ...shape) {
	draw.DrawMask(c.img, c.img.Bounds(), image.NewUniform(ink), image.Point{}, c.mask(shapes), image.Point{}, draw.Over)
}

// clear makes shapes transparent again.
func (c canvas) clear(shapes ...shape) {
	for i, covered := range c.mask(shapes).Pix {
		alpha := &c.img.Pix[4*i+3]
		*alpha = uint8(uint(*alpha) * uint(255-covered) / 255)
	}
}

// mask says how much of each pixel the shapes cover.
func (c canvas) mask(shapes []shape) *image.Alpha {
	mask := image.NewAlpha(c.img.Bounds())
	r := vector.NewRasterizer(mask.Rect.Dx(), mask.Rect.Dy())
	for _, s := range shapes {
		for _, loop := range s {
			for i, p := range loop {
				x, y := float32(p.x*c.scale), float32(p.y*c.scale)
				if i == 0 {
					r.MoveTo(x, y)
				} else {
					r.LineTo(x, y)
				}
			}
			r.ClosePath()
		}
	}
	r.Draw(mask, mask.Rect, image.Opaque, image.Point{})
	return mask
}

// turn is a full circle in degrees. Degrees run clockwise from the right.
const turn = 360.0

// bow returns the points of an arc, also backwards.
func bow(centre point, radius, from, to float64) []point {
	const steps = 180
	points := make([]point, steps+1)
	for i := range points {
		sin, cos := math.Sincos((from + (to-from)*float64(i)/steps) * math.Pi / (turn / 2))
		points[i] = point{centre.x + radius*cos, centre.y + radius*sin}
	}
	return points
}

// disc is a filled circle.
func disc(centre point, radius float64) shape { return shape{bow(centre, radius, 0, turn)} }

// ring is a circle of a line whose middle is at radius.
func ring(centre point, radius, width float64) shape {
	return shape{bow(centre, radius+width/2, 0, turn), bow(centre, radius-width/2, turn, 0)}
}

// arc is a piece of a ring with round ends; from is less than to.
func arc(centre point, radius, width, from, to float64) shape {
	line := bow(centre, radius+width/2, from, to)
	line = append(line, bow(at(centre, radius, to), width/2, to, to+turn/2)...)
	line = append(line, bow(centre, radius-width/2, to, from)...)
	line = append(line, bow(at(centre, radius, from), width/2, from+turn/2, from+turn)...)
	return shape{line}
}

// at is the point of a circle at an angle.
func at(centre point, radius, angle float64) point {
	return bow(centre, radius, angle, angle)[0]
}

// stroke is a straight line with round ends.
func stroke(a, b point, width float64) shape {
	angle := math.Atan2(b.y-a.y, b.x-a.x) * (turn / 2) / math.Pi
	return shape{append(bow(b, width/2, angle-turn/4, angle+turn/4), bow(a, width/2, angle+turn/4, angle+3*turn/4)...)}
}

// polygon is a filled polygon with round corners, given clockwise as the
// centres of its corners.
func polygon(radius float64, corners ...point) shape {
	var line []point
	for i, p := range corners {
		before, after := corners[(i+len(corners)-1)%len(corners)], corners[(i+1)%len(corners)]
		in := math.Atan2(p.y-before.y, p.x-before.x) * (turn / 2) / math.Pi
		out := math.Atan2(after.y-p.y, after.x-p.x) * (turn / 2) / math.Pi
		if out < in {
			out += turn
		}
		line = append(line, bow(p, radius, in-turn/4, out-turn/4)...)
	}
	return shape{line}
}
