package codec_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

// selfish is a type of somebody else that keeps a pointer to itself on the heap, refuses a text
// and panics at another.
type selfish struct {
	self *struct{ of *selfish }
	text string
}

func (s *selfish) UnmarshalJSON(data []byte) error {
	s.self = &struct{ of *selfish }{s}
	switch err := json.Unmarshal(data, &s.text); {
	case err != nil:
		return err
	case s.text == "refused":
		return errors.New("is refused")
	case s.text == "panics":
		panic("own")
	}
	return nil
}

func (s *selfish) MarshalJSON() ([]byte, error) { return json.Marshal(s.text) }

// keeper has one in it, and others that have one.
type keeper struct {
	V    selfish
	In   inStruct
	Row  inRow
	List []inStruct
	Name string
}

type (
	inStruct struct{ V selfish }
	inRow    struct{ V selfish }
)

var (
	keeperTable = codec.Struct{Of: (*keeper)(nil), Text: `
		"v" external
		"in" struct
		"row" struct
		"list" struct list some
		"name" string`}
	withinTable = codec.Struct{Of: (*inStruct)(nil), Text: `"v" external`}
	inRowTable  = codec.Struct{Of: (*inRow)(nil), Text: "external"}
)

func (v *keeper) CodeJSON(j *codec.JSON)   { j.Struct(codec.Kept(unsafe.Pointer(v)), &keeperTable) }
func (v *inStruct) CodeJSON(j *codec.JSON) { j.Struct(codec.Kept(unsafe.Pointer(v)), &withinTable) }
func (v *inRow) CodeJSON(j *codec.JSON)    { j.Struct(codec.Kept(unsafe.Pointer(v)), &inRowTable) }

var keeperRules = check.ReadRules(`{
"keeper": {"type": "object", "properties": {"v": {"type": "string", "maxLength": 9}, "in": {"$ref": "within"}, "row": {"prefixItems": [{"type": "string"}]}, "list": {"type": "array", "items": {"$ref": "within"}}, "name": {"type": "string"}}},
"within": {"type": "object", "properties": {"v": {"type": "string"}}}
}`)

// readKept reads a value whose parts keep pointers to themselves: it would lie on the stack if
// it did not ask for more.
func readKept(r *codec.Reader) (ok bool, err error) {
	var v keeper
	v.CodeJSON(r.JSON())
	err = r.End()
	grown(1 << 10) // which moves the stack
	for _, s := range []*selfish{&v.V, &v.In.V, &v.Row.V, &v.List[len(v.List)-1].V} {
		if s.self.of != s || s.text == "" {
			return false, err
		}
	}
	return v.Name == "n", err
}

// grown takes so many kilobytes of the stack.
func grown(n int) byte {
	var room [1 << 10]byte
	room[n%len(room)] = 1
	if n == 0 {
		return room[0]
	}
	return grown(n-1) + room[n%7]
}

// TestExternalKept: a type of somebody else may keep a pointer to a value of it that is read.
func TestExternalKept(t *testing.T) {
	text := []byte(`{"v":"a","in":{"v":"b"},"row":["c"],"list":[{"v":"d"}],"name":"n"}`)
	by := keeperRules.Of("keeper")
	if again, ok := keeperTable.Again(text, by, unsafe.Pointer(new(keeper))); again != nil || !ok {
		t.Errorf("judged and read again: %v; ok: %v", again, ok)
	}
	for range 3 {
		for _, r := range []*codec.Reader{codec.Begin(text), codec.BeginBy(text, by)} {
			done := make(chan struct{})
			go func() { // with a small stack
				defer close(done)
				if ok, err := readKept(r); !ok || err != nil {
					t.Errorf("values are not where they were read: %v", err)
				}
			}()
			<-done
		}
	}
}

// TestExternalPanics: a method that panics does so for texts that are valid, in one pass as in
// two; and what is not valid is told.
func TestExternalPanics(t *testing.T) {
	by := keeperRules.Of("keeper")
	keeperTable.Again([]byte("{}"), by, unsafe.Pointer(new(keeper)))
	for text, want := range map[string]string{
		`{"v":"panics"}`:                       "panic: own",
		`{"list":[{"v":"a"},{"v":"panics"}]}`:  "panic: own",
		`{"v":"panics","name":1}`:              `type at "/name", offset 21: must be a string, is a number`,
		`{"v":"refused","name":1}`:             `type at "/name", offset 22: must be a string, is a number`,
		`{"v":"panics","row":["a"]`:            `json at "", offset 25: the text ends within a value`,
		`{"v":"refused","in":{"v":"panics"}}`:  `go-type at "/v", offset 5: is refused`,
		`{"list":[{"v":"a"},{"v":"refused"}]}`: `go-type at "/list/1/v", offset 24: is refused`,
	} {
		for range 2 {
			v := keeper{Name: "used"}
			got := outcomeOf(func() error { return codec.Unmarshal([]byte(text), by, &v) })
			if !strings.HasPrefix(got, want[:min(len(want), 30)]) {
				t.Errorf("%s: %s, want %s", text, got, want)
			}
			if judged := by.Check([]byte(text)); judged != nil && (got != strings.TrimSpace(violations(judged)) || v.Name != "used") {
				t.Errorf("%s: %s, and judged alone %v; the name is now %q", text, got, judged, v.Name)
			}
		}
	}
	if err := codec.Unmarshal([]byte(`{"v":"a","name":"b"}`), by, new(keeper)); err != nil {
		t.Errorf("behind all that: %v", err)
	}
}

