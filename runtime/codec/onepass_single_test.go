package codec_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

// alone is how values are read that are no struct and not held by one.
type alone struct {
	schema string // by which they are judged
	table  *codec.Single
	value  func() (v any, p unsafe.Pointer) // a new one
}

func aloneAs[T any](schema, words string, maps ...codec.Map) alone {
	return alone{schema, &codec.Single{Of: (*T)(nil), Text: words, Maps: maps}, func() (any, unsafe.Pointer) { v := new(T); return v, unsafe.Pointer(v) }}
}

// read reads a value, fresh or not, and by two passes without rules.
func (a *alone) read(data []byte, by *check.Validator, p unsafe.Pointer, fresh bool) error {
	r := codec.Begin(data)
	if by != nil {
		r = codec.BeginBy(data, by)
	}
	if fresh {
		r.Fresh()
	}
	r.JSON().Single(p, a.table)
	return r.End()
}

// agree holds all ways to read a text to each other, and tells whether it is valid, and
// whether it was read at once.
func (a *alone) agree(t *testing.T, data, before []byte, by *check.Validator) (valid, atOnce bool) {
	t.Helper()
	want, p := a.value()
	wrong := by.Check(data)
	if wrong == nil {
		wrong = a.read(data, nil, p, true)
	}
	for _, used := range []bool{false, true} {
		got, q := a.value()
		if used && a.read(before, by, q, true) != nil {
			t.Fatalf("%s cannot be read", before)
		}
		was := fmt.Sprintf("%#v", reflect.ValueOf(got).Elem())
		err := a.read(data, by, q, !used)
		switch {
		case fmt.Sprint(err) != fmt.Sprint(wrong) || err == nil && !reflect.DeepEqual(got, want):
			t.Fatalf("%s is read as\n%#v, %v\nin one pass, else as\n%#v, %v", data, got, err, want, wrong)
		case by.Check(data) != nil && fmt.Sprintf("%#v", reflect.ValueOf(got).Elem()) != was:
			t.Fatalf("%s is not valid, and was read: %#v", data, got)
		}
	}
	got, q := a.value()
	again, ok := a.table.Again(data, by, q)
	if ok && wrong != nil || ok && !reflect.DeepEqual(got, want) {
		t.Fatalf("%s is read as\n%#v, %v\nby the plan, else as\n%#v, %v", data, got, ok, want, wrong)
	}
	if wrong == nil {
		a.rewritten(t, want, p)
	}
	return wrong == nil, ok && again == nil
}

// rewritten holds what is written of a value to what it is read as.
func (a *alone) rewritten(t *testing.T, v any, p unsafe.Pointer) {
	t.Helper()
	text, err := codec.Append(nil, codec.WriteFunc(func(w *codec.Writer) { w.JSON().Single(p, a.table) }))
	again, q := a.value()
	if err != nil || a.read(text, nil, q, true) != nil || !reflect.DeepEqual(again, v) {
		t.Fatalf("%#v is written as %s, %v, which is read as %#v", v, text, err, again)
	}
}

// aloneForms are texts with values, by the schema.
var aloneForms = map[string][]string{
	"value":    {"%s", " \n%s\t"},
	"list":     {"[%s]", " [ %s , %[1]s ] ", "[%s,%[1]s,%[1]s,%[1]s]"},
	"map":      {`{"a":%s}`, ` { "a\u0061" : %s , "" : %[1]s } `},
	"null":     {"%s", " \n%s\t", "null%.0s", " null %.0s"},
	"list map": {`{"a":[%s]}`, ` { "a\u0061" : [ %s , %[1]s ] , "" : [ ] } `},
	"map list": {`[{"a":%s}]`, `[ { "a\u0061" : %s , "" : %[1]s } , {"b":%[1]s} ]`},
	"null map": {`{"a":%s}`, ` { "a" : null , "b" : %s , "c" : null } `},
	"no list":  {"[%s]", " [ %s , %[1]s ] ", "[%s,%[1]s,%[1]s,%[1]s]", "null%.0s", " null %.0s"},
}

