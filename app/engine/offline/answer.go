package offline

import (
	"fmt"
	"strings"
	"unicode"

	"aside/vision"
)

// part is a piece of an answer: its markdown, and what of it is said.
type part struct{ text, aloud string }

// How much is said of what is quoted; the text has all of it.
const (
	aloudLines = 8
	aloudRunes = 500
)

// plainly makes a part that is said as it is written.
func plainly(format string, args ...any) part {
	s := fmt.Sprintf(format, args...)
	return part{text: s + "\n\n", aloud: s}
}

// quoted makes a part that quotes lines of the screen.
func quoted(lines []string) part {
	return part{text: fenced(lines), aloud: aloud(lines)}
}

// fenced quotes lines in a block of code. The fence is longer than any in the
// lines, so that none of them can end the block.
func fenced(lines []string) string {
	text := strings.Join(lines, "\n")
	longest, run := 2, 0
	for _, r := range text {
		if r != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", longest+1)
	return fence + "text\n" + text + "\n" + fence + "\n\n"
}

// aloud is the beginning of lines as sentences. It is not markdown any more:
// what could be taken for it is left out.
func aloud(lines []string) string {
	var b strings.Builder
	said, room := 0, aloudRunes
	for _, l := range lines {
		l = strings.Join(strings.Fields(strings.Map(speakable, l)), " ")
		if !strings.ContainsFunc(l, alphanumeric) {
			continue
		}
		if said == aloudLines || room <= 0 {
			b.WriteString("The rest is in the panel.")
			break
		}
		l = clip(l, room)
		room -= len([]rune(l))
		said++
		b.WriteString(strings.TrimRight(l, " .,;:!?") + ".\n")
	}
	return b.String()
}

// speakable takes out the signs that markdown is made of.
func speakable(r rune) rune {
	if strings.ContainsRune("`*_~|#<>[]\\", r) {
		return ' '
	}
	return r
}

// clip shortens s to limit runes.
func clip(s string, limit int) string {
	runes := []rune(s)
	if len(runes) <= limit {
		return s
	}
	return string(runes[:limit]) + "…"
}

// name makes foreign words fit to stand in a sentence of markdown.
func name(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return speakable(r)
	}, s)
	return clip(strings.Join(strings.Fields(s), " "), 120)
}

// signed says who answers, before everything else.
func signed(parts ...part) []part {
	const who = "Offline reader: "
	parts[0] = part{text: who + parts[0].text, aloud: who + parts[0].aloud}
	return parts
}

// opening is what can be said before the pictures have been read.
func opening(q question, shots []vision.Shot) []part {
	if q.intent != wantLook || len(shots) == 0 {
		return nil
	}
	if len(shots) == 1 {
		return signed(plainly("This is %s.", subject(shots[0])))
	}
	var subjects []string
	for _, s := range shots {
		subjects = append(subjects, subject(s))
	}
	return signed(plainly("These are %d pictures: %s.", len(shots), strings.Join(subjects, ", then ")))
}

// answer answers a question from the text of the screen.
func answer(q question, p page) []part {
	lines := p.written()
	switch {
	case q.intent == wantLook && len(lines) == 0: // the opening is signed
		return []part{unreadable()}
	case q.intent == wantLook:
		return overview(p, lines)
	case len(lines) == 0:
		return signed(unreadable())
	case q.intent == wantRead:
		return signed(plainly("This is the text%s.", source(p)), part{text: fenced(p.lines), aloud: aloud(p.lines)})
	case q.intent == wantError:
		return signed(errorAnswer(lines)...)
	case q.intent == wantFind:
		return signed(findAnswer(q.about, p, lines)...)
	}
	return quoteAnswer(q.words, lines)
}

// source says where a text is from, if it was not read from the picture.
func source(p page) string {
	if p.told {
		return ", as the program tells it"
	}
	return ""
}

func unreadable() part { return plainly("There is no text that can be read in it.") }

// overview says how much there is, what stands out, and then the text.
func overview(p page, lines []string) []part {
	parts := []part{plainly("It has %s of text.", count(len(lines), "line"))}
	if wrong := errorLines(lines); len(wrong) > 0 {
		parts = append(parts, part{text: "This looks like an error:\n\n", aloud: "This looks like an error."}, quoted(wrong))
		return append(parts, part{text: "All of it:\n\n" + fenced(p.lines)})
	}
	return append(parts, quoted(p.lines))
}

func errorAnswer(lines []string) []part {
	wrong := errorLines(lines)
	if len(wrong) == 0 {
		return []part{
			plainly("Nothing on the screen looks like an error."),
			{text: "The last lines are:\n\n" + fenced(lines[max(0, len(lines)-5):])},
		}
	}
	return []part{{text: "The error says:\n\n", aloud: "The error says:\n"}, quoted(wrong)}
}

func findAnswer(about string, p page, lines []string) []part {
	found := containing(about, lines)
	if len(found) == 0 {
		if p.told {
			return []part{plainly("“%s” is not on the screen, as far as the program tells.", name(about))}
		}
		return []part{plainly("“%s” is not on the screen, as far as it can be read.", name(about))}
	}
	many := count(len(found), "line")
	if len(found) > maxFound {
		many += fmt.Sprintf("; the first %d are", maxFound)
		found = found[:maxFound]
	}
	return []part{plainly("“%s” is in %s:", name(about), many), quoted(found)}
}

// quoteAnswer is for questions that only a model can answer.
func quoteAnswer(words string, lines []string) []part {
	note := part{
		text:  "This is the offline reader: it reads and finds text, it does not reason. " + storeKey + "\n\n",
		aloud: "This is the offline reader: it reads and finds text, it does not reason.",
	}
	best := related(words, lines)
	if len(best) == 0 {
		return []part{note, plainly("Nothing on the screen shares a word with the question.")}
	}
	return []part{note, plainly("On the screen, this has most to do with the question:"), quoted(best)}
}

func selection(text string) []part {
	lines := strings.Split(strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n"), "\n")
	for i, l := range lines {
		lines[i] = strings.Map(func(r rune) rune {
			if r != '\t' && unicode.IsControl(r) {
				return -1
			}
			return r
		}, l)
	}
	if strings.TrimSpace(text) == "" {
		return signed(plainly("Nothing is selected. Select some text and ask again."))
	}
	return signed(part{text: "The selection says:\n\n", aloud: "The selection says:\n"}, quoted(lines))
}

// blind answers without a picture.
func blind(q question) part {
	p := plainly("No picture of the screen came with the question, and the offline reader can only read and find text.")
	p.text += withScreen
	if q.words != "" {
		p.text += " Your question is kept:\n\n" + fenced(strings.Split(q.words, "\n"))
	}
	return p
}

// confirmation says that a speech control was understood. A new pace or volume
// is heard at once, and so is the old answer: only a new voice has to speak.
func confirmation(control string) []part {
	switch control {
	case "voice":
		return []part{plainly("This is another voice.")}
	case "normal":
		return []part{{text: "Normal speed."}}
	case "speed":
		return []part{{text: "Another speed."}}
	case "faster", "slower", "louder", "softer":
		return []part{{text: "Now " + control + "."}}
	}
	return nil
}

func count(n int, what string) string {
	if n == 1 {
		return "one " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
