package enginetest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// described names the schemas in OpenAI's description of the API by path.
func described() map[string]string {
	return map[string]string{
		Transcriptions: "CreateTranscriptionRequest",
		Chat:           "CreateChatCompletionRequest",
		Speech:         "CreateSpeechRequest",
		"chunk":        "CreateChatCompletionStreamResponse", // what the Server itself sends
	}
}

// openAPI returns the description of the API, an empty one if it is not on this
// machine.
var openAPI = sync.OnceValues(loadSpec) //nolint:gochecknoglobals // constant, and megabytes to parse for every server

// spec checks requests; an empty one finds nothing wrong. It is safe for
// concurrent use.
type spec struct{ schemas map[string]*jsonschema.Schema }

func loadSpec() (*spec, error) {
	s := &spec{map[string]*jsonschema.Schema{}}
	path, err := specPath()
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it is only read
	doc, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("openapi.json", doc); err != nil {
		return nil, err
	}
	for path, name := range described() {
		if s.schemas[path], err = compiler.Compile("openapi.json#/components/schemas/" + name); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// specPath is where the description lies, beside our module.
func specPath() (string, error) {
	root, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil || root == filepath.Dir(root) {
			return filepath.Join(root, "..", "shared", "openai", "openapi.json"), nil
		}
		root = filepath.Dir(root)
	}
}

// check says what is wrong with the fields of a request to path.
func (s *spec) check(path string, fields map[string]any) error {
	if s.schemas[path] == nil {
		return nil
	}
	for name := range fields {
		if !knows(s.schemas[path], name) {
			return fmt.Errorf("unknown field %q", name) // most schemas would let it pass
		}
	}
	return s.schemas[path].Validate(fields)
}

// knows reports whether the schema, or one that it consists of, describes the
// property.
func knows(s *jsonschema.Schema, property string) bool {
	if s == nil {
		return false
	}
	if s.Properties[property] != nil || knows(s.Ref, property) {
		return true
	}
	for _, of := range [][]*jsonschema.Schema{s.AllOf, s.AnyOf, s.OneOf} {
		for _, part := range of {
			if knows(part, property) {
				return true
			}
		}
	}
	return false
}
