package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/asyncwire/asyncwire/examples/shop/shop"
	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// A payment that breaks the document's rules is never seen by the order service:
// the consumer puts it where the document wants dead letters, with the reason.
func Example_deadLetter() {
	ctx, stop := context.WithTimeout(context.Background(), 20*time.Second)
	defer stop()
	conn := runtime.Open(memory.New(nil), &runtime.Options{Source: "payment-provider", Logger: slog.New(slog.DiscardHandler)})
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	letters, err := conn.Tap(ctx, driver.TapOptions{Match: func(address string) bool { return address == "shop.payments.dead" }})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = letters.Close(context.WithoutCancel(ctx)) }()
	service := &orderService{cancelled: shop.NewOrderCancelledProducer(conn), settled: make(chan string)}
	consumers := start(ctx, stop, func(ctx context.Context) error {
		return shop.ConsumePayment(ctx, conn, shop.PaymentHandlers{PaymentCaptured: service.paid, PaymentDeclined: service.declined})
	})

	headers := shop.PaymentHeaders{PaymentProvider: shop.PaymentHeadersPaymentProviderCardhouse}
	err = shop.NewPaymentProducer(conn).PublishPaymentDeclined(ctx, headers, shop.PaymentDeclined{
		PaymentID:  runtime.NewUUID(),
		OrderID:    runtime.NewUUID(),
		DeclinedAt: time.Now(),
		Code:       "no-money",
	}, runtime.Key("order-1"))
	if err != nil {
		fmt.Println(err)
		return
	}
	messages, err := letters.Receive(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	letter, _ := runtime.LetterOf(messages[0])
	fmt.Println(letter.Handler, letter.Class, letter.Attempts)
	fmt.Println(letter.Reason)
	stop()
	if err := consumers(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// paymentDeclined undecodable 1
	// payload: /code: must be one of "insufficient-funds", "expired-card", "limit-exceeded", "refused", is "no-money"
}
