package runtime_test

import (
	"strings"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/check"
)

// TestUUIDBytes puts each byte at each place of a UUID: those of hexadecimal digits
// are read, the rest refused, by the judge as well.
func TestUUIDBytes(t *testing.T) {
	const id = "f81d4fae-7dec-11d0-A765-00a0c91e6bF6"
	judge := check.NewRules(check.Set{{Name: "", Schema: check.Schema{check.Format("uuid")}}}).Of("")
	for place := range len(id) {
		for c := range 256 {
			text := id[:place] + string([]byte{byte(c)}) + id[place+1:]
			want := strings.IndexByte("0123456789abcdefABCDEF", byte(c)) >= 0
			if id[place] == '-' {
				want = c == '-'
			}
			got, err := runtime.ParseUUID(text)
			if (err == nil) != want || want && got.String() != strings.ToLower(text) {
				t.Fatalf("%q is read as %v, %v", text, got, err)
			}
			if c >= ' ' && c < 0x80 && c != '"' && c != '\\' && judge.Valid([]byte(`"`+text+`"`)) != want {
				t.Fatalf("%q is judged otherwise", text)
			}
		}
	}
}

// TestDateTexts reads and writes each day, some beyond those of their month, and
// texts that differ from a day in one byte, as package time does.
func TestDateTexts(t *testing.T) {
	check := func(text string) {
		want, wrong := time.Parse(time.DateOnly, text)
		got, err := runtime.ParseDate(text)
		if (err == nil) != (wrong == nil) || err == nil && (got != runtime.DateOf(want) || got.String() != text) {
			t.Fatalf("%q is read as %v, %v, want %v, %v", text, got, err, want, wrong)
		}
		if back, err := got.AppendText(nil); wrong == nil && (err != nil || string(back) != text) {
			t.Fatalf("%q is written as %q, %v", text, back, err)
		}
	}
	day := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)
	for ; day.Year() < 10_000; day = day.AddDate(0, 0, 5) {
		text := day.Format(time.DateOnly)
		check(text)
		check(text[:8] + "29")
		check(text[:8] + "30")
		check(text[:8] + "31")
	}
	const date = "2024-02-29"
	for place := range len(date) {
		for c := range 256 {
			check(date[:place] + string([]byte{byte(c)}) + date[place+1:])
		}
	}
	check(date[1:])
	check(date + "0")
	check("")
}
