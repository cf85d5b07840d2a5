package parse

import "github.com/asyncwire/asyncwire/spec/schema"

// Languages are the schema formats that documents are read with beside JSON
// Schema, one row for each.
func Languages() []schema.Language {
	return []schema.Language{}
}
