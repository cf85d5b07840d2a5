package codec

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"reflect"
	"strconv"
	"testing"
	"time"
	"unsafe"

	"github.com/asyncwire/asyncwire/internal/workload"
	"github.com/asyncwire/asyncwire/runtime/check"
)

// orNull is what a Nullable of the runtime is.
type orNull[T any] struct {
	value T
	state uint8
}

// The types that random texts are read into: a tree has twigs, and there are values of one of
// several types.
type (
	tree struct {
		S    string
		I    maybe[int32]
		F    maybe[float64]
		R    json.RawMessage
		P    *tree
		L    []twig
		G    any
		M    map[string]int64
		T    maybe[time.Time]
		GS   []any
		LS   []string
		N    orNull[string]
		NL   []string
		MT   map[string]twig
		MG   map[string]any
		ML   map[string][]string
		MN   map[string]orNull[string]
		LL   [][]string
		LN   []orNull[twig]
		MP   orNull[map[string]*twig]
		Free anything
		H    *shrub
		Row  *row
		Bush bush
		HN   orNull[hedge]
		C    bark
		CS   []bark
		CM   map[string]orNull[bark]
		E    maybe[lichen]
		ES   []lichen
		U    *url.URL
		UL   []*url.URL
		UM   map[string]orNull[*url.URL]
		Q    string
		Rest struct{ text string }
	}
	twig struct {
		S    string
		K    string
		G    any
		B    maybe[bool]
		Rest struct{ text string }
	}
	shrub struct {
		S     string
		P     *shrub
		L     []shrub
		More  map[string]json.RawMessage
		Other json.RawMessage
	}
	moss struct {
		S     string
		More  map[string]int64
		Other json.RawMessage
	}
	row struct {
		S     string
		I     int32
		P     *row
		N     orNull[string]
		H     maybe[shrub]
		Rest  []float64
		Other json.RawMessage
	}
	rows struct { // a list that keeps what is none
		Items []row
		Other json.RawMessage
	}
	lichen struct { // of somebody else
		Text string
	}
	oneOfAll struct{ V any } // a tree, a twig or one of those below
	bud      string
	weight   float64
	thorns   []string
	bark     string // with a value of any kind
	burr     struct{ *url.URL }
)

// randomTables are how these are read. Tables keep plans for the schemas that they were used
// with, so that there are others for each set of schemas.
type randomTables struct {
	tree, twig, shrub, moss, row, rows *Struct
	oneOfAll                           *Sum
}

// tablesNow are those of the set of schemas that is tried.
var tablesNow randomTables

func (v *tree) CodeJSON(j *JSON)     { j.Struct(unsafe.Pointer(v), tablesNow.tree) }
func (v *twig) CodeJSON(j *JSON)     { j.Struct(unsafe.Pointer(v), tablesNow.twig) }
func (v *shrub) CodeJSON(j *JSON)    { j.Struct(unsafe.Pointer(v), tablesNow.shrub) }
func (v *moss) CodeJSON(j *JSON)     { j.Struct(unsafe.Pointer(v), tablesNow.moss) }
func (v *row) CodeJSON(j *JSON)      { j.Struct(unsafe.Pointer(v), tablesNow.row) }
func (v *rows) CodeJSON(j *JSON)     { j.Struct(unsafe.Pointer(v), tablesNow.rows) }
func (v *oneOfAll) CodeJSON(j *JSON) { j.Sum(unsafe.Pointer(v), tablesNow.oneOfAll) }

// UnmarshalJSON takes every value but one.
func (v *lichen) UnmarshalJSON(text []byte) error {
	if v.Text = string(text); v.Text == "2.5" {
		return errors.New("is no lichen")
	}
	return nil
}

// sumsNow are what the tables know of interfaces.
var sumsNow = []Value{(*oneOfAll)(nil)}

// mapsNow are what they know of maps.
var mapsNow = []Map{MapOf[twig], MapOf[tree], MapOf[orNull[string]], MapOf[orNull[glade]], MapOf[orNull[bark]], MapOf[lichen], MapOf[orNull[*url.URL]]}

