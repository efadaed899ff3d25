package panel

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"

	"aside/app/control"
)

// pngOf is a picture as a file holds it.
func pngOf(t *testing.T) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := png.Encode(&buf, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestPicturesAndTextGoAlongAndNothingElse(t *testing.T) {
	test.NewTempApp(t)
	large := append(pngOf(t), make([]byte, control.MaxImage)...)
	for _, c := range []struct {
		name string
		data []byte
		want string // the label, or the code of the refusal
	}{
		{"picture.png", pngOf(t), "picture.png · 1 KB"},
		{"main.go", []byte("package main\n\nfunc main() {}\n"), "main.go · 4 lines"},
		{"large.png", large, "too_large"},
		{"large.txt", bytes.Repeat([]byte("word "), control.MaxAlong/4), "along_too_long"},
		{"program", []byte{0x7f, 'E', 'L', 'F', 0, 1, 2}, "attach_unknown"},
		{"latin.txt", []byte("caf\xe9 au lait"), "attach_unknown"},
		{"nothing", nil, "attach_empty"},
	} {
		a, err := readAttachment(c.name, bytes.NewReader(c.data))
		got := a.label()
		if err != nil {
			got = problemOf(err).Code
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestWhatIsDroppedAndPastedGoesAlongWithTheQuestion(t *testing.T) {
	p := newTestPanel(t)
	p.core.snapshots <- snapshot(t, `{"seq":1,"phase":"idle"}`)
	p.says("Ready")
	dir := t.TempDir()
	for name, data := range map[string][]byte{"a.png": pngOf(t), "b.txt": []byte("one\ntwo")} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p.drop([]fyne.URI{storage.NewFileURI(filepath.Join(dir, "b.txt")), storage.NewFileURI(filepath.Join(dir, "a.png"))})
	p.says("a.png · 1 KB")
	p.says("b.txt · 2 lines")
	field := p.body.footer.field
	p.o.App.Clipboard().SetContent("three\nfour")
	field.TypedShortcut(&fyne.ShortcutPaste{Clipboard: p.o.App.Clipboard()})
	p.says("Pasted text · 2 lines")
	p.o.App.Clipboard().SetContent("short")
	field.TypedShortcut(&fyne.ShortcutPaste{Clipboard: p.o.App.Clipboard()})
	if field.Text != "short" {
		t.Errorf("the field holds %q", field.Text)
	}
	picture, _ := json.Marshal(control.Clip{Image: pngOf(t)})
	p.core.brings(map[string]string{"clip": string(picture)})
	p.o.App.Clipboard().SetContent("")
	field.TypedShortcut(&fyne.ShortcutPaste{Clipboard: p.o.App.Clipboard()})
	p.says("Pasted picture · 1 KB")
	press(t, p.body.Container, "b.txt · 2 lines  ×")
	field.OnSubmitted("why?")
	p.until("the question", func() bool {
		all := strings.Join(p.core.did(), "\n")
		return strings.Contains(all, `"text":"why?"`) && strings.Contains(all, `"image":"`) && strings.Contains(all, `"along":"three\nfour"`)
	})
	if got := read(p.body.footer.Container); strings.Contains(got, "×") {
		t.Errorf("after the question there is still\n%s", got)
	}
	p.drop([]fyne.URI{storage.NewFileURI(filepath.Join(dir, "no such file"))})
	p.says("attach_unreadable")
}

func TestOnlyTheNewestPictureGoesAlongAndNotMoreTextThanFits(t *testing.T) {
	one, two := attachment{name: "1", image: []byte{1}}, attachment{name: "2", image: []byte{2}}
	text := attachment{name: "t", text: strings.Repeat("x", control.MaxAlong-10)}
	all, err := with([]attachment{one, text}, two)
	if err != nil || len(all) != 2 || all[1].name != "2" {
		t.Errorf("%v, %v", all, err)
	}
	if all, err = with(all, attachment{text: "more than ten bytes"}); err == nil || len(all) != 2 {
		t.Errorf("%v, %v", all, err)
	}
	if args := askArgs("", all, false); args.Text == "" || args.Along != text.text || args.Image[0] != 2 {
		t.Errorf("%+v", args)
	}
}

func TestTheEyeSaysThatWhatIsTypedLooksAtThePictureAlone(t *testing.T) {
	p := newTestPanel(t)
	p.core.snapshots <- snapshot(t, `{"seq":1,"phase":"idle"}`)
	p.says("Ready")
	f := p.body.footer
	says := func(want string) {
		t.Helper()
		if got := f.eye.chip.text.Text; got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
	}
	p.attach(attachment{name: "notes", text: "x"})
	says("This window")
	p.attach(attachment{name: "a.png", image: pngOf(t)})
	says("This window · typed: the picture")
	for next, want := range map[string]string{
		"none": "No screen · typed: the picture", "region": "the region you drew · typed: the picture",
		"pick": "the window you picked · typed: the picture", "display": "Whole display · typed: the picture",
	} {
		f.eye.set(next, "")
		says(want)
	}
	f.eye.set("", "region")
	says("Draw with the mouse · Esc calls it off")
	f.eye.set("", "")
	press(t, p.body.Container, "a.png · 1 KB  ×")
	says("This window")
}

func TestWhatWasTypedOutlivesAnotherTheme(t *testing.T) {
	p := newTestPanel(t)
	p.core.snapshots <- snapshot(t, `{"seq":1,"phase":"idle"}`)
	p.says("Ready")
	p.body.footer.field.SetText("half a question")
	p.o.Window.Canvas().Focus(p.body.footer.field)
	p.attach(attachment{name: "notes", text: "x"})
	p.o.Theme = "light"
	p.build()
	p.redraw()
	f := p.body.footer
	if f.field.Text != "half a question" || len(f.bag.along) != 1 || p.o.Window.Canvas().Focused() != fyne.Focusable(f.field) {
		t.Errorf("it holds %q and %d, %v has the keyboard", f.field.Text, len(f.bag.along), p.o.Window.Canvas().Focused())
	}
	p.says("notes · 1 line")
}

func TestThinkHarderIsForTheNextQuestion(t *testing.T) {
	p := newTestPanel(t)
	p.core.snapshots <- snapshot(t, `{"seq":1,"phase":"idle"}`)
	p.says("Think harder")
	press(t, p.body.Container, "Think harder")
	p.asks(`deep {"on":true}`)
	p.core.snapshots <- snapshot(t, `{"seq":2,"phase":"idle","deep":true}`)
	p.until("the wish", func() bool { return p.body.footer.deep.selected })
	press(t, p.body.Container, "Think harder")
	p.asks(`deep {"on":false}`)
}

func TestTalkBeginsAConversationAndStopEndsIt(t *testing.T) {
	p := newTestPanel(t)
	p.core.snapshots <- snapshot(t, `{"seq":1,"phase":"idle"}`)
	p.says("Talk")
	press(t, p.body.Container, "Talk")
	p.asks(`converse {}`)
	p.core.snapshots <- snapshot(t, `{"seq":2,"phase":"listening","microphone":"open","talk":{"since":"2026-01-01T00:00:00Z","turns":0,"waits":true}}`)
	p.says("Tap the key or say goodbye to end")
	press(t, p.body.Container, "Stop")
	p.asks("cancel")
}
