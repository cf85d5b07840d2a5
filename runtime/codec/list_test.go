package codec_test

import (
	"strings"
	"testing"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/codec"
)

// branch has a list of its own kind, which may be absent.
type branch struct {
	Name     string
	Branches []branch
}

func (v *branch) CodeJSON(j *codec.JSON) { j.Struct(unsafe.Pointer(v), &branchJSON) }

var branchJSON = codec.Struct{Of: (*branch)(nil), Text: `
"name" string
"branches" struct list some`}

// TestElements: lists of structs come back as they were, one within the other, and what
// contains itself is refused.
func TestElements(t *testing.T) {
	for _, text := range []string{
		`{"name":"a"}`, `{"name":"a","branches":[]}`,
		`{"name":"a","branches":[{"name":"b","branches":[{"name":"c"},{"name":"d"}]},{"name":"e","branches":[]}]}`,
	} {
		v := branch{Branches: []branch{{Name: "before"}}}
		if err := codec.Unmarshal([]byte(text), nil, &v); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got, err := codec.Marshal(&v); err != nil || string(got) != text {
			t.Errorf("%s is written as %s, %v", text, got, err)
		}
	}
	loop := branch{Branches: make([]branch, 3)}
	for i := range loop.Branches {
		loop.Branches[i] = loop
	}
	if text, err := codec.Marshal(&loop); err == nil || !strings.Contains(err.Error(), "contains itself") {
		t.Errorf("a list that contains itself is written as %d bytes, %v", len(text), err)
	}
}
