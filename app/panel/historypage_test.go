package panel

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"aside/app/control"
)

// pastDay is the day on which the tests of the history are.
var pastDay = time.Date(2026, 11, 25, 15, 4, 0, 0, time.Local)

func fixedNow() time.Time { return pastDay }

// fakeHistory are the verbs about earlier turns, over turns of 30 days.
type fakeHistory struct {
	mu     sync.Mutex
	turns  []control.View // newest first
	wrong  *control.Failure
	broken bool // an export ends early
}

func newFakeHistory() *fakeHistory {
	questions := []struct{ app, question, answer string }{
		{"editor", "Why is the listener closed twice?", "Shutdown closes it, and the deferred call closes it again. Keep only the one in **Shutdown**."},
		{"Terminal", "What does the warning at the bottom mean?", "The linker found two versions of the same library and took the newer one. To silence it, pin the version in the build file."},
		{"browser", "那它会影响发布版本吗?", "不会。发布版本用的是锁定文件里的那一个。"},
		{"editor", "How do I write a table test for this function?", "List the cases with name, input and want, then range over them with t.Run."},
		{"mail", "Can you shorten this to three sentences?", "The release moves to Thursday. Two tests still fail on the slower machines. Nobody needs to do anything until then."},
		{"spreadsheet", "Which column adds up the taxes?", "Column H does, from row 4 to row 61."},
		{"Terminal", "How do I undo the last commit but keep the changes?", "Run git reset --soft HEAD~1: the listener's changes stay staged."},
	}
	f := &fakeHistory{}
	for day := range 30 {
		for n := range (day*5)%4 + 1 {
			q := questions[(day*3+n)%len(questions)]
			v := control.View{
				ID: fmt.Sprintf("t%02d%d", 30-day, 9-n), Asked: pastDay.AddDate(0, 0, -day).Add(-time.Duration(37*n) * time.Minute),
				Question: q.question, Answer: q.answer, Outcome: "answered", Engine: "chat", Model: "gpt-4o", Host: "api.openai.com",
				Shots:  []control.ShotView{{Capture: "window", Program: q.app, Lines: 40, Sent: true}},
				Usage:  &control.TurnUsage{Input: 900 + 37*day, Output: 120, Cost: 0.003, Currency: "USD"},
				Pinned: day == 3, Timings: control.Timings{Request: 20, FirstText: 900, FirstSound: 1300, Done: 2100},
			}
			if day%4 == 3 {
				v.Engine, v.Model, v.Host, v.Usage = "chat", "qwen3-vl:8b", "", nil
			}
			v.Conversation = v.ID
			f.turns = append(f.turns, v)
		}
	}
	f.turns[1].Conversation, f.turns[2].Conversation = f.turns[2].ID, f.turns[2].ID
	return f
}

// hitOf is a turn as the list shows it.
func hitOf(v control.View, text string) control.Hit {
	return control.Hit{
		ID: v.ID, Asked: v.Asked, Question: marked(v.Question, text), Answer: marked(strings.ReplaceAll(v.Answer, "*", ""), text), Outcome: v.Outcome,
		Engine: v.Engine, Model: v.Model, App: v.Shots[0].Program, Pinned: v.Pinned,
	}
}

// marked is a line with a word marked.
func marked(line, word string) []control.Piece {
	at := strings.Index(strings.ToLower(line), strings.ToLower(word))
	if at < 0 || word == "" {
		return []control.Piece{{Text: line}}
	}
	var all []control.Piece
	for _, p := range []control.Piece{{Text: line[:at]}, {Text: line[at : at+len(word)], Hit: true}, {Text: line[at+len(word):]}} {
		if p.Text != "" {
			all = append(all, p)
		}
	}
	return all
}

func (f *fakeHistory) match(a control.FilterArgs, v control.View) bool {
	text := strings.ToLower(v.Question + " " + v.Answer)
	return strings.Contains(text, strings.ToLower(a.Text)) && (a.App == "" || a.App == v.Shots[0].Program) &&
		(a.Model == "" || a.Model == v.Model) && (!a.Pinned || v.Pinned) && (a.From == "" || dayOf(v.Asked) >= a.From)
}

func (f *fakeHistory) found(a control.FilterArgs) (all []control.View) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, v := range f.turns {
		if f.match(a, v) {
			all = append(all, v)
		}
	}
	return all
}

