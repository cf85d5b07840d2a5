package codec

import (
	"testing"
	"time"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/check"
)

// outer has a struct that fills itself in by what it reads first, wherever it is read.
type outer struct{ Filled filled }

type filled struct{ ID string }

// inner is what filled reads.
type inner struct{ ID string }

var (
	outerTable = Struct{Of: (*outer)(nil), Text: `"filled" struct`}
	innerTable = Struct{Of: (*inner)(nil), Text: `"id" string`}
	innerRules = check.ReadRules(`{
"outer": {"type": "object", "properties": {"filled": {"$ref": "inner"}}},
"inner": {"type": "object", "properties": {"id": {"type": "string"}}}
}`)
)

func (v *outer) CodeJSON(j *JSON) { j.Struct(unsafe.Pointer(v), &outerTable) }
func (v *inner) CodeJSON(j *JSON) { j.Struct(unsafe.Pointer(v), &innerTable) }

func (v *filled) CodeJSON(j *JSON) {
	var first inner
	if err := Unmarshal([]byte(`{"id":"by default"}`), innerRules.Of("inner"), &first); err != nil {
		panic(err)
	}
	v.ID = first.ID
	r := j.Reader()
	for r.Object(); r.Member(); {
		v.ID = r.String()
	}
}

// TestBindWithinCode: what is asked which table it has may read something by another that
// was not used before.
func TestBindWithinCode(t *testing.T) {
	done := make(chan string)
	go func() {
		var v outer
		if err := Unmarshal([]byte(`{"filled":{}}`), innerRules.Of("outer"), &v); err != nil {
			t.Error(err)
		}
		done <- v.Filled.ID
	}()
	select {
	case id := <-done:
		if id != "by default" {
			t.Errorf("read %q", id)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("who binds a table waits for itself")
	}
}
