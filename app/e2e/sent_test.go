package e2e

import (
	"image"
	_ "image/png" // what maim makes
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"aside/app/desk"
	"aside/app/engine/enginetest"
	"aside/audio"
)

// spoken makes a WAV file of words, with lead of silence and nothing after the
// last of them, and returns its path and the words alone.
func (c *core) spoken(words string, lead time.Duration) (path string, voice audio.Clip) {
	c.Helper()
	path, err := c.Voice(c.ctx, words)
	if err != nil {
		c.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		c.Fatal(err)
	}
	voice, err = audio.DecodeWAV(raw)
	if err != nil || voice.Rate != audio.RateListen {
		c.Fatalf("the voice has %d Hz, %v", voice.Rate, err)
	}
	voice.Samples = trimmed(voice.Samples)
	said := audio.Clip{Rate: voice.Rate, Samples: make([]int16, audio.Samples(lead, voice.Rate))}
	said.Samples = append(said.Samples, voice.Samples...)
	if err := os.WriteFile(path, audio.WAV(said), 0o600); err != nil {
		c.Fatal(err)
	}
	return path, voice
}

// trimmed cuts the silence off both ends.
func trimmed(samples []int16) []int16 {
	const silent = 300
	for len(samples) > 0 && max(samples[0], -samples[0]) < silent {
		samples = samples[1:]
	}
	for n := len(samples); n > 0 && max(samples[n-1], -samples[n-1]) < silent; n-- {
		samples = samples[:n-1]
	}
	return samples
}

// likeness is how alike a piece of sound and the place in whole that is most
// like it are: 1 for the same at any volume, 0 for nothing in common.
func likeness(piece, whole []int16) float64 {
	best := 0.0
	for at := 0; at+len(piece) <= len(whole); at++ {
		var product, own, other float64
		for i, p := range piece {
			a, b := float64(p), float64(whole[at+i])
			product, own, other = product+a*b, own+a*a, other+b*b
		}
		if own*other > 0 {
			best = max(best, product/math.Sqrt(own*other))
		}
	}
	return best
}

// checkHeard wants the one utterance that was sent as it was said.
func (c *core) checkHeard(s *enginetest.Server, voice audio.Clip) {
	c.Helper()
	heard := s.Requests(enginetest.Transcriptions)
	if len(heard) != 1 {
		c.Errorf("%d transcriptions", len(heard))
		return
	}
	c.checkWords(heard[0].Utterance, voice)
}

// checkWords wants the first and the last word as they were said.
func (c *core) checkWords(got, voice audio.Clip) {
	c.Helper()
	if got.Rate != voice.Rate || got.Duration() < voice.Duration() {
		c.Errorf("%v of sound at %d Hz for %v of words", got.Duration(), got.Rate, voice.Duration())
	}
	n := audio.Samples(200*time.Millisecond, voice.Rate)
	for end, piece := range map[string][]int16{"first": voice.Samples[:n], "last": voice.Samples[len(voice.Samples)-n:]} {
		if alike := likeness(piece, got.Samples); alike < 0.9 {
			c.Errorf("the %s word is not whole: a likeness of %.2f", end, alike)
		}
	}
}

// photograph is a window as another program sees it.
func (c *core) photograph(window uint64) image.Image {
	c.Helper()
	path := filepath.Join(c.TempDir(), "window.png")
	if out, err := c.Output(c.ctx, "maim", "-u", "-i", strconv.FormatUint(window, 10), path); err != nil {
		c.Fatal(err, out)
	}
	f, err := os.Open(path)
	if err != nil {
		c.Fatal(err)
	}
	defer f.Close()
	p, _, err := image.Decode(f)
	if err != nil {
		c.Fatal(err)
	}
	return p
}

// difference is the mean of how far two pictures of one size are apart, from 0
// to 255.
func difference(a, b image.Image) float64 {
	if a.Bounds().Size() != b.Bounds().Size() {
		return 255
	}
	from, to, size, sum := a.Bounds().Min, b.Bounds().Min, a.Bounds().Size(), 0.0
	for y := range size.Y {
		for x := range size.X {
			r1, g1, b1, _ := a.At(from.X+x, from.Y+y).RGBA()
			r2, g2, b2, _ := b.At(to.X+x, to.Y+y).RGBA()
			for _, d := range []int{int(r1) - int(r2), int(g1) - int(g2), int(b1) - int(b2)} {
				sum += math.Abs(float64(d)) / 257
			}
		}
	}
	return sum / float64(3*size.X*size.Y)
}

// redness is the share of a picture's pixels that are plain red.
func redness(p image.Image) float64 {
	red, b := 0, p.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if r, g, b, _ := p.At(x, y).RGBA(); r > 0xc000 && g < 0x4000 && b < 0x4000 {
				red++
			}
		}
	}
	return float64(red) / float64(b.Dx()*b.Dy())
}

// question is the last message of the one chat that was sent.
func (c *core) question(s *enginetest.Server) enginetest.Message {
	c.Helper()
	asked := s.Requests(enginetest.Chat)
	if len(asked) != 1 {
		c.Fatalf("%d chats", len(asked))
	}
	return asked[0].Messages[len(asked[0].Messages)-1]
}

// checkSeen wants the window as it was before the key went down.
func (c *core) checkSeen(s *enginetest.Server, before image.Image) {
	c.Helper()
	m := c.question(s)
	if !strings.Contains(m.Text, "what does this window say") || m.Picture() == nil {
		c.Fatalf("asked was %q, picture %v", m.Text, m.Picture() != nil)
	}
	c.checkPicture(m.Picture(), before)
}

// checkPicture wants a picture of the window as it was before it turned red.
func (c *core) checkPicture(p, before image.Image) {
	c.Helper()
	if share := redness(p); share > 0.01 {
		c.Errorf("%.0f %% of the picture is from after key-down", 100*share)
	}
	if d := difference(p, before); d > 3 {
		c.Errorf("the picture of %v and the window of %v differ by %.1f levels", p.Bounds(), before.Bounds(), d)
	}
}

// recorded is what the loudspeaker has played so far.
func recorded(r *desk.Recording) audio.Clip {
	return audio.Clip{Rate: desk.RecordRate, Samples: r.Samples()}
}
