package runtime_test

import (
	"context"
	"fmt"
	"testing"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

// tabled is a payload that is read by a table.
type tabled struct {
	ID      string
	Inner   *tabled
	Note    runtime.Optional[string]
	Unknown runtime.Members
}

func (v *tabled) CodeJSON(j *codec.JSON) { j.Struct(unsafe.Pointer(v), &tabledJSON) }

var tabledJSON = codec.Struct{Of: (*tabled)(nil), Text: `
"id" string
"inner" struct pointer some
"note" string optional
unknown`}

var tabledRules = check.ReadRules(`{
"tabled": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "minLength": 1}, "inner": {"$ref": "tabled"}, "note": {"type": "string"}}}
}`)

type tabledEnvelope struct {
	runtime.Envelope
	Payload tabled
}

func (e *tabledEnvelope) CodeMessage(m *runtime.MessageCodec) {
	e.Payload.CodeJSON(m.JSON(tabledRules, "tabled"))
	m.Message("boxed", "application/json", &e.Envelope)
}

// rawEnvelope reads by hand what a tabledEnvelope reads by a table.
type rawEnvelope struct {
	runtime.Envelope
	Payload string
}

func (e *rawEnvelope) CodeMessage(m *runtime.MessageCodec) {
	e.Payload = string(m.JSON(tabledRules, "tabled").Reader().Raw())
	m.Message("boxed", "application/json", &e.Envelope)
}

// TestDecodeInOnePass: what was received is judged, be it before it is read or with that,
// from the first message on; and one that is not valid leaves what was read before it.
func TestDecodeInOnePass(t *testing.T) {
	noLeak(t)
	payloads := []string{
		`{"id":"a","x":[1],"inner":{"id":"b"}}`, `{"id":"a"}`, `{"id":"","note":"n"}`, `{"note":"n","inner":{"id":"b"}}`, `{"id":"a","inner":{"id":""}}`, `{"id":"a","note":"n"`,
		`{"id":"a","note":"n"} `, `{"id":"a","id":"b"}`, `{"id":"a","x":1,"x":2}`, `{"id":"a"} x`, `null`, ``, `[]`, `{"id":"\ud83d"}`, `{"inner":{"note":"\u00e4","id":"b","y":1}, "id":"c"}`,
	}
	all := append(payloads, payloads...)
	made := 0
	consumeBoxes(t, all, quiet(), func(end func()) runtime.Route {
		return runtime.Handle("boxed", func(_ context.Context, in *runtime.Incoming) error {
			payload := all[made]
			if made++; made == len(all) {
				defer end()
			}
			want := tabledRules.Check([]byte(payload), "tabled")
			var into, zero tabledEnvelope
			used := tabledEnvelope{Payload: tabled{ID: "used", Inner: &tabled{}, Note: runtime.Some("used")}}
			before := used
			err, err2, byHand := in.Decode(&into), in.Decode(&used), in.Decode(new(rawEnvelope))
			for _, err := range []error{err, err2, byHand} {
				if (err == nil) != (want == nil) || err != nil && err.Error() != "payload: "+want.Error() {
					t.Errorf("%s: %v, want %v", payload, err, want)
				}
			}
			if want != nil {
				if fmt.Sprint(into) != fmt.Sprint(zero) || fmt.Sprint(used) != fmt.Sprint(before) {
					t.Errorf("%s has left %v and %v", payload, into, used)
				}
				return nil
			}
			if a, b := written(t, &into.Payload), written(t, &used.Payload); a != b || check.Any().Check([]byte(a)) != nil {
				t.Errorf("%s is read as %s and %s", payload, a, b)
			}
			return nil
		})
	})
}

func written(t *testing.T, v codec.Value) string {
	out, err := codec.Marshal(v)
	if err != nil {
		t.Error(err)
	}
	return string(out)
}
