package history

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"aside/app/turn"
)

// Of a search.
const (
	maxQuery = 1000 // bytes
	maxTerms = 16
)

// Filter says which turns are meant. The zero Filter means all.
type Filter struct {
	Text         string    // words that the question or the answer has; the last may be the beginning of one
	App          string    // the program that was asked about; case does not matter
	Engine       string    // likewise
	Model        string    // likewise
	Conversation string    // the ID of its first turn
	From, To     time.Time // asked at From or later, and before To; the zero time is no bound
	Pinned       bool      // only what the user keeps

	// Hidden tells of which programs nothing is shown; nil means of none.
	Hidden func(app string) bool

	loose bool // only what is not pinned
}

// term is what a turn must have: one word, the beginning of one, or a run of
// letters without spaces.
type term struct {
	words  []string // of the index, one after the other
	prefix bool     // words is one, and the beginning is enough
	run    string   // the letters without spaces, "" for a word
}

// terms splits what the user typed. Nothing in it has a meaning of its own: no
// quotes, no operators.
func terms(text string) []term {
	var all []term
	var run *term // of letters without spaces, that goes on
	s := scanner{text: cut(text, maxQuery)}
	for t, ok := s.next(); ok && len(all) < maxTerms; t, ok = s.next() {
		single := utf8.RuneCountInString(t.text) == 1
		switch {
		case t.text == "":
		case !t.joined:
			all = append(all, term{words: []string{t.text}})
		case single && run != nil: // the last of a run is in its last pair
			run = nil
		case run != nil:
			run.words = append(run.words, t.text)
			run.run += lastRune(t.text)
		default:
			all = append(all, term{words: []string{t.text}, run: t.text, prefix: single})
			if !single {
				run = &all[len(all)-1]
			}
		}
	}
	if len(all) > 0 && all[len(all)-1].run == "" {
		all[len(all)-1].prefix = true
	}
	return all
}

func lastRune(pair string) string {
	r, _ := utf8.DecodeLastRuneInString(pair)
	return string(r)
}

// match writes a term for the index. Its words are letters and digits, + and #.
func (t term) match() string {
	m := `"` + strings.Join(t.words, " ") + `"`
	if t.prefix {
		m += "*"
	}
	return m
}

// facet is the word that stands in the index for a property of a turn. Nobody
// types its first letter.
func facet(kind, value string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(value)))
	return "\ue000" + kind + hex.EncodeToString(sum[:8])
}

// body is what the index holds of a turn.
func body(v turn.View) string {
	var b strings.Builder
	for _, text := range []string{v.Question, v.Answer} {
		s := scanner{text: text}
		for t, ok := s.next(); ok; t, ok = s.next() {
			b.WriteString(t.text)
			b.WriteByte(' ')
		}
	}
	for _, f := range []string{facet("a", programOf(v)), facet("e", v.Engine), facet("m", v.Model)} {
		b.WriteString(f)
		b.WriteByte(' ')
	}
	return b.String()
}

// selection is a Filter as the database takes it.
type selection struct {
	terms []term
	match string // for the index, "" without
	where string // about turns, begins with AND if it is not empty
	args  []any
	least int64 // the rows
	most  int64

	columns string // of the turns that are read
}

func (f Filter) selection() selection {
	q := selection{terms: terms(f.Text), most: math.MaxInt64, columns: columns}
	var all []string
	for _, t := range q.terms {
		all = append(all, t.match())
	}
	for _, p := range []struct{ kind, value string }{{"a", f.App}, {"e", f.Engine}, {"m", f.Model}} {
		if p.value != "" {
			all = append(all, `"`+facet(p.kind, p.value)+`"`)
		}
	}
	q.match = strings.Join(all, " ")
	if text := strings.TrimSpace(f.Text); len(q.terms) == 0 && text != "" { // signs only
		pattern := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(clean(text, maxToken)) + "%"
		q.and(`(question LIKE ? ESCAPE '\' OR answer LIKE ? ESCAPE '\')`, pattern, pattern)
	}
	if f.Conversation != "" {
		q.and("conversation = ?", f.Conversation)
	}
	if f.Pinned {
		q.and("pinned")
	}
	if f.loose {
		q.and("NOT pinned")
	}
	if !f.From.IsZero() {
		q.least = first(f.From)
	}
	if !f.To.IsZero() {
		q.most = first(f.To) - 1
	}
	return q
}

func (q *selection) and(condition string, args ...any) {
	q.where += " AND " + condition
	q.args = append(q.args, args...)
}

// pass leaves out a turn and what is newer, or what is older.
func (q *selection) pass(r record, newest bool) {
	if newest {
		q.most = r.n - 1
	} else {
		q.least = r.n + 1
	}
}

// statement reads the rows from least to most, at most limit of them.
func (q selection) statement(newest bool, limit int) (string, []any) {
	order := "ASC"
	if newest {
		order = "DESC"
	}
	if q.match == "" {
		return "SELECT " + q.columns + " FROM turns WHERE n BETWEEN ? AND ?" + q.where + " ORDER BY n " + order + " LIMIT ?",
			slices.Concat([]any{q.least, q.most}, q.args, []any{limit})
	}
	return "SELECT " + q.columns + " FROM words CROSS JOIN turns ON n = words.rowid WHERE words MATCH ? AND words.rowid BETWEEN ? AND ?" +
			q.where + " ORDER BY words.rowid " + order + " LIMIT ?",
		slices.Concat([]any{q.match, q.least, q.most}, q.args, []any{limit})
}

// has reports whether a turn is meant that the index does not hold yet. What
// the statement asks of the table has been asked.
func (f Filter) has(terms []term, v turn.View) bool {
	for _, p := range []struct{ wanted, is string }{{f.App, programOf(v)}, {f.Engine, v.Engine}, {f.Model, v.Model}} {
		if p.wanted != "" && !strings.EqualFold(p.wanted, p.is) {
			return false
		}
	}
	found := make([]bool, len(terms))
	for _, text := range []string{v.Question, v.Answer} {
		s := scanner{text: text}
		for t, ok := s.next(); ok; t, ok = s.next() {
			for i, wanted := range terms {
				found[i] = found[i] || wanted.run == "" && wanted.is(t) || wanted.run != "" && t.joined && strings.HasPrefix(text[t.from:], wanted.run)
			}
		}
	}
	return !slices.Contains(found, false)
}

// is reports whether a token is one of the term's words.
func (t term) is(k token) bool {
	if t.prefix {
		return strings.HasPrefix(k.text, t.words[0])
	}
	return slices.Contains(t.words, k.text)
}
