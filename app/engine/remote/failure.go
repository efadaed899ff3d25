package remote

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode"

	"aside/app/engine"
)

// Limits of what a service asks for.
const (
	LongestWait  = 10 * time.Second // before a retry; a service that asks for more is given up
	longestAsked = 24 * time.Hour   // that is understood of it
)

// Causes of failures.
var (
	ErrTooLong = errors.New("the reply is too long")
	ErrCut     = errors.New("the connection ended in the middle of the reply")
)

// Failed gives a failure below HTTP its code. An *engine.Error and the end of
// a context that was cancelled stay what they are.
func Failed(err error) error {
	if e, ok := errors.AsType[*engine.Error](err); ok {
		return e
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return &engine.Error{Code: "net_dns", Message: "The service's name cannot be found.", Hint: "Check the network and engine.base_url.", Retry: true, Err: err}
	}
	if untrusted(err) {
		return &engine.Error{Code: "net_tls", Message: "The service's certificate is not trusted.", Hint: "Check engine.base_url, the clock and the network: somebody may be in between.", Err: err}
	}
	timeout, isNet := errors.AsType[net.Error](err)
	switch {
	case errors.Is(err, context.DeadlineExceeded), isNet && timeout.Timeout():
		return &engine.Error{Code: "net_timeout", Message: "The service does not answer.", Hint: "Check the network, then send the question again.", Retry: true, Err: err}
	case errors.Is(err, syscall.ECONNREFUSED):
		return &engine.Error{Code: "net_refused", Message: "Nobody listens at the service's address.", Hint: "Start the service, or check engine.base_url.", Retry: true, Err: err}
	case errors.Is(err, ErrTooLong):
		return &engine.Error{Code: "bad_response", Message: "The service's reply is too long.", Hint: "Ask for less, or check engine.base_url.", Err: err}
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, ErrCut), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(err, syscall.EPIPE):
		return &engine.Error{Code: "net_reset", Message: "The connection to the service broke.", Hint: "Send the question again.", Retry: true, Err: Severed(err)}
	case isNet, errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return &engine.Error{Code: "net_unreachable", Message: "The service cannot be reached.", Hint: "Check the network, then send the question again.", Retry: true, Err: err}
	}
	if _, ok := errors.AsType[*json.SyntaxError](err); ok || strings.Contains(err.Error(), "unmarshal") {
		return &engine.Error{Code: "bad_response", Message: "The service's reply cannot be read.", Hint: "Check engine.base_url: is it an OpenAI-compatible service?", Err: err}
	}
	return &engine.Error{Code: "net_unreachable", Message: "The service cannot be reached.", Hint: "Check the network, then send the question again.", Retry: true, Err: err}
}

// Severed is a cause without what it wraps. An io.EOF inside an error would be
// taken for the end of a reply that is complete.
func Severed(err error) error { return errors.New(err.Error()) }

// untrusted reports whether the connection failed for its encryption.
func untrusted(err error) bool {
	_, authority := errors.AsType[x509.UnknownAuthorityError](err)
	_, hostname := errors.AsType[x509.HostnameError](err)
	_, invalid := errors.AsType[x509.CertificateInvalidError](err)
	_, verify := errors.AsType[*tls.CertificateVerificationError](err)
	_, record := errors.AsType[tls.RecordHeaderError](err)
	_, alert := errors.AsType[tls.AlertError](err)
	return authority || hostname || invalid || verify || record || alert || errors.Is(err, http.ErrSchemeMismatch)
}

// Refused says what a response with a status other than 2xx means.
func Refused(sent *http.Request, r *http.Response, body []byte) error {
	said, code := Explain(sent, body)
	e := &engine.Error{Err: fmt.Errorf("status %d", r.StatusCode)}
	lower := strings.ToLower(said)
	switch status := r.StatusCode; {
	case status/100 == 3:
		e.Code, e.Message, e.Hint = "net_redirect", "The service sends us elsewhere: refused.", "Set engine.base_url to the final address."
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		e.Code, e.Message, e.Hint = "key_rejected", "The service rejected the key.", "Store the right one with: aside key set"
	case status == http.StatusNotFound && strings.Contains(lower, "model"):
		e.Code, e.Message, e.Hint = "model_missing", "The service does not have this model.", "Choose another: aside settings set engine.model NAME"
	case status == http.StatusRequestEntityTooLarge:
		e.Code, e.Message, e.Hint = "too_large", "The question is too large for the service.", "Ask with a smaller part of the screen."
	case status == http.StatusRequestTimeout:
		e.Code, e.Message, e.Hint, e.Retry = "net_timeout", "The service does not answer.", "Send the question again.", true
	case usedUp(status, code, lower):
		e.Code, e.Message, e.Hint = "quota_exceeded", "The account at the service is used up.", "Look at its billing page."
	case status == http.StatusTooManyRequests:
		e.Code, e.Message, e.Hint, e.Retry = "rate_limited", "The service has too many requests from this key.", "Wait a little, then send the question again.", true
	case notAPI(r, body): // after what a proxy may say in HTML
		e.Code, e.Message, e.Hint = "net_not_api", "There is no OpenAI-compatible service at this address.", "Check engine.base_url; it usually ends in /v1."
	case status/100 == 4:
		e.Code, e.Message, e.Hint = "bad_request", "The service refused the question.", ItSays(said, "Check engine.model.")
	default:
		e.Code, e.Message, e.Hint, e.Retry = "server_error", "The service has a problem of its own.", "Send the question again in a while.", true
	}
	if wait, ok := retryAfter(r.Header, time.Now()); ok {
		e.Err = errors.Join(e.Err, Later{wait})
		if wait > LongestWait && e.Retry {
			e.Hint = fmt.Sprintf("It asks to wait %v; then send the question again.", wait.Round(time.Second))
		}
	}
	return e
}

