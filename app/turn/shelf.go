package turn

import (
	"slices"
	"sync"

	"aside/vision"
)

// Seen is what a turn put on the wire of the screen: the very pictures, in the
// order of its ShotViews, and the text that went along.
type Seen struct {
	Pictures []vision.Encoded
	Text     string
}

// maxSeen is how many turns can be looked at.
const maxSeen = 5

// shelf keeps what the last turns sent in memory, so that the user can see
// exactly that. It is never written to disk.
type shelf struct {
	mu    sync.Mutex
	turns []shelved // the oldest first
}

type shelved struct {
	id   string
	seen Seen
}

// put keeps what a turn has shown until now.
func (s *shelf) put(id string, seen Seen) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.index(id); i >= 0 {
		s.turns[i].seen = seen
		return
	}
	s.turns = append(s.turns, shelved{id, seen})
	s.turns = slices.Delete(s.turns, 0, max(0, len(s.turns)-maxSeen)) // Delete wipes
}

func (s *shelf) get(id string) (Seen, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.index(id); i >= 0 {
		return s.turns[i].seen, true
	}
	return Seen{}, false
}

func (s *shelf) drop(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.index(id); i >= 0 {
		s.turns = slices.Delete(s.turns, i, i+1)
	}
}

func (s *shelf) index(id string) int {
	return slices.IndexFunc(s.turns, func(t shelved) bool { return t.id == id })
}
