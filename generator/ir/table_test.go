package ir

import (
	"strings"
	"testing"
)

// TestTable: there are words for all fields.
func TestTable(t *testing.T) {
	one := func(typ Type, required bool) *Struct {
		return &Struct{Name: "One", Fields: []*Field{{Name: "F", JSONName: "f", Type: typ, Required: required}}}
	}
	named := func(d TypeDecl) Type { return &Named{Decl: d} }
	fixed := func(e *Enum) *Struct {
		return &Struct{Name: "One", Fields: []*Field{{Name: "F", JSONName: "f", Type: named(e), Required: true, Fixed: true}}}
	}
	external := External{Path: "example.com/x", Name: "X"}
	holds := named(one(external, true))
	enum, raw := named(&Enum{Base: String}), named(&Enum{Base: Raw})
	for name, c := range map[string]struct {
		s    *Struct
		want string
	}{
		"text":                     {one(String, true), "string"},
		"text that may be absent":  {one(&Optional{String}, false), "string optional"},
		"bytes":                    {one(Bytes, false), "bytes some"},
		"enum":                     {one(enum, false), "string some"},
		"enum of any values":       {one(raw, true), "canonical"},
		"that may be absent":       {one(raw, false), "canonical some"},
		"list":                     {one(&Slice{Elem: raw}, false), "canonical list some"},
		"list of lists":            {one(&Slice{Elem: &Slice{Elem: String}}, true), "string list list"},
		"map":                      {one(&Map{Elem: Int64}, true), "int64 map"},
		"map of texts":             {one(&Map{Elem: String}, true), "string map"},
		"map of enums":             {one(&Map{Elem: enum}, false), "string map some"},
		"map of ids":               {one(&Map{Elem: UUID}, true), "uuid map"},
		"map of structs":           {one(&Map{Elem: holds}, true), "struct map"},
		"nullable":                 {one(&Nullable{String}, false), "string nullable some"},
		"nullable that must be":    {one(&Nullable{named(&Sum{})}, true), "sum nullable"},
		"nullable pointer":         {one(&Nullable{&Pointer{holds}}, true), "struct pointer nullable"},
		"nullable external":        {one(&Nullable{external}, false), "external nullable some"},
		"external in a nullable":   {one(&Nullable{holds}, true), "struct nullable"},
		"union":                    {one(named(&Sum{}), true), "sum"},
		"union that may be absent": {one(named(&Sum{}), false), "sum some"},
		"unions":                   {one(&Slice{Elem: named(&Sum{})}, true), "sum list"},
		"list type":                {one(named(&Defined{Type: &Slice{Elem: external}}), false), "external list some"},
		"pointer":                  {one(&Pointer{named(one(Bool, true))}, false), "struct pointer some"},
		"pointer that must be":     {one(&Pointer{named(one(Bool, true))}, true), "struct pointer"},
		"external":                 {one(external, true), "external"},
		"external within":          {one(holds, true), "struct"},
		"within a tuple":           {one(named(&Tuple{Fields: one(holds, true).Fields}), true), "struct"},
		"within a defined type":    {one(named(&Defined{Type: external}), true), "external"},
		"may lie within":           {one(named(one(&Optional{external}, false)), true), "struct"},
		"behind a pointer":         {one(&Pointer{holds}, false), "struct pointer some"},
		"in a list":                {one(&Slice{Elem: holds}, true), "struct list"},
		"fixed text":               {fixed(&Enum{Base: String, Values: []*EnumValue{{Literal: "a"}}}), "string = \"a\""},
		"fixed with an escape":     {fixed(&Enum{Base: String, Values: []*EnumValue{{Literal: "a\""}}}), "string = \"a\\\"\""},
		"fixed number":             {fixed(&Enum{Base: Int64, Values: []*EnumValue{{Literal: "1"}}}), "int64 = 1"},
		"fixed value":              {fixed(&Enum{Base: Raw, Values: []*EnumValue{{Literal: "[1]"}}}), "canonical = [1]"},
		"list that may be null":    {&Struct{Name: "One", Fields: []*Field{{Name: "F", JSONName: "f", Type: &Slice{Elem: String}, Required: true, Nullable: true}}}, "string list nil"},
		"name with an escape":      {&Struct{Name: "One", Fields: []*Field{{Name: "F", JSONName: "\u2028", Type: String, Required: true}}}, "string"},
		"name beyond ASCII":        {&Struct{Name: "One", Fields: []*Field{{Name: "F", JSONName: "ä", Type: String, Required: true}}}, "string"},
		"other kinds of values":    {&Struct{Name: "One", Other: "Other"}, ""},
		"typed members":            {&Struct{Name: "One", Extra: &Extra{Elem: String}}, "string map"},
		"no fields":                {&Struct{Name: "One"}, ""},
	} {
		var got []string
		for _, f := range c.s.Fields {
			got = append(got, f.Member().Words())
		}
		if c.s.Extra != nil {
			got = append(got, c.s.Extra.Map().Words())
		}
		if words := strings.Join(got, ", "); words != c.want {
			t.Errorf("%s: the words are %q", name, words)
		}
	}
}

// TestTableOfDefined: there are words for a list, a map, a basic type and one of another package.
func TestTableOfDefined(t *testing.T) {
	for name, c := range map[string]struct {
		typ  Type
		want string
	}{
		"list":             {&Slice{Elem: String}, "string list"},
		"list of lists":    {&Slice{Elem: &Slice{Elem: String}}, "string list list"},
		"map":              {&Map{Elem: Raw}, "raw map"},
		"map of nullables": {&Map{Elem: &Nullable{Bool}}, "bool nullable map"},
		"number":           {Int64, "int64"},
		"id":               {UUID, "uuid"},
		"external":         {External{Path: "example.com/x", Name: "X"}, "external"},
	} {
		if words := (&Defined{Name: "One", Type: c.typ}).Member().Words(); words != c.want {
			t.Errorf("%s: the words are %q", name, words)
		}
	}
}

// TestKeeps: a value of another package's type may be kept where it lies in a value itself, not
// elsewhere.
func TestKeeps(t *testing.T) {
	external := External{Path: "example.com/x", Name: "X"}
	fields := []*Field{{Type: String}, {Type: &Optional{external}}}
	holds := &Named{Decl: &Struct{Fields: fields}}
	for name, c := range map[string]struct {
		typ  Type
		want bool
	}{
		"external":              {external, true},
		"nullable":              {&Nullable{external}, true},
		"struct":                {holds, true},
		"tuple":                 {&Named{Decl: &Tuple{Fields: fields}}, true},
		"struct in a struct":    {&Named{Decl: &Struct{Fields: []*Field{{Type: &Nullable{holds}}}}}, true},
		"defined type":          {&Named{Decl: &Defined{Type: external}}, true},
		"defined list":          {&Named{Decl: &Defined{Type: &Slice{external}}}, false},
		"list":                  {&Slice{external}, false},
		"map":                   {&Map{external}, false},
		"pointer":               {&Pointer{holds}, false},
		"union":                 {&Named{Decl: &Sum{Branches: []*Branch{{Decl: &Defined{Type: external}}}}}, false},
		"struct without others": {&Named{Decl: &Struct{Fields: []*Field{{Type: &Slice{external}}}}}, false},
	} {
		if Keeps(c.typ) != c.want {
			t.Errorf("%s: keeps is not %v", name, c.want)
		}
	}
}
