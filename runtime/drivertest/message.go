package drivertest

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// messageLaws are about what arrives of one message.
func messageLaws() []Law {
	return []Law{
		{
			Name: "bytes-arrive-unchanged", check: bytesArriveUnchanged,
			Says: "key and value are bytes: every one of them arrives, whatever text they are or are not",
		},
		{
			Name: "no-value-is-not-an-empty-value", check: noValueIsNotEmpty,
			Says: "a nil value arrives as nil, and an empty one as empty",
		},
		{
			Name: "headers-keep-order-and-repetition", check: headersKeepOrder,
			Says: "headers arrive in their order, with repeated keys",
		},
		{
			Name: "header-values-are-bytes", check: headerValuesAreBytes,
			Says: "a header value is any bytes, empty or nil",
		},
		{
			Name: "time-arrives", check: timeArrives,
			Says: "the time given arrives to the millisecond; without one it is that of publishing",
		},
		{
			Name: "message-says-where-it-lies", check: messageSaysWhere,
			Says: "a received message has its address; offsets of one partition ascend",
		},
		{
			Name: "received-messages-stay-valid", check: receivedStayValid,
			Says: "a received message is valid for good, also after further calls of Receive and after Close",
		},
	}
}

// exchange publishes messages of one partition and returns them as received.
func (l *lab) exchange(out ...*driver.Message) []*driver.Message {
	l.Helper()
	l.publish(out...)
	m := l.join("readers", out[0].Address)
	in := make([]*driver.Message, len(out))
	for i, d := range m.take(len(out)) {
		in[i] = d.Message()
	}
	return in
}

func bytesArriveUnchanged(l *lab) {
	address := l.address(1)
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	samples := [][]byte{every, {0}, {0xff, 0xfe}, []byte("plain"), []byte("zwölf €\r\n"), bytes.Repeat([]byte{0xc3}, 1000)}
	var out []*driver.Message
	for _, s := range samples {
		out = append(out, &driver.Message{Address: address, Key: s, Value: s})
	}
	for i, m := range l.exchange(out...) {
		if !bytes.Equal(m.Key, samples[i]) || !bytes.Equal(m.Value, samples[i]) {
			l.Errorf("key %q, value %q arrived, want both %q", m.Key, m.Value, samples[i])
		}
	}
}

func noValueIsNotEmpty(l *lab) {
	address := l.address(1)
	in := l.exchange(
		&driver.Message{Address: address, Key: []byte("k"), Value: nil},
		&driver.Message{Address: address, Key: []byte("k"), Value: []byte{}},
		&driver.Message{Address: address, Key: nil, Value: []byte("no key")},
	)
	if in[0].Value != nil {
		l.Errorf("a nil value arrived as %#v", in[0].Value)
	}
	alone := l.exchange(&driver.Message{Address: l.address(1), Value: []byte{}}) // there are no bytes at all
	for _, m := range []*driver.Message{in[1], alone[0]} {
		if m.Value == nil || len(m.Value) != 0 {
			l.Errorf("an empty value arrived as %#v", m.Value)
		}
	}
	if in[2].Key != nil {
		l.Errorf("a nil key arrived as %#v", in[2].Key)
	}
}

// sameHeaders compares headers, nil and empty values being different.
func sameHeaders(a, b []driver.Header) bool {
	return slices.EqualFunc(a, b, func(x, y driver.Header) bool {
		return x.Key == y.Key && (x.Value == nil) == (y.Value == nil) && bytes.Equal(x.Value, y.Value)
	})
}

func headersKeepOrder(l *lab) {
	h := []driver.Header{
		{Key: "z", Value: []byte("1")}, {Key: "a", Value: []byte("2")}, {Key: "z", Value: []byte("3")},
		{Key: "Z", Value: []byte("4")}, {Key: "a", Value: []byte("2")},
	}
	in := l.exchange(&driver.Message{Address: l.address(1), Value: []byte("v"), Headers: h})
	if !sameHeaders(in[0].Headers, h) {
		l.Errorf("headers arrived as %q, want %q", in[0].Headers, h)
	}
}

func headerValuesAreBytes(l *lab) {
	h := []driver.Header{
		{Key: "nil", Value: nil}, {Key: "empty", Value: []byte{}}, {Key: "binary", Value: []byte{0, 0xff, 0x80, '\n'}},
		{Key: "text", Value: []byte("größer 10 %")},
	}
	in := l.exchange(&driver.Message{Address: l.address(1), Value: []byte("v"), Headers: h})
	if !sameHeaders(in[0].Headers, h) {
		l.Errorf("headers arrived as %#v, want %#v", in[0].Headers, h)
	}
}

func timeArrives(l *lab) {
	address := l.address(1)
	given := time.Date(2024, 2, 29, 23, 59, 58, 987_654_321, time.UTC)
	m := message(address, "", "dated")
	m.Time = driver.At(given)
	before := time.Now()
	in := l.exchange(m, message(address, "", "undated"))
	if d := in[0].Time.Time().Sub(given).Abs(); d >= time.Millisecond {
		l.Errorf("time arrived as %v, want %v", in[0].Time.Time(), given)
	}
	if d := in[1].Time.Time().Sub(before).Abs(); d > 5*time.Minute {
		l.Errorf("a message published at %v has the time %v", before, in[1].Time.Time())
	}
}

func messageSaysWhere(l *lab) {
	address := l.address(3)
	out := messages(address, "m", 30, keys(10)...)
	next := map[int32]int64{}
	for _, m := range l.exchange(out...) {
		if m.Address != address {
			l.Fatalf("address is %q, want %q", m.Address, address)
		}
		if last, ok := next[m.Partition]; ok && m.Offset <= last {
			l.Fatalf("offset %d follows %d in partition %d", m.Offset, last, m.Partition)
		}
		next[m.Partition] = m.Offset
	}
	if l.transport.Features().Partitions && len(next) < 2 {
		l.Errorf("10 keys lie in %d of 3 partitions", len(next))
	}
}

func receivedStayValid(l *lab) {
	address := l.address(1)
	first, rest := messages(address, "first", 5), messages(address, "rest", 200)
	for _, m := range first {
		m.Headers = []driver.Header{{Key: "h", Value: m.Value}}
	}
	l.publish(first...)
	m := l.join("readers", address)
	kept := m.expect(first...)
	for i := range rest {
		l.publish(rest[i : i+1]...)
		m.expect(rest[i])
	}
	m.close()
	for i, d := range kept {
		want := fmt.Sprintf("first-%d", i)
		if got := d.Message(); string(got.Value) != want || string(got.Headers[0].Value) != want {
			l.Errorf("message %q changed to %q, header %q", want, got.Value, got.Headers[0].Value)
		}
	}
}
