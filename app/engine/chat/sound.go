package chat

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"mime"
	"strconv"

	"github.com/hajimehoshi/go-mp3"

	"aside/app/engine"
	"aside/app/engine/remote"
	"aside/audio"
)

// format is how speech is sent, by the name that the API has for it.
type format string

const (
	formatPCM format = "pcm" // 24 kHz, mono, 16 bits
	formatWAV format = "wav"
	formatMP3 format = "mp3"
)

// play yields the sound of a response as it comes, and in which format it came:
// some services do not send what they are asked for.
func play(in *bufio.Reader, contentType string, yield func(format, audio.Frame) error) error {
	got, rate, err := formatOf(in, contentType)
	if err != nil {
		return err
	}
	out := &frames{yield: func(f audio.Frame) error { return yield(got, f) }}
	switch got {
	case formatWAV:
		err = playWAV(in, out)
	case formatMP3:
		err = playMP3(in, out)
	default:
		err = playPCM(in, rate, out)
	}
	if err == nil {
		err = out.flush()
	}
	if err == nil && !out.heard {
		err = soundless("Check speak.model and speak.voice.")
	}
	return err
}

func soundless(hint string) error {
	return &engine.Error{Code: "bad_response", Message: "The service sent no sound.", Hint: hint}
}

func unreadable(err error) error {
	return &engine.Error{Code: "bad_response", Message: "The service sent sound that cannot be read.", Hint: "Check speak.model.", Err: remote.Severed(err)}
}

// formatOf says what a response is, by its type and by how it begins, and at
// which rate its samples are if they are bare.
func formatOf(in *bufio.Reader, contentType string) (format, int, error) {
	kind, parameters, _ := mime.ParseMediaType(contentType) // what does not parse is judged by its bytes
	switch kind {
	case "application/json", "text/html", "text/plain", "text/event-stream":
		return "", 0, soundless("Check speak.base_url and speak.model.")
	}
	head, _ := in.Peek(4) // what is shorter is no sound, as will be seen
	switch {
	case string(head) == "RIFF":
		return formatWAV, 0, nil
	case bytes.HasPrefix(head, []byte("ID3")), kind == "audio/mpeg", kind == "audio/mp3", kind == "audio/x-mp3", kind == "audio/mpeg3":
		return formatMP3, 0, nil
	case string(head) == "OggS", string(head) == "fLaC", kind == "audio/ogg", kind == "audio/opus", kind == "audio/flac", kind == "audio/aac", kind == "audio/webm", kind == "audio/mp4":
		return "", 0, &engine.Error{Code: "bad_response", Message: "The service sends only compressed sound.", Hint: "Use a service that can send pcm, wav or mp3."}
	case kind != "audio/pcm" && kind != "audio/L16" && layer3(in):
		return formatMP3, 0, nil
	}
	rate, err := strconv.Atoi(parameters["rate"])
	if err != nil || rate < 8000 || rate > 192000 {
		rate = audio.RateSpeak
	}
	return formatPCM, rate, nil
}

// layer3 reports whether a response of unknown type begins with two frames of
// MP3. Samples may look like the head of one, but not of a second where the
// first ends.
func layer3(in *bufio.Reader) bool {
	head, _ := in.Peek(4)
	n := layer3Length(head)
	if n == 0 {
		return false
	}
	both, _ := in.Peek(n + 4)
	return len(both) == n+4 && layer3Length(both[n:]) > 0
}

// layer3Length returns the length in bytes of the frame of MP3 that begins
// with head, 0 if that is none.
func layer3Length(head []byte) int {
	if len(head) < 4 || head[0] != 0xFF || head[1]&0xE6 != 0xE2 || head[1]&0x18 == 0x08 {
		return 0
	}
	version, bitrate, rate, padding := head[1]>>3&3, int(head[2]>>4), head[2]>>2&3, int(head[2]>>1&1)
	if bitrate == 0 || bitrate == 15 || rate == 3 {
		return 0
	}
	hertz := [3]int{44100, 48000, 32000}[rate]
	if version == 3 { // MPEG-1
		kilobits := [16]int{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}[bitrate]
		return 144000*kilobits/hertz + padding
	}
	hertz /= 2
	if version == 0 { // MPEG-2.5
		hertz /= 2
	}
	kilobits := [16]int{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}[bitrate]
	return 72000*kilobits/hertz + padding
}

// frames cuts samples of any rate into frames of audio.RateSpeak.
type frames struct {
	yield     func(audio.Frame) error
	resampler *audio.Resampler
	rest      []int16
	heard     bool
}

func (f *frames) push(rate int, samples []int16) error {
	if f.resampler == nil {
		f.resampler = audio.NewResampler(rate, audio.RateSpeak)
	}
	f.rest = append(f.rest, f.resampler.Process(samples)...)
	n := audio.Samples(audio.FrameDuration, audio.RateSpeak)
	for len(f.rest) >= n {
		if err := f.emit(n); err != nil {
			return err
		}
	}
	return nil
}

