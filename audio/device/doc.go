// Package device owns the microphone and the loudspeaker. A System opens
// recordings and playbacks; nothing of it is open while there is none, unless a
// Warm microphone is asked for. Duck lowers what other programs play; CancelEcho
// finds or makes a microphone that does not hear the loudspeaker.
//
// There are two backends. "pulse" speaks the protocol of PulseAudio, which
// PipeWire understands too, and needs no C. "malgo" is miniaudio, for Windows,
// macOS and Linux with nothing but ALSA; it exists only in builds with cgo.
// What both have in common is in recording.go and playback.go: frames, the
// watchdog, the queue, the volume, and what has been played. A backend only
// moves samples between a ring and a device.
//
// Byte counts and channel layouts stay in here: the outside sees mono samples
// and durations.
package device
