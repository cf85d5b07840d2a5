package codec_test

import (
	"math"
	"strconv"
	"testing"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/codec"
)

// bothWays returns what is written, by itself and by a table, as a member.
func bothWays(t *testing.T, value func(*codec.Writer), member codec.Value) (string, string) {
	t.Helper()
	alone, err := codec.Append(nil, writing(value))
	if err != nil {
		t.Fatal(err)
	}
	named, err := codec.Append(nil, member)
	if err != nil {
		t.Fatal(err)
	}
	return string(alone), string(named)
}

// signed and unsigned are objects of one integer.
type (
	signed   struct{ n int64 }
	unsigned struct{ n uint64 }
)

func (v *signed) CodeJSON(j *codec.JSON)   { j.Struct(unsafe.Pointer(v), &signedJSON) }
func (v *unsigned) CodeJSON(j *codec.JSON) { j.Struct(unsafe.Pointer(v), &unsignedJSON) }

var (
	signedJSON   = codec.Struct{Of: (*signed)(nil), Text: `"n" int64`}
	unsignedJSON = codec.Struct{Of: (*unsigned)(nil), Text: `"n" uint64`}
)

// TestIntegers writes integers of every length, around those where it changes.
func TestIntegers(t *testing.T) {
	edges := []uint64{0, math.MaxUint64, math.MaxInt64, 1 << 63}
	for p := uint64(1); ; p *= 10 {
		for _, step := range []uint64{p - 1, p, p + 1, p/10*11 + 7} {
			edges = append(edges, step, step*3)
		}
		if p == 1e19 {
			break
		}
	}
	for _, n := range edges {
		want := strconv.FormatUint(n, 10)
		alone, named := bothWays(t, func(w *codec.Writer) { w.Uint64(n) }, &unsigned{n})
		if alone != want || named != `{"n":`+want+`}` {
			t.Errorf("%d is written as %s and %s", n, alone, named)
		}
		for _, n := range []int64{int64(n), -int64(n)} {
			want := strconv.FormatInt(n, 10)
			alone, named := bothWays(t, func(w *codec.Writer) { w.Int64(n) }, &signed{n})
			if alone != want || named != `{"n":`+want+`}` {
				t.Errorf("%d is written as %s and %s", n, alone, named)
			}
		}
	}
}

// TestUnwritableWhereRoomIs: where text is no UTF-8 is told at the same place, whatever room
// the buffer has.
func TestUnwritableWhereRoomIs(t *testing.T) {
	var told []string
	for _, room := range []int{0, 100} {
		_, err := codec.Append(make([]byte, 0, room), writing(func(w *codec.Writer) { w.String("abcdefgh\xffi") }))
		told = append(told, violations(err))
	}
	if want := "go-type at \"\", offset 9: must be UTF-8\n"; told[0] != want || told[1] != want {
		t.Errorf("told are %q, want %q", told, want)
	}
}
