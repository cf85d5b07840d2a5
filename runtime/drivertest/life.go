package drivertest

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// lifeLaws are about waiting, ending and closing.
func lifeLaws() []Law {
	return []Law{
		{
			Name: "receive-waits", check: receiveWaits,
			Says: "Receive blocks until there is a message",
		},
		{
			Name: "receive-ends-with-its-context", check: receiveEndsWithContext,
			Says: "Receive returns when its context ends, and the next call gets what comes",
		},
		{
			Name: "receive-ends-on-close", check: receiveEndsOnClose,
			Says: "closing the receiver ends Receive with io.EOF, the running call and later ones",
		},
		{
			Name: "transport-close-ends-receivers", check: transportCloseEndsReceivers,
			Says: "closing the transport ends Receive with io.EOF",
		},
		{
			Name: "transport-close-keeps-acks", check: transportCloseKeepsAcks,
			Says: "what was acknowledged before the transport was closed is not delivered again",
		},
		{
			Name: "close-twice", check: closeTwice,
			Says: "closing a receiver or a transport twice, or concurrently, is harmless",
		},
		{
			Name: "closed-transport-refuses", check: closedTransportRefuses,
			Says: "after Close, Publish and Subscribe return ErrClosed",
		},
		{
			Name: "transports-are-independent", check: transportsAreIndependent,
			Says: "closing one transport leaves another on the same broker alone",
		},
		{
			Name: "subscription-needs-addresses", check: subscriptionNeedsAddresses,
			Says: "Subscribe refuses a subscription without addresses",
		},
		{
			Name: "features-are-constant", check: featuresAreConstant,
			Says: "Features never changes, and names a protocol",
		},
		{
			Name: "provision-leaves-what-exists", check: provisionLeaves, needs: []need{needProvision, needPartitions},
			Says: "Provision creates what is missing with so many partitions, and leaves existing addresses and their messages alone",
		},
	}
}

// waiting starts a Receive, and returns what it will have returned.
func (m *member) waiting(ctx context.Context) chan error {
	ended := make(chan error, 1)
	go func() {
		_, err := m.receiver.Receive(ctx)
		ended <- err
	}()
	return ended
}

// ends waits for a call to end and returns its error.
func (l *lab) ends(what string, ended chan error) error {
	l.Helper()
	timer := time.NewTimer(l.h.Patience)
	defer timer.Stop()
	select {
	case err := <-ended:
		return err
	case <-timer.C:
		l.Fatalf("%s did not end within %v", what, l.h.Patience)
		return nil
	}
}

func receiveWaits(l *lab) {
	address := l.address(1)
	m := l.join("readers", address)
	m.silent()
	out := message(address, "", "m")
	l.publish(out)
	m.expect(out)
	m.silent()
}

func receiveEndsWithContext(l *lab) {
	address := l.address(1)
	m := l.join("readers", address)
	first := message(address, "", "first")
	l.publish(first)
	m.expect(first)
	for i := range 3 {
		ctx, cancel := context.WithTimeout(context.Background(), l.h.Quiet/4)
		ended := m.waiting(ctx)
		if i == 2 {
			cancel()
		}
		if err := l.ends("Receive with an ended context", ended); err == nil || errors.Is(err, io.EOF) {
			l.Errorf("Receive returned %v when its context ended", err)
		}
		cancel()
	}
	out := messages(address, "m", 5)
	l.publish(out...)
	m.expect(out...)
}

func receiveEndsOnClose(l *lab) {
	address := l.address(1)
	m := l.join("readers", address)
	first := message(address, "", "first")
	l.publish(first)
	l.ack(m.expect(first)...)
	ctx, cancel := l.patience()
	defer cancel()
	ended := m.waiting(ctx)
	m.close()
	if err := l.ends("Receive of a closed receiver", ended); !errors.Is(err, io.EOF) {
		l.Errorf("Receive returned %v when the receiver was closed, want io.EOF", err)
	}
	l.publish(message(address, "", "late"))
	if err := l.ends("Receive after Close", m.waiting(ctx)); !errors.Is(err, io.EOF) {
		l.Errorf("Receive after Close: %v, want io.EOF", err)
	}
}

