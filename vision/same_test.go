package vision

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	dot "golang.org/x/image/math/fixed"
)

// theme is the colours of a drawn window.
type theme struct{ paper, ink color.RGBA }

var (
	light  = theme{color.RGBA{0xff, 0xff, 0xff, 0xff}, color.RGBA{0x1c, 0x1c, 0x1c, 0xff}}
	dark   = theme{color.RGBA{0x1c, 0x1c, 0x1c, 0xff}, color.RGBA{0xdd, 0xdd, 0xdd, 0xff}}
	faint  = theme{color.RGBA{0xff, 0xff, 0xff, 0xff}, color.RGBA{0xa0, 0xa0, 0xa0, 0xff}}
	dimmed = theme{color.RGBA{0xf0, 0xf0, 0xf0, 0xff}, color.RGBA{0x1a, 0x1a, 0x1a, 0xff}}
)

const lineHeight = 16

// window draws a window full of small text, which begins with line first.
func (t theme) window(size image.Point, first int) *image.RGBA {
	p := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(p, p.Rect, image.NewUniform(t.paper), image.Point{}, draw.Src)
	for y := lineHeight; y < size.Y; y += lineHeight {
		t.write(p, image.Pt(10, y), fmt.Sprintf("%d: the quick brown fox jumps over the lazy dog, %d times", first, first*first))
		first++
	}
	return p
}

// write puts small text down, as an editor does, over what was there.
func (t theme) write(p *image.RGBA, at image.Point, text string) {
	box := image.Rect(at.X, at.Y-11, at.X+7*len(text), at.Y+2)
	draw.Draw(p, box, image.NewUniform(t.paper), image.Point{}, draw.Src)
	d := font.Drawer{Dst: p, Src: image.NewUniform(t.ink), Face: basicfont.Face7x13, Dot: dot.P(at.X, at.Y)}
	d.DrawString(text)
}

func (t theme) bar(p *image.RGBA, r image.Rectangle) {
	draw.Draw(p, r, image.NewUniform(t.ink), image.Point{}, draw.Src)
}

// moved is what is seen of a picture that moves up and to the left.
func moved(p *image.RGBA, by image.Point) *image.RGBA {
	q := image.NewRGBA(p.Rect)
	draw.Draw(q, q.Rect, p, by, draw.Src)
	return q
}

// noise changes every pixel by a level, as a decoder of films may.
func noise(p *image.RGBA) {
	for i := range p.Pix {
		if i%4 != 3 && i%3 == 0 {
			p.Pix[i] ^= 1
		}
	}
}

