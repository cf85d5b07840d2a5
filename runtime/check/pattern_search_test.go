package check

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/dlclark/regexp2"
)

// oracle matches a tree by closures, as ECMA-262 §22.2.2 defines it word by word.
// It is exponential and exact.
type oracle struct {
	text  []rune
	left  int // rounds until it gives up
	tired bool
}

// state is a place in the text and what groups have matched.
type state struct {
	end    int
	groups [][2]int
}

type continuation func(state) bool

func (o *oracle) matches(tree *regex) bool {
	groups := make([][2]int, countGroups(tree)+1)
	for i := range groups {
		groups[i] = [2]int{-1, -1}
	}
	for start := 0; start <= len(o.text); start++ {
		if o.match(tree, false, state{start, groups}, func(state) bool { return true }) {
			return true
		}
	}
	return false
}

func (o *oracle) match(n *regex, behind bool, x state, c continuation) bool {
	if o.left--; o.left < 0 {
		o.tired = true
		return false
	}
	switch n.op {
	case regexSet:
		at, to := x.end, x.end+1
		if behind {
			at, to = x.end-1, x.end-1
		}
		set := newCharSet(n.set)
		return at >= 0 && at < len(o.text) && set.contains(o.text[at]) && c(state{to, x.groups})
	case regexSequence:
		return o.sequence(n.subs, behind, x, c)
	case regexChoice:
		return slices.ContainsFunc(n.subs, func(sub *regex) bool { return o.match(sub, behind, x, c) })
	case regexGroup:
		return o.match(n.subs[0], behind, x, func(y state) bool {
			if n.group > 0 {
				y.groups = slices.Clone(y.groups)
				y.groups[n.group] = [2]int{min(x.end, y.end), max(x.end, y.end)}
			}
			return c(y)
		})
	case regexRepeat:
		return o.repeat(n, behind, n.min, n.max, x, c)
	case regexLook:
		var found *state
		ok := o.match(n.subs[0], n.behind, x, func(y state) bool {
			found = &y
			return true
		})
		switch {
		case ok == n.negated || o.tired:
			return false
		case n.negated:
			return c(x)
		}
		return c(state{x.end, found.groups})
	case regexBack:
		return o.again(x.groups[n.group], behind, x, c)
	case regexStart:
		return x.end == 0 && c(x)
	case regexEnd:
		return x.end == len(o.text) && c(x)
	}
	before := x.end > 0 && wordRune(o.text[x.end-1])
	after := x.end < len(o.text) && wordRune(o.text[x.end])
	return (before != after) == (n.op == regexWord) && c(x)
}

func wordRune(r rune) bool { return r < utf8.RuneSelf && isWord(byte(r)) }

func (o *oracle) sequence(subs []*regex, behind bool, x state, c continuation) bool {
	if len(subs) == 0 {
		return c(x)
	}
	first, rest := subs[0], subs[1:]
	if behind {
		first, rest = subs[len(subs)-1], subs[:len(subs)-1]
	}
	return o.match(first, behind, x, func(y state) bool { return o.sequence(rest, behind, y, c) })
}

func (o *oracle) repeat(n *regex, behind bool, least, most int, x state, c continuation) bool {
	if most == 0 {
		return c(x)
	}
	d := func(y state) bool {
		if least == 0 && y.end == x.end {
			return false
		}
		return o.repeat(n, behind, max(least-1, 0), max(most-1, -1), y, c)
	}
	cleared := state{x.end, slices.Clone(x.groups)}
	if low, high := groupRange(n); low > 0 {
		for i := low; i <= high; i++ {
			cleared.groups[i] = [2]int{-1, -1}
		}
	}
	switch once := func() bool { return o.match(n.subs[0], behind, cleared, d) }; {
	case least > 0:
		return once()
	case n.lazy:
		return c(x) || once()
	default:
		return once() || c(x)
	}
}

func (o *oracle) again(group [2]int, behind bool, x state, c continuation) bool {
	if group[0] < 0 {
		return c(x)
	}
	text := o.text[group[0]:group[1]]
	from, to := x.end, x.end+len(text)
	if behind {
		from, to = x.end-len(text), x.end-len(text)
	}
	if from < 0 || from+len(text) > len(o.text) || !slices.Equal(o.text[from:from+len(text)], text) {
		return false
	}
	return c(state{to, x.groups})
}

// patternMaker writes random patterns.
type patternMaker struct {
	*rand.Rand
	groups int
}

func (m *patternMaker) pattern(depth int) string {
	var b strings.Builder
	for range m.IntN(4) + 1 {
		b.WriteString(m.term(depth))
	}
	if m.IntN(4) == 0 {
		b.WriteString("|" + m.term(depth))
	}
	return b.String()
}

