package codec_test

import (
	"encoding/json"
	"net/url"
	"testing"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

// page is a struct with URLs, as generated code has it.
type page struct {
	Self  *url.URL
	Next  *url.URL
	Links []*url.URL
	Null  *url.URL
}

var jsonPage = codec.Struct{Of: (*page)(nil), Text: `
	"self" url
	"next" url some
	"links" url list some
	"null" url nil`}

func (v *page) CodeJSON(j *codec.JSON) { j.Struct(unsafe.Pointer(v), &jsonPage) }

// link is a branch of a sum.
type link struct{ *url.URL }

var jsonLink = codec.Single{Of: (*link)(nil), Text: "url"}

func (v *link) CodeJSON(j *codec.JSON) { j.Single(unsafe.Pointer(v), &jsonLink) }

// pageRules judge pages and links, strictly and without a format.
var pageRules = check.ReadRules(`{
"page": {"type": "object", "required": ["self", "null"], "properties": {"self": {"type": "string", "format": "uri"}, "next": {"type": "string", "format": "uri-reference"}, "links": {"type": "array", "items": {"type": "string"}}, "null": {"type": ["string", "null"]}}},
"link": {"type": "string"},
"uri": {"type": "string", "format": "uri"}
}`)

// TestURLsWritten: a URL is written as its String is, nil as the empty text, unless nil is absent
// or null.
func TestURLsWritten(t *testing.T) {
	odd := &url.URL{Scheme: "a\"b", Host: "ä h", Path: "b c", RawQuery: "\\\n\"", Fragment: "ä"}
	for want, v := range map[string]codec.Value{
		`{"self":"","null":null}`: &page{},
		`{"self":"http://a/b?c=d&e#f","next":"","links":["","HTTP://a/#"],"null":"urn:a"}`: &page{&url.URL{Scheme: "http", Host: "a", Path: "/b", RawQuery: "c=d&e", Fragment: "f"},
			&url.URL{}, []*url.URL{nil, {Scheme: "HTTP", Opaque: "//a/#"}}, &url.URL{Scheme: "urn", Opaque: "a"}},
		`{"self":` + quoted(odd.String()) + `,"null":""}`: &page{Self: odd, Null: new(url.URL)},
		`""`:           &link{},
		`"?"`:          &link{&url.URL{ForceQuery: true}},
		`"//a:80/%3F"`: &link{&url.URL{Host: "a:80", Path: "/?"}},
	} {
		if got, err := codec.Marshal(v); string(got) != want || err != nil {
			t.Errorf("%+v is written as %s, %v, want %s", v, got, err, want)
		}
	}
	if got, err := codec.Marshal(&link{&url.URL{Host: "a", RawQuery: "\xff"}}); err == nil {
		t.Errorf("what is not UTF-8 is written as %s", got)
	}
	if err := codec.Validate(&page{}, func(data []byte) error { return pageRules.Check(data, "page") }); err == nil {
		t.Error("no URL is one")
	}
}

// quoted is a text as a string of JSON.
func quoted(text string) string {
	out, err := json.Marshal(text)
	must(err)
	return string(out)
}

// TestURLsAreNew: a URL that is read is another than the one that was there, which others may
// hold.
func TestURLsAreNew(t *testing.T) {
	const text = `{"self":"http://a/","next":"HTTP://a","links":["http://%41/"],"null":"b"}`
	for name, by := range map[string]codec.Checker{"judged": pageRules.Of("page"), "unjudged": nil} {
		for range 3 { // from the second on in one pass
			before := page{Self: &url.URL{Host: "x"}, Next: &url.URL{Host: "x"}, Links: []*url.URL{{Host: "x"}}, Null: &url.URL{Host: "x"}}
			v := before
			if err := codec.Unmarshal([]byte(text), by, &v); err != nil {
				t.Fatal(err)
			}
			if got, err := codec.Marshal(&v); string(got) != text || err != nil {
				t.Errorf("%s: %s comes back as %s, %v", name, text, got, err)
			}
			for _, u := range []*url.URL{before.Self, before.Next, before.Links[0], before.Null} {
				if *u != (url.URL{Host: "x"}) {
					t.Errorf("%s: what others hold is %v", name, u)
				}
			}
		}
	}
	before := &url.URL{Host: "x"}
	alone, member := link{before}, page{Next: before}
	must(codec.Unmarshal([]byte(`"b"`), nil, &alone))
	codec.NewReader(`"c"`).JSON().MemberOf(unsafe.Pointer(&member), &jsonPage, "next")
	if before.Host != "x" || alone.String() != "b" || member.Next.String() != "c" {
		t.Errorf("what others hold is %v, what was read %v and %v", before, alone, member.Next)
	}
}

// TestURLsAllocate: a usual one takes itself and the memory for its text to be read, none to be
// written.
func TestURLsAllocate(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates, and pools forget")
	}
	text, by, buf := []byte(`{"self":"https://shop.example/parcels/4711?lang=en#map","null":null}`), pageRules.Of("page"), make([]byte, 0, 100)
	var v page
	read := func() { must(codec.Unmarshal(text, by, &v)) }
	read()
	if n := testing.AllocsPerRun(1000, read); n > 1.5 { // texts share memory
		t.Errorf("reading takes %v allocations, want 1.2", n)
	}
	if n := testing.AllocsPerRun(1000, func() { _, err := codec.Append(buf, &v); must(err) }); n > 0 {
		t.Errorf("writing takes %v allocations", n)
	}
}

// linkText is a link that is held as its text.
type linkText string

var jsonLinkText = codec.Single{Of: (*linkText)(nil), Text: "string"}

func (v *linkText) CodeJSON(j *codec.JSON) { j.Single(unsafe.Pointer(v), &jsonLinkText) }

// BenchmarkURL compares reading and writing a URL with doing so with its text.
func BenchmarkURL(b *testing.B) {
	by := pageRules.Of("uri")
	for name, uri := range map[string]string{
		"usual": "https://shop.example/parcels/4711?lang=en#map", "escaped": "https://shop.example/parcels/4%20711?lang=en#map",
		"changed": "HTTPS://shop.example/parcels/4711?lang=en#",
	} {
		data, buf := []byte(`"`+uri+`"`), make([]byte, 0, 100)
		var u link
		var s linkText
		b.Run("read/"+name, func(b *testing.B) {
			beside(b, data, func() { must(codec.Unmarshal(data, by, &u)) }, func() { must(codec.Unmarshal(data, by, &s)) })
		})
		must(codec.Unmarshal(data, by, &u))
		must(codec.Unmarshal(data, by, &s))
		b.Run("write/"+name, func(b *testing.B) {
			beside(b, data, func() { _, err := codec.Append(buf, &u); must(err) }, func() { _, err := codec.Append(buf, &s); must(err) })
		})
	}
}
