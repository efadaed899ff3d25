package insert

import "testing"

func TestWhatATerminalWouldRunIsNotPasted(t *testing.T) {
	for _, c := range []struct {
		name, text string
		terminal   bool
		want       string
	}{
		{"code", "a := 1\n\tb\n", false, "a := 1\n\tb\n"},
		{"lines of another system", "a\r\nb\r", false, "a\nb"},
		{"a command", "rm -r x\n\n", true, "rm -r x"},
		{"the end of a bracketed paste", "a\x1b[201~b\x07", true, "a[201~b"},
		{"a text that reads otherwise than it is", "a\u202eb\u2066c", false, "abc"},
		{"other scripts", "日本語 é", false, "日本語 é"},
	} {
		if got := Clean(c.text, c.terminal); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestProgramsPasteByTheirOwnKeys(t *testing.T) {
	for class, want := range map[string]paste{
		"XTerm":    {[]uint32{keyShift, keyInsert}, true, true},
		"kitty":    {[]uint32{keyControl, keyShift, keyV}, false, true},
		"Emacs":    {[]uint32{keyShift, keyInsert}, true, false},
		"Code":     {[]uint32{keyControl, keyV}, false, false},
		"Mousepad": {[]uint32{keyControl, keyV}, false, false},
		"":         {[]uint32{keyControl, keyV}, false, false},
	} {
		got := pasteOf(class)
		if len(got.keys) != len(want.keys) || got.keys[len(got.keys)-1] != want.keys[len(want.keys)-1] || got.primary != want.primary || got.terminal != want.terminal {
			t.Errorf("%s pastes by %+v, want %+v", class, got, want)
		}
	}
}
