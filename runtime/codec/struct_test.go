package codec_test

import (
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/codec"
)

// membersOf returns the members of an object, each as it is written.
func membersOf(text []byte) (members []string) {
	r := codec.NewReader(string(text))
	for r.Object(); r.Member(); {
		name := string(r.Key())
		members = append(members, `"`+name+`":`+string(r.Raw()))
	}
	return members
}

// TestStruct: what a table writes has all members that are there, in their order, and it
// reads the same from it: into a value that is new or holds something, in any order, and
// with space around everything.
func TestStruct(t *testing.T) {
	for name, v := range map[string]*kinds{"filled": filled(), "bare": bare()} {
		text, err := codec.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, m := range membersOf(text) {
			names = append(names, strings.SplitN(m, `"`, 3)[1])
		}
		var want []string
		for line := range strings.Lines(strings.TrimSpace(kindsJSON.Text)) {
			may := strings.Contains(line, " optional") || strings.Contains(line, " some")
			if member := strings.Split(line, `"`); len(member) > 1 && (name == "filled" || !may) {
				want = append(want, member[1])
			}
		}
		if name == "filled" {
			want = append(want, "more")
		}
		if !slices.Equal(names, want) {
			t.Errorf("%s has members %v, want %v", name, names, want)
		}
		members := membersOf(text)
		turned := slices.Concat(members[5:], members[:5])
		backwards := slices.Clone(members)
		slices.Reverse(backwards)
		for order, text := range map[string]string{
			"as written": string(text),
			"turned":     "{" + strings.Join(turned, ",") + "}",
			"backwards":  "{" + strings.Join(backwards, ",") + "}",
			"spaced":     " {\n" + strings.ReplaceAll(strings.Join(members, "\n ,\t"), `":`, `" : `) + "\r\n} ",
			"twice":      "{" + strings.Join(members[:len(members)-1], ",") + "," + strings.Join(members, ",") + "}",
		} {
			for target, got := range map[string]*kinds{"new": {}, "used": filled()} {
				if err := codec.Unmarshal([]byte(text), anything{}, got); err != nil {
					t.Errorf("%s, %s, into one that is %s: %v", name, order, target, err)
				}
				again, err := codec.Marshal(got)
				if first, _ := codec.Marshal(v); err != nil || string(again) != string(first) && order != "spaced" {
					t.Errorf("%s, %s, into one that is %s, is written as %s, %v", name, order, target, again, err)
				}
				if order == "spaced" { // within raw JSON, too
					got.Raw, got.Unknown = v.Raw, v.Unknown
				}
				if !reflect.DeepEqual(got, v) {
					t.Errorf("%s, %s, into one that is %s: got %+v, want %+v", name, order, target, got, v)
				}
			}
		}
	}
}

// TestStructWritesWhole: a list that must be there is written though it is nil.
func TestStructWritesWhole(t *testing.T) {
	v := kinds{Addr: netip.IPv4Unspecified()}
	text, err := codec.Marshal(&v)
	if err != nil || !strings.Contains(string(text), `"raw":null,`) || !strings.Contains(string(text), `"leaves":[],`) || !strings.Contains(string(text), `"bytes":"",`) ||
		!strings.HasSuffix(string(text), `"fixed":"one\u0020alone","one":1,"half":5e-1,"yes":true,"list":[1]}`) {
		t.Errorf("%s, %v", text, err)
	}
	if text, err = codec.Marshal(&leaf{}); string(text) != `{"id":""}` || err != nil {
		t.Errorf("%s, %v", text, err)
	}
}

