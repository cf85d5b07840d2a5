package codec

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/check"
)

// figure is one of several types.
type figure interface{ writeAsFigure(w *Writer) }

type (
	circle struct {
		Kind   string
		Radius float64
		Within figure
		Rest   struct{ text string }
	}
	group struct {
		Kind    string
		Figures []figure
		Main    figure
	}
	knot   struct{ Next *circle } // lies in the interface itself
	label  string
	size   float64
	labels []string
	// figureValue is a figure by itself.
	figureValue struct{ Value figure }
)

var sumFigure = Sum{
	Of:       (*figureValue)(nil),
	Branches: []any{(*circle)(nil), (*group)(nil), (*knot)(nil), (*label)(nil), (*size)(nil), (*labels)(nil)},
	Kinds:    "struct\nstruct\nstruct\nstring\nfloat64\nstring list",
	Rules:    &figureRules,
	Text: `{"kinds": {"object": {"member": "kind", "texts": {"circle": 0, "disc": 0, "group": 1, "either": {"try": {"aCircle": 0, "": 1}}},
		"else": {"present": "next", "then": 2, "else": {"present": "figures", "then": 1, "else": 0}}}, "string": 3, "number": 4, "null": null, "array": 5}}`,
}

var circleTable = Struct{Of: (*circle)(nil), Sums: []Value{(*figureValue)(nil)}, Text: `
	"kind" string
	"radius" float64
	"within" sum some
	unknown`}

var groupTable = Struct{Of: (*group)(nil), Sums: []Value{(*figureValue)(nil)}, Text: `
	"kind" string
	"figures" sum list
	"main" sum some`}

var knotTable = Struct{Of: (*knot)(nil), Text: `"next" struct pointer some`}

func (v *figureValue) CodeJSON(j *JSON) {
	if !j.Sum(unsafe.Pointer(v), &sumFigure) {
		v.Value.writeAsFigure(j.Writer())
	}
}
func (v *circle) CodeJSON(j *JSON)       { j.Struct(unsafe.Pointer(v), &circleTable) }
func (v *group) CodeJSON(j *JSON)        { j.Struct(unsafe.Pointer(v), &groupTable) }
func (v *knot) CodeJSON(j *JSON)         { j.Struct(unsafe.Pointer(v), &knotTable) }
func (v circle) writeAsFigure(w *Writer) { v.CodeJSON(w.JSON()) }
func (v group) writeAsFigure(w *Writer)  { v.CodeJSON(w.JSON()) }
func (v knot) writeAsFigure(w *Writer)   { v.CodeJSON(w.JSON()) }
func (v size) writeAsFigure(w *Writer)   { w.Float64(float64(v)) }
func (v labels) writeAsFigure(w *Writer) {}
func (v label) writeAsFigure(w *Writer)  { w.String(string(v)) }
func (v figureValue) String() string     { return fmt.Sprintf("%#v", v.Value) }
func figuresOf(keyword, more string) string {
	of := `"` + keyword + `": [{"$ref": "aCircle"}, {"$ref": "aGroup"}, {"$ref": "aKnot"}, {"type": "string", "maxLength": 3}, {"type": "number", "minimum": 2, "fits": "double"}, {"type": "array", "items": {"type": "string"}}]`
	if more != "" {
		of += ", " + more
	}
	return "{" + of + "}"
}

