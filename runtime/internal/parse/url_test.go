package parse_test

import (
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/internal/parse"
)

// urls are texts, and how a URL holds each.
var urls = map[string]url.URL{
	"":                             {},
	"https://a.example:80/b/c?d#e": {Scheme: "https", Host: "a.example:80", Path: "/b/c", RawQuery: "d", Fragment: "e"},
	"http://a":                     {Scheme: "http", Host: "a"},
	"http://a?":                    {Scheme: "http", Host: "a", ForceQuery: true},
	"http://a/b%20c/(d)":           {Scheme: "http", Host: "a", Path: "/b c/(d)", RawPath: "/b%20c/(d)"},
	"urn:a:b":                      {Scheme: "urn", Opaque: "a:b"},
	"urn:a:b?+c#d":                 {Scheme: "urn", Opaque: "a:b", RawQuery: "+c", Fragment: "d"},
	"mailto:":                      {Scheme: "mailto"},
	"file:/a":                      {Scheme: "file", Path: "/a", OmitHost: true},
	"file:///a":                    {Scheme: "file", Path: "/a"},
	"//x":                          {Host: "x"},
	"///x":                         {Path: "///x"},
	"a/b":                          {Path: "a/b"},
	"?":                            {ForceQuery: true},
	"#a":                           {Fragment: "a"},
	"HTTP://A/":                    {Scheme: "HTTP", Host: "A", Path: "/"},
	"URN:a":                        {Scheme: "URN", Opaque: "a"},

	"#":                   {Opaque: "#"},
	"a?#":                 {Opaque: "a?#", Path: "a"},
	"HTTP://a/#":          {Scheme: "HTTP", Opaque: "//a/#", Host: "a", Path: "/"},
	"http://a/b?c=1#":     {Scheme: "http", Opaque: "//a/b?c=1#", Host: "a", Path: "/b"},
	"http://us%65r@h/?q":  {Scheme: "http", Opaque: "//us%65r@h/", User: url.User("user"), Host: "h", Path: "/", RawQuery: "q"},
	"http://a/<b>?q#f":    {Scheme: "http", Opaque: "//a/<b>", Host: "a", Path: "/<b>", RawPath: "/<b>", RawQuery: "q", Fragment: "f"},
	"http://a/b#<c>":      {Scheme: "http", Opaque: "//a/b#<c>", Host: "a", Path: "/b"},
	"http://%c3%a4/":      {Scheme: "http", Opaque: "//%c3%a4/", Host: "ä", Path: "/"},
	"http://":             {Scheme: "http", Opaque: "//"},
	"//":                  {Opaque: "//"},
	"%2A":                 {Opaque: "%2A", Path: "*"},
	"http://[v1.x]/a?b#c": {Scheme: "http", Opaque: "//[v1.x]/a?b#c"},
	"HTTP://%41/":         {Scheme: "HTTP", Opaque: "//%41/"},
	"http://a:b/":         {Scheme: "http", Opaque: "//a:b/"},
	":a":                  {Opaque: ":a"},
	"1:a":                 {Opaque: "1:a"},
	"a b":                 {Opaque: "a b", Path: "a b", RawPath: "a b"},
	"http://a/\n":         {Scheme: "http", Opaque: "//a/\n"},
	"%":                   {Opaque: "%"},
}

// TestURL has for texts of all kinds how they are held.
func TestURL(t *testing.T) {
	for text, want := range urls {
		if got := parse.URL(text); !reflect.DeepEqual(got, &want) {
			t.Errorf("%q is\n%#v, want\n%#v", text, *got, want)
		}
	}
}

// FuzzURL holds that each text comes back, as what url.Parse finds where that is written so;
// and that a URL is appended as it is written.
func FuzzURL(f *testing.F) {
	for text := range urls {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := parse.URL(text)
		if got.String() != text {
			t.Fatalf("%q comes back as %q: %#v", text, got, *got)
		}
		want, err := url.Parse(text)
		if err == nil && want.String() == text && !reflect.DeepEqual(got, want) {
			t.Fatalf("%q is\n%#v, by url.Parse\n%#v", text, *got, *want)
		}
		if err == nil && got.Opaque == "" {
			want.Scheme = text[:len(want.Scheme)]
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("%q is\n%#v, by url.Parse\n%#v", text, *got, *want)
			}
		}
		for _, u := range []*url.URL{got, {Scheme: text, Host: "a"}, {Host: text}, {Host: "a", Path: text}, {Host: "a", RawQuery: text}, {Host: "a", Fragment: text}} {
			if out, ok := parse.AppendURL([]byte{'-'}, u); string(out) != "-" && string(out) != "-"+u.String() || ok == (len(out) == 1) ||
				ok && strings.ContainsFunc(string(out), func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }) {
				t.Fatalf("%#v is appended as %q, %v", *u, out, ok)
			}
		}
	})
}
