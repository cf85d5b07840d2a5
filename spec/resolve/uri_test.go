package resolve

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/spec/source"
)

func TestShown(t *testing.T) {
	for ref, want := range map[string]string{
		"":                               "",
		"#/a":                            "#/a",
		"a.yaml?b=c#/d":                  "a.yaml?b=c#/d", // a file's name
		"me@home/a.yaml":                 "me@home/a.yaml",
		"file:///a?b=c":                  "file:///a?b=c",
		"https://h/a.yaml#/x":            "https://h/a.yaml#/x",
		"https://me:pw@h/a.yaml":         "https://h/a.yaml",
		"https://me@you:pw@h":            "https://h/",
		"//me:pw@h/a.yaml":               "//h/a.yaml",
		"HTTPS://me:pw@h/a#b":            "HTTPS://h/a#b",
		"https://h/a@b":                  "https://h/a@b",
		"https://h/a?token=secret&v=1":   "https://h/a?token=…&v=…",
		"https://h/a?secret":             "https://h/a?…",
		"https://h/a?x=a=b&=c#/token=ok": "https://h/a?x=…&=…#/token=ok",
		"https://h?a=b":                  "https://h?a=…",
		"https://h?u=me:pw@h":            "https://h?u=…",
	} {
		if got := Shown(ref); got != want {
			t.Errorf("Shown(%q) = %q, want %q", ref, got, want)
		}
	}
}

// FuzzShown demands that no user name survives, and that what is shown hides no
// more when it is shown again.
func FuzzShown(f *testing.F) {
	f.Add("https://user:secret@host/path", "x")
	f.Add("http://secret@host?token=secret", "#")
	f.Add("//secret@h", "")
	f.Fuzz(func(t *testing.T, ref, more string) {
		if got := Shown("https://u5er:s3cret@host/" + ref + "?t=s3cret#" + more); strings.Contains(got, "u5er") && !strings.Contains(ref+more, "u5er") {
			t.Errorf("%q is shown as %q", ref, got)
		}
		if once := Shown(ref); Shown(once) != once && !strings.Contains(ref, "…") {
			t.Errorf("%q is shown as %q, and that as %q", ref, once, Shown(once))
		}
	})
}

func TestLocate(t *testing.T) {
	for _, c := range []struct{ base, ref, want string }{
		{"/d/main.yaml", "a.yaml", "/d/a.yaml"},
		{"/d/main.yaml", "../e/./a.yaml", "/e/a.yaml"},
		{"/d/main.yaml", "/e/a.yaml", "/e/a.yaml"},
		{"/d/main.yaml", "a%20b.yaml", "/d/a b.yaml"},
		{"/d/main.yaml", "100%.yaml", "/d/100%.yaml"},
		{"/d/main.yaml", "./a:b.yaml", "/d/a:b.yaml"},
		{"/d/main.yaml", "c:b.yaml", "/d/c:b.yaml"},
		{"/d/main.yaml", "file:///e/../f/a%20b.yaml", "/f/a b.yaml"},
		{"/d/main.yaml", "FILE://localhost/e/a.yaml", "/e/a.yaml"},
		{"/d/main.yaml", "HTTPS://Example.COM:443/A/b?Q#f", "https://example.com/A/b?Q"},
		{"/d/main.yaml", "http://example.com:80", "http://example.com/"},
		{"/d/main.yaml", "http://example.com:443/", "http://example.com:443/"},
		{"/d/main.yaml", "http://[::1]:80/a", "http://[::1]/a"},
		{"/d/main.yaml", "http://h:/a", "http://h/a"},
		{"https://h/d/main.yaml", "a.yaml", "https://h/d/a.yaml"},
		{"https://h/d/main.yaml", "../../a b.yaml?v=1", "https://h/a%20b.yaml?v=1"},
		{"https://h/d/main.yaml", "/e/a.yaml", "https://h/e/a.yaml"},
		{"https://h/d/main.yaml", "//g/a.yaml", "https://g/a.yaml"},
		{"https://h/d/main.yaml", "?v=2", "https://h/d/main.yaml?v=2"},
		{"https://h/d/main.yaml", "http://g/a.yaml", "http://g/a.yaml"},
		{"embed://x/d/main.yaml", "a.yaml", "embed://x/d/a.yaml"},
	} {
		if got, err := locate(c.base, c.ref); err != nil || got != c.want {
			t.Errorf("%q in %q is %q, %v; want %q", c.ref, c.base, got, err, c.want)
		}
	}
}

