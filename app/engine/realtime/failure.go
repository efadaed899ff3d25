package realtime

import (
	"errors"
	"slices"
	"strings"

	"github.com/coder/websocket"

	"aside/app/engine"
	"aside/app/engine/remote"
)

// What our events are about: the beginning of their IDs, which the service
// repeats when it refuses one.
const (
	aboutSession  = "session"
	aboutTurns    = "turns"
	aboutPicture  = "picture"
	aboutQuestion = "question"
	aboutCommit   = "commit"
	aboutCreate   = "create"
	aboutShared   = "shared"
)

var errExpired = errors.New("the session has expired")

// failed takes an error that the service reports. Of what is over nobody hears.
func (s *session) failed(p problem) {
	about, number, _ := strings.Cut(p.EventID, "-")
	x := s.numbered(number)
	switch {
	case p.code() == "session_expired":
		s.end(errExpired)
	case about == aboutSession:
		s.end(s.meaning(p))
	case about == aboutShared:
		s.untaken(p)
	case x != nil && about == aboutPicture:
		x.unseen(p)
	case x != nil && about == aboutCommit && len(x.spells) > 0: // the service has done so by itself
		s.commits = slices.DeleteFunc(s.commits, func(other *exchange) bool { return other == x })
		x.taken = true
		x.hearOut()
	case x != nil:
		if about == aboutTurns {
			s.detects = ""
		}
		s.forgo(x)
		x.fail(s.meaning(p))
	case p.EventID == "" && s.active != nil:
		s.active.fail(s.meaning(p))
	case p.EventID == "":
		for _, x := range slices.Clone(s.exchanges) {
			x.fail(s.meaning(p))
		}
	}
}

// numbered returns the exchange that an event of ours was about, nil if it is
// closed.
func (s *session) numbered(number string) *exchange {
	number, _, _ = strings.Cut(number, "-")
	for _, x := range s.exchanges {
		if x.name == number {
			return x
		}
	}
	return nil
}

// forgo notes that nothing more comes of what x asked.
func (s *session) forgo(x *exchange) {
	is := func(other *exchange) bool { return other == x }
	s.commits = slices.DeleteFunc(s.commits, is)
	s.creates = slices.DeleteFunc(s.creates, is)
	if s.wanting == x {
		s.wanting = nil
	}
}

// meaning gives a problem that the service reports its code and next step.
func (s *session) meaning(p problem) *engine.Error {
	words := p.Message
	if key := s.engine.config.Key; key != "" {
		words = strings.ReplaceAll(words, key, "[key]")
	}
	cause := errors.New("the service reports " + remote.OneLine(p.code(), 60))
	switch code := p.code(); {
	case code == "input_audio_buffer_commit_empty":
		return remote.NothingSaid()
	case strings.Contains(code, "api_key"), code == "authentication_error", code == "permission_denied":
		return &engine.Error{Code: "key_rejected", Message: "The service rejected the key.", Hint: "Store the right one with: aside key set", Err: cause}
	case code == "model_not_found":
		return missing(cause)
	case code == "insufficient_quota", strings.Contains(code, "rate_limit"), code == "server_error", code == "":
		e := remote.Broken(words, code)
		e.Err = cause
		return e
	}
	return &engine.Error{Code: "bad_request", Message: "The service refused the question.", Hint: remote.ItSays(words, "Check engine.realtime_model and speak.voice."), Err: cause}
}

func missing(cause error) *engine.Error {
	return &engine.Error{Code: "model_missing", Message: "The service does not have this model.", Hint: "Choose another: aside settings set engine.realtime_model NAME", Err: cause}
}

// reason says why a session ended, to whoever was in the middle of it.
func reason(err error, began bool) *engine.Error {
	var e *engine.Error
	switch {
	case errors.As(err, &e):
		return e
	case errors.Is(err, errExpired):
		return &engine.Error{Code: "session_expired", Message: "The service has ended the session.", Hint: "Send the question again.", Retry: true, Err: err}
	case errors.Is(err, errSilent):
		return &engine.Error{Code: "net_timeout", Message: "The service does not answer.", Hint: "Check the network, then send the question again.", Retry: true, Err: severed(err)}
	case errors.Is(err, websocket.ErrMessageTooBig):
		return &engine.Error{Code: "bad_response", Message: "The service sent too much at once.", Hint: "Check engine.base_url: is it an OpenAI-compatible service?", Err: severed(err)}
	case errors.Is(err, errUnreadable), websocket.CloseStatus(err) == websocket.StatusProtocolError:
		return &engine.Error{Code: "bad_response", Message: "The service's answer cannot be read.", Hint: "Send the question again.", Retry: true, Err: severed(err)}
	}
	if e = closed(err); e != nil {
		return e
	}
	if began {
		return &engine.Error{Code: "stream_cut", Message: "The answer was cut off on its way.", Hint: "Send the question again.", Retry: true, Err: severed(err)}
	}
	return &engine.Error{Code: "net_reset", Message: "The connection to the service broke.", Hint: "Send the question again.", Retry: true, Err: severed(err)}
}

// severed is a cause without what it wraps: an io.EOF inside an error would be
// taken for the end of a reply that is complete.
func severed(err error) error { return remote.Severed(err) }

// closed says what a close code means, nil if it tells no more than that the
// connection has ended. The codes below 4000 are those of RFC 6455 and of its
// registry.
func closed(err error) *engine.Error {
	frame, ok := errors.AsType[websocket.CloseError](err)
	if !ok {
		return nil
	}
	said := remote.OneLine(frame.Reason, 200)
	cause := severed(err)
	switch frame.Code {
	case websocket.StatusMessageTooBig:
		return &engine.Error{Code: "too_large", Message: "The question is too large for the service.", Hint: "Ask with a smaller part of the screen.", Err: cause}
	case websocket.StatusTryAgainLater:
		return &engine.Error{Code: "rate_limited", Message: "The service has too much to do.", Hint: "Wait a little, then send the question again.", Retry: true, Err: cause}
	case websocket.StatusInternalError, websocket.StatusBadGateway:
		return &engine.Error{Code: "server_error", Message: "The service has a problem of its own.", Hint: remote.ItSays(said, "Send the question again in a while."), Retry: true, Err: cause}
	case 3000, 3003: // unauthorized, forbidden
		return &engine.Error{Code: "key_rejected", Message: "The service rejected the key.", Hint: "Store the right one with: aside key set", Err: cause}
	case websocket.StatusNormalClosure, websocket.StatusGoingAway, websocket.StatusServiceRestart, 3008: // timeout
		return nil
	}
	return &engine.Error{Code: "bad_request", Message: "The service closed the session.", Hint: remote.ItSays(said, "Check engine.realtime_model."), Err: cause}
}

// passing reports whether what went wrong may be over with another session.
func passing(e *engine.Error) bool {
	return slices.Contains([]string{"net_reset", "net_timeout", "stream_cut", "session_expired", "server_error"}, e.Code)
}
