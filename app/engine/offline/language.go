package offline

import (
	"bytes"
	"context"
	"image"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"aside/app/engine"
)

// The languages, as tesseract names them.
const (
	english        = "eng"
	simplifiedHan  = "chi_sim"
	traditionalHan = "chi_tra"
)

const (
	listLimit    = 5 * time.Second
	maxLanguages = 500
)

// languages knows what tesseract can read. It asks once: what is installed
// later is known after the next start.
type languages struct {
	mu    sync.Mutex
	known []string
}

// installed returns the names of the languages that are there. The error is an
// *engine.Error, or ctx's.
func (l *languages) installed(ctx context.Context) ([]string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known != nil {
		return l.known, nil
	}
	listed, err := child{program: tesseract(), limit: listLimit, args: []string{"--list-langs"}}.run(ctx)
	if err != nil {
		return nil, err
	}
	l.known = parseLanguages(string(listed))
	return l.known, nil
}

// parseLanguages reads what tesseract lists: a heading, then a name a line.
func parseLanguages(listed string) []string {
	names := []string{}
	for line := range strings.Lines(listed) {
		name := strings.TrimSpace(line)
		if name != "" && len(names) < maxLanguages && !strings.ContainsFunc(name, notInName) {
			names = append(names, name)
		}
	}
	return names
}

func notInName(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '/' && r != '-'
}

// packageOf is the Debian package that brings a language.
func packageOf(language string) string {
	return "tesseract-ocr-" + strings.ReplaceAll(language, "_", "-")
}

// missing says which language is on the screen and cannot be read. The hint
// names the packages.
func missing(names ...string) *engine.Error {
	hint := "apt install"
	for _, n := range names {
		hint += " " + packageOf(n)
	}
	return &engine.Error{Code: "ocr_language_missing", Message: "The text on the screen looks Chinese, and that language is not installed.", Hint: hint}
}

// choice is in which languages a picture is to be read.
type choice struct {
	names   []string
	missing *engine.Error // nil if nothing that is needed is missing
}

// How sure tesseract is of a sample on the average. Measured on drawn pages,
// letters 12 to 28 pixels high: of Han read as English 20 to 35, in the right
// one of the two scripts 75 to 94, and in the other up to 24 less; of 32 such
// samples one was surer in the wrong one.
const (
	sureHan     = 55 // least, to believe that it is Han
	sureEnglish = 50 // least, to believe that it is none
	leastHan    = 4  // characters in a sample
)

// choose says in which languages to read a picture in which there seems to be
// Han, by a sample of that. hint is text that is known to be there.
func (l *languages) choose(ctx context.Context, sample *image.Gray, hint string) (choice, error) {
	installed, err := l.installed(ctx)
	if err != nil {
		return choice{}, err
	}
	plain := choice{names: []string{english}}
	told := variant(hint)
	if told != "" && !slices.Contains(installed, told) {
		plain.missing = missing(told)
		return plain, nil
	}
	best, surest := told, 0.0
	for _, n := range []string{simplifiedHan, traditionalHan} {
		if told != "" || !slices.Contains(installed, n) {
			continue
		}
		sure, err := sureness(ctx, sample, n, func(w string) bool { return han(w) > 0 })
		if err != nil {
			return choice{}, err
		}
		if best == "" || sure > surest {
			best, surest = n, sure
		}
	}
	switch {
	case told != "" || surest >= sureHan:
		return choice{names: []string{best, english}}, nil
	case best != "": // they are icons
		return plain, nil
	}
	surest, err = sureness(ctx, sample, english, func(string) bool { return true })
	if err == nil && surest < sureEnglish {
		plain.missing = missing(simplifiedHan, traditionalHan)
	}
	return plain, err
}

// sureness reads a sample, and says how sure that is of those words that
// count: 0 if these are too few.
func sureness(ctx context.Context, sample *image.Gray, language string, counts func(string) bool) (float64, error) {
	words, err := ocr(ctx, sample, []string{language}, oneBlock, 2*screenDots)
	characters, n, sum := 0, 0, 0.0
	for _, w := range words {
		if counts(w.text) {
			characters += len([]rune(w.text))
			n++
			sum += w.sure
		}
	}
	if characters < leastHan {
		return 0, err
	}
	return sum / float64(n), err
}

// How tesseract is to find lines.
const (
	layoutMode = "3" // looks for columns and lines by itself
	oneBlock   = "6"
	screenDots = 96 // an inch
)

// ocr has tesseract find the words in a picture.
func ocr(ctx context.Context, p *image.Gray, names []string, mode string, dots int) ([]word, error) {
	table, err := child{
		program: tesseract(), limit: readLimit,
		args: []string{"stdin", "stdout", "-l", strings.Join(names, "+"), "--psm", mode, "--dpi", strconv.Itoa(dots), "tsv"},
		in:   bytes.NewReader(graymap(p)),
	}.run(ctx)
	if err != nil {
		return nil, err
	}
	return parseTSV(string(table)), nil
}
