package offline

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"time"
	"unicode"

	"aside/app/engine"
	"aside/audio"
)

const (
	// sayLimit bounds the making of one sentence's speech.
	sayLimit = 15 * time.Second
	// longestSentence bounds what is said at once, in runes.
	longestSentence = 600
)

// Mouth speaks with flite, or with espeak-ng if flite is missing or does not
// know the script. It is safe for concurrent use.
type Mouth struct {
	voice func() string
	busy  chan struct{} // holds a token while a sentence is made: one at a time
}

// NewMouth returns the mouth of this machine. voice names one of flite's
// voices (slt, rms, awb, kal16); anything else, and nil, is the first. What is
// missing shows when it speaks.
func NewMouth(voice func() string) *Mouth { return &Mouth{voice, make(chan struct{}, 1)} }

// Voices are the names of flite's voices, the clearest first.
func Voices() []string { return []string{"slt", "rms", "awb", "kal16"} }

// current is the index of the voice that speaks.
func (m *Mouth) current() int {
	if m.voice == nil {
		return 0
	}
	return max(0, slices.Index(Voices(), m.voice()))
}

// Say calls yield with the speech of a sentence in frames of
// audio.FrameDuration at audio.RateSpeak, and stops when yield fails. The
// error is an *engine.Error, yield's, or ctx's.
func (m *Mouth) Say(ctx context.Context, sentence string, yield func(audio.Frame) error) error {
	sentence = sayable(sentence)
	if !strings.ContainsFunc(sentence, alphanumeric) {
		return nil
	}
	select {
	case m.busy <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	speech, err := m.synthesise(ctx, sentence)
	<-m.busy
	if err != nil {
		return err
	}
	for f := range speech.Resample(audio.RateSpeak).Frames() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := yield(f); err != nil {
			return err
		}
	}
	return nil
}

// synthesise asks flite first where it can pronounce the words, and the other
// program if the first one does not do.
func (m *Mouth) synthesise(ctx context.Context, sentence string) (audio.Clip, error) {
	makers := []func(context.Context, string) (audio.Clip, error){m.withFlite, withEspeak}
	if strings.ContainsFunc(sentence, foreign) {
		slices.Reverse(makers)
	}
	c, first := makers[0](ctx, sentence)
	if first == nil || ctx.Err() != nil {
		return c, first
	}
	c, second := makers[1](ctx, sentence)
	if second == nil || ctx.Err() != nil {
		return c, second
	}
	for _, err := range []error{first, second} {
		if engine.Code(err) != "offline_missing" {
			return audio.Clip{}, err
		}
	}
	return audio.Clip{}, absent(flite().name, flite().brings, errors.Join(first, second))
}

// foreign reports whether flite, which knows ASCII, would leave a rune out.
func foreign(r rune) bool { return r > unicode.MaxASCII && unicode.IsLetter(r) }

// withFlite has flite write into memory: it goes back to complete what it has
// written, so that a pipe will not do.
func (m *Mouth) withFlite(ctx context.Context, sentence string) (audio.Clip, error) {
	if _, err := flite().find(); err != nil {
		return audio.Clip{}, err
	}
	out, err := memory("")
	if err != nil {
		return audio.Clip{}, broken(flite(), err)
	}
	defer func() { _ = out.Close() }() // it was only memory
	_, err = child{
		program: flite(), limit: sayLimit, in: strings.NewReader(sentence), files: []*os.File{out},
		args: []string{"-voice", Voices()[m.current()], "-f", "/dev/stdin", "-o", "/dev/fd/3"},
	}.run(ctx)
	if err != nil {
		return audio.Clip{}, err
	}
	wav, err := io.ReadAll(io.NewSectionReader(out, 0, maxOutput))
	if err != nil {
		return audio.Clip{}, broken(flite(), err)
	}
	return decode(flite(), wav)
}

func withEspeak(ctx context.Context, sentence string) (audio.Clip, error) {
	wav, err := child{
		program: espeak(), limit: sayLimit, in: strings.NewReader(sentence),
		args: []string{"--stdin", "--stdout"},
	}.run(ctx)
	if err != nil {
		return audio.Clip{}, err
	}
	return decode(espeak(), wav)
}

func decode(p program, wav []byte) (audio.Clip, error) {
	c, err := audio.DecodeWAV(wav)
	if err != nil {
		return audio.Clip{}, broken(p, err)
	}
	return c, nil
}

// sayable makes words fit for the programs: one line, bounded, and the
// punctuation of typographers as that of typewriters.
func sayable(s string) string {
	s = strings.NewReplacer("’", "'", "‘", "'", "“", `"`, "”", `"`, "…", "...", "—", ", ", "–", "-").Replace(s)
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, s)
	return clip(strings.Join(strings.Fields(s), " "), longestSentence)
}
