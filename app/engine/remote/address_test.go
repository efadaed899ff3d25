package remote

import (
	"net/url"
	"strings"
	"testing"

	"aside/app/engine"
)

func TestAddress(t *testing.T) {
	tests := []struct{ base, want, code string }{
		{"https://api.openai.com/v1", "https://api.openai.com/v1", ""},
		{" https://api.openai.com/v1/// ", "https://api.openai.com/v1", ""},
		{"HTTPS://h.example:8443/openai/v1?", "https://h.example:8443/openai/v1", ""},
		{"https://h.example/v1?api-version=1#top", "https://h.example/v1", ""},
		{"http://localhost:11434/v1", "http://localhost:11434/v1", ""},
		{"http://127.0.0.1:1234/v1", "http://127.0.0.1:1234/v1", ""},
		{"http://[::1]:8080/v1", "http://[::1]:8080/v1", ""},
		{"http://api.openai.com/v1", "", "insecure_address"},
		{"http://127.0.0.1.evil.example/v1", "", "insecure_address"},
		{"http://localhost.evil.example/v1", "", "insecure_address"},
		{"http://192.168.0.7:11434/v1", "", "insecure_address"},
		{"http://0.0.0.0/v1", "", "insecure_address"},
		{"http://localhost@evil.example/v1", "", "address_invalid"},
		{"https://user:secret@h.example/v1", "", "address_invalid"},
		{"https://:8443/v1", "", "address_invalid"},
		{"api.openai.com/v1", "", "address_invalid"},
		{"localhost:11434", "", "address_invalid"},
		{"ftp://h.example/v1", "", "address_invalid"},
		{"file:///etc/passwd", "", "address_invalid"},
		{"https:h.example", "", "address_invalid"},
		{"https://h .example", "", "address_invalid"},
		{"", "", "address_invalid"},
	}
	for _, tt := range tests {
		t.Run(tt.base, func(t *testing.T) {
			got, err := Address(tt.base)
			if got != tt.want || (err != nil) != (tt.code != "") || err != nil && engine.Code(err) != tt.code {
				t.Errorf("%q, %v; want %q %s", got, err, tt.want, tt.code)
			}
		})
	}
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{"https://h/v1?", "http://[::1%25lo]/", "http://LOCALHOST", "https://h/%2F#%zz", "https://h\\@x/v1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, base string) {
		got, err := Address(base)
		if err != nil {
			if engine.Code(err) == "internal" {
				t.Fatalf("%v has no code", err)
			}
			return
		}
		if again, err := Address(got); err != nil || again != got {
			t.Fatalf("%q becomes %q, %v", got, again, err)
		}
		full, err := url.Parse(got + "/chat/completions")
		if err != nil || !strings.HasSuffix(full.EscapedPath(), "/chat/completions") || full.RawQuery != "" || full.User != nil {
			t.Fatalf("%q is no base for a path: %v", got, err)
		}
		if full.Scheme != "https" && !Loopback(full.Hostname()) {
			t.Fatalf("%q leaves this machine unencrypted", got)
		}
	})
}
