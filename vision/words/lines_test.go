package words

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestTextIsCleaned(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"nothing":                   {"", ""},
		"indentation":               {"if x {\n\ty()  \n}", "if x {\n\ty()\n}"},
		"blank lines":               {"\n\n \na\n\n\t\n\nb\n\n", "a\n\nb"},
		"ends of line":              {"a\r\nb\rc\vd\fe\u0085f\u2028g\u2029h", "a\nb\nc\nd\ne\nf\ng\nh"},
		"controls":                  {"a\x00b\x07c\x1b[31md\x7fe\u009bf", "abc[31mdef"},
		"a text turned round":       {"\u202eevil\u202c \u2066a\u2069 \u200eb\u200f \u061cc", "evil a b c"},
		"without width":             {"a\u200bb\u2060c\ufeffd\u00ade", "abcde"},
		"a hidden text of tags":     {"a\U000e0001\U000e0049\U000e0067\U000e007fb", "ab"},
		"a hidden text of variants": {"a\U000e0100\U000e01efb\ufe01c", "abc"},
		"fillers":                   {"a\u115f\u1160\u3164\uffa0\u034fb", "ab"},
		"spaces of other kinds":     {"a\u00a0b\u3000c\u2003d", "a b c d"},
		"not UTF-8":                 {"a\xff\xfe\xc3b\xed\xa0\x80c", "abc"},
		"what stands for a picture": {"a\ufffcb\ufffdc\ue000d", "abcd"},
		"Chinese and accents":       {"漢字 e\u0301 ñ", "漢字 e\u0301 ñ"},
		"joiners":                   {"می\u200cخواهم 👩\u200d💻", "می\u200cخواهم 👩\u200d💻"},
		"an emoji's look":           {"❤\ufe0f", "❤"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := clean(c.in); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzTextIsCleaned(f *testing.F) {
	f.Add("a\r\n\r\n\r\nb \u202e\xff\x00\ufffc")
	f.Add("\n\u200b\n\u00a0\n")
	f.Fuzz(func(t *testing.T, in string) {
		got := clean(in)
		if !utf8.ValidString(got) || clean(got) != got {
			t.Fatalf("%q is not clean", got)
		}
		if strings.Contains(got, "\n\n\n") || strings.Trim(got, "\n") != got {
			t.Fatalf("%q has blank lines", got)
		}
		for _, r := range got {
			if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
				t.Fatalf("%q has %U", got, r)
			}
		}
		for n := range 9 {
			if h := head(got, n); len(h) > n || !utf8.ValidString(h) || !strings.HasPrefix(got, h) {
				t.Fatalf("the first %d bytes of %q are %q", n, got, h)
			}
		}
	})
}
