package history

import (
	"strings"
	"testing"
)

func TestAPlaceIsItsDocument(t *testing.T) {
	for _, c := range []struct{ program, a, b string }{
		{"code", "main.go - aside - Visual Studio Code", "● main.go - aside - Visual Studio Code"},
		{"code", "main.go - aside - Visual Studio Code", "main.go — aside"},
		{"firefox", "Inbox — Mozilla Firefox", "(3) Inbox — Mozilla Firefox"},
		{"firefox", "Inbox (1,204) — Mozilla Firefox", "Inbox — Mozilla Firefox"},
		{"gedit", "*notes.txt (~/work) - gedit", "notes.txt (~/work) - gedit"},
		{"org.gnome.TextEditor", "notes.txt", "• Notes.txt"},
		{"mousepad", "notes.txt - Mousepad", "notes.txt [modified] - Mousepad"},
		{"Slack", "Slack | general | 2 new messages", "Slack | general"},
		{"vlc", "film.mkv 12:30 - VLC media player", "film.mkv 1:02:11 - VLC media player"},
		{"wget", "45% file.iso", "99 % file.iso"},
		{"TextEdit", "letter.txt — Edited", "letter.txt"},
	} {
		if a, b := placeName(c.program, c.a), placeName(c.program, c.b); a != b || a == "" {
			t.Errorf("%q and %q are %q and %q", c.a, c.b, a, b)
		}
	}
	for _, c := range []struct{ program, a, b string }{
		{"code", "main.go - Visual Studio Code", "loop.go - Visual Studio Code"},
		{"firefox", "Issue 12 — Mozilla Firefox", "Issue 13 — Mozilla Firefox"},
		{"evince", "chapter1.pdf", "chapter2.pdf"},
		{"firefox", "Film (2024) — Mozilla Firefox", "Film (2025) — Mozilla Firefox"},
		{"code", "main.go - aside - Code", "main.go - other - Code"},
	} {
		if a, b := placeName(c.program, c.a), placeName(c.program, c.b); a == b {
			t.Errorf("%q and %q are both %q", c.a, c.b, a)
		}
	}
	for _, title := range []string{"", "  ", "***", "(3)", "— 45 %"} {
		if name := placeName("code", title); name != "" {
			t.Errorf("%q is %q", title, name)
		}
	}
}

func FuzzAnyTitleNamesAPlace(f *testing.F) {
	f.Add("code", "● main.go - x - Code")
	f.Add("", "\xff(12) - —")
	f.Fuzz(func(t *testing.T, program, title string) {
		name := placeName(program, title)
		if strings.TrimSpace(name) != name {
			t.Errorf("%q of %q is %q", title, program, name)
		}
	})
}

func TestAPlaceHasItsTurnsAndNoTitleIsKept(t *testing.T) {
	path := place(t)
	s := opened(t, path)
	const title = "xyzzy-report.odt"
	store(t, s,
		about(1, "soffice", title+" - LibreOffice Writer", "first", "yes"),
		about(2, "soffice", "*"+title+" - LibreOffice Writer", "second", "yes"),
		about(3, "soffice", "other.odt - LibreOffice Writer", "elsewhere", "yes"),
		about(4, "vim", title, "another program", "yes"),
		about(5, "soffice", title+" - LibreOffice Writer", "no answer", ""),
		about(6, "soffice", "", "no title", "yes"),
	)
	running := question(7, "it runs")
	store(t, s, running)
	running.Answer, running.Shots = "at last", about(7, "soffice", title+" - LibreOffice Writer", "", "").Shots // known only later
	if err := s.Update(t.Context(), running); err != nil {
		t.Fatal(err)
	}
	at := func(program, title string, f Filter) string {
		t.Helper()
		got, err := s.Here(t.Context(), program, title, f, 10)
		if err != nil {
			t.Fatal(err)
		}
		return hits(Page{Turns: got})
	}
	if got := at("Soffice", "(2) "+title+" - LibreOffice Writer", Filter{}); got != "t0007 t0002 t0001" {
		t.Errorf("at the place: %q", got)
	}
	if got := at("soffice", "", Filter{}); got != "" {
		t.Errorf("without a title: %q", got)
	}
	if got := at("soffice", title, Filter{Hidden: func(app string) bool { return app == "soffice" }}); got != "" {
		t.Errorf("of a private program: %q", got)
	}
	wantNowhere(t, path, "xyzzy")
}
