package codec_test

import (
	"strings"
	"testing"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

// TestStructTextIsChecked: a text that says of a Go type what it is not panics, in place of
// reading something into other memory than its own.
func TestStructTextIsChecked(t *testing.T) {
	type small struct {
		N    int32
		P    *int64
		List []string
		May  runtime.Optional[string]
		Rest runtime.Members
	}
	rest := []string{`"n" int32`, `"p" struct pointer some`, `"list" string list`, `"may" string optional`, `unknown`}
	refused := func(text string) (is bool) {
		defer func() { is = recover() != nil }()
		var v small
		table := codec.Struct{Of: (*small)(nil), Text: text}
		codec.NewReader(`{}`).JSON().Struct(unsafe.Pointer(&v), &table)
		return false
	}
	if lines := append([]string{rest[0], `"p" value`}, rest[2:]...); !refused(strings.Join(lines, "\n")) {
		t.Error("a pointer is a value")
	}
	for i, wrong := range []string{`"n" int64`, `"p" string`, `"list" int32 list`, `"may" int64 optional`, `"rest" string`} {
		for _, line := range []string{wrong, `"x" struct list`, `"x" string map`, `"x" string list map`, `"x" value map`, `"x" string optional list`, `"x" number`, `"x" string many`, `"x" int32 "fixed"`, `"x" struct = {}`, `"x" string list some = []`, `"n" int32 optional = 1`, `"n" int32 some = 1`} {
			if text := strings.Join(append(append([]string{}, rest[:i]...), line), "\n"); !refused(text) {
				t.Errorf("taken: %s", text)
			}
		}
	}
	if !refused(strings.Repeat("unknown\n", 6)) {
		t.Error("more lines are taken than there are fields")
	}
	table := codec.Struct{Of: (*small)(nil), Text: `"n" int32`}
	v := small{N: 7}
	w := codec.NewWriter(nil)
	w.JSON().Struct(unsafe.Pointer(&v), &table)
	if out, err := w.End(); err != nil || string(out) != `{"n":7}` {
		t.Errorf("%s, %v", out, err)
	}
}
