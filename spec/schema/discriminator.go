package schema

// Named tells what the values of a discriminator name in a schema of OpenAPI
// 3.0: each an alternative, by its index, or -1 for a schema that is none. Values
// are those of the mapping, and the names of the schemas that alternatives refer
// to (OpenAPI 3.0.3 "Discriminator Object"). The alternatives are those of oneOf,
// else of anyOf. Both are nil where no value names anything, and where a
// discriminator is a mere annotation, as AsyncAPI's is.
func (s *Schema) Named() (alternatives []*Schema, names map[string]int) {
	if s.Discriminator == "" || s.Dialect != OpenAPI30 {
		return nil, nil
	}
	if alternatives = s.OneOf; len(alternatives) == 0 {
		alternatives = s.AnyOf
	}
	if len(alternatives) == 0 {
		return nil, nil
	}
	names = map[string]int{}
	for i, one := range alternatives {
		if one.Ref != nil && one.Ref.Name != "" {
			names[one.Ref.Name] = i
		}
	}
	for _, m := range s.Mapping {
		names[m.Value.Text] = m.among(alternatives)
	}
	if len(names) == 0 {
		return nil, nil
	}
	return alternatives, names
}

// among is the index of the alternative that a value is mapped to, or -1.
func (m *Mapping) among(alternatives []*Schema) int {
	for i, one := range alternatives {
		if m.Schema == nil && one.Ref != nil && one.Ref.Name == m.Target.Text || m.Schema != nil && m.Schema.Deref() == one.Deref() {
			return i
		}
	}
	return -1
}
