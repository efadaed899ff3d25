package panel

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"fyne.io/fyne/v2/lang"

	"aside/app/control"
	"aside/app/settings"
)

// TestMain makes the tests read English on every machine.
func TestMain(m *testing.M) {
	for _, name := range []string{"LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if err := os.Setenv(name, "en_US.UTF-8"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// in makes a language that of the interface until the test ends.
func in(t *testing.T, language string) {
	t.Helper()
	setLanguage(language)
	t.Cleanup(func() { setLanguage(english) })
}

// parsed calls see for every Go file below dir that is not a test.
func parsed(t *testing.T, dir string, skip []string, see func(name string, f *ast.File)) {
	t.Helper()
	if err := walk(dir, skip, see); err != nil {
		t.Fatal(err)
	}
}

// walk does so outside a test too.
func walk(dir string, skip []string, see func(name string, f *ast.File)) error {
	return filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && path != dir && slices.Contains(skip, e.Name()):
			return filepath.SkipDir
		case e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err == nil {
			see(filepath.Base(path), f)
		}
		return err
	})
}

// called is the name of what a call calls.
func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// literalOf is the text of a literal.
func literalOf(e ast.Node) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(l.Value)
	return text, err == nil
}

// Texts of the panel that are no words to be read: names of languages, keys and a
// folder.
var (
	tongues  = []string{"English", "中文", "Español", "Deutsch", "Français", "日本語", "한국어", "Português", "简体中文", "繁體中文"}
	keycaps  = []string{"Documents", "Minus", "Plus", "Equal", "Comma", "Period", "Slash", "Backslash", "Semicolon", "Quote", "Backquote", "BracketLeft", "BracketRight", "Left", "Right", "Up", "Down"}
	wordless = []string{"syntax.go", "grammar.go", "math.go", "mathsigns.go", "glyph.go", "dock_x11.go", "dock_x11_keyboard.go", "dock_x11_screen.go", "kept.go"}
)

// showing are the functions of the package that show what they are given.
var showing = []string{
	"words", "newTool", "newChip", "newGlyphChip", "knob", "note", "heading", "say", "set", "setText", "SetText", "SetPlaceHolder", "quote", "head", "entry",
	"NewWindow", "hint", "row", "add", "NewLabel", "newProse", "caps",
}

// readable reports whether a literal looks like words that somebody reads: a
// capital and then small letters, or several words.
func readable(text string) bool {
	if slices.Contains(tongues, text) || strings.ContainsAny(text, "{<\n") || strings.Contains(text, "://") {
		return false
	}
	text = notWords.ReplaceAllString(text, "")
	if !strings.ContainsFunc(text, unicode.IsLower) {
		return false
	}
	return unicode.IsUpper([]rune(text)[0]) || strings.Contains(strings.TrimSpace(text), " ")
}

// notWords are what is filled in, and settings with a value of theirs.
var notWords = regexp.MustCompile(`%[a-z]|^[a-z]+\.[a-z_]+ [-_a-zA-Z]+$`)

// inPanel are the texts of the panel: those that tr and its like are given, and
// those of tables that are given to it later.
func inPanel(t *testing.T) (wrapped, tables map[string]bool) {
	t.Helper()
	wrapped, tables = map[string]bool{}, map[string]bool{}
	parsed(t, ".", []string{"testdata"}, func(name string, f *ast.File) {
		if slices.Contains(wordless, name) {
			return
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec, *ast.Field:
				return false
			case *ast.CallExpr:
				switch called(n) {
				case "New", "Errorf", "LogError":
					return false
				case "tr", "trf", "trn":
					for _, a := range n.Args {
						if text, ok := literalOf(a); ok && strings.ContainsFunc(text, unicode.IsLetter) {
							wrapped[text] = true
						}
					}
				}
			case *ast.BasicLit:
				if text, ok := literalOf(n); ok {
					tables[text] = true
				}
			}
			return true
		})
	})
	return wrapped, tables
}

