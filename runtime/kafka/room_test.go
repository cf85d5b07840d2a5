package kafka

import (
	"bytes"
	"fmt"
	"reflect"
	"runtime"
	"testing"
	"weak"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// TestRoom: a copy is like what was copied, shares no bytes with it, and is not changed
// by those that are made behind it, whatever their sizes.
func TestRoom(t *testing.T) {
	var r room
	var copies []*handed
	make := func(i int) *driver.Message {
		size := []int{0, 1, 100, smallSize - 10, smallSize, smallSize + 1, roomBytes, 100_000}[i%8]
		m := &driver.Message{Address: "a", Key: fmt.Append(nil, "key-", i), Value: bytes.Repeat([]byte{byte(i)}, size), Offset: int64(i)}
		if i%5 == 0 {
			m.Key, m.Value = nil, nil
		}
		for n := range i % 40 {
			m.Headers = append(m.Headers, driver.Header{Key: "h", Value: [][]byte{nil, {}, fmt.Append(nil, n)}[n%3]})
		}
		return m
	}
	for i := range 500 {
		m := make(i)
		received := [][]byte{m.Key, m.Value}
		for _, h := range m.Headers {
			received = append(received, h.Value)
		}
		copies = append(copies, r.keep(m))
		for _, b := range received {
			clear(b)
		}
	}
	for i, c := range copies {
		if want := make(i); !reflect.DeepEqual(&c.message, want) {
			t.Fatalf("%d. is %+v, want %+v", i, c.message, want)
		}
	}
}

// TestRoomKeepsNothingLeftOut: messages that nobody gets, those before the offset that was
// asked for, which a batch brings with it, and those of a partition that is lost, do not keep
// the broker's answer behind the message beside them that is open.
func TestRoomKeepsNothingLeftOut(t *testing.T) {
	for from := range int64(3) {
		messages := make([]*driver.Message, 4)
		for i := range messages {
			messages[i] = &driver.Message{Address: at.topic, Value: []byte("v"), Headers: []driver.Header{{Key: "h", Value: []byte("v")}}}
		}
		data := encodeAt(t, 0, 0, messages)
		answer := weak.Make(&data[0])
		d := decoder{at: at, from: from}
		out, next, err := d.decode(data)
		if err != nil {
			t.Fatal(err)
		}
		var r room
		var open *handed
		f := newFeed()
		f.push(&chunk{messages: out, next: next})
		if err := f.pop(t.Context(), 1, func(_ *chunk, m []driver.Message) { open = r.keep(&m[0]) }); err != nil {
			t.Fatal(err)
		}
		f.drop(func(*chunk) bool { return true })
		d, out, data = decoder{}, nil, nil
		runtime.GC()
		if answer.Value() != nil {
			t.Errorf("from %d: an open message keeps the broker's answer", from)
		}
		runtime.KeepAlive(open)
	}
}
