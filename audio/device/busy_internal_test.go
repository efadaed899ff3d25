//go:build (linux || freebsd) && cgo

package device

import (
	"errors"
	"testing"

	"github.com/gen2brain/malgo"
	"github.com/jfreymuth/pulse/proto"

	"aside/audio"
)

func TestADeviceThatAnotherProgramHasIsBusy(t *testing.T) {
	for name, got := range map[string]error{
		"pulse": refused(RecordOptions{Device: "usb"}, proto.ErrDeviceOrResourceBusy),
		"malgo": whyNot(nil, malgo.Capture, "", malgo.ErrBusy),
		"twice": whyNot(nil, malgo.Playback, "", malgo.ErrAlreadyInUse),
	} {
		if !errors.Is(got, audio.ErrBusy) {
			t.Errorf("%s: %v", name, got)
		}
	}
	for name, tt := range map[string]struct {
		o    RecordOptions
		err  error
		want error
	}{
		"named":   {RecordOptions{Device: "usb"}, proto.ErrNoSuchEntity, audio.ErrAbsent},
		"default": {RecordOptions{}, proto.ErrNoSuchEntity, audio.ErrNoMicrophone},
		"other":   {RecordOptions{}, proto.ErrInvalidServer, proto.ErrInvalidServer},
	} {
		if got := refused(tt.o, tt.err); !errors.Is(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}
