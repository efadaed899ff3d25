package control

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"aside/app/turn"
)

// Handler carries out requests.
type Handler interface {
	// Handle answers one request: it calls send for every reply and returns
	// when the last one is out. ctx ends when the client goes away or the
	// server closes. An error becomes the last reply; a *Failure keeps its
	// code. Handle is called from many goroutines at once.
	Handle(ctx context.Context, r Request, send func(data any) error) error
}

// Failure is an error with a stable code, as it travels to a client.
type Failure struct{ Problem Problem }

func (f *Failure) Error() string { return f.Problem.Message }

// Fail makes a Failure.
func Fail(code, message, hint string) *Failure {
	return &Failure{Problem{Code: code, Message: message, Hint: hint}}
}

// ErrRunning means that another core of this user is running.
var ErrRunning = errors.New("aside is running already")

const (
	requestLimit = 5 * time.Second  // for a request to arrive
	writeLimit   = 10 * time.Second // for a client to take a reply
)

// Server listens on the control socket.
type Server struct {
	handler Handler
	log     *slog.Logger
	path    string
	lock    *os.File
	ln      *net.UnixListener
	slots   chan struct{}

	life context.Context
	end  context.CancelFunc
	wg   sync.WaitGroup
	once sync.Once
}

// Listen takes the socket at path for this user and serves h on it. The lock
// beside the socket decides who runs, not the socket file: one that a killed
// core left behind is replaced. It returns ErrRunning if a core lives.
func Listen(path string, h Handler, log *slog.Logger) (*Server, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("listen for commands: %w", err)
	}
	lock, err := takeLock(path + ".lock")
	if err != nil {
		return nil, err
	}
	ln, err := listen(path)
	if err != nil {
		_ = lock.Close()
		return nil, fmt.Errorf("listen for commands: %w", err)
	}
	s := &Server{handler: h, log: log, path: path, lock: lock, ln: ln, slots: make(chan struct{}, MaxClients)}
	s.life, s.end = context.WithCancel(context.Background())
	s.wg.Go(s.accept)
	return s, nil
}

// listen binds the socket so that it is never open to others, not even for
// the moment between bind and chmod: it is made under another name first.
func listen(path string) (*net.UnixListener, error) {
	fresh := path + ".new"
	if err := errors.Join(removeStale(fresh), removeStale(path)); err != nil {
		return nil, err
	}
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: fresh, Net: "unix"})
	if err != nil {
		return nil, err
	}
	ln.SetUnlinkOnClose(false)
	if err := errors.Join(os.Chmod(fresh, 0o600), os.Rename(fresh, path)); err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	return ln, nil
}

func removeStale(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// Close stops listening, ends every request and waits for them. It may be
// called twice.
func (s *Server) Close() error {
	var err error
	s.once.Do(func() {
		s.end()
		err = errors.Join(s.ln.Close(), removeStale(s.path))
		s.wg.Wait()
		err = errors.Join(err, s.lock.Close())
	})
	return err
}

func (s *Server) accept() {
	for {
		conn, err := s.ln.AcceptUnix()
		switch {
		case s.life.Err() != nil:
			if err == nil {
				_ = conn.Close()
			}
			return
		case err != nil:
			s.log.Warn("accept command", "err", err)
			select { // out of file descriptors, most likely
			case <-time.After(100 * time.Millisecond):
			case <-s.life.Done():
			}
			continue
		}
		select {
		case s.slots <- struct{}{}:
			s.wg.Go(func() {
				defer func() { <-s.slots }()
				s.serve(conn)
			})
		default:
			s.refuse(conn, Fail("busy", "Too many programs talk to Aside at once.", "Close some of them and try again."))
			_ = conn.Close()
		}
	}
}

// serve reads one request and answers it.
func (s *Server) serve(conn *net.UnixConn) {
	defer func() { _ = conn.Close() }()
	if err := samePeer(conn); err != nil {
		s.log.Warn("refuse command", "err", err)
		return
	}
	r, err := readRequest(conn)
	if err != nil {
		s.refuse(conn, Fail("bad_request", "The request is not one line of JSON.", "Use the same version of aside on both sides."))
		return
	}
	ctx, cancel := context.WithCancel(s.life)
	defer cancel()
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) })()
	s.wg.Go(func() { // a client has nothing more to say: whatever comes next is its end
		_, _ = io.Copy(io.Discard, io.LimitReader(conn, 1))
		cancel()
	})
	err = s.handler.Handle(ctx, r, func(data any) error { return write(conn, data) })
	last := Reply{End: true}
	if err != nil {
		last.Error = problemOf(err)
		if ctx.Err() == nil { // else it is the client that has gone
			s.log.Info("command failed", "verb", r.Verb, "code", last.Error.Code, "cause", turn.Cause(err))
		}
	}
	_ = writeReply(conn, last) // a client that has gone does not care
}

func (s *Server) refuse(conn net.Conn, f *Failure) {
	_ = writeReply(conn, Reply{Error: &f.Problem, End: true}) // likewise
}

func problemOf(err error) *Problem {
	if f, ok := errors.AsType[*Failure](err); ok {
		return &f.Problem
	}
	return &Fail("internal", "Aside made a mistake.", "Try again; the log has the details.").Problem
}

// readRequest reads one line of at most MaxFrame bytes.
func readRequest(conn net.Conn) (Request, error) {
	if err := conn.SetReadDeadline(time.Now().Add(requestLimit)); err != nil {
		return Request{}, err
	}
	line, err := bufio.NewReaderSize(io.LimitReader(conn, MaxFrame), 4096).ReadBytes('\n')
	if err != nil {
		return Request{}, fmt.Errorf("read request: %w", err)
	}
	if err := conn.SetReadDeadline(time.Time{}); err != nil {
		return Request{}, err
	}
	return parseRequest(line)
}

// parseRequest accepts exactly the names of Request, each at most once.
func parseRequest(line []byte) (Request, error) {
	var r Request
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return Request{}, fmt.Errorf("read request: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Request{}, errors.New("read request: more than one value")
	}
	if r.Verb == "" {
		return Request{}, errors.New("read request: no verb")
	}
	return r, nil
}

func write(conn net.Conn, data any) error {
	raw, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("write reply: %w", err)
	}
	return writeReply(conn, Reply{Data: raw})
}

func writeReply(conn net.Conn, r Reply) error {
	line, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write reply: %w", err)
	}
	if err := conn.SetWriteDeadline(time.Now().Add(writeLimit)); err != nil {
		return fmt.Errorf("write reply: %w", err)
	}
	if _, err := conn.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("write reply: %w", err)
	}
	return nil
}
