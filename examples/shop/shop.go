// Package shop holds the AsyncAPI document of a small shop's order service: the
// example that the documentation and the demo are built on. The code that is
// generated from it is in the package of the same name below; a service that
// uses it is in service.
//
// It imports nothing of this module.
//
//	fmt.Println(shop.Name, len(shop.Document()), "bytes")
package shop

import _ "embed"

// Name is what findings about the document call its file.
const Name = "examples/shop/asyncapi.yaml"

//go:embed asyncapi.yaml
var document string

// Document is the text of asyncapi.yaml.
func Document() string { return document }
