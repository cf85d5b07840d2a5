package drivertest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// tapLaws are about watching without being noticed.
func tapLaws() []Law {
	return []Law{
		{
			Name: "tap-sees-what-comes", check: tapSeesWhatComes, needs: []need{needTap},
			Says: "a tap yields every message that is published after Tap returned, with all that belongs to it",
		},
		{
			Name: "tap-start-latest", check: tapStartLatest, needs: []need{needTap},
			Says: "a tap that starts at the latest yields nothing that was published before",
		},
		{
			Name: "tap-start-earliest", check: tapStartEarliest, needs: []need{needTap},
			Says: "a tap that starts at the earliest yields what is there",
		},
		{
			Name: "tap-selects", check: tapSelects, needs: []need{needTap},
			Says: "a tap yields what its Match selects, and lists those addresses, sorted",
		},
		{
			Name: "tap-leaves-no-trace", check: tapLeavesNoTrace, needs: []need{needTap},
			Says: "what a tap has seen still goes to every group",
		},
		{
			Name: "tap-finds-new-addresses", check: tapFindsNew, needs: []need{needTap, needProvision},
			Says: "an address that comes into being later is found and watched from its beginning",
		},
		{
			Name: "tap-ends", check: tapEnds, needs: []need{needTap},
			Says: "Receive of a tap ends with its context, and with io.EOF when the tap or the transport is closed",
		},
	}
}

// tapOn watches the addresses. The tap is closed with the test.
func (l *lab) tapOn(start driver.Start, addresses ...string) driver.Tap {
	l.Helper()
	ctx, cancel := l.patience()
	defer cancel()
	t, err := l.transport.(driver.Tapper).Tap(ctx, driver.TapOptions{
		Match: func(a string) bool { return slices.Contains(addresses, a) }, Start: start,
	})
	if err != nil {
		l.Fatalf("tapping %q: %v", addresses, err)
	}
	l.Cleanup(func() {
		ctx, cancel := l.patience()
		defer cancel()
		if err := t.Close(ctx); err != nil {
			l.Errorf("closing the tap: %v", err)
		}
	})
	return t
}

// tapped receives until n messages are there, which must be all.
func (l *lab) tapped(t driver.Tap, n int) []*driver.Message {
	l.Helper()
	ctx, cancel := l.patience()
	defer cancel()
	var got []*driver.Message
	for len(got) < n {
		batch, err := t.Receive(ctx)
		if err != nil {
			l.Fatalf("the tap yielded %d of %d messages, then: %v", len(got), n, err)
		}
		got = append(got, batch...)
	}
	if len(got) > n {
		l.Fatalf("the tap yielded %d messages, want %d; the last is %q", len(got), n, got[len(got)-1].Value)
	}
	return got
}

// sameSet checks that the tap yielded each of want once.
func (l *lab) sameSet(got, want []*driver.Message) {
	l.Helper()
	set := valueSet(want)
	for _, m := range got {
		if !set[string(m.Value)] {
			l.Fatalf("the tap yielded %q, which was seen before or is not its own", m.Value)
		}
		delete(set, string(m.Value))
	}
}

func tapSeesWhatComes(l *lab) {
	address := l.address(3)
	t := l.tapOn(driver.StartLatest, address)
	out := messages(address, "m", 300, keys(9)...)
	for _, m := range out {
		m.Headers = []driver.Header{{Key: "h", Value: m.Value}, {Key: "h", Value: nil}}
	}
	for i := 0; i < len(out); i += 100 {
		l.publish(out[i : i+100]...)
	}
	got := l.tapped(t, len(out))
	l.sameSet(got, out)
	for _, m := range got {
		want := []driver.Header{{Key: "h", Value: m.Value}, {Key: "h", Value: nil}}
		if m.Address != address || len(m.Key) == 0 || !sameHeaders(m.Headers, want) {
			l.Fatalf("the tap yielded %q at %q with key %q and headers %q", m.Value, m.Address, m.Key, m.Headers)
		}
	}
}