func (m *patternMaker) term(depth int) string {
	atom := [...]string{"a", "b", "é", ".", "[ab]", "[^a]", `\w`, "^", "$", `\b`, `\B`}[m.IntN(11)]
	if atom == "^" || atom == "$" || atom[0] == '\\' && atom != `\w` {
		return atom
	}
	if depth > 0 {
		switch m.IntN(9) {
		case 0, 1:
			m.groups++
			atom = "(" + m.pattern(depth-1) + ")"
		case 2:
			atom = "(?:" + m.pattern(depth-1) + ")"
		case 3:
			return [...]string{"(?=", "(?!", "(?<=", "(?<!"}[m.IntN(4)] + m.pattern(depth-1) + ")"
		case 4:
			if m.groups > 0 {
				atom = `\` + string(rune('1'+m.IntN(min(m.groups, 9))))
			}
		}
	}
	return atom + [...]string{"", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?"}[m.IntN(12)]
}

func (m *patternMaker) text() string {
	var b strings.Builder
	for range m.IntN(8) {
		b.WriteString([...]string{"a", "b", "é", "a", " "}[m.IntN(5)])
	}
	return b.String()
}

// TestSearch compares searches that go back with the definition of ECMA-262 and,
// where its rules are the same, with a library of another author.
func TestSearch(t *testing.T) {
	m := patternMaker{Rand: rand.New(rand.NewPCG(3, 14))}
	var s searcher
	compared, asked, matched := 0, 0, 0
	for range 4_000 {
		m.groups = 0
		text := m.pattern(3)
		tree, err := parsePattern(text)
		if err != nil {
			continue
		}
		prog := newBackProgram(tree)
		other := otherPattern(text, tree)
		for range 3 {
			input := m.text()
			got, spent := s.search(prog, input, searchBase)
			o := oracle{text: []rune(input), left: 20_000}
			want := o.matches(tree)
			if spent || o.tired {
				continue
			}
			if compared++; got != want {
				t.Fatalf("%s on %q: %v, want %v", text, input, got, want)
			}
			if got {
				matched++
			}
			if other == nil {
				continue
			}
			if theirs, ok := otherMatch(other, input); ok {
				if asked++; got != theirs {
					t.Errorf("%s on %q: %v, another says %v", text, input, got, theirs)
				}
			}
		}
	}
	t.Logf("%d compared, %d of them with another library, %d match", compared, asked, matched)
	if compared < 8_000 || asked < 2_000 || matched < compared/10 || matched > compared*9/10 {
		t.Error("the patterns do not tell much")
	}
}

// otherPattern compiles a pattern with another library, nil where that one
// follows other rules: it keeps what groups matched in earlier rounds (ECMA-262
// §22.2.2.3.1, step 4 forgets it), lets \1 before its group fail (§22.2.2.7.2, step 5
// lets it match nothing), and takes é for a letter in \b and \w (§22.2.2.9.3
// names the letters).
func otherPattern(text string, tree *regex) *regexp2.Regexp {
	if hasOp(tree, regexBack) || hasOp(tree, regexWord) || hasOp(tree, regexNotWord) {
		return nil
	}
	other, err := regexp2.Compile(text, regexp2.ECMAScript)
	if err != nil {
		return nil
	}
	other.MatchTimeout = time.Second
	return other
}

// otherMatch is another library's verdict; ok is false where it gives up, or
// panics, as v1.11.0 does on some repeats of nothing.
func otherMatch(other *regexp2.Regexp, input string) (matched, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	matched, err := other.MatchString(input)
	return matched, err == nil
}

func hasOp(n *regex, op regexOp) bool {
	return n.op == op || slices.ContainsFunc(n.subs, func(sub *regex) bool { return hasOp(sub, op) })
}

// TestSearchBudget ends searches that would take for ever after the same number
// of steps each time, and never as a match or a mismatch.
func TestSearchBudget(t *testing.T) {
	for _, text := range []string{
		`^(a+)+\1b`, `^(?=(a|aa)+$)(a*)*b`, `(?<=^(a|a)*)b`, `(?!(a*)*c)((a*)*)*b`, `(.*)(.*)(.*)(.*)\4\3x`, `^(?:(?=a*)a*?)*b`,
	} {
		p, err := newPattern(text)
		if err != nil {
			t.Fatal(err)
		}
		var s searcher
		input := strings.Repeat("a", 5_000)
		start := time.Now()
		const steps = searchBase + searchPerByte*5_000
		found, spent := s.search(p.back, input, steps)
		if found || !spent {
			t.Errorf("%s: found %v, spent %v, %d steps left", text, found, spent, s.steps)
		}
		if took := time.Since(start); took > time.Minute {
			t.Errorf("%s: took %v", text, took)
		}
		if again, s2 := s.search(p.back, input, steps); again != found || s2 != spent {
			t.Errorf("%s: says something else the second time", text)
		}
	}
}

// FuzzSearch holds searches to the definition of ECMA-262.
func FuzzSearch(f *testing.F) {
	for _, p := range []string{`^(a|bc)*\1$`, `(?<=(.)\1)b`, `(?!(a))b\1|(?<n>x)*?\k<n>`, `^(?=.*\d).{2,}$`, `(?:a?){3}(?<!b)`} {
		f.Add(p, "abcbc1x")
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		tree, err := parsePattern(pattern)
		if err != nil || len(pattern) > 100 || len(text) > 30 || !utf8.ValidString(text) {
			return
		}
		var s searcher
		got, spent := s.search(newBackProgram(tree), text, searchBase)
		o := oracle{text: []rune(text), left: 20_000}
		if want := o.matches(tree); !spent && !o.tired && got != want {
			t.Fatalf("%q on %q: %v, want %v", pattern, text, got, want)
		}
	})
}