// drop deletes turns, and returns how many there were.
func (f *fakeHistory) drop(is func(control.View) bool) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var kept []control.View
	for _, v := range f.turns {
		if !is(v) {
			kept = append(kept, v)
		}
	}
	n, f.turns = len(f.turns)-len(kept), kept
	return n
}

func (f *fakeHistory) serve(c *fakeCore) {
	verb := func(name string, how func(args any) (any, error)) {
		c.answer(name, func(_ context.Context, args any, each func(json.RawMessage) error) error {
			f.mu.Lock()
			wrong := f.wrong
			f.mu.Unlock()
			if wrong != nil {
				return wrong
			}
			reply, err := how(args)
			if err != nil || reply == nil {
				return err
			}
			return give(each, reply)
		})
	}
	verb(control.VerbHistory, func(args any) (any, error) { return f.page(args.(control.HistoryArgs)), nil })
	verb(control.VerbOpen, func(args any) (any, error) { return f.open(args.(control.IDArgs).ID) })
	verb(control.VerbForget, func(args any) (any, error) {
		f.drop(func(v control.View) bool { return v.ID == args.(control.IDArgs).ID })
		return nil, nil
	})
	verb(control.VerbPin, func(any) (any, error) { return nil, nil })
	verb(control.VerbErase, func(args any) (any, error) {
		a := args.(control.EraseArgs)
		if a.Count {
			return control.Erased{Turns: len(f.found(a.FilterArgs))}, nil
		}
		return control.Erased{Turns: f.drop(func(v control.View) bool { return f.match(a.FilterArgs, v) })}, nil
	})
	c.answer(control.VerbExport, func(_ context.Context, args any, each func(json.RawMessage) error) error {
		a := args.(control.ExportArgs)
		for _, v := range f.found(a.FilterArgs) {
			if err := give(each, control.ExportPart{Text: a.Format + ": " + v.Question + "\n"}); err != nil {
				return err
			}
			if f.broken {
				return control.Fail("history_broken", "The history cannot be read.", "See: aside doctor")
			}
		}
		return nil
	})
}

func (f *fakeHistory) page(a control.HistoryArgs) (page control.HistoryPage) {
	all := f.found(a.FilterArgs)
	from, _ := strconv.Atoi(a.Cursor)
	to := min(from+a.Limit, len(all))
	for _, v := range all[from:to] {
		page.Turns = append(page.Turns, hitOf(v, a.Text))
	}
	if to < len(all) {
		page.Next = strconv.Itoa(to)
	}
	return page
}

func (f *fakeHistory) open(id string) (any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var o control.Opened
	for _, v := range f.turns {
		if v.ID == id {
			o.Turn = v
		}
	}
	if o.Turn.ID == "" {
		return nil, control.Fail("turn_gone", "That turn is no longer kept.", "It was deleted.")
	}
	for i := len(f.turns) - 1; i >= 0; i-- {
		if f.turns[i].Conversation == o.Turn.Conversation {
			o.Conversation = append(o.Conversation, f.turns[i])
		}
	}
	return o, nil
}

// withHistory is a panel with the page of the history open.
func withHistory(t *testing.T, theme string) (*testPanel, *fakeHistory, *historyPage) {
	t.Helper()
	p, f := newTestPanel(t), newFakeHistory()
	p.o.Theme = theme
	p.o.App.Settings().SetTheme(look{theme})
	p.build()
	p.o.Window.SetPadded(false)
	p.o.Window.Resize(fyne.NewSize(400, 800))
	f.serve(p.core)
	p.core.snapshots <- snapshot(t, `{"seq":1,"phase":"idle","engine":"chat","model":"gpt-4o","host":"api.openai.com"}`)
	p.says("Ready")
	was := &sought{}
	make := p.recall(was)
	p.body.pages.menued = append([]menuItem{{name: "Then", page: func(s *sheet) page {
		page := make(s).(*historyPage)
		page.way.now, page.filter.now, page.hits.now, page.listed.now = fixedNow, fixedNow, fixedNow, fixedNow
		return page
	}}}, p.body.pages.menued...)
	p.openPage("Then")
	p.says("Today")
	return p, f, p.body.pages.open.(*historyPage)
}

// searches types into the field of the search, as the user does.
func (p *testPanel) searches(page *historyPage, text string) {
	p.o.Window.Canvas().Focus(page.field)
	test.Type(page.field, text)
}

// rows are the turns that are listed.
func rows(page *historyPage) (all []*hitRow) {
	for _, o := range page.hits.rows.Objects {
		if r, ok := o.(*hitRow); ok {
			all = append(all, r)
		}
	}
	return all
}