// newTables makes tables, with a way to tell the types of oneOfAll apart.
func newTables(pick string, rules **check.Rules) randomTables {
	return randomTables{
		tree: &Struct{Of: (*tree)(nil), Sums: sumsNow, Maps: mapsNow, Text: `
			"s" string some
			"i" int32 optional
			"f" float64 optional
			"r" raw some
			"p" struct pointer some
			"l" struct list some
			"g" sum some
			"m" int64 map some
			"t" time optional
			"gs" sum list some
			"ls" string list some
			"n" string nullable some
			"nl" string list nil
			"mt" struct map some
			"mg" sum map some
			"ml" string list map some
			"mn" string nullable map some
			"ll" string list list some
			"ln" struct nullable list some
			"mp" struct pointer map nullable some
			"free" value
			"h" struct pointer some
			"row" struct pointer some
			"bush" value list some
			"hn" value map nullable some
			"c" canonical some
			"cs" canonical list some
			"cm" canonical nullable map some
			"e" external optional
			"es" external list some
			"u" url some
			"ul" url list some
			"um" url nullable map some
			"q\"" string some
			unknown`},
		twig: &Struct{Of: (*twig)(nil), Sums: sumsNow, Text: `
			"s" string some
			"k" string some
			"g" sum some
			"b" bool optional
			unknown`},
		shrub: &Struct{Of: (*shrub)(nil), Text: `
			"s" string some
			"p" struct pointer some
			"l" struct list some
			extra raw map
			other`},
		moss: &Struct{Of: (*moss)(nil), Text: `
			"s" string some
			extra int64 map
			other`},
		row: &Struct{Of: (*row)(nil), Text: `
			string
			int32
			struct pointer some
			string nullable some
			struct optional
			rest float64 list
			other`},
		rows: &Struct{Of: (*rows)(nil), Text: `
			rest struct list
			other`},
		oneOfAll: &Sum{
			Of: (*oneOfAll)(nil), Branches: []any{(*tree)(nil), (*twig)(nil), (*bud)(nil), (*weight)(nil), (*thorns)(nil), (*shrub)(nil), (*row)(nil), (*bush)(nil), (*hedge)(nil), (*bark)(nil), (*lichen)(nil), (*burr)(nil)},
			Kinds: "struct\nstruct\nstring\nfloat64\nstring list\nstruct\nstruct\nvalue list\nvalue map\ncanonical\nexternal\nurl", Rules: rules, Text: pick,
		},
	}
}

// randomPicks are ways to tell the types of oneOfAll apart.
var randomPicks = []string{
	`{"kinds":{"object":{"try":{"d1":0,"d2":1,"":1}},"string":2,"number":3,"array":4,"null":null}}`,
	`{"kinds":{"object":{"try":{"d1":0,"":1}},"string":2,"number":3,"array":4,"null":null}}`,
	`{"kinds":{"object":{"member":"k","texts":{"a":0,"b":1},"else":{"present":"s","then":1,"else":0}},"string":2,"number":3,"array":4}}`,
	`{"kinds":{"object":{"present":"i","then":0,"else":1},"string":{"try":{"":2}},"number":3,"array":4}}`,
	`{"kinds":{"object":{"present":"i","then":{"member":"s","texts":{"a":1},"else":0},"else":{"try":{"d0":0,"":1}}},"string":2,"number":3,"array":4}}`,
	`{"kinds":{"object":{"member":"k","texts":{"a":{"member":"s","texts":{"a":0,"b":1}}},"else":1},"string":2,"number":3,"array":4}}`,
	`{"kinds":{"object":{"present":"i","then":{"kinds":{"string":2}},"else":{"present":"s","then":1,"else":0}},"string":2,"number":3,"array":4}}`,
	`{"kinds":{"object":0,"string number":{"try":{"d0":2,"":3}},"array":4}}`,
	`{"kinds":{"object":5,"string null boolean array":5,"number":3}}`,
	`{"kinds":{"object null":{"try":{"d0":5,"":1}},"string":2,"number":3,"array":5}}`,
	`{"kinds":{"object":1,"array null":6,"string":2,"number":3}}`,
	`{"kinds":{"object":1,"array":{"try":{"d0":6,"":4}},"string":2,"number":3}}`,
	`{"kinds":{"object":{"try":{"d0":1,"":8}},"array":{"try":{"d2":7,"":4}},"string":2,"number":3}}`,
	`{"kinds":{"object":{"present":"s","then":0,"else":8},"array":7,"string":2,"number":3}}`,
	`{"kinds":{"object":0,"string number boolean array":9}}`,
	`{"try":{"d0":9,"d1":0,"":1}}`,
	`{"kinds":{"object":0,"string":11,"number":3,"array":4,"null":null}}`,
	`{"kinds":{"object":{"try":{"d0":1,"":8}},"string":{"try":{"d1":11,"":2}},"number":3,"array":4}}`,
	`{"kinds":{"object":{"try":{"bark":9,"":0}},"string boolean null":{"try":{"bark":9,"":2}},"number":3,"array":{"try":{"bark":9,"d1":5,"":4}}}}`,
	`{"kinds":{"object":{"try":{"d1":10,"d2":1,"":10}},"string number":10,"array":4,"null":null}}`,
}

