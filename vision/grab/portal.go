//go:build linux || freebsd

package grab

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"image"
	"io"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"

	"aside/vision"
)

// The desktop portal, see the interface org.freedesktop.portal.Screenshot in
// the XDG desktop portal's documentation.
const (
	portalName     = "org.freedesktop.portal.Desktop"
	portalPath     = "/org/freedesktop/portal/desktop"
	portalShot     = "org.freedesktop.portal.Screenshot.Screenshot"
	portalRequest  = "org.freedesktop.portal.Request"
	portalPatience = 30 * time.Second // the first time the user is asked
	portalLate     = 5 * time.Second  // for a picture that nobody wants any more

	maxPicture = 64 << 20 // bytes
)

// The answers of a portal request.
const (
	portalDone    = 0
	portalRefused = 1
)

// portal asks the desktop for pictures. It takes the whole screen and knows
// nothing of windows.
type portal struct {
	bus  *dbus.Conn
	late sync.WaitGroup // pictures that nobody wants any more
	wait time.Duration  // for such a picture
}

func openPortal(ctx context.Context) (source, error) {
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		return nil, fmt.Errorf("no session bus: %w: %w", vision.ErrUnsupported, err)
	}
	var owned bool
	err = bus.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, portalName).Store(&owned)
	if err == nil && !owned { // it is started by the first call
		err = bus.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.StartServiceByName", 0, portalName, uint32(0)).Err
	}
	if err != nil {
		_ = bus.Close() // nothing is lost with it
		return nil, fmt.Errorf("no desktop portal: %w: %w", vision.ErrUnsupported, err)
	}
	return &portal{bus: bus, wait: portalLate}, nil
}

func (p *portal) describe() string { return "desktop portal" }

// close waits for pictures that are to be removed.
func (p *portal) close() {
	p.late.Wait()
	_ = p.bus.Close() // nothing is lost with it
}

func (p *portal) take(ctx context.Context, t vision.Target, r rules) (vision.Shot, error) {
	if chosen(t.Capture) {
		return vision.Shot{}, fmt.Errorf("the portal knows no windows: %w", vision.ErrUnsupported)
	}
	if len(r.exclude) > 0 {
		return vision.Shot{}, fmt.Errorf("the portal does not tell windows apart: %w", vision.ErrExcluded)
	}
	ctx, cancel := context.WithTimeout(ctx, portalPatience)
	defer cancel()
	address, err := p.ask(ctx)
	if err != nil {
		return vision.Shot{}, p.explain(ctx, err)
	}
	taken := time.Now()
	pixels, err := collect(address)
	if err != nil {
		return vision.Shot{}, err
	}
	bounds := pixels.Rect
	return vision.Shot{Taken: taken, Capture: vision.CaptureDisplay, Bounds: bounds, Pointer: bounds.Max, Pixels: pixels}, nil
}

func (p *portal) explain(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("the portal does not answer: %w: %w", vision.ErrRefused, ctx.Err())
	case !p.bus.Connected():
		return gone(err)
	}
	return err
}

// request is a picture that was asked for.
type request struct {
	path    dbus.ObjectPath
	match   []dbus.MatchOption
	signals chan *dbus.Signal
}

// ask takes a picture and returns where it is. If ctx ends first, the picture
// is removed when it comes: it may lie among the user's own.
func (p *portal) ask(ctx context.Context) (string, error) {
	r, err := p.request(ctx)
	address := ""
	if err == nil {
		address, err = p.response(ctx, r)
	}
	if ctx.Err() != nil && err != nil {
		p.late.Go(func() { p.discard(r) })
		return "", ctx.Err()
	}
	return address, errors.Join(err, p.forget(r))
}

