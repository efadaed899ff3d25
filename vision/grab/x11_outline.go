//go:build linux || freebsd

package grab

import (
	"image"
	"image/color"
	"math/bits"

	"github.com/jezek/xgb/shape"
	"github.com/jezek/xgb/xproto"
)

// The widths of lines in pixels: of what is being chosen, and of what is shared.
const (
	lineWidth  = 2
	frameWidth = 4
)

// lineColour stands out from light and dark alike.
func lineColour() color.RGBA { return color.RGBA{0xff, 0x6a, 0x00, 0xff} }

// outline shows a rectangle on the screen by four thin windows around it. The
// window manager knows nothing of them, and the mouse goes through them. The
// zero outline shows nothing.
type outline struct {
	x      *x11
	screen image.Rectangle
	width  int // of the lines, in pixels
	lines  []xproto.Window
	around image.Rectangle // empty if nothing is shown
	of     xproto.Window   // whose outline it is, for its user
}

// newOutline makes an outline whose windows call themselves class.
func newOutline(x *x11, class string, width int) (outline, error) {
	screen := xproto.Setup(x.conn).DefaultScreen(x.conn)
	o := outline{x: x, width: width, screen: image.Rect(0, 0, int(screen.WidthInPixels), int(screen.HeightInPixels))}
	class += "\x00" + class + "\x00"
	for range 4 {
		w, err := xproto.NewWindowId(x.conn)
		if err != nil {
			return o, err
		}
		xproto.CreateWindow(x.conn, 0, w, x.root, 0, 0, 1, 1, 0, xproto.WindowClassInputOutput, 0,
			xproto.CwBackPixel|xproto.CwOverrideRedirect, []uint32{x.layout.pixel(lineColour()), 1})
		xproto.ChangeProperty(x.conn, xproto.PropModeReplace, w, xproto.AtomWmClass, xproto.AtomString, 8, uint32(len(class)), []byte(class))
		if x.shape {
			shape.Rectangles(x.conn, shape.SoSet, shape.SkInput, xproto.ClipOrderingUnsorted, w, 0, 0, nil)
		}
		o.lines = append(o.lines, w)
	}
	return o, nil
}

// surround draws around a rectangle, not in it: what lies under a line may need
// a moment to be drawn again, and is not to be in the picture. At the edge of
// the screen there is no other place.
func (o *outline) surround(r image.Rectangle) {
	if r.Empty() {
		o.hide()
		return
	}
	if r == o.around {
		return
	}
	for i, line := range sides(r.Inset(-o.width).Intersect(o.screen), o.width) {
		xproto.ConfigureWindow(o.x.conn, o.lines[i],
			xproto.ConfigWindowX|xproto.ConfigWindowY|xproto.ConfigWindowWidth|xproto.ConfigWindowHeight|xproto.ConfigWindowStackMode,
			[]uint32{uint32(line.Min.X), uint32(line.Min.Y), uint32(line.Dx()), uint32(line.Dy()), xproto.StackModeAbove})
		xproto.MapWindow(o.x.conn, o.lines[i])
	}
	o.around = r
}

// sides are the lines along the inner edge of a rectangle.
func sides(r image.Rectangle, width int) [4]image.Rectangle {
	all := [4]image.Rectangle{r, r, r, r}
	all[0].Max.Y = r.Min.Y + width
	all[1].Min.Y = r.Max.Y - width
	all[2].Max.X = r.Min.X + width
	all[3].Min.X = r.Max.X - width
	return all
}

// raise puts the lines over what has come to the front meanwhile.
func (o *outline) raise() {
	for _, w := range o.lines {
		xproto.ConfigureWindow(o.x.conn, w, xproto.ConfigWindowStackMode, []uint32{xproto.StackModeAbove})
	}
}

func (o *outline) hide() {
	if o.around.Empty() {
		return
	}
	for _, w := range o.lines {
		xproto.UnmapWindow(o.x.conn, w)
	}
	o.around = image.Rectangle{}
}

func (o *outline) destroy() {
	for _, w := range o.lines {
		xproto.DestroyWindow(o.x.conn, w)
	}
}

// pixel is how a display keeps a colour.
func (l layout) pixel(c color.RGBA) uint32 {
	var all uint32
	for _, part := range []struct {
		mask  uint32
		value byte
	}{{l.red, c.R}, {l.green, c.G}, {l.blue, c.B}} {
		shift := bits.TrailingZeros32(part.mask)
		full := uint64(part.mask >> shift)
		all |= uint32(uint64(part.value)*full/0xff) << shift
	}
	return all
}
