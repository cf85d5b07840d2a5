package codec_test

import (
	"encoding/json"
	"math"
	"net/netip"
	"strings"
	"time"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

type (
	state string
	level int32
	notes []string // which may be nil, and reads and writes itself
)

func (v *notes) CodeJSON(j *codec.JSON) {
	if r := j.Reader(); r != nil {
		*v = make(notes, 0, r.Array())
		for r.Element() {
			*v = append(*v, r.String())
		}
		return
	}
	w := j.Writer()
	w.Array()
	for _, note := range *v {
		w.String(note)
	}
	w.EndArray()
}

// kinds is a struct with a field of each kind, as one that must be there, as one that may
// be absent, and as a list.
type kinds struct {
	String  string
	Bool    bool
	Int8    int8
	Int16   int16
	Int32   int32
	Int64   int64
	Uint8   uint8
	Uint16  uint16
	Uint32  uint32
	Uint64  uint64
	Float32 float32
	Float64 float64
	Bytes   []byte
	Time    time.Time
	Addr    netip.Addr
	Raw     json.RawMessage
	Map     map[string]string
	Leaf    leaf
	Coded   coded
	UUID    runtime.UUID
	Notes   notes

	MayString  runtime.Optional[string]
	MayBool    runtime.Optional[bool]
	MayInt8    runtime.Optional[int8]
	MayInt16   runtime.Optional[int16]
	MayInt32   runtime.Optional[int32]
	MayInt64   runtime.Optional[int64]
	MayUint8   runtime.Optional[uint8]
	MayUint16  runtime.Optional[uint16]
	MayUint32  runtime.Optional[uint32]
	MayUint64  runtime.Optional[uint64]
	MayFloat32 runtime.Optional[float32]
	MayFloat64 runtime.Optional[float64]
	MayTime    runtime.Optional[time.Time]
	MayAddr    runtime.Optional[netip.Addr]
	MayUUID    runtime.Optional[runtime.UUID]
	MayDate    runtime.Optional[runtime.Date]
	MayLeaf    runtime.Optional[leaf]

	SomeString state
	SomeInt8   int8
	SomeInt16  uint16
	SomeInt32  level
	SomeInt64  int64
	SomeBytes  []byte
	SomeRaw    json.RawMessage
	SomeMap    map[string]string
	SomeLeaf   *leaf
	SomeCoded  *coded
	SomeNotes  notes

	Strings   []state
	Bools     []bool
	Int8s     []int8
	Int16s    []int16
	Int32s    []level
	Int64s    []int64
	Uint8s    []uint8
	Uint16s   []uint16
	Uint32s   []uint32
	Uint64s   []uint64
	Float32s  []float32
	Float64s  []float64
	Bytess    [][]byte
	Times     []time.Time
	Addrs     []netip.Addr
	Raws      []json.RawMessage
	Leaves    []leaf
	Codeds    []coded
	UUIDs     []runtime.UUID
	Notess    []notes
	MayLeaves []leaf
	MayNames  []string

	Fixed state

	Unknown runtime.Members
}

func (v *kinds) CodeJSON(j *codec.JSON) { j.Struct(unsafe.Pointer(v), &kindsJSON) }

var kindsJSON = codec.Struct{Of: (*kinds)(nil), Fields: []codec.Field{
	{Name: "s", Kind: codec.StringField, At: unsafe.Offsetof(kinds{}.String)},
	{Name: "bool", Kind: codec.BoolField, At: unsafe.Offsetof(kinds{}.Bool)},
	{Name: "int8", Kind: codec.Int8Field, At: unsafe.Offsetof(kinds{}.Int8)},
	{Name: "int16", Kind: codec.Int16Field, At: unsafe.Offsetof(kinds{}.Int16)},
	{Name: "int32", Kind: codec.Int32Field, At: unsafe.Offsetof(kinds{}.Int32)},
	{Name: "int64", Kind: codec.Int64Field, At: unsafe.Offsetof(kinds{}.Int64)},
	{Name: "uint8", Kind: codec.Uint8Field, At: unsafe.Offsetof(kinds{}.Uint8)},
	{Name: "uint16", Kind: codec.Uint16Field, At: unsafe.Offsetof(kinds{}.Uint16)},
	{Name: "uint32", Kind: codec.Uint32Field, At: unsafe.Offsetof(kinds{}.Uint32)},
	{Name: "uint64", Kind: codec.Uint64Field, At: unsafe.Offsetof(kinds{}.Uint64)},
	{Name: "float32", Kind: codec.Float32Field, At: unsafe.Offsetof(kinds{}.Float32)},
	{Name: "float64", Kind: codec.Float64Field, At: unsafe.Offsetof(kinds{}.Float64)},
	{Name: "bytes", Kind: codec.BytesField, At: unsafe.Offsetof(kinds{}.Bytes)},
	{Name: "time", Kind: codec.TimeField, At: unsafe.Offsetof(kinds{}.Time)},
	{Name: "addr", Kind: codec.AddrField, At: unsafe.Offsetof(kinds{}.Addr)},
	{Name: "raw", Kind: codec.RawField, At: unsafe.Offsetof(kinds{}.Raw)},
	{Name: "map", Kind: codec.StringField | codec.Map, At: unsafe.Offsetof(kinds{}.Map)},
	{Name: "leaf", Kind: codec.StructField, At: unsafe.Offsetof(kinds{}.Leaf), Of: (*leaf)(nil)},
	{Name: "coded", Kind: codec.StructField, At: unsafe.Offsetof(kinds{}.Coded), Of: (*coded)(nil)},
	{Name: "uuid", Kind: codec.UUIDField, At: unsafe.Offsetof(kinds{}.UUID), Of: (*runtime.UUID)(nil)},
	{Name: "notes", Kind: codec.ValueField, At: unsafe.Offsetof(kinds{}.Notes), Of: (*notes)(nil)},

	{Name: "mayString", Kind: codec.StringField | codec.Optional, At: unsafe.Offsetof(kinds{}.MayString)},
	{Name: "mayBool", Kind: codec.BoolField | codec.Optional, At: unsafe.Offsetof(kinds{}.MayBool)},
	{Name: "mayInt8", Kind: codec.Int8Field | codec.Optional, At: unsafe.Offsetof(kinds{}.MayInt8)},
	{Name: "mayInt16", Kind: codec.Int16Field | codec.Optional, At: unsafe.Offsetof(kinds{}.MayInt16)},
	{Name: "mayInt32", Kind: codec.Int32Field | codec.Optional, At: unsafe.Offsetof(kinds{}.MayInt32)},
	{Name: "mayInt64", Kind: codec.Int64Field | codec.Optional, At: unsafe.Offsetof(kinds{}.MayInt64)},
	{Name: "mayUint8", Kind: codec.Uint8Field | codec.Optional, At: unsafe.Offsetof(kinds{}.MayUint8)},
	{Name: "mayUint16", Kind: codec.Uint16Field | codec.Optional, At: unsafe.Offsetof(kinds{}.MayUint16)},
	{Name: "mayUint32", Kind: codec.Uint32Field | codec.Optional, At: unsafe.Offsetof(kinds{}.MayUint32)},
	{Name: "mayUint64", Kind: codec.Uint64Field | codec.Optional, At: unsafe.Offsetof(kinds{}.MayUint64)},
	{Name: "mayFloat32", Kind: codec.Float32Field | codec.Optional, At: unsafe.Offsetof(kinds{}.MayFloat32)},
	{Name: "mayFloat64", Kind: codec.Float64Field | codec.Optional, At: unsafe.Offsetof(kinds{}.MayFloat64)},
	{Name: "mayTime", Kind: codec.TimeField | codec.Optional, At: unsafe.Offsetof(kinds{}.MayTime)},
	{Name: "mayAddr", Kind: codec.AddrField | codec.Optional, At: unsafe.Offsetof(kinds{}.MayAddr)},
	{Name: "mayUUID", Kind: codec.UUIDField | codec.Optional, At: unsafe.Offsetof(kinds{}.MayUUID), Of: (*runtime.UUID)(nil)},
	{Name: "mayDate", Kind: codec.DateField | codec.Optional, At: unsafe.Offsetof(kinds{}.MayDate), Of: (*runtime.Date)(nil)},
	{Name: "mayLeaf", Kind: codec.StructField | codec.Optional, At: unsafe.Offsetof(kinds{}.MayLeaf), Of: (*leaf)(nil)},

	{Name: "someString", Kind: codec.StringField | codec.Some, At: unsafe.Offsetof(kinds{}.SomeString)},
	{Name: "someInt8", Kind: codec.Int8Field | codec.Some, At: unsafe.Offsetof(kinds{}.SomeInt8)},
	{Name: "someInt16", Kind: codec.Uint16Field | codec.Some, At: unsafe.Offsetof(kinds{}.SomeInt16)},
	{Name: "someInt32", Kind: codec.Int32Field | codec.Some, At: unsafe.Offsetof(kinds{}.SomeInt32)},
	{Name: "someInt64", Kind: codec.Int64Field | codec.Some, At: unsafe.Offsetof(kinds{}.SomeInt64)},
	{Name: "someBytes", Kind: codec.BytesField | codec.Some, At: unsafe.Offsetof(kinds{}.SomeBytes)},
	{Name: "someRaw", Kind: codec.RawField | codec.Some, At: unsafe.Offsetof(kinds{}.SomeRaw)},
	{Name: "someMap", Kind: codec.StringField | codec.Map | codec.Some, At: unsafe.Offsetof(kinds{}.SomeMap)},
	{Name: "someLeaf", Kind: codec.StructField | codec.Some, At: unsafe.Offsetof(kinds{}.SomeLeaf), Of: (*leaf)(nil)},
	{Name: "someCoded", Kind: codec.StructField | codec.Some, At: unsafe.Offsetof(kinds{}.SomeCoded), Of: (*coded)(nil)},
	{Name: "someNotes", Kind: codec.ValueField | codec.Some, At: unsafe.Offsetof(kinds{}.SomeNotes), Of: (*notes)(nil)},

	{Name: "strings", Kind: codec.StringField | codec.List, At: unsafe.Offsetof(kinds{}.Strings)},
	{Name: "bools", Kind: codec.BoolField | codec.List, At: unsafe.Offsetof(kinds{}.Bools)},
	{Name: "int8s", Kind: codec.Int8Field | codec.List, At: unsafe.Offsetof(kinds{}.Int8s)},
	{Name: "int16s", Kind: codec.Int16Field | codec.List, At: unsafe.Offsetof(kinds{}.Int16s)},
	{Name: "int32s", Kind: codec.Int32Field | codec.List, At: unsafe.Offsetof(kinds{}.Int32s)},
	{Name: "int64s", Kind: codec.Int64Field | codec.List, At: unsafe.Offsetof(kinds{}.Int64s)},
	{Name: "uint8s", Kind: codec.Uint8Field | codec.List, At: unsafe.Offsetof(kinds{}.Uint8s)},
	{Name: "uint16s", Kind: codec.Uint16Field | codec.List, At: unsafe.Offsetof(kinds{}.Uint16s)},
	{Name: "uint32s", Kind: codec.Uint32Field | codec.List, At: unsafe.Offsetof(kinds{}.Uint32s)},
	{Name: "uint64s", Kind: codec.Uint64Field | codec.List, At: unsafe.Offsetof(kinds{}.Uint64s)},
	{Name: "float32s", Kind: codec.Float32Field | codec.List, At: unsafe.Offsetof(kinds{}.Float32s)},
	{Name: "float64s", Kind: codec.Float64Field | codec.List, At: unsafe.Offsetof(kinds{}.Float64s)},
	{Name: "bytess", Kind: codec.BytesField | codec.List, At: unsafe.Offsetof(kinds{}.Bytess)},
	{Name: "times", Kind: codec.TimeField | codec.List, At: unsafe.Offsetof(kinds{}.Times)},
	{Name: "addrs", Kind: codec.AddrField | codec.List, At: unsafe.Offsetof(kinds{}.Addrs)},
	{Name: "raws", Kind: codec.RawField | codec.List, At: unsafe.Offsetof(kinds{}.Raws)},
	{Name: "leaves", Kind: codec.StructField | codec.List, At: unsafe.Offsetof(kinds{}.Leaves), Of: (*leaf)(nil)},
	{Name: "codeds", Kind: codec.StructField | codec.List, At: unsafe.Offsetof(kinds{}.Codeds), Of: (*coded)(nil)},
	{Name: "uuids", Kind: codec.UUIDField | codec.List, At: unsafe.Offsetof(kinds{}.UUIDs), Of: (*runtime.UUID)(nil)},
	{Name: "notess", Kind: codec.ValueField | codec.List, At: unsafe.Offsetof(kinds{}.Notess), Of: (*notes)(nil)},
	{Name: "mayLeaves", Kind: codec.StructField | codec.List | codec.Some, At: unsafe.Offsetof(kinds{}.MayLeaves), Of: (*leaf)(nil)},
	{Name: "", Kind: codec.StringField | codec.List | codec.Some, At: unsafe.Offsetof(kinds{}.MayNames)},

	{Name: "fixed", Kind: codec.StringField, At: unsafe.Offsetof(kinds{}.Fixed), Fixed: "one alone"},

	{Kind: codec.UnknownField, At: unsafe.Offsetof(kinds{}.Unknown)},
}}

// leaf is a struct that is read and written by a table, and may lie within itself; the
// members that it does not know are passed over.
type leaf struct {
	ID   string
	Next *leaf
	All  []leaf
}

func (v *leaf) CodeJSON(j *codec.JSON) { j.Struct(unsafe.Pointer(v), &leafJSON) }

var leafJSON = codec.Struct{Of: (*leaf)(nil), Fields: []codec.Field{
	{Name: "id", Kind: codec.StringField, At: unsafe.Offsetof(leaf{}.ID)},
	{Name: "next", Kind: codec.StructField | codec.Some, At: unsafe.Offsetof(leaf{}.Next), Of: (*leaf)(nil)},
	{Name: "all", Kind: codec.StructField | codec.List | codec.Some, At: unsafe.Offsetof(leaf{}.All), Of: (*leaf)(nil)},
}}

// coded is a struct that is read and written by code, and has one within that is not, at
// its very beginning.
type coded struct {
	Leaf leaf
	N    int64
}

func (v *coded) CodeJSON(j *codec.JSON) {
	if j.Object() {
		*v = coded{}
	}
	for j.Members() {
		if j.Field("leaf", true) {
			v.Leaf.CodeJSON(j)
		}
		j.Int64("n", &v.N)
	}
}

// filled returns a value of each kind, with texts and numbers of both ends.
func filled() *kinds {
	at := time.Date(2026, 5, 4, 3, 2, 1, 500, time.UTC)
	addr := netip.MustParseAddr("2001:db8::1")
	id := runtime.UUID{1, 2, 3, 15: 4}
	tree := leaf{ID: "a", Next: &leaf{ID: "b"}, All: []leaf{{ID: "c", All: []leaf{}}, {}}}
	v := &kinds{
		String: strings.Repeat(`long "text" `, 9), Bool: true, Int8: math.MinInt8, Int16: math.MinInt16, Int32: math.MinInt32, Int64: math.MinInt64,
		Uint8: math.MaxUint8, Uint16: math.MaxUint16, Uint32: math.MaxUint32, Uint64: math.MaxUint64, Float32: 1.5, Float64: -1e300,
		Bytes: []byte{0, 255}, Time: at, Addr: addr, Raw: json.RawMessage(`{"a":[null]}`), Map: map[string]string{"b": "ä", "\"": "", "a": "x"}, Leaf: tree, Coded: coded{tree, 7}, UUID: id, Notes: notes{"x"},
		MayString: runtime.Some("ä"), MayBool: runtime.Some(false), MayInt8: runtime.Some[int8](-1), MayInt16: runtime.Some[int16](-2),
		MayInt32: runtime.Some[int32](-3), MayInt64: runtime.Some[int64](-4), MayUint8: runtime.Some[uint8](0), MayUint16: runtime.Some[uint16](2),
		MayUint32: runtime.Some[uint32](3), MayUint64: runtime.Some[uint64](4), MayFloat32: runtime.Some[float32](0), MayFloat64: runtime.Some(0.25),
		MayTime: runtime.Some(at), MayAddr: runtime.Some(addr), MayUUID: runtime.Some(id), MayDate: runtime.Some(runtime.DateOf(at)), MayLeaf: runtime.Some(tree),
		SomeString: "on", SomeInt8: -1, SomeInt16: 256, SomeInt32: 1 << 20, SomeInt64: 1 << 40, SomeBytes: []byte{}, SomeRaw: json.RawMessage("null"), SomeMap: map[string]string{},
		SomeLeaf: &tree, SomeCoded: &coded{}, SomeNotes: notes{},
		Strings: []state{"", "b"}, Bools: []bool{true, false}, Int8s: []int8{1}, Int16s: []int16{2}, Int32s: []level{3}, Int64s: []int64{4},
		Uint8s: []uint8{5}, Uint16s: []uint16{6}, Uint32s: []uint32{7}, Uint64s: []uint64{8}, Float32s: []float32{9}, Float64s: []float64{10},
		Bytess: [][]byte{{1}, {}}, Times: []time.Time{at}, Addrs: []netip.Addr{addr}, Raws: []json.RawMessage{json.RawMessage("1")},
		Codeds: []coded{{N: 1}, {N: 2}}, UUIDs: []runtime.UUID{id, {}}, Notess: []notes{{"y"}, {}},
		MayLeaves: []leaf{}, MayNames: []string{}, Fixed: "another",
	}
	for range 40 { // more than room is made for at first
		v.Leaves = append(v.Leaves, leaf{ID: "leaf", Next: &tree})
	}
	must(v.Unknown.Set("more", json.RawMessage(`{"of":1}`)))
	return v
}

// bare returns a value of which all that may be absent is: empty lists are there.
func bare() *kinds {
	return &kinds{
		Bytes: []byte{}, Addr: netip.IPv4Unspecified(), Raw: json.RawMessage("0"), Map: map[string]string{}, Notes: notes{},
		Strings: []state{}, Bools: []bool{}, Int8s: []int8{}, Int16s: []int16{}, Int32s: []level{}, Int64s: []int64{}, Uint8s: []uint8{}, Uint16s: []uint16{},
		Uint32s: []uint32{}, Uint64s: []uint64{}, Float32s: []float32{}, Float64s: []float64{}, Bytess: [][]byte{}, Times: []time.Time{}, Addrs: []netip.Addr{},
		Raws: []json.RawMessage{}, Leaves: []leaf{}, Codeds: []coded{}, UUIDs: []runtime.UUID{}, Notess: []notes{}, Fixed: "one alone",
	}
}
