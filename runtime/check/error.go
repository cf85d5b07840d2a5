package check

import (
	"fmt"
	"strings"
)

// Error says that a text breaks its schema.
type Error struct {
	Violations []Violation // by offset, at least one
}

// maxTold is how many violations the text of an error names.
const maxTold = 3

// Error names the first violations.
func (e *Error) Error() string {
	var b strings.Builder
	for i, v := range e.Violations {
		if i == maxTold {
			fmt.Fprintf(&b, "; and %d more", len(e.Violations)-i)
			break
		}
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(v.String())
	}
	return b.String()
}

// Violation is one rule that the text breaks.
type Violation struct {
	// Pointer is the JSON Pointer (RFC 6901) to the value that breaks it; a
	// missing property is reported at the object that lacks it.
	Pointer string
	// Offset is where that value begins in the text, in bytes.
	Offset int
	// Keyword is the schema keyword that is broken, or one of these: "json"
	// (not JSON at all), "byte-order-mark", "trailing-bytes", "utf-8",
	// "surrogate", "duplicate-key", "max-depth", "max-size", "number-too-long",
	// "too-costly" (the schema asks for more work than one text may cause),
	// "false" (the schema false) and "go-type" (the schema allows the value, but
	// the Go type that it is read into cannot hold it, or JSON cannot say it).
	Keyword string
	// Message says in plain words what is expected and what is there.
	Message string
	// Schema is the name of the schema of the set in which the rule stands, ""
	// for laws of JSON itself.
	Schema string
}

// String is the message with the place in front of it.
func (v Violation) String() string {
	if v.Pointer == "" {
		return v.Message
	}
	return v.Pointer + ": " + v.Message
}
