package runtime_test

import (
	"fmt"
	"testing"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

// TestFormat: what logs print of generated types is what the values are.
func TestFormat(t *testing.T) {
	price, err := runtime.ParseDecimal("19.90")
	if err != nil {
		t.Fatal(err)
	}
	var unknown runtime.Members
	r := codec.NewReader(`{"x":1}`)
	for r.Object(); r.Member(); {
		unknown.Add(r)
	}
	v := struct {
		Note    runtime.Optional[string]
		No      runtime.Optional[int]
		Price   runtime.Optional[runtime.Decimal]
		Due     runtime.Nullable[runtime.Date]
		Null    runtime.Nullable[int]
		None    runtime.Nullable[int]
		Total   runtime.Decimal
		Unknown runtime.Members
	}{
		Note: runtime.Some("call"), Price: runtime.Some(price), Due: runtime.Value(runtime.NewDate(2026, 5, 4)), Null: runtime.Null[int](), Total: price,
		Unknown: unknown,
	}
	for format, want := range map[string]string{
		"%v":  `{call absent 19.90 2026-05-04 null absent 19.90 "x":1}`,
		"%+v": `{Note:call No:absent Price:19.90 Due:2026-05-04 Null:null None:absent Total:19.90 Unknown:"x":1}`,
	} {
		if got := fmt.Sprintf(format, v); got != want {
			t.Errorf("%s: %s, want %s", format, got, want)
		}
	}
	for _, tt := range []struct {
		format, want string
		value        any
	}{
		{"%q", `"call"`, v.Note}, {"%05d", "00007", runtime.Some(7)}, {"%6.2f|", "  1.50|", runtime.Value(1.5)}, {"%d", "absent", v.No}, {"%s", "null", v.Null},
		{"%#v", `runtime.Some("call")`, v.Note}, {"%#v", "runtime.Optional[int]{}", v.No}, {"%#v", "runtime.Null[int]()", v.Null},
		{"%#v", "runtime.Nullable[int]{}", v.None}, {"%#v", "runtime.Value(7)", runtime.Value(7)},
	} {
		if got := fmt.Sprintf(tt.format, tt.value); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.format, got, tt.want)
		}
	}
}