var figureRules = check.ReadRules(`{
"aCircle": {"type": "object", "required": ["kind"], "properties": {"kind": {"enum": ["circle", "disc", "either"]}, "radius": {"type": "number", "minimum": 1, "fits": "double"}, "within": {"$ref": "one"}}},
"aGroup": {"type": "object", "required": ["figures"], "properties": {"kind": {"enum": ["group", "either"]}, "figures": {"type": "array", "items": {"$ref": "one"}, "maxItems": 3}, "main": {"$ref": "any"}}},
"aKnot": {"type": "object", "required": ["next"], "properties": {"next": {"$ref": "aCircle"}}, "additionalProperties": false},
"one": ` + figuresOf("oneOf", "") + `,
"any": ` + figuresOf("anyOf", "") + `,
"named": ` + figuresOf("oneOf", `"discriminator": {"propertyName": "kind", "mapping": {"circle": 0, "either": 0, "group": 1, "disc": 1}}`) + `,
"more": ` + figuresOf("oneOf", `"properties": {"kind": {"minLength": 5}, "radius": {"maximum": 4}, "main": {"type": "object"}}, "maxProperties": 3`) + `,
"not": ` + figuresOf("anyOf", `"not": {"required": ["within"]}, "unevaluatedProperties": false`) + `,
"both": {"anyOf": [{"$ref": "aCircle"}, {"type": "string"}], "oneOf": [{"$ref": "aCircle"}, {"$ref": "aGroup"}, {"minLength": 2, "type": "string"}]},
"overlap": {"oneOf": [{"$ref": "aCircle"}, {"$ref": "aGroup"}, {"type": "object", "required": ["radius"]}]},
"nested": {"oneOf": [{"anyOf": [{"$ref": "aCircle"}, {"oneOf": [{"$ref": "aGroup"}, {"type": "string", "maxLength": 3}]}]}, {"oneOf": [{"$ref": "aKnot"}, {"type": ["number", "array"]}]}]},
"several": {"type": ["object", "string", "number"], "required": ["kind"], "maxLength": 3, "minimum": 2, "fits": "double", "properties": {"kind": {"minLength": 5}, "within": {"$ref": "one"}, "figures": {"items": {"$ref": "nested"}, "type": "array"}}},
"within": {"allOf": [{"maxProperties": 3}, ` + figuresOf("oneOf", "") + `, {"anyOf": [{"required": ["kind"]}, {"not": {"type": "object"}}]}], "not": {"required": ["x"]}},
"beside": {"properties": {"kind": {"type": "string"}}, "oneOf": [{"$ref": "aCircle"}, {"$ref": "aGroup"}], "enum": [1, {"kind": "circle"}, {"kind": "disc"}, {"kind": "circle", "radius": 1}, {"radius": 2.5, "kind": "circle"}, {"kind": "circle", "radius": 4.5}, {"kind": "disc", "radius": 1}, {"kind": "disc", "radius": 2.5}, {"kind": "group", "figures": []}, {"kind": "either", "radius": 2}, {"kind": "either", "figures": []}]},
"loose": {"oneOf": [{"type": "object", "required": ["radius"]}, {"type": "object", "required": ["figures"]}, {"type": ["string", "array", "null"]}]}
}`)

// figure is the text of a value.
func (r texts) figure(depth int) string {
	if r.IntN(6) == 0 || depth > 3 {
		return r.one(`"a"`, `"bc"`, `"\u0064"`, `"long"`, `1`, `2`, `25e-1`, `1e999`, `[]`, `["x","y"]`, `[1]`, `null`)
	}
	var members []string
	add := func(often int, name string, value func() string) {
		if r.IntN(often) > 0 {
			members = append(members, `"`+name+`":`+r.space()+value())
		}
	}
	add(8, "kind", func() string {
		return r.one(`"circle"`, `"circle"`, `"group"`, `"group"`, `"disc"`, `"either"`, `"\u0067roup"`, `"other"`, `7`)
	})
	if r.IntN(2) == 0 {
		add(3, "radius", func() string { return r.one("1", "2.5", "4.5", "0", "1e400") })
		if r.IntN(3) == 0 {
			add(3, "within", func() string { return r.figure(depth + 1) })
		}
	} else {
		add(8, "figures", func() string { return r.list(4, func(int) string { return r.figure(depth + 1) }) })
		if r.IntN(3) == 0 {
			add(3, "main", func() string { return r.figure(depth + 1) })
		}
	}
	if r.IntN(12) == 0 {
		members = []string{`"next":` + r.figure(depth+1)}
	}
	if r.IntN(12) == 0 {
		add(2, "x", func() string { return r.figure(depth + 1) })
	}
	if r.IntN(3) == 0 {
		r.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	}
	return "{" + strings.Join(members, r.space()+",") + "}"
}

