package settings

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestMissingFileIsTheDefault(t *testing.T) {
	s, problems, err := Load(filepath.Join(t.TempDir(), "none", "settings.toml"))
	if err != nil || len(problems) != 0 || !reflect.DeepEqual(s, Default()) {
		t.Errorf("got %+v, %v, %v", s, problems, err)
	}
}

func TestDamagedFile(t *testing.T) {
	tests := []struct {
		name  string
		text  string
		voice string // what is left of speak.voice
		codes string
	}{
		{"empty", "", "alloy", ""},
		{"sound", "[speak]\nvoice = 'echo'\n", "echo", ""},
		{"cut inside a table's name", "[speak]\nvoice = 'echo'\n[pan", "echo", "settings_invalid"},
		{"cut inside a string", "[speak]\nvoice = 'ec", "alloy", "settings_invalid"},
		{"cut inside a long string", "[speak]\nvoice = 'echo'\nmodel = \"\"\"\nx\ny", "echo", "settings_invalid"},
		{"what follows damage is not trusted", "[engine]\n[transcribe\nmodel = 'x'\n[speak]\nvoice = 'echo'", "alloy", "settings_invalid"},
		{"zeros", strings.Repeat("\x00", 4096), "alloy", "settings_invalid"},
		{"zeros at the end", "[speak]\nvoice = 'echo'\n" + strings.Repeat("\x00", 512), "echo", "settings_invalid"},
		{"not UTF-8", "[speak]\nvoice = 'echo'\n# \xff\xfe\n", "echo", "settings_invalid"},
		{"a key twice", "[speak]\nvoice = 'echo'\nvoice = 'nova'\n", "echo", "settings_invalid"},
		{"wrong type", "[speak]\nvoice = 7\nspeed = 'fast'\n", "alloy", "settings_invalid settings_invalid"},
		{"out of range", "[speak]\nvoice = 'echo'\nspeed = 100\nvolume = nan\n", "echo", "settings_invalid settings_invalid"},
		{"a value for a table", "speak = 'echo'\nscreen = 1", "alloy", "settings_invalid settings_invalid"},
		{"tables in a list", "[[speak]]\nvoice = 'echo'\n", "alloy", "settings_invalid"},
		{"mixed list", "[screen]\nexclude = ['a', 1]\n", "alloy", "settings_invalid"},
		{"unknown keys, told once", "colour = 'red'\n[speak]\nvoice = 'echo'\npitch = 2\n[email]\nto = 'x'\n", "echo", "settings_unknown"},
		{"of a newer version", "version = 2\n[speak]\nvoice = 'echo'\n", "echo", "settings_newer"},
		{"of no version", "version = 'one'\n[speak]\nvoice = 'echo'\n", "echo", "settings_invalid"},
		{"nested deeply", "a = " + strings.Repeat("[", maxFile-10), "alloy", "settings_invalid"},
		{"another program's format", "{\"speak\": {\"voice\": \"echo\"}}", "alloy", "settings_invalid"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := file(t, tt.text)
			s, problems, err := Load(path)
			if err != nil {
				t.Fatal(err)
			}
			var codes []string
			for _, p := range problems {
				codes = append(codes, p.Code)
			}
			if got := strings.Join(codes, " "); got != tt.codes {
				t.Errorf("want problems %q, got %q: %v", tt.codes, got, problems)
			}
			if s.Speak.Voice != tt.voice {
				t.Errorf("want voice %q, got %q", tt.voice, s.Speak.Voice)
			}
			if content(t, path) != tt.text {
				t.Error("loading changed the file")
			}
			_, err = os.Stat(path + ".bad")
			if want := strings.Contains(tt.codes, "settings_invalid"); want != (err == nil) {
				t.Errorf("want a copy of the damaged file: %v, got %v", want, err)
			}
		})
	}
}

