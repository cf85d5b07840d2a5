package ir

import "testing"

// TestTable: a struct has a table when tables know all of its fields, and no type of another
// package lies within it, which could keep a pointer to itself.
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
		want bool
	}{
		"text":                     {one(String, true), true},
		"text that may be absent":  {one(&Optional{String}, false), true},
		"bytes":                    {one(Bytes, false), true},
		"enum":                     {one(enum, false), true},
		"enum of any values":       {one(raw, true), true},
		"that may be absent":       {one(raw, false), true},
		"list":                     {one(&Slice{Elem: raw}, false), true},
		"list of lists":            {one(&Slice{Elem: &Slice{Elem: String}}, true), true},
		"map":                      {one(&Map{Elem: Int64}, true), true},
		"map of texts":             {one(&Map{Elem: String}, true), true},
		"map of enums":             {one(&Map{Elem: enum}, false), true},
		"map of ids":               {one(&Map{Elem: UUID}, true), true},
		"map of structs":           {one(&Map{Elem: holds}, true), false},
		"nullable":                 {one(&Nullable{String}, false), true},
		"nullable that must be":    {one(&Nullable{named(&Sum{})}, true), true},
		"nullable pointer":         {one(&Nullable{&Pointer{holds}}, true), true},
		"nullable external":        {one(&Nullable{external}, false), false},
		"external in a nullable":   {one(&Nullable{holds}, true), false},
		"union":                    {one(named(&Sum{}), true), true},
		"union that may be absent": {one(named(&Sum{}), false), true},
		"unions":                   {one(&Slice{Elem: named(&Sum{})}, true), true},
		"list type":                {one(named(&Defined{Type: &Slice{Elem: external}}), false), true},
		"pointer":                  {one(&Pointer{named(one(Bool, true))}, false), true},
		"pointer that must be":     {one(&Pointer{named(one(Bool, true))}, true), true},
		"external":                 {one(external, true), false},
		"external within":          {one(holds, true), false},
		"within a tuple":           {one(named(&Tuple{Fields: one(holds, true).Fields}), true), false},
		"within a defined type":    {one(named(&Defined{Type: external}), true), false},
		"may lie within":           {one(named(one(&Optional{external}, false)), true), false},
		"behind a pointer":         {one(&Pointer{holds}, false), true},
		"in a list":                {one(&Slice{Elem: holds}, true), true},
		"fixed text":               {fixed(&Enum{Base: String, Values: []*EnumValue{{Literal: "a"}}}), true},
		"fixed with an escape":     {fixed(&Enum{Base: String, Values: []*EnumValue{{Literal: "a\""}}}), true},
		"fixed number":             {fixed(&Enum{Base: Int64, Values: []*EnumValue{{Literal: "1"}}}), true},
		"fixed value":              {fixed(&Enum{Base: Raw, Values: []*EnumValue{{Literal: "[1]"}}}), true},
		"list that may be null":    {&Struct{Name: "One", Fields: []*Field{{Name: "F", JSONName: "f", Type: &Slice{Elem: String}, Required: true, Nullable: true}}}, true},
		"name with an escape":      {&Struct{Name: "One", Fields: []*Field{{Name: "F", JSONName: "\u2028", Type: String, Required: true}}}, false},
		"name beyond ASCII":        {&Struct{Name: "One", Fields: []*Field{{Name: "F", JSONName: "ä", Type: String, Required: true}}}, true},
		"other kinds of values":    {&Struct{Name: "One", Other: "Other"}, false},
		"typed members":            {&Struct{Name: "One", Extra: &Extra{Elem: String}}, false},
		"no fields":                {&Struct{Name: "One"}, true},
	} {
		if got := c.s.Table(); (got != "") != c.want || c.want && got != "jsonOne" {
			t.Errorf("%s: table %q", name, got)
		}
	}
}

// TestTableOfDefined: a list, a map or a basic type without methods of its own has a table.
func TestTableOfDefined(t *testing.T) {
	for name, c := range map[string]struct {
		typ  Type
		want bool
	}{
		"list":             {&Slice{Elem: String}, true},
		"list of lists":    {&Slice{Elem: &Slice{Elem: String}}, true},
		"map":              {&Map{Elem: Raw}, true},
		"map of nullables": {&Map{Elem: &Nullable{Bool}}, true},
		"number":           {Int64, true},
		"id":               {UUID, false}, // whose methods it has lost
		"external":         {External{Path: "example.com/x", Name: "X"}, false},
		"struct":           {&Named{Decl: &Struct{Name: "Two"}}, false},
	} {
		if got := (&Defined{Name: "One", Type: c.typ}).Table(); (got != "") != c.want || c.want && got != "jsonOne" {
			t.Errorf("%s: table %q", name, got)
		}
	}
}
