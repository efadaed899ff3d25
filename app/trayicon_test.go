package app

import (
	"testing"
	"time"

	"aside/app/tray"
	"aside/app/turn"
)

func TestTheTraySaysThatTheLiveVoiceLooksAlong(t *testing.T) {
	until := time.Date(2026, 1, 2, 15, 4, 0, 0, time.Local)
	for _, phase := range []turn.Phase{turn.Idle, turn.Speaking} {
		s := turn.Snapshot{Phase: phase, Model: "m", Sharing: &turn.Sharing{Until: until}}
		if got := trayState(s, true); !got.Share || got.Note != "looking with you until 15:04" {
			t.Errorf("%s: it shows %+v", phase, got)
		}
	}
}

func TestTheTrayListensOnlyOnceTheMicrophoneHears(t *testing.T) {
	for microphone, want := range map[string]tray.Phase{"opening": tray.Ready, "open": tray.Listening} {
		s := turn.Snapshot{Phase: turn.Listening, Microphone: microphone, Error: &turn.Problem{Message: "of before"}}
		if got := trayState(s, true); got.Phase != want || !got.Panel {
			t.Errorf("while the microphone is %s it shows %+v", microphone, got)
		}
	}
	waits := turn.Snapshot{Phase: turn.Listening, Microphone: "open", Talk: &turn.Talk{Waits: true}}
	if got := trayState(waits, true); got.Phase != tray.Listening || !got.Talk || got.Note != "listens for your voice" {
		t.Errorf("while a conversation waits for somebody to speak it shows %+v", got)
	}
	s := turn.Snapshot{Phase: turn.Idle, Microphone: "tried", Model: "m", Error: &turn.Problem{Message: "of before"}}
	if got := trayState(s, false); !got.Open || got.Phase == tray.Problem || got.Note != "being tried" {
		t.Errorf("while it is tried it shows %+v", got)
	}
	s = turn.Snapshot{Phase: turn.Idle, Microphone: "closed", Error: &turn.Problem{Message: "It went away."}}
	if got := trayState(s, false); got.Phase != tray.Problem || got.Note != "It went away." {
		t.Errorf("after a failure it shows %+v", got)
	}
	s.Error = &turn.Problem{Code: "spend_near", Message: "Much is spent."}
	if got := trayState(s, false); got.Phase != tray.Ready || got.Note != "Much is spent." {
		t.Errorf("with a warning it shows %+v", got)
	}
}
