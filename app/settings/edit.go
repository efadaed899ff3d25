package settings

import (
	"maps"
	"regexp"
	"strings"

	"github.com/BurntSushi/toml"
)

var (
	header = regexp.MustCompile(`^\s*\[\s*([A-Za-z0-9_-]+)\s*\]\s*(#.*)?$`)
	pair   = regexp.MustCompile(`^\s*([A-Za-z0-9_-]+(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*=\s*`)
)

// fresh is the file before the user changes anything.
const fresh = "version = 1\n"

// edit returns old changed so that it holds s, whose values are valid. It
// changes single lines if that is enough; comments then survive. Otherwise all
// that the file held is written anew. A file that cannot be read to its end is
// replaced.
func edit(old string, s Settings) string {
	tree, line := decode(old)
	if line == 0 && old != "" {
		if text := setLines(old, tree, s); holds(text, s) {
			return text
		}
		if text, err := toml.Marshal(merge(tree, s)); err == nil && holds(string(text), s) {
			return string(text)
		}
	}
	return setLines(fresh, nil, s)
}

// setLines sets the lines of all values in which s differs from the file, whose
// content is tree.
func setLines(text string, tree map[string]any, s Settings) string {
	for _, e := range entries() {
		have := e.literal(Default())
		if raw, found := lookup(tree, e.name); found {
			have = "" // unless it is of the right type
			if v, ok := e.fromTOML(raw); ok {
				var held Settings
				e.put(&held, v)
				have = e.literal(held)
			}
		}
		if want := e.literal(s); want != have {
			text = setLine(text, e.name, want)
		}
	}
	return text
}

// holds reports whether text is a faultless file with the settings s.
func holds(text string, s Settings) bool {
	got, problems := parse(text)
	for _, e := range entries() {
		if e.literal(got) != e.literal(s) {
			return false
		}
	}
	return !damaged(problems)
}

// merge returns tree with the settings s in it.
func merge(tree map[string]any, s Settings) map[string]any {
	merged := maps.Clone(tree)
	merged["version"] = Version
	for _, e := range entries() {
		group, key, _ := strings.Cut(e.name, ".")
		table, _ := merged[group].(map[string]any)
		table = maps.Clone(table)
		if table == nil {
			table = map[string]any{}
		}
		table[key] = e.plain(s)
		merged[group] = table
	}
	return merged
}

// setLine sets name to literal where it stands, or adds a line to its table.
// It knows only the usual ways to write TOML; its caller checks the result.
func setLine(text, name, literal string) string {
	group, key, _ := strings.Cut(name, ".")
	lines := strings.SplitAfter(text, "\n")
	table, last := "", -1 // the table at hand; the last line of the group
	for i, line := range lines {
		if strings.HasPrefix(strings.TrimSpace(line), "[") {
			table = "?"
			if m := header.FindStringSubmatch(strings.TrimRight(line, "\r\n")); m != nil {
				table = m[1]
			}
		}
		found := ""
		if m := pair.FindStringSubmatch(line); m != nil {
			found = strings.Join(strings.Fields(m[1]), "")
		}
		if table == group && found == key || table == "" && found == name {
			lines[i] = setValue(line, literal)
			return strings.Join(lines, "")
		}
		if table == group && (found != "" || header.MatchString(strings.TrimRight(line, "\r\n"))) {
			last = i
		}
	}
	added := key + " = " + literal + "\n"
	if last < 0 {
		return strings.TrimRight(text, "\r\n") + "\n\n[" + group + "]\n" + added
	}
	if !strings.HasSuffix(lines[last], "\n") {
		lines[last] += "\n"
	}
	lines[last] += added
	return strings.Join(lines, "")
}

// setValue replaces the value in a line and keeps the comment after it.
func setValue(line, literal string) string {
	start := len(pair.FindString(line))
	body := strings.TrimRight(line[start:], "\r\n")
	end := len(body)
	for from, tries := 0, 0; tries < 8; tries++ {
		i := strings.IndexByte(body[from:], '#')
		if i < 0 {
			break
		}
		// Only a "#" that has a whole value before it begins a comment.
		if _, err := toml.Decode("v = "+body[:from+i], &map[string]any{}); err == nil {
			end = from + i
			break
		}
		from += i + 1
	}
	value := strings.TrimRight(body[:end], " \t")
	return line[:start] + literal + line[start+len(value):]
}