func TestHistoryIsTheFirstInTheMenu(t *testing.T) {
	p := newTestPanel(t)
	newFakeHistory().serve(p.core)
	p.openPage("History")
	p.says("Why is the listener closed twice?")
}

func TestTheHistoryIsReadyToBeTypedInto(t *testing.T) {
	p, _, page := withHistory(t, "dark")
	if p.o.Window.Canvas().Focused() != fyne.Focusable(page.field) {
		t.Error("the field does not have the keyboard")
	}
}

func TestTypingSearchesOnceTheUserPauses(t *testing.T) {
	p, f, page := withHistory(t, "dark")
	p.searches(page, "listener")
	want := len(f.found(control.FilterArgs{Text: "listener"}))
	p.until("what was found", func() bool { return len(rows(page)) == min(want, pageOfHits) && want < len(f.turns) })
	for _, call := range p.core.did() {
		if strings.HasPrefix(call, `history {"text":"lis"`) {
			t.Errorf("it was searched while the user typed: %s", call)
		}
	}
	found := 0
	for _, d := range rows(page) {
		visible(d, func(o fyne.CanvasObject) {
			if strings.EqualFold(read(o), "listener") {
				found++
			}
		})
	}
	if found < want {
		t.Errorf("%d words are marked in %d turns", found, want)
	}
	page.field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	p.until("everything", func() bool { return len(rows(page)) == pageOfHits })
	page.field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if p.body.pages.Visible() {
		t.Error("the second Escape does not leave the page")
	}
}

func TestNothingFoundIsSaid(t *testing.T) {
	p, _, page := withHistory(t, "dark")
	p.searches(page, "zebra")
	p.says("Nothing found.")
}

func TestASecondClickFoldsWhatTheFirstHasOpened(t *testing.T) {
	p, _, page := withHistory(t, "dark")
	for _, c := range []struct{ tool, opens string }{{"Export these…", "Save"}, {"Delete these…", "Keep them"}} {
		press(t, page.listed.Container, c.tool)
		p.says(c.opens)
		press(t, page.listed.Container, c.tool)
		if page.listed.below.Visible() {
			t.Errorf("a second click on %s does not fold it", c.tool)
		}
		press(t, page.listed.Container, c.tool)
		p.says(c.opens)
	}
	press(t, page.listed.Container, "Export these…")
	p.says("Save")
}

func TestAnEmptyHistorySaysWhatWillStandThere(t *testing.T) {
	p, f, page := withHistory(t, "dark")
	f.drop(func(control.View) bool { return true })
	page.search()
	p.says("Nothing is kept. What you ask from now on stands here.")
}

func TestChipsFilterWhatIsListed(t *testing.T) {
	for _, c := range []struct {
		chips []string
		want  control.FilterArgs
	}{
		{[]string{"Any app", "mail"}, control.FilterArgs{App: "mail"}},
		{[]string{"Any model", "qwen3-vl:8b"}, control.FilterArgs{Model: "qwen3-vl:8b"}},
		{[]string{"Any day", "Today"}, control.FilterArgs{From: "2026-11-25"}},
		{[]string{"Any day", "7 days"}, control.FilterArgs{From: "2026-11-19"}},
		{[]string{"Any day", "30 days"}, control.FilterArgs{From: "2026-10-27"}},
		{[]string{"Pinned"}, control.FilterArgs{Pinned: true}},
		{[]string{"Any app", "mail", "mail", "Any app"}, control.FilterArgs{}},
	} {
		t.Run(strings.Join(c.chips, " "), func(t *testing.T) {
			p, f, page := withHistory(t, "dark")
			for i, chip := range c.chips {
				bar := page.filter.Container.Objects[i%2].(*fyne.Container)
				p.until(chip, func() bool { return strings.Contains(read(bar), chip) })
				press(t, bar, chip)
			}
			want := len(f.found(c.want))
			p.until("what was found", func() bool { return len(rows(page)) == min(want, pageOfHits) && page.args() == c.want })
			if page.filter.choices.Visible() {
				t.Error("the choices are still there")
			}
		})
	}
}

