package codec

import (
	"testing"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/check"
)

// holder has values without size, the first of which begins where the struct does.
type holder struct {
	May  maybe[empty]
	List []empty
	Some *empty
}

type empty struct{}

var (
	emptyTable  = Struct{Of: (*empty)(nil)}
	holderTable = Struct{Of: (*holder)(nil), Text: `
		"may" struct optional
		"list" struct list some
		"some" struct pointer some`}
)

func (v *empty) CodeJSON(j *JSON)  { j.Struct(unsafe.Pointer(v), &emptyTable) }
func (v *holder) CodeJSON(j *JSON) { j.Struct(unsafe.Pointer(v), &holderTable) }

// TestStructsWithoutSize are read in both ways and written.
func TestStructsWithoutSize(t *testing.T) {
	by := check.ReadRules(`{
"holder": {"type": "object", "properties": {"may": {"$ref": "empty"}, "list": {"type": "array", "items": {"$ref": "empty"}}, "some": {"$ref": "empty"}}},
"empty": {"type": "object", "additionalProperties": false}
}`).Of("holder")
	for range 2 {
		for _, text := range []string{`{"may":{},"list":[{},{},{},{},{},{},{},{},{}],"some":{}}`, `{"list":[]}`, `{}`} {
			var v holder
			if err := Unmarshal([]byte(text), by, &v); err != nil {
				t.Fatal(err)
			}
			if out, err := Marshal(&v); string(out) != text || err != nil {
				t.Errorf("%s is written as %s, %v", text, out, err)
			}
		}
	}
}
