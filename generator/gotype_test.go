package generator_test

import (
	"database/sql"
	"fmt"
	"math/big"
	"net"
	"net/mail"
	"net/netip"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/generator"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

func TestParseGoType(t *testing.T) {
	for text, want := range map[string]generator.GoType{
		"github.com/google/uuid.UUID":    {Import: "github.com/google/uuid", Name: "UUID"},
		"gopkg.in/guregu/null.v4.String": {Import: "gopkg.in/guregu/null.v4", Name: "String"},
		"time.Duration":                  {Import: "time", Name: "Duration"},
		"int64":                          {Name: "int64"},
	} {
		if got, err := generator.ParseGoType(text); err != nil || got != want {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "UUID", "uuid.uuid", "*url.URL", "[]byte", "a.B.C()", "a.B\n", "a\".B", "a`.B", "C.Int", "unsafe.Pointer", "a//b.C", "/a.B", "../a.B",
		"a b.C", "a.Ünique", "a;import \"b\".C", "map[string]a.B", "error", "a./b.C", "-a.B", strings.Repeat("a", 300) + ".B", "a.B{}", "a.type",
	} {
		if got, err := generator.ParseGoType(text); err == nil {
			t.Errorf("%q was read as %v", text, got)
		}
	}
}

func TestConfigTypes(t *testing.T) {
	doc := readText(t, "a.yaml", "asyncapi: 3.0.0\ninfo: {title: T, version: '1'}\n")
	for _, bad := range []generator.GoType{{Name: "error"}, {Import: "a", Name: "b"}, {Import: "a\"", Name: "B"}, {}} {
		if _, _, err := generator.Generate(doc, generator.Config{Types: map[string]generator.GoType{"x": bad}}); err == nil {
			t.Errorf("%v was taken for a type", bad)
		}
	}
}

// TestExtensions: an extension that cannot become code is an error at its
// place, and changes nothing.
func TestExtensions(t *testing.T) {
	for extension, want := range map[string]string{
		"x-go-type: 5":          "must be a string",
		"x-go-type: 'struct{}'": "is no Go type",
		"x-go-type: \"a.B\\n\"": "is not the name",
		"x-go-type: a.B, x-go-type-import: 'a\"; import \"b'": "is not the path",
		"x-go-type: a.B, x-go-type-import: {name: a}":         "must be an import path",
		"x-go-type-import: a":                                 "says nothing without x-go-type",
		"x-go-name: lower":                                    "must be a Go identifier",
		"x-go-name: 'A; func init() {}'":                      "must be a Go identifier",
		"x-go-name: 5":                                        "must be a Go identifier",
		"x-go-name: CodeJSON":                                 "CodeJSON is what something else is called: it would be B",
		"x-go-tags: db":                                       "must be an object",
		"x-go-tags: {json: other}":                            "must leave the json tag",
		"x-go-tags: {'a b': c}":                               "letters and digits as keys",
		"x-go-tags: {a: 'c`d'}":                               "without quotes",
		"x-go-tags: {a: 'c\"d'}":                              "without quotes",
		"x-go-tags: {a: 'c\\d'}":                              "without quotes",
		"x-go-tags: {a: 5}":                                   "must be strings",
	} {
		doc := readText(t, "a.yaml", "asyncapi: 3.0.0\ninfo: {title: T, version: '1'}\ncomponents: {schemas: {A: {type: object, properties: {b: {type: string, "+extension+"}}}}}\n")
		checkDeclarations(t, doc)
		_, found, err := generator.Generate(doc, generator.Config{})
		if err != nil || len(found) != 1 || found[0].Code != "go-extension" || !strings.Contains(found[0].Message, want) || found[0].At.Start == 0 {
			t.Errorf("%s: %v, %v", extension, found, err)
		}
	}
}

// TestExtensionSlips: an extension that looks like one for Go is a warning that says
// which; those of other tools are left alone.
func TestExtensionSlips(t *testing.T) {
	for extension, want := range map[string]string{
		"x-go-nam: B":          `did you mean "x-go-name"?`,
		"x-go-typ: string":     `did you mean "x-go-type"?`,
		"x-goname: B":          `did you mean "x-go-name"?`,
		"x-go-tag: {a: b}":     `did you mean "x-go-tags"?`,
		"x-go-json-ignore: no": "",
		"x-order: 1":           "",
	} {
		doc := readText(t, "a.yaml", "asyncapi: 3.0.0\ninfo: {title: T, version: '1'}\ncomponents: {schemas: {A: {type: object, properties: {b: {type: string, "+extension+"}}}}}\n")
		_, found, err := generator.Generate(doc, generator.Config{})
		help := ""
		for _, d := range found {
			help += d.Help
		}
		if err != nil || found.HasErrors() || help != want {
			t.Errorf("%s: %v, %v", extension, found, err)
		}
	}
}

// TestUnchecked: what cannot be obeyed is left out and told of at its place, and the rest
// is judged. Where leaving it out would refuse values, nothing judges the type, which is
// told of with the fault that is to blame.
func TestUnchecked(t *testing.T) {
	doc := readText(t, "a.yaml", `asyncapi: 3.0.0
info: {title: T, version: '1'}
components:
  schemas:
    A: {type: object, properties: {a: {type: string, minLength: 1}}}
    B: {type: object, properties: {a: {not: {pattern: '(?i)x'}}}}
    C: {type: object, properties: {a: {type: string, pattern: '(?i)y'}, b: {anyOf: [{pattern: '(?i)z'}, {minLength: 3}]}}, required: [a]}
    D: {oneOf: [{$ref: '#/components/schemas/C'}, {type: string}]}
`)
	files, found, err := generator.Generate(doc, generator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range found {
		at := f.At.String()
		for _, n := range f.Notes {
			at += " for " + n.At.String()
		}
		got = append(got, at)
	}
	want := []string{"a.yaml:6:8 for a.yaml:6:55", "a.yaml:7:63", "a.yaml:7:95", "a.yaml:8:8 for a.yaml:7:63"}
	if !slices.Equal(slices.Sorted(slices.Values(got)), want) {
		t.Errorf("%v", found)
	}
	for name, want := range map[string]bool{"A": true, "B": false, "C": true, "D": false} {
		if declares(files, "func Validate"+name+"(") != want {
			t.Errorf("%s is judged: %v", name, !want)
		}
	}
}

// TestReads: a type that reads no JSON of the types that a schema allows is an error where it is
// named, and no other is.
func TestReads(t *testing.T) {
	types := map[string]generator.GoType{"number": {Import: "math/big", Name: "Float"}, "unix": {Import: "time", Name: "Time"}}
	for text, want := range map[string]string{
		"{type: integer, x-go-type: net/url.URL}":                                   "a.yaml:3:54: the type net/url.URL is read from JSON of type string, and values here are of type integer",
		"{type: [string, 'null'], x-go-type: net/mail.Address}":                     "a.yaml:3:63: the type net/mail.Address is read from JSON of type object, and values here are of type string",
		"{type: string, x-go-type: time.Duration}":                                  "a.yaml:3:53: the type time.Duration is read from JSON of type integer or number, and values here are of type string",
		"{type: boolean, x-go-type: string}":                                        "a.yaml:3:54: the type string is read from JSON of type string, and values here are of type boolean",
		"{type: string, x-go-type: github.com/asyncwire/asyncwire/runtime.Decimal}": "a.yaml:3:53: the type github.com/asyncwire/asyncwire/runtime.Decimal is read from JSON of type integer or number, and values here are of type string",
		"{type: integer, x-go-type: github.com/asyncwire/asyncwire/runtime.Date}":   "a.yaml:3:54: the type github.com/asyncwire/asyncwire/runtime.Date is read from JSON of type string, and values here are of type integer",
		"{type: number}":                                         "a.yaml:3:28: the type math/big.Float is read from JSON of type string, and values here are of type number",
		"{type: number, format: percent}":                        "a.yaml:3:42: the type math/big.Float is read from JSON of type string, and values here are of type number",
		"{type: integer, format: unix}":                          "a.yaml:3:43: the type time.Time is read from JSON of type string, and values here are of type integer",
		"{type: number, format: double}":                         "",
		"{type: string, format: uuid}":                           "",
		"{type: string, contentEncoding: base64}":                "",
		"{type: boolean, format: number}":                        "",
		"{x-go-type: net/url.URL}":                               "",
		"{type: [string, integer], x-go-type: time.Duration}":    "",
		"{type: object, x-go-type: net/mail.Address}":            "",
		"{type: string, x-go-type: github.com/google/uuid.UUID}": "",
		"{type: integer, x-go-type: example.com/own.Time}":       "",
		"{enum: [1.5]}":                                          "",
	} {
		doc := readText(t, "a.yaml", "asyncapi: 3.0.0\ninfo: {title: T, version: '1'}\ncomponents: {schemas: {A: "+text+"}}\n")
		_, found, err := generator.Generate(doc, generator.Config{Types: types})
		got := ""
		for _, d := range found {
			got += d.At.String() + ": " + d.Message
		}
		if err != nil || got != want || want != "" && (found[0].Code != "go-type" || found[0].Help == "") {
			t.Errorf("%s: %s, %v, want %s", text, got, err, want)
		}
	}
}

// TestReadsAreTrue holds what is known of types to what the codec does with them.
func TestReadsAreTrue(t *testing.T) {
	samples := map[string][]string{
		"string": {`"2026-01-02T03:04:05Z"`, `"10.0.0.0/8"`, `"10.0.0.1"`, `"10.0.0.1:80"`, `"1.5"`},
		"number": {"5"},
		"object": {`{"Name":"a","Address":"a@b.example","IP":"10.0.0.1","Mask":"/w==","Port":1,"Zone":"","String":"a","Valid":true}`},
	}
	for of, targets := range map[string][]any{
		"string": {new(netip.Addr), new(netip.AddrPort), new(netip.Prefix), new(net.IP), new(time.Time), new(big.Float), new(big.Rat), new(regexp.Regexp)},
		"number": {new(big.Int), new(time.Duration), new(time.Month), new(time.Weekday)},
		"object": {new(mail.Address), new(net.IPNet), new(net.IPAddr), new(net.TCPAddr), new(net.UDPAddr), new(sql.NullString), new(sql.NullBool)},
	} {
		for _, target := range targets {
			typ := reflect.TypeOf(target).Elem()
			for sample, texts := range samples {
				read := slices.ContainsFunc(texts, func(text string) bool {
					r := codec.Begin([]byte(text))
					r.External(reflect.New(typ).Interface())
					return r.End() == nil
				})
				if read != (sample == of) {
					t.Errorf("%s reads a %s: %v", typ, sample, read)
				}
				doc := readText(t, "a.yaml", fmt.Sprintf("asyncapi: 3.0.0\ninfo: {title: T, version: '1'}\ncomponents: {schemas: {A: {type: %s, x-go-type: %s.%s}}}\n", sample, typ.PkgPath(), typ.Name()))
				if _, found, err := generator.Generate(doc, generator.Config{}); err != nil || found.HasErrors() == read {
					t.Errorf("%s for a %s: %v, %v", typ, sample, found, err)
				}
			}
		}
	}
}
