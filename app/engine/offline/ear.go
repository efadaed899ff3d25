package offline

import (
	"bytes"
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"time"

	"aside/app/engine"
	"aside/audio"
)

const (
	// hearLimit bounds the recognition of one utterance.
	hearLimit = 20 * time.Second
	// longestPhrase is beyond what any of the phrases takes.
	longestPhrase = 15 * time.Second
	// maxCandidates bounds the words to find that are listened for at once.
	maxCandidates = 400
)

// Ear understands a fixed set of English phrases. It hears nothing else: free
// words are not understood rather than guessed. It is safe for concurrent use.
type Ear struct{ model string } // folder of the model of speech

// NewEar returns the ear of this machine. What is missing shows when it hears.
func NewEar() *Ear { return &Ear{speechModel} }

// Hear returns the phrase that was said, in lower case. The error is an
// *engine.Error (not_understood, offline_missing, …), or ctx's.
func (e *Ear) Hear(ctx context.Context, utterance audio.Clip) (string, error) {
	return e.hear(ctx, utterance, nil)
}

// hear also understands words to find. They are asked for only when somebody
// wants to find something.
func (e *Ear) hear(ctx context.Context, utterance audio.Clip, words func(context.Context) ([]string, error)) (string, error) {
	if utterance.Duration() > longestPhrase {
		return "", notUnderstood()
	}
	heard, err := e.recognise(ctx, utterance, nil)
	if err != nil {
		return "", err
	}
	if !heard.noise {
		return heard.understood()
	}
	if words == nil || !heard.finds() {
		return "", notUnderstood()
	}
	candidates, err := words(ctx)
	if err != nil {
		return "", err
	}
	if len(candidates) == 0 {
		return "", notUnderstood()
	}
	heard, err = e.recognise(ctx, utterance, candidates)
	if err != nil {
		return "", err
	}
	return heard.understood()
}

// recognise runs the recogniser over the utterance once.
func (e *Ear) recognise(ctx context.Context, utterance audio.Clip, find []string) (heard, error) {
	dictionary, err := e.dictionary(find)
	if err != nil {
		return heard{}, err
	}
	known := dictionary.only(find)
	grammar := newGrammar(known[:min(len(known), maxCandidates)])
	files := make([]*os.File, 0, 2)
	defer func() {
		for _, f := range files {
			_ = f.Close() // it was only memory
		}
	}()
	for _, content := range []string{grammar.String(), dictionary.String()} {
		f, err := memory(content)
		if err != nil {
			return heard{}, broken(pocketsphinx(), err)
		}
		files = append(files, f)
	}
	var sound bytes.Buffer
	padded := padding()
	padded.Samples = append(padded.Samples, utterance.Resample(audio.RateListen).Samples...)
	padded.Samples = append(padded.Samples, padding().Samples...)
	_ = binary.Write(&sound, binary.LittleEndian, padded.Samples) // a bytes.Buffer takes everything
	out, err := child{
		program: pocketsphinx(), limit: hearLimit, in: &sound, files: files,
		args: []string{
			"-hmm", filepath.Join(e.model, "en-us"), "-fsg", "/dev/fd/3", "-dict", "/dev/fd/4",
			"-infile", "/dev/stdin", "-logfn", os.DevNull,
			"-vad_postspeech", "1000", // in frames of 10 ms: a pause does not end the utterance
		},
	}.run(ctx)
	if err != nil {
		return heard{}, err
	}
	return parseHeard(string(out)), nil
}

// padding is the silence from which the recogniser learns how loud the room
// is. Not digital silence: that would be no room.
func padding() audio.Clip {
	c := audio.Clip{Rate: audio.RateListen, Samples: make([]int16, audio.RateListen/5)}
	state := uint32(1)
	for i := range c.Samples {
		state = state*1664525 + 1013904223 // Numerical Recipes, chapter 7.1
		c.Samples[i] = int16(state>>28) - 8
	}
	return c
}

// dictionary reads how the words are pronounced.
func (e *Ear) dictionary(find []string) (dictionary, error) {
	path := filepath.Join(e.model, "cmudict-en-us.dict")
	f, err := os.Open(path)
	if err != nil {
		return nil, absent("model of English speech", speechModelPackage, err)
	}
	defer func() { _ = f.Close() }() // it was only read
	d, err := readDictionary(f, append(grammarWords(), find...))
	if err != nil {
		return nil, broken(program{"model of English speech", speechModelPackage}, err)
	}
	return d, nil
}

// heard is what the recogniser made of an utterance.
type heard struct {
	words []string
	noise bool // something in it belongs to no phrase
}

// parseHeard reads the recogniser's output: a line for each stretch of speech.
// Words may have the number of a pronunciation, as in on(2).
func parseHeard(out string) heard {
	var h heard
	for _, w := range strings.Fields(out) {
		w, _, _ = strings.Cut(w, "(")
		switch {
		case w == "" || strings.HasPrefix(w, "<"): // silence
		case strings.HasPrefix(w, noiseMark):
			h.noise = true
		default:
			h.words = append(h.words, w)
		}
	}
	return h
}

// finds reports whether the words begin to ask where something is.
func (h heard) finds() bool {
	said := strings.Join(h.words, " ")
	for _, p := range phrases() {
		if before, _, finds := strings.Cut(p.words, " *"); finds && said == before {
			return true
		}
	}
	return false
}

// understood returns the words if they are one of the phrases.
func (h heard) understood() (string, error) {
	said := strings.Join(h.words, " ")
	if h.noise || said == "" || understand(said).intent == wantQuote {
		return "", notUnderstood()
	}
	return said, nil
}

func notUnderstood() error {
	return &engine.Error{Code: "not_understood", Message: "These words are not among those that are understood without a service.", Hint: "Say: what is on my screen, what does the error say, or read this."}
}
