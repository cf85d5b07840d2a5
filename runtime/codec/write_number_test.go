package codec_test

import (
	"math"
	"strconv"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/codec"
)

// bothWays returns what is written, by itself and behind a name.
func bothWays(t *testing.T, value func(*codec.Writer), member func(*codec.JSON)) (string, string) {
	t.Helper()
	alone, err := codec.Append(nil, writing(value))
	if err != nil {
		t.Fatal(err)
	}
	w := codec.NewWriter(nil)
	j := w.JSON()
	j.Object()
	for j.Members() {
		member(j)
	}
	named, err := w.End()
	if err != nil {
		t.Fatal(err)
	}
	return string(alone), string(named)
}

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
		alone, named := bothWays(t, func(w *codec.Writer) { w.Uint64(n) }, func(j *codec.JSON) { j.Uint64("n", &n) })
		if alone != want || named != `{"n":`+want+`}` {
			t.Errorf("%d is written as %s and %s", n, alone, named)
		}
		for _, signed := range []int64{int64(n), -int64(n)} {
			want := strconv.FormatInt(signed, 10)
			alone, named := bothWays(t, func(w *codec.Writer) { w.Int64(signed) }, func(j *codec.JSON) { j.Int64("n", &signed) })
			if alone != want || named != `{"n":`+want+`}` {
				t.Errorf("%d is written as %s and %s", signed, alone, named)
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
