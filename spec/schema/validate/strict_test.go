package validate_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/spec/schema/validate"
)

// TestStrict holds texts to RFC 8259, and to what it advises (§4, §8.1, §8.2).
func TestStrict(t *testing.T) {
	tests := []struct {
		name, text, keyword, pointer string
		offset                       int
	}{
		{"empty", "", "json", "", 0},
		{"only white space", " \n", "json", "", 2},
		{"byte order mark", "\xEF\xBB\xBF{}", "byte-order-mark", "", 0},
		{"trailing word", "{}x", "trailing-bytes", "", 2},
		{"two values", "{} {}", "trailing-bytes", "", 3},
		{"no value", `{"a":}`, "json", "/a", 5},
		{"trailing comma in an object", `{"a":1,}`, "json", "", 7},
		{"trailing comma in an array", `[1,]`, "json", "/1", 3},
		{"no colon", `{"a" 1}`, "json", "", 5},
		{"no comma", `[1 2]`, "json", "", 3},
		{"key without quotes", `{a:1}`, "json", "", 1},
		{"single quotes", `{'a':1}`, "json", "", 1},
		{"unclosed object", `{"a":1`, "json", "", 6},
		{"unclosed array", `[[1]`, "json", "", 4},
		{"unclosed string", `["abc`, "json", "/0", 5},
		{"unclosed escape", `["abc\`, "json", "/0", 5},
		{"wrong bracket", `[1}`, "json", "", 2},
		{"unknown escape", `["\x41"]`, "json", "/0", 2},
		{"short escape", `["\u12"]`, "json", "/0", 2},
		{"control character", "[\"a\tb\"]", "json", "/0", 3},
		{"line break in a string", "\"a\nb\"", "json", "", 2},
		{"leading zero", `[01]`, "json", "/0", 1},
		{"leading plus", `[+1]`, "json", "/0", 1},
		{"bare minus", `[-]`, "json", "/0", 1},
		{"no digits behind the point", `[1.]`, "json", "/0", 3},
		{"no digits before the point", `[.5]`, "json", "/0", 1},
		{"no digits in the exponent", `[1e+]`, "json", "/0", 4},
		{"NaN", `[NaN]`, "json", "/0", 1},
		{"half a word", `[tru]`, "json", "/0", 1},
		{"comment", `[1]//`, "trailing-bytes", "", 3},
		{"vertical tab", "[\v1]", "json", "/0", 1},
		{"invalid UTF-8 in a value", "[\"a\xffb\"]", "utf-8", "/0", 3},
		{"invalid UTF-8 in a key", "{\"a\xc0\xaf\":1}", "utf-8", "", 3},
		{"surrogate in UTF-8", "[\"\xed\xa0\x80\"]", "utf-8", "/0", 2},
		{"lone high surrogate", `["\ud800"]`, "surrogate", "/0", 2},
		{"lone low surrogate", `["\udc00\ud800"]`, "surrogate", "/0", 2},
		{"two high surrogates", `["\ud800\ud800"]`, "surrogate", "/0", 2},
		{"duplicate key", `{"a":1,"b":2,"a":3}`, "duplicate-key", "/a", 13},
		{"duplicate key, escaped", `{"a":1,"\u0061":3}`, "duplicate-key", "/a", 7},
		{"duplicate key deep inside", `[{"x":{"k":1,"k":2}}]`, "duplicate-key", "/0/x/k", 13},
		{"duplicate among the known", `{"known":1,"other":2,"known":3}`, "duplicate-key", "/known", 21},
		{"deep array", strings.Repeat("[", 600) + strings.Repeat("]", 600), "max-depth", strings.Repeat("/0", 512), 512},
		{"deep and broken", strings.Repeat("[", 100_000), "max-depth", strings.Repeat("/0", 512), 512},
	}
	any := mustCompile(t, `true`)
	known := mustCompile(t, `{"properties":{"known":{"type":"integer"}},"items":{"not":false}}`)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, v := range []*validate.Validator{any, known} {
				verdict := judge(t, v, []byte(test.text))
				if len(verdict.Violations) == 0 {
					t.Fatal("is taken for valid")
				}
				got := verdict.Violations[0]
				if got.Keyword != test.keyword || got.Pointer != test.pointer || got.Offset != test.offset || got.Message == "" {
					t.Errorf("got %+v", got)
				}
				if test.keyword == "json" && (json.Valid([]byte(test.text)) || len(verdict.Violations) != 1) {
					t.Errorf("what is no JSON must be told alone, got %v", verdict)
				}
			}
		})
	}
}

// TestManyKeys finds duplicates whatever the number of keys before them.
func TestManyKeys(t *testing.T) {
	v := mustCompile(t, `{"additionalProperties":{"type":"integer"}}`)
	for _, n := range []int{1, 2, 15, 16, 17, 63, 64, 65, 1000} {
		var b strings.Builder
		for i := range n {
			b.WriteString(`"key` + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + strings.Repeat("y", i/26) + `":1,`)
		}
		unique := "{" + strings.TrimSuffix(b.String(), ",") + "}"
		if verdict := judge(t, v, []byte(unique)); !verdict.Valid() {
			t.Errorf("%d keys: %v", n, verdict)
		}
		repeated := "{" + b.String() + `"keya":2}`
		if verdict := judge(t, v, []byte(repeated)); len(verdict.Violations) != 1 || verdict.Violations[0].Keyword != "duplicate-key" {
			t.Errorf("%d keys and one again: %v", n, verdict)
		}
	}
}

