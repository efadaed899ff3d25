package e2e

import (
	"bytes"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"aside/app/control"
	"aside/app/desk"
	"aside/app/engine/enginetest"
	"aside/audio"
)

// figures are sums, by their unit.
type figures map[string]float64

func (f figures) add(unit string, d time.Duration) { f[unit] += float64(d.Microseconds()) / 1000 }

// bench is what a benchmark of whole turns works with.
type bench struct {
	*core
	service *enginetest.Server
	display *display
	heard   *desk.Recording
	wav     string // of the question
	tone    string // a sound file, for the floor
	window  uint64
	sums    figures
}

// BenchmarkTurn asks aloud and cuts the answer off. Times of the display, the
// service, the sound server and the loudspeaker are taken there: the key until the
// server lists the recording, key up until the last of the utterance has reached
// the service, and the key until the loudspeaker's recording is silent. First
// sample, pixels, picture, text and sound are the core's own account. Beside them
// stand, in an order that changes, the same body posted by the bare standard
// library, a whole program that takes the same picture, another that records, a
// player that is killed, and the sound server's list.
func BenchmarkTurn(b *testing.B) {
	c, s := chatting(b, "")
	s.Script(enginetest.Speech, enginetest.Tone(20*time.Second))
	c.terminal("notes", c.file("page.txt", page))
	wav, _ := c.spoken("what is on my screen", 100*time.Millisecond)
	heard, err := c.Listen(c.ctx)
	if err != nil {
		b.Fatal(err)
	}
	tone := audio.Clip{Rate: audio.RateListen, Samples: make([]int16, audio.Samples(10*time.Second, audio.RateListen))}
	for i := range tone.Samples {
		tone.Samples[i] = int16(8000 * (1 - 2*(i/16%2))) // a square wave of 500 Hz
	}
	t := bench{
		core: c, service: s, display: c.display(), heard: heard, wav: wav, window: c.front(), sums: figures{},
		tone: c.file("tone.wav", string(audio.WAV(tone))),
	}
	turns := 0
	for b.Loop() {
		wait := rand.N(50 * time.Millisecond)
		for _, i := range rand.Perm(4) {
			[]func(){func() { t.asks(wait); t.cuts() }, t.picturePeer, func() { t.recorderPeer(wait) }, t.playerFloor}[i]()
		}
		turns++
	}
	b.ReportMetric(0, "ns/op") // it is mostly speech
	for unit, total := range t.sums {
		b.ReportMetric(total/float64(turns), unit)
	}
}

// asks holds the key, speaks, lets go, and waits until the answer is heard.
func (t bench) asks(wait time.Duration) {
	t.Helper()
	n := len(t.service.Requests(enginetest.Transcriptions))
	t.anyTime(wait)
	heard := len(t.sound.microphones())
	down := t.display.press()
	if err := t.Play(t.ctx, t.wav); err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond) // so that no word is cut, and its tail is not waited for
	up := t.display.release()
	sent, err := t.service.Await(t.ctx, enginetest.Transcriptions, n+1)
	if err != nil {
		t.Fatal(err)
	}
	pieces := sent[n].Pieces
	t.sums.add("ms-up→heard", pieces[len(pieces)-1].At.Sub(up)) // the last of the utterance is there
	v := t.watch("sound", func(s control.Snapshot) bool { return s.Turn != nil && s.Turn.Timings.FirstSound > 0 }).Turn
	t.sums.add("ms-down→listed(server)", t.sound.microphones()[heard].began.Sub(down))
	t.sums["ms-down→sample"] += v.Timings.Sample
	t.sums["ms-down→pixels"] += v.Timings.Pixels
	t.sums["ms-down→encoded"] += v.Timings.Encoded
	t.sums["ms-up→text"] += float64(v.Timings.FirstText)
	t.sums["ms-up→sound"] += float64(v.Timings.FirstSound)
	t.post(sent[n])
}

