package layout_test

import (
	"fmt"

	"github.com/asyncwire/asyncwire/spec/layout"
	"github.com/asyncwire/asyncwire/spec/source"
)

func ExampleParse() {
	doc, _ := layout.Parse(source.NewFile("orders.yaml", []byte("list: [a, 'b'] # two\n")))
	list := doc.Root.Entries[0]
	fmt.Println(list.Name, list.Value.Style, list.Value.Entries[1].Value.Style)
	for _, c := range doc.Comments {
		fmt.Println(doc.Slice(c.Start, c.End))
	}
	// Output:
	// list flow sequence single quoted
	// # two
}
