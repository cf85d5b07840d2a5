package templates

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/spec/delivery"
)

// The declarations that the table below puts together.
var (
	money  = &ir.Struct{Name: "Money", Fields: []*ir.Field{{Name: "Cents", JSONName: "cents", Type: ir.Int64, Required: true}}}
	status = &ir.Enum{Name: "Status", Doc: ir.Text("Status is how it is."), Base: ir.String, Values: []*ir.EnumValue{
		{Name: "StatusOn", Literal: "on"}, {Name: "StatusQuote", Literal: "\"\n`"},
	}}
	tags    = &ir.Defined{Name: "Tags", Doc: ir.Text("Tags are words."), Type: &ir.Slice{Elem: ir.String}}
	headers = &ir.HeaderMethods{Code: "codeHeaders", Struct: &ir.Struct{Name: "Headers", Fields: []*ir.Field{
		{Name: "Must", JSONName: "must", Type: ir.String, Required: true},
		{Name: "May", JSONName: "may\"", Type: optional(ir.Int64)},
		{Name: "List", JSONName: "list", Type: &ir.Slice{Elem: ir.String}},
		{Name: "All", JSONName: "all", Type: &ir.Slice{Elem: ir.String}, Required: true},
	}}}
	placed = &ir.Message{Name: "Placed", Envelope: "PlacedEnvelope", Wire: "placed", ContentType: "application/json",
		Doc: ir.Text("PlacedEnvelope carries message placed."), Payload: named(money), Headers: headers}
	note   = &ir.Message{Name: "Note", Envelope: "NoteEnvelope", Wire: "note", ContentType: "text/plain", Payload: ir.String, Encoding: ir.TextPlain}
	region = &ir.ParameterType{Name: "Region", Doc: ir.Text("Region is where."), Values: []*ir.EnumValue{{Name: "RegionEU", Literal: "eu"}}}
)

func named(d ir.TypeDecl) ir.Type   { return &ir.Named{Decl: d} }
func optional(elem ir.Type) ir.Type { return &ir.Optional{Elem: elem} }

// order is an operation with one message, payment one with two.
func order() *ir.Operation {
	o := &ir.Operation{ID: "sendOrder", Name: "Order", Sends: true, Messages: []*ir.Message{placed},
		Arguments: []*ir.Argument{{Name: "region", Wire: "region", Type: region}, {Name: "address", Wire: "address"}},
		Channel:   &ir.Channel{Name: "OrderChannel", Doc: ir.Text("OrderChannel is where."), Address: "{region}/{address}"}}
	o.Producer = &ir.Producer{Operation: o, Name: "OrderProducer", Doc: ir.Text("OrderProducer sends."), New: "NewOrderProducer",
		NewDoc: ir.Text("NewOrderProducer returns one."), Methods: []*ir.PublishMethods{{
			Message: placed, Name: "Publish", Doc: ir.Text("Publish sends."), Headers: true,
			Envelope: "PublishEnvelope", EnvelopeDoc: ir.Text("PublishEnvelope sends."),
		}}}
	o.Consumer = &ir.Consumer{Operation: o, Name: "ConsumeOrder", Doc: ir.Text("ConsumeOrder handles.")}
	return o
}

func payment() *ir.Operation {
	o := &ir.Operation{ID: "onPayment", Name: "Payment", Messages: []*ir.Message{placed, note},
		Channel: &ir.Channel{Name: "PaymentChannel", Address: "a\"b", Bound: []ir.BoundAddress{{Protocol: "kafka", Address: "topic"}}, Groups: []ir.BoundGroup{{Protocol: "kafka", Group: "g\"roup"}}}}
	o.Producer = &ir.Producer{Operation: o, Name: "PaymentProducer", New: "NewPaymentProducer", Methods: []*ir.PublishMethods{
		{Message: note, Name: "PublishNote", Envelope: "PublishNoteEnvelope"},
	}}
	o.Consumer = &ir.Consumer{Operation: o, Name: "ConsumePayment", Handlers: &ir.Handlers{
		Name: "PaymentHandlers", Doc: ir.Text("PaymentHandlers handle."),
		Fields: []*ir.Handler{{Name: "Placed", Message: placed}, {Name: "Note", Message: note}},
	}}
	return o
}

