package audio

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// The limits of what DecodeWAV believes.
const (
	minRate     = 1000   // hertz
	maxRate     = 384000 // hertz
	maxChannels = 64
)

// Format tags of a WAV file.
const (
	tagPCM        = 1
	tagFloat      = 3
	tagExtensible = 0xFFFE // the true tag is the beginning of a GUID
)

// wavHeader is the 44 bytes before the samples of a plain PCM file.
type wavHeader struct {
	RIFF       [4]byte
	RIFFSize   uint32 // of all that follows
	WAVE       [4]byte
	FmtID      [4]byte
	FmtSize    uint32
	Tag        uint16
	Channels   uint16
	Rate       uint32
	ByteRate   uint32
	BlockAlign uint16
	Bits       uint16
	DataID     [4]byte
	DataSize   uint32
}

const wavHeaderSize = 44

// WAV returns the clip as a 16-bit mono PCM file in memory.
func WAV(c Clip) []byte {
	var b bytes.Buffer
	b.Grow(wavHeaderSize + 2*len(c.Samples))
	_ = WriteWAV(&b, c) // a bytes.Buffer takes everything
	return b.Bytes()
}

// WriteWAV writes the clip as a 16-bit mono PCM file with a 44-byte header.
func WriteWAV(w io.Writer, c Clip) error {
	size := uint32(2 * len(c.Samples))
	if err := writeHeader(w, c.Rate, wavHeaderSize-8+size, size); err != nil {
		return err
	}
	if err := binary.Write(w, binary.LittleEndian, c.Samples); err != nil {
		return fmt.Errorf("write WAV samples: %w", err)
	}
	return nil
}

// WriteOpenWAV writes the header of a 16-bit mono PCM file whose length is not
// known yet. Its samples, little-endian, follow to the end of what is written.
func WriteOpenWAV(w io.Writer, rate int) error {
	return writeHeader(w, rate, math.MaxUint32, math.MaxUint32)
}

func writeHeader(w io.Writer, rate int, riff, data uint32) error {
	h := wavHeader{
		RIFF: [4]byte{'R', 'I', 'F', 'F'}, RIFFSize: riff, WAVE: [4]byte{'W', 'A', 'V', 'E'},
		FmtID: [4]byte{'f', 'm', 't', ' '}, FmtSize: 16, Tag: tagPCM, Channels: 1,
		Rate: uint32(rate), ByteRate: uint32(2 * rate), BlockAlign: 2, Bits: 16,
		DataID: [4]byte{'d', 'a', 't', 'a'}, DataSize: data,
	}
	if err := binary.Write(w, binary.LittleEndian, h); err != nil {
		return fmt.Errorf("write WAV header: %w", err)
	}
	return nil
}

// DecodeWAV reads a WAV file: PCM of 8, 16, 24 or 32 bits or float of 32 or
// 64, with any number of channels, which are mixed to mono. A data chunk whose
// size was not known when it was written (0, 0xFFFFFFFF, or more than there
// is) ends where the bytes end. Errors wrap ErrFormat.
func DecodeWAV(b []byte) (Clip, error) {
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return Clip{}, fmt.Errorf("decode WAV: no RIFF header: %w", ErrFormat)
	}
	whole := uint64(binary.LittleEndian.Uint32(b[4:]))+8 == uint64(len(b))
	var format wavFormat
	for rest := b[12:]; len(rest) >= 8; {
		id, size := string(rest[:4]), uint64(binary.LittleEndian.Uint32(rest[4:]))
		rest = rest[8:]
		if size > uint64(len(rest)) || id == "data" && size == 0 && !whole {
			size = uint64(len(rest))
		}
		switch id {
		case "fmt ":
			var err error
			if format, err = parseFormat(rest[:size]); err != nil {
				return Clip{}, fmt.Errorf("decode WAV: %w", err)
			}
		case "data":
			if format.rate == 0 {
				return Clip{}, fmt.Errorf("decode WAV: samples before their format: %w", ErrFormat)
			}
			return Clip{Rate: format.rate, Samples: format.mono(rest[:size])}, nil
		}
		rest = rest[min(size+size%2, uint64(len(rest))):]
	}
	return Clip{}, fmt.Errorf("decode WAV: no samples: %w", ErrFormat)
}

// wavFormat says how the samples of a file are stored.
type wavFormat struct {
	rate     int
	channels int
	width    int // bytes of one sample of one channel
	sample   func([]byte) float64
}

func parseFormat(b []byte) (wavFormat, error) {
	if len(b) < 16 {
		return wavFormat{}, fmt.Errorf("short format: %w", ErrFormat)
	}
	le := binary.LittleEndian
	tag, channels, rate := le.Uint16(b), int(le.Uint16(b[2:])), le.Uint32(b[4:])
	align, bits := int(le.Uint16(b[12:])), int(le.Uint16(b[14:]))
	if tag == tagExtensible && len(b) >= 26 {
		tag = le.Uint16(b[24:])
	}
	if rate < minRate || rate > maxRate {
		return wavFormat{}, fmt.Errorf("rate %d Hz: %w", rate, ErrFormat)
	}
	if channels < 1 || channels > maxChannels {
		return wavFormat{}, fmt.Errorf("%d channels: %w", channels, ErrFormat)
	}
	sample := sampleReader(tag, bits)
	if sample == nil || align != channels*bits/8 {
		return wavFormat{}, fmt.Errorf("encoding %d, %d bits, %d bytes a block: %w", tag, bits, align, ErrFormat)
	}
	return wavFormat{rate: int(rate), channels: channels, width: bits / 8, sample: sample}, nil
}

// sampleReader returns what turns the bytes of one sample into -32768…32767,
// or nil if the encoding is unknown.
func sampleReader(tag uint16, bits int) func([]byte) float64 {
	le := binary.LittleEndian
	switch {
	case tag == tagPCM && bits == 8: // unsigned, unlike all the others
		return func(b []byte) float64 { return (float64(b[0]) - 128) * 256 }
	case tag == tagPCM && bits == 16:
		return func(b []byte) float64 { return float64(int16(le.Uint16(b))) }
	case tag == tagPCM && bits == 24:
		return func(b []byte) float64 {
			return float64(int32(uint32(b[0])<<8|uint32(b[1])<<16|uint32(b[2])<<24)) / (1 << 16)
		}
	case tag == tagPCM && bits == 32:
		return func(b []byte) float64 { return float64(int32(le.Uint32(b))) / (1 << 16) }
	case tag == tagFloat && bits == 32:
		return func(b []byte) float64 { return float64(math.Float32frombits(le.Uint32(b))) * fullScale }
	case tag == tagFloat && bits == 64:
		return func(b []byte) float64 { return math.Float64frombits(le.Uint64(b)) * fullScale }
	}
	return nil
}

// mono averages the channels of every block in b. An incomplete last block is
// left out.
func (f wavFormat) mono(b []byte) []int16 {
	block := f.width * f.channels
	samples := make([]int16, len(b)/block)
	for i := range samples {
		var sum float64
		for c := range f.channels {
			sum += f.sample(b[i*block+c*f.width:])
		}
		samples[i] = toInt16(sum / float64(f.channels))
	}
	return samples
}
