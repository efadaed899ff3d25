package enginetest

import (
	"bytes"
	_ "embed"
	"fmt"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// realtimeJSON holds the schemas of all events of the Realtime API: the part of
// OpenAI's description (github.com/openai/openai-openapi, MIT) that says what an
// event consists of, without its prose, and with every object closed, so that a
// field that is not described is an error. Its test makes it anew, with -update.
//
//go:embed realtime.json
var realtimeJSON []byte

// Who sends an event.
const (
	fromClient = "client"
	fromServer = "server"
)

// eventSchemas checks events; safe for concurrent use.
type eventSchemas struct {
	by map[string]map[string]*jsonschema.Schema // who sends it, its type
}

// realtimeEvents returns the schemas of the events of the Realtime API.
var realtimeEvents = sync.OnceValues(loadEvents) //nolint:gochecknoglobals // constant, and takes a while to compile

func loadEvents() (*eventSchemas, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(realtimeJSON))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("realtime.json", doc); err != nil {
		return nil, err
	}
	all := &eventSchemas{map[string]map[string]*jsonschema.Schema{}}
	for _, from := range []string{fromClient, fromServer} {
		all.by[from] = map[string]*jsonschema.Schema{}
		types, _ := doc.(map[string]any)[from].(map[string]any)
		for kind, name := range types {
			if all.by[from][kind], err = compiler.Compile(fmt.Sprintf("realtime.json#/$defs/%v", name)); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// check says what is wrong with an event.
func (s *eventSchemas) check(from string, event []byte) error {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(event))
	if err != nil {
		return err
	}
	fields, ok := doc.(map[string]any)
	if !ok {
		return fmt.Errorf("no object: %.40s", event)
	}
	kind, _ := fields["type"].(string)
	schema := s.by[from][kind]
	if schema == nil {
		return fmt.Errorf("the %s sends no events of type %q", from, kind)
	}
	return schema.Validate(doc)
}
