package device

import "time"

// grace is what whoever waits still gets when the time is up: if this process
// has slept, as it does on a machine that is overloaded or stopped, what came
// meanwhile lies there unread.
const grace = 250 * time.Millisecond

// watchdog barks when it has not been fed for limit. One goroutine uses it.
type watchdog struct {
	*time.Timer
	limit  time.Duration
	barked bool
}

func newWatchdog(limit time.Duration) *watchdog {
	return &watchdog{Timer: time.NewTimer(limit), limit: limit}
}

// feed starts the time anew.
func (d *watchdog) feed() {
	d.barked = false
	d.Reset(d.limit)
}

// bark is for each value that comes from C, and reports whether the time is up:
// not before the grace is over.
func (d *watchdog) bark() bool {
	if !d.barked {
		d.barked = true
		d.Reset(grace)
		return false
	}
	return true
}
