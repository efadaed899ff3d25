package offline

import (
	"bytes"
	"context"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aside/vision"

	"aside/app/desk"
)

// listing is text such as stands in a terminal.
const listing = `package main

import "fmt"

func main() {
	for i := 0; i < 10; i++ {
		fmt.Println("value", i*2)
	}
}

$ go build ./cmd/server
cmd/server/main.go:42:17: undefined: settings.Load
error: cannot open file /etc/aside/settings.toml
The quick brown fox jumps over the lazy dog.
Total 1,284 files in 37 folders, 12 seconds
`

// terminal shows text in a window and returns the picture of it.
func terminal(t testing.TB, d *desk.Desk, text string, options ...string) *image.RGBA {
	t.Helper()
	file := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	title := "reading " + strings.ReplaceAll(t.Name(), "/", " ")
	args := append([]string{"-T", title, "-geometry", "90x30+0+0", "-cu", "-xrm", "*utf8: 2"}, options...)
	args = append(args, "-e", "sh", "-c", `cat "$0"; printf '\033[?25l'; exec sleep 60`, file)
	stop, err := d.Launch(d.Command(context.WithoutCancel(t.Context()), "xterm", args...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	var picture *image.RGBA
	err = d.Until(t.Context(), "a window with text", func() bool {
		number, err := d.Output(t.Context(), "xdotool", "search", "--onlyvisible", "--name", title)
		if err != nil {
			return false
		}
		out, err := d.Command(t.Context(), "maim", "-i", number).Output()
		if err != nil {
			return false
		}
		decoded, err := png.Decode(bytes.NewReader(out))
		if err != nil {
			return false
		}
		before := picture
		picture = image.NewRGBA(image.Rectangle{Max: decoded.Bounds().Size()})
		draw.Draw(picture, picture.Rect, decoded, decoded.Bounds().Min, draw.Src)
		return before != nil && bytes.Equal(before.Pix, picture.Pix) && lineHeight(ink(picture)) > 0
	})
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// recall is the share of the words of want that the page has.
func recall(p page, want string) (float64, []string) {
	have := map[string]int{}
	for _, l := range p.lines {
		for _, w := range strings.Fields(l) {
			have[w]++
		}
	}
	var missed []string
	words := strings.Fields(want)
	for _, w := range words {
		if have[w]--; have[w] < 0 {
			missed = append(missed, w)
		}
	}
	return 1 - float64(len(missed))/float64(len(words)), missed
}

func TestRealWindowsAreRead(t *testing.T) {
	d := desk.Start(t, desk.Options{Display: true, Width: 1280, Height: 900})
	for _, tt := range []struct {
		name    string
		options []string
		least   float64
	}{
		{"dark on light", []string{"-fg", "black", "-bg", "white", "-fa", "DejaVu Sans Mono", "-fs", "11"}, 0.9},
		{"light on dark", []string{"-fg", "gray90", "-bg", "#101418", "-fa", "DejaVu Sans Mono", "-fs", "11"}, 0.9},
		{"small", []string{"-fg", "black", "-bg", "white", "-fa", "DejaVu Sans Mono", "-fs", "8"}, 0.9},
		{"blue on black", []string{"-fg", "#4060ff", "-bg", "black", "-fa", "DejaVu Sans Mono", "-fs", "10"}, 0.9},
		{"the old bitmap font", []string{"-fg", "black", "-bg", "white"}, 0.7},
	} {
		t.Run(tt.name, func(t *testing.T) {
			picture := terminal(t, d, listing, tt.options...)
			p, _, err := (&reader{}).read(t.Context(), vision.Shot{Pixels: picture})
			if err != nil {
				t.Fatal(err)
			}
			got, missed := recall(p, listing)
			t.Logf("%v, lines %d high, %.0f %% of the words", picture.Rect.Size(), lineHeight(ink(picture)), 100*got)
			if got < tt.least {
				t.Errorf("%.0f %% of the words were read, missed %q:\n%s", 100*got, missed, strings.Join(p.lines, "\n"))
			}
		})
	}
}

func BenchmarkATerminalThatFillsADisplayIsRead(b *testing.B) {
	d := desk.Start(b, desk.Options{Display: true, Width: 1920, Height: 1080})
	full := strings.Repeat(listing, 4)
	picture := terminal(b, d, full, "-fg", "gray90", "-bg", "#101418", "-fa", "DejaVu Sans Mono", "-fs", "11", "-geometry", "210x62+0+0")
	var p page
	for b.Loop() {
		var err error
		if p, _, err = (&reader{}).read(b.Context(), vision.Shot{Pixels: picture}); err != nil {
			b.Fatal(err)
		}
	}
	got, _ := recall(p, full)
	b.ReportMetric(100*got, "%words")
}

func TestOnePictureMayBeLightAndDark(t *testing.T) {
	need(t, tesseract())
	picture := drawn("a window in the light", "has words on paper", "a window in the dark", "has words on a board")
	half := picture.Rect
	half.Min.Y = 62
	for y := half.Min.Y; y < half.Max.Y; y++ {
		for x := range half.Max.X {
			p := picture.Pix[picture.PixOffset(x, y):]
			p[0], p[1], p[2] = 30+(255-p[0])/2, 255-p[1], 30+(255-p[2])/4
		}
	}
	p, _, err := (&reader{}).read(t.Context(), vision.Shot{Pixels: picture})
	if err != nil {
		t.Fatal(err)
	}
	if got, missed := recall(p, "window light words paper window dark words board"); got < 1 {
		t.Errorf("missed %q of %q", missed, p.lines)
	}
}
