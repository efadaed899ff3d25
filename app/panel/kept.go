package panel

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
)

// kept is where the user has dragged the window on one display, in Fyne's units
// from the corner of what is free there.
type kept struct {
	X      float32 `json:"x"`
	Y      float32 `json:"y"`
	Width  float32 `json:"width,omitempty"`  // 0 if it is that of the settings
	Of     int     `json:"of,omitempty"`     // the settings' width when it was dragged: another one there counts more
	Height float32 `json:"height,omitempty"` // 0 if it was never dragged while it floated
}

// places is what was dragged, on every display. What the user has chosen stands
// in the settings and not here.
type places struct {
	On   string          `json:"on,omitempty"` // the display where it was dropped last
	Of   string          `json:"of,omitempty"` // the settings' display at that time: another one there counts more
	Kept map[string]kept `json:"kept,omitempty"`
}

const (
	maxPlaces     = 32       // displays
	maxPlacesFile = 64 << 10 // bytes
)

// readPlaces reads the file of what was dragged. One that is missing or damaged
// is nothing dragged.
func readPlaces(path string) places {
	p := places{Kept: map[string]kept{}}
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxPlacesFile {
		return p
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return p
	}
	var read places
	if json.Unmarshal(raw, &read) != nil {
		return p
	}
	p.On, p.Of = read.On, read.Of
	for key, k := range read.Kept {
		if len(p.Kept) < maxPlaces && k.sane() {
			p.Kept[key] = k
		}
	}
	return p
}

// sane reports whether a window could have been dragged there.
func (k kept) sane() bool {
	const far = 1 << 15
	for _, v := range []float32{k.X, k.Y, k.Width, k.Height} {
		if math.IsNaN(float64(v)) || v < -far || v > far {
			return false
		}
	}
	return (k.Width == 0 || k.Width >= leastWidth && k.Width <= mostWidth) && (k.Height == 0 || k.Height >= leastHeight)
}

// put keeps a place for a display. When there are too many, others are
// forgotten.
func (p *places) put(key string, k kept) {
	for other := range p.Kept {
		if len(p.Kept) < maxPlaces {
			break
		}
		if other != key {
			delete(p.Kept, other)
		}
	}
	p.Kept[key] = k
}

// write replaces the file, so that a crash leaves the old one or the new one.
func (p places) write(path string) error {
	raw, err := json.MarshalIndent(p, "", "\t")
	if err != nil {
		return fmt.Errorf("keep place: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("keep place: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".panel-*") // mode 0600
	if err != nil {
		return fmt.Errorf("keep place: %w", err)
	}
	_, err = f.Write(append(raw, '\n'))
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		err = fmt.Errorf("keep place: %w", errors.Join(err, ignoreMissing(os.Remove(f.Name()))))
	}
	return err
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
