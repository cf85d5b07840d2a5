package render

// Plain makes one line of text that is safe on a terminal: white space becomes a
// space, what would control the terminal or reorder its text becomes visible.
func Plain(s string) string { return prose(s) }

// Cells is how many cells of a terminal a text takes that Plain has made.
func Cells(s string) int { return width(s) }
