package generator

import "github.com/asyncwire/asyncwire/generator/ir"

// breakRecursion turns fields into pointers where a struct would hold itself by
// value, itself or through others. All fields of such a circle become pointers,
// so that the outcome does not depend on where the circle is entered.
func breakRecursion(structs []ir.TypeDecl) {
	circles := components(structs)
	for _, s := range structs {
		for _, f := range fieldsOf(s) {
			if held := heldByValue(f.Type); held != nil && circles[held] == circles[s] {
				f.Type = pointerTo(held, f.Type)
			}
		}
	}
}

// pointerTo is a pointer to a struct in the place of a field's type. A Nullable
// stays one, since nil says that the member is absent.
func pointerTo(s ir.TypeDecl, t ir.Type) ir.Type {
	pointer := &ir.Pointer{Elem: &ir.Named{Decl: s}}
	if _, ok := t.(*ir.Nullable); ok {
		return &ir.Nullable{Elem: pointer}
	}
	return pointer
}

// fieldsOf are the fields of a struct or tuple.
func fieldsOf(d ir.TypeDecl) []*ir.Field {
	switch d := d.(type) {
	case *ir.Struct:
		return d.Fields
	case *ir.Tuple:
		return d.Fields
	}
	return nil
}

// heldByValue is the struct or tuple that a field of the type contains, or nil.
func heldByValue(t ir.Type) ir.TypeDecl {
	switch t := t.(type) {
	case *ir.Optional:
		return heldByValue(t.Elem)
	case *ir.Nullable:
		return heldByValue(t.Elem)
	case *ir.Named:
		if fieldsOf(t.Decl) != nil {
			return t.Decl
		}
	}
	return nil
}

// components numbers the structs so that those of one circle, and no others,
// have one number: Tarjan's strongly connected components.
func components(structs []ir.TypeDecl) map[ir.TypeDecl]int {
	t := &tarjan{index: map[ir.TypeDecl]int{}, low: map[ir.TypeDecl]int{}, component: map[ir.TypeDecl]int{}}
	for _, s := range structs {
		if t.index[s] == 0 {
			t.visit(s)
		}
	}
	return t.component
}

type tarjan struct {
	index, low, component map[ir.TypeDecl]int
	stack                 []ir.TypeDecl
}

func (t *tarjan) visit(s ir.TypeDecl) {
	t.index[s] = len(t.index) + 1
	t.low[s] = t.index[s]
	t.stack = append(t.stack, s)
	for _, f := range fieldsOf(s) {
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
func (t *tarjan) pop(s ir.TypeDecl) {
	for {
		last := t.stack[len(t.stack)-1]
		t.stack = t.stack[:len(t.stack)-1]
		t.component[last] = t.index[s]
		if last == s {
			return
		}
	}
}