// TestManyProperties holds for more known properties than fit one word.
func TestManyProperties(t *testing.T) {
	var schema, full strings.Builder
	const n = 200
	name := func(i int) string { return "p" + string(rune('a'+i/26)) + string(rune('a'+i%26)) }
	for i := range n {
		schema.WriteString(`,"` + name(i) + `":{"type":"integer"}`)
		full.WriteString(`,"` + name(n-1-i) + `":1`)
	}
	required := `"` + name(0) + `","` + name(64) + `","` + name(199) + `"`
	v := mustCompile(t, `{"additionalProperties":false,"required":[`+required+`],"properties":{`+schema.String()[1:]+`}}`)
	if verdict := judge(t, v, []byte("{"+full.String()[1:]+"}")); !verdict.Valid() {
		t.Error(verdict)
	}
	got := judge(t, v, []byte(`{"`+name(64)+`":1,"`+name(130)+`":2,"`+name(130)+`":3}`)).Violations
	if len(got) != 3 || got[0].Keyword != "required" || got[1].Keyword != "required" || got[2].Keyword != "duplicate-key" {
		t.Errorf("want two missing and one twice: %v", got)
	}
}

func TestViolationsAreBounded(t *testing.T) {
	v := mustCompile(t, `{"items":{"type":"string"}}`)
	verdict := judge(t, v, []byte("["+strings.Repeat("1,", 50_000)+"1]"))
	if len(verdict.Violations) != validate.MaxViolations {
		t.Errorf("got %d violations", len(verdict.Violations))
	}
	verdict = judge(t, v, []byte("["+strings.Repeat("1,", 50_000)+"1]]"))
	if last := verdict.Violations[len(verdict.Violations)-1]; len(verdict.Violations) != validate.MaxViolations || last.Keyword != "trailing-bytes" {
		t.Errorf("got %d violations, the last is %+v", len(verdict.Violations), last)
	}
}

// TestExcerpt keeps messages short and printable whatever the text holds.
func TestExcerpt(t *testing.T) {
	v := mustCompile(t, `{"const":1}`)
	for _, text := range []string{
		`"` + strings.Repeat("ü", 100) + `"`, `"` + strings.Repeat("a", 57) + "\u20ac\u20ac" + `"`, "[\n" + strings.Repeat("1,\n ", 90) + "1]",
		"\"\u009b31m\u202e\"", `"\u001b[31m"`,
	} {
		got := judge(t, v, []byte(text)).Violations[0].Message
		actual := strings.TrimPrefix(got, "must be 1, is ")
		if len(actual) > 60 || strings.ContainsAny(actual, "\n\u009b\u202e\x1b") {
			t.Errorf("%d bytes: %q", len(actual), actual)
		}
	}
}

// TestLaxity has for each law a text that breaks it alone: a violation of its
// own keyword unless the law is let off, and none then.
func TestLaxity(t *testing.T) {
	tests := []struct {
		allow         validate.Laxity
		keyword, text string
	}{
		{validate.AllowDuplicateKeys, "duplicate-key", `{"known":1,"known":2,"x":[{"y":1,"y":2}]}`},
		{validate.AllowInvalidUTF8, "utf-8", "{\"x\xff\":\"\xc0\"}"},
		{validate.AllowLoneSurrogates, "surrogate", `{"\ud800":"\udc00"}`},
		{validate.AllowTrailingBytes, "trailing-bytes", `{} {"known":"x"`},
		{validate.AllowByteOrderMark, "byte-order-mark", "\xEF\xBB\xBF {}"},
	}
	const schema = `{"properties":{"known":{"type":"integer"}},"maxProperties":3}`
	for _, test := range tests {
		for _, allowed := range tests {
			v, _ := compileText("schema", []byte(schema), &validate.Options{Allow: allowed.allow})
			verdict := judge(t, v, []byte(test.text))
			if verdict.Valid() != (allowed.allow == test.allow) {
				t.Errorf("%s with %s allowed: %v", test.keyword, allowed.keyword, verdict)
			}
			for _, broken := range verdict.Violations {
				if broken.Keyword != test.keyword {
					t.Errorf("%s: %+v", test.keyword, broken)
				}
			}
		}
		v, _ := compileText("schema", []byte(schema), &validate.Options{Allow: test.allow})
		if judge(t, v, []byte(strings.TrimPrefix(test.text[:1], "\xEF")+`{"known":"x"`)).Valid() {
			t.Errorf("%s allowed lets everything pass", test.keyword)
		}
	}
}

// TestMaxSize and the depth are limits that can be set.
func TestMaxSize(t *testing.T) {
	v, _ := compileText("schema", []byte(`{}`), &validate.Options{MaxSize: 10, MaxDepth: 2})
	for text, keyword := range map[string]string{
		`"12345678"`: "", `"123456789"`: "max-size", `[[1]]`: "", `[[[1]]]`: "max-depth", strings.Repeat("[", 11): "max-size",
	} {
		got := ""
		if verdict := judge(t, v, []byte(text)); !verdict.Valid() {
			got = verdict.Violations[0].Keyword
		}
		if got != keyword {
			t.Errorf("%s: %q, want %q", text, got, keyword)
		}
	}
}