func tapStartLatest(l *lab) {
	address := l.address(2)
	l.publish(messages(address, "old", 50, keys(10)...)...)
	t := l.tapOn(driver.StartLatest, address)
	out := messages(address, "new", 50, keys(10)...)
	l.publish(out...)
	l.sameSet(l.tapped(t, len(out)), out)
}

func tapStartEarliest(l *lab) {
	address := l.address(2)
	out := messages(address, "m", 100, keys(10)...)
	l.publish(out[:50]...)
	t := l.tapOn(driver.StartEarliest, address)
	l.publish(out[50:]...)
	l.sameSet(l.tapped(t, len(out)), out)
}

func tapSelects(l *lab) {
	a, b, other := l.address(1), l.address(2), l.address(1)
	t := l.tapOn(driver.StartEarliest, a, b)
	l.publish(messages(other, "other", 10)...)
	out := append(messages(a, "a", 10), messages(b, "b", 10, keys(5)...)...)
	l.publish(out...)
	l.sameSet(l.tapped(t, len(out)), out)
	want := []string{a, b}
	slices.Sort(want)
	if got := t.Addresses(); !slices.Equal(got, want) {
		l.Errorf("Addresses lists %q, want %q", got, want)
	}
}

func tapLeavesNoTrace(l *lab) {
	address := l.address(1)
	out := messages(address, "m", 20)
	m := l.join("before", address)
	t := l.tapOn(driver.StartEarliest, address)
	l.publish(out...)
	l.sameSet(l.tapped(t, len(out)), out)
	l.ack(m.expect(out...)...)
	l.join("after", address).expect(out...)
}

func tapFindsNew(l *lab) {
	address := l.h.Missing(l.TB)
	t := l.tapOn(driver.StartLatest, address)
	if got := t.Addresses(); len(got) != 0 {
		l.Errorf("Addresses lists %q before it exists", got)
	}
	ctx, cancel := l.patience()
	defer cancel()
	if err := l.transport.(driver.Provisioner).Provision(ctx, 2, address); err != nil {
		l.Fatalf("provisioning: %v", err)
	}
	out := messages(address, "m", 20, keys(10)...)
	l.publish(out...)
	l.sameSet(l.tapped(t, len(out)), out)
	if got := t.Addresses(); !slices.Equal(got, []string{address}) {
		l.Errorf("Addresses lists %q, want %q", got, address)
	}
}

func tapEnds(l *lab) {
	address := l.address(1)
	one, two := l.tapOn(driver.StartLatest, address), l.tapOn(driver.StartLatest, address)
	ctx, cancel := l.patience()
	defer cancel()
	receive := func(ctx context.Context, t driver.Tap) chan error {
		ended := make(chan error, 1)
		go func() {
			batch, err := t.Receive(ctx)
			if len(batch) > 0 {
				err = fmt.Errorf("received %q", batch[0].Value)
			}
			ended <- err
		}()
		return ended
	}
	short, stop := context.WithCancel(ctx)
	ended := receive(short, one)
	stop()
	if err := l.ends("Receive of a tap with an ended context", ended); !errors.Is(err, context.Canceled) {
		l.Errorf("Receive of a tap with an ended context: %v", err)
	}
	ended = receive(ctx, one)
	if err := errors.Join(one.Close(ctx), one.Close(ctx)); err != nil {
		l.Errorf("closing the tap twice: %v", err)
	}
	if err := l.ends("Receive of a closed tap", ended); !errors.Is(err, io.EOF) {
		l.Errorf("Receive of a closed tap: %v, want io.EOF", err)
	}
	ended = receive(ctx, two)
	if err := l.transport.Close(ctx); err != nil {
		l.Errorf("closing the transport: %v", err)
	}
	if err := l.ends("Receive of a tap of a closed transport", ended); !errors.Is(err, io.EOF) {
		l.Errorf("Receive of a tap of a closed transport: %v, want io.EOF", err)
	}
}
