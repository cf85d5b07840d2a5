package schema

import (
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

func decodePattern(d *decoding, key string, p resolve.Place) {
	if p.Node.Kind != syntax.String {
		d.wrong(key, p.Node, "a string holding a regular expression")
		return
	}
	d.s.Pattern = &Pattern{Text: p.Node.Text, At: p.Node.At}
}
