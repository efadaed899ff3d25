package vision

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"
	"math"
	"testing"

	"github.com/disintegration/imaging"
)

// page draws dark strokes on paper, as text is: most of it flat.
func page(w, h int) *image.RGBA {
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{0xfb, 0xfa, 0xf7, 0xff}
			if y%20 < 12 && (x*7+y/20*3)%11 < 4 {
				c = color.RGBA{0x15, 0x17, 0x1c, 0xff}
			}
			p.SetRGBA(x, y, c)
		}
	}
	return p
}

// photograph draws something with many colours.
func photograph(w, h int) *image.RGBA {
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			p.SetRGBA(x, y, color.RGBA{uint8(x), uint8(y), uint8(x * y >> 4), 0xff})
		}
	}
	return p
}

// fit fits a picture that is sent as one.
func fit(t testing.TB, p *image.RGBA, r Rule) Encoded {
	t.Helper()
	sent, err := Fit(t.Context(), Shot{Pixels: p}, r)
	if err != nil || len(sent) != 1 {
		t.Fatalf("%d pictures, %v", len(sent), err)
	}
	return sent[0]
}

func TestAFlatWindowIsSentAsItIs(t *testing.T) {
	window := page(640, 400)
	e := fit(t, window, RuleFor("gpt-4o"))
	if e.MIME != "image/png" || e.Size != image.Pt(640, 400) || e.Scale != 1 || e.Detail != "high" {
		t.Errorf("sent as %s, %v, scale %v, detail %q", e.MIME, e.Size, e.Scale, e.Detail)
	}
	got, err := png.Decode(bytes.NewReader(e.Bytes))
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []image.Point{{0, 0}, {7, 3}, {639, 399}} {
		r, g, b, _ := got.At(at.X, at.Y).RGBA()
		if want := window.RGBAAt(at.X, at.Y); uint8(r>>8) != want.R || uint8(g>>8) != want.G || uint8(b>>8) != want.B {
			t.Errorf("pixel %v differs", at)
		}
	}
}

func TestALargeOrColourfulPictureIsSentAsJPEG(t *testing.T) {
	for _, p := range []*image.RGBA{page(1500, 850), photograph(320, 200)} {
		e := fit(t, p, RuleFor("gpt-4o"))
		if e.MIME != "image/jpeg" {
			t.Errorf("%v is sent as %s", p.Rect.Size(), e.MIME)
		}
		config, format, err := image.DecodeConfig(bytes.NewReader(e.Bytes))
		if err != nil || format != "jpeg" || image.Pt(config.Width, config.Height) != e.Size {
			t.Errorf("%v: %s of %d×%d, %v", e.Size, format, config.Width, config.Height, err)
		}
	}
}

func TestPartOfAPictureIsEncodedFromItsOwnCorner(t *testing.T) {
	whole := photograph(64, 64)
	part := whole.SubImage(image.Rect(16, 8, 48, 40)).(*image.RGBA)
	if got, want := upright(part).RGBAAt(0, 0), whole.RGBAAt(16, 8); got != want {
		t.Errorf("the corner is %v, want %v", got, want)
	}
	if e := fit(t, part, Rule{}); e.Size != image.Pt(32, 32) || e.Part != image.Rect(0, 0, 32, 32) {
		t.Errorf("encoded as %v of %v", e.Size, e.Part)
	}
}

func TestNoPixelsAreBlank(t *testing.T) {
	for _, p := range []*image.RGBA{nil, {}} {
		if _, err := Fit(t.Context(), Shot{Pixels: p}, Rule{}); !errors.Is(err, ErrBlank) {
			t.Errorf("got %v", err)
		}
	}
}

func TestEncodingHeedsItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Fit(ctx, Shot{Pixels: page(64, 64)}, Rule{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestOneOddPixelIsNotUniform(t *testing.T) {
	p := image.NewRGBA(image.Rect(0, 0, 40, 30))
	if !Uniform(p) || !Uniform(nil) {
		t.Error("a blank picture is not uniform")
	}
	for _, at := range []image.Point{{39, 0}, {0, 29}, {20, 15}} {
		p.SetRGBA(at.X, at.Y, color.RGBA{1, 0, 0, 0})
		if Uniform(p) {
			t.Errorf("with an odd pixel at %v it is uniform", at)
		}
		p.SetRGBA(at.X, at.Y, color.RGBA{})
	}
}

func TestADisplayIsBlankBesidesWhatIsPaintedOver(t *testing.T) {
	screen := func(background, other color.RGBA, at image.Rectangle) *image.RGBA {
		p := image.NewRGBA(image.Rect(0, 0, 40, 30))
		draw.Draw(p, p.Rect, image.NewUniform(background), image.Point{}, draw.Src)
		draw.Draw(p, at, image.NewUniform(other), image.Point{}, draw.Src)
		return p
	}
	black, white, paint := color.RGBA{0, 0, 0, 255}, color.RGBA{255, 255, 255, 255}, color.RGBA{Paint, Paint, Paint, 255}
	panel, video := image.Rect(30, 0, 40, 30), image.Rect(2, 4, 38, 28)
	for name, c := range map[string]struct {
		capture Capture
		pixels  *image.RGBA
		want    bool
	}{
		"a black screen":                  {CaptureDisplay, screen(black, black, panel), true},
		"a black screen beside the panel": {CaptureDisplay, screen(black, paint, panel), true},
		"all of it painted over":          {CaptureDisplay, screen(paint, paint, panel), true},
		"a black video in a frame":        {CaptureDisplay, screen(white, black, video), false},
		"one pixel beside the panel":      {CaptureDisplay, screen(black, white, image.Rect(39, 29, 40, 30)), false},
		"a black window":                  {CaptureWindow, screen(black, black, panel), true},
		"a window with grey in it":        {CaptureWindow, screen(black, paint, panel), false},
		"nothing at all":                  {CaptureDisplay, nil, true},
	} {
		if got := Blank(Shot{Capture: c.capture, Pixels: c.pixels}); got != c.want {
			t.Errorf("%s is blank: %v", name, got)
		}
	}
}

func TestShrinkingKeepsAFlatColour(t *testing.T) {
	p := image.NewRGBA(image.Rect(0, 0, 301, 203))
	for i := range p.Pix {
		p.Pix[i] = []byte{0x5f, 0x01, 0xfe, 0xff}[i%4]
	}
	small := shrink(p, image.Pt(133, 71))
	if !Uniform(small) || small.RGBAAt(9, 9) != p.RGBAAt(9, 9) {
		t.Errorf("it became %v", small.RGBAAt(9, 9))
	}
}

func TestWhatBecomesVerySmallIsTheMean(t *testing.T) {
	p := image.NewRGBA(image.Rect(0, 0, 131, 67))
	for y := range 67 {
		for x := range 131 {
			p.SetRGBA(x, y, color.RGBA{uint8(255 * (x % 2)), uint8(254 * (y % 2)), 0x5f, 0xff})
		}
	}
	half := halve(p)
	if half.Rect.Size() != image.Pt(65, 33) || half.RGBAAt(64, 32) != (color.RGBA{128, 127, 0x5f, 0xff}) || !Uniform(half) {
		t.Errorf("it is %v of %v", half.RGBAAt(64, 32), half.Rect)
	}
	if small := shrink(p, image.Pt(13, 6)); small.Rect.Size() != image.Pt(13, 6) || small.RGBAAt(6, 3) != half.RGBAAt(0, 0) {
		t.Errorf("it becomes %v", small.RGBAAt(6, 3))
	}
}

// The library's filter of the same name is the reference; it rounds elsewhere.
func TestShrinkingAgreesWithTheLibrary(t *testing.T) {
	p := page(400, 260)
	ours := shrink(p, image.Pt(283, 184))
	theirs := imaging.Resize(p, 283, 184, imaging.CatmullRom)
	var sum float64
	for i := range ours.Pix {
		d := float64(ours.Pix[i]) - float64(theirs.Pix[i])
		sum += d * d
	}
	if rms := math.Sqrt(sum / float64(len(ours.Pix))); rms > 1.5 {
		t.Errorf("differs from the library's by %.2f levels", rms)
	}
}

func BenchmarkShrink(b *testing.B) {
	for _, size := range []image.Point{{1920, 1080}, {3840, 2160}} {
		p := photograph(size.X, size.Y)
		to := RuleFor("gpt-4o").Fit(size)
		name := map[int]string{1080: "1080p", 2160: "4K"}[size.Y]
		b.Run(name+"/aside", func(b *testing.B) {
			for b.Loop() {
				shrink(p, to)
			}
		})
		b.Run(name+"/imaging", func(b *testing.B) {
			for b.Loop() {
				imaging.Resize(p, to.X, to.Y, imaging.CatmullRom)
			}
		})
	}
}

// BenchmarkEncode fits and encodes a page and a photograph, beside the same two
// steps with libraries.
func BenchmarkEncode(b *testing.B) {
	for _, size := range []image.Point{{1920, 1080}, {3840, 2160}} {
		to := RuleFor("gpt-4o").Fit(size)
		for kind, p := range map[string]*image.RGBA{"page": page(size.X, size.Y), "photograph": photograph(size.X, size.Y)} {
			name := map[int]string{1080: "1080p/", 2160: "4K/"}[size.Y] + kind
			b.Run(name+"/aside", func(b *testing.B) {
				for b.Loop() {
					if _, err := Fit(context.Background(), Shot{Pixels: p}, RuleFor("gpt-4o")); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run(name+"/imaging+jpeg", func(b *testing.B) {
				for b.Loop() {
					small := imaging.Resize(p, to.X, to.Y, imaging.CatmullRom)
					if err := jpeg.Encode(io.Discard, small, &jpeg.Options{Quality: 85}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
