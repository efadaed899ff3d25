package audio

import (
	"slices"
	"testing"
	"time"
)

func TestAVoiceIsNoticedWithinWordsAndNothingElseIs(t *testing.T) {
	for _, tt := range []struct {
		name  string
		heard []Frame
		after time.Duration // 0 if never
		hush  bool          // in the end
	}{
		{"silence", hush(5 * time.Second), 0, true},
		{"words", slices.Concat(hush(time.Second), said(5000, time.Second)), 1220 * time.Millisecond, false},
		{"words with no silence before them", said(5000, time.Second), 560 * time.Millisecond, false},
		{"a bump", slices.Concat(hush(time.Second), said(9000, 120*time.Millisecond), hush(time.Second)), 0, true},
		{"bumps far apart", slices.Concat(hush(time.Second), said(9000, 120*time.Millisecond), hush(200*time.Millisecond),
			said(9000, 120*time.Millisecond), hush(time.Second)), 0, true},
		{"what remains of an echo", said(140, 5*time.Second), 0, true},
		{"words over what remains of an echo", slices.Concat(said(140, 3*time.Second), said(5000, time.Second)), 3220 * time.Millisecond, false},
	} {
		var o Onset
		var at time.Duration
		for i, f := range tt.heard {
			if o.Hear(f) && at == 0 {
				at = time.Duration(i+1) * FrameDuration
			}
		}
		if at != tt.after {
			t.Errorf("%s: noticed after %v, want %v", tt.name, at, tt.after)
		}
		if o.Hush() != tt.hush {
			t.Errorf("%s: hush is %t", tt.name, o.Hush())
		}
	}
}

func TestWhatIsForgottenIsNoPartOfAVoice(t *testing.T) {
	var o Onset
	heard := slices.Concat(hush(time.Second), said(5000, 180*time.Millisecond))
	for _, f := range heard {
		if o.Hear(f) {
			t.Fatal("a voice is noticed too early")
		}
	}
	o.Forget()
	if !o.Hush() {
		t.Error("it is not forgotten")
	}
	for i, f := range said(5000, time.Second) {
		if o.Hear(f) {
			if i < onsetVoiced-1 {
				t.Errorf("a voice is noticed after %d blocks", i+1)
			}
			return
		}
	}
	t.Error("no voice is noticed")
}
