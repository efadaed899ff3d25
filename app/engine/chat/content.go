package chat

import (
	"encoding/base64"
	"fmt"
	"image"
	"strings"

	openai "github.com/sashabaranov/go-openai"

	"aside/vision"
)

// parts are a question with what goes along of the screen, in the order in
// which the user looked at it.
func parts(shots []vision.Shot, question string) []openai.ChatMessagePart {
	var all []openai.ChatMessagePart
	for _, s := range shots {
		all = append(all, textPart(caption(s)))
		for _, e := range s.Sent {
			if len(s.Sent) > 1 {
				all = append(all, textPart("["+place(e.Part, s.Pixels.Rect.Size())+"]"))
			}
			all = append(all, openai.ChatMessagePart{Type: openai.ChatMessagePartTypeImageURL, ImageURL: &openai.ChatMessageImageURL{
				URL:    "data:" + e.MIME + ";base64," + base64.StdEncoding.EncodeToString(e.Bytes),
				Detail: openai.ImageURLDetail(e.Detail),
			}})
		}
	}
	return append(all, textPart(question))
}

func textPart(s string) openai.ChatMessagePart {
	return openai.ChatMessagePart{Type: openai.ChatMessagePartTypeText, Text: s}
}

// caption says what a shot shows, as data.
func caption(s vision.Shot) string {
	var b strings.Builder
	if len(s.Sent) == 0 {
		b.WriteString("[without a picture: " + subject(s))
	} else {
		b.WriteString("[picture: " + subject(s))
	}
	if s.Capture == vision.CaptureDisplay && s.Title+s.Program != "" {
		b.WriteString("; in front")
	}
	if s.Program != "" {
		b.WriteString("; program: " + oneLine(s.Program, 100))
	}
	if s.Title != "" {
		b.WriteString("; title: " + oneLine(s.Title, 300))
	}
	if s.At > 0 {
		fmt.Fprintf(&b, "; taken %.1f s after the user began to speak", s.At.Seconds())
	}
	if s.Pointer.In(s.Bounds) {
		x, y := percent(s.Pointer.Sub(s.Bounds.Min), s.Bounds.Size())
		fmt.Fprintf(&b, "; mouse pointer at %d %% across, %d %% down", x, y)
	}
	if s.Covered > 0 {
		b.WriteString("; grey areas are private windows, painted over")
	}
	b.WriteString("]")
	if along := s.Text(); along != "" && !s.Near {
		b.WriteString("\n" + along)
	}
	return b.String()
}

// subject is what a shot shows.
func subject(s vision.Shot) string {
	if s.Near {
		return "the same view, around the mouse pointer"
	}
	switch s.Capture {
	case vision.CaptureWindow:
		return "the active window"
	case vision.CaptureDisplay:
		return "the whole display"
	case vision.CaptureRegion:
		return "a region of the screen that the user has drawn"
	case vision.CapturePick:
		return "a window that the user has picked"
	}
	return "given by the user"
}

// place says where a part lies in the whole.
func place(part image.Rectangle, whole image.Point) string {
	if part.Size() == whole {
		return "the whole, small"
	}
	left, top := percent(part.Min, whole)
	right, bottom := percent(part.Max, whole)
	return fmt.Sprintf("a part of it, larger: %d to %d %% across, %d to %d %% down", left, right, top, bottom)
}

func percent(at, of image.Point) (x, y int) {
	return 100 * at.X / max(1, of.X), 100 * at.Y / max(1, of.Y)
}