// oneMethod is a type of somebody else that a codec.Value is.
type oneMethod struct{ ID string }

func (v *oneMethod) CodeJSON(j *codec.JSON) {
	if r := j.Reader(); r != nil {
		for r.Object(); r.Member(); {
			if string(r.Key()) == "id" {
				v.ID = r.String()
			} else {
				r.Skip()
			}
		}
		return
	}
	w := j.Writer()
	w.Object()
	w.Member("id")
	w.String(v.ID)
	w.EndObject()
}

// twoMethods is one that is read and written by two methods.
type twoMethods struct{ at string }

func (v *twoMethods) ReadJSON(r *codec.Reader)  { v.at += r.String() }
func (v *twoMethods) WriteJSON(w *codec.Writer) { w.String(v.at) }

// outcomeOf is what a function fails or panics with.
func outcomeOf(f func() error) (told string) {
	defer func() {
		if why := recover(); why != nil {
			told = fmt.Sprint("panic: ", why)
		}
	}()
	return strings.TrimSpace(violations(f()))
}

// price is a type that is defined by one of somebody else, which has lost its methods.
type price selfish

var priceTable = codec.Single{Of: (*price)(nil), As: (*selfish)(nil), Text: "external"}

func (v *price) CodeJSON(j *codec.JSON) { j.Single(codec.Kept(unsafe.Pointer(v)), &priceTable) }

// TestSingleAs: a type may be read and written by the methods of the one that it is defined by,
// and holds nothing of what was there before.
func TestSingleAs(t *testing.T) {
	by := check.ReadRules("{\n" + `"price": {"type": "string", "maxLength": 9}` + "\n}").Of("price")
	for range 3 {
		for text, want := range map[string]string{`"a"`: "no failure", `"refused"`: `go-type at "", offset 0: is refused`, `"longer than that"`: `maxLength at "", offset 0: must have at most 9 characters, has 16: "longer than that"`} {
			v := price{text: "used"}
			if got := strings.TrimSpace(violations(codec.Unmarshal([]byte(text), by, &v))); got != want {
				t.Errorf("%s: %s", text, got)
			}
			if back, err := codec.Marshal(&v); want == "no failure" && (err != nil || string(back) != text || v.self.of != (*selfish)(&v)) {
				t.Errorf("%s is written as %s, %v", text, back, err)
			}
		}
	}
	if !by.Reads(nil) {
		t.Error("there is no plan")
	}
	defer func() {
		if recover() == nil {
			t.Error("a type is read as another")
		}
	}()
	wrong := codec.Single{Of: (*price)(nil), As: (*inStruct)(nil), Text: "external"}
	codec.NewReader("1").JSON().Single(unsafe.Pointer(new(price)), &wrong)
}

// TestExternalMap: each value of a map is read where nothing else is read.
func TestExternalMap(t *testing.T) {
	table := codec.Single{Of: (*map[string]selfish)(nil), Text: "external map", Maps: []codec.Map{codec.MapOf[selfish]}}
	by := check.ReadRules("{\n" + `"map": {"type": "object", "additionalProperties": {"type": "string"}}` + "\n}").Of("map")
	text := []byte(`{"a":"1","b":"2","c":"3"}`)
	if _, ok := table.Again(text, by, unsafe.Pointer(new(map[string]selfish))); !ok {
		t.Error("there is no plan")
	}
	for name, r := range map[string]*codec.Reader{"two passes": codec.Begin(text), "one pass": codec.BeginBy(text, by)} {
		var m map[string]selfish
		r.JSON().Single(unsafe.Pointer(&m), &table)
		err := r.End()
		var kept []string
		for _, v := range m {
			kept = append(kept, v.self.of.text)
		}
		if slices.Sort(kept); err != nil || fmt.Sprint(kept) != "[1 2 3]" {
			t.Errorf("%s: what values keep is %v, %v", name, kept, err)
		}
	}
}
