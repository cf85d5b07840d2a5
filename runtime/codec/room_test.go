package codec_test

import (
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/codec"
)

// rooms reads a list of lists, and notes what room each of the inner ones asks for.
type rooms []int

func (v *rooms) CodeJSON(j *codec.JSON) {
	r := j.Reader()
	*v = nil
	for r.Array(); r.Element(); {
		*v = append(*v, r.Array())
		for r.Element() {
			r.Skip()
		}
	}
}

// TestRoomIsThatOfTheLast: an array asks for as much room as the last in its
// place had elements, and never for much on the word of another.
func TestRoomIsThatOfTheLast(t *testing.T) {
	ones := func(n int) string { return "[" + strings.TrimSuffix(strings.Repeat("1,", n), ",") + "]" }
	text := "[" + strings.Join([]string{ones(7), ones(1), ones(7), ones(1000), ones(1), ones(0), ones(2)}, ",") + "]"
	var v rooms
	if err := codec.Unmarshal([]byte(text), nil, &v); err != nil || len(v) != 7 {
		t.Fatal(v, err)
	}
	if v[1] != 7 || v[2] > 4 || v[4] > 16 || v[5] != 0 {
		t.Errorf("the rooms are %v", v)
	}
}
