package realtime

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"aside/app/engine"
	"aside/vision"
)

// shared is the picture that is shown while nothing is asked. There is one at
// most, and none beside those of a question.
type shared struct {
	session *session // that has it; nil if none has
	id      string
	left    bool  // it is at the service
	err     error // why the last one never came there
}

// Share shows a look in the place of the one before, without a question. It
// opens a session if there is none. It takes none while Ready is false. left is
// called when it has left. The error says why the one before never left, or was
// not taken; it is an *engine.Error.
func (e *Engine) Share(s vision.Shot, left func(at time.Time)) (taken bool, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.shared.err; err != nil {
		e.shared.err = nil
		return false, err
	}
	if e.closed || !e.ready() {
		return false, nil
	}
	session := e.session()
	all := session.unshare()
	e.numbers++
	id := fmt.Sprintf("%s-%d", aboutShared, e.numbers)
	e.shared = shared{session: session, id: id}
	m := looked(id, shareNote, s)
	m.left = func() {
		at := time.Now()
		e.mu.Lock()
		if e.shared.id == id {
			e.shared.left = true
		}
		e.mu.Unlock()
		left(at)
	}
	session.out.push(append(all, m)...)
	return true, nil
}

// Ready reports whether a look would be taken now: not while a question is
// answered, nor beside one that has pictures of its own, or is to have none.
func (e *Engine) Ready() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.ready()
}

func (e *Engine) ready() bool {
	s := e.current
	return s == nil || !s.taken() && !slices.ContainsFunc(s.exchanges, (*exchange).apart)
}

// Shares reports whether the last look is where the next question finds it.
func (e *Engine) Shares() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := e.shared.session
	return s != nil && s == e.current && s.fresh() && s.voice == e.voice()
}

// Unshare takes back what was shown.
func (e *Engine) Unshare() {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := e.shared.session
	if s == nil {
		e.shared = shared{}
		return
	}
	s.out.push(s.unshare()...)
	if len(s.exchanges) == 0 && !s.dead {
		s.rest()
	}
}

// unshare deletes what is shown in the session.
func (s *session) unshare() []message {
	if s.engine.shared.session != s {
		return nil
	}
	id := s.engine.shared.id
	s.engine.shared = shared{}
	return []message{deletion(id)}
}

// apart reports whether what is shown otherwise is no part of the question, of
// which something has left.
func (x *exchange) apart() bool {
	return x.leaving && (x.prompt.Capture == vision.CaptureNone || len(x.items.pictures) > 0)
}

// aside takes what is shown otherwise out of the question's sight, if it is no
// part of that.
func (x *exchange) aside() []message {
	if !x.apart() {
		return nil
	}
	return x.session.unshare()
}

// untaken notes that the service did not take what was shown.
func (s *session) untaken(p problem) {
	if p.EventID == s.engine.shared.id {
		e := s.meaning(p)
		s.engine.shared = shared{err: &engine.Error{Code: "picture_refused", Message: "The service did not take the picture.", Hint: e.Hint, Err: e.Err}}
	}
}

// unshared notes that what was shown has gone with its session. What had come
// there can be shown again.
func (s *session) unshared(why error) {
	was := s.engine.shared
	if was.session != s {
		return
	}
	s.engine.shared = shared{}
	if !was.left && !errors.Is(why, errUnused) {
		s.engine.shared.err = reason(why, false)
	}
}
