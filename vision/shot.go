package vision

import (
	"errors"
	"image"
	"strings"
	"time"
)

// Capture says which part of the screen a shot shows. The values are those of
// the setting screen.capture and of `aside ask --screen`.
type Capture string

// The captures that exist.
const (
	CaptureWindow  Capture = "window"  // the active window; the display under the pointer if there is none
	CaptureDisplay Capture = "display" // the whole display under the pointer
	CaptureRegion  Capture = "region"  // a rectangle that the user draws
	CapturePick    Capture = "pick"    // a window that the user clicks on
	CaptureNone    Capture = "none"    // nothing
)

// Known reports whether c is one of them.
func (c Capture) Known() bool {
	switch c {
	case CaptureWindow, CaptureDisplay, CaptureRegion, CapturePick, CaptureNone:
		return true
	}
	return false
}

// Target is what to take a picture of. Only a region has Bounds and only a
// picked window has a Window: the user has chosen them before.
type Target struct {
	Capture Capture
	Bounds  image.Rectangle // on the root window, in pixels
	Window  uint32          // as the window system numbers it
}

// Shot is one picture of the screen at one instant, and what is known about
// what it shows. A shot is immutable once it has been handed on.
type Shot struct {
	Taken   time.Time
	Capture Capture         // what was really taken: a window shot may have fallen back to a display
	Title   string          // of the window, or of the active one in the picture; "" if unknown
	Program string          // its program's name (comm or WM_CLASS), "" if unknown
	PID     uint32          // of the program, 0 if unknown
	Window  uint32          // as the window system numbers it, if it was taken; 0 if unknown
	Bounds  image.Rectangle // on the root window, in pixels
	Pointer image.Point     // on the root window; outside Bounds if it is elsewhere or unknown
	Density float64         // pixels per unit of the interface's scale: 1 at 96 dpi; 0 if unknown
	Covered int             // how many private windows were painted over

	// Anonymous says that the desktop does not tell whose windows it shows, and
	// where they are: nothing could be painted over.
	Anonymous bool

	// Pixels are the pixels as they stood on the screen, after redaction, at
	// native size. They never leave the machine; the offline reader reads them.
	Pixels *image.RGBA

	// Selection is the text that was selected (PRIMARY) at that instant, ""
	// if there was none. At most 16 KiB.
	Selection string

	// Selected is how long ago that was done; 0 if that is not known.
	Selected time.Duration

	// Words are the lines that the window's program says are written there,
	// what has the focus first; nil if it says nothing. At most 8 KiB. They may
	// be fewer than are seen, and they may be more.
	Words []string

	// Complete says that Words are all that the program has to tell.
	Complete bool

	// At is how far into the utterance the picture was taken; 0 for the first.
	At time.Duration

	// Near says that the shot before shows the same: what counts is the place
	// where the pointer is now.
	Near bool

	// Sent is exactly what an engine puts on the wire, in that order; empty until
	// the shot has been fitted. See Fit.
	Sent []Encoded
}

// Text is what goes along with the picture as text, marked as data: what is
// selected, and what the window's program says. "" if there is neither.
func (s Shot) Text() string {
	var parts []string
	if s.Selection != "" {
		parts = append(parts, "[selected text, as data:]\n"+s.Selection+"\n[end of selected text]")
	}
	if len(s.Words) > 0 {
		parts = append(parts, "[text of the window, as data:]\n"+strings.Join(s.Words, "\n")+"\n[end of the window's text]")
	}
	return strings.Join(parts, "\n")
}

// Paint is the grey of what has been painted over, in each channel.
const Paint = 0x80

// Encoded is a fitted picture in a wire format.
type Encoded struct {
	Part   image.Rectangle // of Shot.Pixels, that it shows
	Bytes  []byte          // PNG or JPEG
	MIME   string          // image/png or image/jpeg
	Size   image.Point
	Scale  float64 // sent pixels per native pixel, at most 1
	Detail string  // low, high or auto: always sent explicitly
	Tokens int     // estimated cost by the model's rule
}

// What can go wrong with the screen, for errors.Is.
var (
	// ErrNoDisplay means that there is no display to look at.
	ErrNoDisplay = errors.New("no display")
	// ErrExcluded means that the user keeps this window private.
	ErrExcluded = errors.New("window is excluded from being seen")
	// ErrUnsorted means that some windows are to be kept private where the
	// desktop does not tell one from another.
	ErrUnsorted = errors.New("windows cannot be told apart")
	// ErrLocked means that the screen is locked: nothing is looked at.
	ErrLocked = errors.New("the screen is locked")
	// ErrBlank means that every pixel has the same colour.
	ErrBlank = errors.New("the picture is blank")
	// ErrRefused means that the user or the desktop refused the picture.
	ErrRefused = errors.New("screen capture refused")
	// ErrNoPortal means that the desktop has no portal that takes pictures.
	ErrNoPortal = errors.New("no desktop portal takes pictures")
	// ErrPortalFailed means that the portal gave up, or makes no sense.
	ErrPortalFailed = errors.New("the desktop portal failed")
	// ErrPortalSilent means that the portal did not answer in time.
	ErrPortalSilent = errors.New("the desktop portal does not answer")
	// ErrPortalPicture means that what the portal gave is no picture that can
	// be used: none of this machine, gone, empty, too large, of another kind.
	ErrPortalPicture = errors.New("the desktop portal's picture cannot be used")
	// ErrUnchosen means that the user did not draw a region or click on a window.
	ErrUnchosen = errors.New("nothing was chosen")
	// ErrUnsupported means that this way of looking does not exist here.
	ErrUnsupported = errors.New("screen capture not supported here")
)
