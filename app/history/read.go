package history

import (
	"context"
	"strings"
	"unicode/utf8"

	"aside/app/turn"
)

const (
	maxList  = 500 // turns of one answer
	maxWords = 16  // of a search
	maxWord  = 100 // bytes of each
)

// List returns turns, newest first, at most limit or 500 of them. With a
// beforeID only those older than it: the next page.
func (s *Store) List(ctx context.Context, limit int, beforeID string) ([]turn.View, error) {
	views, err := s.query(ctx, "SELECT "+columns+" FROM turns WHERE ?1 = '' OR id < ?1 ORDER BY id DESC LIMIT ?2", beforeID, clamp(limit))
	return views, inform("list history", err)
}

// Get returns one turn.
func (s *Store) Get(ctx context.Context, id string) (turn.View, error) {
	views, err := s.query(ctx, "SELECT "+columns+" FROM turns WHERE id = ?", id)
	if err == nil && len(views) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return turn.View{}, inform("read turn", err)
	}
	return views[0], nil
}

// Search returns the turns whose question or answer has all words of text, or
// begins of words, newest first, at most limit or 500 of them. Case and
// accents do not matter.
func (s *Store) Search(ctx context.Context, text string, limit int) ([]turn.View, error) {
	where, args := search(text)
	if where == "" {
		return nil, nil
	}
	views, err := s.query(ctx, "SELECT "+columns+" FROM turns WHERE "+where+" ORDER BY n DESC LIMIT ?", append(args, clamp(limit))...)
	return views, inform("search history", err)
}

// search makes a condition of what the user typed. The index finds parts of
// three letters or more; shorter words are compared row by row.
func search(text string) (where string, args []any) {
	var indexed []string
	var conditions []string
	words := strings.Fields(strings.ReplaceAll(strings.ToValidUTF8(text, " "), "\x00", " "))
	for _, word := range words[:min(len(words), maxWords)] {
		word = strings.ToValidUTF8(word[:min(len(word), maxWord)], "")
		if utf8.RuneCountInString(word) >= 3 {
			indexed = append(indexed, `"`+strings.ReplaceAll(word, `"`, `""`)+`"`)
			continue
		}
		pattern := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(word) + "%"
		conditions = append(conditions, `(question LIKE ? ESCAPE '\' OR answer LIKE ? ESCAPE '\')`)
		args = append(args, pattern, pattern)
	}
	if len(indexed) > 0 {
		conditions = append(conditions, "n IN (SELECT rowid FROM words WHERE words MATCH ?)")
		args = append(args, strings.Join(indexed, " "))
	}
	return strings.Join(conditions, " AND "), args
}

func clamp(limit int) int { return max(1, min(limit, maxList)) }

func (s *Store) query(ctx context.Context, query string, args ...any) (views []turn.View, err error) {
	rows, err := s.db.Load().QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // its error is that of rows.Err
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		views = append(views, v)
	}
	return views, rows.Err()
}
