package kafka

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/sasl"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// Config says which cluster to talk to and how. Brokers is required; the zero
// value of everything else is the default its comment states.
type Config struct {
	// Brokers are the addresses to start from, host:port each, at least one.
	// The rest of the cluster is found through them.
	Brokers []string
	// ClientID is what brokers show in their logs and quotas. Default
	// "asyncwire".
	ClientID string
	// TLS encrypts the connections. Nil is plain text. An empty ServerName is
	// filled in with the broker's host.
	TLS *tls.Config
	// SASL logs in, for example plain.Mechanism or scram.Mechanism of
	// kafka-go. Nil is no login.
	SASL sasl.Mechanism
	// Logger gets what happens in the background: rebalances, retries, resets
	// of a position. It never gets a password or a payload. Nil is silence.
	Logger *slog.Logger
	// Compression of published batches. The zero value is none. Every
	// compression is understood when receiving.
	Compression kafka.Compression
	// MaxBatchBytes bounds one published batch of records of one partition.
	// Default 1 MiB, which is what a broker accepts by default. A broker that
	// accepts less makes batches smaller by itself.
	MaxBatchBytes int
	// MaxBufferedBytes bounds what waits to be published, in all partitions
	// together; Publish blocks while it is reached. Default 32 MiB.
	MaxBufferedBytes int
	// MaxFetchBytes is about how much of one partition is asked for at once; up
	// to three times as much of it is held. Default 1 MiB.
	MaxFetchBytes int
	// Timeouts bound every kind of waiting.
	Timeouts Timeouts
}

// Timeouts are the durations of a Config. Zero is the default its comment
// states.
type Timeouts struct {
	// Dial bounds opening one connection, login included. Default 5 s.
	Dial time.Duration
	// Request bounds one request to a broker. Default 10 s.
	Request time.Duration
	// Publish bounds how long a message is tried, counted from the moment its
	// batch is first sent. Default 30 s.
	Publish time.Duration
	// Topic bounds how long Publish waits for a topic that the cluster does
	// not know (it may have been created a moment ago). Default 5 s.
	Topic time.Duration
	// Session is after how long without a sign of life the group gives a
	// member's partitions to others. Default 30 s.
	Session time.Duration
	// Rebalance is how long the group waits for a member to finish what it has
	// in hand and give back its partitions. Default 15 s.
	Rebalance time.Duration
	// Heartbeat is how often a member shows that it lives, and so how soon it
	// learns of a rebalance. Default 1 s.
	Heartbeat time.Duration
	// Commit is how often acknowledgements are made durable, and so about how
	// much is delivered again after a crash. Default 1 s.
	Commit time.Duration
	// Discovery is how often new topics and partitions are looked for. Default
	// 1 s.
	Discovery time.Duration
	// FetchWait is how long a broker may hold a request for messages while
	// there are none. Default 500 ms.
	FetchWait time.Duration
}

// withDefaults returns c with every zero value replaced, or what is wrong.
func (c Config) withDefaults() (Config, error) {
	if len(c.Brokers) == 0 {
		return c, fmt.Errorf("kafka: Config.Brokers is empty, set at least one host:port: %w", driver.ErrInvalid)
	}
	for _, b := range c.Brokers {
		if _, _, err := net.SplitHostPort(b); err != nil {
			return c, fmt.Errorf("kafka: broker address %q is not host:port: %w", b, driver.ErrInvalid)
		}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	c.ClientID = or(c.ClientID, "asyncwire")
	c.MaxBatchBytes = or(c.MaxBatchBytes, 1<<20)
	c.MaxBufferedBytes = or(c.MaxBufferedBytes, 32<<20)
	c.MaxFetchBytes = or(c.MaxFetchBytes, 1<<20)
	c.Timeouts = c.Timeouts.withDefaults()
	if c.MaxBatchBytes < 0 || c.MaxBufferedBytes < 0 || c.MaxFetchBytes < 0 {
		return c, fmt.Errorf("kafka: a size in Config is negative: %w", driver.ErrInvalid)
	}
	return c, c.Timeouts.check()
}

func (t Timeouts) withDefaults() Timeouts {
	return Timeouts{
		Dial:      or(t.Dial, 5*time.Second),
		Request:   or(t.Request, 10*time.Second),
		Publish:   or(t.Publish, 30*time.Second),
		Topic:     or(t.Topic, 5*time.Second),
		Session:   or(t.Session, 30*time.Second),
		Rebalance: or(t.Rebalance, 15*time.Second),
		Heartbeat: or(t.Heartbeat, time.Second),
		Commit:    or(t.Commit, time.Second),
		Discovery: or(t.Discovery, time.Second),
		FetchWait: or(t.FetchWait, 500*time.Millisecond),
	}
}

// check refuses what a broker would refuse later, or what could not work.
func (t Timeouts) check() error {
	for _, d := range []time.Duration{
		t.Dial, t.Request, t.Publish, t.Topic, t.Session, t.Rebalance, t.Heartbeat, t.Commit, t.Discovery, t.FetchWait,
	} {
		if d < time.Millisecond {
			return fmt.Errorf("kafka: a duration in Config.Timeouts is below one millisecond: %w", driver.ErrInvalid)
		}
	}
	if t.Heartbeat*2 > t.Session {
		return fmt.Errorf("kafka: Timeouts.Heartbeat (%v) must be at most half of Timeouts.Session (%v): %w",
			t.Heartbeat, t.Session, driver.ErrInvalid)
	}
	if t.FetchWait*2 > t.Request {
		return fmt.Errorf("kafka: Timeouts.FetchWait (%v) must be at most half of Timeouts.Request (%v): %w",
			t.FetchWait, t.Request, driver.ErrInvalid)
	}
	return nil
}

// drain is how long a member may take to finish what it has in hand when its
// partitions are taken away. Heartbeats have stopped by then, and the last one
// may be a heartbeat interval old, so that much and a fifth are kept back.
func (t Timeouts) drain() time.Duration {
	budget := min(t.Session, t.Rebalance) - t.Heartbeat
	return budget - budget/5
}

// or returns v, or def when v is the zero value.
func or[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}

// retryPause is the longest pause between two attempts.
func (t Timeouts) retryPause() time.Duration { return min(time.Second, t.Request) }
