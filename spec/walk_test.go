package spec_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/schema"
)

// TestSubschemas demands every schema that a schema holds, whatever the field:
// a new keyword must be walked too.
func TestSubschemas(t *testing.T) {
	s := &schema.Schema{}
	var want []*schema.Schema
	var fill func(v reflect.Value)
	fill = func(v reflect.Value) {
		switch {
		case !v.CanSet():
		case v.Type() == reflect.TypeFor[*schema.Schema]():
			child := &schema.Schema{}
			want = append(want, child)
			v.Set(reflect.ValueOf(child))
		case v.Kind() == reflect.Slice:
			v.Set(reflect.MakeSlice(v.Type(), 2, 2))
			for i := range v.Len() {
				fill(v.Index(i))
			}
		case v.Kind() == reflect.Struct:
			for i := range v.NumField() {
				fill(v.Field(i))
			}
		}
	}
	fill(reflect.ValueOf(s).Elem())
	got := spec.Subschemas(s)
	if len(want) < 20 || len(got) != len(want) {
		t.Errorf("%d schemas, want %d", len(got), len(want))
	}
	for _, child := range want {
		if !slices.Contains(got, child) {
			t.Error("a schema is left out")
		}
	}
}

// TestAll demands each object once, and what only components hold too.
func TestAll(t *testing.T) {
	shared := &schema.Schema{}
	payload := &schema.Payload{Schema: &schema.Schema{Ref: shared, Items: shared}}
	used := &spec.Message{Payload: payload, Headers: payload}
	unused := &spec.Message{Payload: payload}
	channel := &spec.Channel{Messages: []*spec.ChannelMessage{{Message: used}, {Message: used}}}
	spare := &spec.Channel{Messages: []*spec.ChannelMessage{{Message: used}}}
	doc := &spec.Document{Channels: []*spec.Channel{channel}}
	doc.Components.Channels = []spec.Component[*spec.Channel]{{Value: channel}, {Value: spare}}
	doc.Components.Messages = []spec.Component[*spec.Message]{{Value: used}, {Value: unused}}
	if got := slices.Collect(doc.AllChannels()); !slices.Equal(got, []*spec.Channel{channel, spare}) {
		t.Errorf("%d channels", len(got))
	}
	if got := slices.Collect(doc.AllMessages()); !slices.Equal(got, []*spec.Message{used, unused}) {
		t.Errorf("%d messages", len(got))
	}
	if got := slices.Collect(doc.AllSchemas()); !slices.Equal(got, []*schema.Schema{payload.Schema, shared}) {
		t.Errorf("%d schemas", len(got))
	}
	for range doc.AllMessages() {
		break // the iterators must stop when they are told to
	}
	for range doc.AllChannels() {
		break
	}
	for range doc.AllSchemas() {
		break
	}
}
