package panel

import (
	"strings"
	"testing"
)

func TestProblemIsSaidInThreeWords(t *testing.T) {
	for code, want := range map[string]string{
		"mic_none": "No microphone", "mic_stalled": "Microphone is gone", "audio_unavailable": "No sound server",
		"net_dns": "No connection", "net_not_api": "Wrong address", "key_rejected": "Key refused",
		"quota_exceeded": "Credit used up", "rate_limited": "Too many requests", "server_error": "Service fails",
		"stream_idle": "Answer cut off", "hotkey_conflict": "Key is taken", "hotkey_invalid": "See below",
		"display_none": "No display", "screen_refused": "No picture", "keyring_locked": "See below", "": "See below",
	} {
		got := inShort(code)
		if got != want {
			t.Errorf("%q is %q, want %q", code, got, want)
		}
		if n := len(strings.Fields(got)); n > 3 {
			t.Errorf("%q has %d words", got, n)
		}
	}
}
