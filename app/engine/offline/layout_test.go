package offline

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"slices"
	"strings"
	"testing"

	"aside/app/desk"
	"aside/vision"
)

// readSheet reads a picture.
func readSheet(t *testing.T, p *image.RGBA) page {
	t.Helper()
	need(t, tesseract())
	got, missing, err := (&reader{}).read(t.Context(), vision.Shot{Pixels: p})
	if err != nil || missing != nil {
		t.Fatalf("%v, missing %v", err, missing)
	}
	return got
}

// indents are how far the lines of a text are indented, -1 for an empty one.
func indents(lines []string) []int {
	var all []int
	for _, l := range lines {
		n := len(l) - len(strings.TrimLeft(l, " "))
		if l == "" {
			n = -1
		}
		all = append(all, n)
	}
	return all
}

func TestCodeKeepsItsIndentation(t *testing.T) {
	lines := strings.Split(python, "\n")
	wantIndents := func(t *testing.T, p page) {
		t.Helper()
		if got := indents(p.lines); !slices.Equal(got, indents(lines)) {
			t.Errorf("indented by %v, want %v:\n%s", got, indents(lines), strings.Join(p.lines, "\n"))
		}
	}
	for _, size := range []float64{12, 14, 16, 24} {
		t.Run(fmt.Sprintf("%v pixels", size), func(t *testing.T) {
			s := newSheet(int(40*size), int(30*size), color.Gray{20}, color.Gray{220})
			s.write(face(t, "mono", size), 12, 9, int(1.4*size), lines...)
			wantIndents(t, readSheet(t, s.RGBA))
		})
	}
	t.Run("in a real terminal", func(t *testing.T) {
		d := desk.Start(t, desk.Options{Display: true, Width: 1280, Height: 900})
		wantIndents(t, readSheet(t, terminal(t, d, python, "-fa", "DejaVu Sans Mono", "-fs", "11")))
	})
}

