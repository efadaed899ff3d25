package audio

import "errors"

// What can go wrong with a sound device. Recorders and players wrap these, so
// that a caller can tell them apart with errors.Is without knowing the device
// layer.
var (
	// ErrNoServer means that no sound server or sound system answers.
	ErrNoServer = errors.New("no sound server")
	// ErrNoMicrophone means that there is no input device.
	ErrNoMicrophone = errors.New("no microphone")
	// ErrAbsent means that the input device that the user has chosen is not
	// there, whether there are others or not.
	ErrAbsent = errors.New("chosen microphone absent")
	// ErrNoLoudspeaker means that there is no output device.
	ErrNoLoudspeaker = errors.New("no loudspeaker")
	// ErrBusy means that another program has the device to itself.
	ErrBusy = errors.New("sound device busy")
	// ErrStalled means that the device is open but delivers, or takes, nothing.
	ErrStalled = errors.New("sound device stalled")
	// ErrLost means that the device or the server went away while it was in use.
	ErrLost = errors.New("sound device lost")
	// ErrMoved means that the sound server put the stream on another device
	// than the one it was opened on.
	ErrMoved = errors.New("sound stream moved to another device")
	// ErrMuted means that the microphone is muted by the user.
	ErrMuted = errors.New("microphone muted")
	// ErrEcho means that the sound server takes no echo out of a microphone.
	ErrEcho = errors.New("no echo cancellation")
	// ErrUnsupported means that this backend does not exist on this system.
	ErrUnsupported = errors.New("sound backend not supported here")
	// ErrFormat means that bytes are not the sound format they claim to be.
	ErrFormat = errors.New("unknown sound format")
)

// DeviceError is what happened to a microphone while it was being recorded.
type DeviceError struct {
	Name string // of the microphone, as people call it
	Now  string // of the one that the sound server offered instead; "" if none
	Err  error  // one of those above
}

func (e *DeviceError) Error() string {
	if e.Now != "" {
		return "microphone " + e.Name + ", now " + e.Now + ": " + e.Err.Error()
	}
	return "microphone " + e.Name + ": " + e.Err.Error()
}

// Unwrap returns what happened.
func (e *DeviceError) Unwrap() error { return e.Err }
