package key

import (
	"net"
	"net/url"
	"strings"
)

// Origin returns the scheme, host and port of an address, always with the
// port, as RFC 6454 has it. A key is stored under it, so that a changed base
// URL never takes a key to another service.
func Origin(baseURL string) (string, error) {
	u, err := url.Parse(baseURL)
	if err != nil || u.Hostname() == "" || strings.Contains(u.Hostname(), "%") { // "%" begins the zone of a link-local address
		return "", ErrAddress // without the cause, which quotes the address
	}
	port := u.Port()
	switch {
	case port != "":
	case u.Scheme == "http":
		port = "80"
	case u.Scheme == "https":
		port = "443"
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return "", ErrAddress
	}
	return u.Scheme + "://" + net.JoinHostPort(strings.ToLower(u.Hostname()), port), nil
}
