package panel

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"aside/app/control"
	"aside/app/settings"
)

// state makes a scene of a snapshot.
func state(name string, phase control.Phase, make func(script) control.Snapshot) scene {
	return scene{name: name, phase: phase, play: func(s *theatre) {
		one := make(s.play)
		one.Phase = phase
		s.show(one)
	}}
}

// turnScenes are the phases of a turn.
func turnScenes() []scene {
	live := func(s control.Snapshot) control.Snapshot {
		s.Engine, s.Model, s.Host = "realtime", "gpt-realtime", "api.openai.com"
		return s
	}
	answers := func(p script, v *control.View) { v.Answer = p.answer[:strings.Index(p.answer, "```")+60] }
	listening := scene{name: "listening", phase: "listening", play: func(s *theatre) {
		for i := range 24 {
			s.draw(frame{fresh: true, latest: &control.Snapshot{
				Phase: "listening", Model: "gpt-4o", Level: float64(i*7%10) / 10, Since: time.Now().Add(-3500 * time.Millisecond),
				Turn: s.play.asked(func(v *control.View) { v.Partial = true }),
			}})
		}
	}}
	hover := scene{name: "answered-tools", play: func(s *theatre) {
		s.show(control.Snapshot{Phase: "idle", Turn: s.play.asked(s.play.answered), Earlier: s.play.before()})
		s.hover("t2")
	}}
	return []scene{
		state("ready", "idle", func(script) control.Snapshot { return control.Snapshot{} }),
		state("opening", "listening", func(script) control.Snapshot { return control.Snapshot{Engine: "chat", Microphone: "opening"} }),
		listening,
		state("waiting-for-a-voice", "listening", func(script) control.Snapshot {
			return control.Snapshot{Engine: "chat", Microphone: "open", Latched: true, Since: time.Now().Add(-2 * time.Second), Turn: &control.View{ID: "t2", Shots: lookedAt()}}
		}),
		state("conversing", "listening", func(p script) control.Snapshot {
			return live(control.Snapshot{
				Microphone: "open", Latched: true, Level: 0.3, Since: time.Now(), Turn: p.asked(p.answered),
				Talk: &control.Talk{Since: time.Now().Add(-130 * time.Second), Turns: 3, Waits: true, Usage: &control.TurnUsage{Input: 4100, Output: 900, Cost: 0.0412, Currency: "USD"}},
			})
		}),
		state("transcribing", "thinking", func(p script) control.Snapshot {
			return control.Snapshot{Since: time.Now(), Turn: p.asked(func(v *control.View) { v.Question, v.Partial = "", true }), Earlier: p.before()}
		}),
		state("thinking", "thinking", func(p script) control.Snapshot {
			return control.Snapshot{Since: time.Now(), Turn: p.asked(func(*control.View) {}), Earlier: p.before()}
		}),
		state("answering", "thinking", func(p script) control.Snapshot {
			return control.Snapshot{Turn: p.asked(func(v *control.View) { answers(p, v) })}
		}),
		state("answering-markdown", "thinking", func(p script) control.Snapshot {
			return control.Snapshot{Turn: p.asked(func(v *control.View) {
				v.Shots, v.Answer = nil, p.rich[:strings.LastIndex(p.rich, "```go")]+codeBlock[:60]+"\n```\n\n"+p.sentence[:strings.Index(p.sentence, "Serve")]
			})}
		}),
		state("speaking", "speaking", func(p script) control.Snapshot {
			return control.Snapshot{Level: 0.5, Turn: p.asked(func(v *control.View) { p.answered(v); v.Outcome, v.Sentence = "asked", p.sentence })}
		}),
		state("answered", "idle", func(p script) control.Snapshot {
			return control.Snapshot{Turn: p.asked(p.answered), Earlier: p.before()}
		}),
		hover,
		state("heard-up-to-here", "idle", func(p script) control.Snapshot {
			return control.Snapshot{Turn: p.asked(func(v *control.View) {
				p.answered(v)
				v.Outcome, v.Heard = "interrupted", p.sentence
			})}
		}),
		state("markdown", "idle", func(p script) control.Snapshot {
			return control.Snapshot{Turn: p.asked(func(v *control.View) { p.answered(v); v.Answer, v.Shots = p.rich, nil })}
		}),
		state("live-listening", "listening", func(p script) control.Snapshot {
			return live(control.Snapshot{Microphone: "open", Level: 0.5, Since: time.Now(), Turn: p.asked(func(v *control.View) { v.Engine = "realtime" })})
		}),
		state("live-speaking", "speaking", func(p script) control.Snapshot {
			return live(control.Snapshot{Microphone: "voice", Level: 0.5, Turn: p.asked(func(v *control.View) { p.answered(v); v.Outcome, v.Engine = "asked", "realtime" })})
		}),
		state("spending-warning", "idle", func(p script) control.Snapshot {
			return control.Snapshot{Error: &control.Problem{Code: "spend_near", Message: "More than 80 % of this day's spending cap is spent.", Hint: "See: aside usage"}, Turn: p.asked(p.answered)}
		}),
	}
}