// request asks for a picture. The answer is a signal, which may come before
// the call has returned.
func (p *portal) request(ctx context.Context) (request, error) {
	token := "aside_" + strings.ToLower(rand.Text())
	sender := strings.ReplaceAll(strings.TrimPrefix(p.bus.Names()[0], ":"), ".", "_")
	path := dbus.ObjectPath(portalPath + "/request/" + sender + "/" + token)
	r := request{path, []dbus.MatchOption{
		dbus.WithMatchSender(portalName), dbus.WithMatchObjectPath(path),
		dbus.WithMatchInterface(portalRequest), dbus.WithMatchMember("Response"),
	}, make(chan *dbus.Signal, 8)}
	p.bus.Signal(r.signals)
	if err := p.bus.AddMatchSignalContext(ctx, r.match...); err != nil {
		return r, err
	}
	options := map[string]dbus.Variant{"handle_token": dbus.MakeVariant(token), "interactive": dbus.MakeVariant(false)}
	call := p.bus.Object(portalName, portalPath).CallWithContext(ctx, portalShot, 0, "", options)
	if call.Err != nil {
		return r, fmt.Errorf("%w: %w", vision.ErrUnsupported, call.Err)
	}
	return r, nil
}

// response waits for the portal's answer.
func (p *portal) response(ctx context.Context, r request) (string, error) {
	for {
		select {
		case s, open := <-r.signals:
			if !open {
				return "", dbus.ErrClosed
			}
			if s.Path == r.path && s.Name == portalRequest+".Response" {
				return response(s.Body)
			}
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// discard waits for a picture and removes it. The request is closed only when
// that takes too long: of one that is closed the portal says nothing any more,
// though the picture may have been written.
func (p *portal) discard(r request) {
	ctx, cancel := context.WithTimeout(context.Background(), p.wait)
	defer cancel()
	address, err := p.response(ctx, r)
	if err == nil {
		if path, err := local(address); err == nil {
			_ = os.Remove(path) // nobody is left to be told
		}
	}
	if ctx.Err() != nil {
		p.bus.Object(portalName, r.path).Go(portalRequest+".Close", dbus.FlagNoReplyExpected, nil)
	}
	_ = p.forget(r) // likewise
}

// forget ends what request began.
func (p *portal) forget(r request) error {
	p.bus.RemoveSignal(r.signals)
	ctx, cancel := context.WithTimeout(context.Background(), takeLimit)
	defer cancel()
	return p.bus.RemoveMatchSignalContext(ctx, r.match...)
}

// response reads the portal's answer.
func response(body []any) (string, error) {
	var code uint32
	var results map[string]dbus.Variant
	if err := dbus.Store(body, &code, &results); err != nil {
		return "", fmt.Errorf("read portal's answer: %w: %w", vision.ErrUnsupported, err)
	}
	switch code {
	case portalDone:
	case portalRefused:
		return "", vision.ErrRefused
	default:
		return "", fmt.Errorf("portal gave up: %w", vision.ErrRefused)
	}
	address, ok := results["uri"].Value().(string)
	if !ok {
		return "", fmt.Errorf("portal's answer has no address: %w", vision.ErrUnsupported)
	}
	return address, nil
}

// local returns the file that an address names.
func local(address string) (path string, err error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "file" || u.Host != "" && u.Host != "localhost" {
		return "", fmt.Errorf("the portal's picture is no local file: %w", vision.ErrUnsupported)
	}
	return u.Path, nil
}

// collect reads the picture and removes its file at once.
func collect(address string) (*image.RGBA, error) {
	path, err := local(address)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open portal's picture: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	if err := os.Remove(path); err != nil {
		return nil, fmt.Errorf("remove portal's picture: %w", err)
	}
	picture, err := io.ReadAll(io.LimitReader(f, maxPicture+1))
	if err != nil {
		return nil, fmt.Errorf("read portal's picture: %w", err)
	}
	if len(picture) > maxPicture {
		return nil, fmt.Errorf("portal's picture is over %d bytes: %w", maxPicture, vision.ErrUnsupported)
	}
	shot, err := vision.Decode(picture)
	if err != nil {
		return nil, fmt.Errorf("read portal's picture: %w", err)
	}
	return shot.Pixels, nil
}
