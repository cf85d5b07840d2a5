package ir

import "testing"

// TestTable: a struct has a table when tables know all of its fields.
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
		"map of structs":           {one(&Map{Elem: holds}, true), true},
		"nullable":                 {one(&Nullable{String}, false), true},
		"nullable that must be":    {one(&Nullable{named(&Sum{})}, true), true},
		"nullable pointer":         {one(&Nullable{&Pointer{holds}}, true), true},
		"nullable external":        {one(&Nullable{external}, false), true},
		"external in a nullable":   {one(&Nullable{holds}, true), true},
		"union":                    {one(named(&Sum{}), true), true},
		"union that may be absent": {one(named(&Sum{}), false), true},
		"unions":                   {one(&Slice{Elem: named(&Sum{})}, true), true},
		"list type":                {one(named(&Defined{Type: &Slice{Elem: external}}), false), true},
		"pointer":                  {one(&Pointer{named(one(Bool, true))}, false), true},
		"pointer that must be":     {one(&Pointer{named(one(Bool, true))}, true), true},
		"external":                 {one(external, true), true},
		"external within":          {one(holds, true), true},
		"within a tuple":           {one(named(&Tuple{Fields: one(holds, true).Fields}), true), true},
		"within a defined type":    {one(named(&Defined{Type: external}), true), true},
		"may lie within":           {one(named(one(&Optional{external}, false)), true), true},
		"behind a pointer":         {one(&Pointer{holds}, false), true},
		"in a list":                {one(&Slice{Elem: holds}, true), true},
		"fixed text":               {fixed(&Enum{Base: String, Values: []*EnumValue{{Literal: "a"}}}), true},
		"fixed with an escape":     {fixed(&Enum{Base: String, Values: []*EnumValue{{Literal: "a\""}}}), true},
		"fixed number":             {fixed(&Enum{Base: Int64, Values: []*EnumValue{{Literal: "1"}}}), true},
		"fixed value":              {fixed(&Enum{Base: Raw, Values: []*EnumValue{{Literal: "[1]"}}}), true},
		"list that may be null":    {&Struct{Name: "One", Fields: []*Field{{Name: "F", JSONName: "f", Type: &Slice{Elem: String}, Required: true, Nullable: true}}}, true},
		"name with an escape":      {&Struct{Name: "One", Fields: []*Field{{Name: "F", JSONName: "\u2028", Type: String, Required: true}}}, true},
		"name beyond ASCII":        {&Struct{Name: "One", Fields: []*Field{{Name: "F", JSONName: "ä", Type: String, Required: true}}}, true},
		"other kinds of values":    {&Struct{Name: "One", Other: "Other"}, true},
		"typed members":            {&Struct{Name: "One", Extra: &Extra{Elem: String}}, true},
		"no fields":                {&Struct{Name: "One"}, true},
	} {
		if got := c.s.Table(); (got != "") != c.want || c.want && got != "jsonOne" {
			t.Errorf("%s: table %q", name, got)
		}
	}
}

// TestTableOfDefined: a list, a map, a basic type or one of another package has a table.
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
		"id":               {UUID, true},
		"external":         {External{Path: "example.com/x", Name: "X"}, true},
		"struct":           {&Named{Decl: &Struct{Name: "Two"}}, false},
	} {
		if got := (&Defined{Name: "One", Type: c.typ}).Table(); (got != "") != c.want || c.want && got != "jsonOne" {
			t.Errorf("%s: table %q", name, got)
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
