package history

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aside/app/turn"
)

// hits are the IDs of a page.
func hits(p Page) string {
	var all []string
	for _, h := range p.Turns {
		all = append(all, h.ID)
	}
	return strings.Join(all, " ")
}

// line writes what a list shows, with what was found in brackets.
func line(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		if p.Hit {
			b.WriteString("[" + p.Text + "]")
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

// about is an answered turn about a program's window.
func about(n int, program, title, words, answer string) turn.View {
	v := answered(n, words, answer)
	v.Shots = []turn.ShotView{{Program: program, Title: title}}
	return v
}

func TestTurnsAreListedNewestFirstPageByPage(t *testing.T) {
	s := opened(t, place(t))
	for _, n := range []int{3, 0, 4, 1, 2} { // in whatever order they were stored
		store(t, s, answered(n, "a question", "an answer"))
	}
	for _, f := range []Filter{{}, {Text: "question"}, {Engine: "Chat"}} {
		var got []string
		for cursor := ""; ; {
			p, err := s.Find(t.Context(), f, 2, cursor)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, hits(p))
			if cursor = p.Next; cursor == "" {
				break
			}
		}
		if want := "t0004 t0003|t0002 t0001|t0000"; strings.Join(got, "|") != want {
			t.Errorf("%+v: %q, want %q", f, got, want)
		}
	}
	for _, cursor := range []string{"-1", "ü", "1 OR 1", strings.Repeat("z", 20)} {
		if _, err := s.Find(t.Context(), Filter{}, 2, cursor); !errors.Is(err, ErrCursor) || Problem(err).Code != "cursor_invalid" {
			t.Errorf("cursor %q: %v", cursor, err)
		}
	}
}

func TestSearchFindsWordsAndTheBeginningOfTheLast(t *testing.T) {
	s := opened(t, place(t))
	store(t, s,
		answered(1, "Where is the Café?", "In the street."),
		answered(2, "What costs 100%?", `He said "no" to C_3 in Go, C++ and C# 🎉`),
		answered(3, "什麼是螢幕", "一個畫面。Go語言真好"),
		answered(4, "ハローワールド", "안녕하세요 세계"),
		question(5, "unfinished business 未完"), // it runs
	)
	for _, c := range []struct{ text, want string }{
		{"cafe", "t0001"}, {"CAFÉ street", "t0001"}, {"stree", "t0001"}, {"café", "t0001"}, {"ｃａｆｅ", "t0001"},
		{"the", "t0001"}, {"th", "t0001"}, {"stree the", ""}, {"street th", "t0001"}, {"tree", ""},
		{"100%", "t0002"}, {"%", "t0002"}, {"_", "t0002"}, {`"no"`, "t0002"}, {"c++", "t0002"}, {"c#", "t0002"}, {"🎉", "t0002"}, {"🙈", ""},
		{"go", "t0003 t0002"}, {"go語言", "t0003"}, {"is", "t0001"},
		{"螢幕", "t0003"}, {"螢", "t0003"}, {"幕", "t0003"}, {"什麼是", "t0003"}, {"麼是螢幕", "t0003"}, {"螢是", ""}, {"什麼螢幕", ""}, {"什麼 螢幕", "t0003"},
		{"面G", "t0003"}, {"ワールド", "t0004"}, {"하세", "t0004"}, {"세계", "t0004"}, {"하계", ""},
		{"unfin", "t0005"}, {"未", "t0005"}, {"未完", "t0005"}, {"完 business", "t0005"}, {"finished", ""}, {"完未", ""},
		{"nowhere", ""}, {"cafe nowhere", ""}, {"\x00", ""},
		{"", "t0005 t0004 t0003 t0002 t0001"}, {"  ", "t0005 t0004 t0003 t0002 t0001"},
		{"' OR 1=1 --", ""}, {"NOT", ""}, {"a* OR b", ""}, {"question:cafe", ""}, {"NEAR(cafe street)", ""},
	} {
		got, err := s.Find(t.Context(), Filter{Text: c.text}, 10, "")
		if err != nil || hits(got) != c.want {
			t.Errorf("%q: %q, %v, want %q", c.text, hits(got), err, c.want)
		}
	}
}

func TestAFilterHoldsForAllTurns(t *testing.T) {
	s := opened(t, place(t))
	day := time.Date(2026, 3, 29, 0, 0, 0, 0, time.Local)
	for n, at := range []time.Duration{-time.Millisecond, 0, 12 * time.Hour, 24 * time.Hour} {
		v := about(n, []string{"firefox", "Code"}[n%2], "a title", "the question", "an answer")
		v.Asked, v.Model, v.Conversation = day.Add(at), []string{"gpt-4o", "llama"}[n/2], fmt.Sprint("c", n/3)
		store(t, s, v)
	}
	running := question(4, "the question runs")
	running.Asked, running.Shots, running.Model = day.Add(time.Hour), []turn.ShotView{{Program: "code"}}, "llama"
	store(t, s, running)
	if err := s.Pin(t.Context(), "t0002", true); err != nil {
		t.Fatal(err)
	}
	hidden := func(app string) bool { return strings.EqualFold(app, "code") }
	for name, c := range map[string]struct {
		Filter
		want string
	}{
		"app":              {Filter{App: "CODE"}, "t0003 t0004 t0001"},
		"app and words":    {Filter{App: "code", Text: "question"}, "t0003 t0004 t0001"},
		"words and no app": {Filter{App: "vim", Text: "question"}, ""},
		"day":              {Filter{From: day, To: day.AddDate(0, 0, 1)}, "t0003 t0002 t0004 t0001"[6:]},
		"day and words":    {Filter{From: day, To: day.AddDate(0, 0, 1), Text: "question"}, "t0002 t0004 t0001"},
		"until":            {Filter{To: day}, "t0000"},
		"model":            {Filter{Model: "llama", Text: "the"}, "t0003 t0002 t0004"},
		"conversation":     {Filter{Conversation: "c0"}, "t0002 t0001 t0000"},
		"talk and words":   {Filter{Conversation: "c0", Text: "question", App: "firefox"}, "t0002 t0000"},
		"pinned":           {Filter{Pinned: true}, "t0002"},
		"pinned and words": {Filter{Pinned: true, Text: "quest"}, "t0002"},
		"hidden":           {Filter{Hidden: hidden}, "t0002 t0000"},
		"hidden and words": {Filter{Hidden: hidden, Text: "que"}, "t0002 t0000"},
		"engine":           {Filter{Engine: "offline"}, ""},
	} {
		got, err := s.Find(t.Context(), c.Filter, 10, "")
		if err != nil || hits(got) != c.want {
			t.Errorf("%s: %q, %v, want %q", name, hits(got), err, c.want)
		}
		for _, h := range got.Turns { // page by page it is the same
			one, err := s.Find(t.Context(), c.Filter, 1, got.Next)
			if err != nil || hits(one) != h.ID {
				t.Errorf("%s: the next is %q, %v, want %q", name, hits(one), err, h.ID)
			}
			got.Next = one.Next
		}
	}
}

func TestAListShowsWhereTheWordsAre(t *testing.T) {
	far := strings.Repeat("lorem ipsum ", 50)
	for _, c := range []struct{ text, wanted, want string }{
		{"a plain text", "", "a plain text"},
		{"It says:\n\n```text\nerror: **no** `file`\n```\n", "", "It says: error: no file "},
		{"# Heading\n\n```go\nx := 1\n```\ndone", "x", "Heading [x] := 1 done"},
		{"a plain\n\n  text", "plain tex", "a [plain] [text]"},
		{"Plain plains", "plain", "[Plain] [plains]"},
		{"什麼是螢幕嗎", "螢幕", "什麼是[螢幕]嗎"},
		{"什麼是螢幕嗎", "什", "[什]麼是螢幕嗎"},
		{"", "word", ""},
		{far + "here it is " + far, "here", "…"},
	} {
		got := line(mark(c.text, terms(c.wanted), 240))
		if c.want == "…" {
			if !strings.HasPrefix(got, "…") || !strings.HasSuffix(got, "…") || !strings.Contains(got, "ipsum [here] it is lorem") || len(got) > 280 {
				t.Errorf("%q", got)
			}
		} else if got != c.want {
			t.Errorf("%q in %q: %q, want %q", c.wanted, c.text, got, c.want)
		}
	}
}

func FuzzSearchTakesAnyText(f *testing.F) {
	for _, text := range []string{"", `"`, "a AND", "NEAR(", "*", "\xff", "''", "%_\\", "螢幕 a螢", "e\u0301", "C++", "🎉", "\ue000a12", "^a", "{a b}:c", "-x", "한글"} {
		f.Add(text, "what is "+text+" then")
	}
	s, err := Open(f.Context(), filepath.Join(f.TempDir(), "history.db"))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = s.Close() })
	f.Fuzz(func(t *testing.T, text, stored string) {
		v := answered(1, stored, text)
		if err := s.Begin(t.Context(), v); err != nil {
			t.Fatal(err)
		}
		ended, err := s.Find(t.Context(), Filter{Text: text}, 10, "")
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		v.Outcome = turn.Asked
		if err := s.Begin(t.Context(), v); err != nil {
			t.Fatal(err)
		}
		running, err := s.Find(t.Context(), Filter{Text: text}, 10, "")
		if err != nil || hits(running) != hits(ended) {
			t.Errorf("%q in %q: while it runs %q, later %q (%v)", text, stored, hits(running), hits(ended), err)
		}
		for _, p := range ended.Turns {
			if strings.ContainsAny(line(p.Question), "\n\t\r") {
				t.Errorf("%q is no line", line(p.Question))
			}
		}
	})
}