func TestPicturesAreTheSameToAPerson(t *testing.T) {
	fourK := image.Pt(3840, 2160)
	for name, c := range map[string]struct {
		change func(p *image.RGBA) *image.RGBA
		same   bool
	}{
		"nothing changes":                    {func(p *image.RGBA) *image.RGBA { return p }, true},
		"a caret":                            {func(p *image.RGBA) *image.RGBA { light.bar(p, image.Rect(999, 999, 1001, 1017)); return p }, true},
		"a caret on twice the density":       {func(p *image.RGBA) *image.RGBA { light.bar(p, image.Rect(999, 999, 1003, 1035)); return p }, true},
		"a block caret on twice the density": {func(p *image.RGBA) *image.RGBA { light.bar(p, image.Rect(1000, 1001, 1016, 1033)); return p }, true},
		"a clock's digit":                    {func(p *image.RGBA) *image.RGBA { light.write(p, image.Pt(3003, 805), "12:34:57"); return p }, true},
		"a clock's digits":                   {func(p *image.RGBA) *image.RGBA { light.write(p, image.Pt(3003, 805), "12:35:00"); return p }, true},
		"noise":                              {func(p *image.RGBA) *image.RGBA { noise(p); return p }, true},
		"one line": {func(p *image.RGBA) *image.RGBA {
			light.write(p, image.Pt(10, 50*lineHeight), "panic: runtime error")
			return p
		}, false},
		"one line more":       {func(p *image.RGBA) *image.RGBA { light.write(p, image.Pt(3001, 401), "a line of small text"); return p }, false},
		"one faint line more": {func(p *image.RGBA) *image.RGBA { faint.write(p, image.Pt(3001, 401), "a line of small text"); return p }, false},
		"one line less": {func(p *image.RGBA) *image.RGBA {
			light.write(p, image.Pt(10, 50*lineHeight), fmt.Sprintf("%60s", ""))
			return p
		}, false},
		"a line is selected": {func(p *image.RGBA) *image.RGBA {
			dimmed.write(p, image.Pt(10, 50*lineHeight), "50: the quick brown fox")
			return p
		}, false},
		"all moves by one line": {func(p *image.RGBA) *image.RGBA { return light.window(fourK, 2) }, false},
		"all moves by a pixel":  {func(p *image.RGBA) *image.RGBA { return moved(p, image.Pt(0, 1)) }, false},
		"another theme":         {func(p *image.RGBA) *image.RGBA { return dark.window(fourK, 1) }, false},
		"all is dimmed":         {func(p *image.RGBA) *image.RGBA { return dimmed.window(fourK, 1) }, false},
		"a pixel less":          {func(p *image.RGBA) *image.RGBA { return p.SubImage(image.Rect(0, 0, 3839, 2160)).(*image.RGBA) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			a := light.window(fourK, 1)
			light.write(a, image.Pt(3003, 805), "12:34:56")
			b := image.NewRGBA(a.Rect)
			copy(b.Pix, a.Pix)
			b = c.change(b)
			if Same(a, b) != c.same || Same(b, a) != c.same {
				t.Errorf("same is %t", !c.same)
			}
		})
	}
}

// A line is told from the one that was there wherever it stands.
func TestALineOfTwentyLettersIsADifferenceAnywhere(t *testing.T) {
	for dx := range cellSide {
		for dy := range cellSide {
			a := image.NewRGBA(image.Rect(0, 0, 301, 61))
			b := image.NewRGBA(a.Rect)
			light.bar(a, a.Rect)
			light.bar(b, b.Rect)
			dark.write(a, image.Pt(20+dx, 30+dy), "all tests are passed")
			dark.write(b, image.Pt(20+dx, 30+dy), "one test has failed!")
			if Same(a, b) {
				t.Errorf("at %d, %d it is none", dx, dy)
			}
		}
	}
}

func TestPartsOfPicturesAreCompared(t *testing.T) {
	whole := light.window(image.Pt(640, 480), 1)
	part := image.Rect(101, 103, 333, 222)
	alone := image.NewRGBA(image.Rectangle{Max: part.Size()})
	draw.Draw(alone, alone.Rect, whole, part.Min, draw.Src)
	if !Same(whole.SubImage(part).(*image.RGBA), alone) {
		t.Error("a part and its copy differ")
	}
	light.bar(alone, image.Rect(160, 100, 232, 119)) // in the last corner
	if Same(whole.SubImage(part).(*image.RGBA), alone) {
		t.Error("a part and another are the same")
	}
	if empty := image.NewRGBA(image.Rectangle{}); !Same(empty, empty) {
		t.Error("two times nothing differ")
	}
}

func BenchmarkSame(b *testing.B) {
	size := image.Pt(3840, 2160)
	p := light.window(size, 1)
	for name, change := range map[string]func(*image.RGBA){
		"alike": func(*image.RGBA) {},
		"caret": func(p *image.RGBA) { light.bar(p, image.Rect(999, 999, 1001, 1017)) },
		"noise": noise,
		"theme": func(p *image.RGBA) { *p = *dark.window(size, 1) },
	} {
		q := image.NewRGBA(p.Rect)
		copy(q.Pix, p.Pix)
		change(q)
		b.Run("4K/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Same(p, q)
			}
		})
	}
}
