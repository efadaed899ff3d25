package vision

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/png"
	"testing"
)

func encodedPNG(t testing.TB, p image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, p); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestAGivenPictureBecomesAShot(t *testing.T) {
	s, err := Decode(encodedPNG(t, page(60, 40)))
	if err != nil {
		t.Fatal(err)
	}
	if s.Pixels.Rect != image.Rect(0, 0, 60, 40) || s.Pixels.RGBAAt(1, 1) != page(60, 40).RGBAAt(1, 1) {
		t.Errorf("got %v", s.Pixels.Rect)
	}
}

func TestWhatIsTransparentLiesOnWhite(t *testing.T) {
	s, err := Decode(encodedPNG(t, image.NewNRGBA(image.Rect(0, 0, 2, 2))))
	if err != nil {
		t.Fatal(err)
	}
	if c := s.Pixels.RGBAAt(0, 0); c.R != 255 || c.A != 255 {
		t.Errorf("it is %v", c)
	}
}

func TestAPictureThatClaimsTooMuchIsRefused(t *testing.T) {
	bomb := encodedPNG(t, page(2, 2))
	binary.BigEndian.PutUint32(bomb[16:], 1<<20)
	binary.BigEndian.PutUint32(bomb[20:], 1<<20)
	for _, b := range [][]byte{bomb, nil, []byte("<html>"), bomb[:20]} {
		if _, err := Decode(b); err == nil {
			t.Errorf("%.10q was taken for a picture", b)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(encodedPNG(f, page(3, 3)))
	f.Add([]byte("GIF89a"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := Decode(b); err == nil && s.Pixels.Rect.Empty() {
			t.Error("an empty picture was accepted")
		}
	})
}