// shape is one of several types, told apart in every way there is.
func shape() *ir.Sum {
	branch := func(d ir.TypeDecl, rules string) *ir.Branch { return &ir.Branch{Decl: d, Rules: rules} }
	text := branch(&ir.Defined{Name: "ShapeText", Type: ir.String}, "")
	list, one := branch(tags, ""), branch(money, "Money")
	two, three := branch(&ir.Struct{Name: "Two"}, "Two"), branch(&ir.Struct{Name: "Three"}, "Three")
	leaf := func(b *ir.Branch) *ir.Pick { return &ir.Pick{Branch: b} }
	return &ir.Sum{
		Name: "Shape", Doc: ir.Text("Shape is one of several."), Marker: "writeAsShape", Read: "ReadShape", Write: "WriteShape", Unmarshal: "UnmarshalShape",
		Branches: []*ir.Branch{text, list, branch(status, ""), one, two, three},
		Pick: &ir.Pick{Kinds: []ir.KindPick{
			{Kinds: []ir.Kind{ir.KindString, ir.KindNumber}, Pick: leaf(text)},
			{Kinds: []ir.Kind{ir.KindArray}, Pick: leaf(list)},
			{Kinds: []ir.Kind{ir.KindObject}, Pick: &ir.Pick{Member: &ir.MemberPick{
				Name: "kind\"", Values: []ir.ValuePick{{Values: []string{"a", "b"}, Pick: leaf(one)}, {Values: []string{""}, Pick: leaf(two)}},
				Else: &ir.Pick{Present: &ir.PresentPick{Name: "n", Yes: leaf(three), Absent: &ir.Pick{Try: []*ir.Branch{one, two, three}}}},
			}}},
		}},
	}
}

