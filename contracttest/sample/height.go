package sample

import "github.com/asyncwire/asyncwire/spec/schema"

// endless is the height of a schema that has no finite value.
const endless = 1 << 20

// height is how deep the shallowest value of the schema nests, at least.
func (s *Sampler) height(of *schema.Schema) int {
	of = of.Deref()
	if of == nil {
		return 0
	}
	h, ok := s.heights[of]
	if !ok {
		s.measure(of)
		h = s.heights[of]
	}
	return h
}

// measure finds the heights of all schemas within reach: starting from endless,
// they are lowered until nothing changes any more.
func (s *Sampler) measure(root *schema.Schema) {
	all := reach(root)
	for _, x := range all {
		s.heights[x] = endless
	}
	for changed := true; changed; {
		changed = false
		for _, x := range all {
			if h := s.estimate(x); h < s.heights[x] {
				s.heights[x], changed = h, true
			}
		}
	}
}

// known is the height as far as it is known by now.
func (s *Sampler) known(of *schema.Schema) int {
	if of = of.Deref(); of == nil {
		return 0
	}
	return s.heights[of]
}

func (s *Sampler) estimate(x *schema.Schema) int {
	if x.Bool != nil && !*x.Bool {
		return endless
	}
	h := 0
	if x.Const == nil && x.Enum == nil && (allowedTypes([]*schema.Schema{x})&scalars == 0 || x.Types == 0) {
		h = s.partsHeight(x)
	}
	for _, sub := range x.AllOf {
		h = max(h, s.known(sub))
	}
	return max(h, s.lowest(x.AnyOf), s.lowest(x.OneOf))
}

// partsHeight is one more than the highest of the parts that must be there.
func (s *Sampler) partsHeight(x *schema.Schema) int {
	h := 0
	for _, p := range x.Properties {
		if x.IsRequired(p.Name.Text) {
			h = max(h, 1+s.known(p.Schema))
		}
	}
	if x.MinItems != nil && x.MinItems.N > 0 && x.Items != nil {
		h = max(h, 1+s.known(x.Items))
	}
	return min(h, endless)
}

func (s *Sampler) lowest(of []*schema.Schema) int {
	if len(of) == 0 {
		return 0
	}
	h := endless
	for _, x := range of {
		h = min(h, s.known(x))
	}
	return h
}

// reach lists the schemas that can be got to from root, references followed.
func reach(root *schema.Schema) []*schema.Schema {
	var all []*schema.Schema
	seen := map[*schema.Schema]bool{}
	queue := []*schema.Schema{root}
	for len(queue) > 0 {
		x := queue[len(queue)-1].Deref()
		queue = queue[:len(queue)-1]
		if x == nil || seen[x] {
			continue
		}
		seen[x] = true
		all = append(all, x)
		queue = append(queue, parts(x)...)
	}
	return all
}

// parts are the schemas written directly inside x.
func parts(x *schema.Schema) []*schema.Schema {
	out := present(x.Items, x.AdditionalItems, x.Contains, x.AdditionalProperties, x.PropertyNames, x.UnevaluatedItems, x.UnevaluatedProperties, x.If, x.Then, x.Else, x.Not)
	for _, list := range [][]*schema.Schema{x.TupleItems, x.AllOf, x.AnyOf, x.OneOf} {
		out = append(out, list...)
	}
	for _, p := range x.Properties {
		out = append(out, p.Schema)
	}
	for _, p := range x.PatternProperties {
		out = append(out, p.Schema)
	}
	for _, d := range x.Dependencies {
		out = append(out, present(d.Schema)...)
	}
	return out
}
