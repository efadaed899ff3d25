package turn

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"unicode"

	"aside/app/engine"
	"aside/audio"
	"aside/vision"
)

// problems tells the user about the errors of sound and sight. The first that
// matches wins. A code never changes once it has been released.
var problems = []struct { //nolint:gochecknoglobals // a table that nothing writes to
	err     error
	problem Problem
}{
	{audio.ErrNoServer, Problem{"audio_unavailable", "No sound server answers.", "Start PulseAudio or PipeWire, then press again. Typed questions work."}},
	{audio.ErrNoMicrophone, Problem{"mic_none", "There is no microphone.", "Plug one in, then press again. Typed questions work."}},
	{audio.ErrAbsent, Problem{"mic_absent", "The microphone you chose is not there.", "Plug it in, or choose another: aside devices lists them, aside settings set sound.microphone NAME chooses. Typed questions work."}},
	{audio.ErrNoLoudspeaker, Problem{"speaker_none", "There is no loudspeaker.", "The answer stands in the panel."}},
	{audio.ErrBusy, Problem{"mic_busy", "Another program has the microphone to itself.", "End its recording, or choose another microphone: aside devices lists them. Typed questions work."}},
	{audio.ErrMoved, Problem{"mic_moved", "The microphone was unplugged and the system offered another.", "What you said is kept: send it again, or press to use the other one."}},
	{audio.ErrStalled, Problem{"mic_stalled", "The microphone is open but gives no sound.", "Check that it is not suspended or used by another program, then press again."}},
	{audio.ErrLost, Problem{"mic_lost", "The microphone went away.", "What you said is kept: send it again, or plug it in and press."}},
	{audio.ErrMuted, Problem{"mic_muted", "The microphone is muted.", "Unmute it in the sound settings, then press again."}},
	{audio.ErrEcho, Problem{"echo_unavailable", "A voice cannot cut an answer off: the sound server takes no echo out of the microphone.", "The talk key does. Install module-echo-cancel (on Debian in pulseaudio, for PipeWire in libspa-0.2-modules), or: aside settings set sound.barge_in key"}},
	{audio.ErrUnsupported, Problem{"audio_unsupported", "This program knows no way to the sound of this system.", "Typed questions work; the answer stands in the panel."}},
	{vision.ErrExcluded, Problem{"screen_excluded", "This window is private: nothing was looked at.", "Ask without the screen, or change screen.exclude."}},
	{vision.ErrUnsorted, Problem{"screen_unsorted", "This desktop does not tell windows apart, so none can be kept private: nothing was looked at.", "Ask without the screen, or empty screen.exclude."}},
	{vision.ErrLocked, Problem{"screen_locked", "The screen is locked: nothing was looked at, and nothing is recorded.", "Unlock it. Typed questions work."}},
	{vision.ErrNoDisplay, Problem{"screen_none", "There is no display to look at.", "Ask without the screen."}},
	{vision.ErrBlank, Problem{"screen_blank", "The picture has only one colour: nothing was sent of it.", "Ask without the screen, or from another window."}},
	{vision.ErrRefused, Problem{"screen_refused", "The desktop refused the picture.", "Allow Aside to take screenshots, or ask without the screen."}},
	{vision.ErrUnchosen, Problem{"screen_unchosen", "Nothing was chosen: nothing was looked at.", "Draw a rectangle with the mouse, or click on a window; Escape calls it off."}},
	{vision.ErrNoPortal, Problem{"portal_missing", "This desktop has no portal that takes pictures.", "Install xdg-desktop-portal and the one for your desktop, or ask without the screen."}},
	{vision.ErrPortalFailed, Problem{"portal_failed", "The desktop's portal gave up: there is no picture.", "Allow Aside to take screenshots in the desktop's settings, then ask again."}},
	{vision.ErrPortalSilent, Problem{"portal_silent", "The desktop's portal does not answer: there is no picture.", "Look whether it asks you for permission. If not, restart xdg-desktop-portal."}},
	{vision.ErrPortalPicture, Problem{"portal_bad_file", "What the desktop's portal gave is no picture: nothing was sent of it.", "Ask again. If it stays, update xdg-desktop-portal."}},
	{ErrBlind, Problem{"share_engine", "Only a live voice can look with you.", "Let one answer: aside settings set engine.kind realtime"}},
	{ErrUnframed, Problem{"share_unsupported", "The windows of this desktop cannot be followed: Aside cannot look with you here.", "Ask with the screen, or log in with X11."}},
	{errDear, Problem{"share_budget", "One picture of this window costs more than looking with you may in a minute.", "Make the window smaller, or raise screen.share_tokens."}},
	{vision.ErrUnsupported, Problem{"screen_unsupported", "The screen cannot be looked at on this desktop.", "Ask without the screen."}},
	{context.DeadlineExceeded, Problem{"timed_out", "No answer in time.", "Send the question again."}},
}

