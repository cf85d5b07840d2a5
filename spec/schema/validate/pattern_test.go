package validate_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/spec/schema/validate"
)

func encode(t testing.TB, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func compilePattern(t testing.TB, pattern string) (*validate.Validator, string) {
	t.Helper()
	v, found := compileText("schema", []byte(`{"pattern":`+string(encode(t, pattern))+`}`), nil)
	if len(found) > 0 {
		return v, found[0].Message
	}
	return v, ""
}

// TestPatterns holds patterns to what ECMA-262 says of them.
func TestPatterns(t *testing.T) {
	tests := []struct {
		pattern   string
		good, bad []string
	}{
		{``, []string{"", "a"}, nil},
		{`^$`, []string{""}, []string{"a", "\n"}},
		{`^a|b$`, []string{"ax", "xb"}, []string{"xa", "bx"}},
		{`^(?:a|b)$`, []string{"a", "b"}, []string{"ab", "\nb"}},
		{`^.$`, []string{"a", "é", "💩"}, []string{"\n", "\r", "\u2028", "\u2029", "ab"}},
		{`^\d\D\w\W\s\S$`, []string{"1a_-\ufeff1", "0\u0660Z\u00e9\u20281"}, []string{"\u0660a_- 1", "1a\u00e9- 1"}},
		{`^[\d\s]+$`, []string{"1 2\u3000"}, []string{"1a"}},
		{`^[^\w\s]+$`, []string{"-\u00e9"}, []string{"a", "\u00a0"}},
		{`^[\S]$`, []string{"a", "\u200b"}, []string{" ", "\ufeff"}},
		{`^[\w\-.]+@[\w.\-]+$`, []string{"a-b.c@d-e"}, []string{"a,b@c"}},
		{`^[a\-z]+$`, []string{"a-z"}, []string{"b"}},
		{`^[\w-]+$`, []string{"a-b"}, []string{"a.b"}},
		{`^[\w-z]+$`, []string{"a-b"}, []string{"."}},
		{`^[]$`, nil, []string{"", "a", "]"}},
		{`^[^]$`, []string{"\n", "a"}, []string{"", "ab"}},
		{`^[\b]$`, []string{"\b"}, []string{"b"}},
		{`\bfoo\b`, []string{"a foo b", "foo"}, []string{"afoo", "foo_"}},
		{`\Boo`, []string{"foo"}, []string{"oo"}},
		{`^\cA\cz$`, []string{"\x01\x1a"}, []string{"cAcz"}},
		{`^\x41\u0042\u{43}\0$`, []string{"ABC\x00"}, []string{"ABC0"}},
		{`^\ud83d\udca9$`, []string{"💩"}, []string{"\ufffd"}},
		{`^\t\n\v\f\r$`, []string{"\t\n\v\f\r"}, []string{"tnvfr"}},
		{`^\/\.\-\$\_\"$`, []string{`/.-$_"`}, []string{"/x-$_\""}},
		{`^[[:alpha:]]+$`, []string{"a]", ":]", "[]]"}, []string{"x]", "a"}},
		{`^a{2}b{1,}c{0,2}$`, []string{"aab", "aabbbcc"}, []string{"ab", "aabccc", "aac"}},
		{`^a{1,1500}$`, []string{"a", strings.Repeat("a", 1500)}, []string{"", strings.Repeat("a", 1501)}},
		{`^(?:ab){2000,}$`, []string{strings.Repeat("ab", 2000), strings.Repeat("ab", 3001)}, []string{strings.Repeat("ab", 1999)}},
		{`^a{,3}{$`, []string{"a{,3}{"}, []string{"aaa{"}},
		{`^}]$`, []string{"}]"}, nil},
		{`^a*?b+?c??$`, []string{"b", "aabbc"}, []string{"a"}},
		{`^(?<year>\d{4})-(?<month>\d\d)$`, []string{"2024-05"}, []string{"2024-5"}},
		{`^\p{Lu}\p{Letter}*\P{L}$`, []string{"Éa1", "A-"}, []string{"éa1", "Aa"}},
		{`^\p{Script=Greek}+$`, []string{"αβγ"}, []string{"abc"}},
		{`^[\p{Nd}_]+$`, []string{"1_٣"}, []string{"a"}},
		{`^[^\P{Alphabetic}]+$`, []string{"aé"}, []string{"1"}},
		{`^\p{ASCII}\p{Any}\p{White_Space}$`, []string{"aé "}, []string{"éa "}},
		{`^(a|ab)(c|bcd)$`, []string{"ac", "abc", "abcd", "abbcd"}, []string{"abcbcd"}},
		{`^(?:xx*){2}`, []string{"xx", "xxx", "xxa"}, []string{"x", "xa"}},
		{`^(?:a*b?){3}$`, []string{"", "abab", "aabaabab"}, []string{"bbbb"}},
		{`^x-`, []string{"x-", "x-a"}, []string{"ax-"}},
		{`^(foo|bar)`, []string{"foo", "barx"}, []string{"baz", ""}},
		{`^(?:ab)?c`, []string{"abc", "c", "cd"}, []string{"ab", "abab"}},
		{`^(?:ab)?`, []string{"", "a", "abc", "x"}, nil},
		{`^[a-f]?[d-z]$`, []string{"d", "ad", "e", "ee"}, []string{"a", "aa"}},
		{`^(\d{3}-)?\d{4}(,\d{4})*$`, []string{"1234", "123-1234", "1234,5678"}, []string{"123-", "1234,", "123-123"}},
		{`^(0[1-9]|1[0-2])/\d\d$`, []string{"01/24", "12/99"}, []string{"13/24", "1/24"}},
		{`^[^,]*,é?ü*$`, []string{",", "aé,éüü", ","}, []string{"a", "a,üé"}},
		{`^(?:é|ü)+$`, []string{"éü"}, []string{"ö", "", "éö"}},
		{`a^b`, nil, []string{"ab", "a^b"}},
		{`^\u212a$`, []string{"\u212a"}, []string{"k", "K"}},
		{`^[\p{ID_Start}$_][\p{ID_Continue}$]*$`, []string{"$é", "_a1", "x\u203f"}, []string{"1a", "a-b"}},
		{`^\P{Assigned}\p{Unassigned}$`, []string{"\u0378\u0378"}, []string{"ab"}},

		{`^(?=.*[A-Z])(?=.*\d).{4,8}$`, []string{"abC1", "1éXy"}, []string{"abc1", "ABCD", "A1", "A1abcdefg"}},
		{`^(?!con$|nul$)[a-z]+$`, []string{"cons", "x"}, []string{"con", "nul"}},
		{`(?<=\$)\d+(?!\d|\.)`, []string{"a $42", "$7 "}, []string{"42", "€42", "$4."}},
		{`(?<!a|bc)d`, []string{"d", "cd", "bd"}, []string{"ad", "bcd"}},
		{`(?<=^|,)x`, []string{"x", "a,x"}, []string{"ax"}},
		{`^(['"]).*\1$`, []string{`"a"`, `''`, `"a'b"`}, []string{`"a'`, `"`}},
		{`^(?<q>.)(?<r>.)\k<r>\k<q>$`, []string{"abba", "éüüé"}, []string{"abab"}},
		{`^(.+)\1$`, []string{"aa", "abab"}, []string{"a", "aba"}},
		{`^(?:(a)|b)*\1$`, []string{"ab", "aaa", "b", ""}, []string{"c"}},
		{`^(z)((a+)?(b+)?(c))*\3x$`, []string{"zaacbbbcacax", "zcx"}, []string{"zaacbbbcacx", "zcxa"}},
		{`^(?=(a+))a*b\1$`, []string{"aabaa", "aba"}, []string{"aaba", "b"}},
		{`^(?!(a))b?\1$`, []string{"b", ""}, []string{"ab"}},
		{`(?<=(\d+)(\d+))$(?=\1\2)?`, []string{"1053"}, []string{"1", "a"}},
		{`(?<=(.)\1)b`, []string{"aab", "ab"}, []string{"b"}},
		{`(?<=\1(.))b`, []string{"aab", "xaab"}, []string{"ab", "xab", "b"}},
		{`\k<x>(?<x>a)$`, []string{"a"}, []string{"b"}},
		{`^(a\1)$`, []string{"a"}, []string{"aa"}},
		{`^(?:a?){3}(?=$)`, []string{"", "aaa"}, []string{"aaaa"}},
		{`^(?:a??)*?(?=b)b`, []string{"b", "aab"}, []string{"a"}},
		{`^(?:(?=a))*b`, []string{"b"}, []string{"ab"}},
		{`^.(?=\u2028)[^]`, []string{"é\u2028"}, []string{"\u2028\u2028"}},
		{`(?<=💩)\b`, []string{"💩a"}, []string{"a💩", "💩 "}},
	}
	for _, test := range tests {
		v, wrong := compilePattern(t, test.pattern)
		if wrong != "" {
			t.Errorf("%s: %s", test.pattern, wrong)
			continue
		}
		for _, s := range test.good {
			if !judge(t, v, encode(t, s)).Valid() {
				t.Errorf("%s does not match %q", test.pattern, s)
			}
		}
		for _, s := range test.bad {
			if judge(t, v, encode(t, s)).Valid() {
				t.Errorf("%s matches %q", test.pattern, s)
			}
		}
	}
}

// TestBadPatterns tells apart what is wrong and what cannot be matched.
func TestBadPatterns(t *testing.T) {
	const unsupported = "the pattern %s cannot be checked: %s is not supported"
	const invalid = "%s is not a regular expression of ECMA-262: %s"
	for pattern, want := range map[string]string{
		`[\ud83d]`:      fmt.Sprintf(unsupported, `[\ud83d]`, "half of a surrogate pair"),
		`\p{Emoji}`:     fmt.Sprintf(unsupported, `\p{Emoji}`, `the property \p{Emoji}`),
		`(?<=a)*`:       fmt.Sprintf(invalid, `(?<=a)*`, "nothing to repeat before '*' at character 7"),
		`(?=\2)(a)`:     fmt.Sprintf(invalid, `(?=\2)(a)`, `there is no group for \2 at character 1`),
		`(?=a`:          fmt.Sprintf(invalid, `(?=a`, "a group that is not closed at character 5"),
		`a)`:            fmt.Sprintf(invalid, `a)`, "an unmatched ')' at character 2"),
		`é*+`:           fmt.Sprintf(invalid, `é*+`, "nothing to repeat before '+' at character 3"),
		`[a`:            fmt.Sprintf(invalid, `[a`, "a character class that is not closed at character 3"),
		`[z-a]`:         fmt.Sprintf(invalid, `[z-a]`, "a range out of order in a character class at character 5"),
		`a{3,2}`:        fmt.Sprintf(invalid, `a{3,2}`, "a quantifier whose bounds are out of order at character 7"),
		`(?i)a`:         fmt.Sprintf(invalid, `(?i)a`, "a group that ECMA-262 does not know: (?i at character 3"),
		`\Aa`:           fmt.Sprintf(invalid, `\Aa`, `an escape that ECMA-262 does not know: \A (write ^) at character 3`),
		`a\`:            fmt.Sprintf(invalid, `a\`, "a backslash at the end at character 3"),
		`\xZZ`:          fmt.Sprintf(invalid, `\xZZ`, "an escape that wants 2 hexadecimal digits at character 3"),
		`\u{110000}`:    fmt.Sprintf(invalid, `\u{110000}`, `a \u{…} that names no character at character 4`),
		`\c1`:           fmt.Sprintf(invalid, `\c1`, `a \c without a letter at character 3`),
		`(a)\2`:         fmt.Sprintf(invalid, `(a)\2`, `there is no group for \2 at character 1`),
		`(?<n>a)(?<n>)`: fmt.Sprintf(invalid, `(?<n>a)(?<n>)`, `a second group named "n" at character 11`),
	} {
		v, got := compilePattern(t, pattern)
		if got != want || v != nil {
			t.Errorf("%s:\ngot  %s\nwant %s", pattern, got, want)
		}
	}
}

// TestSearchAllocates nothing once the buffers are there.
func TestSearchAllocates(t *testing.T) {
	v := mustCompile(t, `{"pattern":"^(?=.*[A-Z])(?=.*\\d)(?:[\\w-]+(\\.|$))+$"}`)
	data := []byte(`"Orders-2.eu-west.v1"`)
	if !v.Valid(data) {
		t.Fatal(v.Validate(data))
	}
	if n := testing.AllocsPerRun(1_000, func() { v.Valid(data) }); n > 0.1 && !underRace {
		t.Errorf("%v allocations", n)
	}
}
