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
	rest := []string{`"n" int32`, `"p" int64 pointer some`, `"list" string list`, `"may" string optional`, `unknown`}
	refused := func(text string) (is bool) {
		lines := strings.Split(text, "\n")
		defer func() {
			why, ok := recover().(string) // which tells the line
			is = ok && strings.HasSuffix(why, ": "+lines[len(lines)-1])
		}()
		var v small
		table := codec.Struct{Of: (*small)(nil), Text: text}
		codec.NewReader(`{}`).JSON().Struct(unsafe.Pointer(&v), &table)
		return false
	}
	if !refused(rest[0] + "\n" + `"p" value`) {
		t.Error("a pointer is a value")
	}
	odd := []string{
		`"x" struct list`, `"x" string map`, `"x" string list map`, `"x" value map`, `"x" string optional list`, `"x" number`, `"x" string many`, `"x" int32 "fixed"`, `"x" struct = {}`, `"x" string list some = []`, `"n" int32 optional = 1`, `"n" int32 some = 1`,
		`"x" list`, `"x" some`, `"x" optional`, `"x"`, `"x" string nil`, `"x" string pointer some`, `"x" string optional some`, `"x" string string`, `"x" list string`, `"x" unknown list`, `"x" struct map`, `"x" uuid nullable`, `"x" int64 pointer list`,
	}
	for i, wrong := range []string{`"n" int64`, `"p" string`, `"list" int32 list`, `"may" int64 optional`, `"rest" string`} {
		for _, line := range append([]string{wrong}, odd...) {
			if text := strings.Join(append(append([]string{}, rest[:i]...), line), "\n"); !refused(text) {
				t.Errorf("taken: %s", text)
			}
		}
	}
	if !refused(strings.Join(append(rest, `"more" string`), "\n")) {
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
