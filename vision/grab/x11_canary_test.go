//go:build linux || freebsd

package grab

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"aside/app/desk"
	"aside/vision"
)

// canary is a colour that only what must not be seen has.
var canary = color.RGBA{0xff, 0, 0xff, 0xff}

// mischief moves private windows about, over and under the rest, shows and
// hides them, and opens and closes others, until ctx ends.
func (r *rig) mischief(ctx context.Context, conn *xgb.Conn, vault, menu xproto.Window, seed uint64) {
	dice := rand.New(rand.NewPCG(seed, 0))
	var second xproto.Window
	for ctx.Err() == nil {
		w, x, y := vault, uint32(dice.IntN(400)), uint32(dice.IntN(300))
		if dice.IntN(3) == 0 {
			w = menu
		}
		switch dice.IntN(8) {
		case 0, 1, 2:
			xproto.ConfigureWindow(conn, w, xproto.ConfigWindowX|xproto.ConfigWindowY, []uint32{x, y})
		case 3, 4:
			xproto.ConfigureWindow(conn, w, xproto.ConfigWindowX|xproto.ConfigWindowY|xproto.ConfigWindowStackMode,
				[]uint32{x, y, uint32(dice.IntN(2))})
		case 5:
			xproto.ConfigureWindow(conn, w, xproto.ConfigWindowWidth|xproto.ConfigWindowHeight, []uint32{100 + x/2, 100 + y/2})
		case 6:
			xproto.UnmapWindow(conn, w)
			conn.Sync()
			xproto.MapWindow(conn, w)
		case 7:
			if second != 0 {
				xproto.DestroyWindow(conn, second)
			}
			second = r.open(conn, sheet{program: "vault", title: "another", bounds: image.Rect(int(x), int(y), int(x)+150, int(y)+150), colour: canary, shy: true})
		}
		conn.Sync()
		time.Sleep(time.Duration(dice.IntN(2000)) * time.Microsecond)
	}
}

// has reports whether a picture has a pixel of that colour.
func has(p *image.RGBA, c color.RGBA) bool {
	pixel := []byte{c.R, c.G, c.B, c.A}
	for from := 0; ; {
		i := bytes.Index(p.Pix[from:], pixel)
		if i < 0 {
			return false
		}
		if from += i; from%4 == 0 {
			return true
		}
		from++
	}
}

func TestAThousandShotsHaveNoPixelOfAWindowThatMoves(t *testing.T) {
	// The second one composes the screen, and is late with it.
	for wm, shots := range map[string]int{"openbox": 1000, "xfwm4": 200} {
		t.Run(wm, func(t *testing.T) { withoutACanary(t, wm, shots) })
	}
}

func withoutACanary(t *testing.T, wm string, shots int) {
	r := start(t, desk.Options{WM: wm, Width: 480, Height: 360}, Options{Exclude: []string{"vault"}})
	vault := r.put(sheet{program: "vault", title: "vault", bounds: image.Rect(50, 50, 250, 250), colour: canary, shy: true})
	menu := r.put(sheet{program: "vault", title: "its menu", bounds: image.Rect(0, 0, 100, 100), colour: canary, free: true})
	r.activate(r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(150, 100, 400, 300), colour: green}))
	r.windowShot("notes")
	ctx, stop := context.WithCancel(t.Context())
	conn, done, seed := r.another(), make(chan struct{}), uint64(time.Now().UnixNano())
	go func() {
		defer close(done)
		r.mischief(ctx, conn, vault, menu, seed)
	}()
	taken := map[vision.Capture]int{}
	covered, leaks := 0, 0
	for i := range shots {
		target := []vision.Target{
			{Capture: vision.CaptureWindow}, {Capture: vision.CaptureDisplay},
			{Capture: vision.CaptureWindow}, {Capture: vision.CaptureRegion, Bounds: image.Rect(20, 20, 420, 320)},
		}[i%4]
		s, err := r.screen.Take(ctx, target)
		if errors.Is(err, vision.ErrExcluded) {
			continue // it came to the front
		}
		if err != nil {
			t.Fatal(err)
		}
		taken[s.Capture]++
		if has(s.Pixels, canary) {
			leaks++
		}
		if s.Capture == vision.CaptureWindow && has(s.Pixels, grey) {
			covered++
		}
	}
	stop()
	<-done
	if leaks > 0 {
		t.Errorf("the private window is in %d of %v shots (seed %d)", leaks, taken, seed)
	}
	if taken[vision.CaptureWindow] < shots/3 || taken[vision.CaptureDisplay] < shots/6 || taken[vision.CaptureRegion] < shots/6 || covered < shots/20 {
		t.Errorf("only %v were taken, and in %d the window lay over the active one (seed %d)", taken, covered, seed)
	}
}
