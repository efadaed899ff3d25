package realtime

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"aside/audio"
)

// received is an event of the service, read with more patience than its schema
// has: any part may be missing, null or of another kind.
type received struct {
	Type       string `json:"type"`
	ResponseID string `json:"response_id"`
	ItemID     string `json:"item_id"`
	Delta      string `json:"delta"`
	Transcript string `json:"transcript"`
	Session    struct {
		ExpiresAt float64 `json:"expires_at"`
	} `json:"session"`
	Item struct {
		ID        string `json:"id"`
		Type      string `json:"type"`
		CallID    string `json:"call_id"`
		Name      string `json:"name"`
		Arguments string `json:"arguments"`
	} `json:"item"`
	Response response `json:"response"`
	Usage    tokens   `json:"usage"` // of what was written down
	Error    problem  `json:"error"`
}

// response is what response.created and response.done tell.
type response struct {
	ID      string `json:"id"`
	Status  string `json:"status"`
	Details struct {
		Reason string  `json:"reason"`
		Error  problem `json:"error"`
	} `json:"status_details"`
	Usage *tokens `json:"usage"`
}

// tokens are what something has cost.
type tokens struct {
	Input  float64 `json:"input_tokens"`
	Output float64 `json:"output_tokens"`
}

// problem is what the service says went wrong.
type problem struct {
	Type    string `json:"type"`
	Code    any    `json:"code"`
	Message string `json:"message"`
	EventID string `json:"event_id"` // of ours
}

// code is the code of a problem, or its type.
func (p problem) code() string {
	if code, ok := p.Code.(string); ok && code != "" {
		return code
	}
	return p.Type
}

var errUnreadable = errors.New("an event cannot be read")

// parse reads an event.
func parse(data []byte) (received, error) {
	var e received
	if err := json.Unmarshal(data, &e); err != nil {
		if _, ok := errors.AsType[*json.UnmarshalTypeError](err); !ok { // that is a part of which we read nothing
			return received{}, fmt.Errorf("%w: %w", errUnreadable, err)
		}
	}
	switch e.Type { // as services that still speak the beta call them
	case "response.audio.delta":
		e.Type = "response.output_audio.delta"
	case "response.audio_transcript.delta":
		e.Type = "response.output_audio_transcript.delta"
	case "response.text.delta":
		e.Type = "response.output_text.delta"
	}
	return e, nil
}

// The events that we send, save those with sound and the settings.
type (
	sent struct {
		Type     string `json:"type"`
		EventID  string `json:"event_id,omitempty"`
		Previous string `json:"previous_item_id,omitempty"`
		ItemID   string `json:"item_id,omitempty"`
		Item     *item  `json:"item,omitempty"`
	}
	item struct {
		ID      string `json:"id"`
		Type    string `json:"type"`
		Role    string `json:"role,omitempty"`
		Content []part `json:"content,omitempty"`
		CallID  string `json:"call_id,omitempty"` // of the call of a function, with
		Output  string `json:"output,omitempty"`  // what became of it
	}
	part struct {
		Type     string `json:"type"`
		Text     string `json:"text,omitempty"`
		ImageURL string `json:"image_url,omitempty"`
		Detail   string `json:"detail,omitempty"`
	}
	truncation struct {
		Type    string `json:"type"`
		EventID string `json:"event_id"`
		Item    string `json:"item_id"`
		Index   int    `json:"content_index"`
		End     int64  `json:"audio_end_ms"`
	}
	cancellation struct {
		Type     string `json:"type"`
		EventID  string `json:"event_id"`
		Response string `json:"response_id,omitempty"`
	}
	creation struct {
		Type     string    `json:"type"`
		EventID  string    `json:"event_id"`
		Response *creating `json:"response,omitempty"`
	}
	creating struct {
		Modalities   []string `json:"output_modalities,omitempty"`
		Instructions string   `json:"instructions,omitempty"`
		Choice       any      `json:"tool_choice,omitempty"` // none, or a chosen
	}
)

// chosen is a function that the model has to call.
type chosen struct {
	Type string `json:"type"`
	Name string `json:"name"`
}

// written is an event of ours, ready to be sent.
func written(event any) message {
	data, err := json.Marshal(event)
	if err != nil {
		panic(err) // strings and numbers always have a JSON form
	}
	return message{data: data}
}

// said is an event with sound: 24 kHz, mono, 16 bits.
func said(samples []int16) message {
	raw, err := binary.Append(nil, binary.LittleEndian, samples)
	if err != nil {
		panic(err) // samples have a fixed size
	}
	data := base64.StdEncoding.AppendEncode([]byte(`{"type":"input_audio_buffer.append","audio":"`), raw)
	return message{data: append(data, `"}`...)}
}

// sound reads the sound in a delta. rest is the half of a sample that was left
// over from the delta before.
func sound(delta string, rest []byte) (_ audio.Frame, left []byte, err error) {
	raw := make([]byte, len(rest), len(rest)+base64.StdEncoding.DecodedLen(len(delta)))
	copy(raw, rest)
	raw, err = base64.StdEncoding.AppendDecode(raw, []byte(delta))
	if err != nil {
		return audio.Frame{}, nil, fmt.Errorf("%w: %w", errUnreadable, err)
	}
	whole := len(raw) &^ 1
	f := audio.Frame{Rate: audio.RateSpeak, Samples: make([]int16, whole/2)}
	if _, err := binary.Decode(raw[:whole], binary.LittleEndian, f.Samples); err != nil {
		return audio.Frame{}, nil, fmt.Errorf("%w: %w", errUnreadable, err)
	}
	return f, raw[whole:], nil
}
