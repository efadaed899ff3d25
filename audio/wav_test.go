package audio_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"aside/audio"
)

func TestWAVIsReadBackAsItWasWritten(t *testing.T) {
	want := audio.Clip{Rate: 16000, Samples: tone(16000, 30*time.Millisecond, 440, 30000)}
	file := audio.WAV(want)
	if got := len(file); got != 44+2*len(want.Samples) {
		t.Fatalf("file has %d bytes, want 44 and the samples", got)
	}
	got, err := audio.DecodeWAV(file)
	if err != nil {
		t.Fatal(err)
	}
	if got.Rate != want.Rate || len(got.Samples) != len(want.Samples) {
		t.Fatalf("read %d samples at %d Hz", len(got.Samples), got.Rate)
	}
	for i := range want.Samples {
		if got.Samples[i] != want.Samples[i] {
			t.Fatalf("sample %d is %d, want %d", i, got.Samples[i], want.Samples[i])
		}
	}
}

func TestAWAVOfUnknownLengthEndsWhereItsBytesEnd(t *testing.T) {
	want := audio.Clip{Rate: 16000, Samples: tone(16000, 30*time.Millisecond, 440, 30000)}
	var file bytes.Buffer
	if err := audio.WriteOpenWAV(&file, want.Rate); err != nil {
		t.Fatal(err)
	}
	if err := binary.Write(&file, binary.LittleEndian, want.Samples); err != nil {
		t.Fatal(err)
	}
	got, err := audio.DecodeWAV(file.Bytes())
	if err != nil || got.Rate != want.Rate || !slices.Equal(got.Samples, want.Samples) {
		t.Errorf("read %d samples at %d Hz, %v", len(got.Samples), got.Rate, err)
	}
}

// wavFile makes a file out of the parts of its format and raw samples.
func wavFile(tag, channels uint16, rate uint32, bits uint16, data []byte) []byte {
	var b bytes.Buffer
	align := channels * bits / 8
	b.WriteString("RIFF")
	_ = binary.Write(&b, binary.LittleEndian, uint32(36+len(data)))
	b.WriteString("WAVEfmt ")
	_ = binary.Write(&b, binary.LittleEndian, struct {
		Size          uint32
		Tag, Channels uint16
		Rate, Bytes   uint32
		Align, Bits   uint16
	}{16, tag, channels, rate, rate * uint32(align), align, bits})
	b.WriteString("data")
	_ = binary.Write(&b, binary.LittleEndian, uint32(len(data)))
	b.Write(data)
	return b.Bytes()
}

func floats(v ...float32) []byte {
	var b []byte
	for _, f := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
	}
	return b
}

func TestDecodeWAVUnderstands(t *testing.T) {
	patch := func(file []byte, at int, size uint32) []byte {
		file = bytes.Clone(file)
		binary.LittleEndian.PutUint32(file[at:], size)
		return file
	}
	plain := wavFile(1, 1, 16000, 16, []byte{0, 0x40, 0, 0xC0})
	extensible := bytes.Clone(plain[:36])
	binary.LittleEndian.PutUint32(extensible[16:], 40)
	binary.LittleEndian.PutUint16(extensible[20:], 0xFFFE)
	extensible = append(extensible, 22, 0, 16, 0, 4, 0, 0, 0, 1, 0)
	extensible = append(extensible, make([]byte, 14)...)
	extensible = append(extensible, plain[36:]...)
	list := append(bytes.Clone(plain[:36]), "LIST\x03\x00\x00\x00abc\x00"...)
	list = append(list, plain[36:]...)

	for _, tt := range []struct {
		name string
		file []byte
		want []int16
	}{
		{"8 bits, unsigned", wavFile(1, 1, 8000, 8, []byte{0, 128, 255}), []int16{-32768, 0, 32512}},
		{"16 bits", plain, []int16{16384, -16384}},
		{"24 bits", wavFile(1, 1, 8000, 24, []byte{0, 0, 0x40, 0, 0, 0x80}), []int16{16384, -32768}},
		{"32 bits", wavFile(1, 1, 8000, 32, []byte{0, 0, 0, 0x40}), []int16{16384}},
		{"float, too loud and not a number", wavFile(3, 1, 8000, 32, floats(0.5, 7, float32(math.NaN()))), []int16{16384, 32767, 0}},
		{"two channels, averaged", wavFile(1, 2, 8000, 16, []byte{0, 0x40, 0, 0x20}), []int16{12288}},
		{"half a block at the end", wavFile(1, 2, 8000, 16, []byte{0, 0x40, 0, 0x40, 1, 1}), []int16{16384}},
		{"data size 0xFFFFFFFF", patch(plain, 40, 0xFFFFFFFF), []int16{16384, -16384}},
		{"both sizes 0", patch(patch(plain, 40, 0), 4, 0), []int16{16384, -16384}},
		{"more promised than there is", patch(plain, 40, 1000), []int16{16384, -16384}},
		{"empty, and whole", wavFile(1, 1, 8000, 16, nil), nil},
		{"extensible", extensible, []int16{16384, -16384}},
		{"another chunk of odd length first", list, []int16{16384, -16384}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := audio.DecodeWAV(tt.file)
			if err != nil {
				t.Fatal(err)
			}
			if len(c.Samples) != len(tt.want) {
				t.Fatalf("read %v, want %v", c.Samples, tt.want)
			}
			for i := range tt.want {
				if c.Samples[i] != tt.want[i] {
					t.Fatalf("read %v, want %v", c.Samples, tt.want)
				}
			}
		})
	}
}

func TestDecodeWAVRefuses(t *testing.T) {
	plain := wavFile(1, 1, 16000, 16, []byte{1, 2})
	for _, tt := range []struct {
		name string
		file []byte
	}{
		{"nothing", nil},
		{"a web page", []byte("<!DOCTYPE html><html><body>502</body></html>")},
		{"a header cut short", plain[:20]},
		{"no data", plain[:36]},
		{"data before the format", append(bytes.Clone(plain[:12]), plain[36:]...)},
		{"rate zero", wavFile(1, 1, 0, 16, nil)},
		{"an absurd rate", wavFile(1, 1, 4_000_000, 16, nil)},
		{"no channels", wavFile(1, 0, 16000, 16, nil)},
		{"12 bits", wavFile(1, 1, 16000, 12, nil)},
		{"A-law", wavFile(6, 1, 8000, 8, nil)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := audio.DecodeWAV(tt.file); !errors.Is(err, audio.ErrFormat) {
				t.Errorf("error is %v, want %v", err, audio.ErrFormat)
			}
		})
	}
}

func FuzzDecodeWAV(f *testing.F) {
	f.Add(wavFile(1, 1, 16000, 16, []byte{1, 2, 3, 4}))
	f.Add(wavFile(3, 2, 48000, 32, floats(0.1, -0.1)))
	f.Add(wavFile(1, 3, 8000, 24, make([]byte, 20)))
	f.Fuzz(func(t *testing.T, file []byte) {
		c, err := audio.DecodeWAV(file)
		if err != nil {
			if !errors.Is(err, audio.ErrFormat) {
				t.Fatalf("error is %v, want %v", err, audio.ErrFormat)
			}
			return
		}
		if c.Rate <= 0 || len(c.Samples) > len(file) {
			t.Fatalf("%d samples at %d Hz out of %d bytes", len(c.Samples), c.Rate, len(file))
		}
	})
}
