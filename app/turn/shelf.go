package turn

import (
	"sync"

	"aside/vision"
)

// Picture is what a turn sent of the screen: the very bytes, and the text that
// went along.
type Picture struct {
	vision.Encoded
	Text string
}

// shelf keeps the pictures of the last turns in memory, so that the user can
// see exactly what was sent. They are never written to disk.
type shelf struct {
	mu    sync.Mutex
	slots [5]struct {
		id      string
		picture Picture
	}
	next int
}

func (s *shelf) put(id string, p Picture) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slots[s.next].id, s.slots[s.next].picture = id, p
	s.next = (s.next + 1) % len(s.slots)
}

func (s *shelf) get(id string) (Picture, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, slot := range s.slots {
		if slot.id == id && id != "" {
			return slot.picture, true
		}
	}
	return Picture{}, false
}

func (s *shelf) drop(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.slots {
		if s.slots[i].id == id {
			s.slots[i].id, s.slots[i].picture = "", Picture{}
		}
	}
}
