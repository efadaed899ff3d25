//go:build unix

package device_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"aside/audio"
	"aside/audio/device"
)

func TestPlaybackIsOnTheLoudspeakerWhole(t *testing.T) {
	onEach(t, func(r rig) {
		ear, err := r.desk.Listen(r.Context())
		if err != nil {
			r.Fatal(err)
		}
		play := r.play()
		r.wantStreams(r.desk.Loudspeakers, 0, "before the first frame")
		if err := write(r.Context(), play, tone(audio.RateSpeak, time.Second, 700)); err != nil {
			r.Fatal(err)
		}
		r.wantStreams(r.desk.Loudspeakers, 1, "while playing")
		if err := play.Drain(r.Context()); err != nil {
			r.Fatal(err)
		}
		r.wantStreams(r.desk.Loudspeakers, 0, "after Drain")
		if got := play.Played(); got != time.Second {
			r.Errorf("%v played, want 1s", got)
		}
		if err := play.Close(); err != nil {
			r.Error(err)
		}
		heard := ear.Stop()
		from, to := sounding(heard, audio.RateListen)
		if got := audio.Duration(to-from, audio.RateListen); (got - time.Second).Abs() > 50*time.Millisecond {
			r.Errorf("%v heard, want 1s", got)
		}
		// Miniaudio, the way of last resort, stutters on a sink whose clock is a
		// timer. Our own way must not.
		if got := breaks(heard[from:to], audio.RateListen, 700); r.backend == device.Pulse && got > 0 {
			r.Errorf("the tone breaks %d times", got)
		}
	})
}

func TestPlayedGrowsWithTheSound(t *testing.T) {
	onEach(t, func(r rig) {
		play := r.play()
		var last, begun time.Duration
		began := time.Now()
		for f := range tone(audio.RateSpeak, time.Second, 300).Frames() {
			if err := play.Write(r.Context(), f); err != nil {
				r.Fatal(err)
			}
			played := play.Played()
			if played < last {
				r.Fatalf("played went from %v to %v", last, played)
			}
			last = played
			if begun == 0 && played > 0 {
				begun = time.Since(began) - played
			}
			if real := time.Since(began); played > real+10*time.Millisecond {
				r.Fatalf("%v played after %v", played, real)
			}
		}
		if last < 700*time.Millisecond {
			r.Errorf("%v played when all but the last 140ms can wait", last)
		}
		if err := play.Drain(r.Context()); err != nil {
			r.Fatal(err)
		}
		// A second voice goes on where the first one ended.
		if err := write(r.Context(), play, tone(audio.RateSpeak, 200*time.Millisecond, 300)); err != nil {
			r.Fatal(err)
		}
		if err := play.Drain(r.Context()); err != nil {
			r.Fatal(err)
		}
		if got := play.Played(); got != 1200*time.Millisecond {
			r.Errorf("%v played, want 1.2s", got)
		}
		if err := play.Close(); err != nil {
			r.Error(err)
		}
	})
}

func TestFlushCutsAtOnce(t *testing.T) {
	onEach(t, func(r rig) {
		ear, err := r.desk.Listen(r.Context())
		if err != nil {
			r.Fatal(err)
		}
		play := r.play()
		if err := write(r.Context(), play, tone(audio.RateSpeak, 400*time.Millisecond, 700)); err != nil {
			r.Fatal(err)
		}
		// As a turn that is cut off: the writer's context ends, then Flush.
		ctx, cancel := context.WithCancel(r.Context())
		blocked := make(chan error, 1)
		go func() { blocked <- write(ctx, play, tone(audio.RateSpeak, time.Minute, 700)) }()
		cancel()
		play.Flush()
		played := play.Played()
		if err := <-blocked; !errors.Is(err, context.Canceled) && err != nil {
			r.Errorf("Write that was flushed: %v", err)
		}
		r.wantStreams(r.desk.Loudspeakers, 0, "after Flush")
		play.Flush()
		if err := play.Close(); err != nil {
			r.Error(err)
		}
		from, to := sounding(ear.Stop(), audio.RateListen)
		heard := audio.Duration(to-from, audio.RateListen)
		if heard > played+80*time.Millisecond || heard < 200*time.Millisecond {
			r.Errorf("%v heard and %v said to be played", heard, played)
		}
		if played > 450*time.Millisecond || played < 200*time.Millisecond {
			r.Errorf("%v played, want less than what was written", played)
		}
	})
}

