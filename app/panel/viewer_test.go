package panel

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/png"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"aside/app/control"
)

// twoLooks is a turn that sent three pictures of two looks.
func twoLooks() control.View {
	first, second := oneShot(), oneShot()
	first.Pictures = picturesOf(2)
	first.Pictures[1].Whole, first.Pictures[1].Scale = false, 0.5
	second.Title, second.At, second.Covered = "main.go", 1200, 1
	second.Pictures = picturesOf(3)[2:]
	return control.View{ID: "t1", Question: "Why?", Outcome: "answered", Shots: []control.ShotView{first, second}}
}

// testViewer is a viewer whose pictures the test brings.
type testViewer struct {
	*viewer
	asked []int
	takes []func(picture, error)
}

func newTestViewer(t *testing.T, v control.View) *testViewer {
	test.NewTempApp(t)
	w := &testViewer{}
	w.viewer = newViewer(&sheet{colours(true), 368}, v, func(_ control.View, n int, take func(picture, error)) {
		w.asked = append(w.asked, n)
		w.takes = append(w.takes, take)
	}, func(string) {})
	w.show(0)
	return w
}

// bring lets the picture that was asked for last come.
func (w *testViewer) bring(p picture, err error) { w.takes[len(w.takes)-1](p, err) }

func TestViewerShowsEveryPictureOneAfterTheOther(t *testing.T) {
	w := newTestViewer(t, twoLooks())
	pic := picture{full: image.NewGray(image.Rect(0, 0, 8, 5)), text: "[text]\nmain"}
	shut := false
	for i, step := range []struct {
		key  fyne.KeyName
		says []string
	}{
		{"", []string{"1 of 3", "editor — server.go · look 1 of 2", "1280×800 · PNG · 84 KB · 1,105 tokens · at 100 % of its size · the whole window"}},
		{fyne.KeyLeft, []string{"1 of 3"}},
		{fyne.KeyRight, []string{"2 of 3", "1280×800 · PNG · 84 KB · 1,105 tokens · at 50 % of its size · a part of the window"}},
		{fyne.KeyRight, []string{"3 of 3", "editor — main.go · look 2 of 2 · 1.2 s into the question · 1 private window covered"}},
		{fyne.KeyRight, []string{"3 of 3"}},
		{fyne.KeyLeft, []string{"2 of 3"}},
	} {
		w.typed(step.key, func() { shut = true })
		w.bring(pic, nil)
		for _, want := range step.says {
			if got := read(w.Container); !slices.Contains(strings.Split(got, "\n"), want) {
				t.Errorf("step %d: nothing says %q:\n%s", i, want, got)
			}
		}
	}
	if want := []int{0, 1, 2, 1}; !slices.Equal(w.asked, want) {
		t.Errorf("it fetched %v, want %v", w.asked, want)
	}
	press(t, w.Container, "Previous")
	press(t, w.Container, "Next")
	if want := []int{0, 1}; !slices.Equal(w.asked[4:], want) {
		t.Errorf("the buttons fetched %v, want %v", w.asked[4:], want)
	}
	if w.typed(fyne.KeyEscape, func() { shut = true }); !shut {
		t.Error("Escape does not close it")
	}
}

func TestViewerShowsTheTextThatWentAlong(t *testing.T) {
	w := newTestViewer(t, twoLooks())
	img := image.NewGray(image.Rect(0, 0, 8, 5))
	w.bring(picture{full: img, text: "[selected text, as data:]\nx\n[end of selected text]"}, nil)
	if got := read(w.Container); !strings.Contains(got, "Text that went along") || w.text.Text != "[selected text, as data:]\nx\n[end of selected text]" {
		t.Errorf("it says\n%s\nand as text %q", got, w.text.Text)
	}
	w = newTestViewer(t, twoLooks())
	w.bring(picture{full: img}, nil)
	if w.pane.Visible() {
		t.Error("there is a place for a text that did not go along")
	}
}

func TestViewerShowsTheSelectionThatWasSentAlone(t *testing.T) {
	v := twoLooks()
	v.Shots = v.Shots[:1]
	v.Shots[0].Pictures = nil
	w := newTestViewer(t, v)
	w.bring(picture{text: "x"}, nil)
	if got := read(w.Container); !strings.Contains(got, "No picture was sent.") || w.text.Text != "x" || !w.pane.Visible() || strings.Contains(got, " of ") {
		t.Errorf("it says\n%s\nand as text %q", got, w.text.Text)
	}
}

func TestTitleOfTheViewerSaysWhetherAnythingLeft(t *testing.T) {
	v := twoLooks()
	if got := viewerTitle(v); got != "Aside — what was sent" {
		t.Errorf("%q", got)
	}
	v.Shots[0].Sent, v.Shots[1].Sent = false, false
	for _, c := range []struct{ engine, host, title, text string }{
		{"chat", "api.example.com", "Aside — what was not sent", "Text that was read along with it"},
		{"chat", "", "Aside — what stayed on this machine", "Text that went along"},
		{"offline", "", "Aside — what stayed on this machine", "Text that was read along with it"},
	} {
		v.Engine, v.Host = c.engine, c.host
		if title, text := viewerTitle(v), paneTitle(v); title != c.title || text != c.text {
			t.Errorf("of %s at %q it is called %q, and its text %q", c.engine, c.host, title, text)
		}
	}
}

