//go:build cgo

package device

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"unsafe"

	"github.com/gen2brain/malgo"

	"aside/audio"
)

// miniaudio is the backend that uses the system's own sound interface.
type miniaudio struct {
	kinds       []malgo.Backend // nil for what the system has
	application string
	server      string

	mu     sync.Mutex
	spare  *malgo.AllocatedContext // kept between devices; nil if none
	closed bool
}

// openMalgo makes the backend. On Linux it means ALSA, since a sound server is
// reached without C; asked for by name it uses the server, as libpulse does.
func openMalgo(o Options) (backend, error) {
	m := &miniaudio{application: o.Application, server: o.Server}
	switch {
	case runtime.GOOS == "linux" && o.Backend == Malgo:
		m.kinds = []malgo.Backend{malgo.BackendPulseaudio}
	case runtime.GOOS == "linux":
		m.kinds = []malgo.Backend{malgo.BackendAlsa}
	}
	return m, nil
}

// hasSoundCard reports whether ALSA has a device that is more than a name.
func hasSoundCard() bool {
	cards, err := filepath.Glob("/dev/snd/pcm*")
	return err == nil && len(cards) > 0
}

// context returns one to open devices with.
func (m *miniaudio) context() (c *malgo.AllocatedContext, used bool, err error) {
	m.mu.Lock()
	c, m.spare = m.spare, nil
	m.mu.Unlock()
	if c != nil {
		return c, true, nil
	}
	var config malgo.ContextConfig
	var pin runtime.Pinner // miniaudio copies the names before InitContext returns
	defer pin.Unpin()
	config.Pulse.PApplicationName = cString(&pin, m.application)
	config.Pulse.PServerName = cString(&pin, m.server)
	c, err = malgo.InitContext(m.kinds, config, nil)
	if err != nil {
		return nil, false, fmt.Errorf("%w: %w", audio.ErrNoServer, err)
	}
	return c, false, nil
}

// cString returns s with a zero at its end, or nil if it is empty.
func cString(pin *runtime.Pinner, s string) *byte {
	if s == "" {
		return nil
	}
	b := append([]byte(s), 0)
	pin.Pin(&b[0])
	return &b[0]
}

// keep takes a context back that works.
func (m *miniaudio) keep(c *malgo.AllocatedContext) {
	m.mu.Lock()
	if m.spare == nil && !m.closed {
		c, m.spare = nil, c
	}
	m.mu.Unlock()
	if c != nil {
		dispose(c)
	}
}

func dispose(c *malgo.AllocatedContext) {
	_ = c.Uninit() // fails only on a context that was never made
	c.Free()
}

func (m *miniaudio) close() {
	m.mu.Lock()
	c := m.spare
	m.spare, m.closed = nil, true
	m.mu.Unlock()
	if c != nil {
		dispose(c)
	}
}

// open starts a device on a context: a kept one may have lost its server, so
// a second try takes a new one. It may block for as long as the system likes.
func (m *miniaudio) open(config malgo.DeviceConfig, name string, on malgo.DeviceCallbacks) (*malgo.AllocatedContext, *malgo.Device, error) {
	for {
		c, used, err := m.context()
		if err != nil {
			return nil, nil, err
		}
		dev, err := start(c, config, name, on)
		if err == nil {
			return c, dev, nil
		}
		if !used {
			err = whyNot(c, config.DeviceType, name, err)
		}
		dispose(c)
		if !used {
			return nil, nil, err
		}
	}
}

func start(c *malgo.AllocatedContext, config malgo.DeviceConfig, name string, on malgo.DeviceCallbacks) (*malgo.Device, error) {
	var pin runtime.Pinner // miniaudio copies the name before InitDevice returns
	defer pin.Unpin()
	if name != "" {
		id, err := parseID(name)
		if err != nil {
			return nil, err
		}
		pin.Pin(id)
		if config.DeviceType == malgo.Capture {
			config.Capture.DeviceID = unsafe.Pointer(id)
		} else {
			config.Playback.DeviceID = unsafe.Pointer(id)
		}
	}
	dev, err := malgo.InitDevice(c.Context, config, on)
	if err != nil {
		return nil, err
	}
	if err := dev.Start(); err != nil {
		dev.Uninit()
		return nil, err
	}
	return dev, nil
}

// whyNot tells a missing device from a refusing one.
func whyNot(c *malgo.AllocatedContext, kind malgo.DeviceType, name string, err error) error {
	if errors.Is(err, malgo.ErrBusy) || errors.Is(err, malgo.ErrAlreadyInUse) {
		return fmt.Errorf("%w: %w", audio.ErrBusy, err)
	}
	infos, listErr := c.Devices(kind)
	if listErr == nil && slices.ContainsFunc(named(infos), func(d Device) bool { return name == "" || name == d.Name }) {
		return err
	}
	missing := audio.ErrNoMicrophone
	switch {
	case kind == malgo.Playback:
		missing = audio.ErrNoLoudspeaker
	case name != "":
		missing = audio.ErrAbsent
	}
	return fmt.Errorf("%w: %w", missing, err)
}

func (m *miniaudio) devices(ctx context.Context) (Devices, error) {
	type answer struct {
		devices Devices
		err     error
	}
	done := make(chan answer, 1)
	go func() { // abandoned if the system never answers; it then keeps only its context
		d, err := m.list()
		done <- answer{d, err}
	}()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case a := <-done:
		return a.devices, a.err
	case <-ctx.Done():
		return Devices{}, fmt.Errorf("%w: %w", audio.ErrStalled, ctx.Err())
	}
}

func (m *miniaudio) list() (Devices, error) {
	for {
		c, used, err := m.context()
		if err != nil {
			return Devices{}, err
		}
		microphones, err1 := c.Devices(malgo.Capture)
		loudspeakers, err2 := c.Devices(malgo.Playback)
		if err := errors.Join(err1, err2); err != nil {
			dispose(c)
			if used {
				continue
			}
			return Devices{}, fmt.Errorf("%w: %w", audio.ErrNoServer, err)
		}
		m.keep(c)
		return Devices{named(microphones), named(loudspeakers)}, nil
	}
}

// named turns miniaudio's list into ours, without what records a loudspeaker.
func named(infos []malgo.DeviceInfo) []Device {
	var all []Device
	for _, i := range infos {
		d := Device{Name: i.ID.String(), Description: i.Name(), Default: i.IsDefault != 0}
		if raw, err := hex.DecodeString(d.Name); err == nil && strings.HasSuffix(string(raw), ".monitor") && !d.Default {
			continue
		}
		all = append(all, d)
	}
	return all
}

// parseID undoes DeviceID.String.
func parseID(name string) (*malgo.DeviceID, error) {
	raw, err := hex.DecodeString(name)
	id := new(malgo.DeviceID)
	if err != nil || len(raw) > len(id) {
		return nil, fmt.Errorf("device %q: %w", name, os.ErrNotExist)
	}
	copy(id[:], raw)
	return id, nil
}
