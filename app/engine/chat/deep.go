package chat

import (
	"cmp"

	openai "github.com/sashabaranov/go-openai"
)

// deepInstructions are added when the user wants a question thought about
// harder. A model that reasons by itself does so more; any other one is told
// how.
const deepInstructions = ` The user wants you to think harder about this one: work it through step by step before you answer, check the result against what is shown, and say what you are not sure of.`

// deepEffort is asked of the model that thinks harder.
const deepEffort = "high"

// wanted is what one request for an answer carries.
type wanted struct {
	turn     string // its name for the service
	messages []openai.ChatCompletionMessage
	deep     bool
}

// deepModel is the model that thinks harder.
func (e *Engine) deepModel() string { return cmp.Or(e.config.DeepModel, e.chat.Model) }

// completion is the request for an answer.
func (e *Engine) completion(a wanted) openai.ChatCompletionRequest {
	r := openai.ChatCompletionRequest{Model: e.chat.Model, Messages: a.messages, Stream: true}
	if !e.plain.Load() {
		r.StreamOptions = &openai.StreamOptions{IncludeUsage: true}
	}
	if a.deep {
		r.Model = e.deepModel()
		if !e.effortless.Load() {
			r.ReasoningEffort = deepEffort
		}
	}
	return r
}