// randomRoot is a type that texts as a whole are read into.
type randomRoot struct {
	schema string   // by which they are judged
	forms  []string // of the texts
	texts  int      // so many
	used   string   // a text of a value that another is read into
	table  planned
	read   func(j *JSON, p unsafe.Pointer)
	value  func() any // a pointer to a new one
}

// randomRoots are a struct, a value of one of several types, and some that are neither.
func randomRoots() []randomRoot {
	const aTree = `{"s":"used","p":{"s":"in","l":[{"s":"q"}]},"l":[{"s":"1"},{"s":"2"}],"m":{"q":1},"r":[1],"ls":["q"],"nl":["q"],"n":null,"x":3}`
	return []randomRoot{
		{"root", []string{"OBJECT"}, 30, aTree, tablesNow.tree, func(j *JSON, p unsafe.Pointer) { j.Struct(p, tablesNow.tree) }, func() any { return new(tree) }},
		{"root", []string{"OBJECT", "OBJECT", "VALUE"}, 30, `["used"]`, tablesNow.oneOfAll, func(j *JSON, p unsafe.Pointer) { j.Sum(p, tablesNow.oneOfAll) }, func() any { return new(oneOfAll) }},
		{"root", []string{"OBJECT", "OBJECT", "VALUE"}, 30, `{"s":"used","p":{"s":"in"},"l":[{"s":"1","q":2}],"x":1}`, tablesNow.shrub, func(j *JSON, p unsafe.Pointer) { j.Struct(p, tablesNow.shrub) }, func() any { return new(shrub) }},
		{"amounts", []string{`{"NAME":1,"NAME":2,"NAME":SCALAR}`, `{"NAME":1,"s":"a"}`, "VALUE"}, 10, `["used"]`, tablesNow.moss, func(j *JSON, p unsafe.Pointer) { j.Struct(p, tablesNow.moss) }, func() any { return new(moss) }},
		{"row", []string{"ROW"}, 20, `["used",1,["in"],null,{"s":"a"},1,2]`, tablesNow.row, func(j *JSON, p unsafe.Pointer) { j.Struct(p, tablesNow.row) }, func() any { return new(row) }},
		{"rows", []string{"[]", "[ROW]", "[ROW,ROW]", "VALUE"}, 10, `[["used",1,["in"]]]`, tablesNow.rows, func(j *JSON, p unsafe.Pointer) { j.Struct(p, tablesNow.rows) }, func() any { return new(rows) }},
		singleRoot[json.RawMessage]("root", "raw", `"used"`, "OBJECT"),
		singleRoot[[]tree]("list", "struct list", "["+aTree+"]", "[]", "[OBJECT]", "[OBJECT,OBJECT]"),
		singleRoot[[]any]("list", "sum list", `["used"]`, "[OBJECT]", "[VALUE,OBJECT]", "[OBJECT,OBJECT]"),
		singleRoot[map[string]tree]("map", "struct map", `{"used":{"s":"a"}}`, "{}", `{"a":OBJECT}`, `{"a":VALUE,"NAME":OBJECT}`),
		singleRoot[map[string][]any]("lists", "sum list map", `{"used":["a"]}`, "{}", `{"a":[OBJECT]}`, `{"a":[VALUE],"NAME":[OBJECT,VALUE]}`),
		singleRoot[[]orNull[tree]]("nulls", "struct nullable list", `[{"s":"used"},null]`, "[]", "[OBJECT,null]", "[VALUE,OBJECT]"),
		singleRoot[map[string]json.RawMessage]("map", "raw map", `{"used":1}`, "{}", `{"a":OBJECT}`, `{"a":VALUE,"NAME":OBJECT}`),
		singleRoot[map[string]int64]("amounts", "int64 map", `{"used":1}`, "{}", `{"a":1}`, `{"NAME":1,"NAME":SCALAR}`),
		singleRoot[[]string]("texts", "string list", `["used"]`, "[]", `["a"]`, `["a",SCALAR]`),
		singleRoot[bush]("bush", "value list", `[[],[[]]]`, "BUSH", "[BUSH,BUSH]", "VALUE"),
		singleRoot[hedge]("hedge", "value map", `{"used":{"a":{}}}`, "HEDGE", `{"a":HEDGE,"NAME":HEDGE}`, "VALUE"),
		singleRoot[grove]("grove", "value map list", `[{"used":[{}]}]`, "GROVE", `[{"a":GROVE},{"NAME":GROVE}]`, "VALUE"),
		singleRoot[ivy]("ivy", "value nullable list", `[null,[null]]`, "BUSH", "[BUSH,BUSH]", "[null,BUSH]"),
		singleRoot[map[string]orNull[glade]]("glades", "value list map nullable map", `{"used":{"a":[{}]}}`, `{"a":{"b":GROVE}}`, `{"a":{"NAME":GROVE,"NAME":GROVE},"b":null}`),
		singleRoot[string]("leaf", "string", `"used"`, "SCALAR"),
		singleRoot[*url.URL]("leaf", "url", `"used"`, "SCALAR"),
		singleRoot[orNull[*url.URL]]("word", "url nullable", `"used"`, "SCALAR", `"a"`, "null"),
		singleRoot[[]*url.URL]("texts", "url list nil", `["used"]`, "[]", `["a"]`, `["a",SCALAR]`, "null"),
		singleRoot[float64]("leaf", "float64", "7", "SCALAR"),
		singleRoot[bud]("word", "string", `"used"`, "SCALAR", `"a"`),
		singleRoot[orNull[bud]]("word", "string nullable", `"used"`, "SCALAR", `"a"`, "null"),
		singleRoot[bark]("bark", "canonical", `[1]`, "CONSTANT", "CONSTANT", "SCALAR"),
		singleRoot[orNull[bark]]("bark", "canonical nullable", `{"a":1}`, "CONSTANT", "CONSTANT", "null"),
		singleRoot[[]bark]("barks", "canonical list", `["used"]`, "[]", "[CONSTANT]", "[CONSTANT,CONSTANT]"),
		singleRoot[int64]("count", "int64", "7", "SCALAR", "1"),
		singleRoot[orNull[weight]]("count", "float64 nullable", "7", "SCALAR", "1", "null"),
		singleRoot[lichen]("leaf", "external", "7", "SCALAR"),
		singleRoot[map[string]lichen]("amounts", "external map", `{"used":1}`, "{}", `{"a":1}`, `{"NAME":1,"NAME":SCALAR}`),
		singleRoot[orNull[lichen]]("maybe", "external nullable", `["used"]`, "OBJECT", "VALUE", "null"),
		singleRoot[bool]("flag", "bool", "true", "true", "false", "SCALAR"),
		singleRoot[orNull[bool]]("flag", "bool nullable", "true", "true", "false", "SCALAR"),
		singleRoot[orNull[tree]]("maybe", "struct nullable", aTree, "OBJECT", "null"),
		singleRoot[orNull[any]]("maybe", "sum nullable", `["used"]`, "OBJECT", "VALUE", "null"),
		singleRoot[[]string]("texts", "string list nil", `["used"]`, "[]", `["a"]`, `["a",SCALAR]`, "null"),
	}
}

