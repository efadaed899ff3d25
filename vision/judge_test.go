package vision_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/disintegration/imaging"
)

// view is a picture as the model has it, and the part of the display that it
// shows.
type view struct {
	part   image.Rectangle
	pixels image.Image
}

// scale is sent pixels per pixel of the display, of the side that has fewer.
func (v view) scale() float64 {
	x, y := v.scales()
	return min(x, y)
}

func (v view) scales() (x, y float64) {
	size, native := v.pixels.Bounds().Size(), v.part.Size()
	return float64(size.X) / float64(native.X), float64(size.Y) / float64(native.Y)
}

// judge reads with tesseract. It stands for a model's eyes: it ranks pictures,
// and what it cannot read in one as it stood on the screen is not counted.
type judge struct {
	dir  string // of the pictures that are being read, all of them made up
	read map[[sha256.Size]byte]string
}

func newJudge(t testing.TB) *judge {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "tesseract", "--list-langs").Output()
	for _, lang := range []string{"eng", "chi_sim"} {
		if err == nil && !slices.Contains(strings.Fields(string(out)), lang) {
			err = fmt.Errorf("tesseract cannot read %s", lang)
		}
	}
	if err != nil && os.Getenv("ASIDE_TEST_ALL") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return &judge{t.TempDir(), map[[sha256.Size]byte]string{}}
}

// cut is a row of words in one view of it.
type cut struct {
	view    view
	part    image.Rectangle
	words   []int       // which of the row's words are read here
	picture *image.Gray // as the judge has it
}

// looks are how much of what is on the display is enlarged for the judge. Near
// the limit of what it can read it is fickle: a word may be read at one size and
// not at the next. So a row that it has not read to the end it looks at again,
// but one of which it has not read half: that is beyond the limit.
var looks = []float64{2.5, 3.5, 2}

// legible says of each word of each row whether it is read in the views. Each
// word is looked for where it is shown at the largest scale; one that is whole
// nowhere is not read.
func (j *judge) legible(ctx context.Context, s *scene, rows [][]word, views []view) ([][]bool, error) {
	read := make([][]bool, len(rows))
	for i, row := range rows {
		read[i] = make([]bool, len(row))
	}
	for i, enlarged := range looks {
		worth := func(row []bool) bool { return i == 0 || slices.Contains(row, false) && 2*count(row) >= len(row) }
		if err := j.look(ctx, s, rows, views, enlarged, read, worth); err != nil {
			return nil, err
		}
	}
	return read, nil
}

// count is how many words of a row have been read.
func count(row []bool) int {
	n := 0
	for _, read := range row {
		if read {
			n++
		}
	}
	return n
}

// look reads the rows that are worth it.
func (j *judge) look(ctx context.Context, s *scene, rows [][]word, views []view, enlarged float64, read [][]bool, worth func([]bool) bool) error {
	var cuts []cut
	var of []int
	for i, row := range rows {
		if !worth(read[i]) {
			continue
		}
		for _, c := range cutRow(row, views) {
			c.lift(enlarged)
			cuts, of = append(cuts, c), append(of, i)
		}
	}
	texts, err := j.texts(ctx, s.lang, cuts)
	if err != nil {
		return err
	}
	for i, c := range cuts {
		row := of[i]
		want := make([]string, len(c.words))
		for k, n := range c.words {
			want[k] = rows[row][n].text
		}
		for _, k := range common(want, wordsOf(texts[i])) {
			read[row][c.words[k]] = true
		}
	}
	return nil
}

// cutRow cuts a row out of each view in which some of its words are best read.
func cutRow(row []word, views []view) []cut {
	best := map[int][]int{}
	for n, w := range row {
		in := -1
		for i, v := range views {
			if w.at.In(v.part) && (in < 0 || v.scale() > views[in].scale()) {
				in = i
			}
		}
		if in >= 0 {
			best[in] = append(best[in], n)
		}
	}
	var cuts []cut
	for i, v := range views {
		if len(best[i]) > 0 {
			cuts = append(cuts, cut{view: v, part: around(row).Intersect(v.part), words: best[i]})
		}
	}
	return cuts
}

// around is a row's rectangle, with a little of the paper.
func around(row []word) image.Rectangle {
	var r image.Rectangle
	for _, w := range row {
		r = r.Union(w.at)
	}
	return image.Rect(r.Min.X-6, r.Min.Y-4, r.Max.X+6, r.Max.Y+4)
}

