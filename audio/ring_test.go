package audio_test

import (
	"runtime"
	"testing"

	"aside/audio"
)

func TestRingCountsWhatItCannotHold(t *testing.T) {
	r := audio.NewRing(5) // rounded up to 8
	if n := r.Write(make([]int16, 6)); n != 6 {
		t.Fatalf("wrote %d, want 6", n)
	}
	if n := r.Write(make([]int16, 6)); n != 2 {
		t.Fatalf("wrote %d, want 2", n)
	}
	if r.Len() != 8 || r.Overruns() != 4 {
		t.Fatalf("holds %d with %d lost, want 8 with 4", r.Len(), r.Overruns())
	}
}

func TestRingKeepsOrderBetweenTwoGoroutines(t *testing.T) {
	const total = 100_000
	r := audio.NewRing(64)
	go func() {
		buf := make([]int16, 0, 23)
		for next := 0; next < total; {
			buf = buf[:0]
			for k := next; k < min(total, next+23); k++ {
				buf = append(buf, int16(k))
			}
			// Only as much as there is room for, so that nothing is lost.
			n := r.Write(buf[:min(len(buf), 64-r.Len())])
			next += n
			if n == 0 {
				runtime.Gosched()
			}
		}
	}()
	buf := make([]int16, 17)
	for want := 0; want < total; {
		n := r.Read(buf)
		for _, got := range buf[:n] {
			if got != int16(want) {
				t.Fatalf("sample %d is %d", want, got)
			}
			want++
		}
		if n == 0 {
			runtime.Gosched()
		}
	}
	if r.Overruns() != 0 {
		t.Errorf("%d samples lost", r.Overruns())
	}
}

func TestRingKeepsTheNewest(t *testing.T) {
	r := audio.NewRing(8)
	next, got := int16(0), make([]int16, 8)
	for range 20 { // around the end and past it
		for range 7 {
			r.Write([]int16{next})
			next++
		}
		r.Keep(3)
		r.Keep(5)
		if n := r.Read(got); n != 3 || got[0] != next-3 || got[2] != next-1 {
			t.Fatalf("kept %v, want the three before %d", got[:n], next)
		}
	}
}
