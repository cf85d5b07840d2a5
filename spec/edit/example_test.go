package edit_test

import (
	"fmt"

	"github.com/asyncwire/asyncwire/spec/edit"
	"github.com/asyncwire/asyncwire/spec/source"
)

func Example() {
	doc, _ := edit.Open(source.NewFile("orders.yaml", []byte(`info:
    title: 'Orders'   # what we sell
    version: 1.1.0
`)))
	fmt.Println(doc.Set("/info/version", edit.String("1.2.0")))
	fmt.Println(doc.Set("/info/contact", edit.Object(edit.Member("name", edit.String("on")))))
	text, err := doc.Text()
	fmt.Printf("%v\n%s", err, text)
	// Output:
	// <nil>
	// <nil>
	// <nil>
	// info:
	//     title: 'Orders'   # what we sell
	//     version: 1.2.0
	//     contact:
	//         name: 'on'
}

// A text that is not in UTF-8, or has a byte order mark, comes back in the same
// way.
func ExampleDocument_Text() {
	file := source.NewFile("orders.yaml", source.UTF16LE.Encode([]byte("a: é\n")))
	doc, _ := edit.Open(file)
	fmt.Println(doc.Set("/b", edit.Number("1")))
	text, _ := doc.Text()
	fmt.Printf("%q %q\n", text, file.Encoding().Encode(text)[:4])

	doc, _ = edit.Open(source.NewFile("orders.yaml", []byte("\uFEFFa: é\n")))
	fmt.Println(doc.Rename("/a", "b"))
	text, _ = doc.Text()
	fmt.Printf("%q\n", text)
	// Output:
	// <nil>
	// "a: é\nb: 1\n" "\xff\xfea\x00"
	// <nil>
	// "\ufeffb: é\n"
}
