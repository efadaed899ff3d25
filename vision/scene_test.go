package vision_test

import (
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"io/fs"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// word is what can be read at one place: a word, a number or, of Chinese, a
// character.
type word struct {
	text string
	at   image.Rectangle // its ink, in pixels of the display
}

// scene is a display on which a maximised window is full of text, and the truth
// about it. Nothing in it is left to chance, and nothing can be guessed.
type scene struct {
	*rand.Rand
	name   string
	lang   string // the judge's name for what is written
	pixels *image.RGBA
	rows   [][]word // of each row of text what is in it, from the left
}

// fonts are the typefaces that scenes are set in.
type fonts struct{ sans, bold, mono, han *opentype.Font }

// loadFonts reads Debian's fonts-dejavu-core and fonts-wqy-zenhei.
func loadFonts(t testing.TB) fonts {
	t.Helper()
	one := func(path string) *opentype.Font {
		b, err := os.ReadFile("/usr/share/fonts/truetype/" + path)
		if errors.Is(err, fs.ErrNotExist) && os.Getenv("ASIDE_TEST_ALL") == "" {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		f, err := opentype.Parse(aligned(b))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	return fonts{
		sans: one("dejavu/DejaVuSans.ttf"), bold: one("dejavu/DejaVuSans-Bold.ttf"),
		mono: one("dejavu/DejaVuSansMono.ttf"), han: one("wqy/wqy-zenhei.ttc"),
	}
}

// aligned is the first font of a collection, or the only one of a font file,
// with its tables on multiples of four bytes: WenQuanYi's are not, against the
// specification, and the parser insists.
func aligned(file []byte) []byte {
	from := 0
	if string(file[:4]) == "ttcf" {
		from = int(binary.BigEndian.Uint32(file[12:]))
	}
	tables := int(binary.BigEndian.Uint16(file[from+4:]))
	out := slices.Clone(file[from : from+12+16*tables])
	for i := range tables {
		record := out[12+16*i:][:16] // tag, checksum, offset, length
		offset, length := binary.BigEndian.Uint32(record[8:]), binary.BigEndian.Uint32(record[12:])
		binary.BigEndian.PutUint32(record[8:], uint32(len(out)))
		out = append(out, file[offset:offset+length]...)
		out = append(out, make([]byte, -len(out)&3)...)
	}
	return out
}

// typeface is a font at one size. Its letters stand on whole pixels, as on a
// screen.
type typeface struct {
	font.Face
	glyphs map[rune]glyph
}

type glyph struct {
	mask    *image.Alpha
	at      image.Rectangle // from the dot
	advance int             // pixels
}

// at makes a typeface of an em of so many pixels.
func at(f *opentype.Font, pixels float64) typeface {
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: pixels, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		panic(err) // the options are wrong
	}
	return typeface{face, map[rune]glyph{}}
}

func (f typeface) glyph(r rune) glyph {
	g, ok := f.glyphs[r]
	if !ok {
		where, mask, corner, advance, _ := f.Glyph(fixed.Point26_6{}, r)
		g = glyph{image.NewAlpha(image.Rectangle{Max: where.Size()}), where, advance.Round()}
		draw.Draw(g.mask, g.mask.Rect, mask, corner, draw.Src) // the face uses its mask again
		f.glyphs[r] = g
	}
	return g
}

// width is how many pixels text takes.
func (f typeface) width(text string) int {
	n := 0
	for _, r := range text {
		n += f.glyph(r).advance
	}
	return n
}

func (s *scene) fill(r image.Rectangle, c color.RGBA) {
	draw.Draw(s.pixels, r, image.NewUniform(c), image.Point{}, draw.Src)
}

// row begins a row of text.
func (s *scene) row() { s.rows = append(s.rows, nil) }

// put writes on the current row, from a point on its baseline, and returns
// where the text ends.
func (s *scene) put(f typeface, ink color.RGBA, x, y int, text string) int {
	var w word
	for _, r := range text {
		g := f.glyph(r)
		where := g.at.Add(image.Pt(x, y))
		draw.DrawMask(s.pixels, where, image.NewUniform(ink), image.Point{}, g.mask, image.Point{}, draw.Over)
		x += g.advance
		if inWord(r) {
			w.text += string(r)
			w.at = w.at.Union(where)
		}
		if !inWord(r) || unicode.Is(unicode.Han, r) {
			s.note(w)
			w = word{}
		}
	}
	s.note(w)
	return x
}

func (s *scene) note(w word) {
	if counts(w.text) {
		last := &s.rows[len(s.rows)-1]
		*last = append(*last, w)
	}
}

// inWord reports whether r is part of a word: everything else parts words.
func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// counts reports whether a word is worth asking for. A single letter is not:
// it may as well be a speck.
func counts(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	return utf8.RuneCountInString(text) > 1 || unicode.Is(unicode.Han, first)
}

// any picks one of a list.
func (s *scene) any(list []string) string { return list[s.IntN(len(list))] }

// rgb is an opaque colour, as in a style sheet.
func rgb(hex uint32) color.RGBA {
	return color.RGBA{uint8(hex >> 16), uint8(hex >> 8), uint8(hex), 0xff}
}

// frame draws what is around a maximised window's inside, which it returns.
func (s *scene) frame(f fonts, title string, bar, ink, paper color.RGBA) image.Rectangle {
	whole := s.pixels.Rect
	s.fill(whole, paper)
	s.fill(image.Rect(0, 0, whole.Max.X, 28), bar)
	s.fill(image.Rect(0, whole.Max.Y-30, whole.Max.X, whole.Max.Y), rgb(0x1d1f23))
	s.row()
	s.put(at(f.bold, 13), ink, whole.Max.X/2-60, 19, title)
	s.row()
	end := s.put(at(f.sans, 13), rgb(0xd8dade), 16, whole.Max.Y-10, "Activities")
	s.put(at(f.sans, 13), rgb(0xd8dade), end+40, whole.Max.Y-10, title)
	s.row()
	s.put(at(f.sans, 13), rgb(0xd8dade), whole.Max.X-130, whole.Max.Y-10, "Tue 14 May 10:42")
	return image.Rect(0, 28, whole.Max.X, whole.Max.Y-30)
}

// columns parts r into as many columns as have about that width.
func columns(r image.Rectangle, width int) []image.Rectangle {
	n := max(1, (r.Dx()+width/3)/width)
	all := make([]image.Rectangle, n)
	for i := range all {
		all[i] = image.Rect(r.Min.X+r.Dx()*i/n, r.Min.Y, r.Min.X+r.Dx()*(i+1)/n, r.Max.Y)
	}
	return all
}
