package cli

import (
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/spec"
)

func text(s string) spec.Text { return spec.Text{Value: s} }

func TestBrokerEndpoint(t *testing.T) {
	for in, want := range map[string]string{
		"kafka://localhost:9092":          "kafka://localhost:9092",
		"kafka://localhost":               "kafka://localhost:9092",
		"kafka://a:1,b:2":                 "kafka://a:1,b:2",
		"kafka://a, b:2/":                 "kafka://a:9092,b:2",
		"kafka-secure://[::1]:9093":       "kafka-secure://[::1]:9093",
		"kafka://[::1]":                   "kafka://[::1]:9092",
		"kafka://u:topsecret@host:9092":   "error: --broker takes no user name and password",
		"localhost:9092":                  "error: --broker localhost:9092 is not a URL",
		"mqtt://localhost":                `error: --broker: cannot watch "mqtt": want kafka, kafka-secure or file`,
		"kafka://":                        `error: --broker: "" is not a list of host:port`,
		"kafka://a,,b":                    `error: --broker: "a,,b" is not a list of host:port`,
		"kafka://localhost:9092/orders":   `error: --broker: "localhost:9092/orders" is not a list of host:port`,
		"kafka://:9092":                   `error: --broker: ":9092" is not host:port`,
		"KAFKA://localhost":               "kafka://localhost:9092",
		"ada:topsecret@host:9092":         "error: --broker takes no user name and password",
		"kafka-secure://host:1?tls=false": "error: --broker takes no options behind a question mark",
		"kafka://host:port":               `error: --broker: "host:port" is not host:port`,
		"kafka://host:0":                  `error: --broker: "host:0" is not host:port`,
		"kafka://host:65536":              `error: --broker: "host:65536" is not host:port`,
	} {
		if got := outcome(brokerEndpoint(in)); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

func outcome(e *endpoint, err error) string {
	if err != nil {
		return "error: " + err.Error()
	}
	return e.String()
}

func servers() *spec.Document {
	return &spec.Document{Servers: []*spec.Server{
		{Key: text("production"), Protocol: text("kafka-secure"), Host: text("{cluster}.example:{port}"), Variables: []*spec.ServerVariable{
			{Key: text("cluster"), Enum: []spec.Text{text("fra"), text("dub")}, Default: text("fra")},
			{Key: text("port")},
		}},
		{Key: text("telemetry"), Protocol: text("mqtt"), Host: text("localhost")},
		{Key: text("development"), Protocol: text("KAFKA"), Host: text("localhost,other:9093")},
	}}
}

func TestServerEndpoint(t *testing.T) {
	for _, c := range []struct {
		server    string
		variables map[string]string
		want      string
	}{
		{"development", nil, "kafka://localhost:9092,other:9093"},
		{"production", map[string]string{"port": "1"}, "kafka-secure://fra.example:1"},
		{"production", map[string]string{"port": "1", "cluster": "dub"}, "kafka-secure://dub.example:1"},
		{"production", nil, `error: server "production" needs a value for {port}: give it with --var port=VALUE`},
		{"production", map[string]string{"port": "1", "cluster": "nyc"}, `error: server "production": {cluster} cannot be "nyc": want fra or dub`},
		{"development", map[string]string{"port": "1"}, `error: server "development": its host localhost,other:9093 has no variable "port"`},
		{"telemetry", nil, `error: server "telemetry" speaks mqtt: verify can watch kafka, kafka-secure or file`},
		{"prod", nil, `error: the document has no server "prod"`},
		{"", nil, "error: the document has several servers"},
	} {
		if got := outcome(serverEndpoint(servers(), c.server, c.variables)); got != c.want {
			t.Errorf("%s %v: got %s, want %s", c.server, c.variables, got, c.want)
		}
	}
	only := &spec.Document{Servers: servers().Servers[2:]}
	if got := outcome(serverEndpoint(only, "", nil)); got != "kafka://localhost:9092,other:9093" {
		t.Errorf("the only server: got %s", got)
	}
	if got := outcome(serverEndpoint(&spec.Document{}, "", nil)); got != "error: the document names no server" {
		t.Errorf("no server: got %s", got)
	}
}

func needs(schemes ...string) spec.SecurityRequirement {
	var r spec.SecurityRequirement
	for _, s := range schemes {
		r.Schemes = append(r.Schemes, spec.RequiredScheme{Scheme: &spec.SecurityScheme{Type: text(s)}})
	}
	return r
}

func TestAdmit(t *testing.T) {
	login := keyring{username: "ada", password: "topsecret"}
	certificate := keyring{cert: "c.pem", key: "k.pem"}
	for _, c := range []struct {
		name     string
		keys     keyring
		security []spec.SecurityRequirement
		login    string // scheme of the login, "" for none
		fails    string
	}{
		{name: "open server", keys: login},
		{name: "login", keys: login, security: []spec.SecurityRequirement{needs("scramSha512")}, login: "scramSha512"},
		{name: "second alternative", keys: login, security: []spec.SecurityRequirement{needs("X509"), needs("plain")}, login: "plain"},
		{name: "certificate", keys: certificate, security: []spec.SecurityRequirement{needs("scramSha256"), needs("X509")}},
		{name: "nothing needed", keys: keyring{}, security: []spec.SecurityRequirement{needs("plain"), needs()}},
		{
			name: "both needed", keys: login, security: []spec.SecurityRequirement{needs("plain", "X509")},
			fails: "give a client certificate with --tls-cert and --tls-key for X509",
		},
		{
			name: "nothing there", security: []spec.SecurityRequirement{needs("plain"), needs("X509")},
			fails: "set ASYNCWIRE_USERNAME and ASYNCWIRE_PASSWORD for plain; or give a client certificate with --tls-cert and --tls-key for X509",
		},
		{
			name: "half a login", keys: keyring{username: "ada"}, security: []spec.SecurityRequirement{needs("plain")},
			fails: "set ASYNCWIRE_USERNAME and ASYNCWIRE_PASSWORD for plain",
		},
		{
			name: "unknown scheme", keys: login, security: []spec.SecurityRequirement{needs("gssapi")},
			fails: "use another server: verify does not know security scheme gssapi",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.keys.admit(&spec.Server{Key: text("production"), Security: c.security})
			if c.fails != "" {
				checkHelp(t, err, c.fails)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if scheme := schemeOf(got); scheme != c.login {
				t.Errorf("logs in with %q, want %q", scheme, c.login)
			}
		})
	}
}

func schemeOf(l *login) string {
	if l == nil {
		return ""
	}
	return l.scheme
}

func checkHelp(t *testing.T, err error, help string) {
	t.Helper()
	h, ok := err.(hinted)
	if !ok || h.help != help {
		t.Errorf("got %#v, want help %q", err, help)
	}
	if err != nil && strings.Contains(err.Error()+h.help, "topsecret") {
		t.Errorf("%v: %s gives the password away", err, h.help)
	}
}

func TestTargetInTheClear(t *testing.T) {
	e := &endpoint{scheme: "kafka", hosts: []string{"localhost:9092"}}
	k := keyring{ca: "ca.pem"}
	if _, err := k.target(e); err == nil || !strings.Contains(err.Error(), "is not encrypted") {
		t.Errorf("certificates without encryption: got %v", err)
	}
	if got, err := (&keyring{}).target(e); err != nil || got.tls != nil || got.login != nil {
		t.Errorf("got %+v, %v", got, err)
	}
	secure := &endpoint{scheme: "kafka-secure", hosts: []string{"localhost:9092"}}
	if got, err := (&keyring{}).target(secure); err != nil || got.tls == nil {
		t.Errorf("got %+v, %v", got, err)
	}
}
