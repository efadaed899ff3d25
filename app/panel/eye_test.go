package panel

import (
	"image/color"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"aside/app/control"
)

// newTestEye is an eye over a setting, and what it wished.
func newTestEye(t *testing.T, setting string) (*eye, *did) {
	test.NewTempApp(t)
	d := &did{}
	e := newEye(&sheet{colours(true), 368}, setting, eyeWishes{
		aim: func(screen string) { d.note("aim at %q", screen) }, callOff: func() { d.note("call off") },
	})
	return e, d
}

func TestEyeSaysWhatTheNextQuestionLooksAt(t *testing.T) {
	for _, c := range []struct{ setting, next, choosing, shape, says string }{
		{"window", "", "", "window", "This window"},
		{"display", "", "", "display", "Whole display"},
		{"none", "", "", "none", "No screen"},
		{"window", "none", "", "none", "Next question: no screen"},
		{"none", "window", "", "window", "Next question: this window"},
		{"window", "region", "", "region", "Next question: a region you drew"},
		{"window", "pick", "", "pick", "Next question: a window you picked"},
		{"window", "display", "", "display", "Next question: whole display"},
		{"window", "", "region", "region", "Draw with the mouse · Esc calls it off"},
		{"window", "none", "pick", "pick", "Click on a window · Esc calls it off"},
	} {
		e, _ := newTestEye(t, c.setting)
		e.set(c.next, c.choosing)
		if e.chip.shape != c.shape || e.chip.text.Text != c.says {
			t.Errorf("%+v: it shows %s and says %q", c, e.chip.shape, e.chip.text.Text)
		}
		if said := c.next+c.choosing != ""; e.chip.selected != said {
			t.Errorf("%+v: it stands out: %v", c, e.chip.selected)
		}
	}
}

func TestEyeFitsIntoANarrowPanel(t *testing.T) {
	test.NewTempApp(t)
	const narrow = 240 - 2*margin
	for _, s := range sights() {
		e := newEye(&sheet{colours(true), narrow}, "window", eyeWishes{})
		for _, choosing := range []string{"", "region", "pick"} {
			e.set(s.value, choosing)
			if got := e.chip.MinSize().Width; got > narrow {
				t.Errorf("%q is %v wide", e.chip.text.Text, got)
			}
		}
	}
}

func TestOneClickClosesTheEyeAndAnotherOpensIt(t *testing.T) {
	for _, c := range []struct{ setting, next, choosing, want string }{
		{"window", "", "", `aim at "none"`},
		{"window", "none", "", `aim at ""`},
		{"window", "region", "", `aim at "none"`}, // never more is seen than before
		{"none", "", "", `aim at "window"`},
		{"none", "window", "", `aim at ""`},
		{"window", "", "region", "call off"},
	} {
		e, d := newTestEye(t, c.setting)
		e.set(c.next, c.choosing)
		e.chip.Tapped(nil)
		if !slices.Equal(d.all, []string{c.want}) {
			t.Errorf("%+v: %q", c, d.all)
		}
	}
}

func TestMenuOfTheEyeOffersAllThatCanBeLookedAt(t *testing.T) {
	for i, want := range []string{`aim at ""`, `aim at "display"`, `aim at "region"`, `aim at "pick"`, `aim at "none"`} {
		e, d := newTestEye(t, "window")
		e.more.Tapped(nil)
		if !e.menu.Visible() {
			t.Fatal("there is no menu")
		}
		e.menu.rows.Objects[i].(*chip).Tapped(nil)
		if !slices.Equal(d.all, []string{want}) {
			t.Errorf("choice %d: %q, want %q", i, d.all, want)
		}
		if e.menu.Visible() {
			t.Error("the menu stays")
		}
	}
}