func TestColumnsOfProseStayApart(t *testing.T) {
	left := strings.Split(prose, "\n")
	right := []string{
		"Right of it begins another text that has nothing to do with",
		"what stands left, and must not be read line by line across",
		"the gutter. It tells of wombats, which dig long burrows and",
		"eat grass at night, and of people who count them every year.",
	}
	s := newSheet(1000, 240, color.White, color.Black)
	s.write(face(t, "regular", 22), 20, 10, 30, "Two columns of prose")
	f := face(t, "regular", 15)
	s.write(f, 20, 60, 21, left...)
	s.write(f, 520, 60, 21, right...)
	got := readSheet(t, s.RGBA).written()
	want := slices.Concat([]string{"Two columns of prose"}, left, right)
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

// accounts is a table of numbers.
func accounts() [][]string {
	rows := [][]string{{"Region", "First", "Second", "Third", "Total"}}
	seed := 1203
	for _, name := range []string{"North", "South", "East", "West", "Centre", "Islands", "Abroad"} {
		row, sum := []string{name}, 0
		for range 3 {
			seed = (seed*37 + 4111) % 9000
			row, sum = append(row, fmt.Sprint(seed)), sum+seed
		}
		rows = append(rows, append(row, fmt.Sprint(sum)))
	}
	return rows
}

func TestATableKeepsItsColumns(t *testing.T) {
	const left, top, across, down = 20, 20, 120, 30
	rows := accounts()
	var want []string
	for _, r := range rows {
		want = append(want, fmt.Sprintf("%-7s  %5s  %6s  %5s  %5s", r[0], r[1], r[2], r[3], r[4]))
	}
	for _, grid := range []bool{false, true} {
		for _, font := range []string{"regular", "mono"} {
			t.Run(fmt.Sprintf("grid %v, %s", grid, font), func(t *testing.T) {
				s := newSheet(660, 280, color.White, color.Black)
				f := face(t, font, 15)
				for y, r := range rows {
					for x, entry := range r {
						at := left + across*x + 8
						if x > 0 {
							at = left + across*(x+1) - 8 - measured(f, entry)
						}
						s.write(f, at, top+down*y+6, down, entry)
					}
				}
				if grid {
					line := image.NewUniform(color.Gray{120})
					for y := range len(rows) + 1 {
						draw.Draw(s, image.Rect(left, top+down*y, left+across*5+1, top+down*y+1), line, image.Point{}, draw.Src)
					}
					for x := range 6 {
						draw.Draw(s, image.Rect(left+across*x, top, left+across*x+1, top+down*len(rows)), line, image.Point{}, draw.Src)
					}
				}
				if got := readSheet(t, s.RGBA).lines; !slices.Equal(got, want) {
					t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
			})
		}
	}
}

// placed are words in a grid of 10 by 20 pixels: row by row, as tesseract's
// blocks.
func placed(blocks ...[][]string) []word {
	var words []word
	for b, rows := range blocks {
		for y, row := range rows {
			for _, entry := range row {
				var x, line int
				var text string
				if _, err := fmt.Sscanf(entry, "%d,%d,%s", &x, &line, &text); err != nil {
					panic(err)
				}
				words = append(words, word{
					part: [3]int{1, b}, line: [3]int{b, 1, y}, sure: 90, text: text,
					box: image.Rect(10*x, 20*line, 10*(x+len(text)), 20*line+14),
				})
			}
		}
	}
	return words
}

func TestWhatStandsSideBySide(t *testing.T) {
	for _, tt := range []struct {
		name   string
		blocks [][][]string
		want   []string
	}{
		{"short lines at one height are a table", [][][]string{
			{{"0,0,name"}, {"0,1,alpha"}, {"0,2,beta"}},
			{{"20,0,12"}, {"20,1,7"}, {"20,2,130"}},
		}, []string{"name   12", "alpha  7", "beta   130"}},
		{"long lines are not", [][][]string{
			{{"0,0,here", "5,0,is", "8,0,more", "13,0,text"}, {"0,1,than", "5,1,is", "8,1,in", "11,1,cells"}},
			{{"30,0,and", "34,0,here", "39,0,is", "42,0,more"}, {"30,1,of", "33,1,it", "36,1,still", "42,1,here"}},
		}, []string{"here is more text", "than is in cells", "", "and here is more", "of it still here"}},
		{"lines of other heights are not", [][][]string{
			{{"0,0,one"}, {"0,2,two"}, {"0,4,three"}},
			{{"20,1,four"}, {"20,3,five"}, {"20,5,six"}},
		}, []string{"one", "two", "three", "", "four", "five", "six"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := newPage(placed(tt.blocks...)).lines; !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestAWordThatTesseractCutIsWholeInAGrid(t *testing.T) {
	rows := [][]string{{"0,0,self.", "5,0,lines", "11,0,=", "13,0,[]"}}
	for y := 1; y < 8; y++ {
		rows = append(rows, []string{fmt.Sprintf("4,%d,return", y), fmt.Sprintf("11,%d,nothing", y), fmt.Sprintf("19,%d,else", y)})
	}
	got := newPage(placed(rows)).lines
	if got[0] != "self.lines = []" || got[1] != "    return nothing else" {
		t.Errorf("got %q", got)
	}
}

func TestHanStandsTogetherWhereverItsBoxesAre(t *testing.T) {
	words := []word{ // as tesseract gave them, of one line
		{text: "右上", box: image.Rect(356, 0, 391, 28)}, {text: "角", box: image.Rect(390, 0, 408, 28)},
		{text: "的", box: image.Rect(418, 0, 438, 28)}, {text: "按钮", box: image.Rect(508, 0, 512, 28)},
		{text: "，", box: image.Rect(510, 0, 534, 28)}, {text: "或", box: image.Rect(533, 0, 568, 28)},
		{text: "press", box: image.Rect(582, 0, 650, 28)}, {text: "键", box: image.Rect(652, 0, 680, 28)},
		{text: "另", box: image.Rect(800, 0, 828, 28)},
	}
	got := grid{width: 13}.set(newRow(words), 356/13)
	if want := "右上角的按钮，或 press键         另"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
