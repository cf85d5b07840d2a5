package codec_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"net/netip"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

// held has a value of a kind in each way in which a struct may have one.
type held[T any] struct {
	V    T
	May  runtime.Optional[T]
	List []T
	Null runtime.Nullable[T]
	Must runtime.Nullable[T]
	Nil  []T
	Map  map[string]T

	Lists   [][]T
	ListMap map[string][]T
	MapList []map[string]T
	Maps    map[string]map[string]T
	Nulls   []runtime.Nullable[T]
	NullMap map[string]runtime.Nullable[T]
	MapNull runtime.Nullable[map[string]T]
	MayList runtime.Optional[[]T]
}

// holding is how values of a kind are held and read.
type holding struct {
	table codec.Struct
	value func() (v any, p unsafe.Pointer) // a new one
	alone []alone
}

// of returns how values of a kind are held that has a word in tables.
func of[T any](word string) *holding {
	return &holding{
		alone: []alone{aloneAs[T]("value", word), aloneAs[[]T]("list", word+" list"), aloneAs[runtime.Nullable[T]]("null", word+" nullable"), aloneAs[[]T]("no list", word+" list nil"), aloneAs[map[string]T]("map", word+" map", codec.MapOf[T]),
			aloneAs[map[string][]T]("list map", word+" list map"), aloneAs[[]map[string]T]("map list", word+" map list", codec.MapOf[T]), aloneAs[map[string]runtime.Nullable[T]]("null map", word+" nullable map", codec.MapOf[runtime.Nullable[T]])},
		value: func() (any, unsafe.Pointer) { v := new(held[T]); return v, unsafe.Pointer(v) },
		table: codec.Struct{Of: (*held[T])(nil), Maps: []codec.Map{codec.MapOf[runtime.Nullable[T]], codec.MapOf[T]}, Text: strings.ReplaceAll(`
			"v" KIND
			"may" KIND optional
			"list" KIND list some
			"null" KIND nullable some
			"must" KIND nullable
			"nil" KIND list nil
			"map" KIND map some
			"lists" KIND list list some
			"listMap" KIND list map some
			"mapList" KIND map list some
			"maps" KIND map map some
			"nulls" KIND nullable list some
			"nullMap" KIND nullable map some
			"mapNull" KIND map nullable some
			"mayList" KIND list optional`, "KIND", word)},
	}
}

// kindCase is a kind of values, with texts without spaces.
type kindCase struct {
	*holding
	schema string // by which they are judged
	plain  string // these are valid, and read at once
	others string // these are not, or are seldom
}

// text is the schema of texts of a format.
func text(format string) string { return `{"type":"string","format":"` + format + `"}` }

const (
	moreInts = ` null true "1" 1.5 01 -a 1e400 99999999999999999999 1.0 1e1 -0 [] {}`
	moreText = ` null 1 "" "\ud83d" " [ {} "` + "\xff" + `"`
	times    = `"2026-01-02T03:04:05Z" "2026-01-02t03:04:05.123456789-07:30" "0000-02-29T00:00:00z" "9999-12-31T23:59:59+01:00" "2026-01-02T03:04:05\u005a" "2026-01-02T03:04:05.5000000000Z"`
	notTimes = `"2026-02-30T00:00:00Z" "2026-06-30T23:59:60Z" "2026-01-02T03:04:05.0000000001Z" "2026-01-02T03:04:05" "2026-01-02T03:04:0Z5" "2026-01-02T03:04:05\\" "2026-01-02T03:04:05"Z"` + moreText
	uris     = `"http://a/b?c#d" "HTTP://a/#" "http://us%65r@h/" "http://[v1.x]/" "urn:a:b" "mailto:" "http://%41/" "http:\u002f/a" "https://a.example:80/?` + longQuery + `"`
	uuids    = `"0b0e4b3c-53a5-4c5e-9d0b-0d3a2a4c8f11" "0B0E4B3C-53A5-4C5E-9D0B-0D3A2A4C8F11" "\u0030b0e4b3c-53a5-4c5e-9d0b-0d3a2a4c8f11" "00000000-0000-0000-0000-000000000000"`
	notUUIDs = `"0b0e4b3c-53a5-4c5e-9d0b-0d3a2a4c8f1" "0b0e4b3c-53a5-4c5e-9d0b-0d3a2a4c8f1g" "0b0e4b3c053a5-4c5e-9d0b-0d3a2a4c8f11" "0b0e4b3c-53a5-4c5e-9d0b-0d3a2a4c8f112" "0b0e4b3c-53a5-4c5e-9d0b-0d3a2a4c8f1\\"` + moreText
)

