package sample_test

import (
	"context"
	"fmt"

	"github.com/asyncwire/asyncwire/contracttest/sample"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
)

func Example() {
	loader, _ := resolve.NewFiles(".")
	r := resolve.New(context.Background(), loader)
	root := r.Add(source.NewFile("lamp.yaml", []byte(`
type: object
required: [lumens]
properties:
  lumens: {type: integer, minimum: 0, maximum: 100000}
  state: {enum: [on, off]}
`)))
	lamp := schema.NewReader(r).Read(root)

	for seed := range uint64(3) {
		value, err := sample.Valid(lamp, seed)
		fmt.Println(string(value), err)
	}
	for _, b := range sample.Invalid(lamp, 1) {
		fmt.Printf("%s breaks %s at %q\n", b.JSON, b.Keyword, b.Pointer)
	}
	// Output:
	// {"lumens":72895} <nil>
	// {"lumens":81061,"state":"off"} <nil>
	// {"lumens":8737,"state":"on"} <nil>
	// "text" breaks type at ""
	// {"state":"on"} breaks required at ""
	// {"lumens":"text","state":"on"} breaks type at "/lumens"
	// {"lumens":-1,"state":"on"} breaks minimum at "/lumens"
	// {"lumens":100001,"state":"on"} breaks maximum at "/lumens"
	// {"lumens":55546,"state":"onx"} breaks enum at "/state"
}
