package app

import (
	"testing"

	"aside/app/tray"
	"aside/app/turn"
)

func TestTheTrayListensOnlyOnceTheMicrophoneHears(t *testing.T) {
	for microphone, want := range map[string]tray.Phase{"opening": tray.Ready, "open": tray.Listening} {
		s := turn.Snapshot{Phase: turn.Listening, Microphone: microphone, Error: &turn.Problem{Message: "of before"}}
		if got := trayState(s, true); got.Phase != want || !got.Panel {
			t.Errorf("while the microphone is %s it shows %+v", microphone, got)
		}
	}
	s := turn.Snapshot{Phase: turn.Idle, Microphone: "closed", Error: &turn.Problem{Message: "It went away."}}
	if got := trayState(s, false); got.Phase != tray.Problem || got.Note != "It went away." {
		t.Errorf("after a failure it shows %+v", got)
	}
}
