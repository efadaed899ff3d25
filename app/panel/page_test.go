package panel

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
)

// fakePage notes what is done with it.
type fakePage struct {
	*did
	sheet *sheet
	high  float32
}

func (f *fakePage) title() string { return "A page" }

func (f *fakePage) content() fyne.CanvasObject {
	r := canvas.NewRectangle(f.sheet.raised)
	r.SetMinSize(fyne.NewSize(f.sheet.width, f.high))
	return &fyne.Container{Layout: column{}, Objects: []fyne.CanvasObject{words("What it says", f.sheet.ink, sizeText), r}}
}

func (f *fakePage) shown() { f.note("shown") }

func (f *fakePage) hidden() { f.note("hidden") }

// withPage gives a panel a page, at the top of its menu.
func withPage(t *testing.T) (*testPanel, *did) {
	p, d := newTestPanel(t), &did{}
	p.body.pages.menued = append([]menuItem{{name: "Page", page: func(s *sheet) page { return &fakePage{d, s, 3000} }}}, p.body.pages.menued...)
	p.core.snapshots <- snapshot(t, `{"seq":1,"phase":"idle"}`)
	p.says("Ready")
	return p, d
}

// openPage goes the way that the user goes.
func (p *testPanel) openPage(name string) {
	p.Helper()
	p.body.header.menu.Tapped(nil)
	press(p.T, p.body.pages.menu.Container, name)
}

func TestPageTakesThePlaceOfTheConversationUntilBack(t *testing.T) {
	p, d := withPage(t)
	p.openPage("Page")
	p.says("What it says")
	p.says("A page")
	if p.body.footer.Visible() {
		t.Error("the keyboard still reaches the question's field")
	}
	if p.body.pages.menu.Visible() {
		t.Error("the menu is still open")
	}
	p.body.pages.Objects[1].(*chip).Tapped(nil)
	if p.body.pages.Visible() || !p.body.footer.Visible() {
		t.Error("the page is still there")
	}
	p.openPage("Page")
	p.o.Window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if p.body.pages.Visible() {
		t.Error("Escape does not leave it")
	}
	if got := strings.Join(d.all, " "); got != "shown hidden shown hidden" {
		t.Errorf("the page was %s", got)
	}
}

func TestTalkKeyLeavesThePage(t *testing.T) {
	p, _ := withPage(t)
	p.core.snapshots <- snapshot(t, `{"seq":2,"phase":"speaking","turn":{"id":"t1","question":"Why?","outcome":"asked"}}`)
	p.says("Speaking")
	p.openPage("Page")
	p.core.snapshots <- snapshot(t, `{"seq":3,"phase":"idle","turn":{"id":"t1","question":"Why?","outcome":"answered"}}`)
	p.says("Ready")
	p.says("What it says")
	p.core.snapshots <- snapshot(t, `{"seq":4,"phase":"listening","turn":{"id":"t2","outcome":"asked"}}`)
	p.says("Listening")
	if p.body.pages.Visible() {
		t.Error("the page hides the turn")
	}
}

func TestPageIsScrolledByKeys(t *testing.T) {
	p, _ := withPage(t)
	p.openPage("Page")
	p.o.Window.Resize(fyne.NewSize(400, 800))
	for _, c := range []struct {
		key  fyne.KeyName
		want func(at, end float32) bool
	}{
		{fyne.KeyDown, func(at, _ float32) bool { return at > 0 && at < 100 }},
		{fyne.KeyPageDown, func(at, _ float32) bool { return at > 600 }},
		{fyne.KeyEnd, func(at, end float32) bool { return at == end }},
		{fyne.KeyPageDown, func(at, end float32) bool { return at == end }},
		{fyne.KeyUp, func(at, end float32) bool { return at < end }},
		{fyne.KeyHome, func(at, _ float32) bool { return at == 0 }},
	} {
		p.o.Window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: c.key})
		if at := p.body.pages.scroll.Offset.Y; !c.want(at, p.body.pages.end()) {
			t.Errorf("%s leads to %v of %v", c.key, at, p.body.pages.end())
		}
	}
	if p.body.pages.key(fyne.KeyA) {
		t.Error("a letter was for the page")
	}
}