// badForms are texts that are not valid, or seldom.
var badForms = []string{"", "%s", "%s,", "%s %[1]s", "[%s", "[%s,]", "[%s]]", "[]", "[%s,%[1]s,%[1]s,%[1]s,%[1]s]", "[[%s]]", "{}", `{"a":%s`, `{"a":%s,}`, `{"a":%s,"\u0061":%[1]s}`, `{"a" %s}`, `{%s}`, "null", "[null]", `{"a":null}`, `{"a":[%s]}`, `{"a":[%s],"\u0061":[]}`, `[{"a":%s,"a":%[1]s}]`, `[{}]`, `[{"a":null}]`, `{"a":[null]}`, `{"a":null,"b":%s,"a":null}`}

// TestOnePassSingle: values that are no struct are judged and read at once, to the same as by
// two passes.
func TestOnePassSingle(t *testing.T) {
	rules, r := map[string]*check.Rules{}, rand.New(rand.NewPCG(3, 4))
	for name, c := range kindCases() {
		rules[name] = c.allRules()
		plain, others := strings.Fields(c.plain), strings.Fields(c.others)
		if len(plain) == 0 {
			continue
		}
		for i := range c.alone {
			a := &c.alone[i]
			by, forms := rules[name].Of(a.schema), aloneForms[a.schema]
			before := []byte(fmt.Sprintf(forms[0], plain[0]))
			a.agree(t, []byte("[1,"), before, by) // by who was not read by it before
			a.table.Again(before, by, func() unsafe.Pointer { _, p := a.value(); return p }())
			for _, text := range plain {
				for _, form := range forms {
					data := []byte(fmt.Sprintf(form, text))
					if valid, atOnce := a.agree(t, data, before, by); !valid || !atOnce && name != "struct" && name != "uuid none" {
						t.Errorf("%s: %s: %s: valid: %v; at once: %v", name, a.table.Text, data, valid, atOnce)
					}
					for range 8 {
						i := r.IntN(len(data))
						data[i] = "\"\\{}[],:0 1eEaZT.-+u=\x00\xff"[r.IntN(23)]
						a.agree(t, data, before, by)
					}
				}
			}
			for _, text := range append(others, "", plain[0]) {
				for _, form := range append(badForms, forms...) {
					a.agree(t, []byte(fmt.Sprintf(form+"%.0[1]s", text)), before, by)
				}
			}
		}
	}
}

// FuzzOnePassSingle reads any texts in both ways.
func FuzzOnePassSingle(f *testing.F) {
	cases, rules := kindCases(), map[string]*check.Rules{}
	for name, c := range cases {
		rules[name] = c.allRules()
		for _, text := range strings.Fields(c.plain + " " + c.others) {
			for i, a := range c.alone {
				f.Add(name, uint8(i), []byte(fmt.Sprintf(aloneForms[a.schema][0], text)))
			}
		}
	}
	f.Fuzz(func(t *testing.T, name string, i uint8, data []byte) {
		c, ok := cases[name]
		if !ok || int(i) >= len(c.alone) || c.plain == "" {
			return
		}
		a := &c.alone[i]
		before := []byte(fmt.Sprintf(aloneForms[a.schema][0], strings.Fields(c.plain)[0]))
		a.agree(t, data, before, rules[name].Of(a.schema))
	})
}

// TestSingleNullAgain reads null in two passes into what was used: nothing is left of that.
func TestSingleNullAgain(t *testing.T) {
	for _, c := range []struct {
		alone
		before string
	}{
		{aloneAs[[]string]("", "string list nil"), `["a"]`},
		{aloneAs[map[string][]int64]("", "int64 list map nil"), `{"a":[1]}`},
		{aloneAs[runtime.Nullable[string]]("", "string nullable"), `"a"`},
		{aloneAs[runtime.Nullable[[]string]]("", "string list nullable"), `["a"]`},
	} {
		got, p := c.value()
		want, q := c.value()
		for _, err := range []error{c.read([]byte(c.before), nil, p, false), c.read([]byte(`null`), nil, p, false), c.read([]byte(`null`), nil, q, true)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: null is read as %#v behind %s, else as %#v", c.table.Text, got, c.before, want)
		}
	}
}
