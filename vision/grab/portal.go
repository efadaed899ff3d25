//go:build linux || freebsd

package grab

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"

	"aside/vision"
)

// The desktop portal, see the interface org.freedesktop.portal.Screenshot in
// the XDG desktop portal's documentation.
const (
	busName        = "org.freedesktop.DBus"
	portalName     = "org.freedesktop.portal.Desktop"
	portalPath     = "/org/freedesktop/portal/desktop"
	portalShot     = "org.freedesktop.portal.Screenshot.Screenshot"
	portalRequest  = "org.freedesktop.portal.Request"
	portalPatience = 30 * time.Second // the first time the user is asked
	portalLate     = 5 * time.Second  // for a picture that nobody wants any more
)

// The answers of a portal request.
const (
	portalDone    = 0
	portalRefused = 1
)

// portal asks the desktop for pictures. It takes the whole screen and knows
// nothing of windows.
type portal struct {
	bus      *dbus.Conn
	patience time.Duration  // for a picture
	late     sync.WaitGroup // pictures that nobody wants any more
	wait     time.Duration  // for such a picture
}

func openPortal(ctx context.Context) (source, error) {
	dialling, cancel := context.WithTimeout(ctx, takeLimit)
	defer cancel()
	bus := reach(dialling, nil, sessionBus())
	if bus == nil {
		return nil, fmt.Errorf("no session bus: %w", vision.ErrNoPortal)
	}
	var owned bool
	err := bus.BusObject().CallWithContext(ctx, busName+".NameHasOwner", 0, portalName).Store(&owned)
	if err == nil && !owned { // it is started by the first call
		err = bus.BusObject().CallWithContext(ctx, busName+".StartServiceByName", 0, portalName, uint32(0)).Err
	}
	if err != nil {
		_ = bus.Close() // nothing is lost with it
		return nil, fmt.Errorf("%w: %w", vision.ErrNoPortal, err)
	}
	return &portal{bus: bus, patience: portalPatience, wait: portalLate}, nil
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
		return vision.Shot{}, fmt.Errorf("ask the portal: %w", vision.ErrUnsorted)
	}
	ctx, cancel := context.WithTimeout(ctx, p.patience)
	defer cancel()
	asked := time.Now()
	address, err := p.ask(ctx, asked)
	if err != nil {
		dispose(address, asked)
		return vision.Shot{}, p.explain(ctx, err)
	}
	taken := time.Now()
	pixels, err := collect(address, asked)
	if err != nil {
		return vision.Shot{}, err
	}
	bounds := pixels.Rect
	return vision.Shot{Taken: taken, Capture: vision.CaptureDisplay, Bounds: bounds, Pointer: bounds.Max, Pixels: pixels, Anonymous: true}, nil
}

func (p *portal) explain(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("%w: %w", vision.ErrPortalSilent, ctx.Err())
	case !p.bus.Connected():
		return gone(err)
	}
	return err
}

// request is a picture that was asked for.
type request struct {
	path    dbus.ObjectPath
	matches [][]dbus.MatchOption // its answer, and the portal's end
	signals chan *dbus.Signal
	asked   time.Time
}

// ask takes a picture and returns where it is, which may be told with an error
// too. If ctx ends first, the picture is removed when it comes.
func (p *portal) ask(ctx context.Context, at time.Time) (string, error) {
	r, err := p.request(ctx)
	r.asked = at
	address := ""
	if err == nil {
		address, err = p.response(ctx, r)
	}
	if address == "" && ctx.Err() != nil && err != nil {
		p.late.Go(func() { p.discard(r) })
		return "", ctx.Err()
	}
	p.forget(r)
	return address, err
}

