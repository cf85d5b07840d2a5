package schema_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
)

// avro is a language that has nothing to say.
type avro struct{}

func (avro) Kind() schema.FormatKind { return schema.FormatAvro }
func (avro) Text() bool              { return false }
func (avro) Read(*schema.Reader, resolve.Place, string, *schema.Payload) diag.List {
	return nil
}

// TestCheckFormat pins what is said of each media type, and where.
func TestCheckFormat(t *testing.T) {
	for _, c := range []struct{ format, want, at, help string }{
		{"application/vnd.apache.avro;version=1.9.0", "", "", ""},
		{"application/vnd.apache.avro+json;version=1.12.1", "", "", ""},
		{"application/vnd.apache.avro", "", "", ""},
		{"application/vnd.apache.avro;version=1.13.0", `warning: Avro has no version "1.13.0" that is known`, "1.13.0", "the nearest one is 1.12: application/vnd.apache.avro;version=1.12.0"},
		{"application/vnd.apache.avro;version=1.7.7", `warning: Avro has no version "1.7.7" that is known`, "1.7.7", "the nearest one is 1.8: application/vnd.apache.avro;version=1.8.0"},
		{"application/vnd.apache.avro;version=latest", `warning: Avro has no version "latest" that is known`, "latest", "the nearest one is 1.12: application/vnd.apache.avro;version=1.12.0"},
		{"application/vnd.apache.avro;version=1.80", `warning: Avro has no version "1.80" that is known`, "1.80", "the nearest one is 1.12: application/vnd.apache.avro;version=1.12.0"},
		{"application/vnd.aai.asyncapi;version=3.0.0", "", "", ""},
		{"application/vnd.aai.asyncapi+yaml;version=2.6.9", "", "", ""},
		{"application/vnd.aai.asyncapi;version=2.7.0", `warning: JSON Schema has no version "2.7.0" that is known`, "2.7.0", "the nearest one is 2.6: application/vnd.aai.asyncapi;version=2.6.0"},
		{"application/schema+json;version=draft-07", "", "", ""},
		{"application/schema+json", "", "", ""},
		{"application/schema+json;version=draft-2020-12", "info: the schema is read as JSON Schema 2020-12", "draft-2020-12", "AsyncAPI names draft-07 alone: other tools may refuse it"},
		{"application/schema+yaml;version=draft-04", "info: the schema is read as JSON Schema draft-04", "draft-04", "AsyncAPI names draft-07 alone: other tools may refuse it"},
		{"application/schema+json;version=draft-08", `warning: JSON Schema has no version "draft-08" that is known`, "draft-08", "the nearest one is draft-07: application/schema+json;version=draft-07"},
		{"application/vnd.oai.openapi;version=9", "info: schemas in OpenAPI are not checked", "whole", ""},
		{"application/vnd.google.protobuf;version=3", "info: schemas in Protobuf are not checked", "whole", ""},
		{"application/raml+yaml;version=1.0", "info: schemas in RAML are not checked", "whole", ""},
		{"application/vnd.apache.avor;version=1.9.0", `warning: schema format "application/vnd.apache.avor;version=1.9.0" is not known, so the schema is not checked`, "whole", `did you mean "application/vnd.apache.avro;version=1.12.0"?`},
		{"avro/binary", `warning: schema format "avro/binary" is not known, so the schema is not checked`, "whole", `did you mean "application/vnd.apache.avro;version=1.12.0"?`},
		{"application/json", `warning: schema format "application/json" is not known, so the schema is not checked`, "whole", `did you mean "application/schema+json;version=draft-07"?`},
		{"application/x-protobuf", `warning: schema format "application/x-protobuf" is not known, so the schema is not checked`, "whole", `did you mean "application/vnd.google.protobuf;version=3"?`},
		{"application/xml; charset", `info: schemas in the format "application/xml; charset" are not checked`, "whole", ""},
		{"application/x.acme.shape;version=1", `info: schemas in the format "application/x.acme.shape;version=1" are not checked`, "whole", ""},
	} {
		f := source.NewFile("f", []byte(`"`+c.format+`"`))
		reader := schema.NewReader(resolve.New(t.Context(), nil), avro{})
		at := source.Span{File: f, End: len(f.Text())}
		reader.CheckFormat(c.format, at)
		reader.CheckFormat(c.format, at)
		found := reader.Findings().Sorted()
		if c.want == "" {
			if len(found) > 0 {
				t.Errorf("%s: %v", c.format, found)
			}
			continue
		}
		if len(found) != 1 {
			t.Errorf("%s: %v", c.format, found)
			continue
		}
		d := found[0]
		where := strings.Replace(c.at, "whole", string(f.Text()), 1)
		if got := fmt.Sprintf("%s: %s", d.Severity, d.Message); got != c.want || d.At.Text() != where || d.Help != c.help {
			t.Errorf("%s:\n%s\nat %s, help %s\nwant\n%s\nat %s, help %s", c.format, got, d.At.Text(), d.Help, c.want, where, c.help)
		}
	}
}
