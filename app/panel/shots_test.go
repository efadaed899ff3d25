package panel

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"golang.org/x/image/draw"

	"aside/app/control"
	"aside/app/settings"
)

var shotsDir = flag.String("shots", "", "folder for pictures of every state of the panel, in every language and theme")

// The panel stands at the full height of a display of 1080p, and of one of 4K at
// scale 2, which is as high in Fyne's units.
const (
	shotWidth  = 400
	shotHeight = 1080
)

// theatre is a panel that states are shown on, over a core that has everything.
type theatre struct {
	*testPanel
	play   script
	window fyne.Window // what is taken
}

// newTheatre makes one in a language and a theme.
func newTheatre(t *testing.T, language, theme string, configure func(*settings.Settings)) *theatre {
	t.Helper()
	in(t, language)
	s := &theatre{testPanel: newTestPanel(t), play: scripts()[language]}
	s.window = s.o.Window
	s.core.shot = control.Shot{MIME: "image/png", Bytes: editorPNG(), Text: "[text]\nfunc (s *Server) Serve(ln net.Listener) error {"}
	f := newFakeSettings()
	f.s.Panel.Language, f.s.Panel.Theme, f.s.Panel.Width = language, theme, shotWidth
	if configure != nil {
		configure(&f.s)
	}
	f.serve(s.core)
	history := newFakeHistory()
	history.speak(s.play.past)
	history.serve(s.core)
	s.core.answer(control.VerbKey, replies(control.KeyState{URL: "https://api.openai.com:443", Source: "keyring"}))
	s.core.answer(control.VerbSound, replies(control.SoundDevices{
		Microphones:  []control.SoundDevice{{Name: "usb", Description: "Studio microphone", Default: true}, {Name: "pci", Description: "Built-in microphone", Muted: true}},
		Loudspeakers: []control.SoundDevice{{Name: "hdmi", Description: "Monitor", Default: true}},
	}))
	s.core.answer(control.VerbVoices, replies(control.Voices{Names: []string{"alloy", "nova", "sage"}, Now: "alloy"}))
	s.core.answer(control.VerbModels, replies(control.Models{Host: "api.openai.com", Names: []string{"gpt-4o", "gpt-4o-mini", "gpt-5", "o3"}}))
	s.core.answer(control.VerbUsage, replies(usageOf(history)))
	s.core.answer(control.VerbHere, replies(control.Here{}))
	s.core.answer(control.VerbWelcome, replies(control.Welcome{}))
	s.o.Window.SetPadded(false)
	s.until("the settings", func() bool { return len(s.chosen.Settings) > 0 && s.o.Theme == theme })
	s.settle()
	s.window.Resize(fyne.NewSize(shotWidth, shotHeight))
	return s
}

// show draws a snapshot, which is the first of a watch.
func (s *theatre) show(one control.Snapshot) {
	if one.Engine == "" {
		one.Engine, one.Model, one.Host, one.Microphone = "chat", "gpt-4o", "api.openai.com", "closed"
	}
	s.draw(frame{fresh: true, latest: &one})
	s.settle()
}

// settle runs what waits for the window's goroutine until nothing comes.
func (s *theatre) settle() {
	for {
		select {
		case f := <-s.posts:
			f()
		case <-time.After(30 * time.Millisecond):
			return
		}
	}
}

// enter opens a page.
func (s *theatre) enter(at menuItem) {
	s.show(control.Snapshot{Phase: "idle"})
	s.body.pages.visit(at)
	s.settle()
}

// hover lets the pointer lie on the turn.
func (s *theatre) hover(id string) {
	s.body.turns[id].over.MouseIn(nil)
	s.settle()
}

// take writes what the window shows, for both displays.
func (s *theatre) take(dir, name string) {
	s.Helper()
	c := s.window.Canvas().(software.WindowlessCanvas)
	for folder, scale := range map[string]float32{"1080p": 1, "4k": 2} {
		c.SetScale(scale)
		write(s.T, filepath.Join(dir, folder, name+".png"), s.window.Canvas().Capture())
	}
	c.SetScale(1)
}

func write(t *testing.T, path string, img image.Image) {
	t.Helper()
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	err := encoder.Encode(&b, img)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o755)
	}
	if err == nil {
		err = os.WriteFile(path, b.Bytes(), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// editorPNG is a window with code, as it is sent.
func editorPNG() []byte {
	img := image.NewRGBA(image.Rect(0, 0, 1280, 800))
	fill := func(x, y, w, h int, hex uint32) {
		draw.Draw(img, image.Rect(x, y, x+w, y+h), image.NewUniform(rgb(hex)), image.Point{}, draw.Src)
	}
	fill(0, 0, 1280, 800, 0x111820)
	fill(0, 0, 1280, 48, 0x2a3340)
	for i := range 22 {
		fill(60+40*(i%4), 84+32*i, 240+97*(i*7%6), 10, []uint32{0x8fa3b8, 0xc4a1f0, 0x9ac587}[i%3])
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// lookedAt is a look at that window.
func lookedAt() []control.ShotView {
	one, sum := oneShot(), sha256.Sum256(editorPNG())
	one.Pictures[0].SHA256, one.Lines, one.Covered = hex.EncodeToString(sum[:]), 212, 1
	return []control.ShotView{one}
}

// contactSheet puts all pictures of a folder beside one another, half as large.
func contactSheet(t *testing.T, dir, to string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.png"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("nothing in %s: %v", dir, err)
	}
	const columns, gap = 10, 12
	const w, h = shotWidth / 2, shotHeight / 2
	rows := (len(paths) + columns - 1) / columns
	all := image.NewRGBA(image.Rect(0, 0, columns*(w+gap)+gap, rows*(h+gap)+gap))
	draw.Draw(all, all.Bounds(), image.NewUniform(color.Gray{Y: 0x88}), image.Point{}, draw.Src)
	for i, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		at := image.Pt(gap+i%columns*(w+gap), gap+i/columns*(h+gap))
		small := shrink(img, w, h)
		draw.Draw(all, small.Bounds().Add(at), small, image.Point{}, draw.Src)
	}
	write(t, to, all)
}

// TestShotsOfEveryState writes them, if somebody wants to look: make shots.
func TestShotsOfEveryState(t *testing.T) {
	if *shotsDir == "" {
		t.Skip("make shots")
	}
	if !hasChinese() {
		t.Fatal("no font here has Chinese letters: scripts/need test")
	}
	for _, language := range []string{english, "zh-Hans", "zh-Hant"} {
		for _, theme := range []string{"dark", "light"} {
			t.Run(language+" "+theme, func(t *testing.T) { shoot(t, language, theme) })
		}
	}
}

// shoot writes every state in a language and a theme, and the sheet of them.
func shoot(t *testing.T, language, theme string) {
	dir := filepath.Join(*shotsDir, language, theme)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	for i, one := range scenes() {
		t.Run(one.name, func(t *testing.T) {
			s := newTheatre(t, language, theme, one.configure)
			one.play(s)
			s.settle()
			s.take(dir, fmt.Sprintf("%03d-%s", i+1, one.name))
		})
	}
	contactSheet(t, filepath.Join(dir, "1080p"), filepath.Join(*shotsDir, strings.Join([]string{language, theme}, "-")+".png"))
}
