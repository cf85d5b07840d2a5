package validate

import (
	"maps"

	"github.com/asyncwire/asyncwire/spec/schema"
)

// A dynamic reference leads to the schema that the outermost resource on the
// way to it names by an anchor. The way is known when a schema is compiled: a
// schema that is reached on ways that differ in this is compiled once for each,
// so that judging costs nothing more.

// scopeID names a dynamic scope: what each dynamic anchor means at the place at
// hand.
type scopeID int32

// Bounds of programs in which schemas are compiled several times.
const (
	maxScopes      = 1 << 10
	maxScopedNodes = 1 << 18
)

// nodeKey is a schema in a dynamic scope, with the limits of Go types or without.
type nodeKey struct {
	schema *schema.Schema
	scope  scopeID
	bare   bool
}

// dynamicScopes numbers the scopes met so far; number 0 is empty.
type dynamicScopes struct {
	bindings []map[string]*schema.Schema
	inner    map[scopeStep]scopeID
}

type scopeStep struct {
	outer    scopeID
	resource *schema.Resource
}

func newDynamicScopes() dynamicScopes {
	return dynamicScopes{bindings: make([]map[string]*schema.Schema, 1), inner: map[scopeStep]scopeID{}}
}

// enter is the scope within a schema: anchors that no resource further out has
// named mean what the schema's own resource says.
func (d *dynamicScopes) enter(outer scopeID, s *schema.Schema) scopeID {
	if s == nil || s.Resource == nil || len(s.Resource.Dynamic) == 0 {
		return outer
	}
	step := scopeStep{outer, s.Resource}
	id, ok := d.inner[step]
	if !ok {
		id = d.extend(outer, s.Resource.Dynamic)
		d.inner[step] = id
	}
	return id
}

func (d *dynamicScopes) extend(outer scopeID, anchors map[string]*schema.Schema) scopeID {
	merged := maps.Clone(anchors)
	maps.Copy(merged, d.bindings[outer])
	for id, known := range d.bindings {
		if maps.Equal(known, merged) {
			return scopeID(id)
		}
	}
	d.bindings = append(d.bindings, merged)
	return scopeID(len(d.bindings) - 1)
}

// target is where a reference leads in a scope.
func (d *dynamicScopes) target(s *schema.Schema, scope scopeID) *schema.Schema {
	if s.Dynamic != "" {
		if outermost := d.bindings[scope][s.Dynamic]; outermost != nil {
			return outermost
		}
	}
	return s.Ref
}

// deref follows references to the schema that says something, and to the scope
// within it.
func (n *normalizer) deref(s *schema.Schema, scope scopeID) (*schema.Schema, scopeID) {
	for range maxReferences {
		if scope = n.scopes.enter(scope, s); s == nil || s.Ref == nil {
			return s, scope
		}
		s = n.scopes.target(s, scope)
	}
	n.endless(s)
	return nil, scope
}

// maxReferences bounds the references that lead to references. Circles of
// ordinary ones are cut by the reader.
const maxReferences = 10_000

// effective follows references, and schemas that are nothing but an allOf of one,
// to the schema that says something.
func (n *normalizer) effective(s *schema.Schema, scope scopeID) (*schema.Schema, scopeID) {
	s, scope = n.deref(s, scope)
	for range 100 {
		if s == nil || len(s.AllOf) != 1 || !isBare(s) {
			break
		}
		s, scope = n.deref(s.AllOf[0], scope)
	}
	return s, scope
}

// Moved are the dynamic references that lead elsewhere than at first on some way from
// one of the schemas, and all of them where there are too many ways to tell. Below
// gives the schemas within one.
func Moved(all []*schema.Schema, below func(*schema.Schema) []*schema.Schema) map[*schema.Schema]bool {
	moved, scopes := map[*schema.Schema]bool{}, newDynamicScopes()
	var queue []nodeKey
	seen := map[nodeKey]bool{}
	add := func(s *schema.Schema, outer scopeID) {
		if key := (nodeKey{schema: s, scope: scopes.enter(outer, s)}); s != nil && !seen[key] {
			seen[key] = true
			queue = append(queue, key)
		}
	}
	for _, s := range all {
		add(s, 0)
	}
	for i := 0; i < len(queue) && len(scopes.bindings) > 1; i++ {
		s, scope := queue[i].schema, queue[i].scope
		if len(scopes.bindings) > maxScopes || len(queue) > maxScopedNodes {
			return dynamic(all)
		}
		if s.Ref == nil {
			for _, one := range below(s) {
				add(one, scope)
			}
			continue
		}
		target := scopes.target(s, scope)
		if target.Deref() != s.Deref() {
			moved[s] = true
		}
		add(target, scope)
	}
	return moved
}

// dynamic are the dynamic references among some schemas.
func dynamic(all []*schema.Schema) map[*schema.Schema]bool {
	out := map[*schema.Schema]bool{}
	for _, s := range all {
		if s.Dynamic != "" {
			out[s] = true
		}
	}
	return out
}
