package runtime

import (
	"bytes"
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
