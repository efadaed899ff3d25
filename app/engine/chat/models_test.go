package chat

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"aside/app/engine"
)

func TestModelsAreThoseOfTheServiceSorted(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		body   string
		want   []string
		code   string
	}{
		{"two of them", 200, `{"object":"list","data":[{"id":"zeta","object":"model"},{"id":"alpha"},{"id":"zeta"},{"id":" "}]}`, []string{"alpha", "zeta"}, ""},
		{"none", 200, `{"object":"list","data":[]}`, nil, ""},
		{"a wrong key", 401, `{"error":{"message":"no"}}`, nil, "key_rejected"},
		{"no such service", 404, `<html>`, nil, "net_not_api"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/v1/models" || r.Header.Get("Authorization") != "Bearer secret" {
					t.Errorf("it asked for %s", r.URL.Path)
				}
				if c.status == 200 {
					w.Header().Set("Content-Type", "application/json")
				}
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			}))
			defer s.Close()
			got, err := Models(t.Context(), Service{BaseURL: s.URL + "/v1", Key: "secret"})
			if !slices.Equal(got, c.want) || (err != nil || c.code != "") && engine.Code(err) != c.code {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	if _, err := Models(t.Context(), Service{BaseURL: "nowhere"}); engine.Code(err) != "address_invalid" {
		t.Errorf("of no address: %v", err)
	}
}
