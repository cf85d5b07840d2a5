package codec_test

import (
	"fmt"
	"strings"
	"testing"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

// TestMapOf: a table that has no MapOf the type which a map holds is refused at its first use; maps
// of what lists, maps and texts are need none.
func TestMapOf(t *testing.T) {
	taken := func(a alone) (ok bool) {
		defer func() { ok = recover() == nil }()
		_, p := a.value()
		return a.read([]byte(`{}`), nil, p, true) == nil
	}
	others := []codec.Map{codec.MapOf[string], codec.MapOf[runtime.Nullable[int64]], codec.MapOf[*leaf]}
	for words, c := range map[string]struct {
		without, with alone
	}{
		"struct map":          {aloneAs[map[string]leaf]("", "struct map", others...), aloneAs[map[string]leaf]("", "struct map", append(others, codec.MapOf[leaf])...)},
		"string nullable map": {aloneAs[map[string]runtime.Nullable[string]]("", "string nullable map", others...), aloneAs[map[string]runtime.Nullable[string]]("", "string nullable map", codec.MapOf[runtime.Nullable[string]])},
	} {
		if taken(c.without) || !taken(c.with) {
			t.Errorf("%s: taken without: %v; taken with: %v", words, taken(c.without), taken(c.with))
		}
	}
	if !taken(aloneAs[map[string][]leaf]("", "struct list map")) || !taken(aloneAs[map[string]*leaf]("", "struct pointer map")) {
		t.Error("a map of lists, or of pointers, asks for a MapOf")
	}
}

// TestMapOfStructsAllocates: a map of structs takes room for one value beside what it holds, however
// many these are, to be read and to be written.
func TestMapOfStructsAllocates(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates, and pools forget")
	}
	by := check.ReadRules("{\n" + `"map": {"type": "object", "additionalProperties": {"$ref": "leaf"}},` + "\n" + `"leaf": {"type": "object", "properties": {"id": {"type": "string"}}}` + "\n}").Of("map")
	a := aloneAs[map[string]leaf]("map", "struct map", codec.MapOf[leaf])
	costs := func(members int) (read, written float64) {
		var b strings.Builder
		for i := range members {
			fmt.Fprintf(&b, `,"%d":{"id":""}`, i)
		}
		text := []byte("{" + b.String()[1:] + "}")
		var v map[string]leaf
		read = testing.AllocsPerRun(100, func() { v = nil; must(a.read(text, by, unsafe.Pointer(&v), true)) })
		out := make([]byte, 0, 2*len(text))
		written = testing.AllocsPerRun(100, func() {
			w := codec.NewWriter(out)
			w.JSON().Single(unsafe.Pointer(&v), a.table)
			if _, err := w.End(); err != nil {
				t.Fatal(err)
			}
		})
		return read, written
	}
	few, fewWritten := costs(2)
	if many, manyWritten := costs(8); many > few || manyWritten > fewWritten || manyWritten > 2 {
		t.Errorf("8 structs take %v allocations to be read and %v to be written, 2 take %v and %v", many, manyWritten, few, fewWritten)
	}
}

// TestMapOfPointers: a Map takes no pointer for one to a value that is none, which programs that are
// built for the race detector die of.
func TestMapOfPointers(t *testing.T) {
	a := aloneAs[map[string]leaf]("map", "struct map", codec.MapOf[leaf])
	v := map[string]leaf{"b": {ID: "2"}, "a": {ID: "1"}}
	w := codec.NewWriter(nil)
	w.JSON().Single(unsafe.Pointer(&v), a.table)
	if text, err := w.End(); err != nil || string(text) != `{"a":{"id":"1"},"b":{"id":"2"}}` {
		t.Errorf("written is %s, %v", text, err)
	}
}
