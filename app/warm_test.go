//go:build linux || freebsd

package app

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"aside/app/turn"
)

func TestAWarmMicrophoneHearsWhatCameBeforeTheKey(t *testing.T) {
	r := inRoom(t)
	if _, err := r.record(); err != nil { // it is closed between questions unless it is wanted
		t.Fatal(err)
	}
	r.settings.Warm = true
	r.sound.configure()
	r.warm(true)
	<-time.After(600 * time.Millisecond) // more than is kept
	for range 2 {
		rec, err := r.sound.Record(r.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := r.backlog(rec); got < 300*time.Millisecond || got > 420*time.Millisecond {
			t.Errorf("%v from before the key, want 400ms", got)
		}
		if err := rec.Close(); err != nil {
			t.Error(err)
		}
		<-time.After(600 * time.Millisecond)
	}
	rec, err := r.sound.Record(r.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.settings.Warm = false
	r.sound.configure() // in the middle of a question
	if r.backlog(rec) == 0 {
		t.Error("the question was cut off")
	}
	if err := rec.Close(); err != nil {
		t.Error(err)
	}
	r.warm(false)
}

func TestAWarmMicrophoneIsClosedWhileTheScreenIsLocked(t *testing.T) {
	r := inRoom(t)
	var locked atomic.Bool
	var told atomic.Int32
	r.sound.watchLock(func(context.Context) bool { return locked.Load() }, func() { told.Add(1) })
	r.sound.lock.poll = 10 * time.Millisecond
	r.settings.Warm = true
	locked.Store(true)
	r.sound.configure()
	<-time.After(300 * time.Millisecond)
	if from := r.source(); from != "" || r.sound.keepsOpen() {
		t.Errorf("%q is open at a locked screen, shown: %t", from, r.sound.keepsOpen())
	}
	for range 2 {
		locked.Store(false)
		r.warm(true)
		before := told.Load()
		locked.Store(true)
		r.warm(false)
		if r.sound.keepsOpen() || told.Load() == before {
			t.Error("that it is closed is not shown")
		}
	}
	locked.Store(false)
	r.warm(true)
	rec, err := r.sound.Record(r.Context())
	if err != nil {
		t.Fatal(err)
	}
	locked.Store(true) // in the middle of a question
	<-time.After(100 * time.Millisecond)
	if r.backlog(rec) == 0 || !r.sound.keepsOpen() {
		t.Errorf("the question was cut off, or is not shown: %t", r.sound.keepsOpen())
	}
	if err := rec.Close(); err != nil {
		t.Error(err)
	}
	r.warm(false)
	r.settings.Warm = false
	r.sound.configure()
	locked.Store(false)
	<-time.After(100 * time.Millisecond)
	r.warm(false)
}

// warm waits until the microphone is open, or is not.
func (r *room) warm(want bool) {
	r.Helper()
	err := r.Until(r.Context(), "the microphone", func() bool { return (r.source() != "") == want && r.sound.isWarm() == want })
	if err != nil {
		r.Fatal(err)
	}
}

// backlog is how much of a recording is there at once.
func (r *room) backlog(rec turn.Recording) time.Duration {
	r.Helper()
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Millisecond)
	defer cancel()
	var all time.Duration
	for {
		f, err := rec.Read(ctx)
		if err != nil {
			return all
		}
		all += f.Duration()
	}
}
