//go:build linux || freebsd

package device

import (
	"context"
	"time"

	"aside/audio"
)

// A Bluetooth headset that plays music has to become a telephone before it
// records: its microphone goes away, and comes back under the same address,
// with another rate.
const (
	flipWindow = 3 * time.Second // from the beginning of a recording, in which it may
	flipLimit  = 2 * time.Second // until it must be back
	flipPoll   = 50 * time.Millisecond
)

// loss is a stream whose microphone is gone.
type loss struct {
	index uint32
	now   string // the microphone that the server took instead
	err   *audio.DeviceError
}

// comeBack waits for the microphone of the same headset and goes on with it.
// What was said meanwhile is lost; the server sees to the rate.
func (r *pulseRecorder) comeBack(l loss) bool {
	ctx, cancel := context.WithTimeout(context.Background(), flipLimit)
	defer cancel()
	if r.delete(l.index) != nil {
		return false
	}
	tick := time.NewTicker(flipPoll)
	defer tick.Stop()
	for {
		if name, ok := r.again(ctx); ok {
			o := r.options
			o.Device = name
			return r.open(ctx, o) == nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return false
		case <-r.conn.dead:
			return false
		case <-r.quit:
			return false
		}
	}
}

// again finds the microphone that the headset has by now.
func (r *pulseRecorder) again(ctx context.Context) (name string, ok bool) {
	d, err := listDevices(ctx, r.conn)
	if err != nil {
		return "", false
	}
	for _, m := range d.Microphones {
		if m.Name == r.device().Name || m.Headset == r.device().Headset {
			return m.Name, true
		}
	}
	return "", false
}
