package app

import (
	"slices"

	"aside/app/engine/offline"
	"aside/app/engine/realtime"
	"aside/app/engine/spoken"
	"aside/app/settings"
	"aside/app/turn"
)

// wish carries out a speech control that an engine asks for, mostly because the
// user said so. One that asks for nonsense gets nothing.
func (a *App) wish(command, value string) {
	if p := a.refusal(command, value); p != nil {
		a.loop.Refuse(p)
		return
	}
	_ = a.control(command, value)
}

// refusal says why a wish is not carried out, nil if it is. A voice may have
// been misheard, and one that the service lacks would end all speech: only who
// types its name may take one that is not known here.
func (a *App) refusal(command, value string) *turn.Problem {
	if command != "voice" || value == "" || a.engines.knows(value) {
		return nil
	}
	return &turn.Problem{
		Code: "voice_unknown", Message: "A voice of that name is not known here: it stays as it was.",
		Hint: "For one that the service has: aside say voice NAME",
	}
}

func (e *engines) voice() string { return e.settings().Speak.Voice }

// serviceVoice is the voice for a service. One that the offline reader has
// been given is unknown there.
func (e *engines) serviceVoice() string {
	voice := e.voice()
	if slices.Contains(offline.Voices(), voice) {
		return settings.Default().Speak.Voice
	}
	return voice
}

// voices are the names that who speaks now is known to have, and the one of
// them that speaks: what flite and a live voice do not know is their first.
func (e *engines) voices() (names []string, at int) {
	switch {
	case e.speaksHere():
		names = offline.Voices()
		return names, max(0, slices.Index(names, e.voice()))
	case e.speaksLive():
		names = realtime.Voices()
		return names, max(0, slices.Index(names, e.serviceVoice()))
	}
	names = spoken.Voices()
	return names, slices.Index(names, e.serviceVoice())
}

// nextVoice is the voice after the one that speaks now.
func (e *engines) nextVoice() string {
	names, at := e.voices()
	return names[(at+1)%len(names)]
}

// knows reports whether who speaks now is known to have a voice, or has it
// already.
func (e *engines) knows(voice string) bool {
	names, _ := e.voices()
	return voice == e.voice() || slices.Contains(names, voice)
}

// speaksHere reports whether this machine itself speaks: see localConfig.
func (e *engines) speaksHere() bool {
	c, s := e.current.Load(), e.settings().Speak
	return c.service == nil || s.Offline && !e.speaksLive() || c.found() && s.BaseURL == ""
}

// speaksLive reports whether a live voice speaks its answers itself.
func (e *engines) speaksLive() bool {
	_, live := e.engine().(*realtime.Engine)
	return live && e.settings().Engine.RealtimePart == "all"
}
