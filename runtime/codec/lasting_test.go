package codec_test

import (
	"strings"
	"testing"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

// TestLastingStrings: a string is a part of what is read when that lasts, the string
// is long enough, and it stands there as it is; then, and else, it says the same.
func TestLastingStrings(t *testing.T) {
	long := strings.Repeat("Please ring twice. ", 10)
	for name, test := range map[string]struct {
		text  string // of JSON
		least int
		want  string
		part  bool
	}{
		"lasts":          {`"` + long + `"`, 100, long, true},
		"exactly enough": {`"` + long + `"`, len(long), long, true},
		"too short":      {`"` + long + `"`, len(long) + 1, long, false},
		"does not last":  {`"` + long + `"`, 0, long, false},
		"short":          {`"abc"`, 1, "abc", false},
		"escapes":        {`"` + long + `\n"`, 1, long + "\n", false},
		"empty":          {`""`, 1, "", false},
	} {
		data, got := []byte(test.text), ""
		r := codec.Begin(data)
		r.Lasting(test.least)
		got = r.String()
		if err := r.End(); err != nil || got != test.want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if part := within(got, data); part != test.part {
			t.Errorf("%s: the string is a part: %v", name, part)
		}
		if got, err := lastingInOnePass(data, test.least); err != nil || got != test.want || within(got, data) != (test.part && len(got) > 64) {
			t.Errorf("%s: in one pass: %q, %v, a part: %v", name, got, err, within(got, data))
		}
		if err := codec.Unmarshal(data, nil, codec.ReadFunc(func(r *codec.Reader) { got = r.String() })); err != nil || got != test.want || within(got, data) {
			t.Errorf("%s: of what does not last: %q, %v, a part: %v", name, got, err, within(got, data))
		}
	}
}

// within reports whether a string lies in data.
func within(text string, data []byte) bool {
	at, begin := uintptr(unsafe.Pointer(unsafe.StringData(text))), uintptr(unsafe.Pointer(&data[0]))
	return at >= begin && at < begin+uintptr(len(data))
}

// lastingText is how a text is read by itself.
var lastingText = codec.Single{Of: (*string)(nil), Text: "string"}

// lastingInOnePass judges and reads a text at once.
func lastingInOnePass(data []byte, least int) (text string, err error) {
	for range 2 { // by the first reader the schema is met
		r := codec.BeginBy(data, check.Any())
		r.Lasting(least)
		r.JSON().Single(unsafe.Pointer(&text), &lastingText)
		err = r.End()
	}
	return text, err
}
