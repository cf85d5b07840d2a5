package lint

import (
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
)

var operationIDUnique = &Rule{
	Code:     "operation-id-unique",
	Severity: diag.Error,
	Title:    "two operations share an id",
	Doc: `Tools name code and documentation after the id, so it must be unique in the
document (AsyncAPI 2.6 "Operation Object", operationId). In 3.x the id is a key and cannot be given twice.`,
	Bad: `
channels:
  orders.placed:
    publish:
      operationId: onOrder
  orders.cancelled:
    publish:
      operationId: onOrder`,
	Good: `
channels:
  orders.placed:
    publish:
      operationId: onOrderPlaced
  orders.cancelled:
    publish:
      operationId: onOrderCancelled`,
	Check: checkOperationIDUnique,
}

func checkOperationIDUnique(p *Pass) {
	first := map[string]*spec.Operation{}
	for _, o := range p.Doc.Operations {
		other := first[o.Key.Value]
		if other == nil {
			first[o.Key.Value] = o
			continue
		}
		d := p.Reportf(o.Key, "the operation id %q is taken", o.Key.Value)
		if o.Key.At == other.Key.At {
			d.Note(o, "this operation has it").Note(other, "this one had it first").
				WithHelp("the id comes from a trait that both use: give each operation its own")
			continue
		}
		d.Note(other.Key, "first used here")
	}
}
