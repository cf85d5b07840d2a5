package spec

import "regexp"

// Expression is a runtime expression: where in a message a value stands.
// AsyncAPI 3.1 "Runtime Expression".
type Expression struct {
	InHeaders bool   // in the headers, else in the payload
	Pointer   string // JSON Pointer (RFC 6901) of the value; "" is the whole
}

var expressionText = regexp.MustCompile(`^\$message\.(header|payload)(?:#((?:/(?:[^~]|~[01])*)?))?$`)

// ParseExpression reads a runtime expression and tells whether it is one. The
// grammar of the specification lets the fragment be absent, its JSON Schemas do
// not.
func ParseExpression(s string) (Expression, bool) {
	m := expressionText.FindStringSubmatch(s)
	if m == nil {
		return Expression{}, false
	}
	return Expression{InHeaders: m[1] == "header", Pointer: m[2]}, true
}