func TestATurnIsOpenedInItsPlace(t *testing.T) {
	s := opened(t, place(t))
	for n := range 6 {
		v := about(n, []string{"code", "secret"}[n/5], "title", fmt.Sprint("question ", n), "answer")
		v.Conversation = []string{"c0", "c1"}[n%2]
		store(t, s, v)
	}
	private := Filter{Hidden: func(app string) bool { return app == "secret" }}
	o, err := s.Open(t.Context(), "t0003", private)
	if err != nil {
		t.Fatal(err)
	}
	if o.Turn.ID != "t0003" || ids(o.Conversation) != "t0001 t0003" || o.Older != "t0002" || o.Newer != "t0004" || o.More {
		t.Errorf("opened %s in %q between %q and %q", o.Turn.ID, ids(o.Conversation), o.Older, o.Newer)
	}
	if o, err = s.Open(t.Context(), "t0004", private); err != nil || o.Newer != "" {
		t.Errorf("after the last that is shown comes %q, %v", o.Newer, err)
	}
	if _, err := s.Open(t.Context(), "t0005", private); !errors.Is(err, ErrPrivate) || Problem(err).Code != "turn_private" {
		t.Errorf("a private one: %v", err)
	}
	if _, err := s.Open(t.Context(), "nobody", private); !errors.Is(err, ErrNotFound) {
		t.Errorf("one that is not there: %v", err)
	}
}

func TestALongConversationIsOpenedAroundTheTurn(t *testing.T) {
	s := opened(t, place(t))
	long := strings.Repeat("x", maxOpen/6)
	for n := range 9 {
		v := answered(n, "q", long)
		v.Conversation = "c"
		store(t, s, v)
	}
	o, err := s.Open(t.Context(), "t0004", Filter{})
	if err != nil || !o.More || len(o.Conversation) < 4 || len(o.Conversation) > 6 {
		t.Errorf("%q, more %v, %v", ids(o.Conversation), o.More, err)
	}
}
