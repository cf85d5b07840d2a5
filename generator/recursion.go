package generator

import "github.com/asyncwire/asyncwire/generator/ir"

// breakRecursion turns fields into pointers where a struct would hold itself by
// value, itself or through others. All fields of such a circle become pointers,
// so that the outcome does not depend on where the circle is entered.
func breakRecursion(structs []*ir.Struct) {
	circles := components(structs)
	for _, s := range structs {
		for _, f := range s.Fields {
			if held := heldByValue(f.Type); held != nil && circles[held] == circles[s] {
				f.Type = pointerTo(held, f.Type)
			}
		}
	}
}

// pointerTo is a pointer to a struct in the place of a field's type. A Nullable
// stays one, since nil says that the member is absent.
func pointerTo(s *ir.Struct, t ir.Type) ir.Type {
	pointer := &ir.Pointer{Elem: &ir.Named{Decl: s}}
	if _, ok := t.(*ir.Nullable); ok {
		return &ir.Nullable{Elem: pointer}
	}
	return pointer
}

// heldByValue is the struct that a field of the type contains, or nil.
func heldByValue(t ir.Type) *ir.Struct {
	switch t := t.(type) {
	case *ir.Optional:
		return heldByValue(t.Elem)
	case *ir.Nullable:
		return heldByValue(t.Elem)
	case *ir.Named:
		s, _ := t.Decl.(*ir.Struct)
		return s
	}
	return nil
}

// components numbers the structs so that those of one circle, and no others,
// have one number: Tarjan's strongly connected components.
func components(structs []*ir.Struct) map[*ir.Struct]int {
	t := &tarjan{index: map[*ir.Struct]int{}, low: map[*ir.Struct]int{}, component: map[*ir.Struct]int{}}
	for _, s := range structs {
		if t.index[s] == 0 {
			t.visit(s)
		}
	}
	return t.component
}

type tarjan struct {
	index, low, component map[*ir.Struct]int
	stack                 []*ir.Struct
}

func (t *tarjan) visit(s *ir.Struct) {
	t.index[s] = len(t.index) + 1
	t.low[s] = t.index[s]
	t.stack = append(t.stack, s)
	for _, f := range s.Fields {
		next := heldByValue(f.Type)
		if next == nil {
			continue
		}
		if t.index[next] == 0 {
			t.visit(next)
		}
		if t.component[next] == 0 {
			t.low[s] = min(t.low[s], t.low[next])
		}
	}
	if t.low[s] == t.index[s] {
		t.pop(s)
	}
}

// pop ends a component: all above s on the stack belong to it.
func (t *tarjan) pop(s *ir.Struct) {
	for {
		last := t.stack[len(t.stack)-1]
		t.stack = t.stack[:len(t.stack)-1]
		t.component[last] = t.index[s]
		if last == s {
			return
		}
	}
}
