package format_test

import (
	"os"

	"github.com/asyncwire/asyncwire/spec/format"
	"github.com/asyncwire/asyncwire/spec/source"
)

func ExampleDocument() {
	text, _ := format.Document(source.NewFile("orders.yaml", []byte("info:   # about us\n    tags:\n    - 'a'\n")))
	_, _ = os.Stdout.Write(text)
	// Output:
	// info:   # about us
	//   tags:
	//     - 'a'
}
