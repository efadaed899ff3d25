package assets

import (
	"bytes"
	"image"
	"image/png"
	"testing"
)

func TestEveryMarkIsAPictureOfItsOwn(t *testing.T) {
	seen := make(map[string]Mark)
	for _, m := range Marks() {
		data := m.PNG()
		if size := sizeOf(t, string(m), data); size != image.Pt(64, 64) {
			t.Errorf("%s is %v pixels, want 64 by 64", m, size)
		}
		if other, ok := seen[string(data)]; ok {
			t.Errorf("%s looks like %s", m, other)
		}
		seen[string(data)] = m
	}
	if data := Mark("none").PNG(); data != nil {
		t.Errorf("a mark that does not exist has %d bytes", len(data))
	}
}

func TestTheIconIsLarge(t *testing.T) {
	if size := sizeOf(t, "icon", Icon()); size != image.Pt(512, 512) {
		t.Errorf("the icon is %v pixels, want 512 by 512", size)
	}
}

func sizeOf(t *testing.T, name string, data []byte) image.Point {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("decode %s: %v", name, err)
	}
	return img.Bounds().Size()
}