// singleRoot is a type that a Single has words for.
func singleRoot[T any](schema, words, used string, forms ...string) randomRoot {
	s := &Single{Of: (*T)(nil), Text: words, Sums: sumsNow, Maps: mapsNow}
	return randomRoot{schema, forms, 8, used, s, func(j *JSON, p unsafe.Pointer) { j.Single(p, s) }, func() any { return new(T) }}
}

// randomCounts tell what was learnt.
type randomCounts struct{ sets, plans, texts, valid, read int }

// TestOnePassRandom makes schemas by chance, and texts, and reads them in one pass and in two:
// both come to the same value or to the same error, whatever was there before.
// ASYNCWIRE_SEED is the number that chance goes by, which a failure tells; ASYNCWIRE_LONG=1 makes it
// twenty times as many schemas.
func TestOnePassRandom(t *testing.T) {
	sets := 250
	if workload.Long() {
		sets *= 20
	}
	seed, err := strconv.ParseUint(cmp.Or(os.Getenv("ASYNCWIRE_SEED"), fmt.Sprint(time.Now().UnixNano())), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]*randomCounts{}
	for i := range sets {
		g := sketches{texts{rand.New(rand.NewPCG(seed, uint64(i)))}}
		text := g.ruleSet()
		rules := check.ReadRules(text)
		if rules.Problems() != nil {
			continue // one leads back to itself
		}
		tablesNow = newTables(g.one(randomPicks...), &rules)
		for _, root := range randomRoots() {
			name := fmt.Sprintf("%T by %s", root.value(), root.schema)
			if counts[name] == nil {
				counts[name] = new(randomCounts)
			}
			if fault := root.tryTexts(g, rules.Of(root.schema), counts[name]); fault != "" {
				t.Fatalf("ASYNCWIRE_SEED=%d: %s: %s\nset %d:\n%s", seed, name, fault, i, text)
			}
		}
	}
	for name, c := range counts {
		if t.Logf("%s: %+v", name, *c); c.read == 0 || c.valid == c.texts {
			t.Errorf("ASYNCWIRE_SEED=%d: %s: there is little to be learnt", seed, name)
		}
	}
}

