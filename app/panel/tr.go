package panel

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"sync"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"golang.org/x/text/language"
)

// catalogues are the texts in other languages, by the English ones.
//
//go:embed lang/*.json
var catalogues embed.FS

// english is the language that the code is written in: its catalogue has only
// what the core says in other words.
const english = "en"

// written is the language of the interface; nil is English. The panel's
// goroutine changes it, any may read it.
var written atomic.Pointer[catalogue] //nolint:gochecknoglobals // one process has one interface

// catalogue is the texts of one language.
type catalogue struct {
	language string
	texts    map[string]string
	forms    []form // of texts that are filled in by somebody else
}

// tr is text, written in English, in the language of the interface.
func tr(text string) string {
	if c := written.Load(); c != nil {
		if t, ok := c.texts[text]; ok {
			return t
		}
	}
	return text
}

// trf fills text in as fmt.Sprintf does, in the language of the interface. What
// is filled in may stand in another order there: %[2]s.
func trf(text string, args ...any) string { return fmt.Sprintf(tr(text), args...) }

// trn says how many there are: one, or else many, in which %s is the number.
func trn(n int, one, many string) string {
	if n == 1 {
		return tr(one)
	}
	return trf(many, grouped(n))
}

// setLanguage makes choice, as panel.language has it, the language of the
// interface, and of the few words that Fyne itself shows. Call it on the
// window's goroutine. It reports whether that is another one than before.
func setLanguage(choice string) bool {
	if choice == "auto" {
		choice = systemLanguage()
		if choice != english && !hasChinese() { // it could not be read, nor what to install
			choice = english
		}
	}
	before := english
	if c := written.Load(); c != nil {
		before = c.language
	}
	if choice == before {
		return false
	}
	written.Store(catalogueOf(choice))
	tellFyne()
	return true
}

// catalogueOf reads the catalogue of a language, nil if there is none.
func catalogueOf(language string) *catalogue {
	raw, err := catalogues.ReadFile(path.Join("lang", language+".json"))
	if err != nil {
		return nil
	}
	c := &catalogue{language: language}
	if err := json.Unmarshal(raw, &c.texts); err != nil {
		return nil // a test reads them all
	}
	c.forms = formsOf(c.texts)
	return c
}

// systemLanguage is the one of our languages that the system's is.
var systemLanguage = sync.OnceValue(func() string { return closest(lang.SystemLocale().String()) }) //nolint:gochecknoglobals // asked once

// closest is the one of our languages that a locale is written in.
func closest(locale string) string {
	ours := []language.Tag{language.English, language.SimplifiedChinese, language.TraditionalChinese}
	_, i, sure := language.NewMatcher(ours).Match(language.Make(locale))
	if sure == language.No {
		return english
	}
	return []string{english, "zh-Hans", "zh-Hant"}[i]
}

// fyneWords are what Fyne's own fields show in their menu.
func fyneWords() []string { return []string{"Cut", "Copy", "Paste", "Select all", "Undo", "Redo"} }

// tellFyne makes Fyne speak the language of the interface. It speaks that of the
// system alone, so that is where the words go.
func tellFyne() {
	words := map[string]string{}
	for _, w := range fyneWords() {
		words[w] = tr(w)
	}
	raw, err := json.Marshal(words)
	if err == nil {
		err = lang.AddTranslationsForLocale(raw, lang.SystemLocale())
	}
	if err != nil {
		fyne.LogError("translate Fyne", err)
	}
}
