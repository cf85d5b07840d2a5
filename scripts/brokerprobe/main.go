// Command brokerprobe waits until a Kafka broker is of use: not only its port
// has to be open, but the coordinators of groups and of transactions have to
// answer, which takes a little longer.
//
//	go run ./scripts/brokerprobe -for 60s 127.0.0.1:9092
//	go run ./scripts/brokerprobe -ports 2
//
// The first form exits 0 when the broker is ready, and 1 with the last reason
// when it is not within the time. The second prints so many free ports of the
// loopback interface. It is a tool of scripts/brokers and imports kafka-go and
// the standard library alone.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/segmentio/kafka-go"
)

// probeName is the group and the transactional id that the probe uses.
const probeName = "asyncwire-probe"

// step is one thing that has to work.
type step struct {
	name string
	run  func(ctx context.Context, c *kafka.Client) error
}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("brokerprobe", flag.ContinueOnError)
	flags.SetOutput(stderr)
	limit := flags.Duration("for", time.Minute, "how long to wait")
	ports := flags.Int("ports", 0, "print so many free ports and do nothing else")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if *ports > 0 {
		return freePorts(*ports, stdout, stderr)
	}
	if flags.NArg() != 1 {
		fmt.Fprintln(stderr, "usage: brokerprobe [-for duration] host:port")
		return 2
	}
	ctx, cancel := context.WithTimeout(context.Background(), *limit)
	defer cancel()
	if err := await(ctx, flags.Arg(0)); err != nil {
		fmt.Fprintf(stderr, "%s is not ready after %v: %v\n", flags.Arg(0), *limit, err)
		return 1
	}
	return 0
}

// freePorts prints ports that nobody listens on now. All are held until the last
// is found, so that they differ.
func freePorts(n int, stdout, stderr io.Writer) int {
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			fmt.Fprintln(stderr, err)
			return 1
		}
		defer l.Close()
		fmt.Fprintln(stdout, l.Addr().(*net.TCPAddr).Port)
	}
	return 0
}

// await repeats each step until it works, one after the other.
func await(ctx context.Context, broker string) error {
	transport := &kafka.Transport{DialTimeout: 2 * time.Second}
	defer transport.CloseIdleConnections()
	client := &kafka.Client{Addr: kafka.TCP(broker), Timeout: 5 * time.Second, Transport: transport}
	for _, s := range steps() {
		for {
			err := s.run(ctx, client)
			if err == nil {
				break
			}
			select {
			case <-time.After(100 * time.Millisecond):
				// A fresh connection, and nothing remembered.
				transport.CloseIdleConnections()
			case <-ctx.Done():
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}
	}
	return nil
}

func steps() []step {
	return []step{
		{"metadata", metadata},
		{"group coordinator", func(ctx context.Context, c *kafka.Client) error {
			return coordinator(ctx, c, kafka.CoordinatorKeyTypeConsumer)
		}},
		{"offsets of a group", offsets},
		{"transaction coordinator", func(ctx context.Context, c *kafka.Client) error {
			return coordinator(ctx, c, kafka.CoordinatorKeyTypeTransaction)
		}},
		{"producer id", func(ctx context.Context, c *kafka.Client) error { return producerID(ctx, c, "") }},
		{"transactional producer id", func(ctx context.Context, c *kafka.Client) error {
			return producerID(ctx, c, probeName)
		}},
	}
}

func metadata(ctx context.Context, c *kafka.Client) error {
	res, err := c.Metadata(ctx, &kafka.MetadataRequest{})
	if err == nil && len(res.Brokers) == 0 {
		err = errors.New("no brokers")
	}
	return err
}

func coordinator(ctx context.Context, c *kafka.Client, kind kafka.CoordinatorKeyType) error {
	res, err := c.FindCoordinator(ctx, &kafka.FindCoordinatorRequest{Key: probeName, KeyType: kind})
	if err != nil {
		return err
	}
	return res.Error
}

func offsets(ctx context.Context, c *kafka.Client) error {
	res, err := c.OffsetFetch(ctx, &kafka.OffsetFetchRequest{
		GroupID: probeName, Topics: map[string][]int{probeName: {0}},
	})
	if err != nil {
		return err
	}
	return res.Error
}

func producerID(ctx context.Context, c *kafka.Client, transactional string) error {
	res, err := c.InitProducerID(ctx, &kafka.InitProducerIDRequest{
		TransactionalID: transactional, TransactionTimeoutMs: 10_000, ProducerID: -1, ProducerEpoch: -1,
	})
	if err != nil {
		return err
	}
	if res.Error == nil && res.Producer.ProducerID < 0 {
		return errors.New("the broker gave none")
	}
	return res.Error
}