func TestAPageIsScrolledWithTheWheelOverAField(t *testing.T) {
	p, d := withPage(t)
	field := p.kit(p.body.sheet).entry("", func(string) {})
	p.body.pages.menued[0].page = func(s *sheet) page { return &withField{fakePage{d, s, 3000}, field} }
	p.openPage("Page")
	p.o.Window.Resize(fyne.NewSize(400, 800))
	over := fyne.CurrentApp().Driver().AbsolutePositionForObject(field).AddXY(20, 10)
	test.Scroll(p.o.Window.Canvas(), over, 0, -50)
	if at := p.body.pages.scroll.Offset.Y; at != 50 {
		t.Errorf("it stands at %v", at)
	}
	test.TapCanvas(p.o.Window.Canvas(), over.SubtractXY(0, 50))
	test.Type(field, "typed")
	if field.Text != "typed" {
		t.Errorf("the field holds %q", field.Text)
	}
}

// withField is a page with a field above the rest.
type withField struct {
	fakePage
	field *entry
}

func (p *withField) content() fyne.CanvasObject {
	return &fyne.Container{Layout: column{}, Objects: []fyne.CanvasObject{p.field, p.fakePage.content()}}
}

func TestPageOutlivesAnotherTheme(t *testing.T) {
	p, d := withPage(t)
	p.openPage("Page")
	p.o.Theme = "light"
	p.build()
	p.redraw()
	p.says("What it says")
	if got := strings.Join(d.all, " "); got != "shown hidden shown" {
		t.Errorf("the page was %s", got)
	}
}

func TestMenuBeginsANewTopic(t *testing.T) {
	p, _ := withPage(t)
	p.openPage("New topic")
	p.asks("new")
	if p.body.pages.Visible() {
		t.Error("there is a page")
	}
}

func TestMenuClosesAtAClickElsewhere(t *testing.T) {
	p, _ := withPage(t)
	p.body.header.menu.Tapped(nil)
	if !p.body.pages.menu.Visible() {
		t.Fatal("there is no menu")
	}
	p.body.pages.menu.rest.Objects[0].(*elsewhere).Tapped(nil)
	if p.body.pages.menu.Visible() {
		t.Error("the menu is still open")
	}
}

func TestTheTypingKeyLeavesNothingOpenOverTheField(t *testing.T) {
	for _, open := range []struct {
		name string
		do   func(*testPanel)
	}{
		{"the menu", func(p *testPanel) { p.body.header.menu.Tapped(nil) }},
		{"a page", func(p *testPanel) { p.openPage("Page") }},
		{"what is looked at", func(p *testPanel) { p.body.footer.eye.open() }},
	} {
		t.Run(open.name, func(t *testing.T) {
			p, _ := withPage(t)
			open.do(p)
			p.Type()
			p.until("the keyboard in the field", p.typing)
			if p.body.pages.menu.Visible() || p.body.pages.Visible() || p.body.footer.eye.menu.Visible() || !p.body.footer.Visible() {
				t.Error("it lies over the field")
			}
		})
	}
}

func TestARowBreaksWhereItsPartsDoNotFit(t *testing.T) {
	box := func(width, height float32) fyne.CanvasObject {
		r := canvas.NewRectangle(nil)
		r.SetMinSize(fyne.NewSize(width, height))
		return r
	}
	for _, c := range []struct {
		width, height float32
		at            fyne.Position // of the last part
	}{
		{200, 20, fyne.NewPos(150, 0)},
		{118, 20, fyne.NewPos(68, 0)},
		{117, 34, fyne.NewPos(0, 14)},
	} {
		name, hidden, last := box(60, 10), box(500, 500), box(50, 20)
		hidden.Hide()
		objects, l := []fyne.CanvasObject{name, hidden, last}, sides{c.width, 8}
		size := l.MinSize(objects)
		l.Layout(objects, size)
		if size.Height != c.height || last.Position() != c.at {
			t.Errorf("in %v: %v high, the last at %v", c.width, size.Height, last.Position())
		}
	}
}
