package lint

import (
	"regexp"
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
)

var operationIDName = &Rule{
	Code:     "operation-id-name",
	Severity: diag.Info,
	Title:    "an operation id is no name",
	Doc: `Tools name code, files and addresses of documentation after the id of an operation. Letters,
digits and the signs . _ - / : survive that; others are replaced, each tool in its own way.`,
	Bad: `
operations:
  place order!:
    action: send`,
	Good: `
operations:
  placeOrder:
    action: send`,
	Check: checkOperationIDName,
}

var notInName = regexp.MustCompile(`[^\pL\pN._/:-]`)

func checkOperationIDName(p *Pass) {
	for o := range p.Doc.AllOperations() {
		if !strings.Contains(o.Key.At.Text(), o.Key.Value) {
			continue // made from the channel
		}
		if bad := notInName.FindString(o.Key.Value); bad != "" {
			p.Reportf(o.Key, "the operation id %q holds %q, which names in code cannot", o.Key.Value, bad).
				WithHelp("use letters, digits and . _ - / :")
		}
	}
}
