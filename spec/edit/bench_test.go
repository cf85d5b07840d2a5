package edit_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/spec/edit"
	"github.com/asyncwire/asyncwire/spec/source"
)

// BenchmarkMany changes each of many objects in one go: the time must grow with
// the size of the document, not with its square.
func BenchmarkMany(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		var text strings.Builder
		text.WriteString("schemas:\n")
		for i := range n {
			fmt.Fprintf(&text, "  # about %d\n  s%d:\n    type: object\n    title: Old\n", i, i)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				d, found := edit.Open(source.NewFile("f", []byte(text.String())))
				if d == nil {
					b.Fatal(found)
				}
				for i := range n {
					at := fmt.Sprintf("/schemas/s%d", i)
					if err := d.Set(at+"/title", edit.String("New")); err != nil {
						b.Fatal(err)
					}
					if i%3 == 0 {
						if err := d.Remove(at); err != nil {
							b.Fatal(err)
						}
					}
				}
				if _, err := d.Text(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
