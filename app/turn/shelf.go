package turn

import (
	"sync"

	"aside/vision"
)

// Seen is what a turn put on the wire of the screen: the very pictures, in the
// order of its ShotViews, and the text that went along.
type Seen struct {
	Pictures []vision.Encoded
	Text     string
}

// shelf keeps what the last turns sent in memory, so that the user can see
// exactly that. It is never written to disk.
type shelf struct {
	mu    sync.Mutex
	slots [5]struct {
		id   string
		seen Seen
	}
	next int
}

// put keeps what a turn has shown until now.
func (s *shelf) put(id string, seen Seen) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.slots {
		if s.slots[i].id == id {
			s.slots[i].seen = seen
			return
		}
	}
	s.slots[s.next].id, s.slots[s.next].seen = id, seen
	s.next = (s.next + 1) % len(s.slots)
}

func (s *shelf) get(id string) (Seen, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, slot := range s.slots {
		if slot.id == id && id != "" {
			return slot.seen, true
		}
	}
	return Seen{}, false
}

func (s *shelf) drop(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.slots {
		if s.slots[i].id == id {
			s.slots[i].id, s.slots[i].seen = "", Seen{}
		}
	}
}