func TestMenuOfTheEyeMarksWhatHoldsAndTheWayBack(t *testing.T) {
	e, d := newTestEye(t, "window")
	e.more.Tapped(nil)
	if got := read(e.menu.Container); got != "This window\nWhole display\nDraw a region…\nPick a window…\nNo screen" {
		t.Errorf("it offers\n%s", got)
	}
	if !e.menu.rows.Objects[0].(*chip).selected {
		t.Error("the setting is not marked")
	}
	e.menu.rest.Objects[0].(*elsewhere).Tapped(nil)
	if e.menu.Visible() || len(d.all) > 0 {
		t.Errorf("a click elsewhere leaves it, or does something: %q", d.all)
	}
	e.set("none", "")
	e.more.Tapped(nil)
	if !e.menu.rows.Objects[4].(*chip).selected || e.menu.rows.Objects[0].(*chip).selected {
		t.Error("what holds is not marked")
	}
	press(t, e.menu.Container, "This window · as set")
	if !slices.Equal(d.all, []string{`aim at ""`}) {
		t.Errorf("the way back: %q", d.all)
	}
	e.more.Tapped(nil)
	e.more.Tapped(nil)
	if e.menu.Visible() {
		t.Error("a second click does not close the menu")
	}
}

func TestTheMenuOfTheEyeLetsALiveVoiceLookAlong(t *testing.T) {
	p := newTestPanel(t)
	menu := func(want string) {
		t.Helper()
		p.body.footer.eye.more.Tapped(nil)
		all := strings.Split(read(p.body.footer.eye.menu.Container), "\n")
		if last := all[len(all)-1]; last != want {
			t.Errorf("at the end it offers %q, want %q", last, want)
		}
	}
	p.core.snapshots <- snapshot(t, `{"seq":1,"phase":"idle","engine":"chat","model":"gpt"}`)
	p.says("Ready")
	menu("No screen")
	p.core.snapshots <- snapshot(t, `{"seq":2,"phase":"idle","engine":"realtime","model":"live"}`)
	p.says("live")
	menu("Look with me")
	press(t, p.body.Container, "Look with me")
	p.asks(`share {}`)
	p.core.snapshots <- snapshot(t, `{"seq":3,"phase":"idle","engine":"realtime","sharing":{"id":"s1","until":"2099-01-01T00:00:00Z"}}`)
	p.says("Looking with you")
	menu("Stop looking with me")
	press(t, p.body.Container, "Stop looking with me")
	p.asks(`share {"stop":true}`)
}

func TestMenuOfTheEyeIsGoneWhileTheUserSpeaks(t *testing.T) {
	b, _ := newTestBody(t)
	b.showing(snapshot(t, `{"phase":"idle"}`))
	b.footer.eye.more.Tapped(nil)
	if got := read(b.Container); !strings.Contains(got, "Draw a region…") {
		t.Fatalf("there is no menu:\n%s", got)
	}
	b.showing(snapshot(t, `{"phase":"listening","since":"2026-01-01T00:00:00Z"}`))
	if got := read(b.Container); strings.Contains(got, "Draw a region…") || strings.Contains(got, "This window") {
		t.Errorf("while listening it says\n%s", got)
	}
}

// drawn is which pixels of a shape are inked, whatever their colour.
func drawn(t *testing.T, shape string) string {
	t.Helper()
	g := newGlyph(14)
	g.set(shape, color.White)
	w := test.NewTempWindow(t, &fyne.Container{Layout: stack{}, Objects: []fyne.CanvasObject{canvas.NewRectangle(color.Black), g.Container}})
	w.SetPadded(false)
	w.Resize(fyne.NewSquareSize(14))
	img := w.Canvas().Capture()
	var all strings.Builder
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			if c := color.GrayModel.Convert(img.At(x, y)).(color.Gray); c.Y > 0x60 {
				all.WriteByte('#')
			} else {
				all.WriteByte('.')
			}
		}
		all.WriteByte('\n')
	}
	return all.String()
}

