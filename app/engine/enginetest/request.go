package enginetest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // the formats that
	_ "image/png"  // pictures are sent in
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"time"

	"aside/audio"
)

// Request is what a service was sent.
type Request struct {
	At        time.Time
	Path      string // below the service's URL
	Header    http.Header
	Pieces    []Piece        // of the body, as they came
	Fields    map[string]any // the JSON object, or the fields of the form
	Utterance audio.Clip     // of a transcription: its file
	Messages  []Message      // of a chat
}

// Piece is a part of a body that came at once.
type Piece struct {
	At    time.Time
	Bytes int
}

// Message is one message of a chat.
type Message struct {
	Role     string
	Text     string // its parts of text, one a line
	Pictures []Picture
}

// Picture is a picture in a message.
type Picture struct {
	image.Image
	Bytes  []byte
	MIME   string
	Detail string
}

// Picture is the first picture, nil if there is none.
func (m Message) Picture() image.Image {
	if len(m.Pictures) == 0 {
		return nil
	}
	return m.Pictures[0].Image
}

func (r *Request) decode(body []byte) (err error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return fmt.Errorf("content type: %w", err)
	}
	if kind == "multipart/form-data" {
		return r.decodeForm(multipart.NewReader(bytes.NewReader(body), params["boundary"]))
	}
	if err := json.Unmarshal(body, &r.Fields); err != nil {
		return err
	}
	if r.Path != Chat {
		return nil
	}
	var chat struct {
		Messages []struct {
			Role    string          `json:"role"`
			Content json.RawMessage `json:"content"`
		} `json:"messages"`
	}
	if err := json.Unmarshal(body, &chat); err != nil {
		return err
	}
	for _, m := range chat.Messages {
		message := Message{Role: m.Role}
		if err := message.decode(m.Content); err != nil {
			return err
		}
		r.Messages = append(r.Messages, message)
	}
	return nil
}

func (r *Request) decodeForm(form *multipart.Reader) error {
	r.Fields = map[string]any{}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return err
		}
		if part.FormName() != "file" {
			r.Fields[part.FormName()] = string(value)
			continue
		}
		r.Fields["file"] = part.FileName()
		if r.Utterance, err = audio.DecodeWAV(value); err != nil {
			return err
		}
	}
}

func (m *Message) decode(content json.RawMessage) error {
	if json.Unmarshal(content, &m.Text) == nil {
		return nil
	}
	var parts []struct {
		Text     string `json:"text"`
		ImageURL *struct {
			URL    string `json:"url"`
			Detail string `json:"detail"`
		} `json:"image_url"`
	}
	if err := json.Unmarshal(content, &parts); err != nil {
		return err
	}
	var lines []string
	for _, p := range parts {
		if p.ImageURL == nil {
			lines = append(lines, p.Text)
			continue
		}
		picture, err := decodePicture(p.ImageURL.URL, p.ImageURL.Detail)
		if err != nil {
			return err
		}
		m.Pictures = append(m.Pictures, picture)
	}
	m.Text = strings.Join(lines, "\n")
	return nil
}

// decodePicture reads a picture that is its own address.
func decodePicture(address, detail string) (Picture, error) {
	about, data, ok := strings.Cut(strings.TrimPrefix(address, "data:"), ";base64,")
	if !ok {
		return Picture{}, fmt.Errorf("the picture is no data URL: %.40q", address)
	}
	picture := Picture{MIME: about, Detail: detail}
	var err error
	if picture.Bytes, err = base64.StdEncoding.DecodeString(data); err != nil {
		return Picture{}, err
	}
	if picture.Image, _, err = image.Decode(bytes.NewReader(picture.Bytes)); err != nil {
		return Picture{}, fmt.Errorf("the picture: %w", err)
	}
	return picture, nil
}
