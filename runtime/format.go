package runtime

import (
	"fmt"
	"io"
)

// formatPart prints the value of an Optional or a Nullable as it prints by itself, or
// the word for there being none; with # as the Go code that makes it.
func formatPart(f fmt.State, verb rune, part any, present bool, word, makes, none string) {
	switch sharp := verb == 'v' && f.Flag('#'); {
	case sharp && present:
		fmt.Fprintf(f, "%s(%#v)", makes, part)
	case sharp:
		fmt.Fprintf(f, none, part)
	case present:
		fmt.Fprintf(f, fmt.FormatString(f, verb), part)
	default:
		io.WriteString(f, word)
	}
}