// usedUp tells an account without credit from one that asks too fast: both may
// come with the same status.
func usedUp(status int, code, lower string) bool {
	return status == http.StatusPaymentRequired || status == http.StatusTooManyRequests &&
		(code == "insufficient_quota" || strings.Contains(lower, "quota") && strings.Contains(lower, "billing"))
}

// notAPI reports whether something else than the API answers at the address.
func notAPI(r *http.Response, body []byte) bool {
	return r.StatusCode == http.StatusNotFound || r.StatusCode == http.StatusMethodNotAllowed || r.StatusCode/100 == 4 && isPage(r, body)
}

func isPage(r *http.Response, body []byte) bool {
	return strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") || bytes.HasPrefix(bytes.TrimSpace(body), []byte("<"))
}

// ItSays quotes the service, if it said anything.
func ItSays(said, otherwise string) string {
	if said == "" {
		return otherwise
	}
	return "It says: " + OneLine(said, 200)
}

// Explain is explanation without our key, which a service may repeat.
func Explain(sent *http.Request, body []byte) (said, code string) {
	said, code = explanation(body)
	if key := strings.TrimPrefix(sent.Header.Get("Authorization"), "Bearer "); key != "" {
		said = strings.ReplaceAll(said, key, "[key]")
	}
	return said, code
}

// explanation finds the words and the code of an error in any of the shapes
// that services use: {"error":{…}}, {"error":"…"}, {"detail":…},
// {"object":"error","message":…}, a list of such, or plain text.
func explanation(body []byte) (said, code string) {
	body = bytes.TrimSpace(body)
	var list []json.RawMessage
	if json.Unmarshal(body, &list) == nil && len(list) > 0 {
		body = list[0]
	}
	var shape struct {
		Error   json.RawMessage `json:"error"`
		Detail  json.RawMessage `json:"detail"`
		Message string          `json:"message"`
		Code    json.RawMessage `json:"code"`
	}
	if err := json.Unmarshal(body, &shape); err != nil {
		if bytes.HasPrefix(body, []byte("<")) || bytes.HasPrefix(body, []byte("{")) {
			return "", ""
		}
		return string(body), ""
	}
	for _, inner := range []json.RawMessage{shape.Error, shape.Detail} {
		if Given(inner) {
			return detail(inner)
		}
	}
	return shape.Message, text(shape.Code)
}

// Given reports whether a part of a JSON object is there.
func Given(part json.RawMessage) bool { return len(part) > 0 && string(part) != "null" }

// detail finds the words and the code inside an error: an object, a list of
// such, or plain text.
func detail(inner json.RawMessage) (said, code string) {
	var list []json.RawMessage
	if json.Unmarshal(inner, &list) == nil && len(list) > 0 {
		inner = list[0]
	}
	var d struct {
		Message string          `json:"message"`
		Msg     string          `json:"msg"`
		Code    json.RawMessage `json:"code"`
		Type    string          `json:"type"`
	}
	if json.Unmarshal(inner, &d) != nil {
		return text(inner), ""
	}
	if d.Message == "" {
		d.Message = d.Msg
	}
	if code = text(d.Code); code == "" || code == "null" {
		code = d.Type
	}
	return d.Message, code
}

// text is a JSON string's content, or the JSON itself.
func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

// OneLine makes foreign words fit to be shown: one line without control
// characters, at most limit runes.
func OneLine(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, s)
	runes := []rune(strings.Join(strings.Fields(s), " "))
	if len(runes) > limit {
		return string(runes[:limit]) + "…"
	}
	return string(runes)
}

// Later is the cause of a failure after which the service named a pause.
type Later struct{ After time.Duration }

func (l Later) Error() string { return "asked to wait " + l.After.String() }

// retryAfter reads the header of that name: seconds or a date. The result lies
// between 0 and longestAsked.
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if value == "" {
		return 0, false
	}
	d := time.Duration(0)
	if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds == seconds {
		d = time.Duration(min(max(seconds, 0), longestAsked.Seconds()) * float64(time.Second))
	} else if date, err := http.ParseTime(value); err == nil {
		d = date.Sub(now)
	} else {
		return 0, false
	}
	return min(max(d, 0), longestAsked), true
}

// Broken is an error that the service reports after a status of 200.
func Broken(said, code string) *engine.Error {
	e := &engine.Error{Code: "server_error", Message: "The service broke the answer off.", Hint: "Send the question again.", Retry: true}
	switch {
	case code == "insufficient_quota":
		e.Code, e.Message, e.Hint, e.Retry = "quota_exceeded", "The account at the service is used up.", "Look at its billing page.", false
	case strings.Contains(code, "rate_limit"), code == "429":
		e.Code, e.Message, e.Hint = "rate_limited", "The service has too many requests from this key.", "Wait a little, then send the question again."
	default:
		e.Hint = ItSays(said, e.Hint)
	}
	return e
}

// NothingSaid is the failure of a question in which there were no words.
func NothingSaid() *engine.Error {
	return &engine.Error{Code: "no_speech", Message: "No words were heard.", Hint: "Hold the key while you speak, a little louder."}
}
