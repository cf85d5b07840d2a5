package sample

import (
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/spec/schema/validate"
)

// FuzzSchema: no schema makes sampling panic or take long, and what it returns
// is valid.
func FuzzSchema(f *testing.F) {
	for _, text := range schemas {
		f.Add([]byte(text), uint64(1))
	}
	f.Add([]byte(`{allOf: [{$ref: '#'}, {anyOf: [{$ref: '#/not'}]}], not: {pattern: '(a*)*$', minLength: 70000}}`), uint64(2))
	f.Fuzz(func(t *testing.T, text []byte, seed uint64) {
		s := readLoosely(t, text)
		if s == nil {
			return
		}
		start := time.Now()
		value, err := Valid(s, seed)
		if err == nil {
			if v, _ := validate.Compile(s, nil); !v.Valid(value) {
				t.Errorf("%s is not valid", value)
			}
		}
		Invalid(s, seed)
		if took := time.Since(start); took > slow {
			t.Errorf("took %v", took)
		}
	})
}