// longQuery is longer than texts are that share memory.
const longQuery = "a23456789b123456789c123456789d123456789e123456789f123456789g123456789"

// kindCases are the kinds that are judged and read at once.
func kindCases() map[string]kindCase {
	return map[string]kindCase{
		"string":    {of[string]("string"), `{"type":"string","minLength":1}`, `"a" "\u00e4\n" "ä" "` + strings.Repeat("x", 300) + `"`, moreText},
		"bool":      {of[bool]("bool"), `{"type":"boolean"}`, "true false", `null 1 "true" tru falsey`},
		"int8":      {of[int8]("int8"), `{"type":"integer","format":"int8"}`, "0 -128 127 7", "128 -129" + moreInts},
		"int16":     {of[int16]("int16"), `{"type":"integer","format":"int16"}`, "0 -32768 32767 7", "32768 -32769" + moreInts},
		"int32":     {of[int32]("int32"), `{"type":"integer","format":"int32"}`, "0 -2147483648 2147483647", "2147483648 -2147483649" + moreInts},
		"int64":     {of[int64]("int64"), `{"type":"integer","format":"int64"}`, "0 -123456789012345678 123456789012345678", "9223372036854775807 -9223372036854775808 9223372036854775808" + moreInts},
		"uint8":     {of[uint8]("uint8"), `{"type":"integer","format":"uint8"}`, "0 255 7", "256 -1" + moreInts},
		"uint16":    {of[uint16]("uint16"), `{"type":"integer","format":"uint16"}`, "0 65535 7", "65536 -1" + moreInts},
		"uint32":    {of[uint32]("uint32"), `{"type":"integer","format":"uint32"}`, "0 4294967295 7", "4294967296 -1" + moreInts},
		"uint64":    {of[uint64]("uint64"), `{"type":"integer","format":"uint64"}`, "0 123456789012345678", "-1 18446744073709551615 18446744073709551616" + moreInts},
		"unruled":   {of[uint8]("uint8"), `{}`, "0 255", "256 -1" + moreInts},
		"listed":    {of[int16]("int16"), `{"enum":[1,20,-3]}`, "1 20 -3", "7 2e1 1.0" + moreInts},
		"float32":   {of[float32]("float32"), `{"type":"number","format":"float"}`, "0 -1.5 0.1 16777216 123.4567 0.0000000001", "16777217 0.00000000001 0.10000000149011612 1.00000017881393421514957253748434595763683319091796875001 3.5e38 1e-50 -0.0" + moreInts},
		"float64":   {of[float64]("float64"), `{"type":"number","format":"double"}`, "0 -1.5 0.1 9007199254740992", "9007199254740993 0.1234567890123456789 1e22 -0" + moreInts},
		"decimal":   {of[runtime.Decimal]("decimal"), `{"type":"number","multipleOf":0.5}`, "0 -0.0 1.50 1e2 100000000000000000000000000 -5", "0.25 1e400 01 . null \"1\""},
		"digits":    {of[runtime.Decimal]("decimal"), `{"type":"number"}`, "0 1e400 0." + strings.Repeat("1", 100), `01 null "1"`},
		"uuid":      {of[runtime.UUID]("uuid"), text("uuid"), uuids, notUUIDs},
		"uuid more": {of[runtime.UUID]("uuid"), `{"type":"string","format":"uuid","pattern":"^0"}`, uuids, notUUIDs + ` "1b0e4b3c-53a5-4c5e-9d0b-0d3a2a4c8f11"`},
		"uuid most": {of[runtime.UUID]("uuid"), `{"type":"string","format":"uuid","maxLength":35}`, "", uuids + " " + notUUIDs},
		"uuid none": {of[runtime.UUID]("uuid"), `{"type":["string","null"]}`, uuids, notUUIDs},
		"uuid enum": {of[runtime.UUID]("uuid"), `{"format":"uuid","enum":["00000000-0000-0000-0000-000000000000",null]}`, `"00000000-0000-0000-0000-000000000000"`, uuids + " " + notUUIDs},
		"time":      {of[time.Time]("time"), `{"type":"string","format":"date-time","fits":"date-time of Go"}`, times, notTimes},
		"time fits": {of[time.Time]("time"), `{"type":"string","fits":"date-time of Go"}`, times, notTimes},
		"time wide": {of[time.Time]("time"), text("date-time"), times, notTimes},
		"time both": {of[time.Time]("time"), `{"type":"string","format":"email","fits":"date-time of Go"}`, "", times + " " + notTimes},
		"date":      {of[runtime.Date]("date"), text("date"), `"2026-01-02" "0000-01-01" "9999-12-31" "2024-02-29" "2026-01-0\u0032"`, `"2026-02-29" "2026-1-02" "2026-01-02T" "2026-01-0\\"` + moreText},
		"timeofday": {of[runtime.TimeOfDay]("timeofday"), `{"type":"string","format":"time","fits":"time of Go"}`, `"03:04:05Z" "23:59:60z" "03:04:05.123456789-07:30" "03:04:05\u005a"`, `"03:04:05" "24:00:00Z" "03:04:05.0000000001Z" "12:59:60Z"` + moreText},
		"duration":  {of[runtime.Duration]("duration"), `{"type":"string","format":"duration","fits":"duration of Go"}`, `"P1Y2M3DT4H5M6S" "P4W" "PT0S" "P\u0031D"`, `"P" "P1Y1D" "PT1.5S" "P9999999999999999999D"` + moreText},
		"periods":   {of[runtime.Duration]("duration"), `{"type":"string"}`, `"P1Y1D" "PT1.5S"`, `"P" "P1W1D"` + moreText},
		"ipv4":      {of[netip.Addr]("addr"), text("ipv4"), `"1.2.3.4" "255.255.255.255" "\u0031.2.3.4"`, `"01.2.3.4" "::1" "1.2.3"` + moreText},
		"ipv6":      {of[netip.Addr]("addr"), text("ipv6"), `"::1" "fe80::1:2" "::ffff:1.2.3.4"`, `"1.2.3.4" "fe80::1%eth0" ":1"` + moreText},
		"uri":       {of[*url.URL]("url"), text("uri"), uris, `"a" "//x" "?" "http://a\u0020b" "a:b` + "\\" + `" "http://a/` + strings.Repeat("x", 300) + `"x` + moreText},
		"reference": {of[*url.URL]("url"), text("uri-reference"), uris + ` "" "//x" "?" "a?#" "#" "a/b" "//"`, `"a\u0020b" "http://[/" "%" null 1`},
		"any text":  {of[*url.URL]("url"), `{"type":"string"}`, uris + ` "" "a\u0020b" "\n" ":" "%" "http://[/"`, `null 1 "a`},
		"uri short": {of[*url.URL]("url"), `{"type":"string","format":"uri","maxLength":9,"pattern":"^[a-zA-Z]+:"}`, `"http://a/" "URN:x"`, `"http://a/bc" "a+:b"` + moreText},
		"byte":      {of[[]byte]("bytes"), text("byte"), `"" "AAA=" "AA==" "AbC/+0x9" "A\u0041A="`, `"A" "AA=" "AA\n==" "AAA-" null 1`},
		"base64":    {of[[]byte]("bytes"), `{"type":"string","contentEncoding":"base64"}`, `"" "AAA=" "` + strings.Repeat("AbC/", 100) + `"`, `"A" "AA=" "AA\r\n==" null 1`},
		"raw":       {of[json.RawMessage]("raw"), `{"not":{"const":7}}`, `null 1 "\u00e4" {"a":[1,{}]} [] true`, `7 7.0 {"a":1,"a":2} nul`},
		"constants": {of[string]("canonical"), `{"enum":["a","",1,1500,-0.5,true,[1,{"b":2,"a":[]}],{"a":1,"b":["x"]},{},"\u00e4\n"]}`, `"a" "\u0061" "" 1 1.0 10e-1 15e2 1500.0 -5e-1 true [1,{"b":2,"a":[]}] [1e0,{"\u0061":[],"b":20e-1}] {"b":["\u0078"],"a":1.0} {} "ä\u000a"`, `"b" 2 0.5 false null [] [1] [{"a":[],"b":2},1] {"a":1} {"a":1,"b":["x"],"c":1} {"a":1,"b":["x"],"a":1} nul tru "a {"a` + moreText},
		"constant":  {of[string]("canonical"), `{"const":{"k":[null,1e2]}}`, `{"k":[null,100]} {"\u006b":[null,1e2]}`, `{"k":[null,10]} {"k":[null,100],"k":[null,100]} {} null`},
		"or null":   {of[string]("canonical"), `{"enum":[null,"on",[0]]}`, `"on" [-0.0]`, `null "off" [] [0,0]`},
		"two enums": {of[string]("canonical"), `{"enum":["a",1,[2]],"const":[2.0],"maxItems":1}`, `[2] [20E-1]`, `"a" 1 [1]`},
		"of types":  {of[string]("canonical"), `{"enum":["ab",1,true,[2]],"type":["string","integer","array"],"minLength":1,"maxLength":2,"pattern":"b$"}`, `"ab" "a\u0062" 1 1.0 [2]`, `true "a" 1.5 [2,2] null`},
		"far":       {of[string]("canonical"), `{"enum":[[1e2000000000000000],1e3]}`, `1000 1e3`, `[1e2000000000000000] [1e2999999999999999] [1e20] 1e2000000000000000`},
		"many":      {of[string]("canonical"), `{"enum":["a","b","c","d","e","f","g","h","i","j",1,2,3]}`, `"a" "\u006a" 3.0`, `"k" 4 null`},
		"any":       {of[string]("canonical"), `{"not":{"const":7}}`, ``, `1e1 "\u00e4" {"b":[1,{}],"a":10} [] true null 7 7.0 {"a":1,"a":2} nul 1e1+ [1e1-] 1e1e`},
		"big":       {of[big.Int]("external"), `{"type":"integer","minimum":-9}`, "0 -9 100000000000000000000000000", "-10 1.5 1.0 01" + moreInts},
		"prefix":    {of[netip.Prefix]("external"), `{"type":"string","maxLength":12}`, `"10.0.0.0/8" "\u0031.0.0.0/8"`, `"10.0.0.0" "100.100.100.0/24"` + moreText},
		"plain":     {of[map[string][]int8]("external"), `{"type":"object","maxProperties":2}`, `{} {"a":[1,-128],"b":null} {"a":[]}`, `{"a":[128]} {"a":1} {"a":[1]]} {"a":[],"b":[],"c":[]} null []`},
		"own":       {of[oneMethod]("external"), `{"type":"object","maxProperties":2}`, `{"x":1} {"id":"a"} {"x":{"id":"b"},"id":"a"}`, `{"id":1} null {"a":1,"b":2,"c":3} {"id":"a","id":"b"}`},
		"readable":  {of[twoMethods]("external"), `{"type":["string","number"]}`, `"" "a" "\u00e4"`, `{"id":1} null 1 "a`},
		"keeps":     {of[selfish]("external"), `{"type":"string","minLength":1}`, `"a" "bc" "\u00e4"`, `"refused" 1 null "" "a`},
		"struct":    {of[leaf]("struct"), `{"type":"object","required":["id"],"properties":{"id":{"type":"string"},"next":{"$ref":"leaf"},"all":{"type":"array","items":{"$ref":"leaf"}}}}`, `{"id":""} {"id":"a","next":{"id":"b"},"all":[{"id":"c"}]}`, `{} null []`},
	}
}

