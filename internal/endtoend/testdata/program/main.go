// A program over generated code: it publishes numbered messages through a typed
// producer, consumes them through the typed consumer, or does both over memory,
// and prints a line for every message on either side.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/kafka"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// begin is the time of the first message: any time that has nanoseconds.
var begin = time.Date(2026, 2, 28, 23, 59, 59, 123456789, time.UTC)

// attributes are what every message of the program carries.
func attributes(messageType, key string, seq int) runtime.Attributes {
	return runtime.Attributes{
		ID: fmt.Sprintf("message-%d", seq), Source: "/endtoend", Type: messageType, Subject: "subject of " + key,
		Time: begin.Add(time.Duration(seq) * time.Millisecond), Key: key,
		DataContentType: "application/json", CorrelationID: fmt.Sprintf("correlation-%d", seq), CausationID: "root",
		Extensions: map[string]string{"tenant": "north"},
	}
}

// line is what both sides print: two equal lines mean two equal envelopes.
func line(key string, seq int, envelope any) string {
	text, err := json.Marshal(envelope)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("%s %d %s", key, seq, text)
}

// printer writes whole lines from many goroutines, each at once: what is printed
// stays printed when the process is killed.
type printer struct{ mu sync.Mutex }

var output printer

func (p *printer) print(side, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Println(side, text)
}

type options struct {
	messages, keys            int
	group, brokers, parameter string
	prefix                    string // of keys
	stall                     int64  // how many messages are handled before handlers hang
}

func main() {
	role := flag.String("role", "both", "produce, consume or both")
	var o options
	flag.IntVar(&o.messages, "messages", 1000, "how many to publish")
	flag.IntVar(&o.keys, "keys", 50, "how many keys")
	flag.StringVar(&o.group, "group", "endtoend", "consumer group")
	flag.Int64Var(&o.stall, "stall", 0, "after how many messages the handlers hang; 0 is never")
	flag.StringVar(&o.prefix, "prefix", "key", "what keys begin with")
	flag.StringVar(&o.parameter, "parameter", "", "value of the address's parameter")
	flag.StringVar(&o.brokers, "brokers", "", "Kafka brokers; memory when empty")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := run(ctx, *role, o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, role string, o options) error {
	transport, err := open(ctx, o.brokers)
	if err != nil {
		return err
	}
	conn := runtime.Open(transport, &runtime.Options{Group: o.group, Source: "/endtoend"})
	defer func() { _ = conn.Close(context.Background()) }()
	switch role {
	case "produce":
		return produce(ctx, conn, o)
	case "consume":
		var handled atomic.Int64
		return consume(ctx, conn, o.parameter, func(text string) {
			if o.stall > 0 && strings.HasPrefix(text, o.prefix) && handled.Add(1) > o.stall {
				select {} // until the process is killed
			}
			output.print("consumed", text)
		})
	}
	return both(ctx, conn, o)
}

func open(ctx context.Context, brokers string) (driver.Transport, error) {
	if brokers == "" {
		return memory.New(nil), nil
	}
	return kafka.Open(ctx, kafka.Config{Brokers: strings.Split(brokers, ",")})
}

// produce publishes from several goroutines, each with keys of its own.
func produce(ctx context.Context, conn *runtime.Conn, o options) error {
	const workers = 10
	var wg sync.WaitGroup
	errs := make(chan error, workers)
	for w := range workers {
		wg.Go(func() {
			for seq := w; seq < o.messages; seq += workers {
				key := fmt.Sprintf("%s-%d", o.prefix, seq%o.keys/workers*workers+w)
				text, err := publish(ctx, conn, o.parameter, key, seq)
				if err != nil {
					errs <- err
					return
				}
				output.print("published", text)
			}
		})
	}
	wg.Wait()
	close(errs)
	return <-errs
}

func both(ctx context.Context, conn *runtime.Conn, o options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var seen atomic.Int64
	consumed := make(chan error, 1)
	go func() {
		consumed <- consume(ctx, conn, o.parameter, func(text string) {
			output.print("consumed", text)
			if seen.Add(1) == int64(o.messages) {
				cancel()
			}
		})
	}()
	if err := produce(context.WithoutCancel(ctx), conn, o); err != nil {
		return err
	}
	return <-consumed
}
