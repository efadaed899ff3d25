package chat

import (
	"encoding/base64"

	openai "github.com/sashabaranov/go-openai"

	"aside/app/engine/remote"
	"aside/vision"
)

// parts are a question with what goes along of the screen, in the order in
// which the user looked at it.
func parts(shots []vision.Shot, question string) []openai.ChatMessagePart {
	var all []openai.ChatMessagePart
	for _, s := range shots {
		all = append(all, textPart(remote.Caption(s)))
		for _, e := range s.Sent {
			if len(s.Sent) > 1 {
				all = append(all, textPart("["+remote.Place(e.Part, s.Pixels.Rect.Size())+"]"))
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
