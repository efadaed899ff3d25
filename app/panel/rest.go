package panel

import (
	"runtime/debug"
	"time"
)

// forgetTime is how long Fyne takes, at most, to forget what it keeps of objects
// that are drawn no longer, once it draws a frame.
const forgetTime = 11 * time.Second

// rest gives back to the system what turns have left in memory. Fyne keeps what
// it needs for an object, with the object, for a minute after that was drawn last,
// and forgets it only when it draws again; Go keeps what is free as long as there
// is no more of it.
func (p *Panel) rest() {
	p.pump.do(func() { p.body.header.line.Refresh() })
	select {
	case <-p.lifetime.Done():
	case <-time.After(forgetTime):
		debug.FreeOSMemory()
	}
}
