//go:build linux || freebsd

package app

import (
	"os"
	"syscall"
	"testing"
	"time"

	"aside/app/desk"
)

// signal sends a signal to the room's sound server.
func (r *room) signal(s syscall.Signal) {
	r.Helper()
	signalSound(r.T, r.Desk, s)
}

// signalSound sends a signal to a desk's sound server.
func signalSound(t *testing.T, d *desk.Desk, s syscall.Signal) {
	t.Helper()
	p, err := d.SoundServer()
	if err == nil {
		err = p.Signal(s)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestMusicIsRaisedAsSoonAsTheServerAnswersAgain(t *testing.T) {
	r := inRoom(t)
	r.settings.Duck = true
	r.music()
	rec, err := r.sound.Record(r.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.wantVolume("30%")
	r.signal(syscall.SIGSTOP)
	_ = rec.Close() // it says that the server does not answer
	<-time.After(1500 * time.Millisecond)
	if _, err := os.Stat(r.journal); err != nil {
		t.Errorf("what is owed is not noted: %v", err)
	}
	r.signal(syscall.SIGCONT)
	r.wantVolume("100%")
	r.sound.duck.wait()
	if _, err := os.Stat(r.journal); err == nil {
		t.Error("the note is left behind")
	}
}

func TestWhatIsOwedFromBeforeIsRaisedWhenTheServerAnswers(t *testing.T) {
	r := inRoom(t)
	r.settings.Duck = true
	r.music()
	rec, err := r.sound.Record(r.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.wantVolume("30%")
	died := r.sound
	defer died.close()
	defer func() { _ = rec.Close() }()
	left, err := os.ReadFile(r.journal)
	if err != nil {
		t.Fatal(err)
	}
	r.journal += ".copy"
	if err := os.WriteFile(r.journal, left, 0o600); err != nil {
		t.Fatal(err)
	}
	r.signal(syscall.SIGSTOP)
	r.open()
	<-time.After(1200 * time.Millisecond)
	r.signal(syscall.SIGCONT)
	r.wantVolume("100%")
}

func TestATapWhileMusicIsOwedLosesNothing(t *testing.T) {
	r := inRoom(t)
	r.settings.Duck = true
	r.music()
	rec, err := r.sound.Record(r.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.wantVolume("30%")
	r.signal(syscall.SIGSTOP)
	_ = rec.Close()
	<-time.After(1200 * time.Millisecond)
	r.sound.duck.begin()() // the note is all that there is of the recording
	r.signal(syscall.SIGCONT)
	r.wantVolume("100%")
}

func TestTheEndDoesNotWaitForAServerThatDoesNotAnswer(t *testing.T) {
	r := inRoom(t)
	r.settings.Duck = true
	r.music()
	rec, err := r.sound.Record(r.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.wantVolume("30%")
	r.signal(syscall.SIGSTOP)
	defer r.signal(syscall.SIGCONT)
	_ = rec.Close()
	<-time.After(1100 * time.Millisecond)
	began := time.Now()
	r.sound.duck.wait()
	if took := time.Since(began); took > closeLimit {
		t.Errorf("it took %v", took)
	}
	if _, err := os.Stat(r.journal); err != nil {
		t.Errorf("what is owed is not noted: %v", err)
	}
}
