package check

import (
	"testing"

	"github.com/asyncwire/asyncwire/runtime/internal/parse"
)

// fitting are rules with the limits of Go types in all kinds of places.
func fitting() *Rules {
	small := Schema{Integer, Fits("int8")}
	return NewRules(Set{
		{"plain", Schema{Properties{{"n", small}}}},
		{"one", Schema{OneOf{small, {Number, Maximum("5")}}}},
		{"any", Schema{AnyOf{small, {Number, Minimum("1000")}}}},
		{"not", Schema{Not(small)}},
		{"if", Schema{If{If: small, Then: Schema{Minimum("10")}}}},
		{"contains", Schema{Contains(small)}},
		{"nested", Schema{OneOf{{OneOf{{Ref("member")}, {Required{"x"}}}}, {Array}}}},
		{"member", Schema{Object, Properties{{"n", small}}, Not{Required{"x"}}}},
		{"beside", Schema{Number, AnyOf{small, {Maximum("0")}}}},
		{"named", Schema{OneOf{{Ref("member")}, {Array}}, Discriminator{Property: "k", Names: []Alternative{{"a", 0}}}}},
		{"time", Schema{String, Format("date-time"), Fits(GoDateTime)}},
		{"texts", Schema{OneOf{{Ref("time")}, {String, MinLength(21)}}}},
		{"whole", Schema{Number, Fits("int8")}},
		{"in", Schema{Object, Properties{{"n", Schema{Number}}}, UnevaluatedProperties{Never{}}, FitsIn{Properties{{"n", Schema{Fits("int8")}}, {"m", Schema{}}}}}},
		{"tried", Schema{OneOf{{Ref("in")}, {Object, Required{"x"}}}}},
		{"branches", Schema{Types(Number | String), FitsIn{AnyOf{{Number, Minimum("1000")}, {Number, Fits("int8")}}}}},
		{"lone", Schema{AnyOf{{Number}, {String}}, FitsIn{Fits("int8")}}},
		{"formats", Schema{String, Format("email"), Fits(GoDateTime)}},
		{"wholes", Schema{OneOf{{Number, Fits("int8")}, {Minimum("0.75")}}}},
	})
}

// TestFits has limits of Go's types refuse values in the end, and decide nothing
// about alternatives, conditions and exclusions.
func TestFits(t *testing.T) {
	v := fitting()
	for _, tt := range []struct{ name, text, want string }{
		{"plain", `{"n":127}`, ""},
		{"plain", `{"n":128}`, "/n: must fit the format int8, is 128"},
		{"one", `127`, ""},
		{"one", `128`, "must fit the format int8, is 128"},
		{"one", `-129`, `must match exactly one of the 2 alternatives, matches both #1 and #2`},
		{"any", `999`, "must fit the format int8, is 999"},
		{"any", `1000`, ""},
		{"not", `1000`, `must not match the schema under "not"`},
		{"if", `-1000`, "must be at least 10, is -1000"},
		{"contains", `["a",1000]`, ""},
		{"nested", `{"n":1}`, ""},
		{"nested", `{"n":1000}`, "/n: must fit the format int8, is 1000"},
		{"beside", `-1000`, ""},
		{"beside", `1000`, "must fit the format int8, is 1000"},
		{"named", `{"k":"a","n":1000}`, "/n: must fit the format int8, is 1000"},
		{"in", `{"n":127}`, ""},
		{"in", `{"n":128}`, "/n: must fit the format int8, is 128"},
		{"in", `{"n":"1"}`, "/n: must be a number, is a string"},
		{"in", `{"m":1}`, `/m: property "m" is not allowed`},
		{"tried", `{"n":128}`, "/n: must fit the format int8, is 128"},
		{"tried", `{"n":128,"x":1}`, ""},
		{"branches", `1`, ""},
		{"branches", `128`, "must fit the format int8, is 128"},
		{"branches", `1000`, ""},
		{"branches", `true`, "must be a number or a string, is a boolean"},
		{"lone", `"a"`, ""},
		{"formats", `"2026-05-04T00:00:00Z"`, `must be an e-mail address (RFC 5321), is "2026-05-04T00:00:00Z"`},
		{"lone", `128`, "must fit the format int8, is 128"},
		{"time", `"2026-05-04T00:00:00Z"`, ""},
		{"time", `"2016-12-31T23:59:60Z"`, `must be a date-time (RFC 3339) without a leap second, to the nanosecond, is "2016-12-31T23:59:60Z"`},
		{"time", `"yesterday"`, `must be a date-time (RFC 3339), is "yesterday"`},
		{"texts", `"2016-12-31T23:59:60Z"`, `must be a date-time (RFC 3339) without a leap second, to the nanosecond, is "2016-12-31T23:59:60Z"`},
		{"texts", `"2016-12-31T23:59:60.0Z"`, `must match exactly one of the 2 alternatives, matches both #1 and #2`},
		{"whole", `0.5`, "must fit the format int8, is 0.5"},
		{"wholes", `0.5`, "must fit the format int8, is 0.5"},
		{"wholes", `0.75`, `must match exactly one of the 2 alternatives, matches both #1 and #2`},
	} {
		got := ""
		if err := v.Of(tt.name).Check([]byte(tt.text)); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%s: %s: %q, want %q", tt.name, tt.text, got, tt.want)
		}
		if valid := v.Of(tt.name).Valid([]byte(tt.text)); valid != (tt.want == "") {
			t.Errorf("%s: %s: valid is %v", tt.name, tt.text, valid)
		}
		var parts Parts
		if valid, _ := parts.Valid(v.Of(tt.name), []byte(tt.text), 0); valid != (tt.want == "") {
			t.Errorf("%s: %s: as a part valid is %v", tt.name, tt.text, valid)
		}
	}
}

// TestExactTimes: what tells whether a time fits Go's is its fraction, and not the
// digits of an offset that lie as far behind.
func TestExactTimes(t *testing.T) {
	for _, offset := range []string{"Z", "+05:45", "-11:59", "+23:11"} {
		for digits := range 13 {
			for _, last := range []string{"1", "0"} {
				fraction := ""
				if digits > 0 {
					fraction = "." + "777777777000"[:digits-1] + last
				}
				exact := digits < 10 || last == "0"
				if time := "15:04:05" + fraction + offset; isGoTime(time) != exact || parse.IsTime("2026-05-04T"+time) != exact {
					t.Errorf("%s fits: %v, want %v", time, isGoTime(time), exact)
				}
			}
		}
	}
}