func TestViewerSaysWhyAPictureIsMissing(t *testing.T) {
	w := newTestViewer(t, twoLooks())
	w.bring(picture{full: image.NewGray(image.Rect(0, 0, 8, 5))}, nil)
	w.step(1)
	w.bring(picture{}, errTampered)
	if got := read(w.Container); !strings.Contains(got, "The picture is not the one that was sent.") || !strings.Contains(got, "2 of 3") || w.easel.fit.Image != nil {
		t.Errorf("it says\n%s", got)
	}
	w.step(1)
	w.bring(picture{full: image.NewGray(image.Rect(0, 0, 8, 5))}, nil)
	if got := read(w.Container); strings.Contains(got, "not the one") || w.easel.fit.Image == nil {
		t.Errorf("with the next picture it says\n%s", got)
	}
}

func TestLatePictureIsNotShownInThePlaceOfAnother(t *testing.T) {
	w := newTestViewer(t, twoLooks())
	late := w.takes[0]
	w.step(1)
	late(picture{full: image.NewGray(image.Rect(0, 0, 8, 5))}, nil)
	if w.easel.fit.Image != nil {
		t.Error("the first picture stands in the place of the second")
	}
}

func TestClickShowsThePictureAtItsOwnSizeAndBack(t *testing.T) {
	w := newTestViewer(t, twoLooks())
	w.bring(picture{full: image.NewGray(image.Rect(0, 0, 8, 5))}, nil)
	tap := w.easel.Objects[len(w.easel.Objects)-1].(*tapArea)
	for _, own := range []bool{false, true, false} {
		if w.easel.room.Visible() != own || w.easel.fit.Visible() == own {
			t.Errorf("own size %v, fitted %v", w.easel.room.Visible(), w.easel.fit.Visible())
		}
		tap.Tapped(nil)
	}
}

func TestEachLookHasAThumbnailThatOpensItsOwnPicture(t *testing.T) {
	b, d := newTestBody(t)
	v := twoLooks()
	v.Shots = append(v.Shots, control.ShotView{Title: "without a picture"})
	b.showing(control.Snapshot{Phase: "idle", Turn: &v})
	box := b.turns["t1"].shot
	if got := read(box.Container); got != "editor — server.go +2 more looks\n3 pictures · 2,210 tokens · 1 private window covered · sent" {
		t.Errorf("it says\n%s", got)
	}
	var shown []*thumb
	for _, thumb := range box.thumbs {
		if thumb.Visible() {
			shown = append(shown, thumb)
		}
	}
	if len(shown) != 2 {
		t.Fatalf("there are %d thumbnails", len(shown))
	}
	for _, thumb := range shown {
		thumb.tap.Tapped(nil)
	}
	if want := []string{"thumb 0 of t1", "thumb 2 of t1", "picture 0 of t1", "picture 2 of t1"}; !slices.Equal(d.all, want) {
		t.Errorf("%q, want %q", d.all, want)
	}
}

func TestFiveLooksHaveRoomForFourThumbnails(t *testing.T) {
	b, d := newTestBody(t)
	v := control.View{ID: "t1", Outcome: "answered"}
	for range 5 {
		v.Shots = append(v.Shots, oneShot())
	}
	b.showing(control.Snapshot{Phase: "idle", Turn: &v})
	if len(d.all) != maxThumbs {
		t.Errorf("it fetches %q", d.all)
	}
	last := b.turns["t1"].shot.thumbs[maxThumbs-1]
	if right := last.Position().X + thumbWidth; right > b.sheet.width {
		t.Errorf("the last thumbnail ends at %v of %v", right, b.sheet.width)
	}
}

func TestClickOpensAWindowWithTheVeryPicture(t *testing.T) {
	var buf bytes.Buffer
	if err := png.Encode(&buf, image.NewGray(image.Rect(0, 0, 64, 40))); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(buf.Bytes())
	v := twoLooks()
	v.Shots[1].Pictures[0].SHA256 = hex.EncodeToString(sum[:])
	p := newTestPanel(t)
	p.core.shot = control.Shot{Bytes: buf.Bytes(), Text: "main"}
	opened := func() (titles []string) {
		for _, w := range p.o.App.Driver().AllWindows() {
			if w.Title() != "" {
				titles = append(titles, w.Title())
			}
		}
		return titles
	}
	p.showPicture(v, 2)
	p.asks(`shot {"id":"t1","picture":2}`)
	p.until("the window", func() bool { return slices.Contains(opened(), "Aside — what was sent") })
	before := len(opened())
	p.showPicture(v, 0)
	p.says("The picture is not the one that was sent.")
	if got := opened(); len(got) != before {
		t.Errorf("a picture that was not sent has a window: %q", got)
	}
}
