package generator

import (
	"slices"

	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
)

// errBytes says that a payload stays bytes.
func errBytes(l *diag.List, at source.Spanner, what string) {
	l.Infof(at, "go-untyped", "%s have no Go type yet and are kept as bytes", what).
		WithHelp("read and write the []byte by hand")
}

// errHeaders says that headers are not typed.
func errHeaders(l *diag.List, at source.Spanner) {
	l.Infof(at, "go-untyped", "these headers have no Go type yet").
		WithHelp("read and write them as Undeclared of the envelope")
}

// errUnchecked says that nothing judges values of a type, and for which fault of
// its schema: the first of them.
func errUnchecked(l *diag.List, at source.Spanner, name string, faults diag.List) {
	d := l.Warningf(at, "go-unchecked", "values of %s are read without being checked: its schema cannot be used to judge", name).
		WithHelp("mend the schema, or leave out what is wrong there")
	if i := slices.IndexFunc(faults, func(f *diag.Diagnostic) bool { return f.Severity == diag.Error }); i >= 0 {
		d.Note(faults[i].At, "%s", faults[i].Message)
	}
}

// errLeftOut says which keyword does not count, and why.
func errLeftOut(l *diag.List, fault *diag.Diagnostic) {
	l.Warningf(fault.At, "go-unchecked", "values are read without being checked by this: %s", fault.Message).
		WithHelp("mend it, or leave it out")
}

// errExtension says that an extension for Go is wrong.
func errExtension(l *diag.List, at source.Spanner, name, what string) {
	d := l.Errorf(at, "go-extension", "%s: %s", name, what)
	if name == extensionType || name == extensionImport {
		d.WithHelp("name a type as \"github.com/google/uuid.UUID\", \"string\" or \"int64\"")
	}
}

// errUnreadable says that a Go type is not read from values of the types that a schema has.
func errUnreadable(l *diag.List, at source.Spanner, t GoType, reads, of schema.Types) {
	d := l.Errorf(at, "go-type", "the type %s is read from JSON of type %s, and values here are of type %s", t, reads, of)
	switch {
	case of&^fromNumber == 0:
		d.WithHelp("%s.Decimal keeps every digit, and a type of your own can read whatever its UnmarshalJSON does", DefaultRuntime)
	default:
		d.WithHelp("name a type that reads it, such as one of your own with MarshalJSON and UnmarshalJSON, or MarshalText and UnmarshalText")
	}
}

// errNoMessages says that an operation is left out.
func errNoMessages(l *diag.List, o *spec.Operation) {
	l.Infof(o, "go-no-messages", "operation %q has no messages: no producer and no consumer is generated", o.Key.Value).
		WithHelp("name its messages, or those of its channel")
}

// errReply says that a reply is left out.
func errReply(l *diag.List, r *spec.Reply) {
	l.Infof(r, "go-reply", "replies are not generated yet: only the types of their messages are").
		WithHelp("ask with request.Call and answer with request.On, of package runtime/request")
}

// errSameName says that a consumer cannot tell two messages apart.
func errSameName(l *diag.List, o *spec.Operation, m, other *message) {
	l.Warningf(m.spec, "go-same-name", "two messages of operation %q are called %q: a consumer cannot tell them apart", o.Key.Value, m.wire()).
		Note(other.spec, "the other one is here").
		WithHelp("give each message a name of its own")
}
