package vision_test

import (
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
	"regexp"
	"strings"
)

// scenes are the five that are looked at, by what draws them.
func scenes() []func(fonts, image.Point) *scene {
	return []func(fonts, image.Point) *scene{terminal, editor, page, table, chinese}
}

func blank(name, lang string, seed uint64, size image.Point) *scene {
	return &scene{
		Rand: rand.New(rand.NewPCG(seed, uint64(size.X))), name: name, lang: lang,
		pixels: image.NewRGBA(image.Rectangle{Max: size}),
	}
}

// span is text of one colour.
type span struct {
	text string
	ink  color.RGBA
}

// spans writes a row of coloured text no further than to the right edge.
func (s *scene) spans(f typeface, x, y, right int, all []span) {
	s.row()
	for _, p := range all {
		for x+f.width(p.text) > right && p.text != "" {
			p.text = p.text[:max(0, strings.LastIndexByte(strings.TrimRight(p.text, " "), ' '))]
		}
		x = s.put(f, p.ink, x, y, p.text)
	}
}

// some are n words in a row.
func (s *scene) some(words []string, n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = s.any(words)
	}
	return strings.Join(all, " ")
}

// terminal is one of several panes: 13 px, light on dark.
func terminal(f fonts, size image.Point) *scene {
	s := blank("terminal", "eng", 1, size)
	inside := s.frame(f, "ada@harbour: ~/projects", rgb(0x2b2e36), rgb(0xc8ccd4), rgb(0x14161b))
	mono := at(f.mono, 13)
	for i, pane := range columns(inside, 900) {
		if i > 0 {
			s.fill(image.Rect(pane.Min.X, pane.Min.Y, pane.Min.X+1, pane.Max.Y), rgb(0x4a5060))
		}
		for y := pane.Min.Y + 18; y < pane.Max.Y-6; y += 17 {
			line := s.logged
			if i%2 == 1 {
				line = s.listed
			}
			s.spans(mono, pane.Min.X+8, y, pane.Max.X-8, line())
		}
	}
	return s
}

// logged is a line of a server's log.
func (s *scene) logged() []span {
	levels := []span{{"INFO  ", rgb(0x7ec699)}, {"INFO  ", rgb(0x7ec699)}, {"WARN  ", rgb(0xe5c07b)}, {"ERROR ", rgb(0xef7a85)}}
	text := rgb(0xc8ccd4)
	return []span{
		{fmt.Sprintf("%02d:%02d:%02d.%03d ", s.IntN(24), s.IntN(60), s.IntN(60), s.IntN(1000)), rgb(0x8b93a3)},
		levels[s.IntN(len(levels))],
		{s.any(list(programWords)) + ": ", rgb(0x6cc3d5)},
		{s.some(list(englishWords), 3+s.IntN(4)) + " ", text},
		{s.any(list(programWords)) + "=", rgb(0x8b93a3)},
		{fmt.Sprintf("%d ", s.IntN(1_000_000)), rgb(0xd7a6f0)},
		{s.any(list(paths)) + " ", rgb(0x82aaff)},
		{s.some(list(programWords), s.IntN(4)), text},
	}
}

// listed is a line of what `ps` prints, or a prompt.
func (s *scene) listed() []span {
	text := rgb(0xc8ccd4)
	if s.IntN(12) == 0 {
		return []span{{"ada@harbour", rgb(0x7ec699)}, {":~/projects$ ", rgb(0x82aaff)}, {"ps aux | grep " + s.any(list(programWords)), text}}
	}
	months := []string{"Jan", "Mar", "May", "Jul", "Sep", "Nov"}
	return []span{
		{[]string{"ada   ", "root  ", "nobody"}[s.IntN(3)], rgb(0xe5c07b)},
		{fmt.Sprintf(" %7d ", 100+s.IntN(4_000_000)), rgb(0xd7a6f0)},
		{fmt.Sprintf("%4.1f %9d ", 100*s.Float64(), s.IntN(100_000_000)), text},
		{fmt.Sprintf("%s %2d %02d:%02d ", s.any(months), 10+s.IntN(19), s.IntN(24), s.IntN(60)), rgb(0x8b93a3)},
		{s.any(list(paths)) + " ", rgb(0x82aaff)},
		{"--" + s.any(list(programWords)) + "=" + s.any(list(englishWords)) + " ", text},
		{"# " + s.some(list(englishWords), 2+s.IntN(6)), rgb(0x8b93a3)},
	}
}

