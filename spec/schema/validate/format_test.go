package validate_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
)

// TestFormats has for each format texts that are of it and texts that are not.
func TestFormats(t *testing.T) {
	tests := map[string]struct{ good, bad []string }{
		"date-time": {
			[]string{"2024-02-29T23:59:59Z", "1998-12-31T23:59:60Z", "1998-12-31T15:59:60.5-08:00", "2024-05-17t09:26:53.120z", "2024-05-17T09:26:53-00:00"},
			[]string{"", "2023-02-29T00:00:00Z", "2024-05-17 09:26:53Z", "2024-05-17T09:26:53", "2024-05-17T24:00:00Z", "2024-05-17T09:26Z", "1998-12-31T22:59:60Z",
				"2024-05-17T09:26:53.Z", "2024-05-17T09:26:53+24:00", "2024-05-17T9:26:53Z", "2024-05-17T09:26:53+0100", "2024-13-01T00:00:00Z"},
		},
		"date": {[]string{"0000-01-01", "2000-02-29", "9999-12-31"}, []string{"1900-02-29", "2024-04-31", "2024-1-1", "2024/01/01", "2024-01-01Z", "2024-00-10", "2024-01-00"}},
		"time": {[]string{"00:00:00Z", "23:59:59.999+23:59", "01:29:60+01:30"}, []string{"00:00:00", "24:00:00Z", "12:60:00Z", "12:00:61Z", "12:00:00+1:00", "12:00:00,5Z", "12:00:00.Z"}},
		"email": {
			[]string{"a@b.example", "first.last+tag@sub.example.org", `"quoted @ \" local"@example.org`, "a@[192.0.2.1]", "a@[IPv6:2001:db8::1]", "!#$%&'*+-/=?^_`{|}~@x"},
			[]string{"", "a", "a@", "@b", "a@b@c", ".a@b", "a.@b", "a..b@c", "a b@c", "a@b..c", "a@-b", "a@[1.2.3]", "a@[IPv6:::g]", "Jane <a@b.c>", `"a@b`, "é@b", "a@bücher.example",
				strings.Repeat("a", 65) + "@b", "a@" + strings.Repeat("b.", 127) + "example"},
		},
		"idn-email": {[]string{"é@bücher.example", "a@b", "δοκιμή@παράδειγμα.δοκιμή"}, []string{"é", "a@b_c", "a@\u3002"}},
		"hostname":  {[]string{"a", "a.b-c.d1", "1a.2", "xn--bcher-kva.example", strings.Repeat("a", 63)}, []string{"", ".", "a.", "a..b", "-a", "a-", "a_b", "ä", strings.Repeat("a", 64), "xn--a", "xn--bcher-kv"}},
		"idn-hostname": {
			[]string{"bücher.example", "例え。テスト", "faß.de", "xn--fa-hia.de", "l·l", "אב"},
			[]string{"", "-ü", "ü-", "Ü", "a·b", "\u0301a", "a\u00ad", "٠۰", "aא", "a..b", "①.example", "ab--ü", "\u1160a", "℃"},
		},
		"ipv4": {[]string{"0.0.0.0", "255.255.255.255"}, []string{"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.a", "1.2.3.", "1.2.3.4 ", "1..2.3"}},
		"ipv6": {
			[]string{"::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:1.2.3.4", "::ffff:1.2.3.4", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "ABCD::ef01"},
			[]string{"", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::", "1:", "::1%eth0", "1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:6:7:8::", "::1.2.3", "1.2.3.4::"},
		},
		"uri": {
			[]string{"http://example.com", "mailto:a@b", "urn:isbn:1", "a:", "http://[::1]:80/?q#f", "http://[v1.x:y]/", "file:///etc", "http://u:p@h:/", "a:/b?c?d/e", "http://h/%20", "x://h//p"},
			[]string{"", "a", "//h", "http://h/ ", "http://h/\u00e9", "http://h/%2", "1a:b", "http://[::1", "http://h:a", "http://h/{}", "http://h#a#b", "http://[::1]a", "http://[v.x]", "http://a@b@c", "http://h/\\", "http://[fe80::1%25a]"},
		},
		"uri-reference": {[]string{"", "a", "/a", "//h/p", "?q", "#f", "./a:b", "a/b:c", "http://h"}, []string{"a b", ":a", "1:b", "%", "\\", "#a#b", "[a]", "//h:x", "é"}},
		"iri":           {[]string{"http://ü/é?\ue000#ü", "a:é"}, []string{"é", "http://ü/ ", "http://ü/\ue000", "http://ü/#\ue000", "http://h/\ufffe", "http://h/\ufdd0"}},
		"iri-reference": {[]string{"é", "", "//ü/p"}, []string{"é:b", "a\u00a0 b", "\u200e<"}},
		"uri-template": {
			[]string{"", "a", "{a}", "{+a,b*}/{c:3}{?d.e}", "a'b", "é{x}", "{%41b}", "%20{x}"},
			[]string{"{", "}", "{}", "{a", "{a}}", "{a,}", "{a b}", "{=a}", "{a:0}", "{a:12345}", "{a*:3}", "a b", "<", "%2", "{.}", "{a.}", "{%4}", "\x7f"},
		},
		"json-pointer":          {[]string{"", "/", "/a/b~0~1", "//", "/é"}, []string{"a", "/~", "/~2", "#/a"}},
		"relative-json-pointer": {[]string{"0", "1/a", "10#", "0/"}, []string{"", "01", "-1", "1a", "#", "1#/a", "0/~"}},
		"regex":                 {[]string{"", "a|b", "(?=a)", "(?<n>a)\\k<n>", "[]", "[^]", "\\u{1F600}", "a{2}", "{", "(?<=a+)b"}, []string{"(", "*", "[", "a**", "(?i)a", "\\", "a{2,1}", "\\1", "(?P<n>a)", "[b-a]", "\\Z", "\\p{", "(?<n>a)(?<n>b)", "\\k<m>"}},
		"uuid":                  {[]string{"3f2504e0-4f89-41d3-9a0c-0305e82c3301", "3F2504E0-4F89-41D3-9A0C-0305E82C3301"}, []string{"", "3f2504e04f8941d39a0c0305e82c3301", "3f2504e0-4f89-41d3-9a0c-0305e82c330g", "{3f2504e0-4f89-41d3-9a0c-0305e82c3301}"}},
		"byte":                  {[]string{"", "YQ==", "YWI=", "YWJj", "+/9="}, []string{"YQ", "YQ=", "Y===", "=", "Y Q=", "YQ==YQ==", "-_9="}},
		"binary":                {[]string{"", "anything"}, nil},
		"no-such-format":        {[]string{"", "anything"}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			v := mustCompile(t, fmt.Sprintf(`{"format":%q}`, name))
			for _, s := range test.good {
				if verdict := judge(t, v, encode(t, s)); !verdict.Valid() {
					t.Errorf("%q is not taken: %v", s, verdict)
				}
			}
			for _, s := range test.bad {
				if judge(t, v, encode(t, s)).Valid() {
					t.Errorf("%q is taken", s)
				}
			}
			for _, other := range []string{"1", "1.5", "true", "null", "{}", "[]"} {
				if !judge(t, v, []byte(other)).Valid() {
					t.Errorf("%s is not ignored", other)
				}
			}
		})
	}
}