// lift cuts a part of the display out of a view, enlarges it whatever the view's
// scale, and makes it dark on light.
func (c *cut) lift(enlarged float64) {
	const margin = 12
	x, y := c.view.scales()
	at, size := c.part.Sub(c.view.part.Min), c.part.Size()
	from := image.Rect(int(float64(at.Min.X)*x), int(float64(at.Min.Y)*y), int(math.Ceil(float64(at.Max.X)*x)), int(math.Ceil(float64(at.Max.Y)*y)))
	x, y = enlarged*float64(size.X), enlarged*float64(size.Y)
	large := imaging.Resize(imaging.Crop(c.view.pixels, from.Add(c.view.pixels.Bounds().Min)), int(x), int(y), imaging.Lanczos)
	text := image.NewGray(large.Rect)
	draw.Draw(text, text.Rect, large, image.Point{}, draw.Src)
	var sum int
	for _, p := range text.Pix {
		sum += int(p)
	}
	paper := color.Gray{0xff}
	if sum/len(text.Pix) < 0x80 {
		for i, p := range text.Pix {
			text.Pix[i] = 0xff - p
		}
	}
	padded := image.NewGray(image.Rectangle{Max: text.Rect.Size().Add(image.Pt(2*margin, 2*margin))})
	draw.Draw(padded, padded.Rect, image.NewUniform(paper), image.Point{}, draw.Src)
	draw.Draw(padded, text.Rect.Add(image.Pt(margin, margin)), text, image.Point{}, draw.Src)
	c.picture = padded
}

// texts reads cuts, on every core. What has been read before is remembered: the
// rules of many models make the same pictures.
func (j *judge) texts(ctx context.Context, lang string, cuts []cut) ([]string, error) {
	keys := make([][sha256.Size]byte, len(cuts))
	var unread []int
	for i, c := range cuts {
		sum := binary.BigEndian.AppendUint32([]byte(lang), uint32(c.picture.Stride))
		keys[i] = sha256.Sum256(append(sum, c.picture.Pix...))
		if _, ok := j.read[keys[i]]; !ok {
			unread = append(unread, i)
		}
	}
	fresh := make([]string, len(cuts))
	errs := make([]error, runtime.GOMAXPROCS(0))
	var group sync.WaitGroup
	for n := range errs {
		group.Go(func() {
			mine := unread[len(unread)*n/len(errs) : len(unread)*(n+1)/len(errs)]
			errs[n] = j.ocr(ctx, lang, n, cuts, mine, fresh)
		})
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	for _, i := range unread {
		j.read[keys[i]] = fresh[i]
	}
	all := make([]string, len(cuts))
	for i, key := range keys {
		all[i] = j.read[key]
	}
	return all, nil
}

// ocr reads some of the cuts, each as one line and by itself, into texts.
func (j *judge) ocr(ctx context.Context, lang string, worker int, cuts []cut, which []int, texts []string) error {
	if len(which) == 0 {
		return nil
	}
	var names strings.Builder
	for _, i := range which {
		name := filepath.Join(j.dir, fmt.Sprintf("%d-%d.pgm", worker, i))
		p := cuts[i].picture
		pgm := append(fmt.Appendf(nil, "P5 %d %d 255\n", p.Rect.Dx(), p.Rect.Dy()), p.Pix...)
		if err := os.WriteFile(name, pgm, 0o600); err != nil {
			return err
		}
		fmt.Fprintln(&names, name)
	}
	index := filepath.Join(j.dir, fmt.Sprintf("%d.txt", worker))
	if err := os.WriteFile(index, []byte(names.String()), 0o600); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "tesseract", index, "stdout", "-l", lang, "--psm", "7", "--dpi", "300")
	cmd.Env = append(os.Environ(), "OMP_THREAD_LIMIT=1")
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("read with tesseract: %w: %s", err, complaint.Bytes())
	}
	pages := strings.Split(string(out), "\f")
	if len(pages) != len(which) {
		return fmt.Errorf("tesseract read %d pages of %d", len(pages), len(which))
	}
	for n, i := range which {
		texts[i] = pages[n]
	}
	return nil
}

// wordsOf are the words of a text, as scenes count them.
func wordsOf(text string) []string {
	var all []string
	for _, run := range strings.FieldsFunc(text, func(r rune) bool { return !inWord(r) }) {
		if strings.IndexFunc(run, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0 {
			all = append(all, strings.Split(run, "")...)
			continue
		}
		if counts(run) {
			all = append(all, run)
		}
	}
	return all
}

// common returns the indexes into want of the longest sequence that read has as
// well, in the same order. So a word that was read elsewhere, by luck, or once
// of two is not counted.
func common(want, read []string) []int {
	long := make([][]int, len(want)+1)
	for i := range long {
		long[i] = make([]int, len(read)+1)
	}
	for i := len(want) - 1; i >= 0; i-- {
		for k := len(read) - 1; k >= 0; k-- {
			long[i][k] = max(long[i+1][k], long[i][k+1])
			if want[i] == read[k] {
				long[i][k] = long[i+1][k+1] + 1
			}
		}
	}
	var both []int
	for i, k := 0, 0; i < len(want) && k < len(read); {
		switch {
		case want[i] == read[k]:
			both = append(both, i)
			i, k = i+1, k+1
		case long[i+1][k] >= long[i][k+1]:
			i++
		default:
			k++
		}
	}
	return both
}
