package cli

import (
	"context"
	"crypto/tls"
	"fmt"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/eventlog"
	"github.com/asyncwire/asyncwire/runtime/kafka"
	"github.com/segmentio/kafka-go/sasl"
	"github.com/segmentio/kafka-go/sasl/plain"
	"github.com/segmentio/kafka-go/sasl/scram"
)

// target is a broker with the way in.
type target struct {
	hosts []string    // host:port each
	tls   *tls.Config // nil: in the clear
	login *login      // nil: none
}

// login is a user name and password, and the AsyncAPI type of the security
// scheme that says how they are presented.
type login struct {
	scheme             string
	username, password string
}

// transport is a row of the table of what can be watched.
type transport struct {
	scheme string // AsyncAPI protocol name, and scheme of --broker
	secure bool   // over TLS
	open   func(ctx context.Context, t target) (driver.Transport, error)
}

// transports is the table: a transport is added by adding a row.
func transports() []transport {
	return []transport{
		{scheme: "kafka", open: openKafka},
		{scheme: "kafka-secure", secure: true, open: openKafka},
		{scheme: fileScheme, open: openFile},
	}
}

// transportFor returns the row of a scheme.
func transportFor(scheme string) (transport, bool) {
	for _, t := range transports() {
		if t.scheme == scheme {
			return t, true
		}
	}
	return transport{}, false
}

// schemes lists what can be watched.
func schemes() []string {
	var out []string
	for _, t := range transports() {
		out = append(out, t.scheme)
	}
	return out
}

// fileScheme is that of a log in a directory, whose path stands for the hosts.
const fileScheme = "file"

// openFile opens a log that is there. Watching writes nothing and takes no lock.
func openFile(_ context.Context, t target) (driver.Transport, error) {
	if !eventlog.IsLog(t.hosts[0]) {
		return nil, noLog(t.hosts[0])
	}
	return eventlog.Connect(t.hosts[0], nil)
}

func openKafka(ctx context.Context, t target) (driver.Transport, error) {
	mechanism, err := kafkaMechanism(t.login)
	if err != nil {
		return nil, err
	}
	return kafka.Open(ctx, kafka.Config{Brokers: t.hosts, ClientID: "asyncwire", TLS: t.tls, SASL: mechanism})
}

// kafkaMechanism is how a login is presented to Kafka.
func kafkaMechanism(l *login) (sasl.Mechanism, error) {
	if l == nil {
		return nil, nil
	}
	switch l.scheme {
	case "plain":
		return plain.Mechanism{Username: l.username, Password: l.password}, nil
	case "scramSha256":
		return scram.Mechanism(scram.SHA256, l.username, l.password)
	case "scramSha512":
		return scram.Mechanism(scram.SHA512, l.username, l.password)
	}
	return nil, fmt.Errorf("no login to Kafka is known for security scheme %s", l.scheme)
}
