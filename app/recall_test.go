//go:build unix

package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"aside/app/control"
	"aside/app/desk"
	"aside/app/engine/enginetest"
	"aside/app/history"
	"aside/app/key"
	"aside/app/settings"
	"aside/app/turn"
)

// asked is a core that has been asked these questions, and their IDs.
func asked(t *testing.T, questions ...string) (*App, control.Client, []string) {
	t.Helper()
	a, c := opened(t)
	var ids []string
	for _, q := range questions {
		v, err := c.Ask(t.Context(), control.AskArgs{Text: q, Screen: "none"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, v.ID)
	}
	return a, c, ids
}

// configure writes the settings file.
func configure(t *testing.T, text string) {
	t.Helper()
	path, err := settings.Path()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAFaceFindsOpensPinsAndErases(t *testing.T) {
	alone(t)
	a, c, ids := asked(t, "first apple", "second apple", "third pear")
	list, err := c.History(t.Context(), control.HistoryArgs{Limit: 2})
	if err != nil || len(list.Turns) != 2 || list.Turns[0].ID != ids[2] || list.Next == "" {
		t.Fatalf("the first page is %+v, %v", list, err)
	}
	list, err = c.History(t.Context(), control.HistoryArgs{Cursor: list.Next, FilterArgs: control.FilterArgs{From: time.Now().Format(history.DayForm)}})
	if err != nil || len(list.Turns) != 1 || list.Turns[0].ID != ids[0] || list.Next != "" {
		t.Errorf("the second page is %+v, %v", list, err)
	}
	list, err = c.History(t.Context(), control.HistoryArgs{FilterArgs: control.FilterArgs{Text: "appl", Engine: "offline"}})
	if err != nil || len(list.Turns) != 2 || !reflect.DeepEqual(list.Turns[0].Question, []control.Piece{{Text: "second "}, {Text: "apple", Hit: true}}) {
		t.Errorf("found %+v, %v", list, err)
	}
	o, err := c.Open(t.Context(), ids[1])
	if err != nil || len(o.Conversation) != 3 || o.Older != ids[0] || o.Newer != ids[2] || o.Turn.Conversation != ids[0] {
		t.Errorf("opened %+v, %v", o, err)
	}
	if err := c.Pin(t.Context(), ids[0], true); err != nil {
		t.Error(err)
	}
	if o, err := c.Open(t.Context(), ids[0]); err != nil || !o.Turn.Pinned {
		t.Errorf("it is not pinned: %+v, %v", o.Turn, err)
	}
	apples := control.EraseArgs{FilterArgs: control.FilterArgs{Text: "apple"}, Count: true}
	for range 2 { // counting deletes nothing
		if n, err := c.Erase(t.Context(), apples); err != nil || n != 2 {
			t.Errorf("counted %d, %v", n, err)
		}
	}
	apples.Count = false
	if n, err := c.Erase(t.Context(), apples); err != nil || n != 2 {
		t.Errorf("erased %d, %v", n, err)
	}
	if known := a.remembered(t.Context()); known[ids[0]] || known[ids[1]] || !known[ids[2]] {
		t.Errorf("in memory are still %v", known)
	}
	if n, err := c.Erase(t.Context(), control.EraseArgs{All: true}); err != nil || n != 1 {
		t.Errorf("cleared %d, %v", n, err)
	}
	if known := a.remembered(t.Context()); len(known) != 0 {
		t.Errorf("in memory are still %v", known)
	}
}

func TestANewConversationIsAnother(t *testing.T) {
	alone(t)
	_, c, ids := asked(t, "one", "two")
	if err := c.Do(t.Context(), control.VerbNew, nil); err != nil {
		t.Fatal(err)
	}
	v, err := c.Ask(t.Context(), control.AskArgs{Text: "three", Screen: "none"}, nil)
	if err != nil || v.Conversation != v.ID {
		t.Fatalf("%+v, %v", v, err)
	}
	var out bytes.Buffer
	err = c.Export(t.Context(), control.ExportArgs{Format: "json", FilterArgs: control.FilterArgs{Conversation: ids[0]}}, func(text string) error {
		_, err := out.WriteString(text)
		return err
	})
	var turns []struct{ ID string }
	if jsonErr := json.Unmarshal(out.Bytes(), &turns); err != nil || jsonErr != nil || len(turns) != 2 || turns[0].ID != ids[0] {
		t.Errorf("exported %s, %v", out.Bytes(), err)
	}
}

func TestEveryRefusalAboutHistoryHasItsCode(t *testing.T) {
	alone(t)
	_, c := opened(t)
	for _, r := range []struct {
		verb string
		args any
		code string
	}{
		{control.VerbHistory, "text", "bad_request"},
		{control.VerbHistory, control.HistoryArgs{Cursor: "-"}, "cursor_invalid"},
		{control.VerbHistory, control.HistoryArgs{FilterArgs: control.FilterArgs{From: "yesterday"}}, "day_invalid"},
		{control.VerbHistory, control.HistoryArgs{FilterArgs: control.FilterArgs{To: "2026-02-30"}}, "day_invalid"},
		{control.VerbOpen, control.IDArgs{ID: "x"}, "not_found"},
		{control.VerbPin, control.PinArgs{ID: "x", Pinned: true}, "not_found"},
		{control.VerbExport, control.ExportArgs{Format: "html"}, "format_unknown"},
		{control.VerbErase, control.EraseArgs{}, "erase_unsure"},
		{control.VerbErase, control.EraseArgs{All: true, FilterArgs: control.FilterArgs{App: "x"}}, "erase_unsure"},
		{control.VerbUsage, control.UsageArgs{From: "2026-11-25", To: "2026-11-01"}, "range_invalid"},
		{control.VerbUsage, control.UsageArgs{From: "x"}, "day_invalid"},
	} {
		wantCode(t, fmt.Sprintf("%s %+v", r.verb, r.args), c.Do(t.Context(), r.verb, r.args), r.code)
	}
}

func TestWithoutAHistoryItsVerbsSaySo(t *testing.T) {
	dir := alone(t)
	file := filepath.Join(dir, "file") // where a folder should be
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_DATA_HOME", file)
	_, c := opened(t)
	for verb, args := range map[string]any{
		control.VerbHistory: nil, control.VerbOpen: nil, control.VerbPin: nil, control.VerbHere: nil,
		control.VerbUsage: nil, control.VerbExport: nil, control.VerbErase: control.EraseArgs{All: true},
	} {
		wantCode(t, verb, c.Do(t.Context(), verb, args), "history_unavailable")
	}
}

func TestWhatTheUserKeepsPrivateIsNeverShown(t *testing.T) {
	dir := alone(t)
	configure(t, "[screen]\nexclude = [\"Diary\"]\n")
	store, err := history.Open(t.Context(), filepath.Join(dir, "aside", "history.db"))
	if err != nil {
		t.Fatal(err)
	}
	for id, program := range map[string]string{"t1": "diary", "t2": "code", "t3": "keepassxc", "t4": "org.example.Diary"} {
		v := turn.View{ID: id, Asked: time.Now(), Question: "secret word", Answer: "yes", Outcome: turn.Answered, Conversation: "c", Shots: []turn.ShotView{{Program: program, Title: "x"}}}
		if err := store.Begin(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	_, c := opened(t)
	for _, args := range []control.FilterArgs{{}, {Text: "secret"}, {App: "diary"}, {Conversation: "c"}} {
		list, err := c.History(t.Context(), control.HistoryArgs{FilterArgs: args})
		if err != nil || args.App == "" && (len(list.Turns) != 1 || list.Turns[0].ID != "t2") || args.App != "" && len(list.Turns) > 0 {
			t.Errorf("%+v: %+v, %v", args, list, err)
		}
		err = c.Export(t.Context(), control.ExportArgs{Format: "json", FilterArgs: args}, func(text string) error {
			if strings.Contains(text, "t1") || strings.Contains(text, "keepassxc") {
				t.Errorf("%+v: exported %s", args, text)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	wantCode(t, "a private turn", c.Do(t.Context(), control.VerbOpen, control.IDArgs{ID: "t1"}), "turn_private")
	o, err := c.Open(t.Context(), "t2")
	if err != nil || len(o.Conversation) != 1 || o.Older+o.Newer != "" {
		t.Errorf("beside it is %+v, %v", o, err)
	}
	if n, err := c.Erase(t.Context(), control.EraseArgs{FilterArgs: control.FilterArgs{Text: "secret"}}); err != nil || n != 4 {
		t.Errorf("%d were deleted, %v", n, err)
	}
}

// charged is a core whose service costs money, with a cap, on a desk of its own
// if that is wanted.
func charged(t *testing.T, more string) (control.Client, *enginetest.Server) {
	t.Helper()
	s := enginetest.Start(t)
	t.Setenv(key.Variable, "sk-test")
	configure(t, fmt.Sprintf("%s\n[engine]\nkind = \"chat\"\nbase_url = %q\n[spending]\ninput_price = 1000\noutput_price = 2000\nday_cap = 0.3\n", more, s.URL))
	a, c := opened(t)
	for a.engines.engine().Capabilities().Name != "chat" {
		time.Sleep(time.Millisecond)
	}
	return c, s
}

func TestWhatAQuestionCostsIsOnItsReceiptAndCountsForTheCap(t *testing.T) {
	alone(t)
	c, s := charged(t, "")
	s.Script(enginetest.Chat, enginetest.All(enginetest.Text("yes"), enginetest.Finish("stop")))
	for _, private := range []bool{false, true} { // a private one costs as much
		v, err := c.Ask(t.Context(), control.AskArgs{Text: "how much", Screen: "none", Private: private}, nil)
		if err != nil || v.Usage == nil || v.Usage.Currency != "USD" || v.Usage.Cost != (1000*enginetest.InputTokens+2000*enginetest.OutputTokens)/1e6 {
			t.Fatalf("the receipt is %+v, %v", v.Usage, err)
		}
	}
	v, err := c.Ask(t.Context(), control.AskArgs{Text: "once more", Screen: "none"}, nil)
	if err != nil || v.Outcome != turn.Failed || v.Problem == nil || v.Problem.Code != "spend_cap" || !v.Retry || len(s.Requests(enginetest.Chat)) != 2 {
		t.Errorf("beyond the cap: %+v, %+v, %v", v, v.Problem, err)
	}
	var u control.Usage
	for ctx := t.Context(); u.Total.Turns < 2 && ctx.Err() == nil; { // it is written beside the turn
		if u, err = c.Usage(ctx, control.UsageArgs{}); err != nil {
			t.Fatal(err)
		}
	}
	want := control.Cap{Of: "day", Most: 0.3, Spent: 0.36, Currency: "USD", State: "reached"}
	if u.Total.Input != 2*enginetest.InputTokens || len(u.Days) != 30 || len(u.Caps) != 1 || u.Caps[0] != want || u.Models[0].Model != "gpt-4o" {
		t.Errorf("usage %+v", u)
	}
	var list control.HistoryPage
	for ctx := t.Context(); len(list.Turns) < 2 && ctx.Err() == nil; { // likewise
		if list, err = c.History(ctx, control.HistoryArgs{}); err != nil {
			t.Fatal(err)
		}
	}
	if list.Turns[1].Usage.Cost != 0.18 {
		t.Errorf("the history is %+v", list)
	}
}

func TestEarlierAnswersAreShownWhereTheyWereAskedFor(t *testing.T) {
	d := desk.Start(t, desk.Options{Display: true, WM: "openbox"})
	alone(t)
	t.Setenv("DISPLAY", d.Display)
	t.Setenv("XDG_SESSION_TYPE", "x11")
	c, s := charged(t, "[panel]\nalways_on = false\n[screen]\nexclude = [\"private\"]\n[hotkey]\ntalk = \"F9\"\nlook = \"F10\"\n")
	s.Script(enginetest.Chat, enginetest.All(enginetest.Text("yes"), enginetest.Finish("stop")))
	front := func(title string) {
		t.Helper()
		if _, err := d.Launch(d.Command(t.Context(), "xterm", "-T", title, "-e", "sleep", "100")); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Output(t.Context(), "xdotool", "search", "--sync", "--onlyvisible", "--name", regexp.QuoteMeta(title), "windowactivate", "--sync"); err != nil {
			t.Fatal(err)
		}
	}
	front("xyzzy.txt")
	v, err := c.Ask(t.Context(), control.AskArgs{Text: "what is this", Screen: "window"}, nil)
	if err != nil || len(v.Shots) != 1 || v.Shots[0].Title != "xyzzy.txt" {
		t.Fatalf("%+v, %v", v, err)
	}
	seen := make(chan control.Here, 10)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- c.Here(ctx, control.HereArgs{Follow: true}, func(h control.Here) { seen <- h })
	}()
	want := func(title string, ids ...string) {
		t.Helper()
		deadline := time.After(10 * time.Second)
		var last control.Here
		for {
			select {
			case last = <-seen:
			case <-deadline:
				t.Fatalf("in front is %+v, want %q", last, title)
			}
			var got []string
			for _, h := range last.Turns {
				got = append(got, h.ID)
			}
			if last.Title == title && strings.Join(got, " ") == strings.Join(ids, " ") {
				return
			}
		}
	}
	want("xyzzy.txt", v.ID)
	front("elsewhere")
	want("elsewhere")
	front("(2) xyzzy.txt *")
	want("(2) xyzzy.txt *", v.ID)
	front("my private diary")
	want("") // nothing is said of it
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	b, err := os.ReadFile(filepath.Join(os.Getenv("XDG_DATA_HOME"), "aside", "history.db-wal"))
	if err != nil || bytes.Contains(b, []byte("xyzzy")) {
		t.Errorf("the title is on the disk (%v)", err)
	}
}

// TestTheShapesAgree wants what the history says and what a face reads of it to
// be the same.
func TestTheShapesAgree(t *testing.T) {
	now := time.Unix(1, 0).UTC()
	h := history.Hit{ID: "a", Asked: now, Conversation: "c", Question: []history.Piece{{Text: "q", Hit: true}}, Answer: []history.Piece{{Text: "a"}}, Look: true, Outcome: "o", Engine: "e", Model: "m", App: "p", Pinned: true, Usage: &turn.Usage{Input: 1}}
	stage := history.Stage{Turns: 1, Median: 2, P95: 3}
	tally := history.Tally{Turns: 1, Input: 2, Output: 3, Unpriced: 4, Cost: map[string]float64{"USD": 5}, Stages: history.Stages{Request: stage, Transcript: stage, FirstText: stage, FirstSound: stage, Done: stage}}
	for _, pair := range []struct{ sent, read any }{
		{history.Page{Turns: []history.Hit{h}, Next: "n"}, &control.HistoryPage{}},
		{history.Opened{Turn: turn.View{ID: "a"}, Conversation: []turn.View{{ID: "b"}}, More: true, Older: "o", Newer: "n"}, &control.Opened{}},
		{Usage{history.Usage{From: "f", To: "t", Total: tally, Days: []history.DayUsage{{Day: "d", Tally: tally}}, Models: []history.ModelUsage{{Engine: "e", Model: "m", Tally: tally}}}, []control.Cap{{Of: "day"}}}, &control.Usage{}},
	} {
		sent, err := json.Marshal(pair.sent)
		if err != nil {
			t.Fatal(err)
		}
		strict := json.NewDecoder(bytes.NewReader(sent))
		strict.DisallowUnknownFields()
		if err := strict.Decode(pair.read); err != nil {
			t.Errorf("%T: %v", pair.read, err)
		}
		if read, err := json.Marshal(pair.read); err != nil || !bytes.Equal(read, sent) {
			t.Errorf("%T is read as\n%s\nof\n%s", pair.read, read, sent)
		}
	}
}
