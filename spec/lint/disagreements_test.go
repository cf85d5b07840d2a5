package lint_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/internal/golden"
)

// disagreement is a document about which a second opinion is another one than
// ours.
type disagreement struct {
	document, ours, theirs string
	why                    string // the sentence that decides
}

// noReason stands for a reason that nobody has given yet; the test fails on it.
const noReason = "?"

// checkDisagreements compares what was found with the committed list, whose
// reasons are written by hand: a block of four lines for each document.
func checkDisagreements(t *testing.T, file string, found []disagreement) {
	t.Helper()
	reasons := map[string]string{}
	text, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	document := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if why, ok := strings.CutPrefix(line, "\twhy: "); ok {
			reasons[document] = why
		} else if line != "" && line[0] != '\t' {
			document = line
		}
	}
	var out bytes.Buffer
	for _, d := range found {
		why := reasons[d.document]
		if why == "" || why == noReason {
			why = noReason
			t.Errorf("%s: %s: we say %s, they say %s, and no reason is given", file, d.document, d.ours, d.theirs)
		}
		fmt.Fprintf(&out, "%s\n\tours: %s\n\ttheirs: %s\n\twhy: %s\n", d.document, d.ours, d.theirs, why)
	}
	golden.Check(t, file, out.Bytes())
}
