package vision_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"slices"
	"testing"

	"github.com/disintegration/imaging"

	"aside/vision"
)

// survive is the contract: of the words that can be read on the screen, how many
// can be in what is sent, in percent.
const survive = 98

// ours are the pictures that leave for a model, of which nothing is known but
// the pixels.
func ours(ctx context.Context, display *image.RGBA, r vision.Rule) ([]vision.Encoded, error) {
	return vision.Fit(ctx, vision.Shot{Capture: vision.CaptureDisplay, Bounds: display.Rect, Pixels: display}, r)
}

// peer is the whole display as a provider's rule shrinks it, with a library.
type peer struct {
	view
	size  image.Point
	bytes int
}

func newPeer(display *image.RGBA, size image.Point) (peer, error) {
	var out bytes.Buffer
	small := imaging.Resize(display, size.X, size.Y, imaging.CatmullRom)
	if err := jpeg.Encode(&out, small, &jpeg.Options{Quality: 85}); err != nil {
		return peer{}, err
	}
	n := out.Len()
	p, err := jpeg.Decode(&out)
	return peer{view{display.Rect, p}, size, n}, err
}

// views are pictures as the model has them: a provider shrinks what its rule
// does not allow.
func views(all []vision.Encoded, r vision.Rule) (seen []view, shrunk bool, err error) {
	for _, e := range all {
		p, _, err := image.Decode(bytes.NewReader(e.Bytes))
		if err != nil {
			return nil, false, err
		}
		if to, size := r.Fit(p.Bounds().Size()), p.Bounds().Size(); to != size {
			p, shrunk = imaging.Resize(p, to.X, to.Y, imaging.CatmullRom), true
		}
		seen = append(seen, view{e.Part, p})
	}
	return seen, shrunk, nil
}

// stretches parts the rows of a scene into pieces that are not longer than a
// line should be.
func stretches(s *scene) [][]word {
	const longest, fewest = 640, 3
	var all [][]word
	for _, row := range s.rows {
		for from := 0; from < len(row); {
			to := from + 1
			for to < len(row) && row[to].at.Max.X-row[from].at.Min.X <= longest {
				to++
			}
			if to-from >= fewest {
				all = append(all, row[from:to])
			}
			from = to
		}
	}
	return all
}

// sample is what is read of a scene: stretches of enough words together, the
// same all over the display for everyone, and some that lie across an edge of
// what is sent.
func sample(s *scene, views []view, enough int) [][]word {
	const spots, edges = 8, 4 // at least and at most so many
	all := stretches(s)
	words := 0
	for _, row := range all {
		words += len(row)
	}
	var chosen []int
	for i, n := 0, max(spots, enough*len(all)/words); i < n; i++ {
		chosen = append(chosen, (2*i+1)*len(all)/(2*n))
	}
	for _, across := range acrossEdges(all, s.pixels.Rect, views, edges) {
		if !slices.Contains(chosen, across) {
			chosen = append(chosen, across)
		}
	}
	rows := make([][]word, len(chosen))
	for i, n := range chosen {
		rows[i] = all[n]
	}
	return rows
}

// acrossEdges finds up to most stretches that an edge inside the display cuts.
func acrossEdges(all [][]word, display image.Rectangle, views []view, most int) []int {
	var found []int
	for _, v := range views {
		inside := v.part.Intersect(display.Inset(1))
		for _, edge := range []image.Rectangle{
			image.Rect(v.part.Min.X, inside.Min.Y, v.part.Min.X+1, inside.Max.Y), image.Rect(v.part.Max.X, inside.Min.Y, v.part.Max.X+1, inside.Max.Y),
			image.Rect(inside.Min.X, v.part.Min.Y, inside.Max.X, v.part.Min.Y+1), image.Rect(inside.Min.X, v.part.Max.Y, inside.Max.X, v.part.Max.Y+1),
		} {
			var cut []int
			for i, row := range all {
				if edge.In(display.Inset(1)) && around(row).Overlaps(edge) {
					cut = append(cut, i)
				}
			}
			if len(cut) > 0 && len(found) < most {
				found = append(found, cut[len(cut)/2])
			}
		}
	}
	return found
}

// verdict is what was read of a sample.
type verdict struct {
	words  int      // of the sample
	native int      // of these are read on the screen itself
	lost   []string // of these are not read in what is sent
}

// share is how many of the words that are read on the screen itself survive, in
// percent.
func (v verdict) share() float64 { return 100 - 100*float64(len(v.lost))/float64(max(1, v.native)) }

// ceiling is how many of all words are read on the screen itself, in percent.
func (v verdict) ceiling() float64 { return 100 * float64(v.native) / float64(max(1, v.words)) }