// rules are those of values that are held, by the name of the case.
func (c kindCase) rules() *check.Validator { return c.allRules().Of("held") }

// allRules are those, and of values that are not held, by what they are.
func (c kindCase) allRules() *check.Rules {
	return check.ReadRules(`{
"held": {"type": "object", "properties": {"v": {"$ref": "value"}, "may": {"$ref": "value"}, "null": {"anyOf": [{"$ref": "value"}, {"type": "null"}]}, "must": {"oneOf": [{"type": "null"}, {"$ref": "value"}]}, "nil": {"type": ["array", "null"], "items": {"$ref": "value"}}, "list": {"type": "array", "items": {"$ref": "value"}}, "map": {"$ref": "map"}, "lists": {"type": "array", "items": {"$ref": "list"}}, "listMap": {"$ref": "list map"}, "mapList": {"$ref": "map list"}, "maps": {"type": "object", "additionalProperties": {"$ref": "map"}}, "nulls": {"type": "array", "items": {"$ref": "null"}}, "nullMap": {"$ref": "null map"}, "mapNull": {"anyOf": [{"$ref": "map"}, {"type": "null"}]}, "mayList": {"$ref": "list"}}},
"list": {"type": "array", "items": {"$ref": "value"}, "maxItems": 4},
"null": {"anyOf": [{"$ref": "value"}, {"type": "null"}]},
"no list": {"type": ["array", "null"], "items": {"$ref": "value"}},
"map": {"type": "object", "additionalProperties": {"$ref": "value"}, "minProperties": 1},
"list map": {"type": "object", "additionalProperties": {"$ref": "list"}},
"map list": {"type": "array", "items": {"$ref": "map"}, "maxItems": 2},
"null map": {"type": "object", "additionalProperties": {"$ref": "null"}, "maxProperties": 3},
"leaf": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "next": {"$ref": "leaf"}, "all": {"type": "array", "items": {"$ref": "leaf"}}}},
"value": ` + c.schema + `
}`)
}

