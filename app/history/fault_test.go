package history

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestAFullDiskLosesNothing(t *testing.T) {
	s := opened(t, place(t))
	db := s.db.Load()
	db.SetMaxOpenConns(1)
	store(t, s, answered(1, "before", "yes"))
	var pages int
	if err := db.QueryRow("PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(fmt.Sprintf("PRAGMA max_page_count = %d", pages)); err != nil {
		t.Fatal(err)
	}
	long := question(2, strings.Repeat("much to ask ", 10000))
	err := s.Begin(t.Context(), long)
	if !errors.Is(err, ErrFull) || Problem(err).Code != "db_full" {
		t.Fatalf("error is %v", err)
	}
	if _, err := db.Exec("PRAGMA max_page_count = 1000000"); err != nil {
		t.Fatal(err)
	}
	store(t, s, answered(3, "after", "yes"))
	if all, err := newest(t, s, 10); err != nil || ids(all) != "t0003 t0002 t0001" {
		t.Errorf("kept: %q, %v", ids(all), err)
	}
}

func TestADamagedHistoryIsSetAsideAndSaved(t *testing.T) {
	path := place(t)
	s := opened(t, path)
	for n := range 100 {
		store(t, s, answered(n, fmt.Sprint("question ", n), strings.Repeat("words ", 200)))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copy(b[len(b)/2:], bytes.Repeat([]byte{0xa5}, 3*4096))
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	damaged, err := Visit(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := damaged.Check(t.Context()); !errors.Is(err, ErrCorrupt) {
		t.Errorf("the check says %v", err)
	}
	if err := damaged.Close(); err != nil {
		t.Fatal(err)
	}
	s = &Store{path: path, owner: true}
	if err := s.restart(t.Context()); err != nil { // as when a write meets the damage
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	saved, err := newest(t, s, 500)
	if err != nil || len(saved) < 50 || len(saved) == 100 {
		t.Fatalf("%d of 100 turns saved, %v", len(saved), err)
	}
	if saved[0].ID != "t0099" || saved[len(saved)-1].ID != "t0000" {
		t.Errorf("saved are %s to %s", saved[len(saved)-1].ID, saved[0].ID)
	}
	if _, err := os.Stat(s.Recovered()); err != nil {
		t.Error(err)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAFileThatIsNoHistoryIsKeptAsItWas(t *testing.T) {
	path := place(t)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	garbage := bytes.Repeat([]byte("no database "), 1000)
	if err := os.WriteFile(path, garbage, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Visit(t.Context(), path); !errors.Is(err, ErrCorrupt) || Problem(err).Code != "db_corrupt" {
		t.Errorf("a visitor is told %v", err)
	}
	s := opened(t, path)
	kept, err := os.ReadFile(s.Recovered())
	if err != nil || !bytes.Equal(kept, garbage) {
		t.Errorf("the old file is not as it was: %v", err)
	}
	store(t, s, answered(1, "goes on", "yes"))
}

func TestAHistoryOfANewerAsideIsLeftAlone(t *testing.T) {
	path := place(t)
	s := opened(t, path)
	if _, err := s.db.Load().Exec("PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path); !errors.Is(err, ErrNewer) || Problem(err).Code != "db_newer" {
		t.Errorf("error is %v", err)
	}
}

func TestAHistoryThatWasTakenAwayBeginsAnew(t *testing.T) {
	path := place(t)
	s := opened(t, path)
	store(t, s, answered(1, "gone", "yes"))
	if err := os.Rename(path, path+".moved"); err != nil {
		t.Fatal(err)
	}
	store(t, s, answered(2, "new", "yes"))
	if all, err := newest(t, s, 10); err != nil || ids(all) != "t0002" {
		t.Errorf("listed: %q, %v", ids(all), err)
	}
}

func TestTheFilesAreTheUsersAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("has no such modes")
	}
	path := place(t)
	s := opened(t, path)
	store(t, s, answered(1, "q", "a"))
	for _, file := range []string{filepath.Dir(path), path, path + "-wal"} {
		info, err := os.Stat(file)
		if err != nil {
			t.Error(err)
			continue
		}
		if mode := info.Mode().Perm(); mode&0o077 != 0 {
			t.Errorf("%s has mode %o", filepath.Base(file), mode)
		}
	}
}

func TestAReadOnlyHistoryCanBeRead(t *testing.T) {
	path := place(t)
	s := opened(t, path)
	store(t, s, answered(1, "q", "a"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	ro := dialReadOnly(t.Context(), path)
	if ro == nil {
		t.Fatal("it cannot be opened")
	}
	s = opened(t, path)
	_ = s.db.Swap(ro).Close()
	s.readOnly.Store(true)
	if v, err := s.Get(t.Context(), "t0001"); err != nil || v.Question != "q" {
		t.Errorf("read %+v, %v", v, err)
	}
	for name, err := range map[string]error{
		"Begin":  s.Begin(t.Context(), question(2, "q")),
		"Remove": s.Remove(t.Context(), "t0001"),
	} {
		if !errors.Is(err, ErrReadOnly) || !s.ReadOnly() || Problem(err).Code != "db_readonly" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
