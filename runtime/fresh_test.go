package runtime_test

import (
	"context"
	"errors"
	"testing"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/codec"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// box has what a generated payload has.
type box struct {
	ID      string
	Note    runtime.Optional[string]
	Inner   *box
	Unknown runtime.Members
}

func (v *box) CodeJSON(j *codec.JSON) { j.Struct(unsafe.Pointer(v), &boxJSON) }

var boxJSON = codec.Struct{Of: (*box)(nil), Text: `
"id" string
"note" string optional
"inner" struct pointer some
unknown`}

type boxed struct {
	runtime.Envelope
	Payload box
}

// CodeMessage marks a payload that has no id, so that its text tells whether it is cleared.
func (e *boxed) CodeMessage(m *runtime.MessageCodec) {
	if m.Reading() && e.Payload.ID == "" {
		e.Payload.ID = "made"
	}
	e.Payload.CodeJSON(m.JSON(nil, ""))
	m.Message("boxed", "application/json", &e.Envelope)
}

// consumeBoxes consumes the payloads, one after the other.
func consumeBoxes(t *testing.T, payloads []string, o *runtime.Options, r func(end func()) runtime.Route) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	conn := runtime.Open(memory.New(&memory.Options{Partitions: 1}), o)
	for _, p := range payloads {
		m := &driver.Message{Address: "a", Key: []byte("k"), Value: []byte(p), Headers: []runtime.Header{{Key: "ce_type", Value: []byte("boxed")}}}
		if err := conn.PublishMessage(ctx, m); err != nil {
			t.Fatal(err)
		}
	}
	if err := runtime.Consume(ctx, conn, &runtime.Channel{Address: "a"}, nil, []runtime.Route{r(stop)}); err != nil {
		t.Fatal(err)
	}
}

// TestEnvelopesAreRead: an envelope that a consumer makes is not cleared to be read into,
// whatever was read before, and one that somebody has used is.
func TestEnvelopesAreRead(t *testing.T) {
	noLeak(t)
	payloads := []string{`{"id":"a","note":"n","x":1,"inner":{"id":"b","y":2}}`, `{"inner":{}}`, `{}`}
	made := 0
	consumeBoxes(t, payloads, quiet(), func(end func()) runtime.Route {
		return runtime.On("boxed", func(ctx context.Context, e *boxed) error {
			p, in := &e.Payload, runtime.IncomingOf(ctx)
			if id := [...]string{"a", "made", "made"}[made]; p.ID != id {
				t.Errorf("message %d: what was made for it is cleared: the id is %q", made, p.ID)
			}
			if wants := made == 0; p.Note.IsZero() == wants || (p.Unknown.String() != "") != wants || (p.Inner != nil) == (made == 2) {
				t.Errorf("message %d: read %+v", made, p)
			}
			used := &boxed{Payload: box{ID: "used", Inner: &box{ID: "used"}}}
			if err := in.Decode(used); err != nil {
				return err
			}
			if q := &used.Payload; q.ID != [...]string{"a", "", ""}[made] || (q.Inner == nil) != (p.Inner == nil) || q.Inner != nil && q.Inner.ID != p.Inner.ID {
				t.Errorf("message %d: what was used is read as %+v", made, q)
			}
			if made++; made == len(payloads) {
				end()
			}
			return nil
		})
	})
}

// TestNamesStandOnce: what has a name twice is refused before it is read, also when
// nothing else is judged: what is read into an envelope is read once.
func TestNamesStandOnce(t *testing.T) {
	noLeak(t)
	for _, p := range []string{`{"inner":{"x":1},"inner":{}}`, `{"inner":{"x":1},"\u0069nner":{}}`} {
		o, refused := quiet(), false
		o.Unchecked = true
		o.OnUndecodable = func(_ context.Context, _ *driver.Message, err error) error {
			refused = errors.As(err, new(*runtime.UndecodableError))
			return nil
		}
		consumeBoxes(t, []string{p, `{}`}, o, func(end func()) runtime.Route {
			return runtime.On("boxed", func(context.Context, *boxed) error { end(); return nil })
		})
		if !refused {
			t.Errorf("%s was read", p)
		}
	}
}

// laxBox is boxed where a name may stand twice.
type laxBox boxed

var lax = check.NewRules(check.Set{{Name: "Box"}}).WithLimits(check.Limits{Allow: check.AllowDuplicateKeys})

func (e *laxBox) CodeMessage(m *runtime.MessageCodec) {
	e.Payload.CodeJSON(m.JSON(lax, "Box"))
	m.Message("boxed", "application/json", &e.Envelope)
}

// TestTheLastOfANameCounts: by rules that allow a name twice, nothing is left of what
// it stood for first.
func TestTheLastOfANameCounts(t *testing.T) {
	noLeak(t)
	consumeBoxes(t, []string{`{"inner":{"id":"a","x":1},"inner":{"note":"n"}}`}, quiet(), func(end func()) runtime.Route {
		return runtime.On("boxed", func(_ context.Context, e *laxBox) error {
			if in := e.Payload.Inner; in.ID != "" || in.Unknown.String() != "" || in.Note != runtime.Some("n") {
				t.Errorf("read %+v", in)
			}
			end()
			return nil
		})
	})
}