func TestHugeFileIsPutAside(t *testing.T) {
	path := file(t, "")
	if err := os.Truncate(path, 100<<20); err != nil {
		t.Fatal(err)
	}
	s, problems, err := Load(path)
	if err != nil || len(problems) != 1 || problems[0].Code != "settings_invalid" || !reflect.DeepEqual(s, Default()) {
		t.Errorf("got %v, %v", problems, err)
	}
	if info, err := os.Stat(path + ".bad"); err != nil || info.Size() != 100<<20 {
		t.Errorf("the original is not kept: %v", err)
	}
	if _, problems, err := Load(path); err != nil || len(problems) != 0 {
		t.Errorf("told twice: %v, %v", problems, err)
	}
}

func TestProblemsNeverQuoteValues(t *testing.T) {
	path := file(t, "api_key = 'sk-canary'\n[engine]\nkind = 'sk-canary'\nbase_url = 7\n[speak]\nvoice = sk-canary\n")
	_, problems, err := Load(path)
	if err != nil || len(problems) < 2 {
		t.Fatalf("got %v, %v", problems, err)
	}
	for _, p := range problems {
		if strings.Contains(p.Message+p.Hint, "canary") {
			t.Errorf("a value in %q", p.Message)
		}
	}
}

func TestSaveMakesAPrivateFileThatLoads(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config", "aside", "settings.toml")
	s := Default()
	for key, value := range map[string]string{
		"speak.voice": `a "quoted" \ voice é`, "screen.exclude": "a, b", "panel.width": "500",
		"panel.always_on": "false", "speak.speed": "1.25", "engine.kind": "offline",
	} {
		if err := Set(&s, key, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := Save(path, s); err != nil {
		t.Fatal(err)
	}
	got, problems, err := Load(path)
	if err != nil || len(problems) != 0 || !reflect.DeepEqual(got, s) {
		t.Errorf("got %+v, %v, %v\nfrom\n%s", got, problems, err, content(t, path))
	}
	for p, want := range map[string]fs.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		info, err := os.Stat(p)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: want mode %o, got %v, %v", p, want, info.Mode(), err)
		}
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestSaveRepairsADamagedFileAndKeepsTheOriginal(t *testing.T) {
	const text = "# mine\n[speak]\nvoice = 'echo'\nspeed = 900 # quick\n[panel\nwidth = 3\n"
	path := file(t, text)
	s, _, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := Save(path, s); err != nil {
		t.Fatal(err)
	}
	got, problems, err := Load(path)
	if err != nil || len(problems) != 0 || got.Speak.Voice != "echo" {
		t.Errorf("got %+v, %v, %v", got.Speak, problems, err)
	}
	if content(t, path+".bad") != text {
		t.Error("the original is not kept")
	}
}

func TestSaveLeavesAFileOfANewerVersionAlone(t *testing.T) {
	const text = "version = 2\n[speak]\nvoice = 'echo'\n"
	path := file(t, text)
	s, _, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	s.Speak.Voice = "nova"
	var p *Problem
	if err := Save(path, s); !errors.As(err, &p) || p.Code != "settings_newer" {
		t.Errorf("got %v", err)
	}
	if content(t, path) != text {
		t.Error("the file has changed")
	}
}

func TestSaveRefusesInvalidSettings(t *testing.T) {
	path := file(t, "")
	s := Default()
	s.Speak.Speed = 100
	var p *Problem
	if err := Save(path, s); !errors.As(err, &p) || p.Code != "settings_value" {
		t.Errorf("got %v", err)
	}
}

func TestSaveRefusesFoldersThatAreNotOurs(t *testing.T) {
	base := t.TempDir()
	real := filepath.Join(base, "real")
	link := filepath.Join(base, "link")
	if err := os.Mkdir(real, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(real, link); err != nil {
		t.Fatal(err)
	}
	if err := Save(filepath.Join(link, "settings.toml"), Default()); !errors.Is(err, ErrSymlink) {
		t.Errorf("symlink: got %v", err)
	}
	if os.Getuid() != 0 {
		t.Skip("only root can make a folder of another user")
	}
	if err := os.Chown(real, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	if err := Save(filepath.Join(real, "settings.toml"), Default()); !errors.Is(err, ErrForeign) {
		t.Errorf("foreign folder: got %v", err)
	}
}