// table has a row for every construct: what is planned, and in testdata the Go
// that comes out.
func table() map[string]ir.Decl {
	return map[string]ir.Decl{
		"handshake": &ir.Handshake{Constant: "GeneratedV1"},
		"rules":     &ir.Rules{Name: "rules", Doc: ir.Text("rules judge."), SetName: "schemas", SetDoc: ir.Text("schemas are those."), Set: everyRule()},
		"struct":    money,
		"struct-types": &ir.Struct{Name: "Everything", Doc: ir.Text("Everything has one of each."), Fields: []*ir.Field{
			{Name: "Time", JSONName: "time", Type: ir.Time, Required: true, Doc: ir.Text("Time is when.")},
			{Name: "Raw", JSONName: "raw", Type: ir.Raw},
			{Name: "Ptr", JSONName: "ptr", Type: &ir.Pointer{Elem: named(money)}},
			{Name: "Map", JSONName: "map", Type: &ir.Map{Elem: &ir.Nullable{Elem: ir.Float32}}},
			{Name: "Opt", JSONName: "opt", Type: optional(named(status))},
			{Name: "Enum", JSONName: "enum", Type: named(status)},
			{Name: "Bool", JSONName: "bool", Type: ir.Bool, Required: true},
			{Name: "Tags", JSONName: "tags", Type: named(tags), Required: true},
		}},
		"struct-filled": &ir.Struct{Name: "Filled", Fields: []*ir.Field{
			{Name: "List", JSONName: "list", Type: &ir.Slice{Elem: named(money)}, Required: true},
			{Name: "Map", JSONName: "map", Type: &ir.Map{Elem: ir.Raw}, Required: true},
			{Name: "Bytes", JSONName: "bytes", Type: ir.Bytes, Required: true},
			{Name: "Nullable", JSONName: "nullable", Type: &ir.Slice{Elem: ir.String}, Required: true, Nullable: true},
		}},
		"struct-defaults": withDefaults(),
		"struct-untagged": &ir.Struct{Name: "Untagged", Fields: []*ir.Field{
			{Name: "Plain", JSONName: "plain", Type: ir.String, Required: true},
			{Name: "Must", JSONName: "a\"b", Type: ir.String, Required: true},
			{Name: "May", JSONName: "a,b", Type: optional(ir.String)},
			{Name: "List", JSONName: "-", Type: &ir.Slice{Elem: ir.String}},
		}},
		"struct-table": &ir.Struct{Name: "Table", Fields: []*ir.Field{
			{Name: "ID", JSONName: "id", Type: ir.UUID, Required: true},
			{Name: "Level", JSONName: "level", Type: named(status)},
			{Name: "May", JSONName: "may", Type: optional(ir.Date)},
			{Name: "Raw", JSONName: "raw", Type: ir.Raw},
			{Name: "Money", JSONName: "money", Type: named(money), Required: true},
			{Name: "Ptr", JSONName: "ptr", Type: &ir.Pointer{Elem: named(money)}},
			{Name: "List", JSONName: "list", Type: &ir.Slice{Elem: named(money)}},
			{Name: "Levels", JSONName: "levels", Type: &ir.Slice{Elem: named(status)}, Required: true},
			{Name: "Tags", JSONName: "a,b", Type: named(tags)},
			{Name: "Kind", JSONName: "kind", Type: named(&ir.Enum{Name: "Kind", Base: ir.String, Values: []*ir.EnumValue{{Name: "KindA", Literal: "a ` b"}}}),
				Required: true, Fixed: true},
		}, Unknown: "Unknown"},
		"struct-wide":      wide(32),
		"struct-extra":     &ir.Struct{Name: "Extra", Fields: money.Fields, Extra: &ir.Extra{Name: "More", Elem: ir.Int64, Doc: ir.Text("More is the rest.")}},
		"struct-extra-raw": &ir.Struct{Name: "ExtraRaw", Extra: &ir.Extra{Name: "More", Elem: ir.Raw}},
		"enum":             status,
		"enum-integers":    &ir.Enum{Name: "Level", Base: ir.Int32, Values: []*ir.EnumValue{{Name: "LevelDash1", Literal: "-1"}, {Name: "Level0", Literal: "0"}}},
		"defined":          tags,
		"defined-map":      &ir.Defined{Name: "Labels", Type: &ir.Map{Elem: ir.String}},
		"defined-bytes":    &ir.Defined{Name: "Blob", Type: ir.Bytes},
		"defined-external": &ir.Defined{Name: "Wait", Type: ir.External{Path: "time", Name: "Duration"}},
		"enum-json": &ir.Enum{Name: "Mixed", Doc: ir.Text("Mixed is anything."), Base: ir.Raw, Values: []*ir.EnumValue{
			{Name: "MixedA", Literal: `"a"`}, {Name: "Mixed1", Literal: `15e-1`},
		}},
		"enum-numbers": &ir.Enum{Name: "Rate", Base: ir.Float64, Values: []*ir.EnumValue{{Name: "RateHalf", Literal: "0.5"}, {Name: "Rate1", Literal: "1"}}},
		"enum-big":     &ir.Enum{Name: "Big", Base: ir.Uint64, Values: []*ir.EnumValue{{Name: "BigMost", Literal: "18446744073709551615"}}},
		"sum":          shape(),
		"tuple": &ir.Tuple{Name: "Pair", Doc: ir.Text("Pair is two."), Fields: []*ir.Field{
			{Name: "Name", Type: ir.String, Required: true, Doc: ir.Text("Name is who.")},
			{Name: "Tags", Type: &ir.Slice{Elem: ir.String}, Required: true, Nullable: true},
			{Name: "Count", Type: optional(ir.Int64)},
			{Name: "Cost", Type: &ir.Nullable{Elem: named(money)}},
			{Name: "Next", Type: &ir.Pointer{Elem: named(money)}},
		}, Rest: &ir.Extra{Name: "Rest", Elem: ir.Raw, Doc: ir.Text("Rest is more.")}},
		"tuple-closed": &ir.Tuple{Name: "Single", Fields: []*ir.Field{{Name: "Item1", Type: optional(named(status))}}},
		"headers":      headers,
		"headers-either": &ir.HeaderMethods{Code: "codeHeaders", Kinds: map[string]check.Types{
			"shape": check.Array | check.Object | check.String, "when": check.Null | check.String, "loose": check.Object,
		}, Struct: &ir.Struct{Name: "Headers", Fields: []*ir.Field{
			{Name: "Shape", JSONName: "shape", Type: named(shape())},
			{Name: "When", JSONName: "when", Type: &ir.Nullable{Elem: ir.Time}},
			{Name: "Text", JSONName: "text", Type: named(&ir.Sum{Name: "Word", Read: "ReadWord", Write: "WriteWord", Branches: shape().Branches[:1]})},
			{Name: "Loose", JSONName: "loose", Type: &ir.Pointer{Elem: named(&ir.Struct{Name: "Loose", Other: "Other"})}},
		}}},
		"message":        placed,
		"message-text":   note,
		"message-bytes":  &ir.Message{Envelope: "BlobEnvelope", Wire: "blob", ContentType: "x/y", Payload: ir.Bytes, Encoding: ir.RawBytes},
		"message-unused": &ir.Message{Envelope: "UnusedEnvelope", Wire: "unused", Payload: ir.Raw},
		"message-sum":    &ir.Message{Envelope: "ShapeEnvelope", Wire: "shape", Payload: named(shape()), Rules: "Shape"},
		"message-enum":   &ir.Message{Envelope: "StatusEnvelope", Wire: "status", Payload: named(status), Rules: "Status"},
		"message-null":   &ir.Message{Envelope: "DayEnvelope", Wire: "day", Payload: &ir.Nullable{Elem: ir.Date}, Rules: "DayEnvelope"},
		"message-else":   &ir.Message{Envelope: "WaitEnvelope", Wire: "wait", Payload: ir.External{Path: "time", Name: "Duration"}, Rules: "Wait"},
		"message-may":    &ir.Message{Envelope: "MayWaitEnvelope", Wire: "mayWait", Payload: &ir.Nullable{Elem: ir.External{Path: "time", Name: "Duration"}}, Rules: "MayWait"},
		"parameter":      &ir.ParameterType{Name: "LampID", Doc: ir.Text("LampID is the lamp.")},
		"parameter-enum": region,
		"channel":        order().Channel,
		"channel-bound":  payment().Channel,
		"delivery": &ir.Delivery{Name: "OrderDelivery", Doc: ir.Text("OrderDelivery is how."), Policy: &delivery.Policy{
			Guarantee: "at-most-once", Ordering: "none", TTL: delivery.None, MaxDelay: time.Hour, PerSecond: 2.5, Attempts: 3,
			RetryAddresses: []delivery.RetryAddress{{Address: "{address}.retry", Delay: 90 * time.Second}}, DeadLetter: delivery.Drop}},
		"producer":     order().Producer,
		"producer-two": payment().Producer,
		"consumer":     order().Consumer,
		"consumer-two": payment().Consumer,
		"handlers":     payment().Consumer.Handlers,
	}
}

