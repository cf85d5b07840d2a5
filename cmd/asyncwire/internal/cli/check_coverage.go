package cli

import (
	"fmt"
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
)

// Codes of findings about coverage.
const (
	codeCoverage  diag.Code = "coverage"
	codeUntouched diag.Code = "untouched"
)

// untouched tells what of the schema no valid value touches: a count, then each
// place. These are remarks; --fail-on info makes them count.
func untouched(by judges) diag.List {
	var found diag.List
	var total, touched [validate.FactBound]int
	counts := by.recorder.Counts()
	for i, f := range by.first.Facts() {
		if f.Kind == validate.FactBound {
			continue // no value touches a bound
		}
		total[f.Kind]++
		if counts[i] > 0 {
			touched[f.Kind]++
		} else if len(found) < maxFindings {
			found.Infof(f.At, codeUntouched, "no value touches %s", untouchedWords(f))
		}
	}
	var parts []string
	for kind, n := range total {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d of %s", touched[kind], diag.Counted(n, validate.FactKind(kind).String())))
		}
	}
	if len(parts) > 0 {
		found.Infof(by.schema, codeCoverage, "%s: %s touched", diag.Counted(int(by.recorder.Texts()), "valid value"), strings.Join(parts, ", "))
	}
	return found
}

func untouchedWords(f validate.Fact) string {
	switch f.Kind {
	case validate.FactField:
		return fmt.Sprintf("the property %q", f.Name)
	case validate.FactValue:
		return "the enum value " + f.Name
	}
	return "the branch " + f.Name
}
