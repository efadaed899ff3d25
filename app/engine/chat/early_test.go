package chat

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"aside/app/engine"
	"aside/audio"
)

// tokens cuts an answer about as models do: words with the space before them,
// and two Chinese characters at a time.
func tokens(answer string) (all []string) {
	for rest := answer; rest != ""; {
		n := 0
		for i, r := range rest {
			if i > 0 && (r == ' ' || r > 0x2000 && i >= 6) {
				break
			}
			n = i + utf8.RuneLen(r)
		}
		all, rest = append(all, rest[:n]), rest[n:]
	}
	return all
}

// at20 streams an answer at 20 tokens a second.
func at20(answer string) func(io.Writer) {
	return func(w io.Writer) {
		for _, t := range tokens(answer) {
			content, _ := json.Marshal(t) // a string always has a JSON form
			_, _ = fmt.Fprintf(w, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":%s}}]}\n\n", content)
			time.Sleep(50 * time.Millisecond)
		}
		_, _ = io.WriteString(w, stop+done)
	}
}

func TestTheFirstClauseIsAskedForWhileItsSentenceStreams(t *testing.T) {
	var sum time.Duration
	answers := []string{
		"The linker found two versions of libfoo, because your build adds the system path first. Remove one of them.",
		"Your test fails because the server is not running on port 8080. Start it and try again.",
		"You are looking at a terminal with the output of a failed build. The last line has the error.",
		"To fix it, add the missing import at the top of the file. Then build it again.",
		"This regular expression matches an email address, but it misses addresses with a plus sign.",
		"No, that command only lists the files; it deletes nothing. Use the other one.",
		"构建失败是因为链接器找到了两个版本的库，请删除旧的那个。然后重新构建。",
	}
	for _, a := range answers {
		synctest.Test(t, func(t *testing.T) {
			s, e := newInside(t)
			s.responses["/chat/completions"] = s.streams("text/event-stream", at20(a))
			var asked []time.Time
			speech := s.streams("audio/pcm", says(strings.Repeat("\x00\x40", 480)))
			s.responses["/audio/speech"] = func(n int, r *http.Request, w *io.PipeWriter) (int, http.Header) {
				asked = append(asked, time.Now())
				return speech(n, r, w)
			}
			x, began := spokenTo(t, e, engine.Prompt{Turn: "t1", Question: "Why?", Speak: true}, audio.Clip{}, nil), time.Now()
			events, err := drain(t.Context(), x)
			if err != nil || answer(events) != a || len(asked) == 0 {
				t.Fatalf("%v, %v", events, err)
			}
			took := asked[0].Sub(began) // the first token comes at once
			t.Logf("%v: %q", took, of[engine.Speech](events)[0].Sentence)
			sum += took
		})
	}
	mean := sum / time.Duration(len(answers))
	t.Logf("%v from the first token to the first request for speech, on the average", mean)
	if mean > 450*time.Millisecond {
		t.Error("that is late")
	}
}

// gaps is how long a loudspeaker would have nothing to play between pieces of
// speech, which come at these moments.
type gaps struct {
	dry    time.Time // when what has come will have been played
	silent time.Duration
}

func (g *gaps) hear(s engine.Speech) {
	now := time.Now()
	if !g.dry.IsZero() && now.After(g.dry) {
		g.silent += now.Sub(g.dry)
	}
	if now.After(g.dry) {
		g.dry = now
	}
	g.dry = g.dry.Add(s.Frame.Duration())
}

func TestThereIsNoGapBetweenSentences(t *testing.T) {
	const delay = 300 * time.Millisecond
	for name, pace := range map[string]time.Duration{"sound that comes at once": 0, "sound that comes as it is played": audio.FrameDuration} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, e := newInside(t)
				s.responses["/chat/completions"] = s.streams("text/event-stream", says(strings.Replace(yes, "Yes.", "It is so. It was so. It will be so. It has been so.", 1)+stop+done))
				s.responses["/audio/speech"] = s.streams("audio/pcm", func(w io.Writer) {
					time.Sleep(delay)
					for range 40 { // 800 ms
						says(strings.Repeat("\x00\x40", 480))(w)
						time.Sleep(pace)
					}
				})
				x := spokenTo(t, e, engine.Prompt{Turn: "t1", Question: "Why?", Speak: true}, audio.Clip{}, nil)
				var g gaps
				sentences := 0
				for {
					event, err := x.Recv(t.Context())
					if err == io.EOF { //nolint:errorlint // it comes as it is
						break
					}
					if err != nil {
						t.Fatal(err)
					}
					if speech, ok := event.(engine.Speech); ok {
						g.hear(speech)
						if speech.Sentence != "" {
							sentences++
						}
					}
				}
				t.Logf("%v of silence between %d sentences", g.silent, sentences)
				if g.silent > 0 || sentences != 4 {
					t.Errorf("%v of silence between %d sentences", g.silent, sentences)
				}
			})
		})
	}
}