// withDefaults is a struct of members with defaults of all kinds.
func withDefaults() *ir.Struct {
	return &ir.Struct{Name: "Defaults", Defaults: true, Fields: []*ir.Field{
		{Name: "Bool", JSONName: "bool", Type: optional(ir.Bool), Default: `false`},
		{Name: "Text", JSONName: "text", Type: optional(ir.String), Default: `"a\"\n"`},
		{Name: "Int", JSONName: "int", Type: optional(ir.Int64), Default: `-5`},
		{Name: "Small", JSONName: "small", Type: optional(ir.Int8), Default: `1.0`},
		{Name: "Big", JSONName: "big", Type: optional(ir.Uint64), Default: `18446744073709551615`},
		{Name: "Float", JSONName: "float", Type: optional(ir.Float64), Default: `2`},
		{Name: "Half", JSONName: "half", Type: optional(ir.Float32), Default: `0.5`},
		{Name: "Null", JSONName: "null", Type: &ir.Nullable{Elem: ir.Int32}, Default: `null`},
		{Name: "Value", JSONName: "value", Type: &ir.Nullable{Elem: ir.Int32}, Default: `7`},
		{Name: "Status", JSONName: "status", Type: named(status), Default: `"on"`},
		{Name: "Other", JSONName: "other", Type: optional(named(status)), Default: `"other"`},
		{Name: "List", JSONName: "list", Type: &ir.Slice{Elem: ir.Int64}, Default: `[1,2]`},
		{Name: "Tags", JSONName: "tags", Type: named(tags), Default: `["a"]`},
		{Name: "Map", JSONName: "map", Type: &ir.Map{Elem: &ir.Nullable{Elem: ir.Bool}}, Default: `{"b":null,"a":true}`},
		{Name: "Raw", JSONName: "raw", Type: ir.Raw, Default: `{"a":[1]}`},
		{Name: "Date", JSONName: "date", Type: optional(ir.Date), Default: `"2026-05-04"`},
		{Name: "Dates", JSONName: "dates", Type: &ir.Slice{Elem: ir.Date}, Default: `["2026-05-04"]`},
		{Name: "Money", JSONName: "money", Type: &ir.Pointer{Elem: named(money)}, Default: `{"cents":1}`},
	}}
}