func TestNumberFormats(t *testing.T) {
	tests := map[string]struct{ good, bad []string }{
		"int32":  {[]string{"0", "-2147483648", "2147483647", "1e3", "2.0"}, []string{"2147483648", "-2147483649", "0.5", "1e10"}},
		"int64":  {[]string{"9223372036854775807", "-9223372036854775808", "9223372036854775807.000"}, []string{"9223372036854775808", "-9223372036854775809", "1.5", "1e19"}},
		"int8":   {[]string{"-128", "127"}, []string{"-129", "128", "0.5"}},
		"int16":  {[]string{"-32768", "32767"}, []string{"-32769", "32768", "0.5"}},
		"uint8":  {[]string{"0", "255", "-0"}, []string{"-1", "256", "0.5"}},
		"uint16": {[]string{"0", "65535"}, []string{"-1", "65536", "0.5"}},
		"uint32": {[]string{"0", "4294967295"}, []string{"-1", "4294967296", "0.5"}},
		"uint64": {[]string{"0", "18446744073709551615"}, []string{"-1", "18446744073709551616", "0.5"}},
		"float":  {[]string{"3.4e38", "-1.5", "1e-50"}, []string{"3.5e38", "-1e39"}},
		"double": {[]string{"1.7e308", "0.1", "1e-400"}, []string{"1.8e308", "-1e400"}},

		"float32": {[]string{"3.4e38"}, []string{"3.5e38"}},
		"float64": {[]string{"1.7e308"}, []string{"1.8e308"}},
	}
	for name, test := range tests {
		v := mustCompile(t, fmt.Sprintf(`{"type":"number","format":%q}`, name))
		for _, s := range test.good {
			if verdict := judge(t, v, []byte(s)); !verdict.Valid() {
				t.Errorf("%s %s: %v", name, s, verdict)
			}
		}
		for _, s := range test.bad {
			verdict := judge(t, v, []byte(s))
			if len(verdict.Violations) != 1 || verdict.Violations[0].Keyword != "format" {
				t.Errorf("%s %s: %v", name, s, verdict)
			}
		}
	}
}

func TestNoFormats(t *testing.T) {
	const text = `{"format":"date","contentEncoding":"base64","contentMediaType":"application/json"}`
	v, found := compileText("schema", []byte(text), &validate.Options{NoFormats: true})
	if len(found) > 0 {
		t.Fatal(found)
	}
	if verdict := judge(t, v, []byte(`"never"`)); !verdict.Valid() {
		t.Error(verdict)
	}
}

// TestUnknownFormats are ignored with a note wherever formats count.
func TestUnknownFormats(t *testing.T) {
	for schema, notes := range map[string]int{
		`{"properties":{"a":{"format":"colour"},"b":{"format":"colour","type":"integer"},"c":{"$ref":"#/properties/a"}}}`:      2,
		`{"items":[{"format":"date"},{"format":"int64"},{"format":"password"},{"format":"binary"},{"format":""}]}`:             0,
		`{"items":[{"format":"bigint"},{"format":"decimal"},{"format":"decimal128"}]}`:                                         0,
		`{"$schema":"https://json-schema.org/draft/2020-12/schema","format":"colour"}`:                                         0,
		`{"$schema":"https://json-schema.org/draft/2020-12/schema","allOf":[{"format":"date"}],"properties":{"format":false}}`: 0,
	} {
		v, found := compileText("schema", []byte(schema), nil)
		if len(found) != notes || v == nil {
			t.Errorf("%s: %v", schema, found)
		}
		for _, f := range found {
			if f.Severity != diag.Info || f.Message != `the format "colour" is not known and restricts nothing` {
				t.Errorf("%s: %v", schema, f)
			}
		}
		if v != nil && !judge(t, v, []byte(`{"a":"x","b":1}`)).Valid() {
			t.Errorf("%s restricts", schema)
		}
		if _, found := compileText("schema", []byte(schema), &validate.Options{NoFormats: true}); len(found) > 0 {
			t.Errorf("%s without formats: %v", schema, found)
		}
	}
}
