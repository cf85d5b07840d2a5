package ir

import "github.com/asyncwire/asyncwire/runtime/check"

// Rules are the variable that judges by the schemas that a package's payloads
// keep, and the constant that has these schemas as package check reads them.
type Rules struct {
	Name    string // of the variable that judges, such as "rules"
	Doc     Doc
	SetName string // of the schemas, such as "schemas"
	SetDoc  Doc
	Set     check.Set
}

// Declares lists both.
func (r *Rules) Declares() []string { return []string{r.Name, r.SetName} }

func (*Rules) decl() {}
