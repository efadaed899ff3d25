package formula

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// mostWords is how many words of a formula can be followed by ear.
const mostWords = 16

// Aloud says a formula in words, in English or in Chinese. ok is false if it is
// too much for the ear.
func Aloud(formula string, chinese bool) (words string, ok bool) {
	s := sayer{chinese: chinese}
	words = s.say(parse(formula))
	n := len(strings.Fields(words))
	return words, !s.hard && n > 0 && n <= mostWords
}

// sayer says the parts of a formula.
type sayer struct {
	chinese bool
	inner   bool // in a fraction, in a root, above or below the line
	hard    bool // there is what cannot be followed
}

// in returns a word in the language.
func (s *sayer) in(english, chinese string) string {
	if s.chinese {
		return chinese
	}
	return english
}

func (s *sayer) say(all nodes) string {
	var said []string
	for len(all) > 0 {
		n := alike(all)
		switch last := append([]string{""}, said...)[len(said)]; {
		case all[0].kind != character:
			said = append(said, s.part(all[0]))
		case all[0].text == "(":
			said = append(said, s.applied(last), "")
		case all[0].text == "−" && (last == "" || last == s.in("equals", "等于")):
			said = append(said, s.in("minus", "负"))
		case n > 1:
			said = append(said, word(all[:n].write()))
		default:
			said = append(said, s.sign(all[0].text))
		}
		all = all[max(1, n):]
	}
	return strings.ReplaceAll(strings.Join(strings.Fields(strings.Join(said, " ")), " "), " ,", ",")
}

// alike is how many parts make one number or one word, 0 if the first is
// neither.
func alike(all nodes) (n int) {
	digit := func(text string) bool { return strings.Trim(text, "0123456789.") == "" }
	latin := func(text string) bool { return letter(text[0]) }
	is := latin
	if all[0].kind == character && digit(all[0].text) {
		is = digit
	}
	for n < len(all) && all[n].kind == character && is(all[n].text) {
		n++
	}
	return n
}

// word says a number, the name of a function, or letters beside one another:
// several small ones are a word, and others a product.
func word(text string) string {
	if said, ok := functions()[text]; ok {
		return said
	}
	if !letter(text[0]) || len(text) > 2 && text[1:] == strings.ToLower(text[1:]) {
		return text
	}
	return strings.Join(strings.Split(text, ""), " ")
}

// applied says what is between a word and parentheses behind it.
func (s *sayer) applied(word string) string {
	switch word {
	case "f", "g", "h", "p", "Theta", "Omega", "sine", "cosine", "tangent", "log", "ln", "exp", "max", "min", "gcd", "prime", "撇":
		return s.in("of", "")
	}
	r, _ := utf8.DecodeLastRuneInString(word)
	switch {
	case len(word) == 1 && unicode.IsUpper(r):
		return s.in("of", "")
	case unicode.IsDigit(r), len(word) == 1 && letter(word[0]):
		return s.sign("×")
	}
	return ""
}

// part says a part that has parts, or a name.
func (s *sayer) part(n node) string {
	switch n.kind {
	case space:
		return ""
	case name:
		if said, ok := functions()[n.text]; ok {
			return said
		}
	case group:
		return s.say(n.args[0])
	case plain:
		return n.args[0].text()
	case set:
		return s.deep(n.args[0])
	case accent:
		return s.deep(n.args[0]) + " " + strings.Replace(n.text, "overline", "bar", 1)
	case raised:
		return s.power(n.args[0])
	case lowered:
		return s.in("sub ", "下标 ") + s.deep(n.args[0])
	case fraction, root:
		return s.built(n)
	}
	s.hard = true
	return ""
}

// built says a fraction or a root. There is no ear for one in another.
func (s *sayer) built(n node) string {
	if s.inner {
		s.hard = true
	}
	first, second := s.deep(n.args[0]), ""
	switch {
	case n.kind == root:
		s.hard = s.hard || len(n.args[1]) > 0
		return s.in("root of ", "根号 ") + first
	case s.chinese:
		return s.deep(n.args[1]) + " 分之 " + first
	}
	second = s.deep(n.args[1])
	return first + " over " + second
}

func (s *sayer) power(of nodes) string {
	switch text := of.text(); text {
	case "2":
		return s.in("squared", "的平方")
	case "3":
		return s.in("cubed", "的立方")
	case "∘", "°", "′":
		return s.sign(text)
	}
	return s.in("to the ", "的 ") + s.deep(of) + s.in("", " 次方")
}

// deep says a part of a part.
func (s *sayer) deep(all nodes) string {
	outer := s.inner
	s.inner = true
	said := s.say(all)
	s.inner = outer
	s.hard = s.hard || said == ""
	return said
}

// sign says a character.
func (s *sayer) sign(text string) string {
	if said := Sign(text, s.chinese); said != "" {
		return said
	}
	r, _ := utf8.DecodeRuneInString(text)
	switch {
	case strings.ContainsAny(text, "()[]."):
		return ""
	case text == ",", unicode.IsDigit(r), unicode.Is(unicode.Han, r), letter(text[0]):
		return text
	case unicode.Is(unicode.Greek, r):
		return greek()[text]
	}
	s.hard = true
	return ""
}
