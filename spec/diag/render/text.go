package render

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
)

// writeText writes for people:
//
//	orders.yaml:41:14: error: address "orders.placed" is already used [channel-address-unique]
//	   |
//	41 |     address: orders.placed
//	   |              ^^^^^^^^^^^^^
//	   = note: first used here: orders.yaml:12:14
//	   = help: give each channel its own address
//
//	1 error
func writeText(w io.Writer, l diag.List, o *Options) error {
	if len(l) == 0 {
		return nil
	}
	p := painter(o.Color)
	for _, d := range l {
		if _, err := fmt.Fprintln(w, p.finding(d)); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(w, p.paint(bold, Summary(l)))
	return err
}

// painter paints text where it is true and leaves it as it is otherwise.
type painter bool

// Parameters of the escape sequence that selects colours, ECMA-48 "SGR".
const (
	bold   = "1"
	red    = "1;31"
	yellow = "1;33"
	cyan   = "1;36"
	blue   = "1;34"
)

func (p painter) paint(with, text string) string {
	if !p || text == "" {
		return text
	}
	return "\x1b[" + with + "m" + text + "\x1b[0m"
}

func colour(s diag.Severity) string {
	switch s {
	case diag.Error:
		return red
	case diag.Warning:
		return yellow
	}
	return cyan
}

// finding is one finding, with a line break at its end.
func (p painter) finding(d *diag.Diagnostic) string {
	var b strings.Builder
	if !d.At.IsZero() {
		b.WriteString(p.paint(bold, prose(d.At.String())+":") + " ")
	}
	fmt.Fprintf(&b, "%s %s [%s]\n", p.paint(colour(d.Severity), d.Severity.String()+":"), p.paint(bold, prose(d.Message)), prose(string(d.Code)))
	indent := " "
	if !d.At.IsZero() {
		number := strconv.Itoa(d.At.Position().Line)
		indent = strings.Repeat(" ", len(number)+1)
		code, mark := frame(d.At)
		bar := p.paint(blue, "|")
		fmt.Fprintf(&b, "%s%s\n", indent, bar)
		fmt.Fprintf(&b, "%s\n", strings.TrimRight(p.paint(blue, number)+" "+bar+" "+code, " "))
		before := strings.TrimRight(mark, "^")
		fmt.Fprintf(&b, "%s%s %s%s\n", indent, bar, before, p.paint(colour(d.Severity), mark[len(before):]))
	}
	for _, property := range d.Properties {
		p.detail(&b, indent, prose(property.Name)+": "+prose(property.Value))
	}
	for _, line := range details(d) {
		p.detail(&b, indent, prose(line))
	}
	return b.String()
}

func (p painter) detail(b *strings.Builder, indent, text string) {
	name, rest, _ := strings.Cut(text, ": ")
	fmt.Fprintf(b, "%s%s %s %s\n", indent, p.paint(blue, "="), p.paint(bold, name+":"), rest)
}