// named says what happened to a microphone whose name is known, "" if it is not.
func named(code string, err error) string {
	e, ok := errors.AsType[*audio.DeviceError](err)
	if !ok || e.Name == "" {
		return ""
	}
	name, now := title(e.Name), title(e.Now)
	switch {
	case code == "mic_moved" && now != "":
		return "The microphone " + name + " was taken away and the system offered " + now + "."
	case code == "mic_moved":
		return "The microphone " + name + " was taken away and the system offered another."
	case code == "mic_stalled":
		return "The microphone " + name + " is open but gives no sound."
	case code == "mic_lost":
		return "The microphone " + name + " went away."
	case code == "mic_muted":
		return "The microphone " + name + " is muted."
	case code == "mic_absent":
		return "The microphone you chose, " + name + ", is not there."
	}
	return ""
}

// switched says that another microphone hears the turn now.
func switched(microphone string) *Problem {
	return &Problem{"mic_switched", "The system's microphone became another one while you spoke: " + microphone + " hears you now.",
		"To stay with one, choose it: aside devices lists them, aside settings set sound.microphone NAME chooses."}
}

// maxTitle bounds the name of a device in a message, in characters.
const maxTitle = 60

// title makes the name of a device fit for a message: whoever builds one may
// call it what they like.
func title(name string) string {
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > maxTitle {
		name = string(runes[:maxTitle-1]) + "…"
	}
	return name
}

// hints are quiet lines for what is not an error.
var hints = map[string]string{ //nolint:gochecknoglobals // a table that nothing writes to
	"too_short": "Too short. Hold the key while you speak.",
	"no_speech": "Nothing heard. Hold the key while you speak.",
	"lengthy":   "Half a minute is left, then what you said is asked. Esc discards it.",
	"faster":    "Speaks faster.",
	"slower":    "Speaks slower.",
	"louder":    "Speaks louder.",
	"softer":    "Speaks softer.",
	"normal":    "Speaks at its own pace.",
	"speed":     "Speaks at another pace.",
	"voice":     "Speaks with another voice.",

	"left":   "The conversation has ended.",
	goodbye:  "Goodbye: the conversation has ended.",
	"silent": "Nobody spoke: the conversation has ended.",
	"vain":   "Nothing could be understood: the conversation has ended.",

	"stop_talking": "Stopped, as you asked.",
	"think_harder": "A deeper model thinks about it.",
	"look_again":   "Looked at the screen again.",

	"share_stopped": "No longer looking with you.",
	"share_over":    "Ten minutes are over: no longer looking with you.",
	"share_locked":  "The screen was locked: no longer looking with you.",
}

// SpeakerProblem says what a loudspeaker's error means to the user.
func SpeakerProblem(err error) *Problem {
	switch {
	case errors.Is(err, audio.ErrNoServer):
		return &Problem{"audio_unavailable", "No sound server answers.", "The answer stands in the panel."}
	case errors.Is(err, audio.ErrBusy):
		return &Problem{"speaker_busy", "Another program has the loudspeaker to itself.", "The answer stands in the panel."}
	case errors.Is(err, audio.ErrStalled), errors.Is(err, audio.ErrLost):
		return &Problem{"speaker_lost", "The loudspeaker went away.", "The answer stands in the panel."}
	}
	return ProblemOf(audio.ErrNoLoudspeaker)
}

// Cause names the kinds of errors that err wraps, for the log: never their
// text, which may hold what the user said.
func Cause(err error) string {
	var kinds []string
	for err != nil {
		kinds = append(kinds, fmt.Sprintf("%T", err))
		if n, ok := err.(syscall.Errno); ok { //nolint:errorlint // the chain is being walked
			kinds = append(kinds, n.Error())
		}
		if many, ok := err.(interface{ Unwrap() []error }); ok && len(many.Unwrap()) > 0 {
			err = many.Unwrap()[0]
			continue
		}
		err = errors.Unwrap(err)
	}
	return strings.Join(kinds, " ")
}

// ProblemOf says what err means to the user: never the error's own text, which
// may hold what the user said.
func ProblemOf(err error) *Problem {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*engine.Error](err); ok {
		return &Problem{e.Code, e.Message, e.Hint}
	}
	for _, p := range problems {
		if errors.Is(err, p.err) {
			problem := p.problem
			if message := named(problem.Code, err); message != "" {
				problem.Message = message
			}
			return &problem
		}
	}
	return &Problem{"internal", "Aside made a mistake.", "Send the question again; the log has the details."}
}