// editor has a side bar and files beside each other: 13 px, dark on light.
func editor(f fonts, size image.Point) *scene {
	s := blank("editor", "eng", 2, size)
	inside := s.frame(f, "relay - editor", rgb(0xdddddd), rgb(0x333333), rgb(0xffffff))
	side := inside
	side.Max.X = 220
	s.fill(side, rgb(0xf3f3f3))
	sans, mono := at(f.sans, 13), at(f.mono, 13)
	for y := side.Min.Y + 24; y < side.Max.Y-8; y += 22 {
		s.row()
		s.put(sans, rgb(0x444444), side.Min.X+20+12*s.IntN(3), y, s.any(list(programWords))+"_"+s.any(list(programWords))+".go")
	}
	inside.Min.X = side.Max.X
	for _, pane := range columns(inside, 820) {
		s.fill(image.Rect(pane.Min.X, pane.Min.Y, pane.Min.X+1, pane.Max.Y), rgb(0xcccccc))
		number := 100 + s.IntN(400)
		for y := pane.Min.Y + 20; y < pane.Max.Y-6; y += 18 {
			s.spans(mono, pane.Min.X+8, y, pane.Max.X-8, append([]span{{fmt.Sprintf("%4d  ", number), rgb(0x237893)}}, highlighted(s.code())...))
			number++
		}
	}
	return s
}

// code is a line of a program.
func (s *scene) code() string {
	id := func() string { return s.any(list(programWords)) }
	name := func() string { n := id(); return strings.ToUpper(n[:1]) + n[1:] }
	english := func(n int) string { return s.some(list(englishWords), n) }
	switch s.IntN(9) {
	case 0:
		return fmt.Sprintf("func (%s *%s) %s%s(%s string, %s int) error {", id(), name(), name(), name(), id(), id())
	case 1:
		return fmt.Sprintf("    if %s, err := %s.%s(ctx, %d); err != nil {", id(), id(), name(), 10+s.IntN(90000))
	case 2:
		return fmt.Sprintf("        return fmt.Errorf(\"%s: %%w\", err)", english(2+s.IntN(4)))
	case 3, 4:
		return "    // " + english(4+s.IntN(6))
	case 5:
		return fmt.Sprintf("    %s.%s = append(%s.%s, %s{%s: %d})", id(), id(), id(), id(), name(), name(), s.IntN(100000))
	case 6:
		return fmt.Sprintf("    for index, %s := range %s.%s {", id(), id(), name())
	case 7:
		return fmt.Sprintf("    case %s_%s, %s%s:", strings.ToUpper(id()), strings.ToUpper(id()), name(), name())
	}
	return fmt.Sprintf("    %s := new%s%s(\"%s\", %d)", id(), name(), name(), english(2), s.IntN(10000))
}

var (
	parts    = regexp.MustCompile(`//.*|"[^"]*"|\w+|\W`)
	keywords = regexp.MustCompile(`^(func|string|int|error|if|return|for|range|case|nil)$`)
)

// highlighted colours a line of a program.
func highlighted(line string) []span {
	var all []span
	for _, p := range parts.FindAllString(line, -1) {
		ink := rgb(0x1f1f1f)
		switch {
		case strings.HasPrefix(p, "//"):
			ink = rgb(0x4f7a3a)
		case p[0] == '"':
			ink = rgb(0xa31515)
		case p[0] >= '0' && p[0] <= '9':
			ink = rgb(0x098658)
		case keywords.MatchString(p):
			ink = rgb(0x0000c8)
		}
		all = append(all, span{p, ink})
	}
	return all
}

// flow sets words one after the other until a number of rows is full, and
// returns the baseline after the last.
func (s *scene) flow(f typeface, ink color.RGBA, in image.Rectangle, y, rows, lead int, next func() string) int {
	for ; rows > 0 && y < in.Max.Y; rows-- {
		s.row()
		for x := in.Min.X; ; {
			text := next()
			if x+f.width(text) > in.Max.X {
				break
			}
			x = s.put(f, ink, x, y, text)
		}
		y += lead
	}
	return y
}

