package kafka_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/segmentio/kafka-go/sasl"
	"github.com/segmentio/kafka-go/sasl/plain"
	"github.com/segmentio/kafka-go/sasl/scram"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/kafka"
)

const (
	password = "correct-horse-battery"
	wrong    = "wrong-horse-battery"
)

func scramWith(t *testing.T, password string) sasl.Mechanism {
	t.Helper()
	m, err := scram.Mechanism(scram.SHA256, "user", password)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// certificate makes one for 127.0.0.1, and what trusts it.
func certificate(t *testing.T) (*tls.Config, *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	server := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	return server, &tls.Config{RootCAs: roots}
}

// closedPort returns an address where nobody listens: that of a client, so that
// nobody else gets the port while the test runs.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client.LocalAddr().String()
}

// TestOpenSays what is wrong, without saying the password.
func TestOpenSays(t *testing.T) {
	server, client := certificate(t)
	open := fake(t).ListenAddrs()
	secret := fake(t, kfake.EnableSASL(), kfake.Superuser("PLAIN", "user", password),
		kfake.Superuser("SCRAM-SHA-256", "user", password)).ListenAddrs()
	secure := fake(t, kfake.TLS(server)).ListenAddrs()
	none := closedPort(t)
	web := httptest.NewServer(nil)
	t.Cleanup(web.Close)
	for name1, tt := range map[string]struct {
		config kafka.Config
		want   error
		says   []string
	}{
		"no brokers":       {kafka.Config{}, driver.ErrInvalid, []string{"Config.Brokers"}},
		"no port":          {kafka.Config{Brokers: []string{"localhost"}}, driver.ErrInvalid, []string{`"localhost"`, "host:port"}},
		"nobody listens":   {kafka.Config{Brokers: []string{none}}, nil, []string{"cannot be reached", none}},
		"not Kafka":        {kafka.Config{Brokers: []string{web.Listener.Addr().String()}}, nil, []string{"not be a Kafka broker"}},
		"wrong PLAIN":      {kafka.Config{Brokers: secret, SASL: plain.Mechanism{Username: "user", Password: wrong}}, driver.ErrUnauthorized, []string{"PLAIN", "password is wrong"}},
		"wrong SCRAM":      {kafka.Config{Brokers: secret, SASL: scramWith(t, wrong)}, driver.ErrUnauthorized, []string{"password is wrong"}},
		"no login":         {kafka.Config{Brokers: secret}, driver.ErrUnauthorized, []string{"login", "SASL"}},
		"plain to TLS":     {kafka.Config{Brokers: secure}, nil, []string{"expect TLS"}},
		"TLS to plain":     {kafka.Config{Brokers: open[:1], TLS: client, Timeouts: kafka.Timeouts{Dial: 300 * time.Millisecond}}, nil, []string{"does not speak TLS"}},
		"not trusted":      {kafka.Config{Brokers: secure, TLS: &tls.Config{}}, nil, []string{"TLS handshake", "certificate"}},
		"quick heartbeats": {kafka.Config{Brokers: open, Timeouts: kafka.Timeouts{Heartbeat: time.Hour}}, driver.ErrInvalid, []string{"Heartbeat"}},
		"negative":         {kafka.Config{Brokers: open, Timeouts: kafka.Timeouts{Commit: -1}}, driver.ErrInvalid, []string{"Timeouts"}},
	} {
		t.Run(name1, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			var logs safeBuffer
			tt.config.Logger = slog.New(slog.NewTextHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
			tr, err := kafka.Open(ctx, tt.config)
			if err == nil {
				closeSoon(t, tr)
				t.Fatal("it opened")
			}
			if tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			for _, s := range tt.says {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("got %v, want that it says %q", err, s)
				}
			}
			if strings.Contains(err.Error()+logs.String(), "horse") {
				t.Errorf("the password is told: %v %s", err, logs.String())
			}
		})
	}
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(b)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// TestOpenKeepsToItsContext: a broker that says nothing is given up when the
// context ends.
func TestOpenKeepsToItsContext(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	timeouts := kafka.Timeouts{Dial: time.Hour, Request: time.Hour} // nothing else ends it
	_, err = kafka.Open(ctx, kafka.Config{Brokers: []string{l.Addr().String()}, Timeouts: timeouts})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

// TestSecureBrokers publishes and receives over TLS with every login.
func TestSecureBrokers(t *testing.T) {
	server, client := certificate(t)
	brokers := fake(t, kfake.TLS(server), kfake.EnableSASL(), kfake.Superuser("PLAIN", "user", password),
		kfake.Superuser("SCRAM-SHA-256", "user", password)).ListenAddrs()
	for what, mechanism := range map[string]sasl.Mechanism{
		"PLAIN":         plain.Mechanism{Username: "user", Password: password},
		"SCRAM-SHA-256": scramWith(t, password),
	} {
		t.Run(what, func(t *testing.T) {
			var logs safeBuffer
			tr := open(t, kafka.Config{
				Brokers: brokers, TLS: client, SASL: mechanism, Timeouts: quick(),
				Logger: slog.New(slog.NewTextHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
			})
			topic := provision(t, tr, 1)
			publish(t, tr, numbered(topic, "k", 0, 3)...)
			r := subscribe(t, tr, name(t, "group"), driver.StartEarliest, topic)
			ack(t, receive(t, r, 3)...)
			closeSoon(t, r)
			if strings.Contains(logs.String(), password) {
				t.Error("the password is logged")
			}
		})
	}
}
