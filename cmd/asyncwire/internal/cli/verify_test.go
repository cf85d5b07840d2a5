package cli

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
)

// command runs a command in this process.
func command(t *testing.T, environment map[string]string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var out, log bytes.Buffer
	status = Main(ctx, Env{
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &log, Getenv: func(name string) string { return environment[name] },
	}, args)
	return status, out.String(), log.String()
}

func startKafka(t *testing.T, options ...kfake.Opt) string {
	t.Helper()
	cluster, err := kfake.NewCluster(append(options, kfake.NumBrokers(1), kfake.SeedTopics(1, "orders"))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	return cluster.ListenAddrs()[0]
}

const serverDocument = `
asyncapi: 3.0.0
info: {title: Orders, version: 1.0.0}
servers:
  production:
    host: %s
    protocol: %s
    security: [%s]
channels:
  orders:
    address: orders
    messages: {orderPlaced: {payload: {type: object}}}
components:
  securitySchemes:
    plain: {type: plain}
    scram256: {type: scramSha256}
    scram512: {type: scramSha512}
    certificate: {type: X509}
`

func writeServer(t *testing.T, host, protocol string, security ...string) string {
	t.Helper()
	for i, s := range security {
		security[i] = "{$ref: '#/components/securitySchemes/" + s + "'}"
	}
	file := filepath.Join(t.TempDir(), "orders.yaml")
	text := fmt.Sprintf(serverDocument, host, protocol, strings.Join(security, ", "))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestVerifyLogsIn watches brokers that ask for a login as the document says.
func TestVerifyLogsIn(t *testing.T) {
	for scheme, mechanism := range map[string]string{"plain": "PLAIN", "scram256": "SCRAM-SHA-256", "scram512": "SCRAM-SHA-512"} {
		t.Run(scheme, func(t *testing.T) {
			host := startKafka(t, kfake.EnableSASL(), kfake.Superuser(mechanism, "ada", "topsecret"))
			file := writeServer(t, host, "kafka", scheme)
			args := []string{"verify", file, "--for", "50ms", "--allow-empty"}
			good := map[string]string{usernameVariable: "ada", passwordVariable: "topsecret"}
			if status, _, stderr := command(t, good, args...); status != exitClean {
				t.Errorf("right password: status %d\n%s", status, stderr)
			}
			bad := map[string]string{usernameVariable: "ada", passwordVariable: "topsecret2"}
			status, stdout, stderr := command(t, bad, args...)
			if status != exitFailure || strings.Contains(stdout+stderr, "topsecret") {
				t.Errorf("wrong password: status %d\n%s", status, stderr)
			}
			status, _, stderr = command(t, nil, args...)
			if status != exitFailure || !strings.Contains(stderr, "set ASYNCWIRE_USERNAME and ASYNCWIRE_PASSWORD for") {
				t.Errorf("no password: status %d\n%s", status, stderr)
			}
		})
	}
}

// TestVerifyEncrypts watches a broker over TLS, with a client certificate where
// the document asks for one.
func TestVerifyEncrypts(t *testing.T) {
	dir := t.TempDir()
	ca, cert, key := certificates(t, dir)
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pem, err := os.ReadFile(ca)
	if err != nil {
		t.Fatal(err)
	}
	pool.AppendCertsFromPEM(pem)
	host := startKafka(t, kfake.TLS(&tls.Config{
		Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool,
	}))
	watch := []string{"--for", "50ms", "--allow-empty"}
	file := writeServer(t, host, "kafka-secure", "certificate")
	all := append([]string{"verify", file, "--tls-ca", ca, "--tls-cert", cert, "--tls-key", key}, watch...)
	if status, _, stderr := command(t, nil, all...); status != exitClean {
		t.Errorf("with a certificate: status %d\n%s", status, stderr)
	}
	address := append([]string{"verify", file, "--broker", "kafka-secure://" + host, "--tls-ca", ca, "--tls-cert", cert, "--tls-key", key}, watch...)
	if status, _, stderr := command(t, nil, address...); status != exitClean {
		t.Errorf("by address: status %d\n%s", status, stderr)
	}
	without := append([]string{"verify", file, "--tls-ca", ca}, watch...)
	status, _, stderr := command(t, nil, without...)
	if status != exitFailure || !strings.Contains(stderr, "give a client certificate with --tls-cert and --tls-key") {
		t.Errorf("without a certificate: status %d\n%s", status, stderr)
	}
	stranger := append([]string{"verify", file, "--tls-cert", cert, "--tls-key", key}, watch...)
	status, _, stderr = command(t, nil, stranger...)
	if status != exitFailure || !strings.Contains(stderr, "certificate") {
		t.Errorf("with a stranger's broker: status %d\n%s", status, stderr)
	}
	half := append([]string{"verify", file, "--broker", "kafka-secure://" + host, "--tls-cert", cert}, watch...)
	status, _, stderr = command(t, nil, half...)
	if status != exitFailure || !strings.Contains(stderr, "--tls-cert and --tls-key go together") {
		t.Errorf("with half a certificate: status %d\n%s", status, stderr)
	}
	swapped := append([]string{"verify", file, "--tls-ca", key, "--tls-cert", cert, "--tls-key", key}, watch...)
	status, _, stderr = command(t, nil, swapped...)
	if status != exitFailure || !strings.Contains(stderr, "holds no PEM certificate") {
		t.Errorf("with a key for an authority: status %d\n%s", status, stderr)
	}
}

// certificates writes an authority, and a certificate of it for both sides.
func certificates(t *testing.T, dir string) (ca, cert, key string) {
	t.Helper()
	authorityKey, authority := sign(t, nil, nil, &x509.Certificate{
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, Subject: pkix.Name{CommonName: "authority"},
	})
	peerKey, peer := sign(t, authority, authorityKey, &x509.Certificate{
		Subject: pkix.Name{CommonName: "peer"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	})
	der, err := x509.MarshalPKCS8PrivateKey(peerKey)
	if err != nil {
		t.Fatal(err)
	}
	return writePEM(t, dir, "ca.pem", "CERTIFICATE", authority.Raw), writePEM(t, dir, "cert.pem", "CERTIFICATE", peer.Raw),
		writePEM(t, dir, "key.pem", "PRIVATE KEY", der)
}

func sign(t *testing.T, parent *x509.Certificate, parentKey *ecdsa.PrivateKey, c *x509.Certificate) (*ecdsa.PrivateKey, *x509.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c.SerialNumber, c.NotBefore, c.NotAfter = big.NewInt(1), time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	if parent == nil {
		parent, parentKey = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, parentKey)
	if err != nil {
		t.Fatal(err)
	}
	out, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return key, out
}

func writePEM(t *testing.T, dir, name, kind string, der []byte) string {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestVerifyInterrupted sends the signal of Ctrl-C to a watching process: the
// report is printed all the same.
func TestVerifyInterrupted(t *testing.T) {
	file := writeServer(t, startKafka(t), "kafka")
	c := exec.Command(os.Args[0], "verify", file)
	c.Env = append(os.Environ(), processVariable+"=1")
	var out bytes.Buffer
	c.Stdout = &out
	stderr, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Process.Kill() }()
	lines := bufio.NewScanner(stderr)
	var log []string
	for lines.Scan() {
		log = append(log, lines.Text())
		if strings.HasPrefix(lines.Text(), "watching ") {
			if err := c.Process.Signal(syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = c.Wait()
	if status := c.ProcessState.ExitCode(); status != exitFindings {
		t.Errorf("exit status %d\n%s", status, strings.Join(log, "\n"))
	}
	if !strings.Contains(out.String(), "no message seen") {
		t.Errorf("no report: %q", out.String())
	}
}

// onWrite is a writer that does something as soon as a text passes.
type onWrite struct {
	bytes.Buffer
	text string
	do   func()
	once sync.Once
}

func (w *onWrite) Write(p []byte) (int, error) {
	if strings.Contains(string(p), w.text) {
		w.once.Do(w.do)
	}
	return w.Buffer.Write(p)
}

// TestVerifyBrokerGone stops the broker while it is watched: what was not seen
// is not called clean, and the report is printed all the same.
func TestVerifyBrokerGone(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "orders"))
	if err != nil {
		t.Fatal(err)
	}
	file := writeServer(t, cluster.ListenAddrs()[0], "kafka")
	var out bytes.Buffer
	log := onWrite{text: "watching ", do: cluster.Close}
	status := Main(t.Context(), Env{
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &log, Getenv: func(string) string { return "" },
	}, []string{"verify", file, "--for", "100ms", "--allow-empty"})
	if status != exitFailure || !strings.Contains(log.String(), "the broker was out of reach when the watch ended") {
		t.Errorf("status %d\n%s", status, log.String())
	}
	if !strings.Contains(out.String(), "no message seen") {
		t.Errorf("no report: %q", out.String())
	}
}
