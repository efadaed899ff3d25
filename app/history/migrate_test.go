package history

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aside/app/turn"
)

// firstSchema makes a history as the first version did, with rows as it wrote
// them.
func firstSchema(t *testing.T, path string, rows int) {
	t.Helper()
	if err := prepare(path); err != nil {
		t.Fatal(err)
	}
	db, err := dial(path, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("PRAGMA journal_mode = WAL"); err != nil {
		t.Fatal(err)
	}
	if err := step(t.Context(), db, "migrations/0001_turns.sql", 0); err != nil {
		t.Fatal(err)
	}
	for n := range rows {
		outcome := "answered"
		if n == rows-1 {
			outcome = "asked" // it was running when that Aside was killed
		}
		_, err := db.Exec(`INSERT INTO turns (id, asked_ms, question, answer, heard, outcome, engine, model, app, look, usage, timings)
			VALUES (?, ?, ?, ?, '', ?, 'chat', 'gpt-4o', 'firefox', 0, ?, ?)`,
			fmt.Sprintf("t%04d", n), 1700000000000+int64(n)*1000, fmt.Sprintf("question %d 什麼是螢幕", n), "xyzzy answer", outcome,
			[]string{"null", `{"input":5,"output":7}`}[n%2], `{"sample":1.5,"pixels":0,"encoded":0,"request":3,"transcript":200,"first_text":300,"first_sound":0,"done":900}`)
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestAHistoryOfTheFirstSchemaIsTakenOver(t *testing.T) {
	path := place(t)
	const rows = exportPage + 7
	firstSchema(t, path, rows)
	s := opened(t, path)
	if s.Recovered() != "" {
		t.Fatalf("it was set aside as %s", s.Recovered())
	}
	last := fmt.Sprintf("t%04d", rows-1)
	for _, text := range []string{fmt.Sprint(rows - 1), fmt.Sprint("xyzzy ", rows-1)} {
		if p, err := s.Find(t.Context(), Filter{Text: text, App: "firefox"}, 10, ""); err != nil || hits(p) != last {
			t.Errorf("%q: %q, %v", text, hits(p), err)
		}
	}
	if p, err := s.Find(t.Context(), Filter{Text: "螢幕"}, 500, ""); err != nil || len(p.Turns) != rows {
		t.Errorf("%d of %d turns, %v", len(p.Turns), rows, err)
	}
	v, err := s.Get(t.Context(), last)
	if err != nil || v.Outcome != turn.Interrupted || v.Conversation != last || v.Timings.FirstText != 300 || programOf(v) != "firefox" {
		t.Errorf("the last is %+v, %v", v, err)
	}
	day := time.UnixMilli(1700000000000)
	u, err := s.Usage(t.Context(), day, day)
	if err != nil || u.Total.Turns != rows || u.Total.Unpriced != rows || u.Total.Input != 5*(rows/2) || u.Total.Stages.FirstText.Median != 300 {
		t.Errorf("usage %+v, %v", u.Total, err)
	}
	if _, err := s.Erase(t.Context(), Filter{Text: "xyzzy"}, nil); err != nil {
		t.Fatal(err)
	}
	wantNowhere(t, path, "xyz", "螢幕")
}

// wantNowhere wants none of the words in any file of the history.
func wantNowhere(t *testing.T, path string, words ...string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range words {
			if bytes.Contains(b, []byte(word)) {
				t.Errorf("%s still has %q", filepath.Base(file), word)
			}
		}
	}
}

func TestATakeoverThatIsCutOffChangesNothing(t *testing.T) {
	path := place(t)
	firstSchema(t, path, 3)
	db, err := dial(path, "")
	if err != nil {
		t.Fatal(err)
	}
	// A row that the new schema cannot take stops it half way.
	if _, err := db.Exec("UPDATE turns SET id = 't 2' WHERE id = 't0002'"); err != nil {
		t.Fatal(err)
	}
	if err := upgrade(t.Context(), db); !errors.Is(err, ErrInvalid) {
		t.Fatalf("error is %v", err)
	}
	var rows, version int
	err = errors.Join(db.QueryRow("SELECT count(*) FROM turns").Scan(&rows), db.QueryRow("PRAGMA user_version").Scan(&version))
	if err != nil || rows != 3 || version != 1 {
		t.Errorf("%d rows, version %d, %v", rows, version, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestADamagedHistoryOfTheFirstSchemaIsSaved(t *testing.T) {
	path := place(t)
	firstSchema(t, path, 100)
	s := &Store{path: path, owner: true}
	if err := s.restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if p, err := s.Find(t.Context(), Filter{Text: "xyzzy"}, 500, ""); err != nil || len(p.Turns) != 100 {
		t.Errorf("%d turns, %v", len(p.Turns), err)
	}
}

func TestWhatIsCountedOutlivesDamage(t *testing.T) {
	path := place(t)
	s := opened(t, path)
	store(t, s, about(1, "code", "main.go - Code", "q", "a"))
	if err := s.Spend(t.Context(), Spending{Day: "2026-11-25", Engine: "chat", Model: "m", Currency: "USD", Turns: 1, Cost: 0.5}); err != nil {
		t.Fatal(err)
	}
	if err := s.restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if all, err := s.Spent(t.Context(), "2026-11-01", "2026-11-30"); err != nil || len(all) != 1 || all[0].Cost != 0.5 {
		t.Errorf("spent %+v, %v", all, err)
	}
	if got, err := s.Here(t.Context(), "Code", "● main.go - Code", Filter{}, 10); err != nil || len(got) != 1 {
		t.Errorf("at the place: %+v, %v", got, err)
	}
	if !strings.HasPrefix(filepath.Base(s.Recovered()), "corrupt-") {
		t.Errorf("set aside as %q", s.Recovered())
	}
}

// swell makes a history of the first schema so large that it is brought up to
// date behind the scenes.
func swell(t *testing.T, path string) {
	t.Helper()
	db, err := dial(path, "")
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("a long answer about listeners ", 30_000)
	for n := range 2 {
		_, err := db.Exec(`INSERT INTO turns (id, asked_ms, question, answer, heard, outcome, engine, model, app, look, usage, timings)
			VALUES (?, ?, 'long', ?, '', 'answered', 'chat', 'gpt-4o', 'firefox', 0, 'null', '{}')`, fmt.Sprintf("s%04d", n), 1700000000000-int64(n), long)
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestALargeHistoryIsBroughtUpToDateWhileTurnsAreKept(t *testing.T) {
	path := place(t)
	firstSchema(t, path, 3)
	swell(t, path)
	s := opened(t, path)
	if !s.Upgrading() {
		t.Fatal("it is not brought up to date behind the scenes")
	}
	if _, err := s.Find(t.Context(), Filter{}, 10, ""); !errors.Is(err, ErrUpgrading) {
		t.Errorf("meanwhile a search ends with %v", err)
	}
	for _, write := range []func() error{
		func() error { return s.Begin(t.Context(), question(101, "zebra")) },
		func() error { return s.Update(t.Context(), answered(101, "zebra", "striped")) },
		func() error { return s.Begin(t.Context(), question(102, "never mind")) },
	} {
		if err := write(); !errors.Is(err, ErrUpgrading) {
			t.Errorf("meanwhile a turn is stored with %v", err)
		}
	}
	spent := Spending{Day: "2026-11-25", Engine: "chat", Model: "m", Currency: "USD", Turns: 1, Cost: 0.5}
	if err := s.Spend(t.Context(), spent); err != nil {
		t.Errorf("what is spent is counted with %v", err)
	}
	if err := s.Remove(t.Context(), question(102, "").ID); err != nil {
		t.Errorf("one that was held is deleted with %v", err)
	}
	if err := s.Wait(t.Context()); err != nil || s.Upgrading() {
		t.Fatalf("it ends with %v", err)
	}
	for text, want := range map[string]int{"zebra": 1, "xyzzy": 3, "listeners": 2, "never": 0} {
		if p, err := s.Find(t.Context(), Filter{Text: text}, 50, ""); err != nil || len(p.Turns) != want {
			t.Errorf("%s is in %d turns, not %d: %v, %s", text, len(p.Turns), want, err, hits(p))
		}
	}
	if all, err := s.Spent(t.Context(), spent.Day, spent.Day); err != nil || len(all) != 1 || all[0] != spent {
		t.Errorf("spent %+v, %v", all, err)
	}
	if err := s.Begin(t.Context(), question(103, "after")); err != nil {
		t.Errorf("then a turn is stored with %v", err)
	}
}

func TestAnEndCallsOffWhatBringsAHistoryUpToDate(t *testing.T) {
	path := place(t)
	firstSchema(t, path, 3)
	swell(t, path)
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("it ends with %v", err)
	}
	again := opened(t, path)
	if err := again.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if p, err := again.Find(t.Context(), Filter{}, 50, ""); err != nil || len(p.Turns) != 5 {
		t.Errorf("%d turns are left: %v", len(p.Turns), err)
	}
}

func TestALargeHistoryThatCannotBeBroughtUpToDateIsNotReadOrWritten(t *testing.T) {
	path := place(t)
	firstSchema(t, path, 3)
	swell(t, path)
	db, err := dial(path, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("UPDATE turns SET id = 't 2' WHERE id = 't0002'"); err != nil { // the new schema does not take it
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s := opened(t, path)
	if err := s.Wait(t.Context()); !errors.Is(err, ErrInvalid) || s.Upgrading() {
		t.Errorf("it ends with %v", err)
	}
	_, read := s.Find(t.Context(), Filter{}, 10, "")
	if write := s.Begin(t.Context(), question(101, "zebra")); !errors.Is(read, ErrInvalid) || !errors.Is(write, ErrInvalid) {
		t.Errorf("it is read with %v, written with %v", read, write)
	}
}