// tryTexts reads texts by a schema in all ways, and tells what differs.
func (root *randomRoot) tryTexts(g sketches, by *check.Validator, c *randomCounts) (fault string) {
	plan := root.table.plan(by)
	if c.sets++; plan == nil {
		return ""
	}
	c.plans++
	for range root.texts {
		text := []byte(g.fill(0, root.forms...))
		if g.IntN(6) == 0 {
			text = g.mutant(text)
		}
		valid, read, fault := root.agree(text, by, plan)
		if c.texts++; valid {
			c.valid++
		}
		if read {
			c.read++
		}
		if fault != "" {
			return fault
		}
	}
	return ""
}

// agree reads a text in all ways, and tells whether it is valid, whether the plan read it, and
// what differs.
func (root *randomRoot) agree(text []byte, by *check.Validator, plan *check.Plan) (valid, read bool, fault string) {
	before := bytes.Clone(text)
	want := root.inTwoPasses(text, by)
	read, fault = root.planned(text, plan, want)
	fault = cmp.Or(fault, root.fresh(text, by, want), root.reused(text, by, want))
	if fault == "" && !bytes.Equal(text, before) {
		fault = "it has become " + string(text)
	}
	if fault != "" {
		fault = fmt.Sprintf("%s\n%s", before, fault)
	}
	return want.err == nil, read, fault
}

// randomOutcome is what reading a text has come to.
type randomOutcome struct {
	v      any
	err    error
	judged error // that it is not valid
}

func (o randomOutcome) String() string {
	return fmt.Sprintf("%#v, %v", reflect.ValueOf(o.v).Elem(), o.err)
}

// differs tells how outcomes differ: values count where there is no error.
func (o randomOutcome) differs(want randomOutcome, way string) string {
	if fmt.Sprint(o.err) != fmt.Sprint(want.err) || o.err == nil && !reflect.DeepEqual(o.v, want.v) {
		return fmt.Sprintf("is read %s as\n%v\nand in two passes as\n%v", way, o, want)
	}
	return ""
}

// into reads a text into a value.
func (root *randomRoot) into(v any, r *Reader) error {
	root.read(r.JSON(), reflect.ValueOf(v).UnsafePointer())
	return r.End()
}

// inTwoPasses judges first, and reads then.
func (root *randomRoot) inTwoPasses(text []byte, by *check.Validator) randomOutcome {
	o := randomOutcome{v: root.value(), judged: by.Check(text)}
	if o.err = o.judged; o.err == nil {
		o.err = root.into(o.v, Begin(text))
	}
	return o
}

// fresh reads into a new value.
func (root *randomRoot) fresh(text []byte, by *check.Validator, want randomOutcome) (fault string) {
	v := root.value()
	return randomOutcome{v: v, err: root.into(v, BeginBy(text, by))}.differs(want, "in one pass")
}

// reused reads into a value that was used before. It stays as it was if the text is not valid,
// and in any case so does what it led to, which others may hold.
func (root *randomRoot) reused(text []byte, by *check.Validator, want randomOutcome) (fault string) {
	v, was := root.value(), root.value()
	for _, used := range []any{v, was} {
		_ = root.into(used, Begin([]byte(root.used))) // a Sum may be told apart by what that is not
	}
	shared := reflect.New(reflect.TypeOf(v).Elem())
	shared.Elem().Set(reflect.ValueOf(v).Elem())
	o := randomOutcome{v: v, err: root.into(v, BeginBy(text, by))}
	switch {
	case want.judged != nil && !reflect.DeepEqual(v, was):
		return fmt.Sprintf("is not valid, and was read: %v", o)
	case !reflect.DeepEqual(shared.Interface(), was):
		return fmt.Sprintf("is read, and what was there before has become %#v", shared.Elem())
	}
	return o.differs(want, "into what was used")
}

// planned reads by the plan alone, which need not read all that is valid.
func (root *randomRoot) planned(text []byte, plan *check.Plan, want randomOutcome) (read bool, fault string) {
	v := root.value()
	r := Begin(text)
	r.Fresh()
	if !plan.Read(text, reflect.ValueOf(v).UnsafePointer(), 0, (*others)(r)) || r.err != nil {
		return false, ""
	}
	return true, randomOutcome{v: v}.differs(want, "by the plan")
}