func TestCancelledWriteAfterFlushStaysSilent(t *testing.T) {
	onEach(t, func(r rig) {
		play := r.play()
		ctx, cancel := context.WithCancel(r.Context())
		cancel()
		play.Flush()
		r.wantError(write(ctx, play, tone(audio.RateSpeak, time.Second, 700)), context.Canceled)
		r.wantStreams(r.desk.Loudspeakers, 0, "after a cancelled Write")
		if err := play.Close(); err != nil {
			r.Error(err)
		}
		r.wantError(write(r.Context(), play, tone(audio.RateSpeak, time.Second, 700)), audio.ErrLost)
	})
}

func TestPlaybackGoesOnAfterAnUnderrun(t *testing.T) {
	onEach(t, func(r rig) {
		ear, err := r.desk.Listen(r.Context())
		if err != nil {
			r.Fatal(err)
		}
		play := r.play()
		part := tone(audio.RateSpeak, 200*time.Millisecond, 700)
		for i := range 2 {
			if i > 0 {
				<-time.After(500 * time.Millisecond) // the network's gap
				r.wantStreams(r.desk.Loudspeakers, 1, "in the gap")
				if got := play.Played(); (got - part.Duration()).Abs() > 20*time.Millisecond {
					r.Errorf("%v played in the gap, want %v", got, part.Duration())
				}
			}
			if err := write(r.Context(), play, part); err != nil {
				r.Fatal(err)
			}
		}
		if err := play.Drain(r.Context()); err != nil {
			r.Fatal(err)
		}
		if got := play.Played(); got != 2*part.Duration() {
			r.Errorf("%v played, want %v", got, 2*part.Duration())
		}
		if err := play.Close(); err != nil {
			r.Error(err)
		}
		heard := ear.Stop()
		loud := 0
		for block := range (audio.Clip{Rate: audio.RateListen, Samples: heard}).Frames() {
			if audio.RMS(block.Samples) > 500 {
				loud++
			}
		}
		if got := time.Duration(loud) * audio.FrameDuration; (got - 2*part.Duration()).Abs() > 80*time.Millisecond {
			r.Errorf("%v heard, want %v", got, 2*part.Duration())
		}
	})
}

func TestGainActsOnWhatFollows(t *testing.T) {
	onEach(t, func(r rig) {
		ear, err := r.desk.Listen(r.Context())
		if err != nil {
			r.Fatal(err)
		}
		play := r.play()
		play.SetGain(0.25)
		if err := write(r.Context(), play, tone(audio.RateSpeak, 300*time.Millisecond, 700)); err != nil {
			r.Fatal(err)
		}
		if err := play.Drain(r.Context()); err != nil {
			r.Fatal(err)
		}
		if err := play.Close(); err != nil {
			r.Error(err)
		}
		heard := ear.Stop()
		from, to := sounding(heard, audio.RateListen)
		if got := audio.Peak(heard[from:to]); got < 1800 || got > 2200 {
			r.Errorf("peak is %d, want a quarter of 8000", got)
		}
	})
}

func TestServerKilledWhilePlaying(t *testing.T) {
	onEach(t, func(r rig) {
		play := r.play()
		if err := write(r.Context(), play, tone(audio.RateSpeak, 300*time.Millisecond, 700)); err != nil {
			r.Fatal(err)
		}
		r.signal(syscall.SIGKILL)
		r.within(3*time.Second, "Write", func() {
			r.wantError(write(r.Context(), play, tone(audio.RateSpeak, time.Minute, 700)), audio.ErrLost, audio.ErrStalled)
		})
		r.within(2500*time.Millisecond, "Close", func() {
			if err := play.Close(); err != nil {
				r.Error(err)
			}
		})
	})
}

