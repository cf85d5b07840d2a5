package schema

import (
	"strconv"
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// Codes of findings about formats.
const (
	codeUnchecked     diag.Code = "schema-unchecked-format"
	codeUnknownFormat diag.Code = "schema-unknown-format"
	codeFormatVersion diag.Code = "schema-unknown-format-version"
)

// knownFormat is a media type that schemaFormat may be, with how it is written
// and the versions of it that are known, "1.8" standing for all of 1.8.
type knownFormat struct {
	kind     FormatKind
	name     string // without suffix
	written  string // with "%s" for the version
	versions []string
}

// knownFormats are those of AsyncAPI 3.1 "Multi Format Schema Object". OpenAPI
// has no versions here: all are read, each as OpenAPIDialect says.
var knownFormats = []knownFormat{
	{FormatJSONSchema, "application/vnd.aai.asyncapi", "application/vnd.aai.asyncapi;version=%s",
		[]string{"2.0", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "3.0", "3.1"}},
	{FormatJSONSchema, "application/schema", "application/schema+json;version=%s", []string{"draft-07"}},
	{FormatOpenAPI, "application/vnd.oai.openapi", "application/vnd.oai.openapi;version=%s", nil},
	{FormatAvro, "application/vnd.apache.avro", "application/vnd.apache.avro;version=%s",
		[]string{"1.8", "1.9", "1.10", "1.11", "1.12"}},
	{FormatProtobuf, "application/vnd.google.protobuf", "application/vnd.google.protobuf;version=%s", []string{"2", "3"}},
	{FormatRAML, "application/raml", "application/raml+yaml;version=%s", []string{"1.0"}},
}

// meantFormats are words in media types that nobody has registered, and what
// they stand for.
var meantFormats = []struct{ word, format string }{
	{"avro", "application/vnd.apache.avro;version=1.12.0"},
	{"proto", "application/vnd.google.protobuf;version=3"},
	{"openapi", "application/vnd.oai.openapi;version=3.0.0"},
	{"asyncapi", "application/vnd.aai.asyncapi;version=3.1.0"},
	{"raml", "application/raml+yaml;version=1.0"},
	{"json", "application/schema+json;version=draft-07"},
}

// CheckFormat reports what is odd about a media type in schemaFormat, which
// stands at a place: that nobody reads such schemas, that its version is not
// known, or that it is none of those AsyncAPI names. A value of one's own is
// allowed (AsyncAPI 3.1 "Schema formats table"), so only what looks like a slip
// is a warning.
func (r *Reader) CheckFormat(mediaType string, at source.Span) {
	kind, version := ParseFormat(mediaType)
	if kind == FormatUnknown {
		r.unknownFormat(mediaType, at)
		return
	}
	place := at
	if i := strings.LastIndex(mediaType, version); version != "" && i >= 0 {
		place = syntax.PartsOf(at, mediaType).Span(i, i+len(version))
	}
	switch {
	case kind != FormatJSONSchema && r.languages[kind] == nil:
		r.found.Infof(at, codeUnchecked, "schemas in %s are not checked", kind)
	case version == "" || kind == FormatOpenAPI && OpenAPIDialect(version) == OpenAPI30:
	case kind == FormatOpenAPI:
		r.nonstandard(place, "schemas of OpenAPI "+version+" are", OpenAPIDialect(version))
	case kind == FormatJSONSchema && dialectVersions[version] != 0 && dialectVersions[version] != AsyncAPI:
		r.found.Infof(place, codeVersion, "the schema is read as JSON Schema %s", strings.TrimPrefix(dialectVersions[version].String(), "draft ")).
			WithHelp("AsyncAPI names draft-07 alone: other tools may refuse it")
	default:
		r.checkVersion(mediaType, version, place)
	}
}

// checkVersion reports a version that is not known.
func (r *Reader) checkVersion(mediaType, version string, at source.Span) {
	name := baseName(mediaType)
	for _, f := range knownFormats {
		if f.name != name {
			continue
		}
		for _, v := range f.versions {
			if version == v || strings.HasPrefix(version, v+".") {
				return
			}
		}
		near := nearestVersion(version, f.versions)
		r.found.Warningf(at, codeFormatVersion, "%s has no version %q that is known", f.kind, version).
			WithHelp("the nearest one is %s: %s", near, strings.Replace(f.written, "%s", patched(f.kind, near), 1))
	}
}

// patched writes a version with as many parts as the format's examples have.
func patched(kind FormatKind, version string) string {
	if (kind == FormatAvro || kind == FormatJSONSchema) && strings.Count(version, ".") == 1 {
		return version + ".0"
	}
	return version
}

// baseName is a media type's name without parameters and the suffix of its
// notation.
func baseName(mediaType string) string {
	name, _, _ := strings.Cut(strings.ToLower(mediaType), ";")
	name = strings.TrimSpace(name)
	return strings.TrimSuffix(strings.TrimSuffix(name, "+json"), "+yaml")
}

// nearestVersion is the known version that is nearest in number, the newest
// where the version is no number.
func nearestVersion(version string, known []string) string {
	best, least := known[len(known)-1], -1
	n, ok := ordinal(version)
	for _, k := range known {
		of, _ := ordinal(k)
		if d := max(n-of, of-n); ok && (least < 0 || d <= least) {
			best, least = k, d
		}
	}
	return best
}

// ordinal makes a number of the first two parts of a version.
func ordinal(version string) (int, bool) {
	major, rest, _ := strings.Cut(version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	a, err := strconv.Atoi(strings.TrimLeft(major, "vdrafto-p"))
	if err != nil || a < 0 || a > 1000 {
		return 0, false
	}
	b, err := strconv.Atoi(minor)
	if err != nil || b < 0 || b > 999 {
		b = 0
	}
	return a*1000 + b, true
}

// application is how all known media types begin.
const application = "application/"

// unknownFormat reports a media type that names no family that is known.
func (r *Reader) unknownFormat(mediaType string, at source.Span) {
	name := strings.TrimPrefix(baseName(mediaType), application)
	var names []string
	for _, f := range knownFormats {
		names = append(names, strings.TrimPrefix(f.name, application))
	}
	near := diag.Nearest(name, names)
	for _, f := range knownFormats {
		if near != "" && f.name == application+near {
			near = strings.Replace(f.written, "%s", patched(f.kind, newestOf(f)), 1)
			break
		}
	}
	for _, m := range meantFormats {
		if near == "" && strings.Contains(name, m.word) {
			near = m.format
		}
	}
	if near == "" {
		r.found.Infof(at, codeUnchecked, "schemas in the format %q are not checked", mediaType)
		return
	}
	r.found.Warningf(at, codeUnknownFormat, "schema format %q is not known, so the schema is not checked", mediaType).
		WithHelp("did you mean %q?", near)
}

func newestOf(f knownFormat) string {
	if len(f.versions) == 0 {
		return "3.0.0"
	}
	return f.versions[len(f.versions)-1]
}