// wide is a struct of n members.
func wide(n int) *ir.Struct {
	s := &ir.Struct{Name: "Wide", Unknown: "Unknown"}
	for i := range n {
		s.Fields = append(s.Fields, &ir.Field{Name: fmt.Sprint("F", i), JSONName: fmt.Sprint("f", i), Type: ir.Int64, Required: i%2 == 0})
		if i%2 == 1 {
			s.Fields[i].Type = optional(ir.String)
		}
	}
	return s
}

// one prints one declaration.
func one(t *testing.T, d ir.Decl) []byte {
	t.Helper()
	files, err := Render(&ir.Package{Name: "p", Runtime: "github.com/asyncwire/asyncwire/runtime", Files: []*ir.File{{Name: "f.gen.go", Decls: []ir.Decl{d}}}})
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := bytes.Cut(files[0].Content, []byte("\n\n"))
	return text
}

func TestEmitters(t *testing.T) {
	for name, d := range table() {
		t.Run(name, func(t *testing.T) { golden.Check(t, filepath.Join("testdata", name+".go.txt"), one(t, d)) })
	}
}

// TestDeclares: what a construct says it declares is what it declares.
func TestDeclares(t *testing.T) {
	for name, d := range table() {
		file, err := parser.ParseFile(token.NewFileSet(), name, one(t, d), 0)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, decl := range file.Decls {
			got = append(got, names(decl)...)
		}
		if want := d.Declares(); !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
			t.Errorf("%s declares %v, says %v", name, got, want)
		}
	}
}

func names(d ast.Decl) []string {
	var out []string
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			return []string{d.Name.Name}
		}
		return []string{strings.TrimPrefix(fmt.Sprint(receiver(d.Recv.List[0].Type)), "*") + "." + d.Name.Name}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				out = append(out, s.Name.Name)
			case *ast.ValueSpec:
				for _, n := range s.Names {
					out = append(out, n.Name)
				}
			}
		}
	}
	return out
}

func receiver(e ast.Expr) ast.Expr {
	if star, ok := e.(*ast.StarExpr); ok {
		return star.X
	}
	return e
}

// TestComplete: the table has every construct that the emitters know.
func TestComplete(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "render.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if c, ok := n.(*ast.CaseClause); ok {
			for _, e := range c.List {
				if star, ok := e.(*ast.StarExpr); ok {
					known[star.X.(*ast.SelectorExpr).Sel.Name] = true
				}
			}
		}
		return true
	})
	for _, d := range table() {
		delete(known, strings.TrimPrefix(fmt.Sprintf("%T", d), "*ir."))
	}
	if len(known) > 0 {
		t.Errorf("no row for %v", known)
	}
}

func TestHeader(t *testing.T) {
	for source, want := range map[ir.Source]string{
		{Name: "orders.yaml", Version: "3.0.0"}:         "// Code generated by asyncwire from orders.yaml (AsyncAPI 3.0.0). DO NOT EDIT.",
		{Name: "a\n//go:build x", Version: "\u2028 */"}: "// Code generated by asyncwire from a //go:build x (AsyncAPI */). DO NOT EDIT.",
		{Name: strings.Repeat("é", 500)}:                "// Code generated by asyncwire from " + strings.Repeat("é", 120) + " (AsyncAPI ). DO NOT EDIT.",
	} {
		if got := header(source); got != want {
			t.Errorf("%q gives %s", source, got)
		}
	}
}

// TestBrokenOutput: what does not parse is shown with line numbers, as our bug.
func TestBrokenOutput(t *testing.T) {
	_, err := Render(&ir.Package{Name: "not a name", Runtime: "r", Files: []*ir.File{{Name: "f.gen.go"}}})
	if err == nil || !strings.Contains(err.Error(), "internal error") || !strings.Contains(err.Error(), "    3\tpackage not a name") {
		t.Errorf("error is %v", err)
	}
}

