package runtime

import (
	"bytes"
	"math/rand/v2"
	"testing"
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
