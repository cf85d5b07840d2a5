// Package idn judges internationalized host names (IDNA 2008, RFC 5890 to 5893)
// for package check, which does not link the tables that it needs.
//
// It imports check and golang.org/x/text.
//
//	var rules = check.NewRulesWithLabels(check.Set{…}, idn.Labels)
package idn

import (
	"golang.org/x/text/unicode/norm"

	"github.com/asyncwire/asyncwire/runtime/check"
)

// Labels judges labels by the tables of Unicode. It may be called concurrently.
func Labels() *check.Labels {
	return &check.Labels{Unicode: isULabel, RightToLeft: hasRTL, Bidi: bidiRule, Normal: norm.NFC.String}
}