// everyRule has a rule of every type.
func everyRule() check.Set {
	return check.Set{
		{Name: "Order", Schema: check.Schema{
			check.Object,
			check.Required{"id", "quote\"`\n", "lines"},
			check.Properties{
				{Name: "id", Schema: check.Schema{check.String | check.Null, check.MinLength(1), check.MaxLength(20), check.Pattern(`^\d+$`)}},
				{Name: "quote\"`\n", Schema: check.Schema{check.Enum{`"a"`, `1`, "\"`\"", "{\"b\": [null]}"}}},
				{Name: "host", Schema: check.Schema{check.Format("idn-hostname")}},
				{Name: "size", Schema: check.Schema{check.Fits("int32")}},
				{Name: "when", Schema: check.Schema{check.Fits("int64"), check.Fits("date-time of Go"), check.Types(0)}},
				{Name: "lines", Schema: check.Schema{check.Array, check.Items{check.Ref("Line")}, check.MinItems(1), check.MaxItems(9), check.UniqueItems{}}},
				{Name: "parent", Schema: check.Schema{check.Ref("Order")}},
				{Name: "data", Schema: check.Schema{check.ContentEncoding("base64"), check.ContentMediaType("application/json")}},
				{Name: "any", Schema: check.Schema{}},
			},
			check.PatternProperties{{Pattern: `^x-"`, Schema: check.Schema{check.Title("Extra"), check.Boolean}}},
			check.AdditionalProperties{check.Never{}},
			check.PropertyNames{check.MaxLength(9)},
			check.MinProperties(1), check.MaxProperties(9),
			check.Dependencies{{Name: "a", Names: []string{"b"}}, {Name: "c", Schema: check.Schema{check.Required{"d"}}}},
			check.DependentRequired{{Name: "a", Names: []string{"b"}}},
			check.DependentSchemas{{Name: "a", Schema: check.Schema{check.MinProperties(2)}}},
			check.UnevaluatedProperties{check.Integer},
		}},
		{Name: "Line", Schema: check.Schema{
			check.Number, check.Never{}, check.Const("1"), check.Minimum("-1e3"), check.ExclusiveMinimum("0"), check.Maximum("9"), check.ExclusiveMaximum("9.5"), check.MultipleOf("0.5"),
		}},
		{Name: "Line/items", Schema: check.Schema{
			check.Tuple{{check.String}, {}}, check.AdditionalItems{check.Never{}}, check.Contains{check.Null}, check.MinContains(0), check.MaxContains(2),
			check.ContainsUnmarked{}, check.UnevaluatedItems{check.Null},
			check.AllOf{{check.Ref("Order")}, {check.Not{check.Null}}}, check.AnyOf{{}}, check.OneOf{{check.Title("a long title, so that the branches do not stand on one line"), check.Object}, {check.Null}},
			check.Discriminator{Property: "kind", Names: []check.Alternative{{Value: "a\"", Branch: 1}}},
			check.FitsIn{check.Items{check.Fits("int8")}},
			check.If{If: check.Schema{check.Null}, Then: check.Schema{}, Else: check.Schema{check.Required{"x"}}},
		}},
	}
}

// TestEveryRule: the rules that are printed are all there are, and are read back as
// they were.
func TestEveryRule(t *testing.T) {
	source, err := os.ReadFile(filepath.Join("..", "runtime", "check", "schema.go"))
	if err != nil {
		t.Fatal(err)
	}
	printed := string(one(t, &ir.Rules{Name: "rules", SetName: "schemas", Set: everyRule()}))
	for _, m := range regexp.MustCompile(`(?m)^func \((\w+)\) rule\(\)`).FindAllSubmatch(source, -1) {
		keyword := strings.ToLower(string(m[1][:1])) + string(m[1][1:])
		keyword = strings.NewReplacer("types", "type", "ref", "$ref", "tuple", "prefixItems").Replace(keyword)
		if !strings.Contains(printed, strconv.Quote(keyword)+": ") {
			t.Errorf("%s is not printed", keyword)
		}
	}
	readBack(t, everyRule())
}

// readBack demands of a set that it is read as it was printed.
func readBack(t *testing.T, set check.Set) {
	t.Helper()
	text := one(t, &ir.Rules{Name: "rules", SetName: "schemas", Set: set})
	file, err := parser.ParseFile(token.NewFileSet(), "rules.go", text, 0)
	if err != nil {
		t.Fatal(err)
	}
	last := file.Decls[len(file.Decls)-1].(*ast.GenDecl).Specs[0].(*ast.ValueSpec).Values[0].(*ast.BasicLit)
	schemas, err := strconv.Unquote(last.Value)
	if err != nil {
		t.Fatal(err)
	}
	if !json.Valid([]byte(schemas)) {
		t.Errorf("not JSON: %s", schemas)
	}
	got, err := check.ReadSet(schemas)
	if err != nil {
		t.Fatalf("%v\n%s", err, schemas)
	}
	if !reflect.DeepEqual(got, set) {
		t.Errorf("got  %#v\nwant %#v\nof %s", got, set, schemas)
	}
}