func TestEveryWordOfThePanelIsTranslated(t *testing.T) {
	known := readCatalogue(t, "zh-Hans")
	parsed(t, ".", []string{"testdata"}, func(name string, f *ast.File) {
		if slices.Contains(wordless, name) {
			return
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if _, is := n.(*ast.Field); is {
				return false
			}
			if c, is := n.(*ast.CallExpr); is {
				switch called(c) {
				case "tr", "trf", "trn", "New", "Errorf", "LogError":
					return false
				}
				for _, a := range c.Args {
					text, is := literalOf(a)
					if is && slices.Contains(showing, called(c)) && readable(text) {
						t.Errorf("%s: %s is given %q without tr", name, called(c), text)
					}
				}
			}
			text, is := literalOf(n)
			if is && readable(text) && !slices.Contains(keycaps, text) && known[text] == "" {
				t.Errorf("%s: %q is in no catalogue", name, text)
			}
			return true
		})
	})
}

func readCatalogue(t *testing.T, language string) map[string]string {
	t.Helper()
	raw, err := catalogues.ReadFile("lang/" + language + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]string
	if err := json.Unmarshal(raw, &texts); err != nil {
		t.Fatal(err)
	}
	return texts
}

// verbs are the places of a text that are filled in: which argument stands
// where, and how.
func verbs(text string) []string {
	var all []string
	next := 1
	for _, m := range regexp.MustCompile(`%(\[\d+\])?([.\d]*[a-zA-Z%])`).FindAllStringSubmatch(text, -1) {
		if m[2] == "%" {
			continue
		}
		if m[1] != "" {
			next, _ = strconv.Atoi(strings.Trim(m[1], "[]"))
		}
		all = append(all, strconv.Itoa(next)+strings.TrimPrefix(m[2], ".0")) // .0 leaves it out
		next++
	}
	slices.Sort(all)
	return all
}

func TestACatalogueFillsInWhatTheEnglishTextDoes(t *testing.T) {
	for _, language := range []string{english, "zh-Hans", "zh-Hant"} {
		for key, text := range readCatalogue(t, language) {
			if text == "" || !slices.Equal(verbs(key), verbs(text)) {
				t.Errorf("%s: %q is %q", language, key, text)
			}
			if strings.ContainsAny(text, "!！") {
				t.Errorf("%s: %q shouts", language, text)
			}
		}
	}
}

// unseen are sentences in the core's source that the panel does not show:
// orders to the model and the database, and the names of sounds.
var unseen = regexp.MustCompile(`(?s)^(SELECT|DELETE|UPDATE|INSERT|PRAGMA|CREATE|AA AE|Say hello|You are Aside|One of: |There is no such (control|format)|Use json|It is not clear|` +
	`Say which turns|The day|Write it as|Give the first day|Begin with|Aside knows no|The arguments|The request|The screen must|The settings are %s|For a model that|aside |Bearer ).*|^%s[ .]*%s\.?$|^%s must be %s\.$`)

// ofTheCore are the texts in the core's source: what is filled in is %s. Those
// that the panel may come to show are true.
func ofTheCore(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	sentence := regexp.MustCompile(`^[A-Z%].*([.?]$|: aside )`)
	see := func(n ast.Node) bool {
		if _, is := n.(*ast.ImportSpec); is {
			return false
		}
		e, is := n.(ast.Expr)
		if !is {
			return true
		}
		text, is := filledIn(e)
		if is && strings.Contains(text, " ") {
			all[text] = sentence.MatchString(text) && !unseen.MatchString(text)
		}
		return !is
	}
	for _, dir := range []string{"..", "../turn", "../history", "../settings", "../control", "../engine", "../hotkey"} {
		skip := []string{"panel", "desk", "e2e", "enginetest", "spoken"}
		if dir == ".." {
			skip = append(skip, "turn", "history", "settings", "control", "engine", "hotkey", "insert", "tray", "key", "fonts")
		}
		parsed(t, dir, skip, func(name string, f *ast.File) {
			if !slices.Contains([]string{"answer.go", "words.go", "doctor.go"}, name) {
				ast.Inspect(f, see)
			}
		})
	}
	return all
}

