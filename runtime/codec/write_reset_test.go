package codec_test

import (
	"bytes"
	"testing"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/codec"
)

// TestReset writes one value after the other with one Writer: none is told what went
// wrong with another, was left open in it, or stopped it, and each lies where it was asked for.
func TestReset(t *testing.T) {
	var w codec.Writer
	buf := make([]byte, 0, 64)
	for i, c := range []struct {
		write func(j *codec.JSON)
		want  string
		fails bool
	}{
		{func(*codec.JSON) { w.String("first") }, `"first"`, false},
		{func(*codec.JSON) { w.Object(); w.Member("open"); w.Array(); w.Fail("half") }, "", true},
		{func(*codec.JSON) { w.Stop() }, "", false},
		{func(*codec.JSON) { w.Text(bytes.Repeat([]byte("long"), 100)) }, `"` + string(bytes.Repeat([]byte("long"), 100)) + `"`, false},
		{func(j *codec.JSON) { (&member{"last"}).CodeJSON(j) }, `{"a":"last"}`, false},
	} {
		w.Reset(append(buf, "before "...))
		c.write(w.JSON())
		got, err := w.End()
		if string(got) != "before "+c.want || (err != nil) != c.fails {
			t.Errorf("%d is written as %q, %v", i, got, err)
		}
		if inPlace := &got[0] == &buf[:1][0]; inPlace != (len(got) <= cap(buf)) {
			t.Errorf("%d lies in the buffer: %t", i, inPlace)
		}
	}
	if n := testing.AllocsPerRun(100, func() {
		w.Reset(buf)
		w.Int64(4711)
		_, _ = w.End()
	}); n != 0 {
		t.Errorf("writing what fits takes %v allocations", n)
	}
}

// member is an object of one member.
type member struct{ a string }

func (v *member) CodeJSON(j *codec.JSON) { j.Struct(unsafe.Pointer(v), &memberJSON) }

var memberJSON = codec.Struct{Of: (*member)(nil), Text: `
"a" string`}
