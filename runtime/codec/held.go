package codec

import (
	"reflect"
	"runtime"
	"slices"
	"sort"
	"unsafe"
)

// holding is how lists and maps hold values of a type. Its functions keep nothing of what
// they are given, but for keys.
type holding struct {
	grow func(list unsafe.Pointer, room int)                      // makes room for so many more
	put  func(m unsafe.Pointer, key string, value unsafe.Pointer) // makes a map if there is none, and puts a value into it unless that is nil
	read func(r *Reader, item *made, m unsafe.Pointer)            // reads an object into a map that there is
	one  func(r *Reader, item *made, m unsafe.Pointer)            // reads the member that was gone to into a map, which is made if there is none
	// write writes members, in the order of their names: into an object, those that it has no
	// fields for.
	write func(w *Writer, item *made, m unsafe.Pointer, in *madeStruct)
}

// holdingOf is for values that are as those of a type in memory.
func holdingOf[T any]() *holding {
	return &holding{grow[T], put[T], readMap[T], readEntry[T], writeMap[T]}
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
	if value != nil {
		(*to)[key] = *(*T)(value)
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

// heldBy returns how a type of lists or maps holds values.
func (m *made) heldBy(typ reflect.Type) *holding {
	switch m.kind {
	case listField:
		return holdingOf[slice]()
	case mapField, pointerField:
		return holdingOf[unsafe.Pointer]()
	case nilField:
		return m.item.heldBy(typ)
	}
	if m.held == nil {
		h := reflected{typ, reflect.SliceOf(typ.Elem())}
		return &holding{h.grow, h.put, h.read, h.one, h.write}
	}
	return m.held
}

// reflected is a type of lists or maps of values that no other type is known to be alike.
// Their memory is made by package reflect, which tells the collector what lies in it.
type reflected struct{ typ, slice reflect.Type }

func (t reflected) at(p unsafe.Pointer) reflect.Value { return reflect.NewAt(t.typ, p).Elem() }

func (t reflected) grow(list unsafe.Pointer, room int) { t.at(list).Grow(room) }

func (t reflected) put(m unsafe.Pointer, key string, value unsafe.Pointer) {
	to := t.at(m)
	if to.IsNil() {
		to.Set(reflect.MakeMap(t.typ))
	}
	if value != nil {
		// The bytes of the key lie on the heap: put is called by a pointer where there are any.
		k := reflect.NewAt(t.typ.Key(), unkept(unsafe.Pointer(&key)))
		to.SetMapIndex(k.Elem(), reflect.NewAt(t.typ.Elem(), value).Elem())
		runtime.KeepAlive(&key)
	}
}

func (t reflected) read(r *Reader, item *made, m unsafe.Pointer) {
	to, key, v, keeps := t.at(m), reflect.New(t.typ.Key()).Elem(), reflect.New(t.typ.Elem()), item.keeps()
	for r.Object(); r.Member(); {
		key.SetString(string(r.Key()))
		if keeps {
			v = reflect.New(t.typ.Elem())
		} else {
			v.Elem().SetZero()
		}
		r.value(item, v.UnsafePointer(), true)
		to.SetMapIndex(key, v.Elem())
	}
}

func (t reflected) one(r *Reader, item *made, m unsafe.Pointer) {
	v := reflect.New(t.typ.Elem())
	name := string(r.Key())
	r.value(item, v.UnsafePointer(), true)
	key := reflect.New(t.typ.Key()).Elem() // which keeps the name
	key.SetString(name)
	t.put(m, "", nil)
	t.at(m).SetMapIndex(key, v.Elem())
}

func (t reflected) write(w *Writer, item *made, m unsafe.Pointer, in *madeStruct) {
	from := t.at(m)
	all := entries{names: make([]string, from.Len()), values: reflect.MakeSlice(t.slice, from.Len(), from.Len())}
	all.swap = reflect.Swapper(all.values.Interface())
	key := reflect.New(t.typ.Key()).Elem()
	for i, it := 0, from.MapRange(); it.Next(); i++ {
		key.SetIterKey(it)
		all.names[i] = key.String()
		all.values.Index(i).SetIterValue(it)
	}
	sort.Sort(&all)
	for i, name := range all.names {
		if in.has(name) {
			continue
		}
		if w.depth > MaxDepth { // the Writer has stopped
			break
		}
		w.Member(name)
		w.value(item, all.values.Index(i).Addr().UnsafePointer())
	}
}

// entries are what a map has, to be sorted by names.
type entries struct {
	names  []string
	values reflect.Value // a slice
	swap   func(i, j int)
}

func (e *entries) Len() int           { return len(e.names) }
func (e *entries) Less(i, j int) bool { return e.names[i] < e.names[j] }
func (e *entries) Swap(i, j int) {
	e.names[i], e.names[j] = e.names[j], e.names[i]
	e.swap(i, j)
}
