package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/BurntSushi/toml"
)

// Held returns the names of the settings that the file at path gives a valid
// value. The others have their default. A file that cannot be read holds none.
func Held(path string) map[string]bool {
	held := map[string]bool{}
	text, err := read(path)
	if err != nil {
		return held
	}
	tree, _ := decode(text)
	for _, e := range entries() {
		raw, found := lookup(tree, e.name)
		if !found {
			continue
		}
		if v, ok := e.fromTOML(raw); ok && e.rule.ok(v) {
			held[e.name] = true
		}
	}
	return held
}

// Drop takes one setting out of the file at path, so that its default holds. A
// comment beside it stays. The error is a *Problem if there is no such setting
// or the file is of a newer version.
func Drop(path, key string) error {
	e, err := entryNamed(key)
	if err != nil {
		return err
	}
	old, err := read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("read settings: %w", err)
	}
	s, problems := parse(old)
	if isNewer(problems) {
		return &problems[0]
	}
	tree, line := decode(old)
	if _, found := lookup(tree, key); !found {
		return nil
	}
	e.put(&s, e.value(Default()))
	text := dropLine(old, key)
	if line > 0 || !holds(text, s) || isHeld(text, key) { // it is written in a way that dropLine does not know
		return Save(path, s)
	}
	if err := replace(path, text); err != nil {
		return fmt.Errorf("save settings: %w", err)
	}
	return nil
}

func isHeld(text, key string) bool {
	tree, _ := decode(text)
	_, found := lookup(tree, key)
	return found
}

// dropLine takes the line of name out of text. It knows only the usual ways to
// write TOML; its caller checks the result.
func dropLine(text, name string) string {
	group, key, _ := strings.Cut(name, ".")
	lines := strings.SplitAfter(text, "\n")
	table := "" // the one at hand
	for i, line := range lines {
		if strings.HasPrefix(strings.TrimSpace(line), "[") {
			table = "?"
			if m := header.FindStringSubmatch(strings.TrimRight(line, "\r\n")); m != nil {
				table = m[1]
			}
		}
		m := pair.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		found := strings.Join(strings.Fields(m[1]), "")
		if table == group && found == key || table == "" && found == name {
			lines[i] = commentOf(line)
			break
		}
	}
	return strings.Join(lines, "")
}

// commentOf is the comment of a line as a line, "" if there is none.
func commentOf(line string) string {
	for i, r := range line {
		if r != '#' {
			continue
		}
		// Only a "#" that has a whole value before it begins a comment.
		if _, err := toml.Decode(line[:i], &map[string]any{}); err == nil {
			return line[i:]
		}
	}
	return ""
}
