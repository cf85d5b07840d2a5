package runtime

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// TestLayoutGivesEachItsOwn: what is cut from one piece of memory neither overlaps
// nor grows into its neighbour, and large pieces are by themselves.
func TestLayoutGivesEachItsOwn(t *testing.T) {
	var l layout
	var texts [][]byte
	var places [][]Header
	for i := range 3000 {
		left := cap(l.bytes)
		room := l.room(i)
		if len(room) != 0 || cap(room) < i {
			t.Fatalf("room for %d has length %d and capacity %d", i, len(room), cap(room))
		}
		room = append(room, bytes.Repeat([]byte{byte(i)}, i)...)
		texts = append(texts, append(room[:len(room):len(room)], 'x')[:i])
		if i > layoutSmall && cap(l.bytes) != left {
			t.Fatalf("%d bytes share memory", i)
		}
		headers := l.places(i % 70)
		for len(headers) < i%70 {
			headers = append(headers, Header{Key: string(rune('a' + i%20))})
		}
		places = append(places, headers)
		m := l.message()
		if m.Value != nil || m.Headers != nil {
			t.Fatal("a message is not new")
		}
		m.Value, m.Headers = room, headers
	}
	for i, text := range texts {
		if !bytes.Equal(text, bytes.Repeat([]byte{byte(i)}, i)) {
			t.Fatalf("the %d. text was overwritten", i)
		}
		for _, h := range places[i] {
			if h.Key != string(rune('a'+i%20)) {
				t.Fatalf("the headers of %d were overwritten", i)
			}
		}
	}
}

// TestLayoutTakesPayloads: payloads of all sizes, written behind what open returns,
// are whole, do not overlap, cannot grow into their neighbours, and large ones are
// by themselves.
func TestLayoutTakesPayloads(t *testing.T) {
	for seed := range uint64(40) {
		takePayloads(t, seed, []int{0, 1, 30, 1000, layoutSmall, layoutSmall + 1, 5000, 100_000}[:4+seed%5])
	}
}

// takePayloads lays out random payloads of some sizes, with a text behind each.
func takePayloads(t *testing.T, seed uint64, sizes []int) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 9))
	var l layout
	var payloads, texts [][]byte
	written := func(i, n int) []byte { return bytes.Repeat([]byte{byte(i)}, n) }
	size := func(i int) int { return sizes[r.IntN(len(sizes))] * i % 70_000 }
	for i := range 300 {
		n := size(i%3 + 1)
		open, shared := l.open(), cap(l.bytes)
		p := l.close(append(open, written(i, n)...))
		if n > layoutSmall && cap(l.bytes) != shared {
			t.Fatalf("%d bytes share memory", n)
		}
		if text := l.room(7); len(text) != 0 {
			t.Fatal("room is not empty")
		} else {
			texts = append(texts, append(text, "9999999"...))
		}
		_ = append(p[:len(p):len(p)], 'x')
		if len(p) > 0 && cap(p) > len(p) {
			_ = append(p, 'x')
		}
		payloads = append(payloads, p)
	}
	r = rand.New(rand.NewPCG(seed, 9))
	for i, p := range payloads {
		if string(texts[i]) != "9999999" {
			t.Fatalf("seed %d: the text behind the %d. payload was overwritten: %q", seed, i, texts[i])
		}
		if !bytes.Equal(p, written(i, size(i%3+1))) {
			t.Fatalf("seed %d: the %d. payload, of %d bytes, was overwritten", seed, i, len(p))
		}
	}
}

// TestLayoutHasBriefs: texts of briefs stay as they were, and what messages have in
// common is had once as long as it is one of the last.
func TestLayoutHasBriefs(t *testing.T) {
	var l layout
	names := newAttributeNames("ce_")
	var texts [][]byte
	for i := range 3000 {
		text := append(l.text(2*maxShared), bytes.Repeat([]byte{byte(i)}, i%(2*maxShared))...)
		texts, l.texts = append(texts, text), l.texts[len(text):]
		if b := l.brief(); b.message.Brief != nil || b.common != nil || b.text != nil {
			t.Fatal("a brief is not new")
		}
	}
	for i, text := range texts {
		if string(text) != string(bytes.Repeat([]byte{byte(i)}, i%(2*maxShared))) {
			t.Fatalf("the %d. text was overwritten", i)
		}
	}
	of := func(kind int) *common {
		return l.common(&Attributes{Type: string(rune('a' + kind)), Source: "/s"}, names)
	}
	for n := range len(l.commons) + 1 {
		var first []*common
		for kind := range n + 1 {
			first = append(first, of(kind))
		}
		again := 0
		for kind := range n + 1 {
			if of(kind) == first[kind] {
				again++
			}
		}
		if want := n + 1; n < len(l.commons) && again != want {
			t.Errorf("of %d kinds of messages %d are had once", want, again)
		}
	}
}

// carried is a delivery with a brief.
type carried struct {
	driver.Delivery
	message driver.Message
}

func (c *carried) Carried() *driver.Message { return &c.message }
func (c *carried) Message() *driver.Message { return c.message.Whole() }

// TestBriefsCount: in flight a message with a brief is as large as with its headers.
func TestBriefsCount(t *testing.T) {
	var l layout
	b := l.brief()
	b.common = l.common(&Attributes{Type: "t", Subject: "subject"}, newAttributeNames("ce_"))
	b.text, b.id, b.key, b.time, b.nanos = unsafe.StringData("idkey"), 2, 3, 1, 20
	b.message = driver.Message{Address: "a", Key: []byte("key"), Value: []byte("value"), Brief: b,
		Headers: []Header{{Key: "h", Value: []byte("v")}}}
	rules := logRules(10)
	rules.prefix = "ce_"
	ls := newLanes(t.Context(), rules)
	c := &carried{message: b.message}
	put(ls, []driver.Delivery{c})
	var h hand
	ls.take(&h, 0, outcome{}, 1)
	if size := sizeOf(c.Message()); ls.bytes != size || len(c.Message().Headers) != 6 || h.jobs.First().message() != c.Carried() {
		t.Errorf("a message of %d bytes counts as %d", size, ls.bytes)
	}
}
