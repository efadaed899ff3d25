package audio

import "time"

// Sample rates used by Aside, in hertz.
const (
	RateListen = 16000 // what speech recognisers are trained on
	RateSpeak  = 24000 // what speech services send as "pcm"
)

// FrameDuration is the length of a frame as recorders produce it.
const FrameDuration = 20 * time.Millisecond

// Frame is a block of consecutive mono samples at one rate. The receiver owns
// Samples; a producer never writes to it again.
type Frame struct {
	Rate    int // hertz
	Samples []int16
}

// Duration returns how long the frame sounds. A frame without a rate has none.
func (f Frame) Duration() time.Duration { return Duration(len(f.Samples), f.Rate) }

// Duration returns how long n samples last at rate hertz.
func Duration(n, rate int) time.Duration {
	if rate <= 0 {
		return 0
	}
	return time.Duration(n) * time.Second / time.Duration(rate)
}

// Samples returns how many samples d holds at rate hertz, rounded down.
func Samples(d time.Duration, rate int) int {
	return int(d * time.Duration(rate) / time.Second)
}
