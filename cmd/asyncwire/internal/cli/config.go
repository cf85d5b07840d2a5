package cli

import (
	"go/token"
	"path/filepath"
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/generator"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve/remote"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// configName is the file that generate reads when it is told nothing else.
const configName = "asyncwire.yaml"

// config is what asyncwire.yaml says: docs/generate.md describes it. Its paths
// are relative to the working directory, not to the file any more.
type config struct {
	Document string
	Output   string
	Package  string
	Types    map[string]generator.GoType // by format
	Drop     bool                        // members that a schema does not name
	Loading  loading
}

// configReader reads one config file strictly: every mistake is a finding with
// its place.
type configReader struct {
	dir   string // of the file
	out   config
	found diag.List
}

// configKey is a row of the table of what a config may say.
type configKey struct {
	name string
	read func(*configReader, *syntax.Node)
}

func configKeys() []configKey {
	return []configKey{
		{"document", func(r *configReader, n *syntax.Node) { r.out.Document = r.path(n) }},
		{"output", func(r *configReader, n *syntax.Node) { r.out.Output = r.path(n) }},
		{"package", func(r *configReader, n *syntax.Node) { r.out.Package = r.packageName(n) }},
		{"types", func(r *configReader, n *syntax.Node) { r.out.Types = r.types(n) }},
		{"unknown-members", func(r *configReader, n *syntax.Node) { r.out.Drop = r.choice(n, "keep", "drop") == "drop" }},
		{"allow-file", func(r *configReader, n *syntax.Node) { r.out.Loading.files = r.paths(n) }},
		{"allow-http", func(r *configReader, n *syntax.Node) { r.out.Loading.hosts = r.hosts(n) }},
	}
}

// readConfig reads a config file. The config is only good when nothing was
// found.
func readConfig(f *source.File) (config, diag.List) {
	root, found := syntax.Parse(f)
	r := &configReader{dir: filepath.Dir(f.Name()), found: found}
	switch {
	case root == nil:
	case root.Kind != syntax.Mapping:
		r.wrongKind(root, "an object with the key document")
	default:
		r.object(root)
	}
	return r.out, r.found
}

func (r *configReader) object(root *syntax.Node) {
	keys := configKeys()
	for _, m := range root.Members {
		if !r.member(keys, m) {
			r.unknownKey(keys, m.Key)
		}
	}
	if root.Get("document") == nil {
		r.found.Errorf(source.Span{File: root.At.File}, "config-missing-key", "key %q is missing", "document").
			WithHelp(`name the document to generate from: "document: asyncapi.yaml"`)
	}
}

func (r *configReader) member(keys []configKey, m syntax.Member) bool {
	for _, k := range keys {
		if k.name == m.Key.Text {
			k.read(r, m.Value)
			return true
		}
	}
	return false
}

func (r *configReader) unknownKey(keys []configKey, key syntax.Key) {
	var names []string
	for _, k := range keys {
		names = append(names, k.name)
	}
	d := r.found.Errorf(key, "config-unknown-key", "unknown key %q", key.Text)
	if near := diag.Nearest(key.Text, names); near != "" {
		d.WithHelp("did you mean %q?", near)
	} else {
		d.WithHelp("the keys are %s", strings.Join(names, ", "))
	}
}

func (r *configReader) wrongKind(n *syntax.Node, want string) {
	r.found.Errorf(n, "config-wrong-type", "must be %s, is %s", want, withArticle(n.Kind.String()))
}

// text returns the text of a string that says something.
func (r *configReader) text(n *syntax.Node, what string) string {
	if n.Kind != syntax.String || n.Text == "" {
		if n.Kind == syntax.String {
			r.found.Errorf(n, "config-wrong-type", "must be %s, is empty", what)
		} else {
			r.wrongKind(n, what)
		}
		return ""
	}
	return n.Text
}

// path returns a path of the config as seen from the working directory.
func (r *configReader) path(n *syntax.Node) string {
	path := filepath.FromSlash(r.text(n, "a path"))
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(r.dir, path)
}

func (r *configReader) paths(n *syntax.Node) []string {
	if n.Kind != syntax.Sequence {
		r.wrongKind(n, "an array of directories")
		return nil
	}
	var out []string
	for _, item := range n.Items {
		out = append(out, r.path(item))
	}
	return out
}

// choice returns one of several words.
func (r *configReader) choice(n *syntax.Node, words ...string) string {
	if n.Kind != syntax.String || !slices.Contains(words, n.Text) {
		r.found.Errorf(n, "config-wrong-type", "must be %s", strings.Join(words, " or "))
	}
	return n.Text
}

// types returns the Go types of formats, and of types without one.
func (r *configReader) types(n *syntax.Node) map[string]generator.GoType {
	if n.Kind != syntax.Mapping {
		r.wrongKind(n, "an object with a Go type for each format")
		return nil
	}
	out := map[string]generator.GoType{}
	for _, m := range n.Members {
		text := r.text(m.Value, "a Go type")
		t, err := generator.ParseGoType(text)
		switch {
		case text == "":
		case err != nil:
			r.found.Errorf(m.Value, "config-invalid-type", "%v", err).
				WithHelp("name a type as %q, %q or %q", "github.com/google/uuid.UUID", "string", "int64")
		default:
			out[m.Key.Text] = t
		}
	}
	return out
}

// hosts returns the hosts of a list.
func (r *configReader) hosts(n *syntax.Node) []string {
	if n.Kind != syntax.Sequence {
		r.wrongKind(n, "an array of hosts")
		return nil
	}
	var out []string
	for _, item := range n.Items {
		host := r.text(item, "a host")
		if _, err := remote.ParseHosts(host); host != "" && err != nil {
			r.found.Errorf(item, "config-invalid-host", "%v", err)
		}
		out = append(out, host)
	}
	return out
}

func (r *configReader) packageName(n *syntax.Node) string {
	name := r.text(n, "the name of a Go package")
	if name != "" && !validPackage(name) {
		r.found.Errorf(n, "config-invalid-package", "%q cannot be the name of a Go package", name).
			WithHelp("use small letters and digits, and begin with a letter")
	}
	return name
}

// validPackage tells whether a name may stand in a package clause and be
// imported.
func validPackage(name string) bool {
	return token.IsIdentifier(name) && name != "_" && name != "main"
}

func withArticle(noun string) string {
	if noun == "null" || noun == "nothing" {
		return noun
	}
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}
