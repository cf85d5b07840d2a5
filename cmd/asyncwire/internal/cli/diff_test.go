package cli

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// A diff holds both texts, and no more changes than there are.
func TestCompareLines(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		a, b := randomLines(r), randomLines(r)
		var was, is []string
		same := 0
		for _, l := range compareLines(a, b) {
			if l.op != '+' {
				was = append(was, l.text)
			}
			if l.op != '-' {
				is = append(is, l.text)
			}
			if l.op == ' ' {
				same++
			}
		}
		if strings.Join(was, "") != strings.Join(a, "") || strings.Join(is, "") != strings.Join(b, "") {
			t.Fatalf("%q to %q: the diff is of %q and %q", a, b, was, is)
		}
		if want := common(a, b); same != want {
			t.Fatalf("%q to %q: %d lines stay, %d could", a, b, same, want)
		}
	}
}

func randomLines(r *rand.Rand) []string {
	out := make([]string, r.IntN(12))
	for i := range out {
		out[i] = string(rune('a'+r.IntN(4))) + "\n"
	}
	return out
}

// common is the length of the longest common subsequence.
func common(a, b []string) int {
	row := make([]int, len(b)+1)
	for i := range a {
		diagonal := 0
		for j := range b {
			above := row[j+1]
			if row[j+1] = max(above, row[j]); a[i] == b[j] {
				row[j+1] = diagonal + 1
			}
			diagonal = above
		}
	}
	return row[len(b)]
}

// Texts that have nothing in common are compared in good time.
func TestCompareLarge(t *testing.T) {
	a, b := strings.Repeat("a\n", 100_000), strings.Repeat("b\n", 100_000)
	if n := len(compareLines(linesOf([]byte(a)), linesOf([]byte(b)))); n != 200_000 {
		t.Errorf("%d lines", n)
	}
}