// TestLocateRefuses demands that nothing remote leads to a file, and that what
// is no URL is told from what is not allowed.
func TestLocateRefuses(t *testing.T) {
	for _, c := range []struct {
		base, ref string
		allowed   bool // though wrong
	}{
		{"/d/main.yaml", "https://me:secret@h/a", false},
		{"/d/main.yaml", "https://me@h/a", false},
		{"/d/main.yaml", "urn:a:b", false},
		{"/d/main.yaml", "data:application/json,{}", false},
		{"/d/main.yaml", "ftp://h/a", false},
		{"/d/main.yaml", "file:a.yaml", false},
		{"/d/main.yaml", "file://elsewhere/a.yaml", false},
		{"/d/main.yaml", "//me:secret@elsewhere/a.yaml", false},
		{"/d/main.yaml", "http:a", true},
		{"/d/main.yaml", "http:///a", true},
		{"/d/main.yaml", "http://[::1/a", true},
		{"/d/main.yaml", "http://h/%zz", true},
		{"https://h/main.yaml", "file:///d/a.yaml", false},
		{"https://h/main.yaml", "FILE:/d/a.yaml", false},
		{"https://h/main.yaml", "file:a.yaml", false},
		{"https://h/main.yaml", "urn:a:b", false},
		{"https://h/main.yaml", "embed://x/a", false},
		{"https://h/main.yaml", "//me:secret@h/a", false},
		{"https://h/main.yaml", "a:b.yaml", false},
		{"https://h/main.yaml", "1:b.yaml", true},
		{"https://h/main.yaml", "%zz", true},
		{"embed://x/main.yaml", "file:///d/a.yaml", false},
	} {
		got, err := locate(c.base, c.ref)
		if err == nil || errors.Is(err, ErrNotAllowed) == c.allowed || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q in %q: %q, %v", c.ref, c.base, got, err)
		}
	}
}

// sameText is a loader that finds one text everywhere.
type sameText string

func (s sameText) Load(_ context.Context, uri string) (*source.File, error) {
	return source.NewFile(uri, []byte(s)), nil
}

// TestTooMuchText demands that a document may not reach more text than fits, and
// is told so once.
func TestTooMuchText(t *testing.T) {
	r := New(t.Context(), sameText("0123456789"))
	root := r.Add(source.NewFile("/main.yaml", []byte("- {$ref: a}\n- {$ref: b}\n- {$ref: c}\n- {$ref: a}\n- {$ref: d}\n")))
	r.size = MaxText - 15
	for i, want := range []bool{true, false, false, true, false} {
		if _, ok := r.Deref(root.Item(i)); ok != want {
			t.Errorf("reference %d leads somewhere: %t", i, ok)
		}
	}
	if found := r.Findings(); len(found) != 1 || found[0].Message != "the document reaches more than 256 MiB of text" {
		t.Errorf("got %v", found)
	}
}

// TestPeekFromNetwork demands that a mere look does not lead from the network to
// files, nor to hosts that nobody has asked.
func TestPeekFromNetwork(t *testing.T) {
	r := New(t.Context(), sameText("secret: 1"))
	remote := r.Add(source.NewFile("https://h/d/openapi.yaml", []byte("a: 1")))
	local := r.Add(source.NewFile("/d/openapi.yaml", []byte("a: 1")))
	for _, uri := range []string{"/d/secret.yaml", "file:///d/secret.yaml", "https://h/d/secret.yaml", "//g/x.yaml"} {
		if p, err := r.Peek(remote.File, uri); !errors.Is(err, ErrNotAllowed) {
			t.Errorf("%s: %v, %v", uri, p.Node, err)
		}
	}
	if p, err := r.Peek(remote.File, "https://h/d/openapi.yaml"); err != nil || p.Node != remote.Node {
		t.Errorf("a file that is here already: %v", err)
	}
	if p, err := r.Peek(local.File, "/d/secret.yaml"); err != nil || p.Node.Get("secret") == nil {
		t.Errorf("a file beside: %v", err)
	}
}
