package chat

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"aside/app/engine/remote"
)

// longestLine bounds one line of a stream, in bytes.
const longestLine = 4 << 20

// sse reads server-sent events (WHATWG HTML, section 9.2), as far as services
// use them: event and data fields; comments and other fields are passed over.
type sse struct {
	in    *bufio.Reader
	begun bool // the first line has been read
}

// sseEvent is one event: its name, "" if it has none, and its data.
type sseEvent struct {
	name string
	data []byte
}

func newSSE(r io.Reader) *sse { return &sse{in: bufio.NewReaderSize(r, 16<<10)} }

// next returns the next event that has data. io.EOF is the end of the stream;
// what came of an event that was not finished is dropped, unless it is whole
// but for the empty line that many services leave out at the end.
func (s *sse) next() (sseEvent, error) {
	var e sseEvent
	var has bool
	for {
		line, err := s.line()
		if err != nil {
			if errors.Is(err, io.EOF) && has {
				return e, nil
			}
			return sseEvent{}, err
		}
		if !s.begun {
			s.begun, line = true, bytes.TrimPrefix(line, []byte("\uFEFF"))
		}
		if len(line) == 0 {
			if has {
				return e, nil
			}
			e = sseEvent{}
			continue
		}
		field, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch string(field) {
		case "event":
			e.name = string(value)
		case "data":
			if has {
				e.data = append(e.data, '\n')
			}
			e.data, has = append(e.data, value...), true
			if len(e.data) > longestLine {
				return sseEvent{}, remote.ErrTooLong
			}
		}
	}
}

// line returns the next line without its end: LF or CRLF. A line that the
// stream's end cut off is no line.
func (s *sse) line() ([]byte, error) {
	var line []byte
	for {
		part, err := s.in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > longestLine:
			return nil, remote.ErrTooLong
		case err == nil:
			return bytes.TrimSuffix(line[:len(line)-1], []byte("\r")), nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(line) > 0:
			return nil, io.ErrUnexpectedEOF
		default:
			return nil, err
		}
	}
}
