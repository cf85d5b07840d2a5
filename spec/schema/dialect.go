package schema

import "strings"

// Dialect is a set of members of the JSON Schema family.
type Dialect uint8

// The dialects, as bits so that a keyword's row can name several.
const (
	Draft04 Dialect = 1 << iota
	Draft06
	Draft07
	AsyncAPI // draft-07 and what AsyncAPI adds to it
	OpenAPI30
	Draft201909
	Draft202012
)

const (
	everywhere = Draft04 | since06 | OpenAPI30
	since06    = Draft06 | since07
	since07    = Draft07 | AsyncAPI | since2019
	since2019  = Draft201909 | Draft202012
	until07    = Draft04 | Draft06 | Draft07 | AsyncAPI
	drafts     = Draft04 | Draft06 | Draft07 | AsyncAPI | since2019
)

var dialectNames = map[Dialect]string{
	Draft04: "draft-04", Draft06: "draft-06", Draft07: "draft-07", AsyncAPI: "AsyncAPI",
	OpenAPI30: "OpenAPI 3.0", Draft201909: "draft 2019-09", Draft202012: "draft 2020-12",
}

// String names the dialect as messages do; of a set, the oldest member.
func (d Dialect) String() string { return dialectNames[d&-d] }

// FormatsAsserted tells whether the keyword "format" restricts values: since
// 2019-09 it is an annotation (2019-09 validation §7.2, 2020-12 §7.2.1), unless a
// meta-schema says otherwise, see [Schema.FormatsAsserted].
func (d Dialect) FormatsAsserted() bool { return d&since2019 == 0 }

// dialectURIs are the URIs in "$schema", without scheme and empty fragment.
var dialectURIs = map[string]Dialect{
	"json-schema.org/draft-04/schema":      Draft04,
	"json-schema.org/draft-06/schema":      Draft06,
	"json-schema.org/draft-07/schema":      Draft07,
	"json-schema.org/draft/2019-09/schema": Draft201909,
	"json-schema.org/draft/2020-12/schema": Draft202012,
}

// ParseDialect returns the dialect that the URI under "$schema" names.
func ParseDialect(uri string) (Dialect, bool) {
	_, rest, ok := strings.Cut(uri, "://")
	rest = strings.TrimSuffix(rest, "#")
	if strings.HasPrefix(rest, "asyncapi.com/") || strings.HasPrefix(rest, "www.asyncapi.com/") {
		return AsyncAPI, ok
	}
	d, known := dialectURIs[rest]
	return d, ok && known
}

// dialectVersions are the versions that a schemaFormat may name.
var dialectVersions = map[string]Dialect{
	"draft-04": Draft04, "draft-06": Draft06, "draft-07": AsyncAPI,
	"2019-09": Draft201909, "draft-2019-09": Draft201909, "draft/2019-09": Draft201909,
	"2020-12": Draft202012, "draft-2020-12": Draft202012, "draft/2020-12": Draft202012,
}

// formatDialect is the dialect that a schemaFormat names. Draft-07 is read with
// the annotations that AsyncAPI adds to it.
func formatDialect(mediaType string) Dialect {
	if _, version := ParseFormat(mediaType); dialectVersions[version] != 0 {
		return dialectVersions[version]
	}
	return AsyncAPI
}

// idKey is the keyword that names a schema resource.
func (d Dialect) idKey() string {
	if d == Draft04 {
		return "id"
	}
	return "$id"
}
