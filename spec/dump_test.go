package spec

import (
	"reflect"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
)

// TestUndumped demands that what is left out exists: a renamed field would come
// back unnoticed.
func TestUndumped(t *testing.T) {
	types := map[string]reflect.Type{}
	for _, v := range []any{
		Binding{}, Document{}, Channel{}, ChannelMessage{}, Message{}, MessageTrait{}, OperationTrait{}, SecurityScheme{},
		schema.Schema{}, schema.Payload{},
	} {
		types[reflect.TypeOf(v).Name()] = reflect.TypeOf(v)
	}
	for name := range undumped {
		object, field, _ := strings.Cut(name, ".")
		if _, ok := types[object].FieldByName(field); !ok {
			t.Errorf("there is no %s", name)
		}
	}
}

// TestDumpMarks demands that objects met again are marked and not repeated, and
// that a circle ends.
func TestDumpMarks(t *testing.T) {
	text := func(s string) Text { return Text{Value: s, At: source.Span{File: source.NewFile("f", nil)}} }
	tree := &schema.Schema{Title: "tree"}
	tree.Items = tree
	tag := &Tag{Name: text("-odd\n")}
	message := &Message{Name: text("m"), Tags: []*Tag{tag, tag, {}}, Payload: &schema.Payload{Schema: tree}}
	doc := &Document{Channels: []*Channel{{
		Key:      text("left out"),
		Address:  text("a"),
		Messages: []*ChannelMessage{{Key: text("left out"), Message: message}},
	}}}
	doc.Components.Messages = []Component[*Message]{{Key: text("M"), Value: message}, {Key: text("alias"), Value: message}}
	var b strings.Builder
	if err := Dump(&b, doc); err != nil {
		t.Fatal(err)
	}
	const want = `channels:
  - address: a
    messages:
      - message: = messages.M
components:
  messages:
    M:
      name: m
      payload: &1
        title: tree
        items: *1
      tags:
        - &2 name: "-odd\n"
        - *2
        - nothing
    alias: = messages.M
`
	if b.String() != want {
		t.Errorf("got:\n%s", b.String())
	}
}
