package spec

import (
	"encoding/json"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// TestDumpExceptions demands that the fields exist that the dump leaves out or
// names otherwise: a renamed field would come back unnoticed.
func TestDumpExceptions(t *testing.T) {
	types := map[string]reflect.Type{}
	for _, v := range []any{
		Document{}, Server{}, ServerVariable{}, Channel{}, ChannelMessage{}, ChannelParameter{}, Parameter{}, Operation{}, Message{}, MessageTrait{},
		OperationTrait{}, SecurityScheme{}, MessageExample{},
	} {
		types[reflect.TypeOf(v).Name()] = reflect.TypeOf(v)
	}
	check := func(name string) {
		object, field, _ := strings.Cut(name, ".")
		if _, ok := types[object].FieldByName(field); !ok {
			t.Errorf("there is no %s", name)
		}
	}
	for name := range undumped {
		check(name)
	}
	for name := range placeNames {
		check(name)
	}
	for name := range renamed {
		check(name)
	}
}

// schemaUndumped are the fields of a schema that the dump does not show: what
// they came to is in the others, or in where the schema stands.
var schemaUndumped = map[string]bool{"Origin": true, "Dialect": true, "Resource": true, "Name": true}

// TestDumpSchema demands that every field of a schema shows: a new keyword must
// be written too.
func TestDumpSchema(t *testing.T) {
	empty := dumpOf(t, &schema.Schema{})
	for _, f := range reflect.VisibleFields(reflect.TypeFor[schema.Schema]()) {
		if len(f.Index) > 1 || !f.IsExported() || schemaUndumped[f.Name] {
			continue
		}
		s := &schema.Schema{}
		fill(reflect.ValueOf(s).Elem().FieldByIndex(f.Index))
		if got := dumpOf(t, s); got == empty {
			t.Errorf("%s does not show", f.Name)
		}
	}
}

func dumpOf(t *testing.T, s *schema.Schema) string {
	t.Helper()
	doc := &Document{}
	doc.Components.Schemas = []Component[*schema.Payload]{{Key: Text{Value: "s"}, Value: &schema.Payload{Schema: s}}}
	return dumped(t, doc, Dump)
}

// fill gives a value some content.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		if l, ok := v.Interface().(*schema.Literal); ok {
			l.Text = "1"
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		if v.Index(0).Kind() == reflect.Pointer {
			fill(v.Index(0))
		} else if s := v.Index(0).FieldByName("Schema"); s.IsValid() {
			fill(s)
		} else if m, ok := v.Index(0).Addr().Interface().(*syntax.Member); ok {
			m.Value = &syntax.Node{}
		}
	case reflect.Bool:
		v.SetBool(true)
	case reflect.String:
		v.SetString("x")
	case reflect.Uint8:
		v.SetUint(1)
	}
}

func dumped(t *testing.T, doc *Document, dump func(io.Writer, *Document) error) string {
	t.Helper()
	var b strings.Builder
	if err := dump(&b, doc); err != nil {
		t.Fatal(err)
	}
	if !json.Valid([]byte(b.String())) {
		t.Fatalf("no JSON:\n%s", b.String())
	}
	return b.String()
}

// TestDumpReferences demands that objects met again are referred to and not
// repeated, and that a circle ends.
func TestDumpReferences(t *testing.T) {
	text := func(s string) Text { return Text{Value: s, At: source.Span{File: source.NewFile("f", nil)}} }
	tree := &schema.Schema{Title: "tree"}
	tree.Items = &schema.Schema{Ref: tree, Description: "and so on"}
	far := &schema.Schema{Name: "far", Title: "in another file"}
	far.AdditionalProperties = &schema.Schema{Ref: far}
	tree.Contains = &schema.Schema{Ref: &schema.Schema{Ref: far}}
	tag := &Tag{Name: text("\x1b[31modd\n\U000e0001")}
	message := &Message{Name: text("m"), Tags: []*Tag{tag, tag, {}}, Payload: &schema.Payload{Schema: tree}}
	doc := &Document{Channels: []*Channel{{
		Key:      text("left out"),
		Address:  text("a"),
		Messages: []*ChannelMessage{{Key: text("left out"), Message: message}},
	}, {Key: text("kept")}}}
	doc.Components.Messages = []Component[*Message]{{Key: text("M~/"), Value: message}, {Key: text("alias"), Value: message}}
	if got := dumped(t, doc, Dump); got != dumpedReferences {
		t.Errorf("got:\n%s", got)
	}
	if got := dumped(t, doc, DumpPlaces); !strings.Contains(got, `"id": "left out"`) {
		t.Errorf("with places:\n%s", got)
	}
}

// dumpedReferences is the dump of TestDumpReferences.
const dumpedReferences = `{
  "channels": [
    {
      "address": "a",
      "messages": [
        {
          "message": {
            "$ref": "#/components/messages/M~0~1"
          }
        }
      ]
    },
    {
      "id": "kept"
    }
  ],
  "components": {
    "messages": {
      "M~/": {
        "name": "m",
        "payload": {
          "schema": {
            "title": "tree",
            "items": {
              "$ref": "#/components/messages/M~0~1/payload/schema",
              "description": "and so on"
            },
            "contains": {
              "$ref": "#/definitions/far"
            }
          }
        },
        "tags": [
          {
            "name": "\u001b[31modd\n\udb40\udc01"
          },
          {
            "$ref": "#/components/messages/M~0~1/tags/0"
          },
          {}
        ]
      },
      "alias": {
        "$ref": "#/components/messages/M~0~1"
      }
    }
  },
  "definitions": {
    "far": {
      "title": "in another file",
      "additionalProperties": {
        "$ref": "#/definitions/far"
      }
    }
  }
}
`

// TestUniqueNames demands that names stay apart, made ones too, and that many of
// one name do not cost more and more.
func TestUniqueNames(t *testing.T) {
	names, seen := namer{}, map[string]bool{}
	for _, name := range []string{"a", "a.2", "a", "a", "a.2", "b", "a.3", ""} {
		got := names.unique(name)
		if seen[got] || !strings.HasPrefix(got, name) {
			t.Errorf("%q becomes %q", name, got)
		}
		seen[got] = true
	}
	for range 200_000 {
		names.unique("many")
	}
}
