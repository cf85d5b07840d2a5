package codec

import (
	"reflect"
	"runtime"
	"slices"
	"unsafe"
)

// holding is how lists and maps hold values of a type. Its functions keep nothing of what
// they are given, but for keys.
type holding struct {
	grow func(list unsafe.Pointer, room int)                      // makes room for so many more
	put  func(m unsafe.Pointer, key string, value unsafe.Pointer) // makes a map if there is none, and moves a value into it unless that is nil
	keep func(m unsafe.Pointer, key string, value unsafe.Pointer) // put, but for a value that may be kept, which is copied
	read func(r *Reader, item *made, m unsafe.Pointer)            // reads an object into a map that there is
	one  func(r *Reader, item *made, m unsafe.Pointer)            // reads the member that was gone to into a map, which is made if there is none
	// write writes members, in the order of their names: into an object, those that it has no
	// fields for.
	write func(w *Writer, item *made, m unsafe.Pointer, in *madeStruct)
}

// holdingOf is for values that are as those of a type in memory.
func holdingOf[T any]() *holding {
	return &holding{grow[T], put[T], nil, readMap[T], readEntry[T], writeMap[T]}
}

func grow[T any](list unsafe.Pointer, room int) {
	l := (*[]T)(list)
	*l = slices.Grow(*l, room)
}

func put[T any](m unsafe.Pointer, key string, value unsafe.Pointer) {
	to := (*map[string]T)(m)
	if *to == nil {
		*to = map[string]T{}
	}
	if v := (*T)(value); v != nil {
		(*to)[key] = *v
		*v = *new(T)
	}
}

func readMap[T any](r *Reader, item *made, m unsafe.Pointer) {
	for r.Object(); r.Member(); {
		readEntry[T](r, item, m)
	}
}

func readEntry[T any](r *Reader, item *made, m unsafe.Pointer) {
	var v T
	name := string(r.Key())
	r.value(item, unkept(unsafe.Pointer(&v)), true)
	put[T](m, "", nil)
	(*(*map[string]T)(m))[name] = v
}

func writeMap[T any](w *Writer, item *made, m unsafe.Pointer, in *madeStruct) {
	from := *(*map[string]T)(m)
	for _, name := range Keys(from) {
		if in.has(name) {
			continue
		}
		if w.depth > MaxDepth { // the Writer has stopped
			break
		}
		v := from[name]
		w.Member(name)
		w.value(item, unkept(unsafe.Pointer(&v)))
		runtime.KeepAlive(&v)
	}
}

// heldBy returns how lists and maps hold values, or nil where that takes their type.
func (m *made) heldBy() *holding {
	switch m.kind {
	case listField:
		return holdingOf[slice]()
	case mapField, pointerField:
		return holdingOf[unsafe.Pointer]()
	case nilField:
		return m.item.heldBy()
	}
	return m.held
}

// parts is what a table has of the types within the one that it is for.
type parts struct {
	sums []Value
	maps []Map
}

// holding returns how lists and maps of a type hold values that no other type is known to be
// alike, or nil for maps that the table has no Map for.
func (in *parts) holding(kind fieldKind, typ reflect.Type) *holding {
	if kind == listField {
		return &holding{grow: func(list unsafe.Pointer, room int) { reflect.NewAt(typ, list).Elem().Grow(room) }}
	}
	for _, do := range in.maps {
		if t := (typedMap{do, typ.Elem()}); reflect.TypeOf(do(valueType, nil, "", nil)).Elem() == t.typ {
			return &holding{put: t.put, keep: t.keep, read: t.read, one: t.one, write: t.write}
		}
	}
	return nil
}

// Map is MapOf some type.
type Map func(do mapWork, m unsafe.Pointer, name string, value unsafe.Pointer) any

// mapWork is what a Map is to do.
type mapWork uint8

// What a Map does with a map from texts to values.
const (
	valueType  mapWork = iota // returns a pointer to a value
	makeMap                   // makes it empty
	putValue                  // copies a value into it
	clearValue                // makes a value zero
	getValue                  // copies a value
	allNames                  // adds all names to a list of strings
)

// MapOf does with maps of structs, Nullables and other types what takes their type: a table
// that has words for such maps has it for each type that they hold. It is one function, and
// calls no other generic one, for the compiler makes it anew for each type. A pointer is only made
// one to a value where it is: the race detector's build looks at that.
func MapOf[T any](do mapWork, m unsafe.Pointer, name string, value unsafe.Pointer) any {
	all := (*map[string]T)(m)
	switch do {
	case valueType:
		return (*T)(nil)
	case makeMap:
		*all = map[string]T{}
	case putValue:
		(*all)[name] = *(*T)(value)
	case clearValue:
		*(*T)(value) = *new(T)
	case getValue:
		*(*T)(value) = (*all)[name]
	case allNames:
		names := (*[]string)(value)
		for name := range *all {
			*names = append(*names, name)
		}
	}
	return nil
}

// typedMap is how maps of a type are read and written by a Map. One value at a time lies on
// the heap, on its way into the map or out of it.
type typedMap struct {
	do  Map
	typ reflect.Type // of values
}

func (t typedMap) new() unsafe.Pointer { return reflect.New(t.typ).UnsafePointer() }

func (t typedMap) put(m unsafe.Pointer, name string, value unsafe.Pointer) {
	if t.keep(m, name, value); value != nil {
		t.do(clearValue, nil, "", value)
	}
}

func (t typedMap) keep(m unsafe.Pointer, name string, value unsafe.Pointer) {
	if *(*unsafe.Pointer)(m) == nil {
		t.do(makeMap, m, "", nil)
	}
	if value != nil {
		t.do(putValue, m, name, value)
	}
}

func (t typedMap) read(r *Reader, item *made, m unsafe.Pointer) {
	v, kept := unsafe.Pointer(nil), item.keeps()
	for r.Object(); r.Member(); {
		if kept {
			t.one(r, item, m)
			continue
		}
		if v == nil {
			v = t.new()
		}
		name := string(r.Key())
		r.value(item, v, true)
		t.put(m, name, v)
	}
}

func (t typedMap) one(r *Reader, item *made, m unsafe.Pointer) {
	v, name := t.new(), string(r.Key())
	r.value(item, v, true)
	t.keep(m, name, v)
}

func (t typedMap) write(w *Writer, item *made, m unsafe.Pointer, in *madeStruct) {
	w.names = make([]string, 0, len(*(*map[string]struct{})(m))) // which is the same for all maps
	t.do(allNames, m, "", unsafe.Pointer(&w.names))
	names, v := w.names, unsafe.Pointer(nil)
	w.names = nil
	sortKeys(names)
	for _, name := range names {
		if in.has(name) {
			continue
		}
		if w.depth > MaxDepth { // the Writer has stopped
			break
		}
		if v == nil {
			v = t.new()
		}
		t.do(getValue, m, name, v)
		w.Member(name)
		w.value(item, v)
	}
}
