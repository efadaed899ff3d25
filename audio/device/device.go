package device

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"aside/audio"
)

// Backend names a way to reach the sound devices.
type Backend string

// The backends. Auto takes the sound server where there is one and miniaudio
// elsewhere.
const (
	Auto  Backend = "auto"
	Pulse Backend = "pulse"
	Malgo Backend = "malgo"
)

// Options say how a System reaches the devices.
type Options struct {
	Backend     Backend // Auto unless set
	Application string  // what the user sees in the volume control
	Server      string  // of PulseAudio, as in PULSE_SERVER; "" for what the environment says
}

// RecordOptions describe a recording.
type RecordOptions struct {
	Rate   int    // hertz; audio.RateListen unless set
	Device string // its Name; "" for the user's default microphone
}

// PlayOptions describe a playback.
type PlayOptions struct {
	Rate   int    // hertz; audio.RateSpeak unless set
	Device string // its Name; "" for the user's default loudspeaker
}

// Device is a microphone or a loudspeaker.
type Device struct {
	Name        string // stable; what options take
	Description string // for people
	Default     bool
	Muted       bool // always false with Malgo, which cannot tell

	// Headset is the address of the Bluetooth device that it is a part of, ""
	// if it is none; Internal says that it is built into the machine. Malgo
	// knows neither.
	Headset  string
	Internal bool
}

// title is what people call the device.
func (d Device) title() string {
	if d.Description != "" {
		return d.Description
	}
	return d.Name
}

// Devices are those that there are now.
type Devices struct {
	Microphones  []Device
	Loudspeakers []Device
}

// Microphone returns the default one, if there is one.
func (d Devices) Microphone() (Device, bool) { return preferred(d.Microphones) }

// Loudspeaker returns the default one, if there is one.
func (d Devices) Loudspeaker() (Device, bool) { return preferred(d.Loudspeakers) }

func preferred(devices []Device) (Device, bool) {
	for _, d := range devices {
		if d.Default {
			return d, true
		}
	}
	return Device{}, false
}

// patience is how long a device or the sound server may take to answer, and
// closeLimit how long a Close may take when it does not.
const (
	patience   = time.Second
	closeLimit = 2 * time.Second
)

// backend is a way to reach the devices. Its methods may be called at once
// from several goroutines.
type backend interface {
	// record starts to fill in.
	record(ctx context.Context, o RecordOptions, in *intake) (source, error)
	// play starts to empty q.
	play(ctx context.Context, o PlayOptions, q *queue) (sink, error)
	devices(ctx context.Context) (Devices, error)
	close()
}

// source is an open microphone of a backend.
type source interface {
	// device is the microphone that is recorded now, as far as that is known. It
	// does not block.
	device() Device
	// ready reports whether it may be recorded now; the error wraps
	// audio.ErrMuted if the user forbids it.
	ready(ctx context.Context) error
	// stop releases the device. No sample comes after it has returned. It is
	// called once.
	stop() error
}

// sink is an open loudspeaker of a backend. It reports through its queue when
// it breaks.
type sink interface {
	// played returns how many samples of the queue have left for the
	// loudspeaker. It does not block.
	played() int
	// drain returns when all of the queue has been played.
	drain(ctx context.Context) error
	// stop silences the loudspeaker at once and releases it. It is called once.
	stop() error
}

// System is the sound of this machine. Its methods may be called at once from
// several goroutines.
type System struct {
	first  backend
	second backend // where first finds no server; nil if there is no other way
}

// Open prepares the way to the devices. It succeeds without any: a sound
// server that starts later, or again, is found by the next call that needs
// it. The error wraps audio.ErrUnsupported if the backend does not exist here.
func Open(ctx context.Context, o Options) (*System, error) {
	pulse, pulseErr := openPulse(ctx, o)
	other, otherErr := openMalgo(o)
	s := &System{}
	switch o.Backend {
	case Pulse:
		s.first = pulse
	case Malgo:
		s.first = other
	case Auto, "":
		s.first, s.second = pulse, other
		if runtime.GOOS == "linux" && !hasSoundCard() {
			s.second = nil // miniaudio would record silence from ALSA's null device
		}
		if s.first == nil {
			s.first, s.second = other, nil
		}
	default:
		return nil, fmt.Errorf("open sound: backend %q: %w", o.Backend, audio.ErrUnsupported)
	}
	if s.first == nil {
		return nil, fmt.Errorf("open sound: %w", errors.Join(pulseErr, otherErr))
	}
	return s, nil
}

// try runs f with the backend that reaches a server.
func try[T any](s *System, f func(backend) (T, error)) (T, error) {
	v, err := f(s.first)
	if s.second != nil && errors.Is(err, audio.ErrNoServer) {
		return f(s.second)
	}
	return v, err
}

// Record opens a microphone. The user's sound server lists it from now until
// Close. The error wraps audio.ErrNoServer, ErrNoMicrophone, ErrAbsent,
// ErrMuted or ErrStalled.
func (s *System) Record(ctx context.Context, o RecordOptions) (*Recording, error) {
	if o.Rate == 0 {
		o.Rate = audio.RateListen
	}
	r, err := try(s, func(b backend) (*Recording, error) { return newRecording(ctx, b, o) })
	if err != nil {
		return nil, fmt.Errorf("open microphone: %w", err)
	}
	return r, nil
}

// Play prepares to play. Nothing is opened before the first frame.
func (s *System) Play(_ context.Context, o PlayOptions) (*Playback, error) {
	if o.Rate == 0 {
		o.Rate = audio.RateSpeak
	}
	open := func(ctx context.Context, q *queue) (sink, error) {
		return try(s, func(b backend) (sink, error) { return b.play(ctx, o, q) })
	}
	return newPlayback(o.Rate, open), nil
}

// Devices lists the devices. The error wraps audio.ErrNoServer or ErrStalled.
func (s *System) Devices(ctx context.Context) (Devices, error) {
	d, err := try(s, func(b backend) (Devices, error) { return b.devices(ctx) })
	if err != nil {
		return Devices{}, fmt.Errorf("list sound devices: %w", err)
	}
	return d, nil
}

// Close releases what is kept between recordings. Recordings and playbacks are
// to be closed before. It may be called twice.
func (s *System) Close() error {
	s.first.close()
	if s.second != nil {
		s.second.close()
	}
	return nil
}
