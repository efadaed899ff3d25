package offline

import (
	"image"
	"slices"
	"strings"
	"testing"
)

// table is what tesseract prints for two lines of code and a border.
const table = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n" +
	"1\t1\t0\t0\t0\t0\t0\t0\t800\t600\t-1\t\n" +
	"5\t1\t1\t1\t1\t1\t100\t100\t80\t20\t96.5\tfunc\n" +
	"5\t1\t1\t1\t1\t2\t200\t100\t120\t20\t91.1\tmain()\n" +
	"5\t1\t1\t1\t2\t1\t180\t130\t120\t20\t88\treturn\n" +
	"5\t1\t1\t1\t2\t2\t500\t130\t80\t20\t12\tnine\n" +
	"5\t1\t2\t1\t1\t1\t0\t300\t800\t2\t31\t—\n" +
	"5\t1\t3\t1\t1\t1\t0\t400\t60\t20\t9\tooo\n" +
	"5\t1\t4\t1\t1\t1\t100\t500\t10\t20\t60\t}\n"

func TestThePageKeepsOrderIndentAndColumns(t *testing.T) {
	got := newPage(parseTSV(table)).lines
	want := []string{"func main()", "    return          nine", "", "}"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestRowsThatMakeNoSenseAreLeftOut(t *testing.T) {
	for _, row := range []string{
		"", "5", "4\t1\t1\t1\t1\t0\t1\t1\t1\t1\t90\tx",
		"5\t1\t1\t1\t1\t1\t1\t1\t0\t1\t90\tflat", "5\t1\t1\t1\t1\t1\tx\t1\t1\t1\t90\tword",
		"5\t1\t1\t1\t1\t1\t-1\t1\t1\t1\t90\tword", "5\t1\t1\t1\t1\t1\t1\t1\t1\t1\tNaN\tword",
		"5\t1\t1\t1\t1\t1\t1\t1\t1\t1\t90\t \u200b", "5\t1\t1\t1\t1\t1\t99999999\t1\t1\t1\t90\tword",
	} {
		if w := parseTSV(row); len(w) != 0 {
			t.Errorf("%q became %+v", row, w)
		}
	}
}

func FuzzTSV(f *testing.F) {
	f.Add(table)
	f.Add("5\t1\t1\t1\t1\t1\t1048576\t1\t1\t1\t90\t\x1b[31m`\xff")
	f.Fuzz(func(t *testing.T, table string) {
		words := parseTSV(table)
		for _, l := range newPage(words).lines {
			if strings.ContainsAny(l, "\n\r\x1b") {
				t.Errorf("a line has a control character: %q", l)
			}
		}
		if len(words) > maxWords {
			t.Errorf("%d words", len(words))
		}
	})
}

func TestWhatTheRecogniserPrints(t *testing.T) {
	for _, tt := range []struct {
		out, want string
		noise     bool
	}{
		{"what is on(2) my screen\n", "what is on my screen", false},
		{"<s> read this <sil> </s>\n", "read this", false},
		{"find +G +AY +NG\n", "find", true},
		{"read\nthis\n", "read this", false},
		{"", "", false},
		{"+SH\n", "", true},
	} {
		h := parseHeard(tt.out)
		if got := strings.Join(h.words, " "); got != tt.want || h.noise != tt.noise {
			t.Errorf("%q: got %q, noise %v", tt.out, got, h.noise)
		}
	}
}

func FuzzHeard(f *testing.F) {
	f.Add("what is on(2) my screen\n")
	f.Add("find +G (")
	f.Fuzz(func(t *testing.T, out string) {
		if said, err := parseHeard(out).understood(); (err == nil) == (said == "") {
			t.Errorf("%q: %q, %v", out, said, err)
		}
	})
}

func FuzzDictionary(f *testing.F) {
	f.Add("on AA N\non(2) AO N\nread R EH D\n", "on")
	f.Fuzz(func(t *testing.T, content, w string) {
		d, err := readDictionary(strings.NewReader(content), []string{w})
		if err != nil {
			return
		}
		if len(d) != 1 {
			t.Errorf("asked for %q, got %v", w, d)
		}
	})
}

func TestTheGrammarKnowsOnlyWordsThatCanBePronounced(t *testing.T) {
	d, err := readDictionary(strings.NewReader("find F AY N D\nfind(2) F IH N D\nserver S ER V ER\n"), []string{"find", "server", "xqzzt"})
	if err != nil {
		t.Fatal(err)
	}
	if got := d.only([]string{"server", "xqzzt", "server"}); !slices.Equal(got, []string{"server"}) {
		t.Errorf("got %q", got)
	}
	if s := d.String(); !strings.Contains(s, "find(2) F IH N D\n") || !strings.Contains(s, "+ZH ZH\n") {
		t.Errorf("the dictionary is\n%s", s)
	}
}

func TestEveryEdgeOfTheGrammarLeadsSomewhere(t *testing.T) {
	g := newGrammar([]string{"server"})
	leaves := make([]bool, g.states)
	for _, e := range g.edges {
		if e.from >= g.states || e.to >= g.states || e.to == 0 {
			t.Errorf("edge %+v", e)
		}
		leaves[e.from] = true
	}
	for s, ok := range leaves {
		if !ok && s != 1 {
			t.Errorf("nothing leaves state %d", s)
		}
	}
}

func TestDarkAndColouredTextBecomesInk(t *testing.T) {
	for _, tt := range []struct {
		name         string
		ground, text [3]byte
	}{
		{"black on white", [3]byte{255, 255, 255}, [3]byte{0, 0, 0}},
		{"white on black", [3]byte{0, 0, 0}, [3]byte{255, 255, 255}},
		{"blue on black", [3]byte{0, 0, 0}, [3]byte{0, 0, 238}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := image.NewRGBA(image.Rect(0, 0, 90, 50))
			paint := func(r image.Rectangle, c [3]byte) {
				for y := r.Min.Y; y < r.Max.Y; y++ {
					for x := r.Min.X; x < r.Max.X; x++ {
						copy(p.Pix[p.PixOffset(x, y):], []byte{c[0], c[1], c[2], 255})
					}
				}
			}
			paint(p.Rect, tt.ground)
			paint(image.Rect(40, 20, 44, 30), tt.text)
			got := ink(p)
			if v := got.GrayAt(42, 25).Y; v > 20 {
				t.Errorf("text is %d", v)
			}
			if v := got.GrayAt(5, 5).Y; v != 255 {
				t.Errorf("ground is %d", v)
			}
			if h := lineHeight(got); h != 10 {
				t.Errorf("a line is %d high, want 10", h)
			}
			if h := lineHeight(double(got)); h < 18 || h > 22 {
				t.Errorf("enlarged it is %d high, want about 20", h)
			}
		})
	}
}