// agreeOnSum holds both ways to read one of several types to each other, and tells whether
// a text is valid, and was read in one pass.
func agreeOnSum(t *testing.T, text []byte, by *check.Validator) (valid, read bool) {
	t.Helper()
	wantErr := by.Check(text)
	var want, got, third figureValue
	if wantErr == nil {
		r := Begin(text)
		want.CodeJSON(r.JSON())
		wantErr = r.End()
	}
	r := BeginBy(text, by)
	got.CodeJSON(r.JSON())
	gotErr := r.End()
	if fmt.Sprint(gotErr) != fmt.Sprint(wantErr) || wantErr == nil && !reflect.DeepEqual(got, want) {
		t.Fatalf("%s\nis read as\n%v, %v\nin one pass, else as\n%v, %v", text, got, gotErr, want, wantErr)
	}
	was := figureValue{label("was")}
	if err := Unmarshal(text, by, &was); fmt.Sprint(err) != fmt.Sprint(wantErr) || err == nil && !reflect.DeepEqual(was, want) {
		t.Fatalf("%s\nis unmarshaled as\n%v, %v\nnot as\n%v, %v", text, was, err, want, wantErr)
	}
	if plan := sumFigure.plan(by); plan != nil {
		r := Begin(text)
		r.Fresh()
		if read = plan.Read(text, unsafe.Pointer(&third), 0, (*others)(r)); read && (wantErr != nil || !reflect.DeepEqual(third, want)) {
			t.Fatalf("%s\nis read by the plan as\n%v\nelse as\n%v, %v", text, third, want, wantErr)
		}
	}
	return wantErr == nil, read
}

// oddFigures are of several alternatives, or beyond what a Go type holds, or end early.
var oddFigures = []string{
	`{"kind":"circle","radius":2}`, `{"radius":2,"kind":"circle"}`, `{"kind":"either","figures":[]}`, `{"kind":"either","radius":1e400}`,
	`{"kind":"either","radius":1e400,"figures":[]}`, `{"kind":"either","radius":0,"figures":[]}`, `{"kind":"circle","kind":"group","figures":[]}`,
	`{"kind":"group","figures":[],"kind":"circle"}`, `{`, `{"`, `{"kind`, `{"kind"`, `{"kind":`, `{"kind":"`, `{"kind":"circle`, `{"kind":"circle"`, `{"x":[`, `{"x":1`, `{"x":1,`, `{"x":1,"`,
	`{"x":"` + strings.Repeat("x", 5_000) + `","kind":"circle"}`, strings.Repeat(`{"kind":"either","within":`, 400) + `"a"` + strings.Repeat("}", 400),
	strings.Repeat(`{"within":`, 100) + `"a"` + strings.Repeat(`,"kind":"either"}`, 100),
}

// TestOnePassSum reads random values of one of several types in both ways.
func TestOnePassSum(t *testing.T) {
	count := 4_000
	if testing.Short() {
		count /= 10
	}
	for schema, least := range map[string]float64{"one": 0.9, "any": 0.9, "named": 0.6, "more": 0.3, "not": 0.4, "both": 0.4, "overlap": 0.4, "loose": 0.2, "nested": 0.7, "several": 0.8, "within": 0.6, "beside": 0.9} {
		r := texts{rand.New(rand.NewPCG(5, 6))}
		by := figureRules.Of(schema)
		valid, read := 0, 0
		for i := range count {
			text := []byte(r.figure(0))
			if i < len(oddFigures) {
				text = []byte(oddFigures[i])
			} else if i%4 == 0 {
				text = r.mutant(text)
			}
			ok, once := agreeOnSum(t, text, by)
			if ok {
				valid++
			}
			if once {
				read++
			}
		}
		t.Logf("%s: %d of %d are valid, %d of them read in one pass", schema, valid, count, read)
		if valid < count/50 || float64(read) < least*float64(valid) {
			t.Errorf("%s: %d of %d are valid, %d of them read in one pass", schema, valid, count, read)
		}
	}
}

// FuzzOnePassSum reads any text as one of several types in both ways.
func FuzzOnePassSum(f *testing.F) {
	r := texts{rand.New(rand.NewPCG(7, 8))}
	for i := range 60 {
		f.Add([]byte(r.figure(i%3)), uint8(i))
	}
	schemas := []string{"one", "any", "named", "more", "not", "both", "overlap", "loose", "nested", "several", "within", "beside"}
	f.Fuzz(func(t *testing.T, text []byte, schema uint8) {
		agreeOnSum(t, text, figureRules.Of(schemas[int(schema)%len(schemas)]))
	})
}