func TestServerFrozenWhilePlaying(t *testing.T) {
	onEach(t, func(r rig) {
		play := r.play()
		if err := write(r.Context(), play, tone(audio.RateSpeak, 300*time.Millisecond, 700)); err != nil {
			r.Fatal(err)
		}
		r.signal(syscall.SIGSTOP)
		r.within(3*time.Second, "Write", func() {
			r.wantError(write(r.Context(), play, tone(audio.RateSpeak, time.Minute, 700)), audio.ErrStalled)
		})
		r.within(2500*time.Millisecond, "Close", func() {
			if err := play.Close(); err != nil {
				r.Error(err)
			}
		})
		r.signal(syscall.SIGCONT)
		err := r.desk.Until(r.Context(), "playback to end", func() bool { return r.streams(r.desk.Loudspeakers) == 0 })
		if err != nil {
			r.Error(err)
		}
	})
}

func TestALoudspeakerThatStallsAfterAGapIsNoticed(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		play := r.play()
		if err := write(r.Context(), play, tone(audio.RateSpeak, 200*time.Millisecond, 700)); err != nil {
			r.Fatal(err)
		}
		<-time.After(1500 * time.Millisecond) // longer than a stall may last
		r.pactl("suspend-sink", "speaker", "1")
		ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
		defer cancel()
		r.wantError(write(ctx, play, tone(audio.RateSpeak, time.Minute, 700)), audio.ErrStalled)
		if err := play.Close(); err != nil {
			r.Error(err)
		}
	})
}

// An idle sink that can rewind finishes a block of two seconds first, and this
// one runs at another rate after it.
func TestALoudspeakerThatTakesLongToBeginIsWaitedFor(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		r.pactl("load-module", "module-null-sink", "sink_name=slow", "rate=44100")
		r.pactl("set-default-sink", "slow")
		part := tone(audio.RateSpeak, 200*time.Millisecond, 700)
		for i := range 2 {
			play := r.play()
			err := write(r.Context(), play, part)
			if err == nil {
				err = play.Drain(r.Context())
			}
			if err != nil || play.Played() != part.Duration() {
				r.Errorf("answer %d: %v played, %v", i+1, play.Played(), err)
			}
			if err := play.Close(); err != nil {
				r.Error(err)
			}
		}
		sinks, err := r.desk.Output(r.Context(), "pactl", "list", "short", "sinks")
		if err != nil || strings.Contains(sinks, "44100Hz") {
			r.Errorf("the rate was not changed, %v:\n%s", err, sinks)
		}
	})
}

func TestAnAnswerGoesOnOnAnotherLoudspeaker(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		r.pactl("load-module", "module-null-sink", "sink_name=slow", "rate=44100")
		play := r.play()
		part := tone(audio.RateSpeak, 600*time.Millisecond, 700)
		if err := write(r.Context(), play, part); err != nil {
			r.Fatal(err)
		}
		all, err := r.desk.Loudspeakers(r.Context())
		if err != nil || len(all) != 1 {
			r.Fatalf("playbacks are %+v, %v, want one", all, err)
		}
		r.pactl("move-sink-input", strconv.Itoa(all[0].Index), "slow")
		if err := write(r.Context(), play, part); err != nil {
			r.Error(err)
		}
		if err := play.Drain(r.Context()); err != nil || play.Played() != 2*part.Duration() {
			r.Errorf("%v played, %v", play.Played(), err)
		}
		if err := play.Close(); err != nil {
			r.Error(err)
		}
	})
}

func TestNoLoudspeaker(t *testing.T) {
	onEach(t, func(r rig) {
		r.pactl("unload-module", "module-null-sink")
		play := r.play()
		r.wantError(write(r.Context(), play, tone(audio.RateSpeak, time.Second, 700)), audio.ErrNoLoudspeaker)
		if err := play.Close(); err != nil {
			r.Error(err)
		}
	})
}

func TestFrameOfAnotherRateIsRefused(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		err := r.play().Write(r.Context(), audio.Frame{Rate: 8000, Samples: make([]int16, 160)})
		if !errors.Is(err, audio.ErrFormat) {
			r.Errorf("error is %v, want %v", err, audio.ErrFormat)
		}
	})
}
