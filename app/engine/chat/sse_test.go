package chat

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"aside/app/engine/remote"
)

// events reads all events and says why there are no more.
func events(body io.Reader) (all []string, err error) {
	s := newSSE(body)
	for {
		e, err := s.next()
		if err != nil {
			return all, err
		}
		all = append(all, fmt.Sprintf("%s|%s", e.name, e.data))
	}
}

func TestEventsAreReadAsTheyAreWritten(t *testing.T) {
	tests := []struct {
		name, body string
		want       []string
		err        error
	}{
		{"nothing", "", nil, io.EOF},
		{"data", "data: a\n\ndata: b\n\n", []string{"|a", "|b"}, io.EOF},
		{"one space belongs to the colon", "data:a\n\ndata:  b\n\n", []string{"|a", "| b"}, io.EOF},
		{"a name", "event: error\ndata: a\n\ndata: b\n\n", []string{"error|a", "|b"}, io.EOF},
		{"a name after the data", "data: a\nevent: error\n\n", []string{"error|a"}, io.EOF},
		{"a name alone is no event", "event: error\n\ndata: a\n\n", []string{"|a"}, io.EOF},
		{"lines of data", "data: a\ndata:\ndata: b\n\n", []string{"|a\n\nb"}, io.EOF},
		{"data without a colon", "data\n\n", []string{"|"}, io.EOF},
		{"comments and other fields", ":\nid: 1\nretry: 5\nunknown\ndata: a\n: x\n\n", []string{"|a"}, io.EOF},
		{"a byte order mark, once", "\uFEFFdata: a\n\n\uFEFFdata: b\n\n", []string{"|a"}, io.EOF},
		{"CRLF and LF", "data: a\r\n\r\ndata: b\n\r\n", []string{"|a", "|b"}, io.EOF},
		{"empty lines", "\n\n\r\ndata: a\n\n\n", []string{"|a"}, io.EOF},
		{"the last empty line is missing", "data: a\n", []string{"|a"}, io.EOF},
		{"the end of the last line is missing", "data: a\n\ndata: b", []string{"|a"}, io.ErrUnexpectedEOF},
		{"a line that never ends", strings.Repeat("x", longestLine+1), nil, remote.ErrTooLong},
		{"data that never ends", strings.Repeat("data: "+strings.Repeat("x", longestLine/4)+"\n", 5), nil, remote.ErrTooLong},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := events(strings.NewReader(tt.body))
			if !slices.Equal(got, tt.want) || !errors.Is(err, tt.err) {
				t.Errorf("%q, %v; want %q, %v", got, err, tt.want, tt.err)
			}
		})
	}
}

func FuzzSSE(f *testing.F) {
	f.Add([]byte("event: a\r\ndata: b\n\ndata"), []byte("a\nb"))
	f.Add([]byte("\uFEFFdata:\n\n:"), []byte(""))
	f.Fuzz(func(t *testing.T, body, data []byte) {
		whole, err := events(bytes.NewReader(body))
		bytewise, err1 := events(iotest.OneByteReader(bytes.NewReader(body)))
		if !slices.Equal(whole, bytewise) || !errors.Is(err, err1) {
			t.Fatalf("at once %q, %v; byte by byte %q, %v", whole, err, bytewise, err1)
		}
		if bytes.ContainsRune(data, '\r') || len(data) > 1<<20 {
			return // an end of line cannot be sent inside one
		}
		sent := "event: e\ndata: " + strings.ReplaceAll(string(data), "\n", "\ndata: ") + "\n\n"
		if got, _ := events(strings.NewReader(sent)); !slices.Equal(got, []string{"e|" + string(data)}) {
			t.Fatalf("sent %q, read %q", data, got)
		}
	})
}
