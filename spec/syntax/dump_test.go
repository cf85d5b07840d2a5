package syntax

import (
	"fmt"
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
)

// dump writes a tree with places and texts, one value a line. A node that was
// there before is not written again.
func dump(root *Node) string {
	var b strings.Builder
	seen := map[*Node]bool{}
	var write func(n *Node, indent string)
	write = func(n *Node, indent string) {
		fmt.Fprintf(&b, "%s %s", n.Kind, extent(n.At))
		if n.Text != "" || n.Kind == String {
			fmt.Fprintf(&b, " %q", n.Text)
		}
		if seen[n] && (n.Kind == Mapping || n.Kind == Sequence) {
			b.WriteString(" as above\n")
			return
		}
		seen[n] = true
		b.WriteString("\n")
		for _, m := range n.Members {
			fmt.Fprintf(&b, "%s%q %s: ", indent, m.Key.Text, extent(m.Key.At))
			write(m.Value, indent+"  ")
		}
		for _, item := range n.Items {
			b.WriteString(indent + "- ")
			write(item, indent+"  ")
		}
	}
	if root == nil {
		return "nothing\n"
	}
	write(root, "  ")
	return b.String()
}

// extent is a span as line:column-line:column.
func extent(s source.Span) string {
	from, to := s.Position(), s.EndPosition()
	if from.Line == to.Line {
		return fmt.Sprintf("%d:%d-%d", from.Line, from.Column, to.Column)
	}
	return fmt.Sprintf("%d:%d-%d:%d", from.Line, from.Column, to.Line, to.Column)
}

// dumpFindings writes findings with notes and help.
func dumpFindings(found diag.List) string {
	var b strings.Builder
	for _, d := range found {
		fmt.Fprintf(&b, "%s %s %s: %s\n", d.Severity, extent(d.At), d.Code, d.Message)
		for _, n := range d.Notes {
			if n.At.IsZero() {
				fmt.Fprintf(&b, "  note: %s\n", n.Text)
				continue
			}
			fmt.Fprintf(&b, "  note %s: %s\n", extent(n.At), n.Text)
		}
		if d.Help != "" {
			fmt.Fprintf(&b, "  help: %s\n", d.Help)
		}
		if d.Fix != nil {
			fmt.Fprintf(&b, "  fix %s: %q\n", extent(d.Fix.At), d.Fix.New)
		}
	}
	return b.String()
}