// flush yields what is left.
func (f *frames) flush() error {
	if f.resampler == nil {
		return nil
	}
	f.rest = append(f.rest, f.resampler.Flush()...)
	for len(f.rest) > 0 {
		if err := f.emit(min(len(f.rest), audio.Samples(audio.FrameDuration, audio.RateSpeak))); err != nil {
			return err
		}
	}
	return nil
}

func (f *frames) emit(n int) error {
	f.heard = true
	samples := append([]int16(nil), f.rest[:n]...)
	f.rest = append(f.rest[:0], f.rest[n:]...)
	return f.yield(audio.Frame{Rate: audio.RateSpeak, Samples: samples})
}

// blocks calls do with blocks of size bytes as they come; the last is shorter.
func blocks(in io.Reader, size int, do func([]byte) error) error {
	block := make([]byte, size)
	for {
		n, err := io.ReadFull(in, block)
		if n > 0 {
			if err := do(block[:n]); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return remote.Failed(err)
		}
	}
}

// playPCM reads little-endian 16-bit samples; half a one at the end is dropped.
func playPCM(in io.Reader, rate int, out *frames) error {
	return blocks(in, 2*audio.Samples(audio.FrameDuration, rate), func(b []byte) error {
		if len(b) < 2 {
			return nil
		}
		return out.push(rate, samples(b))
	})
}

// samples reads little-endian 16-bit samples; half a one at the end is dropped.
func samples(b []byte) []int16 {
	all := make([]int16, len(b)/2)
	for i := range all {
		all[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return all
}

// longestHead bounds what may stand before the samples of a WAV file, in bytes.
const longestHead = 64 << 10

// playWAV reads a WAV file as it comes: block after block, each as a small file
// with the same head.
func playWAV(in io.Reader, out *frames) error {
	head, size, err := wavHead(in)
	if err != nil {
		return err
	}
	if size > 0 && size < 0xFFFFFF00 { // else it was not known when it was written
		in = io.LimitReader(in, size)
	}
	align := wavAlign(head)
	head = append(head, "data\xff\xff\xff\xff"...)
	return blocks(in, align*(1+2048/align), func(b []byte) error {
		clip, err := audio.DecodeWAV(append(head[:len(head):len(head)], b...))
		if err != nil {
			return unreadable(err)
		}
		return out.push(clip.Rate, clip.Samples)
	})
}

// wavHead reads what stands before the samples, and how many bytes they are
// said to have.
func wavHead(in io.Reader) (head []byte, size int64, err error) {
	read := func(n int) []byte {
		at := len(head)
		head = append(head, make([]byte, n)...)
		if err == nil {
			_, err = io.ReadFull(in, head[at:])
		}
		return head[at:]
	}
	read(12)
	for err == nil && len(head) < longestHead {
		chunk := read(8)
		size = int64(binary.LittleEndian.Uint32(chunk[4:]))
		if string(chunk[:4]) == "data" && err == nil {
			return head[:len(head)-8], size, nil
		}
		if size > longestHead {
			break
		}
		read(int(size + size%2))
	}
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, 0, remote.Failed(err)
	}
	return nil, 0, unreadable(audio.ErrFormat)
}

// wavAlign is how many bytes the samples of one moment have, by the format in
// a head; 1 if it does not say.
func wavAlign(head []byte) int {
	at := bytes.Index(head, []byte("fmt "))
	if at < 0 || at+22 > len(head) {
		return 1
	}
	return max(1, int(binary.LittleEndian.Uint16(head[at+20:])))
}

// source remembers why it ended: a decoder may say it in words of its own.
type source struct {
	io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// playMP3 reads MP3 as it comes.
func playMP3(in io.Reader, out *frames) (err error) {
	from := &source{Reader: in}
	var taken error // why nobody takes the sound any longer
	defer func() {
		if p := recover(); p != nil { // the decoder trusts its input
			err = unreadable(fmt.Errorf("decode MP3: %v", p))
		}
		switch {
		case taken != nil:
			err = taken
		case from.err != nil:
			err = remote.Failed(from.err)
		}
	}()
	decoder, err := mp3.NewDecoder(from)
	if err != nil {
		return unreadable(err)
	}
	const size = 4 * 576 // of two channels of 16 bits, whatever the file has
	block := make([]byte, size)
	for {
		n, err := io.ReadFull(decoder, block)
		both := samples(block[:n])
		mono := make([]int16, len(both)/2)
		for i := range mono {
			mono[i] = int16((int(both[2*i]) + int(both[2*i+1])) / 2)
		}
		if taken = out.push(decoder.SampleRate(), mono); taken != nil {
			return taken
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return unreadable(err)
		}
	}
}
