package audio

// onsetVoiced is how many blocks make a voice, 200 ms: more than HasSpeech asks
// for, since nobody has said that there is one to be expected.
const onsetVoiced = 10

// Onset notices that somebody begins to speak, in sound that goes on and on. It
// goes by the rule of HasSpeech. The zero value is ready.
type Onset struct{ word word }

// Hear takes the next frame, of FrameDuration, and reports whether a voice has
// begun.
func (o *Onset) Hear(f Frame) (begun bool) {
	o.word.hear(f)
	return o.word.voiced >= onsetVoiced
}

// Forget says that what has been heard so far is no part of a voice, though it
// tells how loud the room is.
func (o *Onset) Forget() { o.word.voiced, o.word.gap = 0, 0 }

// Hush reports whether nothing of a voice has been heard lately: what came
// before is no part of one.
func (o *Onset) Hush() bool { return o.word.voiced == 0 }
