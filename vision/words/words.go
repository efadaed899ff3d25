package words

import (
	"context"
	"errors"
	"fmt"
	"image"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"
)

// The budgets of one reading.
const (
	maxNodes    = 400                   // asked for what they are
	maxText     = 8 << 10               // bytes; some 2,000 tokens, of Chinese as well as of English
	readLimit   = 80 * time.Millisecond // from asking for the window to the last answer
	maxInFlight = 96                    // questions that wait for an answer
)

// What can go wrong, for errors.Is.
var (
	// ErrUnavailable means that there is no accessibility bus.
	ErrUnavailable = errors.New("accessible text is not available")
	// ErrSilent means that the window's program tells nothing on that bus, or
	// nothing of that window.
	ErrSilent = errors.New("the program tells no accessible text")
	// ErrUnwanted means that the active window is not one to be read.
	ErrUnwanted = errors.New("the active window is not to be read")
)

// Window says which window is to be read. What is not known is left empty, but
// of PID and Program Read must know one: whatever else happens to be active may
// be private. Where neither is known there is ReadActive.
type Window struct {
	PID     uint32 // of its program
	Program string // its program's name, for a PID that is not known to the bus
	Title   string // which of the program's windows; "" for the active one
}

// Text is what is written in a window.
type Text struct {
	// Title is that of the window that was read. It can differ from the one
	// asked for: the user may have gone on to another. Of one that got another
	// title while it was read nothing is told but that, and the Secrets.
	Title string

	// Program is the name of the window's program, as it calls itself on the
	// bus. Only ReadActive tells it.
	Program string

	// Lines are what is written there, without ends of line: first what has the
	// focus, then what is around it, in reading order. Together at most 8 KiB
	// of UTF-8, in which nothing is invisible but spaces and tabs.
	Lines []string

	// Focused is what has the focus, with \n between lines, as it stands at the
	// beginning of Lines; "" if nothing has, or nothing that may be read.
	Focused string

	// Secrets are the password fields that were met, on the root window, in
	// pixels. Under Wayland no program knows where it is: there they are
	// relative to the window. They are all of the window's if Whole is true.
	Secrets []image.Rectangle

	// Whole says that everything in the window was read that may be: no budget
	// was spent and no answer was missing.
	Whole bool
}

// Reader reads windows. It connects to the bus when that is first needed. Its
// methods may be called at once from several goroutines.
type Reader struct {
	limit time.Duration // for one reading

	mu     sync.Mutex
	link   *link // nil before the first reading
	closed bool
}

// New makes a reader.
func New() *Reader { return &Reader{limit: readLimit} }

// Close ends the connection. What is being read then ends too.
func (r *Reader) Close() {
	r.mu.Lock()
	l := r.link
	r.link, r.closed = nil, true
	r.mu.Unlock()
	if l != nil {
		l.close()
	}
}

// Read reads window w, for at most 80 ms, and 10 more in which it asks whether
// the title is still the same. When its time is up, or ctx's deadline has come,
// what was read until then is the text, and not whole; when ctx is cancelled
// nobody wants it any more.
func (r *Reader) Read(ctx context.Context, w Window) (Text, error) {
	asked := ctx
	ctx, cancel := context.WithTimeout(ctx, r.limit)
	defer cancel()
	bus, err := r.connect(ctx)
	if err != nil {
		return Text{}, fmt.Errorf("connect to accessibility bus: %w", err)
	}
	top, title, err := find(ctx, bus, w)
	if err != nil {
		return Text{}, fmt.Errorf("find accessible window: %w", err)
	}
	return r.read(ctx, asked, bus, top, clean(title))
}

// read reads what is in a window of that title until ctx ends, for a caller
// whose context is asked.
func (r *Reader) read(ctx, asked context.Context, bus *dbus.Conn, top ref, title string) (Text, error) {
	k := newWalk(bus, top)
	k.run(ctx)
	if errors.Is(asked.Err(), context.Canceled) {
		return Text{}, fmt.Errorf("read accessible window: %w", asked.Err())
	}
	t := k.text()
	if len(t.Lines) == 0 && len(t.Secrets) == 0 && ctx.Err() != nil {
		return Text{}, fmt.Errorf("read accessible window: %w", ctx.Err())
	}
	// A browser may have gone on to a page that is private.
	if t.Title = r.retitled(asked, bus, top, title); t.Title != title {
		t.Lines, t.Focused, t.Whole = nil, "", false
	}
	return t, nil
}

// retitled returns the title that a window has now, and the one it had if it
// does not say so at once: that a program is slow is no reason to tell nothing.
func (r *Reader) retitled(ctx context.Context, bus *dbus.Conn, top ref, had string) string {
	const part = 8 // of the time for a reading
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.limit/part)
	defer cancel()
	var now string
	if bus.Object(top.Name, top.Path).CallWithContext(ctx, getProperty, dbus.FlagNoAutoStart, accessible, "Name").Store(&now) != nil {
		return had
	}
	return clean(now)
}

// ref names a thing on the bus, as AT-SPI does: by its program and a path.
type ref struct {
	Name string
	Path dbus.ObjectPath
}

// nobody is the path of a thing that is not.
const nobody = "/org/a11y/atspi/null"

// ask asks without waiting. The answer goes to done, which must have room.
func (r ref) ask(ctx context.Context, bus *dbus.Conn, done chan *dbus.Call, method string, args ...any) *dbus.Call {
	return bus.Object(r.Name, r.Path).GoWithContext(ctx, method, dbus.FlagNoAutoStart, done, args...)
}
