// Package assets holds the pictures that are built into Aside. All of them are
// drawn by assets/gen; nothing comes from elsewhere.
package assets

import "embed"

//go:generate go run ./gen

//go:embed *.png
var files embed.FS

// Mark names a phase by its mark: one shape and one colour for each.
type Mark string

// The marks.
const (
	Ready     Mark = "ready"     // hollow ring
	Listening Mark = "listening" // filled dot with a halo
	Thinking  Mark = "thinking"  // open arc
	Speaking  Mark = "speaking"  // four bars
	Offline   Mark = "offline"   // ring with a slash
	Problem   Mark = "problem"   // triangle
)

// Marks lists all marks.
func Marks() []Mark {
	return []Mark{Ready, Listening, Thinking, Speaking, Offline, Problem}
}

// PNG returns the mark as a PNG of 64 by 64 pixels on a transparent ground, in
// a colour that shows on dark and on light panels. It is nil for a name that
// is none of the marks. The caller must not change it.
func (m Mark) PNG() []byte { return read("tray-" + string(m) + ".png") }

// Icon returns the program's icon as a PNG of 512 by 512 pixels. The caller
// must not change it.
func Icon() []byte { return read("icon.png") }

func read(name string) []byte {
	data, err := files.ReadFile(name)
	if err != nil {
		return nil
	}
	return data
}