// agree holds both ways to read a text to each other, and tells whether it is valid, and what was
// read again though it was judged.
func (c *kindCase) agree(t *testing.T, data []byte, by *check.Validator) (valid bool, again []string) {
	t.Helper()
	want, p := c.value()
	wrong := by.Check(data)
	if wrong == nil {
		r := codec.Begin(data)
		r.Fresh()
		r.JSON().Struct(p, &c.table)
		wrong = r.End()
	}
	got, q := c.value()
	r := codec.BeginBy(data, by)
	r.JSON().Struct(q, &c.table)
	if err := r.End(); fmt.Sprint(err) != fmt.Sprint(wrong) || err == nil && !reflect.DeepEqual(got, want) {
		t.Fatalf("%s is read as\n%+v, %v\nin one pass, else as\n%+v, %v", data, got, err, want, wrong)
	}
	atOnce, s := c.value()
	again, ok := c.table.Again(data, by, s)
	if ok != (wrong == nil) || ok && !reflect.DeepEqual(atOnce, want) {
		t.Fatalf("%s is read as\n%+v, %v\nby the plan, else as\n%+v, %v", data, atOnce, ok, want, wrong)
	}
	return ok, again
}

// heldForms are texts with values, and badHeld such that are not valid, or seldom.
var (
	heldForms = []string{
		`{"v":%s}`, `{"may":%s,"v":%[1]s}`, ` { "v" : %s , "list" : [ %[1]s , %[1]s ]} `, `{"list":[%s,%[1]s,%[1]s,%[1]s,%[1]s,%[1]s],"may":%[1]s}`, `{"\u0076":%s,"x":1}`, `{"null":%s,"must":null,"nil":null}`, ` { "must" : %s , "nil" : [ %[1]s ] , "null" : null } `,
		`{"map":{"a":%s}}`, ` { "map" : { "a\u0061" : %s , "" : %[1]s } , "v" : %[1]s}`, `{"lists":[[%s],[],[%[1]s,%[1]s]],"mayList":[%[1]s],"maps":{"a":{"b":%[1]s,"c":%[1]s},"b":{"b":%[1]s}}}`,
		`{"listMap":{"a":[%s],"b":[],"c":[%[1]s,%[1]s]},"mapList":[{"a":%[1]s},{"b":%[1]s,"a":%[1]s}],"mapNull":{"a":%[1]s}}`, `{"mapNull":null,"nulls":[null,%s,null,%[1]s,null],"nullMap":{"a":null,"b":%[1]s,"c":null}}`,
	}
	badHeld = []string{
		`{"v":%s}`, `{"v":%s`, `{"may":%s}`, `{"null":%s}`, `{"must":%s,"nil":%[1]s}`, `{"nil":[%s]}`, `{"must":nul,"v":%s}`, `{"null":null,"\u006eull":%s}`, `{"list":[%s]}`, `{"list":%s}`, `{"list":[%s,]}`, `{"map":{"a":%s}}`, `{"map":{"a":%s,"\u0061":1}}`, `{"map":%s}`, `{"map":{%s}}`, `{"map":{}}`, `{"map":{"a":%s,}}`, `{"map":{"a" %s}}`,
		`{"lists":[[%s]]}`, `{"lists":[%s]}`, `{"lists":[[%s],null]}`, `{"listMap":{"a":[%s],"a":[]}}`, `{"listMap":{"a":%s}}`, `{"mapList":[{"a":%s}]}`, `{"mapList":[{}]}`, `{"mapList":[%s]}`, `{"maps":{"a":{"b":%s}}}`, `{"maps":{"b":{"b":%s,"b":%[1]s}}}`,
		`{"nulls":[%s]}`, `{"nulls":[null,%s,nul]}`, `{"nullMap":{"a":%s,"\u0061":null}}`, `{"nullMap":{"a":null,"b":%s}}`, `{"mapNull":%s}`, `{"mapNull":{"a":%s}}`, `{"mayList":%s}`, `{"mayList":[%s,null]}`,
	}
)

