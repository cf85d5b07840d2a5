// Command service is the shop's order service in miniature, with a payment
// provider to talk to, both on generated code and in one process over the memory
// transport. Another transport is another argument to runtime.Open: nothing else
// changes.
//
//	go run ./examples/shop/service
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"time"

	"github.com/asyncwire/asyncwire/examples/shop/shop"
	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	orders := []shop.OrderPlaced{order(1999), order(250_000), order(4500)}
	if err := run(ctx, memory.New(nil), os.Stdout, orders); err != nil {
		fmt.Fprintln(os.Stderr, "service:", err)
		os.Exit(1)
	}
}

// run places the orders and returns when each of them was paid or cancelled.
func run(ctx context.Context, transport driver.Transport, out io.Writer, orders []shop.OrderPlaced) error {
	conn := runtime.Open(transport, &runtime.Options{Source: "order-service"})
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	service := &orderService{cancelled: shop.NewOrderCancelledProducer(conn), settled: make(chan string)}
	provider := &paymentProvider{payments: shop.NewPaymentProducer(conn), limit: 100_000}
	consumers := start(ctx, cancel,
		func(ctx context.Context) error {
			return shop.ConsumePayment(ctx, conn, shop.PaymentHandlers{
				PaymentCaptured: service.paid,
				PaymentDeclined: service.declined,
			})
		},
		func(ctx context.Context) error {
			return shop.ConsumeOrderPlaced(ctx, conn, provider.charge, runtime.Group("payment-provider"))
		},
	)

	placed := shop.NewOrderPlacedProducer(conn)
	for _, o := range orders {
		if err := placed.Publish(ctx, o, runtime.Key(o.OrderID.String())); err != nil {
			return err
		}
	}
	for range orders {
		select {
		case line := <-service.settled:
			_, _ = fmt.Fprintln(out, line)
		case <-ctx.Done():
			return errors.Join(ctx.Err(), consumers())
		}
	}
	cancel()
	return consumers()
}

// orderService is the application that the document describes.
type orderService struct {
	cancelled *shop.OrderCancelledProducer
	settled   chan string
}

// paid is called for every payment that has arrived.
func (s *orderService) paid(ctx context.Context, e *shop.PaymentCapturedEnvelope) error {
	p := e.Payload
	return s.settle(ctx, "order %s was paid: %d %s through %s", p.OrderID, p.Amount.Amount, p.Amount.Currency, e.Headers.PaymentProvider)
}

// declined is called for every payment that could not be had. What is published
// here carries on the chain of causes by itself.
func (s *orderService) declined(ctx context.Context, e *shop.PaymentDeclinedEnvelope) error {
	err := s.cancelled.Publish(ctx, shop.OrderCancelled{
		OrderID:     e.Payload.OrderID,
		CancelledAt: time.Now(),
		Reason:      shop.OrderCancelledReasonPaymentDeclined,
	}, runtime.Key(e.Payload.OrderID.String()))
	if err != nil {
		return err // the payment is delivered again
	}
	return s.settle(ctx, "order %s was cancelled: %s", e.Payload.OrderID, e.Payload.Code)
}

func (s *orderService) settle(ctx context.Context, format string, args ...any) error {
	select {
	case s.settled <- fmt.Sprintf(format, args...):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// paymentProvider is on the other side: it consumes what the order service sends
// and sends what the order service consumes.
type paymentProvider struct {
	payments *shop.PaymentProducer
	limit    int64
}

func (p *paymentProvider) charge(ctx context.Context, e *shop.OrderPlacedEnvelope) error {
	order, headers := e.Payload, shop.PaymentHeaders{PaymentProvider: shop.PaymentHeadersPaymentProviderCardhouse}
	if order.Total.Amount > p.limit {
		return p.payments.PublishPaymentDeclined(ctx, headers, shop.PaymentDeclined{
			PaymentID:  runtime.NewUUID(),
			OrderID:    order.OrderID,
			DeclinedAt: time.Now(),
			Code:       shop.PaymentDeclinedCodeLimitExceeded,
			Retryable:  runtime.Some(false),
		}, runtime.Key(order.OrderID.String()))
	}
	return p.payments.PublishPaymentCaptured(ctx, headers, shop.PaymentCaptured{
		PaymentID:  runtime.NewUUID(),
		OrderID:    order.OrderID,
		Amount:     order.Total,
		Method:     shop.PaymentCapturedMethod{Kind: shop.PaymentCapturedMethodKindCard},
		CapturedAt: time.Now(),
	}, runtime.Key(order.OrderID.String()))
}

// start runs consumers until ctx ends; one that fails ends the others. The
// function it returns waits for all of them.
func start(ctx context.Context, cancel context.CancelFunc, consumers ...func(context.Context) error) func() error {
	var wg sync.WaitGroup
	failures := make([]error, len(consumers))
	for i, consume := range consumers {
		wg.Go(func() {
			if failures[i] = consume(ctx); failures[i] != nil {
				cancel()
			}
		})
	}
	return func() error {
		wg.Wait()
		return errors.Join(failures...)
	}
}

// order is an order of one article at a price in cents.
func order(cents int64) shop.OrderPlaced {
	price := shop.Money{Amount: cents, Currency: shop.CurrencyEur}
	return shop.OrderPlaced{
		OrderID:         runtime.NewUUID(),
		PlacedAt:        time.Now(),
		SalesChannel:    shop.OrderPlacedSalesChannelWeb,
		Customer:        shop.OrderPlacedCustomer{ID: runtime.NewUUID(), Email: "ada@example.com"},
		Lines:           []shop.OrderLine{{SKU: "BOK-0042", Quantity: 1, UnitPrice: price}},
		ShippingAddress: shop.Address{Street: "Long Lane 7", City: "Leipzig", PostalCode: "04109", Country: "DE"},
		Total:           price,
	}
}
