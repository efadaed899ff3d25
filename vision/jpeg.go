package vision

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/jpeg"
	"runtime"
	"sync"
)

// The markers of JPEG that we need, see ITU-T T.81, annex B.
const (
	markStartOfFrame = 0xc0 // baseline
	markRestart      = 0xd0 // and the seven after it
	markEnd          = 0xd9
	markStartOfScan  = 0xda
	markInterval     = 0xdd
)

// mcu is the side in pixels of the squares that the library encodes colour in.
const mcu = 16

// leastBand is the height in pixels of what is worth encoding by itself.
const leastBand = 16 * mcu

var errMarkers = errors.New("the parts of the JPEG do not fit together")

// encodeJPEG encodes a picture on all cores: in bands, each by the library,
// which are put together with restart markers between them. The result is what
// the library makes of the whole, pixel by pixel.
func encodeJPEG(out *bytes.Buffer, p *image.RGBA, quality int) error {
	size := p.Rect.Size()
	rows := (size.Y + mcu - 1) / mcu // of squares
	n := min(runtime.GOMAXPROCS(0), size.Y/leastBand)
	across := (size.X + mcu - 1) / mcu
	each := 0 // rows in a band, all but the last
	if n > 1 {
		each = (rows + n - 1) / n
	}
	if n <= 1 || each*across > 1<<16-1 {
		return jpeg.Encode(out, p, &jpeg.Options{Quality: quality})
	}
	bands, errs := make([]bytes.Buffer, n), make([]error, n)
	var group sync.WaitGroup
	for i := range bands {
		group.Go(func() {
			r := image.Rect(0, i*each*mcu, size.X, (i+1)*each*mcu).Add(p.Rect.Min).Intersect(p.Rect)
			errs[i] = jpeg.Encode(&bands[i], upright(p.SubImage(r).(*image.RGBA)), &jpeg.Options{Quality: quality})
		})
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return join(out, bands, size.Y, each*across)
}

// join writes bands as one JPEG of that height, with a restart marker after
// every interval of squares.
func join(out *bytes.Buffer, bands []bytes.Buffer, height, interval int) error {
	for i := range bands {
		head, scan, data, ok := parts(bands[i].Bytes())
		switch {
		case !ok:
			return errMarkers
		case i == 0:
			binary.BigEndian.PutUint16(head.height, uint16(height))
			out.Write(head.bytes)
			out.Write([]byte{0xff, markInterval, 0, 4, byte(interval >> 8), byte(interval)})
			out.Write(scan)
		default:
			out.Write([]byte{0xff, byte(markRestart + (i-1)%8)})
		}
		out.Write(data)
	}
	out.Write([]byte{0xff, markEnd})
	return nil
}

// head is what stands before the scan of a JPEG.
type head struct {
	bytes  []byte
	height []byte // within bytes, where the height of the picture stands
}

// parts takes a JPEG of one scan apart: what comes before, the scan's own head,
// and its data.
func parts(b []byte) (h head, scan, data []byte, ok bool) {
	const start = 2 // the marker that begins the file
	for at := start; at+4 <= len(b) && b[at] == 0xff; {
		end := at + 2 + int(binary.BigEndian.Uint16(b[at+2:]))
		if end > len(b) {
			break
		}
		switch b[at+1] {
		case markStartOfFrame:
			if end < at+7 {
				return head{}, nil, nil, false
			}
			h.height = b[at+5 : at+7]
		case markStartOfScan:
			h.bytes = b[:at]
			data, ok = bytes.CutSuffix(b[end:], []byte{0xff, markEnd})
			return h, b[at:end], data, ok && h.height != nil
		}
		at = end
	}
	return head{}, nil, nil, false
}
