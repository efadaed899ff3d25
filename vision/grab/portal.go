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

	maxPicture = 64 << 20 // bytes
)

// The answers of a portal request.
const (
	portalDone    = 0
	portalRefused = 1
)

// portal asks the desktop for pictures. It takes the whole screen and knows
// nothing of windows.
type portal struct{ bus *dbus.Conn }

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
	return &portal{bus}, nil
}

func (p *portal) describe() string { return "desktop portal" }

func (p *portal) close() { _ = p.bus.Close() } // nothing is lost with it

func (p *portal) take(ctx context.Context, _ vision.Capture, r rules) (vision.Shot, error) {
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
	return vision.Shot{Taken: taken, Capture: vision.CaptureDisplay, Bounds: pixels.Rect, Pixels: pixels}, nil
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

// ask takes a picture and returns where it is. The answer is a signal, which
// may come before the call has returned.
func (p *portal) ask(ctx context.Context) (address string, err error) {
	token := "aside_" + strings.ToLower(rand.Text())
	sender := strings.ReplaceAll(strings.TrimPrefix(p.bus.Names()[0], ":"), ".", "_")
	path := dbus.ObjectPath(portalPath + "/request/" + sender + "/" + token)
	match := []dbus.MatchOption{
		dbus.WithMatchSender(portalName), dbus.WithMatchObjectPath(path),
		dbus.WithMatchInterface(portalRequest), dbus.WithMatchMember("Response"),
	}
	signals := make(chan *dbus.Signal, 8)
	p.bus.Signal(signals)
	defer p.bus.RemoveSignal(signals)
	if err := p.bus.AddMatchSignalContext(ctx, match...); err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, p.bus.RemoveMatchSignal(match...)) }()
	options := map[string]dbus.Variant{"handle_token": dbus.MakeVariant(token), "interactive": dbus.MakeVariant(false)}
	call := p.bus.Object(portalName, portalPath).CallWithContext(ctx, portalShot, 0, "", options)
	if call.Err != nil {
		return "", fmt.Errorf("%w: %w", vision.ErrUnsupported, call.Err)
	}
	for {
		select {
		case s := <-signals:
			if s != nil && s.Path == path && s.Name == portalRequest+".Response" {
				return response(s.Body)
			}
		case <-ctx.Done():
			p.bus.Object(portalName, path).Go(portalRequest+".Close", dbus.FlagNoReplyExpected, nil)
			return "", ctx.Err()
		}
	}
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

// collect reads the picture and removes its file at once.
func collect(address string) (*image.RGBA, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "file" || u.Host != "" && u.Host != "localhost" {
		return nil, fmt.Errorf("the portal's picture is no local file: %w", vision.ErrUnsupported)
	}
	f, err := os.Open(u.Path)
	if err != nil {
		return nil, fmt.Errorf("open portal's picture: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	if err := os.Remove(u.Path); err != nil {
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
