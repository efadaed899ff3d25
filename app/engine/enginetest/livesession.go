package enginetest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/coder/websocket"

	"aside/audio"
)

// liveSession is one session as the service has it.
type liveSession struct {
	service *Live
	number  int
	conn    *websocket.Conn
	ctx     context.Context
	end     context.CancelFunc
	over    chan struct{}
	group   sync.WaitGroup // of responses and transcriptions

	mu       sync.Mutex // held while anything is sent or changed
	settings map[string]any
	buffer   []int16 // sound that has not been committed
	turns    turns   // detected in it
	items    []*LiveItem
	talk     *Talk // the response under way
	spoke    bool  // there was sound in one
	ids      int
}

// LiveItem is an item of a conversation as the service has it.
type LiveItem struct {
	ID       string
	Role     string
	Text     string // written, or said and understood
	Pictures []Picture
	Sound    audio.Clip // in it; of an answer: what is left of it
	Cut      bool       // it was truncated
	Call     string     // of a function, or of what became of one: the name of the call
}

func newLiveSession(s *Live, conn *websocket.Conn, r *http.Request) *liveSession {
	session := &liveSession{service: s, conn: conn, over: make(chan struct{})}
	session.ctx, session.end = context.WithCancel(s.lifetime)
	session.settings = map[string]any{
		"type": "realtime", "object": "realtime.session", "id": "sess_1",
		"model":             r.URL.Query().Get("model"),
		"output_modalities": []any{"audio"},
		"expires_at":        time.Now().Add(s.life).Unix(),
		"audio":             map[string]any{"input": map[string]any{"turn_detection": map[string]any{"type": "server_vad"}}},
	}
	return session
}

// run serves the session until its end.
func (s *liveSession) run(beta bool) {
	defer close(s.over)
	defer s.group.Wait()
	defer s.end()
	defer func() { _ = s.conn.CloseNow() }()
	if beta {
		s.locked(func() { s.emitError("", "beta_api_shape_disabled", "The beta is over.") })
		_ = s.conn.Close(4000, "beta_api_shape_disabled")
		return
	}
	s.locked(func() {
		s.emit("session.created", map[string]any{"session": s.settings})
		s.emit("conversation.created", map[string]any{"conversation": map[string]any{"id": "conv_1", "object": "realtime.conversation"}})
	})
	for {
		_, data, err := s.conn.Read(s.ctx)
		if err != nil {
			return
		}
		e, ok := s.service.record(s.number, data)
		if !ok {
			continue
		}
		s.locked(func() { s.take(e) })
		s.service.note(func() { s.service.seen = append(s.service.seen, e) })
	}
}

func (s *liveSession) locked(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
}

// snapshot returns the items without what may still change.
func (s *liveSession) snapshot() (items []LiveItem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, i := range s.items {
		copied := *i
		copied.Sound.Samples = slices.Clone(i.Sound.Samples)
		items = append(items, copied)
	}
	return items
}

// emit sends an event, and fails the test if the API does not know it.
func (s *liveSession) emit(kind string, fields map[string]any) {
	s.ids++
	event := map[string]any{"type": kind, "event_id": fmt.Sprintf("event_%d", s.ids)}
	maps.Copy(event, fields)
	data, err := json.Marshal(event)
	if err != nil {
		panic(err) // maps of strings and numbers always have a JSON form
	}
	if err := s.service.events.check(fromServer, data); err != nil {
		s.service.t.Errorf("the service sends what the API does not describe: %v\n%.300s", err, data)
	}
	s.send(data)
	s.service.note(func() { s.service.told = append(s.service.told, kind) })
}

func (s *liveSession) send(data []byte) {
	_ = s.conn.Write(s.ctx, websocket.MessageText, data) // a client that left is no concern of the script
	s.service.note(func() {})
}

// emitError sends an error about the client's event of that ID, "" for none.
func (s *liveSession) emitError(about, code, message string) {
	fields := map[string]any{"type": "invalid_request_error", "code": code, "message": message}
	if about != "" {
		fields["event_id"] = about
	}
	s.emit("error", map[string]any{"error": fields})
}

// refuse is an error that nobody has scripted.
func (s *liveSession) refuse(e LiveEvent, code, message string) {
	s.service.note(func() { s.service.errors = append(s.service.errors, code) })
	about, _ := e.Fields["event_id"].(string)
	s.emitError(about, code, message)
}

// id makes a name of its own.
func (s *liveSession) id(kind string) string {
	s.ids++
	return fmt.Sprintf("%s_%d", kind, s.ids)
}

// take does what an event of the client asks for.
func (s *liveSession) take(e LiveEvent) {
	switch e.Type {
	case "session.update":
		s.update(e)
	case "input_audio_buffer.append":
		s.hear(e)
	case "input_audio_buffer.commit":
		s.commit(e)
	case "input_audio_buffer.clear":
		s.buffer, s.turns = nil, turns{}
		s.emit("input_audio_buffer.cleared", nil)
	case "conversation.item.create":
		s.create(e)
	case "conversation.item.truncate":
		s.truncate(e)
	case "conversation.item.retrieve":
		s.retrieve(e)
	case "conversation.item.delete":
		s.remove(e)
	case "response.create":
		s.respond(e)
	case "response.cancel":
		s.cancel(e)
	default:
		s.refuse(e, "unknown_event", "This service does not know "+e.Type+".")
	}
}

// update changes the settings, and tells them as they now are.
func (s *liveSession) update(e LiveEvent) {
	changes, _ := e.Fields["session"].(map[string]any)
	before := s.setting("audio", "output", "voice")
	if wanted := deep(changes, "audio", "output", "voice"); s.spoke && wanted != nil && wanted != before {
		s.refuse(e, "cannot_update_voice", "The voice cannot be changed once it has spoken.")
		return
	}
	merge(s.settings, changes)
	s.turns = turns{}
	s.emit("session.updated", map[string]any{"session": s.settings})
}

func merge(into, from map[string]any) {
	for key, value := range from {
		inner, deep := value.(map[string]any)
		old, known := into[key].(map[string]any)
		if deep && known {
			merge(old, inner)
			continue
		}
		into[key] = value
	}
}

// setting is a setting deep inside, nil if there is none.
func (s *liveSession) setting(path ...string) any { return deep(s.settings, path...) }

// deep is what lies there in a document, nil if there is nothing.
func deep(doc map[string]any, path ...string) any {
	var at any = doc
	for _, key := range path {
		inner, ok := at.(map[string]any)
		if !ok {
			return nil
		}
		at = inner[key]
	}
	return at
}
