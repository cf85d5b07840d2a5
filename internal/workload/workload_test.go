package workload

import (
	"encoding/json"
	"reflect"
	"testing"

	"go.yaml.in/yaml/v3"
)

// Both notations of a document say the same, at the sizes that are promised.
func TestNotations(t *testing.T) {
	documents := map[string]Object{
		"small":    Document(Small),
		"channels": Channels(10),
		"diamond":  Diamond(24),
		"spread":   Spread(3)["asyncapi.yaml"],
	}
	for name, document := range documents {
		var asYAML, asJSON any
		if err := yaml.Unmarshal(document.YAML(), &asYAML); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := json.Unmarshal(document.JSON(), &asJSON); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !reflect.DeepEqual(floats(asYAML), asJSON) {
			t.Errorf("%s: its notations differ", name)
		}
	}
}

// floats makes integers what they are in JSON.
func floats(v any) any {
	switch v := v.(type) {
	case int:
		return float64(v)
	case []any:
		for i := range v {
			v[i] = floats(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = floats(v[k])
		}
	}
	return v
}

func TestSizes(t *testing.T) {
	for channels, want := range map[int]int{Small: 6 << 10, Medium: 1 << 20, Large: 10 << 20} {
		if size := len(Document(channels).YAML()); size < want*9/10 || size > want*12/10 {
			t.Errorf("%d channels make %d bytes, want about %d", channels, size, want)
		}
	}
}