// among reports whether one of texts is text, where a part that is filled in
// may have been written out.
func among[V any](texts map[string]V, text string) bool {
	if _, is := texts[text]; is {
		return true
	}
	for form := range texts {
		if !strings.Contains(form, "%s") || len(form) < 16 {
			continue
		}
		shape := strings.ReplaceAll(regexp.QuoteMeta(form), "%s", ".+")
		if regexp.MustCompile("^" + shape + "$").MatchString(text) {
			return true
		}
	}
	return false
}

// filledIn is an expression of which at least a part is a literal, as a text
// with %s for the rest.
func filledIn(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		return literalOf(e)
	case *ast.BinaryExpr:
		a, is := filledIn(e.X)
		b, also := filledIn(e.Y)
		if e.Op != token.ADD || !is && !also {
			return "", false
		}
		if !is {
			a = "%s"
		}
		if !also {
			b = "%s"
		}
		return a + b, true
	case *ast.CallExpr:
		if called(e) == "Sprintf" {
			text, is := filledIn(e.Args[0])
			return regexp.MustCompile(`%[-+.\d]*[a-z]`).ReplaceAllString(text, "%s"), is
		}
	}
	return "", false
}

// ofTheSettings are what the settings say about themselves, and what they may
// be.
func ofTheSettings() map[string]bool {
	all := map[string]bool{}
	number := regexp.MustCompile(`\d[\d.e+]*`)
	for _, k := range settings.Keys() {
		all[aboutOf(control.Setting{Name: k.Name, About: k.About})] = true
		all[k.About] = true
		valid := "%s must be " + number.ReplaceAllString(k.Valid, "%s") + "."
		if k.Choices != nil {
			valid = "%s must be %s or %s."
		}
		all[valid] = true
	}
	return all
}

func TestTheCataloguesHaveWhatTheCodeSaysAndNothingElse(t *testing.T) {
	wrapped, tables := inPanel(t)
	core, choices := ofTheCore(t), ofTheSettings()
	used := maps.Clone(tables)
	maps.Copy(used, choices)
	for text := range core {
		used[text], used["%s "+text+"."] = true, true // a binding says its name before what is wrong with it
	}
	for _, w := range fyneWords() {
		used[w], wrapped[w] = true, true
	}
	maps.Copy(wrapped, choices)
	one, other := readCatalogue(t, "zh-Hans"), readCatalogue(t, "zh-Hant")
	for _, c := range []struct {
		name         string
		texts, twins map[string]string
	}{{"zh-Hans", one, other}, {"zh-Hant", other, one}} {
		for key := range wrapped {
			if c.texts[key] == "" {
				t.Errorf("%s lacks %q", c.name, key)
			}
		}
		for text, shown := range core {
			if shown && !among(c.texts, strings.ReplaceAll(text, "%s", "day")) && !among(c.texts, text) {
				t.Errorf("%s lacks %q, which the core may say", c.name, text)
			}
		}
		for key := range c.texts {
			if !used[key] && !among(core, key) {
				t.Errorf("%s has %q, which nobody says", c.name, key)
			}
			if c.twins[key] == "" {
				t.Errorf("%s has %q, and the other Chinese has not", c.name, key)
			}
		}
	}
}

func TestFyneSpeaksTheLanguageOfThePanel(t *testing.T) {
	in(t, "zh-Hant")
	if got := lang.L("Select all"); got != "全選" {
		t.Errorf("Select all is %q", got)
	}
	setLanguage(english)
	if got := lang.L("Select all"); got != "Select all" {
		t.Errorf("then it is %q", got)
	}
}

func TestTheSystemsLanguageIsOneOfOurs(t *testing.T) {
	for locale, want := range map[string]string{
		"en-US": "en", "de-DE": "en", "C": "en", "": "en", "ja-JP": "en",
		"zh-CN": "zh-Hans", "zh-SG": "zh-Hans", "zh": "zh-Hans", "zh-TW": "zh-Hant", "zh-HK": "zh-Hant", "zh-Hant-CN": "zh-Hant",
	} {
		if got := closest(locale); got != want {
			t.Errorf("%s is %s, not %s", locale, got, want)
		}
	}
}
