package settings

import (
	"reflect"
	"testing"
)

func TestEditChangesOnlyTheLineOfTheSetting(t *testing.T) {
	tests := []struct {
		name, key, value string
		old, want        string
	}{
		{
			"comments and unknown keys survive", "speak.voice", "nova",
			"# my settings\n\n[speak] # the voice\n  voice = 'echo'   # I like it #1\npitch = 2\n\n# end\n",
			"# my settings\n\n[speak] # the voice\n  voice = \"nova\"   # I like it #1\npitch = 2\n\n# end\n",
		},
		{
			"a # inside the old value is no comment", "speak.voice", "nova",
			"[speak]\nvoice = 'C# major' # x\n",
			"[speak]\nvoice = \"nova\" # x\n",
		},
		{
			"a new key goes below the others of its table", "speak.speed", "2",
			"[speak]\n# who\nvoice = 'echo'\n\n# the panel\n[panel]\nwidth = 300\n",
			"[speak]\n# who\nvoice = 'echo'\nspeed = 2.0\n\n# the panel\n[panel]\nwidth = 300\n",
		},
		{
			"a new key goes into an empty table", "speak.speed", "2",
			"[speak]",
			"[speak]\nspeed = 2.0\n",
		},
		{
			"a new table goes to the end", "panel.width", "300",
			"# mine\n[speak]\nvoice = 'echo'",
			"# mine\n[speak]\nvoice = 'echo'\n\n[panel]\nwidth = 300\n",
		},
		{
			"dotted keys stay dotted", "speak.voice", "nova",
			"speak . voice = 'echo'\n",
			"speak . voice = \"nova\"\n",
		},
		{
			"lines of Windows stay so", "speak.voice", "nova",
			"[speak]\r\nvoice = 'echo'\r\nspeed = 2.0\r\n",
			"[speak]\r\nvoice = \"nova\"\r\nspeed = 2.0\r\n",
		},
		{
			"the same key of another table is another key", "speak.model", "m",
			"[engine]\nmodel = 'a'\n[[speaks]]\nmodel = 'b'\n[speak]\nmodel = 'c'\n",
			"[engine]\nmodel = 'a'\n[[speaks]]\nmodel = 'b'\n[speak]\nmodel = \"m\"\n",
		},
		{
			"a value that is the default already is not written", "speak.voice", "alloy",
			"# nothing\n",
			"# nothing\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := parse(tt.old)
			if err := Set(&s, tt.key, tt.value); err != nil {
				t.Fatal(err)
			}
			if got := edit(tt.old, s); got != tt.want {
				t.Errorf("want\n%s\ngot\n%s", tt.want, got)
			}
		})
	}
}

func TestEditRewritesWhatItCannotEditAndKeepsUnknownKeys(t *testing.T) {
	for name, old := range map[string]string{
		"inline table":         "speak = { voice = 'echo', pitch = 2 }\n",
		"list over lines":      "[screen]\nexclude = [\n 'a', # first\n 'b',\n]\n[speak]\npitch = 2\n",
		"quoted names":         "[\"speak\"]\n'voice' = 'echo'\npitch = 2\n",
		"line within a text":   "[speak]\npitch = 2\nnote = '''\n[speak]\nvoice = 'x'\n'''\nvoice = 'echo'\n",
		"group is not a group": "panel = 'wide'\n[speak]\npitch = 2\n",
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := parse(old)
			s.Speak.Voice, s.Screen.Exclude = "nova", []string{"c"}
			text := edit(old, s)
			got, problems := parse(text)
			if !reflect.DeepEqual(got, s) || damaged(problems) {
				t.Errorf("got %+v, %v from\n%s", got, problems, text)
			}
			tree, _ := decode(text)
			if v, ok := lookup(tree, "speak.pitch"); !ok || v != int64(2) {
				t.Errorf("the unknown key is lost:\n%s", text)
			}
		})
	}
}

func FuzzEdit(f *testing.F) {
	f.Add("# c\n[speak]\nvoice = 'echo' # x\n", "nova", 1.5)
	f.Add("speak = { voice = 'echo' }\n", "a\"b\\", 0.5)
	f.Add("[speak]\nnote = '''\n[speak]\nvoice = 1\n'''", "#", 2.5)
	f.Add("version = 3\nx = [1, {a = 2}]\n[[speak.list]]\n", "v", 1.0)
	f.Add("\x00[panel", "é", 1.0)
	f.Fuzz(func(t *testing.T, old, voice string, speed float64) {
		s, _ := parse(old) // must not panic
		if Set(&s, "speak.voice", voice) != nil || s.Speak.Voice == "" {
			t.Skip()
		}
		_ = Set(&s, "speak.speed", "1.75")
		if between(0.5, 2.5).ok(speed) {
			s.Speak.Speed = speed
		}
		text := edit(old, s)
		if !holds(text, s) {
			t.Errorf("edited %q to %q, which does not hold the settings", old, text)
		}
		if again := edit(text, s); again != text {
			t.Errorf("editing without a change made %q of %q", again, text)
		}
	})
}
