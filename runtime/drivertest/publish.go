package drivertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// publishLaws are about Publish: what it stores, in which order.
func publishLaws() []Law {
	return []Law{
		{
			Name: "order-of-one-call", check: orderOfOneCall,
			Says: "messages with equal keys are stored in the order of the slice",
		},
		{
			Name: "order-per-key", check: orderPerKey,
			Says: "calls that follow one another keep the order of each key",
		},
		{
			Name: "one-key-one-partition", check: oneKeyOnePartition, needs: []need{needPartitions},
			Says: "messages with equal keys lie in one partition, whichever transport published them",
		},
		{
			Name: "several-addresses-in-one-call", check: severalAddresses,
			Says: "one call may publish to several addresses, and one subscription may name several",
		},
		{
			Name: "concurrent-publish", check: concurrentPublish,
			Says: "concurrent calls lose nothing, double nothing, and keep each caller's order",
		},
		{
			Name: "large-batch", check: largeBatch,
			Says: "one call may publish ten thousand messages",
		},
		{
			Name: "large-message", check: largeMessage,
			Says: "a message of Harness.LargeMessage bytes arrives whole",
		},
		{
			Name: "too-large-is-refused", check: tooLarge, needs: []need{needTooLarge},
			Says: "a message beyond the broker's limit is ErrTooLarge, and later ones pass",
		},
		{
			Name: "nothing-to-publish", check: nothingToPublish,
			Says: "publishing no message is no error",
		},
		{
			Name: "caller-keeps-its-bytes", check: callerKeepsBytes,
			Says: "after Publish returned the caller may change messages and bytes",
		},
		{
			Name: "publish-with-ended-context", check: publishWithEndedContext,
			Says: "with an ended context Publish fails; unless it says ErrUnknownOutcome nothing was stored",
		},
	}
}

// checkKeyOrder takes the messages and checks that those of each key come in
// the order of out.
func (l *lab) checkKeyOrder(m *member, out []*driver.Message) {
	l.Helper()
	want := map[string][]string{}
	for _, o := range out {
		want[string(o.Key)] = append(want[string(o.Key)], string(o.Value))
	}
	for _, d := range m.take(len(out)) {
		key, value := string(d.Message().Key), string(d.Message().Value)
		if len(want[key]) == 0 || want[key][0] != value {
			l.Fatalf("key %q: %q came, want %q", key, value, first(want[key]))
		}
		want[key] = want[key][1:]
	}
}

// first returns the first of values, for a failure.
func first(values []string) string {
	if len(values) == 0 {
		return "nothing more"
	}
	return values[0]
}

func orderOfOneCall(l *lab) {
	address := l.address(4)
	out := messages(address, "m", 500, keys(7)...)
	l.publish(out...)
	l.checkKeyOrder(l.join("readers", address), out)
}

func orderPerKey(l *lab) {
	address := l.address(4)
	out := messages(address, "m", 120, keys(5)...)
	m := l.join("readers", address)
	for i := 0; i < len(out); i += 3 {
		l.publish(out[i : i+3]...)
	}
	l.checkKeyOrder(m, out)
}

func oneKeyOnePartition(l *lab) {
	address := l.address(4)
	l.publish(messages(address, "one", 40, keys(10)...)...)
	l.transport = l.open()
	l.publish(messages(address, "two", 40, keys(10)...)...)
	at := map[string]int32{}
	for _, d := range l.join("readers", address).take(80) {
		m := d.Message()
		if p, ok := at[string(m.Key)]; ok && p != m.Partition {
			l.Fatalf("key %q lies in partitions %d and %d", m.Key, p, m.Partition)
		}
		at[string(m.Key)] = m.Partition
	}
}

