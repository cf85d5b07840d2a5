package kafka

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/apiversions"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// probe finds out whether a broker can be talked to, and if not, why: step by
// step, because a broker that does not like a login or a protocol mostly just
// closes the connection.
func (c *cluster) probe(ctx context.Context) error {
	brokers := strings.Join(c.config.Brokers, ", ")
	err := c.greetAny(ctx)
	if err == nil {
		err = c.firstRequest(ctx, brokers)
	}
	if ended := contextEnded(ctx, "connecting to %s", brokers); ended != nil && err != nil {
		return fmt.Errorf("%w (last: %v)", ended, err)
	}
	return err
}

// greetAny greets the brokers until one answers.
func (c *cluster) greetAny(ctx context.Context) error {
	var errs []error
	for _, broker := range c.config.Brokers {
		err := c.greet(ctx, broker)
		if err == nil {
			return nil
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// firstRequest makes a request for which a broker wants a login.
func (c *cluster) firstRequest(ctx context.Context, brokers string) error {
	_, err := c.metadata(ctx, []string{})
	switch {
	case err == nil:
		return nil
	case !closedByPeer(err):
		return failed(err, "connecting to %s", brokers)
	case c.config.SASL != nil:
		return fmt.Errorf("kafka: %s closed the connection during the %s login: user name or password is wrong: %w",
			brokers, c.config.SASL.Name(), driver.ErrUnauthorized)
	}
	return fmt.Errorf("kafka: %s closed the connection at the first request: it may require a login (SASL), and none was given: %w",
		brokers, driver.ErrUnauthorized)
}

// greet asks for the versions that a broker speaks, which is allowed before the
// login.
func (c *cluster) greet(ctx context.Context, broker string) error {
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeouts.Dial)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", broker)
	if err != nil {
		return fmt.Errorf("kafka: broker %s cannot be reached: %w", broker, err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if c.config.TLS != nil {
		secured := tls.Client(conn, serverName(c.config.TLS, broker))
		if err := secured.HandshakeContext(ctx); err != nil {
			return describeTLS(broker, cmp.Or(ctx.Err(), err))
		}
		conn = secured
	}
	if err := askVersions(conn, c.config.ClientID); err != nil {
		return c.describeGreeting(broker, cmp.Or(ctx.Err(), err))
	}
	return nil
}

// maxGreeting bounds the answer to the first request, which may come from
// anything that listens: a Kafka broker's is below one KiB.
const maxGreeting = 64 << 10

// askVersions sends an ApiVersions request and looks at the frame of the answer,
// which only a Kafka broker gets right.
func askVersions(conn io.ReadWriter, clientID string) error {
	if err := protocol.WriteRequest(conn, 0, correlation, clientID, new(apiversions.Request)); err != nil {
		return err
	}
	_, err := readBody(conn, maxGreeting)
	return err
}

// serverName returns t for a connection to broker.
func serverName(t *tls.Config, broker string) *tls.Config {
	if t.ServerName != "" {
		return t
	}
	t = t.Clone()
	t.ServerName, _, _ = net.SplitHostPort(broker)
	return t
}

func describeTLS(broker string, err error) error {
	var plain tls.RecordHeaderError
	if errors.As(err, &plain) || closedByPeer(err) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("kafka: %s does not speak TLS at this port, connect without TLS or to its TLS port: %w", broker, err)
	}
	return fmt.Errorf("kafka: TLS handshake with %s: %w", broker, err)
}

func (c *cluster) describeGreeting(broker string, err error) error {
	help := "it may expect TLS, or not be a Kafka broker"
	if c.config.TLS != nil {
		help = "it may require a client certificate, or not be a Kafka broker"
	}
	return fmt.Errorf("kafka: %s took the connection but does not answer: %s: %w", broker, help, err)
}

// closedByPeer tells whether the other side ended the connection.
func closedByPeer(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || strings.Contains(err.Error(), "reset by peer")
}
