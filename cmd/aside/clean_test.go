package main

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWhatATerminalObeysOrNobodySeesIsNotPrinted(t *testing.T) {
	for text, want := range map[string]string{
		"plain\ttext\nÄ 日本語":                          "plain\ttext\nÄ 日本語",
		"\x1b[31mred\x1b[0m\r\x07":                    "[31mred[0m",
		"a\u009b2Jb":                                  "a2Jb",
		"user\u202egpj.exe":                           "usergpj.exe",
		"a\u202ab\u202bc\u202cd\u202de":               "abcde",
		"a\u2066b\u2067c\u2068d\u2069e":               "abcde",
		"ok\U000E0001\U000E0069\U000E0067\U000E007F":  "ok",
		"a\u200bb\ufeffc\u2060d\u00ade\u200ef\u061cg": "abcdefg",
		"a\u3164b\u115fc\uffa0d\u034fe\u180ef":        "abcdef",
		"x\U000E0100\U000E01EFy\ufe00":                "xy",
		"one\u2028two":                                "one\ntwo",
		"می\u200cخواهم":                               "می\u200cخواهم", // Persian
		"क्\u200dष":                                   "क्\u200dष",     // Hindi
		"👩\u200d💻 ❤\ufe0f\u200d🔥":                     "👩\u200d💻 ❤\ufe0f\u200d🔥",
		"s\u200ce\u200dc\u200cret":                    "secret",
		"👩\u200d\u200d\u200c\u200d💻":                  "👩\u200d💻",
		"1\u200d2 \u200c":                             "12 ",
		"\u0600١٢٣":                                   "\u0600١٢٣",
	} {
		if got := clean(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a\u202eb\x1b[2J\U000E0041")
	f.Fuzz(func(t *testing.T, text string) {
		got := clean(text)
		if again := clean(got); again != got || !utf8.ValidString(got) {
			t.Fatalf("%q becomes %q and then %q", text, got, again)
		}
		if strings.ContainsFunc(got, hidden) {
			t.Fatalf("%q leaves something hidden in %q", text, got)
		}
	})
}
