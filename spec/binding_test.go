package spec_test

import (
	"testing"

	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// TestBindingValues demands that fields are found through records, by their
// kind, and that nothing is found where nothing is.
func TestBindingValues(t *testing.T) {
	word := func(kind spec.BindingKind, text string) spec.BindingValue {
		return spec.BindingValue{Kind: kind, Raw: &syntax.Node{Text: text}}
	}
	field := func(name string, v spec.BindingValue) spec.BindingField {
		return spec.BindingField{Name: spec.Text{Value: name}, Value: v}
	}
	key := &schema.Schema{}
	keyed := spec.BindingValue{Kind: spec.BindingSchema, Schema: key}
	size := word(spec.BindingInteger, "7")
	size.Integer = 7
	b := spec.Bindings{{Protocol: spec.Text{Value: "kafka"}, Fields: []spec.BindingField{
		field("topic", word(spec.BindingText, "orders")),
		field("a.b", word(spec.BindingFlag, "true")),
		field("queue", spec.BindingValue{Kind: spec.BindingRecord, Record: &spec.BindingObject{
			Fields: []spec.BindingField{field("size", size), field("key", keyed)},
		}}),
		field("list", spec.BindingValue{Kind: spec.BindingList, Items: []spec.BindingValue{keyed}}),
	}}}
	got := b.Protocol("kafka")
	if got.Text("topic").Value != "orders" || got.Address().Value != "orders" || got.Text("queue").IsSet() || got.Text("queue", "size").IsSet() {
		t.Error("texts")
	}
	if n, ok := got.Integer("queue", "size"); n != 7 || !ok {
		t.Error("integers")
	}
	if set, ok := got.Flag("a.b"); !set || !ok {
		t.Error("flags")
	}
	if got.Schema("queue", "key") != key || got.Schema("queue") != nil || len(got.Schemas()) != 1 {
		t.Error("schemas")
	}
	none := b.Protocol("mqtt")
	_, number := none.Integer("x")
	_, flag := none.Flag("x")
	if none != nil || none.Value("x") != nil || got.Value() != nil || none.Text("x").IsSet() || none.Schema("x") != nil || number || flag ||
		none.Address().IsSet() {
		t.Error("a binding that does not exist says something")
	}
}
