package offline

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"aside/app/engine"
	"aside/audio"
	"aside/vision"
)

// only makes a PATH with nothing but some programs.
func only(t *testing.T, programs ...program) {
	t.Helper()
	dir := t.TempDir()
	for _, p := range programs {
		path, err := exec.LookPath(p.name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path, filepath.Join(dir, p.name)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
}

func TestWithoutTesseractOnlyTheScreenCannotBeRead(t *testing.T) {
	only(t)
	s := shot()
	r := ask(t, New(Config{}), engine.Prompt{Look: true}, &s, audio.Clip{})
	e, ok := errors.AsType[*engine.Error](r.err)
	if !ok || e.Code != "offline_missing" || e.Hint != "apt install tesseract-ocr" || !strings.Contains(e.Message, "tesseract") || r.text() != "" {
		t.Errorf("got %+v after %q", r.err, r.text())
	}
	r = ask(t, New(Config{}), engine.Prompt{Question: "read the selection"}, &s, audio.Clip{})
	if r.err != nil || !strings.Contains(r.text(), "selected wombats") {
		t.Errorf("the selection: %v, %q", r.err, r.text())
	}
	r = ask(t, New(Config{}), engine.Prompt{}, nil, audio.Clip{Rate: audio.RateListen, Samples: make([]int16, 3200)})
	if e, ok := errors.AsType[*engine.Error](r.err); !ok || e.Code != "offline_missing" || !strings.HasPrefix(e.Hint, "apt install pocketsphinx") {
		t.Errorf("the ear: %v", r.err)
	}
	for _, item := range Check(t.Context()) {
		if item.Package != speechModelPackage && (item.OK || item.Found != "") {
			t.Errorf("found %+v", item)
		}
	}
}

func TestWithoutAVoiceTheTextStillComes(t *testing.T) {
	need(t, tesseract())
	only(t, tesseract())
	s := shot()
	r := ask(t, New(Config{}), engine.Prompt{Question: "what does the error say", Speak: true}, &s, audio.Clip{})
	warnings := collect[engine.Warning](r)
	if r.err != nil || len(warnings) != 1 || warnings[0].Err.Code != "offline_missing" || warnings[0].Err.Hint != "apt install flite" {
		t.Errorf("got %v, warnings %+v", r.err, warnings)
	}
	if !strings.Contains(r.text(), "wombat") || len(collect[engine.Done](r)) != 1 {
		t.Errorf("the text is %q", r.text())
	}
}

// stuck puts a program in front of the PATH that notes its process and that of
// a child of its own and never ends. It returns the file with the notes.
func stuck(t *testing.T, p program) string {
	t.Helper()
	notes := filepath.Join(t.TempDir(), "notes")
	script(t, p, "sleep 600 & echo $$ $! > "+notes+".new; mv "+notes+".new "+notes+"; wait")
	return notes
}

// script puts a shell script in the place of a program.
func script(t *testing.T, p program, commands string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, p.name), []byte("#!/bin/sh\n"+commands+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
}

// noted waits until the program runs and returns the processes.
func noted(t *testing.T, notes string) []int {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		content, err := os.ReadFile(notes)
		if err != nil {
			continue
		}
		var pids []int
		for _, f := range strings.Fields(string(content)) {
			pid, err := strconv.Atoi(f)
			if err != nil {
				t.Fatal(err)
			}
			pids = append(pids, pid)
		}
		return pids
	}
	t.Fatal("the program was never started")
	return nil
}

// lives reports whether a process runs; one that waits to be reaped does not.
func lives(pid int) bool {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

func TestWhateverEndsAnExchangeEndsItsPrograms(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("there is no /proc")
	}
	model := t.TempDir()
	if err := os.WriteFile(filepath.Join(model, "cmudict-en-us.dict"), []byte("stop S T AA P\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	voice := audio.Clip{Rate: audio.RateListen, Samples: make([]int16, audio.RateListen)}
	s := shot()
	for _, stage := range []struct {
		name      string
		program   program
		prompt    engine.Prompt
		shot      *vision.Shot
		utterance audio.Clip
	}{
		{"reading", tesseract(), engine.Prompt{Look: true}, &s, audio.Clip{}},
		{"hearing", pocketsphinx(), engine.Prompt{}, nil, voice},
		{"speaking", flite(), engine.Prompt{Question: "read the selection", Speak: true}, &s, audio.Clip{}},
	} {
		for _, end := range []struct {
			name string
			do   func(x engine.Exchange, cancel context.CancelFunc) error
		}{
			{"close", func(x engine.Exchange, _ context.CancelFunc) error { return x.Close() }},
			{"interrupt", func(x engine.Exchange, _ context.CancelFunc) error { return x.Interrupt(time.Second) }},
			{"context", func(_ engine.Exchange, cancel context.CancelFunc) error { cancel(); return nil }},
		} {
			t.Run(stage.name+" "+end.name, func(t *testing.T) {
				notes := stuck(t, stage.program)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				e := New(Config{})
				e.ear = &Ear{model}
				x, err := e.Start(ctx, stage.prompt)
				if err != nil {
					t.Fatal(err)
				}
				for f := range stage.utterance.Frames() {
					_ = x.Send(f)
				}
				if stage.shot != nil {
					_ = x.Show(*stage.shot)
				}
				if err := x.Commit(); err != nil {
					t.Fatal(err)
				}
				over := make(chan reaction)
				go func() { over <- receive(t, x) }()
				pids := noted(t, notes)
				ended := time.Now()
				if err := end.do(x, cancel); err != nil {
					t.Fatal(err)
				}
				if r := <-over; r.err == nil {
					t.Error("the reply ended as if it were complete")
				}
				if err := errors.Join(x.Close(), x.Close()); err != nil {
					t.Fatal(err)
				}
				if err := x.Commit(); err == nil {
					t.Error("a closed exchange takes a commit")
				}
				for _, pid := range pids {
					for deadline := ended.Add(time.Second); lives(pid); time.Sleep(5 * time.Millisecond) {
						if time.Now().After(deadline) {
							t.Fatalf("process %d of %s still runs", pid, stage.program.name)
						}
					}
				}
			})
		}
	}
}

func TestWordsAndKeysAreNotForOthersToSee(t *testing.T) {
	need(t, tesseract(), flite(), pocketsphinx())
	if _, err := os.Stat("/proc/self/cmdline"); err != nil {
		t.Skip("there is no /proc")
	}
	temporary := t.TempDir()
	log := filepath.Join(t.TempDir(), "seen")
	t.Setenv("ASIDE_API_KEY", "wombat key")
	t.Setenv("TMPDIR", temporary)
	question := uttered(t, "rms", "find seconds")
	for _, p := range []program{tesseract(), pocketsphinx(), flite()} {
		path, err := p.find()
		if err != nil {
			t.Fatal(err)
		}
		script(t, p, `{ cat /proc/$$/cmdline /proc/$$/environ | tr '\0' ' '; echo; } >> `+log+"\nexec "+path+` "$@"`)
	}
	s := shot()
	if r := ask(t, New(Config{}), engine.Prompt{Speak: true}, &s, question); r.err != nil || !strings.Contains(r.text(), "12 seconds") {
		t.Fatalf("got %v, %q", r.err, r.text())
	}
	if r := ask(t, New(Config{}), engine.Prompt{Question: "find wombat", Speak: true}, &s, audio.Clip{}); r.err != nil {
		t.Fatal(r.err)
	}
	seen, err := os.ReadFile(log)
	if err != nil || strings.Count(string(seen), "\n") < 6 {
		t.Fatalf("the programs were not watched: %v\n%s", err, seen)
	}
	for _, word := range []string{"wombat", "seconds", "compiling", "find"} {
		if strings.Contains(string(seen), word) {
			t.Errorf("others can see %q:\n%s", word, seen)
		}
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("left on disk: %v, %v", left, err)
	}
}

func TestAProgramThatFailsOrNeverStopsPrinting(t *testing.T) {
	s := shot()
	for _, commands := range []string{"exit 3", "cat /dev/zero", "kill -9 $$"} {
		t.Run(commands, func(t *testing.T) {
			script(t, tesseract(), commands)
			if r := ask(t, New(Config{}), engine.Prompt{Question: "find x"}, &s, audio.Clip{}); engine.Code(r.err) != "offline_broken" {
				t.Errorf("got %v", r.err)
			}
		})
	}
}

func TestAProgramThatTakesTooLongIsEnded(t *testing.T) {
	script(t, tesseract(), "exec sleep 600")
	_, err := child{program: tesseract(), limit: 100 * time.Millisecond}.run(t.Context())
	if engine.Code(err) != "timed_out" {
		t.Errorf("got %v", err)
	}
}