func TestMoreIsListedWhereTheListEnds(t *testing.T) {
	p, f, page := withHistory(t, "dark")
	if len(f.turns) <= pageOfHits || len(rows(page)) != pageOfHits {
		t.Fatalf("%d of %d turns are listed", len(rows(page)), len(f.turns))
	}
	p.body.pages.key(fyne.KeyEnd)
	p.until("all turns", func() bool { return len(rows(page)) == len(f.turns) })
	days := map[string]bool{}
	for _, o := range page.hits.rows.Objects {
		if _, ok := o.(*fyne.Container); ok {
			if days[read(o)] {
				t.Errorf("%s stands there twice", read(o))
			}
			days[read(o)] = true
		}
	}
	if len(days) != 30 {
		t.Errorf("%d days", len(days))
	}
}

func TestATurnIsOpenedInPlaceAndBackLeadsToTheList(t *testing.T) {
	p, f, page := withHistory(t, "dark")
	p.body.pages.key(fyne.KeyPageDown)
	down := p.body.pages.scroll.Offset.Y
	rows(page)[1].Tapped(nil)
	p.until("the turn", func() bool { return page.open != nil })
	p.says(f.turns[2].Question) // its conversation
	p.body.pages.back()
	if page.open != nil || !p.body.pages.Visible() || p.body.pages.scroll.Offset.Y != down {
		t.Errorf("back leads to %v of the list, not to %v", p.body.pages.scroll.Offset.Y, down)
	}
	rows(page)[0].TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	p.until("the turn", func() bool { return page.open != nil })
	p.core.snapshots <- snapshot(t, `{"seq":9,"phase":"listening","turn":{"id":"new","outcome":"asked"}}`)
	p.until("the conversation", func() bool { return !p.body.pages.Visible() })
}

func TestAnOpenedTurnIsCopiedPinnedAndDeletedWhenAskedTwice(t *testing.T) {
	p, f, page := withHistory(t, "dark")
	first := f.turns[0]
	rows(page)[0].Tapped(nil)
	p.until("the turn", func() bool { return page.open != nil })
	acts := func() *fyne.Container { return page.open.parts[first.ID].acts }
	press(t, acts(), "Copy")
	if got := p.o.App.Clipboard().Content(); got != first.Answer {
		t.Errorf("the clipboard has %q", got)
	}
	press(t, acts(), "Pin")
	p.asks(`pin {"id":"` + first.ID + `","pinned":true}`)
	p.until("Unpin", func() bool { return strings.Contains(read(acts()), "Unpin") })
	press(t, acts(), "Delete")
	if strings.Contains(strings.Join(p.core.did(), "\n"), "forget") {
		t.Fatal("it did not ask")
	}
	press(t, acts(), "Press again to delete")
	p.asks(`forget {"id":"` + first.ID + `"}`)
	p.until("the list without it", func() bool { return page.open == nil && len(f.found(control.FilterArgs{})) == len(f.turns) })
	for _, v := range f.turns {
		if v.ID == first.ID {
			t.Error("it is still there")
		}
	}
}

func TestARefusalStandsUnderWhatWasPressed(t *testing.T) {
	p, f, page := withHistory(t, "dark")
	id := f.turns[0].ID
	rows(page)[0].Tapped(nil)
	p.until("the turn", func() bool { return page.open != nil })
	f.mu.Lock()
	f.wrong = &control.Failure{Problem: control.Problem{Code: "history_unavailable", Message: "The history cannot be opened.", Hint: "See: aside doctor"}}
	f.mu.Unlock()
	press(t, page.open.parts[id].acts, "Pin")
	p.until("the refusal", func() bool {
		return strings.Contains(read(page.open.parts[id].wrong), "cannot be opened") && page.open.parts[id].pin.text.Text == "Pin"
	})
}

