package contracttest_test

import (
	"testing"

	"github.com/asyncwire/asyncwire/contracttest"
	"github.com/asyncwire/asyncwire/runtime/driver"
)

// FuzzMessage: no message, whatever its bytes, headers, key and address, makes
// Verify panic, and each is counted exactly once.
func FuzzMessage(f *testing.F) {
	doc := load(f, "shop.yaml")
	for _, m := range planted() {
		name, value := "", []byte(nil)
		if len(m.Headers) > 0 {
			name, value = m.Headers[0].Key, m.Headers[0].Value
		}
		f.Add(m.Address, m.Key, m.Value, name, value)
	}
	f.Add("shop.orders.\xff", []byte("\x00"), []byte(`{"id":1e999999999}`), "content-type", []byte(";;\xff="))
	f.Add("shop.payments", []byte(nil), []byte("{\"\xff\":{}}"), "payment-id", []byte(nil))
	f.Fuzz(func(t *testing.T, address string, key, value []byte, name string, text []byte) {
		if address == "" {
			return
		}
		m := &message{Address: address, Key: key, Value: value, Headers: []driver.Header{{Key: name, Value: text}, {Key: "ce_type", Value: text}}}
		last := &message{Address: "shop.pings"}
		r := verify(t, doc, contracttest.Options{Max: 1}, m, last)
		if r.Seen != 1 || r.Passed+r.Failed+r.Unchecked+r.Unknown != 1 {
			t.Errorf("counts %+v", r.Counts)
		}
		if (r.Failed > 0 || r.Unknown > 0) != r.Findings.HasErrors() {
			t.Errorf("counts %+v with findings %v", r.Counts, r.Findings)
		}
		_ = writeText(t, r)
	})
}
