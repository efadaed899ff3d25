//go:build linux || freebsd

package device

import (
	"os"
	"path/filepath"
	"strings"
)

// address is where a sound server may listen.
type address struct{ network, at string }

const (
	pulsePort  = "4713"
	cookieSize = 256
)

// addresses says where to look for the sound server, best first, by the
// server string, which is that of PULSE_SERVER, and the environment.
func addresses(server string, getenv func(string) string) []address {
	if server == "" {
		server = getenv("PULSE_SERVER")
	}
	if server != "" {
		var all []address
		for _, s := range strings.Fields(server) {
			if a, ok := parseServer(s); ok {
				all = append(all, a)
			}
		}
		return all
	}
	var all []address
	if dir := getenv("PULSE_RUNTIME_PATH"); dir != "" {
		all = append(all, address{"unix", filepath.Join(dir, "native")})
	}
	if dir := getenv("XDG_RUNTIME_DIR"); dir != "" {
		all = append(all, address{"unix", filepath.Join(dir, "pulse", "native")})
	}
	return all
}

// parseServer reads one server of a server string: [{machine}]ADDRESS, where
// ADDRESS is a path, unix:PATH, tcp[46]:HOST[:PORT] or HOST[:PORT]. The
// machine is not checked: a server of another one is not where ours is.
func parseServer(s string) (address, bool) {
	if strings.HasPrefix(s, "{") {
		_, rest, ok := strings.Cut(s, "}")
		if !ok {
			return address{}, false
		}
		s = rest
	}
	if path := strings.TrimPrefix(s, "unix:"); strings.HasPrefix(path, "/") {
		return address{"unix", path}, true
	}
	network := "tcp"
	if kind, host, ok := strings.Cut(s, ":"); ok && (kind == "tcp" || kind == "tcp4" || kind == "tcp6") {
		network, s = kind, host
	}
	if s == "" || strings.ContainsAny(s, "/") {
		return address{}, false
	}
	if strings.HasSuffix(s, "]") || !strings.Contains(s, ":") {
		s += ":" + pulsePort
	}
	return address{network, s}, true
}

// cookie returns what proves to the server that we are the same user. On a
// local socket the server knows without, so a missing one is no error.
func cookie(getenv func(string) string) []byte {
	config := getenv("XDG_CONFIG_HOME")
	if config == "" {
		config = filepath.Join(getenv("HOME"), ".config")
	}
	for _, path := range []string{
		getenv("PULSE_COOKIE"),
		filepath.Join(config, "pulse", "cookie"),
		filepath.Join(getenv("HOME"), ".pulse-cookie"),
	} {
		if b, err := os.ReadFile(path); err == nil && len(b) == cookieSize {
			return b
		}
	}
	return make([]byte, cookieSize)
}
