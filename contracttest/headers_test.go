package contracttest

import (
	"testing"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

func typed(name string, types ...schema.Type) schema.Property {
	var t schema.Types
	for _, x := range types {
		t |= schema.Types(x)
	}
	return schema.Property{Name: schema.Name{Text: name}, Schema: &schema.Schema{Types: t}}
}

// TestAppendHeaders: a header's text is read by the type its schema declares.
func TestAppendHeaders(t *testing.T) {
	sh := newShape(&schema.Schema{
		Properties: []schema.Property{
			typed("s", schema.TypeString), typed("i", schema.TypeInteger), typed("b", schema.TypeBoolean), typed("z", schema.TypeNull),
			typed("a", schema.TypeArray), typed("o", schema.TypeObject), typed("si", schema.TypeString, schema.TypeInteger), typed("ce_id"),
		},
		AllOf: []*schema.Schema{{Properties: []schema.Property{typed("deep", schema.TypeNumber)}}},
		PatternProperties: []schema.PatternProperty{
			{Pattern: schema.Pattern{Text: "^x-"}, Schema: &schema.Schema{Enum: []*syntax.Node{{Kind: syntax.Number, Text: "1"}}}},
			{Pattern: schema.Pattern{Text: `^(?!y-no)y-`}, Schema: &schema.Schema{Types: schema.Types(schema.TypeInteger)}},
		},
	})
	for _, c := range []struct{ name, text, want string }{
		{"s", "42", `"42"`},
		{"s", "quote \" and \x01", `"quote \" and \u0001"`},
		{"s", "a\xffb", "\"\xff\""},
		{"free", "\xff\xff", "\"\ufffd\""},
		{"i", "42", `42`},
		{"i", "4.5", `4.5`},
		{"i", "many", `"many"`},
		{"i", "", `""`},
		{"i", "4 2", `"4 2"`},
		{"i", " 42 ", ` 42 `},
		{"i", " x", `" x"`},
		{"i", " ", `" "`},
		{"i", "true", `"true"`},
		{"b", "true", `true`},
		{"b", "yes", `"yes"`},
		{"z", "null", `null`},
		{"a", "[1,2]", `[1,2]`},
		{"a", "[1,", `"[1,"`},
		{"o", `{"a":1}`, `{"a":1}`},
		{"si", "7", `7`},
		{"si", "seven", `"seven"`},
		{"deep", "1e3", `1e3`},
		{"x-n", "1", `1`},
		{"y-n", "1", `1`},
		{"y-no", "1", `"1"`},
		{"free", "1", `"1"`},
	} {
		got, _ := appendHeaders(nil, []driver.Header{{Key: c.name, Value: []byte(c.text)}}, sh, "ce_")
		if want := `{"` + c.name + `":` + c.want + `}`; string(got) != want {
			t.Errorf("%s: %q is %s, want %s", c.name, c.text, got, want)
		}
	}
}

// TestTransportHeaders: attributes, content type and tracing are left out unless
// the schema declares them.
func TestTransportHeaders(t *testing.T) {
	sent := []driver.Header{{Key: "ce_id", Value: []byte("1")}, {Key: "Content-Type", Value: []byte("a/b")}, {Key: "traceparent", Value: []byte("x")},
		{Key: "tracestate", Value: []byte("y")}, {Key: "mine", Value: []byte("m")}, {Key: "none"}}
	silent, _ := appendHeaders(nil, sent, newShape(nil), "ce_")
	if string(silent) != `{"mine":"m"}` {
		t.Errorf("undeclared: %s", silent)
	}
	all := &schema.Schema{Required: []schema.Name{{Text: "ce_id"}, {Text: "traceparent"}}, Properties: []schema.Property{typed("Content-Type")}}
	declared, _ := appendHeaders(nil, sent, newShape(all), "ce_")
	if string(declared) != `{"ce_id":"1","Content-Type":"a/b","traceparent":"x","mine":"m"}` {
		t.Errorf("declared: %s", declared)
	}
}

// TestContentTypeInAnyCase: however the document and the message spell the header
// content-type, it is one header; all other names are told apart by case.
func TestContentTypeInAnyCase(t *testing.T) {
	for _, declared := range []string{"content-type", "Content-Type", "CONTENT-TYPE"} {
		sh := newShape(&schema.Schema{Properties: []schema.Property{typed(declared), typed("Mine", schema.TypeInteger)}})
		for _, sent := range []string{"content-type", "Content-Type"} {
			live := []driver.Header{{Key: "content-Type", Value: []byte("x/y")}, {Key: sent, Value: []byte("a/b")}, {Key: "mine", Value: []byte("1")}}
			for len(live) < 20 {
				got, repeated := appendHeaders(nil, live, sh, "ce_")
				if string(got) != `{"`+declared+`":"a/b","mine":"1"}` || len(repeated) == 0 || repeated[0] != declared {
					t.Errorf("declared as %s, sent as %s among %d: %s, repeated %v", declared, sent, len(live), got, repeated)
				}
				live = append([]driver.Header{live[0]}, live...)
			}
		}
	}
}

// TestRepeats: the last of a repeated header is taken, of few headers and many.
func TestRepeats(t *testing.T) {
	few := []driver.Header{{Key: "a", Value: []byte("1")}, {Key: "b", Value: []byte("2")}, {Key: "a", Value: []byte("3")}, {Key: "a", Value: []byte("4")}}
	many := append([]driver.Header(nil), few...)
	for range 10 {
		many = append(many, few...)
	}
	for _, sent := range [][]driver.Header{few, many} {
		got, repeated := appendHeaders(nil, sent, newShape(nil), "ce_")
		if string(got) != `{"b":"2","a":"4"}` || len(repeated) == 0 || repeated[0] != "a" {
			t.Errorf("%d headers: %s, repeated %v", len(sent), got, repeated)
		}
	}
}

// TestHeadersOf: laying an object onto headers and reading them gives it back.
func TestHeadersOf(t *testing.T) {
	sh := newShape(&schema.Schema{Properties: []schema.Property{typed("s", schema.TypeString), typed("n", schema.TypeNumber), typed("b", schema.TypeBoolean), typed("a", schema.TypeArray)}})
	const object = `{"s":"1 \"x\"","n":1.5,"b":false,"a":["x",null]}`
	laid, err := HeadersOf([]byte(object))
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := appendHeaders(nil, laid, sh, "ce_"); string(got) != object {
		t.Errorf("%s became %s", object, got)
	}
	for _, bad := range []string{``, `[]`, `{"a":`, `{"a"`, `1`} {
		if got, err := HeadersOf([]byte(bad)); err == nil {
			t.Errorf("%q gives headers %v", bad, got)
		}
	}
}