// TestOnePassKinds: values of each kind are judged and read at once, to the same as by two passes.
func TestOnePassKinds(t *testing.T) {
	for name, c := range kindCases() {
		by := c.rules()
		if _, ok := c.table.Again([]byte("{}"), by, func() unsafe.Pointer { _, p := c.value(); return p }()); !ok {
			t.Errorf("%s: there is no plan", name)
		}
		plain, nullToo := strings.Fields(c.plain), c.allRules().Of("value").Check([]byte("null")) == nil
		for _, text := range plain {
			for _, form := range heldForms {
				if nullToo && strings.Contains(form, "must") {
					continue // of which two alternatives hold
				}
				data := []byte(fmt.Sprintf(form, text))
				if valid, again := c.agree(t, data, by); !valid || again != nil {
					t.Errorf("%s: %s: valid: %v; judged and read again: %v", name, data, valid, again)
				}
			}
		}
		for _, text := range append(strings.Fields(c.others), "") {
			for _, form := range badHeld {
				c.agree(t, []byte(fmt.Sprintf(form, text)), by)
			}
		}
	}
}

// TestOnePassKindsMutants reads texts in both ways in which some bytes are others.
func TestOnePassKindsMutants(t *testing.T) {
	r, count := rand.New(rand.NewPCG(1, 2)), 400
	if testing.Short() {
		count /= 10
	}
	valid := 0
	for _, c := range kindCases() {
		by, plain, texts := c.rules(), strings.Fields(c.plain), strings.Fields(c.plain+" "+c.others)
		one := func() string {
			if len(plain) > 0 && r.IntN(8) > 0 {
				return plain[r.IntN(len(plain))]
			}
			return texts[r.IntN(len(texts))]
		}
		for range count {
			data := []byte(fmt.Sprintf(`{"v":%s,"list":[%s,%s],"may":%s,"null":%s,"must":null,"nil":null}`, one(), one(), one(), one(), one()))
			switch r.IntN(4) {
			case 0:
				data = []byte(fmt.Sprintf(`{"v":%s,"map":{"a":%s,"b":%s}}`, one(), one(), one()))
			case 1:
				data = []byte(fmt.Sprintf(`{"lists":[[%s,%s]],"nulls":[%s,null],"nullMap":{"a":%s,"b":null}}`, one(), one(), one(), one()))
			case 2:
				data = []byte(fmt.Sprintf(`{"listMap":{"a":[%s,%s],"b":[]},"mapList":[{"a":%s}],"maps":{"a":{"b":%s}}}`, one(), one(), one(), one()))
			}
			for range r.IntN(3) {
				i := r.IntN(len(data))
				switch r.IntN(3) {
				case 0:
					data[i] = "\"\\{}[],:0 1eEaZT.-+u=\x00\xff"[r.IntN(23)]
				case 1:
					data = append(data[:i], data[i+1:]...)
				default:
					data = append(data[:i], append([]byte{' '}, data[i:]...)...)
				}
			}
			if ok, _ := c.agree(t, data, by); ok {
				valid++
			}
		}
	}
	if t.Logf("%d are valid", valid); valid < count {
		t.Error("there is little to be learnt from that")
	}
}

// FuzzOnePassKinds reads any values in both ways.
func FuzzOnePassKinds(f *testing.F) {
	cases, byName := kindCases(), map[string]*check.Validator{}
	for name, c := range cases {
		byName[name] = c.rules()
		for _, text := range strings.Fields(c.plain + " " + c.others) {
			f.Add(name, []byte(`{"v":`+text+`,"may":`+text+`,"list":[`+text+`]}`))
		}
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if c, ok := cases[name]; ok {
			c.agree(t, data, byName[name])
		}
	})
}
