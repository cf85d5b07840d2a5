package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// handshake returns:
//
//	// This package and the runtime must match. …
//	const _ = runtime.GeneratedV1
func (e emitter) handshake(h *ir.Handshake) *jen.Statement {
	doc := ir.Text("This package and the runtime it stands on must match. When this line does not compile, " +
		"bring both to the same release of asyncwire and generate anew:")
	doc = append(doc, ir.Block{Kind: ir.Code, Items: []string{
		"go get -tool github.com/asyncwire/asyncwire/cmd/asyncwire@latest",
		"go generate ./...",
	}})
	return snip.Doc(doc, 0).Const().Id("_").Op("=").Add(e.rt.Name(h.Constant))
}
