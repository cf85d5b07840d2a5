package kafka

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/apiversions"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// probe finds out whether a broker can be talked to, and if not, why.
func (c *cluster) probe(ctx context.Context) error {
	m, err := c.metadata(ctx, []string{})
	if err == nil && len(m.Brokers) == 0 {
		err = errors.New("the cluster has no brokers")
	}
	if err == nil {
		return nil
	}
	brokers := strings.Join(c.config.Brokers, ", ")
	if ended := contextEnded(ctx, "connecting to %s", brokers); ended != nil {
		return fmt.Errorf("%w (last error: %v)", ended, err)
	}
	return c.diagnose(ctx, err)
}

// diagnose connects step by step to find out at which one it fails: a broker
// that does not like a login or a protocol mostly just closes the connection.
// It talks to the first broker that takes a connection.
func (c *cluster) diagnose(ctx context.Context, cause error) error {
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeouts.Dial)
	defer cancel()
	if codeOf(cause) != 0 {
		return failed(cause, "connecting to %s", strings.Join(c.config.Brokers, ", "))
	}
	var unreachable []error
	for _, broker := range c.config.Brokers {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", broker)
		if err != nil {
			unreachable = append(unreachable, err)
			continue
		}
		defer conn.Close()
		return c.examine(ctx, conn, broker, cause)
	}
	return fmt.Errorf("kafka: no broker can be reached: %w", errors.Join(unreachable...))
}

// examine talks to a broker that has taken the connection.
func (c *cluster) examine(ctx context.Context, conn net.Conn, broker string, cause error) error {
	if err := c.greet(ctx, conn, broker); err != nil {
		return err
	}
	// It speaks Kafka, so that the fault is in what comes after.
	switch {
	case c.config.SASL != nil && closedByPeer(cause):
		return fmt.Errorf("kafka: %s closed the connection during the %s login: user name or password is wrong: %w",
			broker, c.config.SASL.Name(), driver.ErrUnauthorized)
	case closedByPeer(cause):
		return fmt.Errorf("kafka: %s closed the connection after the first request: it may require a login, set Config.SASL: %w",
			broker, driver.ErrUnauthorized)
	}
	return fmt.Errorf("kafka: connecting to %s: %w", broker, cause)
}

// greet asks for the versions that the broker speaks, which is allowed before
// the login.
func (c *cluster) greet(ctx context.Context, conn net.Conn, broker string) error {
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(c.config.Timeouts.Dial)
	}
	conn.SetDeadline(deadline)
	if t := c.config.TLS; t != nil {
		if t.ServerName == "" {
			t = t.Clone()
			t.ServerName, _, _ = net.SplitHostPort(broker)
		}
		secured := tls.Client(conn, t)
		if err := secured.HandshakeContext(ctx); err != nil {
			return describeTLS(broker, err)
		}
		conn = secured
	}
	if _, err := protocol.NewConn(conn, c.config.ClientID).RoundTrip(new(apiversions.Request)); err != nil {
		return c.describeGreeting(broker, err)
	}
	return nil
}

func describeTLS(broker string, err error) error {
	var plain tls.RecordHeaderError
	if errors.As(err, &plain) {
		return fmt.Errorf("kafka: %s does not speak TLS at this port, remove Config.TLS or use its TLS port: %w", broker, err)
	}
	return fmt.Errorf("kafka: TLS handshake with %s: %w", broker, err)
}

func (c *cluster) describeGreeting(broker string, err error) error {
	help := "it may expect TLS (set Config.TLS) or not be a Kafka broker"
	if c.config.TLS != nil {
		help = "it may require a client certificate (Config.TLS) or not be a Kafka broker"
	}
	return fmt.Errorf("kafka: %s took the connection but does not answer: %s: %w", broker, help, err)
}

// closedByPeer tells whether the other side ended the connection.
func closedByPeer(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || strings.Contains(err.Error(), "reset by peer")
}
