package offline

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strings"

	"aside/app/engine"
)

// Item is a part of the system that the engine uses.
type Item struct {
	Name    string // program, or what it is
	Package string // Debian package that brings it
	Found   string // where it was found, or what of it; "" if it was not
	OK      bool
	More    string // what could be added, "" if it is complete
}

// program is a program of the system.
type program struct{ name, brings string } // brings: the Debian package

// The programs.
func tesseract() program    { return program{"tesseract", "tesseract-ocr"} }
func pocketsphinx() program { return program{"pocketsphinx_continuous", "pocketsphinx"} }
func flite() program        { return program{"flite", "flite"} }
func espeak() program       { return program{"espeak-ng", "espeak-ng"} }

// speechModel is where Debian puts the only model of speech it has.
const speechModel = "/usr/share/pocketsphinx/model/en-us"

// speechModelPackage brings speechModel.
const speechModelPackage = "pocketsphinx-en-us"

// Check looks for everything the engine uses. Nothing is started but
// tesseract, which is asked for its languages. It may be called from several
// goroutines.
func Check(ctx context.Context) []Item {
	var items []Item
	for _, p := range []program{tesseract(), pocketsphinx(), flite(), espeak()} {
		path, err := exec.LookPath(p.name)
		items = append(items, Item{Name: p.name, Package: p.brings, Found: path, OK: err == nil})
	}
	model := Item{Name: "model of English speech", Package: speechModelPackage}
	if _, err := os.Stat(speechModel); err == nil {
		model.Found, model.OK = speechModel, true
	}
	var l languages
	known, _ := l.installed(ctx) // without tesseract there are none
	return append(items, model, languageItem(known))
}

// languageItem says which languages of text are there. Without English nothing
// can be read; Chinese may be added.
func languageItem(known []string) Item {
	known = slices.DeleteFunc(slices.Clone(known), func(n string) bool { return n == "osd" }) // no language: which way is up
	item := Item{
		Name: "languages of text", Package: packageOf(english),
		Found: strings.Join(known, ", "), OK: slices.Contains(known, english),
	}
	var more []string
	for _, n := range []string{simplifiedHan, traditionalHan} {
		if !slices.Contains(known, n) {
			more = append(more, packageOf(n))
		}
	}
	if len(more) > 0 {
		item.More = "To read Chinese: apt install " + strings.Join(more, " ")
	}
	return item
}

// find returns the path of the program. The error is an *engine.Error.
func (p program) find() (string, error) {
	path, err := exec.LookPath(p.name)
	if err != nil {
		return "", absent(p.name, p.brings, err)
	}
	return path, nil
}

// absent says which package brings what is missing.
func absent(what, brings string, err error) *engine.Error {
	return &engine.Error{Code: "offline_missing", Message: "The program " + what + " is not installed.", Hint: "apt install " + brings, Err: err}
}

// tooSlow says that a program took too long.
func tooSlow(p program, err error) *engine.Error {
	return &engine.Error{Code: "timed_out", Message: "The program " + p.name + " took too long.", Hint: "Ask again, about a smaller window or when the machine has less to do.", Retry: true, Err: err}
}

// broken says that a program does not work.
func broken(p program, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return absent(p.name, p.brings, err)
	}
	return &engine.Error{Code: "offline_broken", Message: "The program " + p.name + " does not work.", Hint: "apt install --reinstall " + p.brings, Err: err}
}
