package parse

import (
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/avro"
	"github.com/asyncwire/asyncwire/spec/schema/openapi"
	"github.com/asyncwire/asyncwire/spec/schema/protobuf"
)

// Languages are the schema formats that documents are read with beside JSON
// Schema, one row for each.
func Languages() []schema.Language {
	return []schema.Language{
		avro.Language{},
		openapi.Language{},
		protobuf.Language{},
	}
}