func TestEveryChoiceHasAShapeOfItsOwn(t *testing.T) {
	test.NewTempApp(t)
	seen := map[string]string{}
	for _, s := range sights() {
		d := drawn(t, s.value)
		if strings.Count(d, "#") < 12 {
			t.Errorf("%s is hardly drawn:\n%s", s.value, d)
		}
		for other, shape := range seen {
			differ := 0
			for i := range shape {
				if shape[i] != d[i] {
					differ++
				}
			}
			if differ < 10 {
				t.Errorf("%s looks like %s:\n%s\n%s", s.value, other, d, shape)
			}
		}
		seen[s.value] = d
	}
}

func TestAimIsSentAndItsRefusalTold(t *testing.T) {
	p := newTestPanel(t)
	p.core.snapshots <- snapshot(t, `{"seq":1,"phase":"idle"}`)
	p.says("This window")
	press(t, p.body.Container, "This window")
	p.asks(`aim {"screen":"none"}`)
	p.core.snapshots <- snapshot(t, `{"seq":2,"phase":"idle","next":"none"}`)
	p.says("Next question: no screen")
	p.core.setRefuse(control.Fail("screen_unchosen", "Nothing was chosen.", "Draw a rectangle."))
	p.body.footer.eye.more.Tapped(nil)
	press(t, p.body.Container, "Draw a region…")
	p.says("Nothing was chosen.")
	p.says("Next question: no screen")
	p.core.setRefuse(nil)
	press(t, p.body.Container, "Next question: no screen")
	p.asks(`aim {"screen":""}`)
	p.until("the end of the notice", func() bool { return !strings.Contains(read(p.body.Container), "Nothing was chosen.") })
}

func TestChoosingOnTheScreenCanBeCalledOff(t *testing.T) {
	p := newTestPanel(t)
	p.core.snapshots <- snapshot(t, `{"seq":1,"phase":"idle"}`)
	p.says("This window")
	p.core.hold = make(chan struct{})
	p.body.footer.eye.more.Tapped(nil)
	press(t, p.body.Container, "Draw a region…")
	p.says("Draw with the mouse · Esc calls it off")
	p.asks(`aim {"screen":"region"}`)
	press(t, p.body.Container, "Draw with the mouse · Esc calls it off")
	p.says("This window")
	p.until("the end of the command", p.core.let)
	settled := false
	p.Do(func() { settled = true })
	p.until("the end of what waits", func() bool { return settled })
	if got := read(p.body.Container); strings.Contains(got, "did not answer") {
		t.Errorf("what the user called off is told as an error:\n%s", got)
	}
}

func TestANewerWishTakesThePlaceOfAChoice(t *testing.T) {
	p := newTestPanel(t)
	p.core.snapshots <- snapshot(t, `{"seq":1,"phase":"idle"}`)
	p.says("This window")
	p.core.hold = make(chan struct{})
	p.aim("pick")
	p.says("Click on a window · Esc calls it off")
	p.asks(`aim {"screen":"pick"}`)
	p.aim("none")
	p.until("the end of the command", p.core.let)
	p.asks(`aim {"screen":"none"}`)
	p.says("This window") // until the core says otherwise
}

// Fyne draws no frame because of an object that is hidden when it is shown.
func TestWhatOpensOverTheWindowLiesOnWhatIsDrawnAllTheTime(t *testing.T) {
	b, _ := newTestBody(t)
	b.showing(snapshot(t, `{"phase":"idle"}`))
	for name, o := range map[string]*overlay{"the menu of the eye": b.footer.eye.menu.overlay, "the menu of pages": b.pages.menu.overlay, "the tip": b.tip.overlay} {
		if !o.Container.Visible() || o.Visible() {
			t.Errorf("%s: surface %t, rest %t", name, o.Container.Visible(), o.Visible())
		}
	}
}

func TestOneMenuClosesTheOther(t *testing.T) {
	b, _ := newTestBody(t)
	b.showing(snapshot(t, `{"phase":"idle"}`))
	b.footer.eye.more.Tapped(nil)
	b.header.menu.Tapped(nil)
	if b.footer.eye.menu.Visible() || !b.pages.menu.Visible() {
		t.Errorf("what is looked at %t, pages %t", b.footer.eye.menu.Visible(), b.pages.menu.Visible())
	}
}
