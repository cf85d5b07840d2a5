package lint

import (
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
)

var messageIDUnique = &Rule{
	Code:     "message-id-unique",
	Severity: diag.Error,
	Title:    "two messages share an id",
	Doc: `Tools find a message by its id, so it must be unique in the document (AsyncAPI 2.4 to 2.6
"Message Object", messageId). In 3.x the id is a key and cannot be given twice.`,
	Bad: `
components:
  messages:
    placed:
      messageId: order
    cancelled:
      messageId: order`,
	Good: `
components:
  messages:
    placed:
      messageId: orderPlaced
    cancelled:
      messageId: orderCancelled`,
	Check: checkMessageIDUnique,
}

func checkMessageIDUnique(p *Pass) {
	first := map[string]*spec.Message{}
	for m := range p.Doc.AllMessages() {
		if !m.ID.IsSet() {
			continue
		}
		other := first[m.ID.Value]
		if other == nil {
			first[m.ID.Value] = m
			continue
		}
		d := p.Reportf(m.ID, "the message id %q is taken", m.ID.Value)
		if m.ID.At == other.ID.At {
			d.WithHelp("the id comes from a trait that several messages use: give each message its own")
			continue
		}
		d.Note(other.ID, "first used here")
	}
}