// post sends what the core sent once more, with nothing but the standard
// library, and notes how long it was on its way.
func (t bench) post(r enginetest.Request) {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	file, err := form.CreateFormFile("file", "question.wav")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write(audio.WAV(r.Utterance)); err != nil {
		t.Fatal(err)
	}
	for name, value := range r.Fields {
		if text, ok := value.(string); ok && name != "file" && form.WriteField(name, text) != nil {
			t.Fatal("write field")
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	n := len(t.service.Requests(enginetest.Transcriptions))
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	began := time.Now()
	response, err := client.Post(t.service.URL+enginetest.Transcriptions, form.FormDataContentType(), &body)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	pieces := t.service.Requests(enginetest.Transcriptions)[n].Pieces
	t.sums.add("ms-post(floor)", pieces[len(pieces)-1].At.Sub(began)) // as that of the core
}

// cuts presses the key while the answer is heard.
func (t bench) cuts() {
	t.Helper()
	t.untilLoud()
	place := t.heard.Clock()
	pressed := t.display.press()
	t.until("the end of the stream", func() bool { return t.voices() == 0 })
	t.sums.add("ms-press→gone(pactl)", time.Since(pressed))
	t.sums.add("ms-press→silence", t.loudUntil(place(pressed)))
	t.display.release()
	t.ended()
	began := time.Now()
	t.voices()
	t.sums.add("ms-pactl(floor)", time.Since(began))
}

// playerFloor is cuts with a player that is simply killed.
func (t bench) playerFloor() {
	t.Helper()
	cmd := t.Command(t.ctx, "paplay", "--latency-msec=20", "-d", "speaker", t.tone)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.untilLoud()
	place := t.heard.Clock()
	killed := time.Now()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	t.sums.add("ms-kill→silence(floor)", t.loudUntil(place(killed)))
}

// picturePeer is a program that does nothing but take the window as JPEG.
func (t bench) picturePeer() {
	t.Helper()
	began := time.Now()
	out, err := t.Output(t.ctx, "maim", "-u", "-f", "jpg", "-i", strconv.FormatUint(t.window, 10), filepath.Join(t.Dir, "peer.jpg"))
	if err != nil {
		t.Fatal(err, out)
	}
	t.sums.add("ms-maim(peer)", time.Since(began))
}

// anyTime waits for a place in the blocks in which the sound server works while
// nobody records: they are counted from the end of a recording.
func (t bench) anyTime(wait time.Duration) {
	t.Helper()
	t.recordsOnce()
	time.Sleep(100*time.Millisecond + wait)
}

// recorderPeer is a program that does nothing but record, begun at the same
// place of a block as the question.
func (t bench) recorderPeer(wait time.Duration) {
	t.Helper()
	t.anyTime(wait)
	t.sums.add("ms-parec(peer)", t.recordsOnce())
}

// recordsOnce records until there is a first sample, and says how long that took.
func (t bench) recordsOnce() time.Duration {
	t.Helper()
	cmd := t.Command(t.ctx, "parec", "--raw", "--latency-msec=10", "--rate=16000", "--channels=1", "--format=s16le")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, 2)); err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	_ = cmd.Process.Kill()
	_ = cmd.Wait() // it was killed
	return took
}

// loud is how loud a sample must be to be no silence.
const loud = 300

// untilLoud waits until something is heard now.
func (t bench) untilLoud() {
	t.Helper()
	from := len(t.heard.Samples())
	t.until("a sound", func() bool { return audio.Peak(t.heard.Samples()[from:]) > loud })
}

// loudUntil is how long the loudspeaker went on after a place in the
// recording.
func (t bench) loudUntil(from int) time.Duration {
	t.Helper()
	const quiet = desk.RecordRate / 5
	last := max(0, from)
	t.until("silence", func() bool {
		all := t.heard.Samples()
		for i := last; i < len(all); i++ {
			if max(all[i], -all[i]) > loud {
				last = i + 1
			}
		}
		return len(all)-last > quiet
	})
	return audio.Duration(last-from, desk.RecordRate)
}
