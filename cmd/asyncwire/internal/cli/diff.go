package cli

import (
	"bytes"
	"fmt"
	"strings"
)

// diffContext is how many lines a diff shows around a change, and maxDistance how
// many differing lines are compared one by one before a stretch of text is shown
// as replaced as a whole.
const (
	diffContext = 3
	maxDistance = 1000
)

// diffLine is one line of a diff: ' ' in both texts, '-' in the old, '+' in the
// new one.
type diffLine struct {
	op   byte
	text string
}

// unifiedDiff shows how one text becomes another.
func unifiedDiff(name string, was, is []byte) []byte {
	lines := compareLines(linesOf(was), linesOf(is))
	var b bytes.Buffer
	fmt.Fprintf(&b, "--- %s\n+++ %s\n", name, name)
	oldLine, newLine := 1, 1
	for i := 0; i < len(lines); {
		if lines[i].op == ' ' && !changesWithin(lines[i:], diffContext) {
			oldLine, newLine, i = oldLine+1, newLine+1, i+1
			continue
		}
		n := hunkLength(lines[i:])
		writeHunk(&b, lines[i:i+n], &oldLine, &newLine)
		i += n
	}
	return b.Bytes()
}

// changesWithin tells whether one of the next n lines, or the one behind them,
// has changed.
func changesWithin(lines []diffLine, n int) bool {
	for _, l := range lines[:min(n+1, len(lines))] {
		if l.op != ' ' {
			return true
		}
	}
	return false
}

// hunkLength is the number of lines up to where nothing changes for long.
func hunkLength(lines []diffLine) int {
	end, same := 0, 0
	for i, l := range lines {
		if l.op != ' ' {
			end, same = i+1, 0
			continue
		}
		if same++; same > 2*diffContext && end > 0 {
			break
		}
	}
	return min(end+diffContext, len(lines))
}

func writeHunk(b *bytes.Buffer, lines []diffLine, oldLine, newLine *int) {
	was, is := 0, 0
	for _, l := range lines {
		if l.op != '+' {
			was++
		}
		if l.op != '-' {
			is++
		}
	}
	fmt.Fprintf(b, "@@ -%s +%s @@\n", stretch(*oldLine, was), stretch(*newLine, is))
	for _, l := range lines {
		b.WriteByte(l.op)
		b.WriteString(l.text)
		if !strings.HasSuffix(l.text, "\n") {
			b.WriteString("\n\\ No newline at end of file\n")
		}
	}
	*oldLine += was
	*newLine += is
}

// stretch is a stretch of lines as the format wants it.
func stretch(start, count int) string {
	switch count {
	case 0:
		return fmt.Sprintf("%d,0", start-1)
	case 1:
		return fmt.Sprint(start)
	}
	return fmt.Sprintf("%d,%d", start, count)
}

func linesOf(text []byte) []string {
	lines := strings.SplitAfter(string(text), "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// compareLines finds a short way from one text to another, by the algorithm of
// Myers (1986). Where the texts have little in common it takes a plain one.
func compareLines(a, b []string) []diffLine {
	front, back := 0, 0
	for front < len(a) && front < len(b) && a[front] == b[front] {
		front++
	}
	for back < len(a)-front && back < len(b)-front && a[len(a)-1-back] == b[len(b)-1-back] {
		back++
	}
	var out []diffLine
	out = appendLines(out, ' ', a[:front])
	out = append(out, compareMiddle(a[front:len(a)-back], b[front:len(b)-back])...)
	return appendLines(out, ' ', a[len(a)-back:])
}

func appendLines(out []diffLine, op byte, lines []string) []diffLine {
	for _, l := range lines {
		out = append(out, diffLine{op, l})
	}
	return out
}

// compareMiddle goes along the diagonals that are reached with more and more
// changes, and remembers how far it came with each number of them.
func compareMiddle(a, b []string) []diffLine {
	limit := min(len(a)+len(b), maxDistance)
	reach := make([]int, 2*limit+3) // by diagonal, shifted
	var trace [][]int
	for d := 0; d <= limit; d++ {
		trace = append(trace, append([]int(nil), reach[limit+1-d:limit+2+d]...))
		for k := -d; k <= d; k += 2 {
			x := reach[limit+1+k-1] + 1
			if k == -d || k != d && reach[limit+1+k-1] < reach[limit+1+k+1] {
				x = reach[limit+1+k+1]
			}
			for x < len(a) && x-k < len(b) && a[x] == b[x-k] {
				x++
			}
			reach[limit+1+k] = x
			if x >= len(a) && x-k >= len(b) {
				return walkBack(a, b, trace)
			}
		}
	}
	return appendLines(appendLines(nil, '-', a), '+', b)
}

// walkBack goes the way that was found, from its end. Entry d of the trace holds
// the reaches of the diagonals -d to d before change d.
func walkBack(a, b []string, trace [][]int) []diffLine {
	var out []diffLine
	x, y := len(a), len(b)
	for d := len(trace) - 1; d >= 0; d-- {
		at := func(k int) int {
			if k < -d || k > d {
				return 0
			}
			return trace[d][k+d]
		}
		k := x - y
		before := k - 1
		if k == -d || k != d && at(k-1) < at(k+1) {
			before = k + 1
		}
		px := at(before)
		py := px - before
		for x > px && y > py && x > 0 && y > 0 && (d > 0 || x != 0) {
			x, y = x-1, y-1
			out = append(out, diffLine{' ', a[x]})
		}
		if d == 0 {
			break
		}
		if x == px {
			y--
			out = append(out, diffLine{'+', b[y]})
		} else {
			x--
			out = append(out, diffLine{'-', a[x]})
		}
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out
}
