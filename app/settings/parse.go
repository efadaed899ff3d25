package settings

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// maxCuts bounds the search for the readable beginning of a damaged file.
const maxCuts = 16

// parse takes the settings from a file's text: the default for whatever is
// missing or wrong.
func parse(text string) (Settings, []Problem) {
	s := Default()
	tree, line := decode(text)
	var problems []Problem
	if v, ok := tree["version"].(int64); ok && v > Version {
		problems = append(problems, Problem{"settings_newer", "The settings are of a newer Aside.", "They are used as far as they are understood, and not changed. Update Aside."})
	} else if tree["version"] != nil && (!ok || v < 1) {
		problems = append(problems, invalid("version", fmt.Sprintf("%d", Version)))
	}
	if line > 0 {
		problems = append(problems, Problem{"settings_invalid", fmt.Sprintf("The settings file cannot be read from line %d on.", line), "The defaults are used for the rest. The file is kept as settings.toml.bad."})
	}
	for _, e := range entries() {
		raw, found := lookup(tree, e.name)
		if !found {
			continue
		}
		if v, ok := e.fromTOML(raw); ok && e.rule.ok(v) {
			e.put(&s, v)
		} else {
			problems = append(problems, invalid(e.name, e.rule.valid))
		}
	}
	return s, append(problems, strangers(tree)...)
}

func invalid(name, valid string) Problem {
	return Problem{"settings_invalid", name + " in the settings file must be " + valid + ".", "The default is used. The file is kept as settings.toml.bad."}
}

func damaged(problems []Problem) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return p.Code == "settings_invalid" })
}

func isNewer(problems []Problem) bool {
	return len(problems) > 0 && problems[0].Code == "settings_newer"
}

// decode reads as much of text as is TOML, from the beginning. What follows
// damage cannot be trusted: its table's name may be what is missing. line is
// that of the damage, 0 without any.
func decode(text string) (tree map[string]any, line int) {
	for range maxCuts {
		tree = map[string]any{}
		_, err := toml.Decode(text, &tree)
		if err == nil {
			return tree, line
		}
		lines := slices.Collect(strings.Lines(text))
		line = len(lines) // each round takes one line at least
		if e, ok := errors.AsType[toml.ParseError](err); ok {
			line = max(1, min(line, e.Position.Line))
		}
		text = strings.Join(lines[:line-1], "")
	}
	return map[string]any{}, 1
}

// lookup finds "group.key".
func lookup(tree map[string]any, name string) (any, bool) {
	group, key, _ := strings.Cut(name, ".")
	table, _ := tree[group].(map[string]any)
	v, found := table[key]
	return v, found
}

// strangers reports what in the file is no setting: once for all unknown keys,
// and for each setting that stands where a group of settings should.
func strangers(tree map[string]any) []Problem {
	var unknown []string
	var problems []Problem
	known := map[string]bool{"version": true}
	for _, name := range names() {
		group, _, _ := strings.Cut(name, ".")
		known[name], known[group] = true, true
	}
	for name, v := range tree {
		table, isTable := v.(map[string]any)
		switch {
		case !known[name]:
			unknown = append(unknown, shown(name))
		case !isTable && name != "version":
			problems = append(problems, invalid(name, "a group of settings"))
		}
		for key := range table {
			if known[name] && !known[name+"."+key] {
				unknown = append(unknown, shown(name+"."+key))
			}
		}
	}
	slices.SortFunc(problems, func(a, b Problem) int { return strings.Compare(a.Message, b.Message) })
	if len(unknown) == 0 {
		return problems
	}
	slices.Sort(unknown)
	more := ""
	if len(unknown) > 10 {
		unknown, more = unknown[:10], " and more"
	}
	return append(problems, Problem{"settings_unknown", "The settings file has unknown keys: " + strings.Join(unknown, ", ") + more + ".", "They are kept and have no effect."})
}

// shown makes a key's name fit for a message.
func shown(name string) string {
	if isLine(name, 1, 60) {
		return name
	}
	return fmt.Sprintf("%.60q", name)
}
