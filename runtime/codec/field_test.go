package codec_test

import (
	"testing"

	"github.com/asyncwire/asyncwire/runtime/codec"
)

// TestField writes members by both methods: for a name that stands for itself
// they write the same.
func TestField(t *testing.T) {
	for _, name := range []string{"", "id", "order id", "it's", "a/b", "~", "<&>"} {
		write := func(begin func(*codec.Writer, string)) string {
			w := codec.NewWriter(nil)
			w.Object()
			for n := range int64(2) {
				begin(w, name)
				w.Int64(n)
			}
			w.EndObject()
			data, err := w.End()
			if err != nil {
				t.Fatal(err)
			}
			return string(data)
		}
		if field, member := write((*codec.Writer).Field), write((*codec.Writer).Member); field != member {
			t.Errorf("%q: %s, want %s", name, field, member)
		}
	}
}
