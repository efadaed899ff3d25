package remote

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"aside/app/engine"
)

func TestFailuresBelowHTTP(t *testing.T) {
	dial := func(err error) error {
		return &url.Error{Op: "Post", URL: "https://h", Err: &net.OpError{Op: "dial", Net: "tcp", Err: err}}
	}
	system := func(n syscall.Errno) error { return dial(os.NewSyscallError("connect", n)) }
	badType := json.Unmarshal([]byte("7"), new(string))
	tests := []struct {
		err   error
		code  string
		retry bool
	}{
		{system(syscall.ECONNREFUSED), "net_refused", true},
		{system(syscall.ECONNRESET), "net_reset", true},
		{system(syscall.EPIPE), "net_reset", true},
		{&url.Error{Op: "Post", URL: "https://h", Err: io.EOF}, "net_reset", true},
		{io.ErrUnexpectedEOF, "net_reset", true},
		{ErrCut, "net_reset", true},
		{system(syscall.ENETUNREACH), "net_unreachable", true},
		{system(syscall.EHOSTUNREACH), "net_unreachable", true},
		{system(syscall.ETIMEDOUT), "net_timeout", true},
		{errors.New("something new"), "net_unreachable", true},
		{context.DeadlineExceeded, "net_timeout", true},
		{dial(os.ErrDeadlineExceeded), "net_timeout", true},
		{dial(&net.DNSError{Err: "no such host", Name: "h", IsNotFound: true}), "net_dns", true},
		{dial(&net.DNSError{Err: "timeout", Name: "h", IsTimeout: true}), "net_dns", true},
		{&tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.Expired}}, "net_tls", false},
		{x509.HostnameError{Certificate: &x509.Certificate{}, Host: "h"}, "net_tls", false},
		{tls.AlertError(40), "net_tls", false},
		{tls.RecordHeaderError{Msg: "not TLS"}, "net_tls", false},
		{ErrTooLong, "bad_response", false},
		{&json.SyntaxError{}, "bad_response", false},
		{badType, "bad_response", false},
		{&engine.Error{Code: "key_rejected", Message: "m", Hint: "h"}, "key_rejected", false},
	}
	for _, tt := range tests {
		t.Run(tt.code, func(t *testing.T) {
			e, ok := errors.AsType[*engine.Error](Failed(fmt.Errorf("ask: %w", tt.err)))
			if !ok || e.Code != tt.code || e.Retry != tt.retry || errors.Is(e, io.EOF) {
				t.Errorf("%v becomes %+v", tt.err, e)
			}
		})
	}
	if err := Failed(fmt.Errorf("ask: %w", context.Canceled)); !errors.Is(err, context.Canceled) || engine.Code(err) != "internal" {
		t.Errorf("a question that was taken back becomes %v", err)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)
	tests := []struct {
		value string
		want  time.Duration
		ok    bool
	}{
		{"7", 7 * time.Second, true},
		{" 0.5 ", 500 * time.Millisecond, true},
		{"0", 0, true},
		{"-5", 0, true},
		{"60", time.Minute, true},
		{"1000000000", longestAsked, true},
		{"Inf", longestAsked, true},
		{"-Inf", 0, true},
		{now.Add(9 * time.Second).Format(http.TimeFormat), 9 * time.Second, true},
		{now.Add(-time.Hour).Format(http.TimeFormat), 0, true},
		{now.Add(48 * time.Hour).Format(http.TimeFormat), longestAsked, true},
		{"1e309", 0, false},
		{"NaN", 0, false},
		{"soon", 0, false},
		{"", 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.value, func(t *testing.T) {
			if got, ok := retryAfter(http.Header{"Retry-After": {tt.value}}, now); got != tt.want || ok != tt.ok {
				t.Errorf("%v, %v; want %v, %v", got, ok, tt.want, tt.ok)
			}
		})
	}
}

func FuzzExplanation(f *testing.F) {
	for _, s := range []string{
		`{"error":{"message":"m","code":1}}`, `[{"error":"m"}]`, `{"detail":[{"msg":"m"}]}`,
		`{"object":"error","message":"m"}`, `<html>`, `text`, `[[]]`, `{"error":[]}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		said, _ := explanation(body)
		line := OneLine(said, 200)
		if n := len([]rune(line)); n > 201 {
			t.Fatalf("%d runes", n)
		}
		if i := strings.IndexFunc(line, func(r rune) bool { return r < ' ' || r == '\u202e' || r == 0x7f }); i >= 0 {
			t.Fatalf("%q cannot be shown", line)
		}
	})
}
