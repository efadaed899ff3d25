package history

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"aside/app/turn"
)

// many is how many turns the benchmarks search.
const many = 100_000

// writer makes texts of the words of a language that nobody speaks: few are
// used often, many seldom, as in any other. Every fifth has no spaces.
type writer struct{ often *rand.Zipf }

func (w writer) text(words int, spaced bool) string {
	var b strings.Builder
	for i := range words {
		n := w.often.Uint64()
		if !spaced {
			b.WriteRune(rune(0x4e00 + n%5000))
			if i%9 == 8 {
				b.WriteString("，")
			}
			continue
		}
		for n += 3; n > 0; {
			b.WriteByte("bcdfghjklmnprstvz"[n%17])
			n /= 17
			b.WriteByte("aeiou"[n%5])
			n /= 5
		}
		b.WriteByte(" \n"[i%40/39])
	}
	return b.String()
}

// made is the folder of large, "" until there is one.
var made string

// large is a history of many turns over a year, made once.
var large = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "aside-history-")
	if err != nil {
		return "", err
	}
	made = dir
	path := filepath.Join(dir, "history.db")
	s, err := Open(context.Background(), path)
	if err != nil {
		return "", err
	}
	r := rand.New(rand.NewPCG(1, 2))
	w := writer{rand.NewZipf(r, 1.1, 10, 30000)}
	begin := time.Date(2025, 11, 25, 0, 0, 0, 0, time.Local)
	var batch []record
	for n := range many {
		spaced := n%5 > 0
		v := turn.View{
			ID: fmt.Sprintf("t%08d", n), Asked: begin.Add(time.Duration(n) * 315 * time.Second), Conversation: fmt.Sprint("c", n/6),
			Question: w.text(10, spaced), Answer: w.text(120, spaced), Outcome: turn.Answered, Engine: "chat", Model: fmt.Sprint("model-", n%3),
			Shots:   []turn.ShotView{{Program: fmt.Sprint("program", n%20), Title: fmt.Sprintf("file%d.go - editor", n%1000)}},
			Timings: turn.Timings{Request: 20, Transcript: 300, FirstText: int64(500 + n%700), FirstSound: int64(900 + n%900), Done: 4000},
		}
		rec, err := newRecord(v, s.place(v))
		if err != nil {
			return "", err
		}
		if batch = append(batch, rec); len(batch) == 5000 {
			if err := s.writeAll(context.Background(), batch, true); err != nil {
				return "", err
			}
			batch = batch[:0]
		}
	}
	return path, s.Close()
})

func opensLarge(b *testing.B) *Store {
	b.Helper()
	path, err := large()
	if err != nil {
		b.Fatal(err)
	}
	s, err := Open(b.Context(), path)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	return s
}

// searches are what a user types, one letter after the other among them.
func searches() map[string]Filter {
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.Local)
	return map[string]Filter{
		"letter":        {Text: "b"},
		"beginning":     {Text: "bac"},
		"common_begin":  {Text: "baca"},
		"two_words":     {Text: "fada gabi"},
		"four_words":    {Text: "fada gada hada jad"},
		"no_such_word":  {Text: "xyzzy"},
		"han_1":         {Text: "丁"},
		"han_2":         {Text: "丄丅"},
		"han_3":         {Text: "丄丅丆"},
		"han_none":      {Text: "丄鼠"},
		"app":           {App: "program7"},
		"app_and_word":  {App: "program7", Text: "baca"},
		"model_and_day": {Model: "model-1", Text: "ba", From: day, To: day.AddDate(0, 0, 1)},
		"everything":    {},
	}
}

func BenchmarkFind(b *testing.B) {
	s := opensLarge(b)
	for name, f := range searches() {
		b.Run(name, func(b *testing.B) {
			found := 0
			for b.Loop() {
				p, err := s.Find(b.Context(), f, 50, "")
				if err != nil {
					b.Fatal(err)
				}
				found = len(p.Turns)
			}
			b.ReportMetric(float64(found), "turns")
		})
	}
}

// BenchmarkPeerLike looks through all texts, as one would without an index.
func BenchmarkPeerLike(b *testing.B) {
	s := opensLarge(b)
	for _, word := range []string{"xyzzy", "丄鼠", "baca"} {
		b.Run(word, func(b *testing.B) {
			for b.Loop() {
				_, err := query(b.Context(), s.db.Load(), "SELECT "+columns+" FROM turns WHERE question LIKE ?1 OR answer LIKE ?1 ORDER BY n DESC LIMIT 50", "%"+word+"%")
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkHere(b *testing.B) {
	s := opensLarge(b)
	for b.Loop() {
		if got, err := s.Here(b.Context(), "program7", "file7.go - editor", Filter{}, 20); err != nil || len(got) != 20 {
			b.Fatal(len(got), err)
		}
	}
}

func BenchmarkUsageOfAMonth(b *testing.B) {
	s := opensLarge(b)
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.Local)
	for b.Loop() {
		if _, err := s.Usage(b.Context(), day, day.AddDate(0, 0, 29)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStoreAndRemove(b *testing.B) {
	s := opensLarge(b)
	v := answered(1, strings.Repeat("a question ", 10), strings.Repeat("the words of an answer ", 30))
	v.Asked = time.Now()
	for b.Loop() {
		if err := s.Begin(b.Context(), v); err != nil {
			b.Fatal(err)
		}
		if err := s.Remove(b.Context(), v.ID); err != nil {
			b.Fatal(err)
		}
	}
}
