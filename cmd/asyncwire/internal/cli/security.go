package cli

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/asyncwire/asyncwire/spec"
)

// The environment variables that hold a login: flags would show in the process
// list and in the shell's history.
const (
	usernameVariable = "ASYNCWIRE_USERNAME"
	passwordVariable = "ASYNCWIRE_PASSWORD"
)

// keyring is what the user has handed us to get in with.
type keyring struct {
	username, password string
	cert, key, ca      string // PEM files
}

// target finds the way into an endpoint. The document's security requirements
// are alternatives: the first that the keyring satisfies is taken. Secrets are
// never part of an error.
func (k *keyring) target(e *endpoint) (target, error) {
	row, _ := transportFor(e.scheme)
	out := target{hosts: e.hosts}
	login, err := k.admit(e.server)
	if err != nil {
		return target{}, err
	}
	out.login = login
	if row.secure {
		out.tls, err = k.tls()
		return out, err
	}
	if k.cert != "" || k.key != "" || k.ca != "" {
		return target{}, fmt.Errorf("%s is not encrypted: --tls-cert, --tls-key and --tls-ca have no meaning there", e)
	}
	return out, nil
}

// admit picks the security requirement to satisfy and returns the login it
// needs, if any.
func (k *keyring) admit(server *spec.Server) (*login, error) {
	if server == nil || len(server.Security) == 0 {
		return nil, nil
	}
	var missing []string
	for _, requirement := range server.Security {
		login, lacks := k.satisfy(requirement)
		if len(lacks) == 0 {
			return login, nil
		}
		missing = append(missing, strings.Join(lacks, ", and "))
	}
	return nil, withHelp(fmt.Errorf("server %q lets nobody in without credentials", server.Key.Value), "%s", strings.Join(missing, "; or "))
}

// satisfy tells what the keyring lacks for a requirement, all of whose schemes
// must be met.
func (k *keyring) satisfy(r spec.SecurityRequirement) (*login, []string) {
	var in *login
	var lacks []string
	for _, required := range r.Schemes {
		if required.Scheme == nil {
			continue
		}
		switch kind := required.Scheme.Type.Value; kind {
		case "plain", "scramSha256", "scramSha512":
			if k.username == "" || k.password == "" {
				lacks = append(lacks, fmt.Sprintf("set %s and %s for %s", usernameVariable, passwordVariable, kind))
			}
			in = &login{scheme: kind, username: k.username, password: k.password}
		case "X509":
			if k.cert == "" || k.key == "" {
				lacks = append(lacks, "give a client certificate with --tls-cert and --tls-key for X509")
			}
		default:
			lacks = append(lacks, fmt.Sprintf("use another server: verify does not know security scheme %s", kind))
		}
	}
	return in, lacks
}

// tls makes the client's side of an encrypted connection.
func (k *keyring) tls() (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if k.ca != "" {
		pem, err := os.ReadFile(k.ca)
		if err != nil {
			return nil, fmt.Errorf("--tls-ca: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("--tls-ca: %s holds no PEM certificate", k.ca)
		}
	}
	if k.cert == "" && k.key == "" {
		return c, nil
	}
	if k.cert == "" || k.key == "" {
		return nil, errors.New("--tls-cert and --tls-key go together")
	}
	pair, err := tls.LoadX509KeyPair(k.cert, k.key)
	if err != nil {
		return nil, fmt.Errorf("--tls-cert and --tls-key: %w", err)
	}
	c.Certificates = []tls.Certificate{pair}
	return c, nil
}
