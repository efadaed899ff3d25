package vision

import (
	"bytes"
	"image"
	"image/jpeg"
	"runtime"
	"slices"
	"testing"
)

func TestAPictureEncodedInBandsIsTheSame(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	for _, size := range []image.Point{{40, 30}, {640, 512}, {641, 1023}, {300, 1100}, {17, 2048}, {1024, 4*leastBand + 1}} {
		p := photograph(size.X, size.Y)
		var whole, banded bytes.Buffer
		if err := jpeg.Encode(&whole, p, &jpeg.Options{Quality: 85}); err != nil {
			t.Fatal(err)
		}
		if err := encodeJPEG(&banded, p, 85); err != nil {
			t.Fatal(err)
		}
		want, err := jpeg.Decode(&whole)
		got, err2 := jpeg.Decode(&banded)
		if err != nil || err2 != nil {
			t.Fatal(size, err, err2)
		}
		a, b := want.(*image.YCbCr), got.(*image.YCbCr)
		if a.Rect != b.Rect || !slices.Equal(a.Y, b.Y) || !slices.Equal(a.Cb, b.Cb) || !slices.Equal(a.Cr, b.Cr) {
			t.Errorf("%v: the pixels differ", size)
		}
	}
}

// FuzzParts takes apart what may be no JPEG.
func FuzzParts(f *testing.F) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, photograph(20, 20), nil); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte{0xff, 0xd8, 0xff, markStartOfFrame, 0, 2, 0xff, markStartOfScan, 0, 2, 0xff, markEnd})
	f.Fuzz(func(t *testing.T, b []byte) {
		if h, scan, data, ok := parts(b); ok && len(h.bytes)+len(scan)+len(data)+2 != len(b) {
			t.Errorf("%d, %d and %d bytes of %d", len(h.bytes), len(scan), len(data), len(b))
		}
	})
}