func TestWhatIsListedIsExportedIntoANewFile(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, ".config"))
	for _, dir := range []string{".config", "Dokumente"} {
		if err := os.Mkdir(filepath.Join(home, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(home, ".config", "user-dirs.dirs"), []byte("# mine\nXDG_DOCUMENTS_DIR=\"$HOME/Dokumente\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p, f, page := withHistory(t, "dark")
	p.searches(page, "taxes")
	want := f.found(control.FilterArgs{Text: "taxes"})
	p.until("the turns", func() bool { return len(rows(page)) == len(want) })
	press(t, page.listed.Container, "Export these…")
	press(t, page.listed.below, "JSON")
	path := filepath.Join(home, "Dokumente", "aside-2026-11-25.json")
	if page.listed.file.Text != path {
		t.Errorf("it would go to %s", page.listed.file.Text)
	}
	press(t, page.listed.below, "Save")
	p.says("Saved in ~/Dokumente/aside-2026-11-25.json")
	got, err := os.ReadFile(path)
	if err != nil || strings.Count(string(got), "json: Which column adds up the taxes?\n") != len(want) {
		t.Errorf("the file has %q, %v", got, err)
	}
	if s, err := os.Stat(path); err != nil || s.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v", s.Mode())
	}
	press(t, page.listed.Container, "Export these…")
	press(t, page.listed.below, "Save")
	p.says("There is such a file already.")
	again, err := os.ReadFile(path)
	if err != nil || string(again) != string(got) {
		t.Error("the file was written over")
	}
	page.listed.file.SetText("~/nowhere/x.json")
	press(t, page.listed.below, "Save")
	p.says("There is no such folder.")
	f.broken = true
	page.listed.file.SetText("~/half.json")
	press(t, page.listed.below, "Save")
	p.says("The history cannot be read.")
	if _, err := os.Stat(filepath.Join(home, "half.json")); err == nil {
		t.Error("half of the export stays")
	}
}

func TestWhatIsListedIsCountedBeforeItIsDeleted(t *testing.T) {
	p, f, page := withHistory(t, "dark")
	p.searches(page, "taxes")
	all, want := len(f.turns), len(f.found(control.FilterArgs{Text: "taxes"}))
	p.until("the turns", func() bool { return len(rows(page)) == want })
	press(t, page.listed.Container, "Delete these…")
	name := fmt.Sprintf("Delete %d turns", want)
	p.says(name)
	press(t, page.listed.below, "Keep them")
	if page.listed.below.Visible() || len(f.turns) != all {
		t.Error("they are not kept")
	}
	press(t, page.listed.Container, "Delete these…")
	p.says(name)
	press(t, page.listed.below, name)
	p.says(fmt.Sprintf("%d turns deleted.", want))
	p.says("Nothing found.")
	if len(f.turns) != all-want {
		t.Errorf("%d of %d turns are left", len(f.turns), all)
	}
}

func TestEverythingIsOnlyDeletedIfEverythingIsListed(t *testing.T) {
	p, _, page := withHistory(t, "dark")
	for _, c := range []struct {
		filter control.FilterArgs
		all    bool
	}{{control.FilterArgs{}, true}, {control.FilterArgs{Pinned: true}, false}, {control.FilterArgs{Text: "x"}, false}} {
		page.was.filter = c.filter
		if got := page.listed.eraseArgs(false); got.All != c.all || got.FilterArgs != c.filter {
			t.Errorf("%+v deletes %+v", c.filter, got)
		}
	}
	_ = p
}

func TestTheHistoryGoesOnInAnotherThemeWhereItWas(t *testing.T) {
	p, f, page := withHistory(t, "dark")
	p.searches(page, "taxes")
	want := len(f.found(control.FilterArgs{Text: "taxes"}))
	p.until("the turns", func() bool { return len(rows(page)) == want })
	p.o.Theme = "light"
	p.build()
	p.redraw()
	now := p.body.pages.open.(*historyPage)
	p.until("the turns", func() bool { return len(rows(now)) == want && now.field.Text == "taxes" })
	p.body.pages.back()
	if now.was.filter.Text != "" {
		t.Error("the search is not over")
	}
}

func TestHistoryIsDrawnAsItWas(t *testing.T) {
	for _, theme := range []string{"dark", "light"} {
		t.Run(theme, func(t *testing.T) {
			p, _, page := withHistory(t, theme)
			portray(t, p.body, "history-"+theme)
			p.searches(page, "listener")
			p.until("what was found", func() bool { return page.hits.args.Text == "listener" && page.hits.off == nil })
			press(t, page.listed.Container, "Delete these…")
			p.says("Keep them")
			page.filter.days()
			portray(t, p.body, "history-search-"+theme)
			if theme == "dark" {
				p.golden("history")
			}
			rows(page)[0].Tapped(nil)
			p.until("the turn", func() bool { return page.open != nil })
			portray(t, p.body, "history-turn-"+theme)
			if theme == "dark" {
				p.golden("history-turn")
			}
		})
	}
}

// golden holds the open page against its golden render.
func (p *testPanel) golden(name string) {
	p.Helper()
	var got strings.Builder
	sketch(p.body.sheet.palette, p.body.pages.holder, fyne.Position{}, &got)
	compare(p.T, filepath.Join("testdata", "golden", name+".txt"), got.String())
}