func transportCloseEndsReceivers(l *lab) {
	m := l.join("readers", l.address(1))
	ctx, cancel := l.patience()
	defer cancel()
	ended := m.waiting(ctx)
	if err := l.transport.Close(ctx); err != nil {
		l.Errorf("closing the transport: %v", err)
	}
	if err := l.ends("Receive of a closed transport", ended); !errors.Is(err, io.EOF) {
		l.Errorf("Receive returned %v when the transport was closed, want io.EOF", err)
	}
}

func transportCloseKeepsAcks(l *lab) {
	address := l.address(1)
	out := messages(address, "m", 10)
	l.publish(out...)
	m := l.join("readers", address)
	l.ack(m.expect(out...)[:6]...)
	ctx, cancel := l.patience()
	defer cancel()
	if err := l.transport.Close(ctx); err != nil {
		l.Errorf("closing the transport: %v", err)
	}
	l.transport = l.open()
	l.join("readers", address).expect(out[6:]...)
}

func closeTwice(l *lab) {
	address := l.address(1)
	l.publish(message(address, "", "m"))
	m := l.join("readers", address)
	l.ack(m.take(1)...)
	ctx, cancel := l.patience()
	defer cancel()
	closers := []func(context.Context) error{m.receiver.Close, l.transport.Close}
	for i, close := range closers {
		errs := make(chan error, 4)
		var wg sync.WaitGroup
		for range cap(errs) {
			wg.Go(func() { errs <- close(ctx) })
		}
		wg.Wait()
		for range cap(errs) {
			if err := <-errs; err != nil {
				l.Errorf("closing the %s again: %v", []string{"receiver", "transport"}[i], err)
			}
		}
	}
	m.close()
}

func closedTransportRefuses(l *lab) {
	address := l.address(1)
	ctx, cancel := l.patience()
	defer cancel()
	if err := l.transport.Close(ctx); err != nil {
		l.Errorf("closing the transport: %v", err)
	}
	if err := l.transport.Publish(ctx, message(address, "", "m")); !errors.Is(err, driver.ErrClosed) {
		l.Errorf("Publish after Close: %v, want ErrClosed", err)
	}
	s := driver.Subscription{Addresses: []string{address}, Group: l.group("late")}
	if _, err := l.transport.Subscribe(ctx, s); !errors.Is(err, driver.ErrClosed) {
		l.Errorf("Subscribe after Close: %v, want ErrClosed", err)
	}
}

func transportsAreIndependent(l *lab) {
	address := l.address(1)
	other := l.open()
	m := l.join("readers", address)
	ctx, cancel := l.patience()
	defer cancel()
	if err := other.Close(ctx); err != nil {
		l.Errorf("closing the other transport: %v", err)
	}
	out := message(address, "", "m")
	l.publish(out)
	m.expect(out)
}

func subscriptionNeedsAddresses(l *lab) {
	ctx, cancel := l.patience()
	defer cancel()
	r, err := l.transport.Subscribe(ctx, driver.Subscription{Group: l.group("nowhere")})
	if err == nil {
		l.Errorf("Subscribe to no address returned no error")
		_ = r.Close(ctx)
	}
}

func featuresAreConstant(l *lab) {
	before := l.transport.Features()
	if before.Protocol == "" {
		l.Errorf("Features.Protocol is empty")
	}
	address := l.address(1)
	l.publish(message(address, "", "m"))
	l.join("readers", address).take(1)
	ctx, cancel := l.patience()
	defer cancel()
	if err := l.transport.Close(ctx); err != nil {
		l.Errorf("closing the transport: %v", err)
	}
	for _, t := range []driver.Transport{l.transport, l.open()} {
		if after := t.Features(); after != before {
			l.Errorf("Features changed from %+v to %+v", before, after)
		}
	}
}

func provisionLeaves(l *lab) {
	existing, fresh := l.address(1), l.h.Missing(l.TB)
	out := messages(existing, "m", 10, keys(10)...)
	l.publish(out...)
	ctx, cancel := l.patience()
	defer cancel()
	for range 2 {
		if err := l.transport.(driver.Provisioner).Provision(ctx, 4, existing, fresh); err != nil {
			l.Fatalf("provisioning: %v", err)
		}
	}
	l.join("readers", existing).expect(out...)
	l.publish(messages(fresh, "fresh", 64, keys(64)...)...)
	seen := map[int32]bool{}
	for _, d := range l.join("fresh", fresh).take(64) {
		seen[d.Message().Partition] = true
	}
	if len(seen) != 4 {
		l.Errorf("64 keys lie in %d partitions, want 4", len(seen))
	}
}
