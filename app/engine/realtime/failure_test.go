package realtime

import (
	"net/http"
	"testing"
)

// hang answers nobody until the test ends.
func hang(t *testing.T) http.HandlerFunc {
	return func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-t.Context().Done():
		}
	}
}