func severalAddresses(l *lab) {
	a, b := l.address(1), l.address(2)
	out := append(messages(a, "a", 10, "k"), messages(b, "b", 10, "k")...)
	l.publish(out...)
	m := l.join("readers", a, b)
	want := valueSet(out)
	for _, d := range m.take(len(out)) {
		value := string(d.Message().Value)
		if !want[value] {
			l.Fatalf("%q came twice or was never published", value)
		}
		delete(want, value)
		if from := map[byte]string{'a': a, 'b': b}[value[0]]; d.Message().Address != from {
			l.Errorf("%q came from %q, want %q", value, d.Message().Address, from)
		}
	}
}

func concurrentPublish(l *lab) {
	const publishers, each = 8, 60
	address := l.address(4)
	ctx, cancel := l.patience()
	defer cancel()
	errs := make(chan error, publishers)
	var all []*driver.Message
	for p := range publishers {
		out := messages(address, fmt.Sprintf("p%d", p), each, fmt.Sprintf("key-%d", p))
		all = append(all, out...)
		go func() {
			var err error
			for i := 0; i < each && err == nil; i += 2 {
				err = l.transport.Publish(ctx, out[i], out[i+1])
			}
			errs <- err
		}()
	}
	for range publishers {
		if err := <-errs; err != nil {
			l.Fatalf("publishing: %v", err)
		}
	}
	l.checkKeyOrder(l.join("readers", address), all)
}

func largeBatch(l *lab) {
	address := l.address(4)
	out := messages(address, "m", 10_000, keys(20)...)
	l.publish(out...)
	l.checkKeyOrder(l.join("readers", address), out)
}

func largeMessage(l *lab) {
	address := l.address(1)
	value := bytes.Repeat([]byte("0123456789abcde\n"), l.h.LargeMessage/16)
	in := l.exchange(&driver.Message{Address: address, Value: value})
	if !bytes.Equal(in[0].Value, value) {
		l.Errorf("of %d bytes %d arrived, or others", len(value), len(in[0].Value))
	}
}

func tooLarge(l *lab) {
	address := l.address(1)
	ctx, cancel := l.patience()
	defer cancel()
	err := l.transport.Publish(ctx, &driver.Message{Address: address, Value: make([]byte, l.h.TooLarge)})
	if !errors.Is(err, driver.ErrTooLarge) {
		l.Errorf("publishing %d bytes: %v, want ErrTooLarge", l.h.TooLarge, err)
	}
	after := message(address, "", "after")
	l.publish(after)
	l.join("readers", address).expect(after)
}

func nothingToPublish(l *lab) {
	ctx, cancel := l.patience()
	defer cancel()
	if err := l.transport.Publish(ctx); err != nil {
		l.Errorf("publishing nothing: %v", err)
	}
}

func callerKeepsBytes(l *lab) {
	address := l.address(1)
	key, value, header := []byte("key"), []byte("value"), []byte("header")
	headers := []driver.Header{{Key: "h", Value: header}}
	m := &driver.Message{Address: address, Key: key, Value: value, Headers: headers}
	l.publish(m)
	copy(key, "XXX")
	copy(value, "XXXXX")
	copy(header, "XXXXXX")
	headers[0] = driver.Header{Key: "X"}
	*m = driver.Message{Address: address, Value: []byte("after")}
	l.publish(m)
	in := l.join("readers", address).take(2)
	got := in[0].Message()
	want := []driver.Header{{Key: "h", Value: []byte("header")}}
	if string(got.Key) != "key" || string(got.Value) != "value" || !sameHeaders(got.Headers, want) {
		l.Errorf("changed after Publish returned: key %q, value %q, headers %q", got.Key, got.Value, got.Headers)
	}
}

func publishWithEndedContext(l *lab) {
	address := l.address(1)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	early, after := message(address, "k", "early"), message(address, "k", "after")
	err := l.transport.Publish(ctx, early)
	if err == nil {
		l.Fatalf("Publish returned nil although its context had ended")
	}
	l.publish(after)
	m := l.join("readers", address)
	got := m.take(1)[0]
	if string(got.Message().Value) == "early" && !errors.Is(err, driver.ErrUnknownOutcome) {
		l.Errorf("the message was stored, but the error says nothing of it: %v", err)
	}
}
