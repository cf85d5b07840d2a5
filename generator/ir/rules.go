package ir

import "github.com/asyncwire/asyncwire/runtime/check"

// Rules is the variable that holds the schemas that a package's payloads keep, in
// the normal form of package check.
type Rules struct {
	Name string // of the variable, such as "rules"
	Doc  Doc
	Set  check.Set
}

// Declares lists the variable.
func (r *Rules) Declares() []string { return []string{r.Name} }

func (*Rules) decl() {}
