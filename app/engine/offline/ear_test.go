package offline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"aside/app/engine"
	"aside/audio"
)

// need skips a test without the programs, unless all must be there.
func need(t *testing.T, programs ...program) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p.name); err != nil {
			if os.Getenv("ASIDE_TEST_ALL") != "" {
				t.Fatalf("%s is not installed", p.name)
			}
			t.Skipf("%s is not installed", p.name)
		}
	}
}

// uttered is what a voice says, as a microphone would hear it.
func uttered(t *testing.T, voice, words string) audio.Clip {
	t.Helper()
	need(t, flite())
	c, err := NewMouth(func() string { return voice }).synthesise(t.Context(), words)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// speakers are the voices that say the i-th of many things: in turns, since it
// takes long, or all of them where everything is tested.
func speakers(i int) []string {
	all := []string{"rms", "slt"}
	if os.Getenv("ASIDE_TEST_ALL") != "" {
		return all
	}
	return all[i%2:][:1]
}

func TestEveryPhraseIsUnderstood(t *testing.T) {
	need(t, flite(), pocketsphinx())
	for i, words := range heardAs() {
		if strings.HasSuffix(words, "*") {
			continue
		}
		for _, voice := range speakers(i) {
			got, err := NewEar().Hear(t.Context(), uttered(t, voice, words))
			if err != nil || got != words {
				t.Errorf("%s says %q: heard %q, %v", voice, words, got, err)
			}
		}
	}
}

func TestWordsOnTheScreenCanBeFoundByVoice(t *testing.T) {
	need(t, flite(), pocketsphinx())
	screen := func(context.Context) ([]string, error) {
		return []string{"compiling", "server", "settings", "invoice", "xqzzt", "seconds"}, nil
	}
	for _, words := range []string{"find invoice", "what does it say about settings", "where is server"} {
		got, err := NewEar().hear(t.Context(), uttered(t, "rms", words), screen)
		if err != nil || got != words {
			t.Errorf("%q: heard %q, %v", words, got, err)
		}
	}
	got, err := NewEar().hear(t.Context(), uttered(t, "slt", "find elephant"), screen)
	if engine.Code(err) != "not_understood" {
		t.Errorf("a word that is not there: heard %q, %v", got, err)
	}
}

func TestWordsThatNobodyCanPronounceTakeNoPlace(t *testing.T) {
	need(t, flite(), pocketsphinx())
	screen := func(context.Context) ([]string, error) {
		var words []string
		for i := range maxCandidates {
			words = append(words, fmt.Sprintf("aqx%cz%c", 'a'+i/20, 'a'+i%20))
		}
		return append(words, "invoice"), nil
	}
	got, err := NewEar().hear(t.Context(), uttered(t, "rms", "find invoice"), screen)
	if err != nil || got != "find invoice" {
		t.Errorf("heard %q, %v", got, err)
	}
}

func TestTheWordsOfAPageKeepItsOrder(t *testing.T) {
	seen := &look{done: make(chan struct{}), page: page{lines: []string{"Zebra and apple", "", "x 12 apple, Mango zebra"}}}
	close(seen.done)
	got, err := (&reply{looks: []*look{seen}}).candidates(t.Context())
	if want := []string{"zebra", "and", "apple", "mango"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestOtherQuestionsAreNotTakenForAPhrase(t *testing.T) {
	need(t, flite(), pocketsphinx())
	for i, words := range []string{
		"how do I fix this bug in my code", "what time is it", "tell me a joke about programmers",
		"why is the sky blue", "explain this function to me", "translate this into german",
		"what is the capital of france", "the quick brown fox jumps over the lazy dog",
		"what should I do next", "open the file settings",
	} {
		for _, voice := range speakers(i) {
			got, err := NewEar().Hear(t.Context(), uttered(t, voice, words))
			if engine.Code(err) != "not_understood" {
				t.Errorf("%s says %q: heard %q, %v", voice, words, got, err)
			}
		}
	}
}

func TestTheHintOfWhatWasNotUnderstoodNamesPhrases(t *testing.T) {
	_, err := NewEar().Hear(t.Context(), audio.Clip{Rate: audio.RateListen, Samples: make([]int16, audio.Samples(longestPhrase, audio.RateListen)+320)})
	e, ok := errors.AsType[*engine.Error](err)
	if !ok || e.Code != "not_understood" {
		t.Fatalf("got %v", err)
	}
	for said := range strings.SplitSeq(strings.TrimSuffix(strings.TrimPrefix(strings.Replace(e.Hint, ", or ", ", ", 1), "Say: "), "."), ", ") {
		if understand(said).intent == wantQuote {
			t.Errorf("the hint names %q, which is no phrase", said)
		}
	}
}
