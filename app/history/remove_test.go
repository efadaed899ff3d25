package history

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"aside/app/turn"
)

func TestASearchsResultIsErased(t *testing.T) {
	path := place(t)
	s := opened(t, path)
	for n := range erasePage + 20 {
		v := about(n, "code", "a title", fmt.Sprint("xyzzy 螢幕 ", n), "plugh")
		if n%10 == 0 {
			v = answered(n, "other words", "stay")
		}
		store(t, s, v)
	}
	running := question(900, "xyzzy runs")
	store(t, s, running)
	hidden := Filter{Text: "xyzzy", Hidden: func(app string) bool { return app == "code" }} // what is hidden goes, too
	n, err := s.Erase(t.Context(), hidden, nil)
	if want := (erasePage+20)*9/10 + 1; err != nil || n != want {
		t.Fatalf("%d turns, want %d, %v", n, want, err)
	}
	wantNowhere(t, path, "xyzzy", "xyz", "螢", "plugh")
	left, err := s.Find(t.Context(), Filter{Text: "other"}, 500, "")
	if err != nil || len(left.Turns) != (erasePage+20)/10 {
		t.Errorf("%d are left, %v", len(left.Turns), err)
	}
	running.Answer, running.Outcome = "xyzzy", turn.Answered
	if err := s.Update(t.Context(), running); err != nil {
		t.Error(err)
	}
	wantNowhere(t, path, "xyzzy")
}

func TestOldTurnsGoUnlessTheyArePinned(t *testing.T) {
	s := opened(t, place(t))
	for n := range 4 {
		store(t, s, answered(n, "q", "a"))
	}
	if err := s.Pin(t.Context(), "t0001", true); err != nil {
		t.Fatal(err)
	}
	begun := answered(1, "q", "more") // what the turn loop writes later takes no pin away
	if err := s.Update(t.Context(), begun); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Prune(t.Context(), time.UnixMilli(1700000002000)); err != nil || n != 1 {
		t.Errorf("%d turns went, %v", n, err)
	}
	left, err := newest(t, s, 10)
	if err != nil || ids(left) != "t0003 t0002 t0001" || !left[2].Pinned {
		t.Errorf("left: %q, %v", ids(left), err)
	}
	if err := s.Pin(t.Context(), "t0001", false); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Prune(t.Context(), time.UnixMilli(1700000002000)); err != nil || n != 1 {
		t.Errorf("%d turns went, %v", n, err)
	}
	if err := s.Pin(t.Context(), "t0001", true); !errors.Is(err, ErrNotFound) {
		t.Errorf("one that is gone is pinned: %v", err)
	}
}

func TestEverythingIsCleared(t *testing.T) {
	path := place(t)
	s := opened(t, path)
	for n := range 300 {
		store(t, s, about(n, "code", "title", "xyzzy question", "answer 螢幕"))
	}
	if err := s.Pin(t.Context(), "t0001", true); err != nil {
		t.Fatal(err)
	}
	if err := s.Spend(t.Context(), Spending{Day: "2026-11-25", Engine: "chat", Model: "m", Turns: 1}); err != nil {
		t.Fatal(err)
	}
	aside := filepath.Join(filepath.Dir(path), "corrupt-20260101T000000Z.db")
	if err := os.WriteFile(aside, []byte("xyzzy"), 0o600); err != nil {
		t.Fatal(err)
	}
	n, err := s.Clear(t.Context())
	if err != nil || n != 300 {
		t.Fatalf("%d turns, %v", n, err)
	}
	wantNowhere(t, path, "xyz", "螢幕", "code")
	if info, err := os.Stat(path); err != nil || info.Size() > 200<<10 {
		t.Errorf("the file has %d bytes, %v", info.Size(), err)
	}
	if all, err := s.Spent(t.Context(), "", "9"); err != nil || len(all) != 1 {
		t.Errorf("what was spent: %+v, %v", all, err)
	}
	store(t, s, about(1, "code", "title", "xyzzy again", "a"))
	if p, err := s.Find(t.Context(), Filter{Text: "xyzzy"}, 10, ""); err != nil || hits(p) != "t0001" {
		t.Errorf("found: %q, %v", hits(p), err)
	}
	if got, err := s.Here(t.Context(), "code", "title", Filter{}, 10); err != nil || len(got) != 1 {
		t.Errorf("at the place: %+v, %v", got, err)
	}
}

func TestAHistoryThatCannotBeWrittenKeepsItsTurns(t *testing.T) {
	s := opened(t, place(t))
	store(t, s, answered(1, "q", "a"))
	s.readOnly.Store(true)
	_, erased := s.Erase(t.Context(), Filter{}, nil)
	_, cleared := s.Clear(t.Context())
	for name, err := range map[string]error{
		"Pin": s.Pin(t.Context(), "t0001", true), "Erase": erased, "Clear": cleared, "Spend": s.Spend(t.Context(), Spending{}),
	} {
		if !errors.Is(err, ErrReadOnly) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestADeletionThatWasCutOffIsEndedByTheNextStart(t *testing.T) {
	path := place(t)
	s := opened(t, path)
	for n := range 60 {
		store(t, s, answered(n, fmt.Sprint("xyzzy 螢幕 ", n), "plugh"), answered(100+n, "other", "words"))
	}
	f := Filter{Text: "xyzzy"}
	if n, err := s.erasePage(t.Context(), f); err != nil || n != 60 {
		t.Fatal(n, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = opened(t, path)
	if err := s.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantNowhere(t, path, "xyzzy", "xyz", "螢幕", "plugh")
	if p, err := s.Find(t.Context(), Filter{Text: "other"}, 500, ""); err != nil || len(p.Turns) != 60 {
		t.Errorf("%d others are left, %v", len(p.Turns), err)
	}
	if err := s.Remove(t.Context(), "t0100"); err != nil {
		t.Error(err)
	}
}
