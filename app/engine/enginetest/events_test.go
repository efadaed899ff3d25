package enginetest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.String("update", "", "the `openapi.json` to make realtime.json anew from")

const schemaPath = "#/components/schemas/"

// extract takes what describes the events of the Realtime API from the
// description of the whole API: one definition a line.
func extract(t *testing.T, document []byte) []byte {
	t.Helper()
	var api struct {
		Components struct{ Schemas map[string]map[string]any }
	}
	if err := json.Unmarshal(document, &api); err != nil {
		t.Fatal(err)
	}
	schemas := api.Components.Schemas
	needed := map[string]string{}
	var need func(name string)
	need = func(name string) {
		if needed[name] != "" {
			return
		}
		needed[name] = "…"
		bare := pruned(t, schemas[name], need)
		line, err := json.Marshal(bare)
		if err != nil {
			t.Fatal(err)
		}
		needed[name] = string(line)
	}
	var b strings.Builder
	b.WriteString("{\n")
	for _, from := range []struct{ key, union string }{{fromClient, "RealtimeClientEvent"}, {fromServer, "RealtimeServerEvent"}} {
		types := map[string]string{}
		for _, of := range schemas[from.union]["anyOf"].([]any) {
			name := strings.TrimPrefix(of.(map[string]any)["$ref"].(string), schemaPath)
			need(name)
			types[typeOf(schemas[name])] = name
		}
		line, _ := json.MarshalIndent(types, "", "\t")
		fmt.Fprintf(&b, "%q: %s,\n", from.key, line)
	}
	b.WriteString("\"$defs\": {\n")
	for i, name := range slices.Sorted(maps.Keys(needed)) {
		if i > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(&b, "%q: %s", name, needed[name])
	}
	b.WriteString("\n}\n}\n")
	return []byte(b.String())
}

func typeOf(event map[string]any) string {
	kind := event["properties"].(map[string]any)["type"].(map[string]any)
	if c, ok := kind["const"].(string); ok {
		return c
	}
	return kind["enum"].([]any)[0].(string)
}

// pruned is what a schema demands, without what it explains. An object has the
// properties that are described and no others.
func pruned(t *testing.T, schema map[string]any, need func(string)) map[string]any {
	t.Helper()
	bare := map[string]any{}
	each := func(list any) (all []any) {
		for _, s := range list.([]any) {
			all = append(all, pruned(t, s.(map[string]any), need))
		}
		return all
	}
	for key, value := range schema {
		switch key {
		case "type", "enum", "const", "required", "minimum", "maximum", "minItems", "maxItems", "maxLength":
			bare[key] = value
		case "$ref":
			name := strings.TrimPrefix(value.(string), schemaPath)
			need(name)
			bare[key] = "#/$defs/" + name
		case "anyOf", "oneOf":
			bare[key] = each(value)
		case "allOf":
			t.Fatalf("allOf is not provided for: %v", schema)
		case "items":
			bare[key] = pruned(t, value.(map[string]any), need)
		case "additionalProperties":
			bare[key] = value
			if s, ok := value.(map[string]any); ok {
				bare[key] = pruned(t, s, need)
			}
		case "properties":
			properties := map[string]any{}
			for name, s := range value.(map[string]any) {
				properties[name] = pruned(t, s.(map[string]any), need)
			}
			bare[key] = properties
		}
	}
	if bare["properties"] != nil && bare["additionalProperties"] == nil {
		bare["additionalProperties"] = false
	}
	if schema["nullable"] == true {
		return map[string]any{"anyOf": []any{bare, map[string]any{"type": "null"}}}
	}
	return bare
}

func TestTheRealtimeSchemasAreThoseOfTheAPI(t *testing.T) {
	path, err := specPath()
	if err != nil {
		t.Fatal(err)
	}
	document, err := os.ReadFile(cmp.Or(*update, path))
	if err != nil {
		t.Skip("openapi.json is not there")
	}
	want := extract(t, document)
	if *update != "" {
		if err := os.WriteFile("realtime.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(want, realtimeJSON) {
		t.Error("realtime.json is not what the description of the API says: go test -run Schemas -update PATH")
	}
}

func TestAnEventThatTheAPIDoesNotKnowIsFound(t *testing.T) {
	events, err := realtimeEvents()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, from, event string
		bad               bool
	}{
		{"a frame", fromClient, `{"type":"input_audio_buffer.append","audio":"AAAA"}`, false},
		{"a frame without sound", fromClient, `{"type":"input_audio_buffer.append"}`, true},
		{"a frame that is a number", fromClient, `{"type":"input_audio_buffer.append","audio":7}`, true},
		{"a field that nobody knows", fromClient, `{"type":"input_audio_buffer.append","audio":"AAAA","rate":24000}`, true},
		{"a type that nobody knows", fromClient, `{"type":"input_audio_buffer.push","audio":"AAAA"}`, true},
		{"what only the other side sends", fromClient, `{"type":"response.output_audio.delta"}`, true},
		{"no detection of turns", fromClient, `{"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":null}}}}`, false},
		{"a field deep inside", fromClient, `{"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detections":null}}}}`, true},
		{"a voice that is too fast", fromClient, `{"type":"session.update","session":{"type":"realtime","audio":{"output":{"speed":9}}}}`, true},
		{"a detail that does not exist", fromClient, `{"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_image","image_url":"data:,","detail":"huge"}]}}`, true},
		{"an answer cut without a place", fromClient, `{"type":"conversation.item.truncate","item_id":"i","content_index":0}`, true},
		{"sound", fromServer, `{"type":"response.output_audio.delta","event_id":"e","response_id":"r","item_id":"i","output_index":0,"content_index":0,"delta":"AAAA"}`, false},
		{"sound of nobody", fromServer, `{"type":"response.output_audio.delta","event_id":"e","item_id":"i","output_index":0,"content_index":0,"delta":"AAAA"}`, true},
		{"sound as it was called once", fromServer, `{"type":"response.audio.delta","event_id":"e","response_id":"r","item_id":"i","output_index":0,"content_index":0,"delta":"AAAA"}`, true},
		{"no event", fromServer, `[]`, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := events.check(tt.from, []byte(tt.event)); (err != nil) != tt.bad {
				t.Errorf("check: %v", err)
			}
		})
	}
}
