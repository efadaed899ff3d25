package panel

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"aside/app/control"
)

// picturesOf makes n pictures of 1280 × 800.
func picturesOf(n int) []control.PictureView {
	all := make([]control.PictureView, n)
	for i := range all {
		all[i] = control.PictureView{
			Width: 1280, Height: 800, Bytes: 84 << 10, MIME: "image/png",
			Scale: 1, Whole: true, Tokens: 1105, SHA256: strings.Repeat(string(rune('a'+i)), 8),
		}
	}
	return all
}

// oneShot is a look at the editor.
func oneShot() control.ShotView {
	return control.ShotView{Capture: "window", Program: "editor", Title: "server.go", Pictures: picturesOf(1), Tokens: 1105, Sent: true}
}

func TestShotSaysWhatLeftTheMachine(t *testing.T) {
	with := func(change func(*control.ShotView)) []control.ShotView {
		s := oneShot()
		change(&s)
		return []control.ShotView{s}
	}
	for _, c := range []struct {
		name  string
		shots []control.ShotView
		want  string
	}{
		{"one picture", with(func(*control.ShotView) {}), "1280×800 · 84 KB · sent"},
		{"nothing left", with(func(s *control.ShotView) { s.Sent = false }), "1280×800 · 84 KB · not sent"},
		{
			"text and several pictures", with(func(s *control.ShotView) { s.Lines, s.Pictures, s.Tokens = 212, picturesOf(3), 2140 }),
			"212 lines as text · 3 pictures · 2,140 tokens · sent",
		},
		{"a single line", with(func(s *control.ShotView) { s.Lines = 1 }), "1 line as text · 1280×800 · 84 KB · 1,105 tokens · sent"},
		{"a selection alone", with(func(s *control.ShotView) { s.Chosen, s.Pictures, s.Tokens = 7, nil, 0 }), "selection · sent"},
		{"a private window", with(func(s *control.ShotView) { s.Covered = 1 }), "1280×800 · 84 KB · 1 private window covered · sent"},
		{"no tokens where nobody counts them", with(func(s *control.ShotView) { s.Lines, s.Sent = 3, false }), "3 lines as text · 1280×800 · 84 KB · not sent"},
		{
			"two looks are summed", append(with(func(s *control.ShotView) { s.Covered, s.Lines = 1, 200 }), with(func(s *control.ShotView) { s.Covered, s.Lines = 1, 12 })...),
			"212 lines as text · 2 pictures · 2,210 tokens · 2 private windows covered · sent",
		},
	} {
		if got := joined(shotFigures(control.View{Host: "api.example.com", Shots: c.shots})); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestWhatAModelOnThisMachineSawStayedHere(t *testing.T) {
	s := oneShot()
	s.Sent = false
	for _, engine := range []string{"chat", "offline"} {
		v := control.View{Engine: engine, Shots: []control.ShotView{s}}
		if got := joined(shotFigures(v)); got != "1280×800 · 84 KB · stayed on this machine" {
			t.Errorf("%s: %q", engine, got)
		}
	}
}

func TestWhereRoomIsScarceWhatMattersStays(t *testing.T) {
	test.NewTempApp(t)
	all := []figure{{"212 lines as text", rankText}, {"3 pictures", rankPictures}, {"2,140 tokens", rankTokens}, {"1 private window covered", rankCovered}, {"sent", rankSent}}
	for _, c := range []struct {
		room string // as wide as this
		want string
	}{
		{joined(all), joined(all)},
		{"212 lines as text · 3 pictures · 1 private window covered · sent", "212 lines as text · 3 pictures · 1 private window covered · sent"},
		{"212 lines as text · 1 private window covered · sent and", "212 lines as text · 1 private window covered · sent"},
		{"1 private window covered · sent", "1 private window covered · sent"},
		{"sent and more", "sent"},
		{"sent", "sent"},
		{"se…", "se…"},
	} {
		room := fyne.MeasureText(c.room, sizeLabel, fyne.TextStyle{}).Width + 0.1
		if got := inRoom(all, sizeLabel, room); got != c.want {
			t.Errorf("in the room of %q it says %q, want %q", c.room, got, c.want)
		}
	}
}

func TestTitleSaysWhatWasLookedAtAndHowOften(t *testing.T) {
	test.NewTempApp(t)
	for _, c := range []struct {
		shots []control.ShotView
		want  string
	}{
		{[]control.ShotView{oneShot()}, "editor — server.go"},
		{[]control.ShotView{oneShot(), oneShot()}, "editor — server.go +1 more look"},
		{[]control.ShotView{oneShot(), oneShot(), oneShot()}, "editor — server.go +2 more looks"},
		{[]control.ShotView{{Title: "make"}}, "make"},
		{[]control.ShotView{{Capture: "display"}}, "the display"},
		{[]control.ShotView{{Capture: "window"}}, "the window"},
		{[]control.ShotView{{Capture: "region"}}, "the region you drew"},
		{[]control.ShotView{{Capture: "none"}}, "the picture you gave"},
	} {
		if got := looksTitle(c.shots, 300); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	long := oneShot()
	long.Title = strings.Repeat("long ", 40)
	if got := looksTitle([]control.ShotView{long, long}, 200); !strings.HasSuffix(got, "… +1 more look") || fyne.MeasureText(got, sizeLabel, fyne.TextStyle{}).Width > 201 {
		t.Errorf("a long title makes it %q", got)
	}
}

func TestWhileListeningTheLookIsNamed(t *testing.T) {
	for capture, want := range map[string]string{
		"window": "window at key press · 1280×800 · 84 KB", "display": "display at key press · 1280×800 · 84 KB",
		"region": "the region you drew · 1280×800 · 84 KB", "pick": "the window you picked · 1280×800 · 84 KB",
	} {
		s := oneShot()
		s.Capture = capture
		if got := joined(shotNow([]control.ShotView{s})); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestPicturesAreCountedOverAllShots(t *testing.T) {
	shots := []control.ShotView{oneShot(), {}, oneShot()}
	shots[0].Pictures, shots[2].Pictures = picturesOf(2), picturesOf(3)[2:]
	if got := pictures(shots); got != 3 {
		t.Errorf("there are %d", got)
	}
	for n, want := range map[int]struct {
		shot int
		sum  string
	}{0: {0, "aaaaaaaa"}, 1: {0, "bbbbbbbb"}, 2: {2, "cccccccc"}, 3: {}, -1: {}} {
		shot, p := pictureAt(shots, n)
		switch {
		case want.sum == "" && p != nil:
			t.Errorf("there is a picture %d", n)
		case want.sum != "" && (p == nil || p.SHA256 != want.sum || shot != want.shot):
			t.Errorf("picture %d is %v of shot %d", n, p, shot)
		}
	}
}