// endScenes are turns that ended in other ways than most, and what they tell
// besides an answer.
func endScenes() []scene {
	ended := func(name string, change func(p script, v *control.View)) scene {
		return state(name, "idle", func(p script) control.Snapshot {
			return control.Snapshot{Turn: p.asked(func(v *control.View) { p.answered(v); change(p, v) })}
		})
	}
	unanswered := func(v *control.View, outcome control.Outcome) {
		v.Answer, v.Usage, v.Timings, v.Outcome = "", nil, control.Timings{}, outcome
	}
	return []scene{
		ended("stopped", func(_ script, v *control.View) { unanswered(v, "cancelled") }),
		ended("superseded", func(_ script, v *control.View) { unanswered(v, "superseded") }),
		ended("retry-by-text", func(_ script, v *control.View) {
			unanswered(v, "failed")
			v.Engine, v.Retry, v.Beside = "realtime", true, "chat"
			v.Problem = &control.Problem{Code: "stream_cut", Message: "The answer was cut off on its way.", Hint: "Send the question again."}
		}),
		ended("beside-the-answer", func(_ script, v *control.View) {
			v.Problem = &control.Problem{Code: "speaker_lost", Message: "The loudspeaker went away.", Hint: "The answer stands in the panel."}
		}),
		ended("thought-harder", func(_ script, v *control.View) { v.Deep, v.Model = true, "gpt-5" }),
		ended("live-acts", func(p script, v *control.View) {
			v.Engine, v.Model, v.Answer = "realtime", "gpt-realtime", p.sentence
			v.Acts = []control.Act{{Name: "set_pace", Value: "slower"}, {Name: "think_harder", Value: "gpt-5"}}
		}),
		ended("read-offline", func(p script, v *control.View) {
			v.Engine, v.Model, v.Host, v.Usage, v.Answer, v.Shots[0].Sent = "offline", "", "", nil, p.sentence, false
			v.Timings = control.Timings{FirstText: 300, FirstSound: 450, Done: 500}
		}),
		ended("text-along", func(p script, v *control.View) { v.Along, v.Shots, v.Answer = 1840, nil, p.sentence }),
		ended("looks", func(p script, v *control.View) {
			v.Shots, v.Answer = append(lookedAt(), lookedAt()[0], lookedAt()[0]), p.sentence
			v.Shots[1].At, v.Shots[2].At = 1200, 2600
		}),
	}
}

// wayScenes are what the user is asked on the way to a question.
func wayScenes() []scene {
	aims := func(name, next, choosing string) scene {
		return scene{name: name, play: func(s *theatre) {
			s.show(control.Snapshot{Phase: "idle", Next: next})
			s.body.footer.set(control.Snapshot{Phase: "idle", Next: next}, false, choosing, time.Now())
		}}
	}
	said := func(name string, one control.Snapshot) scene {
		return state(name, one.Phase, func(script) control.Snapshot { return one })
	}
	return []scene{
		aims("draw-a-region", "", "region"), aims("pick-a-window", "", "pick"), aims("region-drawn", "region", ""), aims("window-picked", "pick", ""),
		said("nothing-heard", control.Snapshot{Phase: "idle", Hint: "Nothing heard. Hold the key while you speak."}),
		said("half-a-minute", control.Snapshot{
			Phase: "listening", Microphone: "open", Latched: true, Level: 0.4, Since: time.Now().Add(-90 * time.Second),
			Hint: "Half a minute is left, then what you said is asked. Esc discards it.", Turn: &control.View{ID: "t2", Shots: lookedAt()},
		}),
		said("microphone-kept-open", control.Snapshot{Phase: "idle", Engine: "chat", Model: "gpt-4o", Host: "api.openai.com", Microphone: "warm"}),
		said("microphone-tried", control.Snapshot{Phase: "idle", Engine: "chat", Model: "gpt-4o", Host: "api.openai.com", Microphone: "tried"}),
		said("problem-at-rest", control.Snapshot{Phase: "idle", Error: &control.Problem{
			Code: "mic_absent", Message: "The microphone you chose is not there.",
			Hint: "Plug it in, or choose another: aside devices lists them, aside settings set sound.microphone NAME chooses. Typed questions work.",
		}}),
		{name: "header-pointed-at", play: func(s *theatre) { s.show(control.Snapshot{Phase: "idle"}); s.body.header.over.MouseIn(nil) }},
		{name: "floating", configure: func(c *settings.Settings) { c.Panel.Mode, c.Panel.Width = "floating", 320 }, play: func(s *theatre) {
			s.window.Resize(fyne.NewSize(320, 480))
			s.show(control.Snapshot{Phase: "idle", Turn: s.play.asked(s.play.answered)})
		}},
		{name: "narrow", configure: func(c *settings.Settings) { c.Panel.Width = 320 }, play: func(s *theatre) {
			s.window.Resize(fyne.NewSize(320, shotHeight))
			s.show(control.Snapshot{Phase: "idle", Turn: s.play.asked(func(v *control.View) { s.play.answered(v); v.Answer, v.Shots = s.play.rich, nil })})
		}},
		{name: "narrow-speaking", phase: "speaking", configure: func(c *settings.Settings) { c.Panel.Width = 320 }, play: func(s *theatre) {
			s.window.Resize(fyne.NewSize(320, shotHeight))
			s.show(control.Snapshot{Phase: "speaking", Level: 0.5, Turn: s.play.asked(func(v *control.View) { s.play.answered(v); v.Outcome, v.Sentence = "asked", s.play.sentence })})
		}},
		{name: "wide", configure: func(c *settings.Settings) { c.Panel.Width = 560 }, play: func(s *theatre) {
			s.window.Resize(fyne.NewSize(560, shotHeight))
			s.show(control.Snapshot{Phase: "idle", Turn: s.play.asked(func(v *control.View) { s.play.answered(v); v.Answer = s.play.rich })})
		}},
	}
}
