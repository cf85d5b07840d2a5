package codec_test

import (
	"encoding/json"
	"testing"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

type line struct {
	SKU      string
	Quantity int32
	Price    float64
}

func (v *line) CodeJSON(j *codec.JSON) { j.Struct(unsafe.Pointer(v), &lineJSON) }

var lineJSON = codec.Struct{Of: (*line)(nil), Text: `
"sku" string
"quantity" int32
"price" float64`}

type lines []line

func (v *lines) CodeJSON(j *codec.JSON) {
	if r := j.Reader(); r != nil {
		*v = lines{}
		for r.Array(); r.Element(); {
			var e line
			e.CodeJSON(j)
			*v = append(*v, e)
		}
		return
	}
	w := j.Writer()
	w.Array()
	for i := range *v {
		(*v)[i].CodeJSON(j)
	}
	w.EndArray()
}

func TestRoundTrip(t *testing.T) {
	const text = `[{"sku":"a\n\"ü\u2028","quantity":-7,"price":0.1},{"sku":"","quantity":0,"price":1e+21}]`
	var v lines
	if err := codec.Unmarshal([]byte(" "+text+"\n"), nil, &v); err != nil {
		t.Fatal(err)
	}
	got, err := codec.Marshal(&v)
	if err != nil || string(got) != text {
		t.Errorf("written as %s, %v, want %s", got, err, text)
	}
	if !json.Valid(got) {
		t.Error("what was written is no JSON")
	}
}

func TestFail(t *testing.T) {
	var v lines
	for text, want := range map[string]string{
		`[{"sku":"","quantity":1},{"quantity":2147483648}]`: "/1/quantity: must be an integer that fits int32",
		`[{"sku":1}]`:        "/0/sku: must be a string, is a number",
		`{}`:                 "must be an array, is an object",
		`[{"price":1e400}]`:  "/0/price: must be a number that fits float64",
		`[{"sku":"\ud800"}]`: "/0/sku: \\ud800 is half of a surrogate pair and stands alone",
	} {
		if err := codec.Unmarshal([]byte(text), nil, &v); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// TestUnmarshalBy: text is judged by the schema of that name before it is read.
func TestUnmarshalBy(t *testing.T) {
	rules := check.NewRules(check.Set{
		{Name: "Any"}, {Name: "One", Schema: check.Schema{check.Array, check.MaxItems(1)}},
	})
	const text = `[{"sku":"a"},{"sku":"b"}]`
	var v lines
	if err := codec.UnmarshalBy([]byte(text), rules, "One", &v); err == nil || v != nil {
		t.Errorf("read by one schema are %v, %v", v, err)
	}
	if err := codec.UnmarshalBy([]byte(text), rules, "Any", &v); err != nil || len(v) != 2 {
		t.Errorf("read by the other are %v, %v", v, err)
	}
}