// page has 14 px text and small grey notes, in columns with headings.
func page(f fonts, size image.Point) *scene {
	s := blank("page", "eng", 3, size)
	inside := s.frame(f, "The Harbour Weekly", rgb(0xe9eaee), rgb(0x333333), rgb(0xffffff))
	body, small, head := at(f.sans, 14), at(f.sans, 12), at(f.bold, 20)
	english := func() string { return s.any(list(englishWords)) + " " }
	for _, c := range columns(inside, 640) {
		c.Min.X, c.Max.X, c.Max.Y = c.Min.X+40, c.Max.X-40, c.Max.Y-10
		for y := c.Min.Y + 44; y < c.Max.Y; {
			y = s.flow(head, rgb(0x111111), c, y, 1, 26, english)
			y = s.flow(small, rgb(0x777777), c, y, 1, 26, english)
			y = s.flow(body, rgb(0x222222), c, y, 4+s.IntN(5), 22, english)
			y = s.flow(small, rgb(0x777777), c, y, 2+s.IntN(2), 18, english) + 30
		}
	}
	return s
}

// table is a grid of numbers, 12 and 13 px.
func table(f fonts, size image.Point) *scene {
	const width, height = 84, 21
	s := blank("table", "eng", 4, size)
	inside := s.frame(f, "harbour dues - sheet", rgb(0x1f6f43), rgb(0xffffff), rgb(0xffffff))
	grid := rgb(0xd4d4d4)
	s.fill(image.Rect(0, inside.Min.Y, inside.Max.X, inside.Min.Y+height), rgb(0xf1f1f1))
	s.fill(image.Rect(0, inside.Min.Y, width, inside.Max.Y), rgb(0xf1f1f1))
	for x := width; x < inside.Max.X; x += width {
		s.fill(image.Rect(x, inside.Min.Y, x+1, inside.Max.Y), grid)
	}
	digits, notes, label := at(f.sans, 13), at(f.sans, 12), at(f.sans, 13)
	s.row()
	for column := 1; (column+1)*width <= inside.Max.X; column++ {
		s.put(label, rgb(0x444444), column*width+width/2-5, inside.Min.Y+height-6, columnName(column))
	}
	for y := inside.Min.Y + 2*height; y <= inside.Max.Y; y += height {
		s.fill(image.Rect(0, y-height, inside.Max.X, y-height+1), grid)
		s.row()
		s.put(label, rgb(0x444444), 8, y-6, s.any(list(programWords)))
		for column := 1; (column+1)*width <= inside.Max.X; column++ {
			face := digits
			if column%3 == 0 {
				face = notes
			}
			number := s.number()
			s.put(face, rgb(0x1a1a1a), (column+1)*width-7-face.width(number), y-6, number)
		}
	}
	return s
}

// columnName is A to Z, then AA and so on.
func columnName(n int) string {
	if n > 26 {
		return columnName((n-1)/26) + columnName(1+(n-1)%26)
	}
	return string(rune('A' + n - 1))
}

// number has four to seven digits.
func (s *scene) number() string {
	least := []int{1000, 10_000, 100_000, 1_000_000}[s.IntN(4)]
	return fmt.Sprint(least + s.IntN(9*least))
}

// chinese is 15 px Simplified Chinese, in columns.
func chinese(f fonts, size image.Point) *scene {
	s := blank("chinese", "chi_sim", 5, size)
	inside := s.frame(f, "harbour", rgb(0xe9eaee), rgb(0x333333), rgb(0xfdfcf8))
	s.rows = nil // what is not Chinese
	body, head := at(f.han, 15), at(f.han, 20)
	next := func() string {
		switch text := s.any(list(hanWords)); s.IntN(8) {
		case 0:
			return text + "，"
		case 1:
			return text + "。"
		default:
			return text
		}
	}
	for _, c := range columns(inside, 640) {
		c.Min.X, c.Max.X, c.Max.Y = c.Min.X+30, c.Max.X-30, c.Max.Y-8
		for y := c.Min.Y + 40; y < c.Max.Y; {
			y = s.flow(head, rgb(0x8a1f11), c, y, 1, 32, func() string { return s.any(list(hanWords)) })
			y = s.flow(body, rgb(0x1a1a1a), c, y, 5+s.IntN(6), 25, next) + 20
		}
	}
	return s
}
