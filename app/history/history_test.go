package history

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"aside/app/turn"
)

// place is where a test's history is.
func place(t *testing.T) string { return filepath.Join(t.TempDir(), "data", "history.db") }

func opened(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for range 2 { // it may be called twice
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	return s
}

// question is the nth turn of a test.
func question(n int, words string) turn.View {
	return turn.View{
		ID: fmt.Sprintf("t%04d", n), Asked: time.UnixMilli(1700000000000 + int64(n)*1000),
		Question: words, Outcome: turn.Asked, Engine: "chat", Model: "gpt-4o",
	}
}

func answered(n int, words, answer string) turn.View {
	v := question(n, words)
	v.Answer, v.Outcome = answer, turn.Answered
	return v
}

func store(t *testing.T, s *Store, views ...turn.View) {
	t.Helper()
	for _, v := range views {
		if err := s.Begin(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
}

// newest returns the latest turns.
func newest(t *testing.T, s *Store, limit int) ([]turn.View, error) {
	t.Helper()
	views, _, err := s.Turns(t.Context(), Filter{}, limit, "")
	return views, err
}

func ids(views []turn.View) string {
	var all []string
	for _, v := range views {
		all = append(all, v.ID)
	}
	return strings.Join(all, " ")
}

func TestATurnIsKeptAsTextAndNothingElse(t *testing.T) {
	s := opened(t, place(t))
	v := question(1, "what is this?")
	v.Shots = []turn.ShotView{{Title: "main.go", Program: "code", Pictures: []turn.PictureView{{Width: 100, Bytes: 7, SHA256: "abc"}}, Sent: true}}
	store(t, s, v)
	v.Answer, v.Heard, v.Outcome, v.Look = "a **program**\x00\xff", "a program", turn.Interrupted, true
	v.Usage, v.Timings = &turn.Usage{Input: 5, Output: 7}, turn.Timings{FirstText: 300, Sample: 1.5}
	if err := s.Update(t.Context(), v); err != nil {
		t.Fatal(err)
	}
	got, err := s.Get(t.Context(), v.ID)
	if err != nil {
		t.Fatal(err)
	}
	if want := []turn.ShotView{{Program: "code"}}; !reflect.DeepEqual(got.Shots, want) { // a title is text from the screen
		t.Errorf("of the shot is kept %+v", got.Shots)
	}
	if got.Answer != "a **program**\ufffd\ufffd" {
		t.Errorf("answer is %q", got.Answer)
	}
	if *got.Usage != *v.Usage || got.Timings != v.Timings || got.Heard != v.Heard || !got.Look || got.Outcome != v.Outcome || !got.Asked.Equal(v.Asked) {
		t.Errorf("got %+v, want %+v", got, v)
	}
}

func TestWhatIsRemovedLeavesNoByteBehind(t *testing.T) {
	path := place(t)
	s := opened(t, path)
	const secret = "xyzzy-unforgettable"
	store(t, s, answered(1, secret+" question", "and "+secret), answered(2, "other", "other"))
	if err := s.Remove(t.Context(), "t0001"); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(path + "*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if b, err := os.ReadFile(file); err != nil || bytes.Contains(b, []byte(secret)) || bytes.Contains(b, []byte("xyz")) {
			t.Errorf("%s still has it (%v)", filepath.Base(file), err)
		}
	}
	if err := s.Remove(t.Context(), "t0001"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a second time: %v", err)
	}
	if err := s.Update(t.Context(), answered(1, secret, secret)); err != nil {
		t.Error(err)
	}
	if all, err := newest(t, s, 10); err != nil || ids(all) != "t0002" {
		t.Errorf("left: %q, %v", ids(all), err)
	}
}

func TestUnfinishedTurnsAreInterruptedByTheNextOwnerOnly(t *testing.T) {
	path := place(t)
	s := opened(t, path)
	store(t, s, question(1, "cut off"), answered(2, "done", "yes"))
	visitor, err := Visit(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := visitor.Get(t.Context(), "t0001"); err != nil || v.Outcome != turn.Asked {
		t.Errorf("seen by a visitor: %+v, %v", v, err)
	}
	if err := errors.Join(visitor.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	s = opened(t, path)
	if v, err := s.Get(t.Context(), "t0001"); err != nil || v.Outcome != turn.Interrupted || v.Question != "cut off" {
		t.Errorf("after the restart: %+v, %v", v, err)
	}
	if v, err := s.Get(t.Context(), "t0002"); err != nil || v.Outcome != turn.Answered {
		t.Errorf("after the restart: %+v, %v", v, err)
	}
}

func TestAClosedHistoryTakesNothing(t *testing.T) {
	s := opened(t, place(t))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Begin(t.Context(), question(1, "q")); !errors.Is(err, ErrClosed) || Problem(err).Code != "db_error" {
		t.Errorf("error is %v", err)
	}
}

func TestOnlyATurnsIDIsTaken(t *testing.T) {
	s := opened(t, place(t))
	for _, id := range []string{"", "a b", "ü", strings.Repeat("x", 65)} {
		v := question(1, "q")
		v.ID = id
		if err := s.Begin(t.Context(), v); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q: %v", id, err)
		}
	}
	if _, err := s.Get(t.Context(), "nobody"); !errors.Is(err, ErrNotFound) || Problem(err).Code != "not_found" {
		t.Errorf("error is %v", err)
	}
}

func TestErrorsHaveTheirCode(t *testing.T) {
	for code, want := range map[int]string{
		13: "db_full", 10: "db_io", 14: "db_io", 8: "db_readonly", 5: "db_busy", 6: "db_busy",
		11: "db_corrupt", 26: "db_corrupt", 1: "db_error", 10 | 3<<8: "db_io",
	} {
		if got := Problem(ofSQLite(code)).Code; got != want {
			t.Errorf("SQLite's %d is %s, want %s", code, got, want)
		}
	}
	for _, c := range []struct {
		err  error
		want error
	}{
		{&fs.PathError{Err: fs.ErrPermission}, ErrReadOnly},
		{&fs.PathError{Err: errors.New("odd")}, ErrIO},
		{context.Canceled, context.Canceled},
	} {
		if got := known(c.err); !errors.Is(got, c.want) {
			t.Errorf("%v is %v, want %v", c.err, got, c.want)
		}
	}
}
