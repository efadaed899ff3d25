// Package remote is what the engines that ask a service have in common: which
// addresses are good, what its failures mean, and the words that go along with
// a question and its pictures.
package remote

import (
	"net"
	"net/url"
	"strings"

	"aside/app/engine"
)

// Address returns a base URL in the form in which it is used, without a slash
// at its end. What the user says and shows travels encrypted or stays on this
// machine: plain http is only for loopback. The error is an *engine.Error.
func Address(base string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(base))
	if err != nil || u.Hostname() == "" || u.User != nil || (u.Scheme != "https" && u.Scheme != "http") {
		return "", &engine.Error{Code: "address_invalid", Message: "The address of the service is not a web address.", Hint: "Set engine.base_url to one like https://api.openai.com/v1."}
	}
	if u.Scheme == "http" && !Loopback(u.Hostname()) {
		return "", &engine.Error{Code: "insecure_address", Message: "The address of the service is not encrypted.", Hint: "Use https; plain http is only for this very machine."}
	}
	u.RawQuery, u.ForceQuery, u.Fragment = "", false, ""
	return strings.TrimRight(u.String(), "/"), nil
}

// Loopback reports whether a host is this very machine.
func Loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
