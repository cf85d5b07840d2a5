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

// TestRoomKeepsNothingLeftOut: the records before the offset that was asked for, which a
// batch brings with it, do not keep the broker's answer behind the message that is open.
func TestRoomKeepsNothingLeftOut(t *testing.T) {
	messages := make([]*driver.Message, 4)
	for i := range messages {
		messages[i] = &driver.Message{Address: at.topic, Value: make([]byte, 1<<20), Headers: []driver.Header{{Key: "h", Value: []byte("v")}}}
	}
	messages[2].Value = nil
	data := encodeAt(t, 0, 0, messages)
	answer := weak.Make(&data[0])
	d := decoder{at: at, from: 2}
	out, _, err := d.decode(data)
	if err != nil || len(out) != 2 {
		t.Fatal(len(out), err)
	}
	var r room
	open := r.keep(&out[0])
	_ = r.keep(&out[1])
	d, out, data = decoder{}, nil, nil
	runtime.GC()
	if answer.Value() != nil {
		t.Error("an open message keeps the broker's answer")
	}
	runtime.KeepAlive(open)
}
