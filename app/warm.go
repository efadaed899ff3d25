package app

import (
	"context"
	"time"

	"aside/audio/device"
)

// lock is what a warm microphone must know of the screen: nobody is to be heard
// who cannot be seen to sit there.
type lock struct {
	locked  func(context.Context) bool // nil if nobody knows
	changed func()                     // the microphone was opened or closed
	poll    time.Duration
}

// lockPoll is how often a warm microphone asks whether the screen is locked.
// Without one nobody asks.
const lockPoll = 2 * time.Second

// watchLock says who knows whether the screen is locked, and who wants to hear
// when a warm microphone is opened or closed. It comes before configure.
func (s *sound) watchLock(locked func(context.Context) bool, changed func()) {
	s.lock = lock{locked, changed, lockPoll}
}

// keepWarm keeps the microphone open until ctx ends, save while the screen is
// locked.
func (s *sound) keepWarm(ctx context.Context) {
	var open *device.Warm
	defer func() { s.cool(open) }()
	if s.lock.locked == nil {
		open = s.heat()
		<-ctx.Done()
		return
	}
	tick := time.NewTicker(s.lock.poll)
	defer tick.Stop()
	for ctx.Err() == nil {
		switch locked := s.lock.locked(ctx); {
		case locked:
			s.cool(open)
			open = nil
		case open == nil:
			open = s.heat()
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

// heat opens a warm microphone.
func (s *sound) heat() *device.Warm {
	w := s.system.Warm(s.microphone)
	s.mu.Lock()
	s.warm = w
	s.mu.Unlock()
	s.tellWarm()
	return w
}

// cool closes it, once a question that is being recorded is over. It is said to
// be open until it is closed.
func (s *sound) cool(w *device.Warm) {
	if w == nil {
		return
	}
	w.Close()
	s.mu.Lock()
	if s.warm == w {
		s.warm = nil
	}
	s.mu.Unlock()
	s.tellWarm()
}

func (s *sound) tellWarm() {
	if s.lock.changed != nil {
		s.lock.changed()
	}
}

// keepsOpen reports whether the microphone is to stay open while nobody speaks.
func (s *sound) keepsOpen() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.warm != nil
}

// isWarm reports whether the microphone is open without being asked.
func (s *sound) isWarm() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.warm != nil && s.warm.Open()
}

// warmMicrophone is what people call the microphone that is open without being
// asked.
func (s *sound) warmMicrophone() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.warm == nil {
		return ""
	}
	return s.warm.Microphone()
}