// TestStructFails: what a value cannot hold, or write, is told with its place.
func TestStructFails(t *testing.T) {
	for text, want := range map[string]string{
		`[]`:                              "must be an object, is an array",
		`{"int8":128}`:                    "/int8: must be an integer that fits int8",
		`{"leaf":{"all":[{},{"id":1}]}}`:  "/leaf/all/1/id: must be a string, is a number",
		`{"someLeaf":{"next":3}}`:         "/someLeaf/next: must be an object, is a number",
		`{"x":1,"uuids":["x"]}`:           "/uuids/0: must be a UUID",
		`{"leaves":{}}`:                   "/leaves: must be an array, is an object",
		`{"someCoded":{"leaf":{"id":7}}}`: "/someCoded/leaf/id: must be a string, is a number",
	} {
		err := codec.Unmarshal([]byte(text), nil, new(kinds))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	_, err := codec.Marshal(&kinds{Notes: notes{}})
	if err == nil || !strings.Contains(err.Error(), "/addr: must be an IP address") {
		t.Errorf("an address that is none is written: %v", err)
	}
	round := &leaf{}
	round.Next = round
	if _, err := codec.Marshal(round); err == nil || !strings.Contains(err.Error(), "contains itself") {
		t.Errorf("a value that contains itself is written: %v", err)
	}
	all := []leaf{{}, {}}
	all[0].All, all[1].All = all, all
	if _, err := codec.Marshal(&all[0]); err == nil || !strings.Contains(err.Error(), "contains itself") {
		t.Errorf("a list that contains itself is written: %v", err)
	}
	deep := strings.Repeat(`{"next":`, codec.MaxDepth+1) + `{}` + strings.Repeat(`}`, codec.MaxDepth+1)
	if err := codec.Unmarshal([]byte(deep), anything{}, new(leaf)); err == nil || !strings.Contains(err.Error(), "lies too deep") {
		t.Errorf("what lies too deep is read: %.100v", err)
	}
}

// anything judges nothing.
type anything struct{}

func (anything) Check([]byte) error { return nil }

// TestStructOfBrokenText: text that is no JSON, as a Reader must not be given it, is read
// somehow: nothing panics or hangs.
func TestStructOfBrokenText(t *testing.T) {
	whole, err := codec.Marshal(filled())
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(whole); i += 7 {
		for _, with := range []string{"", "}", "]", `"`, ",", ":", "{", "[", "\\", "9", "\x00"} {
			for _, text := range []string{string(whole[:i]) + with, string(whole[:i]) + with + string(whole[i+1:])} {
				_ = codec.Unmarshal([]byte(text), anything{}, new(kinds))
			}
		}
	}
}

// onStack reads and writes a value that lies on the stack, so deep that the stack is moved
// meanwhile.
func onStack(text []byte) (string, error) {
	var v leaf
	r := codec.Begin(text)
	r.Fresh()
	v.CodeJSON(r.JSON())
	if err := r.End(); err != nil {
		return "", err
	}
	w := codec.NewWriter(nil)
	v.CodeJSON(w.JSON())
	out, err := w.End()
	return string(out), err
}

// TestStructOnStack: a value may lie on a stack that grows, and so moves, while it is read
// and written, and nothing of it is put on the heap.
func TestStructOnStack(t *testing.T) {
	const depth = 2000
	text := []byte(strings.Repeat(`{"id":"x","next":`, depth) + `{"id":"end"}` + strings.Repeat(`}`, depth))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { // with a stack of its own, which is small
			if got, err := onStack(text); err != nil || got != string(text) {
				t.Errorf("%.100q, %v", got, err)
			}
		})
	}
	wg.Wait()
	if raceEnabled {
		return // pools forget
	}
	small := []byte(`{"id":"x"}`)
	buf := make([]byte, 0, 64)
	if n := testing.AllocsPerRun(1000, func() {
		var v leaf
		r := codec.Begin(small)
		v.CodeJSON(r.JSON())
		must(r.End())
		w := codec.NewWriter(buf)
		v.CodeJSON(w.JSON())
		if out, err := w.End(); err != nil || len(out) != len(small) {
			panic(err)
		}
	}); n > 0.5 { // strings share memory
		t.Errorf("a value on the stack takes %v allocations", n)
	}
}

// TestStructAllocates: a list of structs is one allocation where room for it is made, and
// each pointer one.
func TestStructAllocates(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates, and pools forget")
	}
	text := []byte(`{"id":"","next":{"id":""},"all":[{"id":""},{"id":""},{"id":""},{"id":""}]}`)
	if n := testing.AllocsPerRun(1000, func() {
		var v leaf
		r := codec.Begin(text)
		v.CodeJSON(r.JSON())
		must(r.End())
	}); n > 2 {
		t.Errorf("reading takes %v allocations, want 2", n)
	}
}

// TestStructsAreMadeAtOnce: many begin to use a table at the same time.
func TestStructsAreMadeAtOnce(t *testing.T) {
	table := codec.Struct{Of: (*leaf)(nil), Text: leafJSON.Text}
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			var v leaf
			r := codec.NewReader(`{"id":"a","all":[{"id":"b"}]}`)
			if r.JSON().Struct(unsafe.Pointer(&v), &table); v.ID != "a" || len(v.All) != 1 || v.All[0].ID != "b" {
				t.Errorf("read %+v", v)
			}
		})
	}
	wg.Wait()
}

// TestStructOfNoValue: a field of a type that cannot be read is an error of who wrote the
// table.
func TestStructOfNoValue(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a type that cannot be read is taken")
		}
	}()
	v := struct{ N int }{}
	table := codec.Struct{Of: (*struct{ N int })(nil), Text: `"n" value`}
	codec.NewReader(`{}`).JSON().Struct(unsafe.Pointer(&v), &table)
}