// verdict reads rows in what the model has, and on the screen itself.
func (j *judge) verdict(t testing.TB, s *scene, rows [][]word, seen []view) verdict {
	t.Helper()
	native, err := j.legible(t.Context(), s, rows, []view{{s.pixels.Rect, s.pixels}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := j.legible(t.Context(), s, rows, seen)
	if err != nil {
		t.Fatal(err)
	}
	var v verdict
	for i, row := range rows {
		for k, w := range row {
			v.words++
			if native[i][k] {
				v.native++
			}
			if native[i][k] && !got[i][k] {
				v.lost = append(v.lost, w.text)
			}
		}
	}
	return v
}

// compared reads the same sample of so many words in what leaves and in the peer's picture.
func compared(t testing.TB, j *judge, s *scene, r vision.Rule, all []vision.Encoded, p peer, words int) (ours, peers verdict) {
	t.Helper()
	seen, shrunk, err := views(all, r)
	if err != nil {
		t.Fatal(err)
	}
	if shrunk {
		t.Error("the provider shrinks what is sent")
	}
	rows := sample(s, seen, words)
	return j.verdict(t, s, rows, seen), j.verdict(t, s, rows, []view{p.view})
}

// families are models, one for each way of shrinking a picture.
var families = []string{
	"gpt-4o", "gpt-4.1-mini", "gpt-5.4", "claude-sonnet-4", "claude-opus-4-7",
	"gemini-2.5-flash", "gemini-3-pro", "qwen2.5-vl", "qwen3-vl", "unknown",
}

// displays are those that are sold most.
var displays = []struct {
	name string
	size image.Point
}{{"1080p", image.Pt(1920, 1080)}, {"1440p", image.Pt(2560, 1440)}, {"4K", image.Pt(3840, 2160)}}

// BenchmarkSurvival tells, in percent of the words that the judge reads on the
// screen itself, how many it reads in what leaves for a model, and in the whole
// display shrunk by the provider's rule. The time is what it takes to make what
// leaves.
func BenchmarkSurvival(b *testing.B) {
	j, f := newJudge(b), loadFonts(b)
	for _, drawn := range scenes() {
		for _, d := range displays {
			s, peers := drawn(f, d.size), map[image.Point]peer{}
			for _, model := range families {
				b.Run(fmt.Sprintf("%s/%s/%s", s.name, d.name, model), func(b *testing.B) {
					r := vision.RuleFor(model)
					size := r.Fit(d.size)
					if _, ok := peers[size]; !ok {
						p, err := newPeer(s.pixels, size)
						if err != nil {
							b.Fatal(err)
						}
						peers[size] = p
					}
					survival(b, j, s, r, peers[size])
				})
			}
		}
	}
}

func survival(b *testing.B, j *judge, s *scene, r vision.Rule, p peer) {
	b.ResetTimer()
	var all []vision.Encoded
	for b.Loop() {
		var err error
		if all, err = ours(b.Context(), s.pixels, r); err != nil {
			b.Fatal(err)
		}
	}
	var tokens, bytes int
	for _, e := range all {
		tokens += e.Tokens
		bytes += len(e.Bytes)
	}
	v, theirs := compared(b, j, s, r, all, p, 200)
	b.ReportMetric(v.ceiling(), "%native")
	b.ReportMetric(v.share(), "%ours")
	b.ReportMetric(theirs.share(), "%peer")
	b.ReportMetric(float64(len(all)), "pictures")
	b.ReportMetric(float64(tokens), "tokens-ours")
	b.ReportMetric(float64(r.Tokens(p.size)), "tokens-peer")
	b.ReportMetric(float64(bytes)/1000, "kB-ours")
	b.ReportMetric(float64(p.bytes)/1000, "kB-peer")
	if v.share() < survive {
		b.Errorf("%.1f %% of %d words survive in %d pictures, the peer's %.1f %%; lost are %q", v.share(), v.native, len(all), theirs.share(), v.lost)
	}
}

func TestTheWordsOfALargeDisplaySurvive(t *testing.T) {
	j, s, r := newJudge(t), terminal(loadFonts(t), image.Pt(3840, 2160)), vision.RuleFor("gpt-4o")
	all, err := ours(t.Context(), s.pixels, r)
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPeer(s.pixels, r.Fit(s.pixels.Rect.Size()))
	if err != nil {
		t.Fatal(err)
	}
	v, theirs := compared(t, j, s, r, all, p, 60)
	if v.native < 50 || v.share() < survive {
		t.Errorf("%.1f %% of %d words survive; lost are %q", v.share(), v.native, v.lost)
	}
	if theirs.share() > 80 {
		t.Errorf("of the display shrunk %.1f %% survive: the judge sees what is not there", theirs.share())
	}
}

func TestAWordIsReadWhereItIsLargestAndWhole(t *testing.T) {
	display := image.Rect(0, 0, 100, 100)
	row := []word{{"whole", image.Rect(10, 10, 20, 20)}, {"cut", image.Rect(45, 10, 55, 20)}, {"right", image.Rect(60, 10, 70, 20)}}
	glance := view{display, image.NewGray(image.Rect(0, 0, 50, 50))}
	left := view{image.Rect(0, 0, 50, 100), image.NewGray(image.Rect(0, 0, 50, 100))}
	right := view{image.Rect(50, 0, 100, 100), image.NewGray(image.Rect(0, 0, 50, 100))}
	for _, tt := range []struct {
		views []view
		want  [][]int
	}{
		{[]view{glance, left, right}, [][]int{{1}, {0}, {2}}},
		{[]view{left, right}, [][]int{{0}, {2}}},
		{[]view{right}, [][]int{{2}}},
	} {
		var got [][]int
		for _, c := range cutRow(row, tt.views) {
			got = append(got, c.words)
		}
		if !slices.EqualFunc(got, tt.want, slices.Equal) {
			t.Errorf("in %d views they are read as %v, want %v", len(tt.views), got, tt.want)
		}
	}
}

func TestWordsCountInTheirOrder(t *testing.T) {
	for _, tt := range []struct {
		row, read string
		want      []int
	}{
		{"one two three", "one | two, three.", []int{0, 1, 2}},
		{"one two three", "three one two", []int{0, 1}},
		{"two two", "two", []int{0}},
		{"4096 20481", "4096| 2048", []int{0}},
		{"/var/log a_list", "var log alist", []int{0, 1}},
		{"时间，工作", "时 问工作", []int{0, 2, 3}},
		{"one", "", nil},
	} {
		if got := common(wordsOf(tt.row), wordsOf(tt.read)); !slices.Equal(got, tt.want) {
			t.Errorf("of %q in %q are found %v, want %v", tt.row, tt.read, got, tt.want)
		}
	}
}
