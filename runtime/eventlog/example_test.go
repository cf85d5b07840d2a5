package eventlog_test

import (
	"context"
	"fmt"
	"os"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/eventlog"
)

func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "shop")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)

	log, err := eventlog.Open(dir, nil)
	if err != nil {
		panic(err)
	}
	defer log.Close(ctx)
	order := func(text string) *driver.Message {
		return &driver.Message{Address: "orders", Key: []byte("order-42"), Value: []byte(text)}
	}
	if err := log.Publish(ctx, order("placed"), order("paid")); err != nil {
		panic(err)
	}

	err = log.Replay(ctx, "orders", eventlog.ReplayOptions{}, func(ctx context.Context, m *driver.Message) error {
		fmt.Printf("%d: %s is %s, replaying: %v\n", m.Offset, m.Key, m.Value, runtime.Replaying(ctx))
		return nil
	})
	fmt.Println(err)
	// Output:
	// 0: order-42 is placed, replaying: true
	// 1: order-42 is paid, replaying: true
	// <nil>
}