// request asks for a picture. The answer is a signal, which may come before
// the call has returned.
func (p *portal) request(ctx context.Context) (request, error) {
	token := "aside_" + strings.ToLower(rand.Text())
	sender := strings.ReplaceAll(strings.TrimPrefix(p.bus.Names()[0], ":"), ".", "_")
	path := dbus.ObjectPath(portalPath + "/request/" + sender + "/" + token)
	r := request{path: path, matches: watched(path), signals: make(chan *dbus.Signal, 8)}
	p.bus.Signal(r.signals)
	for _, m := range r.matches {
		if err := p.bus.AddMatchSignalContext(ctx, m...); err != nil {
			return r, err
		}
	}
	options := map[string]dbus.Variant{"handle_token": dbus.MakeVariant(token), "interactive": dbus.MakeVariant(false)}
	call := p.bus.Object(portalName, portalPath).CallWithContext(ctx, portalShot, 0, "", options)
	return r, refusal(call.Err)
}

// watched are the signals that end a request.
func watched(path dbus.ObjectPath) [][]dbus.MatchOption {
	return [][]dbus.MatchOption{{
		dbus.WithMatchSender(portalName), dbus.WithMatchObjectPath(path),
		dbus.WithMatchInterface(portalRequest), dbus.WithMatchMember("Response"),
	}, {
		dbus.WithMatchSender(busName), dbus.WithMatchInterface(busName),
		dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, portalName),
	}}
}

// ended reports whether a signal says that the portal is gone.
func ended(s *dbus.Signal) bool {
	var name, before, now string
	return s.Name == busName+".NameOwnerChanged" && dbus.Store(s.Body, &name, &before, &now) == nil && name == portalName && now == ""
}

// refusal says what it means that the portal does not take the call. One that
// knows no such call has nobody behind it who could take a picture.
func refusal(err error) error {
	e, ok := errors.AsType[dbus.Error](err)
	switch {
	case err == nil:
		return nil
	case !ok:
		return err // of the bus
	}
	switch strings.TrimPrefix(e.Name, busName+".Error.") {
	case "ServiceUnknown", "NameHasNoOwner", "UnknownMethod", "UnknownInterface", "UnknownObject", "NotSupported":
		return fmt.Errorf("%w: %w", vision.ErrNoPortal, err)
	}
	return fmt.Errorf("%w: %w", vision.ErrPortalFailed, err)
}

// response waits for the portal's answer.
func (p *portal) response(ctx context.Context, r request) (string, error) {
	for {
		select {
		case s, open := <-r.signals:
			if !open {
				return "", dbus.ErrClosed
			}
			switch {
			case s.Path == r.path && s.Name == portalRequest+".Response":
				return response(s.Body)
			case ended(s):
				return "", fmt.Errorf("it ended: %w", vision.ErrPortalFailed)
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
	address, _ := p.response(ctx, r) // nobody is left to be told
	dispose(address, r.asked)
	if ctx.Err() != nil {
		p.bus.Object(portalName, r.path).Go(portalRequest+".Close", dbus.FlagNoReplyExpected, nil)
	}
	p.forget(r)
}

// forget ends what request began. What it cannot end does no harm.
func (p *portal) forget(r request) {
	p.bus.RemoveSignal(r.signals)
	ctx, cancel := context.WithTimeout(context.Background(), takeLimit)
	defer cancel()
	for _, m := range r.matches {
		_ = p.bus.RemoveMatchSignalContext(ctx, m...)
	}
}

// response reads the portal's answer: where the picture is, which none that was
// refused should have.
func response(body []any) (address string, err error) {
	var code uint32
	var results map[string]dbus.Variant
	if err := dbus.Store(body, &code, &results); err != nil {
		return "", fmt.Errorf("read portal's answer: %w: %w", vision.ErrPortalFailed, err)
	}
	address, ok := results["uri"].Value().(string)
	switch {
	case code == portalRefused:
		return address, vision.ErrRefused
	case code != portalDone:
		return address, vision.ErrPortalFailed
	case !ok:
		return "", fmt.Errorf("its answer has no address: %w", vision.ErrPortalFailed)
	}
	return address, nil
}
