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
	One   int64
	Half  float64
	Yes   bool
	List  json.RawMessage

	Unknown runtime.Members
}

func (v *kinds) CodeJSON(j *codec.JSON) { j.Struct(unsafe.Pointer(v), &kindsJSON) }

var kindsJSON = codec.Struct{Of: (*kinds)(nil), Text: `
"s" string
"bool" bool
"int8" int8
"int16" int16
"int32" int32
"int64" int64
"uint8" uint8
"uint16" uint16
"uint32" uint32
"uint64" uint64
"float32" float32
"float64" float64
"bytes" bytes
"time" time
"addr" addr
"raw" raw
"map" string map
"leaf" struct
"coded" struct
"uuid" uuid
"notes" value
"mayString" string optional
"mayBool" bool optional
"mayInt8" int8 optional
"mayInt16" int16 optional
"mayInt32" int32 optional
"mayInt64" int64 optional
"mayUint8" uint8 optional
"mayUint16" uint16 optional
"mayUint32" uint32 optional
"mayUint64" uint64 optional
"mayFloat32" float32 optional
"mayFloat64" float64 optional
"mayTime" time optional
"mayAddr" addr optional
"mayUUID" uuid optional
"mayDate" date optional
"mayLeaf" struct optional
"someString" string some
"someInt8" int8 some
"someInt16" uint16 some
"someInt32" int32 some
"someInt64" int64 some
"someBytes" bytes some
"someRaw" raw some
"someMap" string map some
"someLeaf" struct pointer some
"someCoded" struct pointer some
"someNotes" value some
"strings" string list
"bools" bool list
"int8s" int8 list
"int16s" int16 list
"int32s" int32 list
"int64s" int64 list
"uint8s" uint8 list
"uint16s" uint16 list
"uint32s" uint32 list
"uint64s" uint64 list
"float32s" float32 list
"float64s" float64 list
"bytess" bytes list
"times" time list
"addrs" addr list
"raws" raw list
"leaves" struct list
"codeds" struct list
"uuids" uuid list
"notess" value list
"mayLeaves" struct list some
"" string list some
"fixed" string = "one\u0020alone"
"one" int64 = 1
"half" float64 = 5e-1
"yes" bool = true
"list" raw = [1]
unknown`}

// leaf is a struct that is read and written by a table, and may lie within itself; the
// members that it does not know are passed over.
type leaf struct {
	ID   string
	Next *leaf
	All  []leaf
}

func (v *leaf) CodeJSON(j *codec.JSON) { j.Struct(unsafe.Pointer(v), &leafJSON) }

var leafJSON = codec.Struct{Of: (*leaf)(nil), Text: `
"id" string
"next" struct pointer some
"all" struct list some`}

// coded is a struct that is read and written by code, and has one within that is not, at
// its very beginning.
type coded struct {
	Leaf leaf
	N    int64
}

func (v *coded) CodeJSON(j *codec.JSON) {
	if r := j.Reader(); r != nil {
		*v = coded{}
		for r.Object(); r.Member(); {
			switch string(r.Key()) {
			case "leaf":
				v.Leaf.CodeJSON(j)
			case "n":
				v.N = r.Int64()
			}
		}
		return
	}
	w := j.Writer()
	w.Object()
	w.Member("leaf")
	v.Leaf.CodeJSON(j)
	w.Member("n")
	w.Int64(v.N)
	w.EndObject()
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
		MayLeaves: []leaf{}, MayNames: []string{}, Fixed: "another", One: 2, Half: .25, Yes: true, List: json.RawMessage("[2]"),
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
		Raws: []json.RawMessage{}, Leaves: []leaf{}, Codeds: []coded{}, UUIDs: []runtime.UUID{}, Notess: []notes{}, Fixed: "one alone", One: 1, Half: .5, Yes: true, List: json.RawMessage("[1]"),
	}
}
