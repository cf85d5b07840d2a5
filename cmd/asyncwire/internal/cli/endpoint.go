package cli

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/asyncwire/asyncwire/runtime/eventlog"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
)

// kafkaPort is the port of a broker that is given without one.
const kafkaPort = "9092"

// endpoint is where messages are watched: an address that the user typed, or a
// server of the document.
type endpoint struct {
	scheme string
	hosts  []string
	server *spec.Server // nil for a typed address
}

// String names the endpoint as --broker takes it.
func (e *endpoint) String() string { return e.scheme + "://" + strings.Join(e.hosts, ",") }

// brokerEndpoint reads scheme://host:port,host:port. The text is not repeated in
// errors where it may hold a password.
func brokerEndpoint(text string) (*endpoint, error) {
	scheme, rest, ok := strings.Cut(text, "://")
	scheme = strings.ToLower(scheme)
	if scheme == fileScheme && ok {
		return fileEndpoint(rest)
	}
	if strings.Contains(text, "?") {
		return nil, errors.New("--broker takes no options behind a question mark")
	}
	if strings.Contains(text, "@") {
		return nil, withHelp(errors.New("--broker takes no user name and password"),
			"describe the broker as a server of the document and name it with --server: then %s and %s are used", usernameVariable, passwordVariable)
	}
	if !ok || scheme == "" {
		return nil, withHelp(fmt.Errorf("--broker %s is not a URL", text), "write it as %s", meantBroker(text))
	}
	if _, ok := transportFor(scheme); !ok {
		return nil, fmt.Errorf("--broker: cannot watch %q: want %s", scheme, diag.OrList(schemes()))
	}
	hosts, err := hostList(strings.TrimSuffix(rest, "/"))
	if err != nil {
		return nil, fmt.Errorf("--broker: %w", err)
	}
	return &endpoint{scheme: scheme, hosts: hosts}, nil
}

// fileEndpoint reads what stands behind file:// and names a directory.
func fileEndpoint(rest string) (*endpoint, error) {
	dir, err := eventlog.Path(fileScheme + "://" + rest)
	if err != nil {
		return nil, withHelp(errors.New("--broker file:// names no directory"), "write it as %s", cmp.Or(meantLog(rest), "file:///path/to/dir"))
	}
	return &endpoint{scheme: fileScheme, hosts: []string{dir}}, nil
}

// meantBroker is what was meant by a broker that is no URL: the directory of a log, or
// a host with its port.
func meantBroker(text string) string {
	if log := meantLog(strings.TrimPrefix(text, fileScheme+":")); log != "" {
		return log
	}
	if host, port, err := net.SplitHostPort(text); err == nil && host != "" && port != "" {
		return "kafka://" + text
	}
	return "kafka://host:port or file:///dir"
}

// meantLog is the URL of a directory that is there, "" when there is none.
func meantLog(path string) string {
	dir, err := filepath.Abs(path)
	if err != nil || path == "" {
		return ""
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return ""
	}
	return (&url.URL{Scheme: fileScheme, Path: filepath.ToSlash(dir)}).String()
}

// hostList reads host:port,host:port and adds the ports that are missing.
func hostList(text string) ([]string, error) {
	var out []string
	for host := range strings.SplitSeq(text, ",") {
		host = strings.TrimSpace(host)
		if host == "" || strings.ContainsAny(host, "/?# ") {
			return nil, fmt.Errorf("%q is not a list of host:port", text)
		}
		name, port, err := net.SplitHostPort(host)
		if err != nil {
			name, port = strings.Trim(host, "[]"), kafkaPort
		}
		if n, err := strconv.ParseUint(port, 10, 16); name == "" || err != nil || n == 0 {
			return nil, fmt.Errorf("%q is not host:port", host)
		}
		out = append(out, net.JoinHostPort(name, port))
	}
	return out, nil
}

// serverEndpoint is the named server of the document, or its only one.
func serverEndpoint(doc *spec.Document, name string, variables map[string]string) (*endpoint, error) {
	server, err := chooseServer(doc, name)
	if err != nil {
		return nil, err
	}
	protocol := strings.ToLower(server.Protocol.Value)
	if _, ok := transportFor(protocol); !ok {
		return nil, fmt.Errorf("server %q speaks %s: verify can watch %s", server.Key.Value, server.Protocol.Value, diag.OrList(schemes()))
	}
	if protocol == fileScheme {
		return nil, withHelp(fmt.Errorf("server %q is a directory", server.Key.Value), "name it with --broker file:///path/to/dir")
	}
	host, err := expandHost(server, variables)
	if err != nil {
		return nil, err
	}
	hosts, err := hostList(host)
	if err != nil {
		return nil, fmt.Errorf("server %q: %w", server.Key.Value, err)
	}
	return &endpoint{scheme: protocol, hosts: hosts, server: server}, nil
}

func chooseServer(doc *spec.Document, name string) (*spec.Server, error) {
	names := serverNames(doc)
	if name != "" {
		i := slices.Index(names, name)
		if i < 0 {
			return nil, serverChoice(fmt.Errorf("the document has no server %q", name), names)
		}
		return doc.Servers[i], nil
	}
	switch len(names) {
	case 1:
		return doc.Servers[0], nil
	case 0:
		return nil, serverChoice(errors.New("the document names no server"), names)
	}
	return nil, serverChoice(errors.New("the document has several servers"), names)
}

func serverChoice(err error, names []string) error {
	if len(names) == 0 {
		return withHelp(err, "say where to watch with --broker kafka://host:port")
	}
	return withHelp(err, "choose with --server %s, or give an address with --broker kafka://host:port", strings.Join(names, "|"))
}

func serverNames(doc *spec.Document) []string {
	var out []string
	for _, s := range doc.Servers {
		out = append(out, s.Key.Value)
	}
	return out
}

var variablePattern = regexp.MustCompile(`\{([^{}]*)\}`)

// expandHost fills the variables of a server's host: a given value wins over the
// document's default.
func expandHost(server *spec.Server, given map[string]string) (string, error) {
	var faults []string
	used := map[string]bool{}
	host := variablePattern.ReplaceAllStringFunc(server.Host.Value, func(text string) string {
		name := text[1 : len(text)-1]
		used[name] = true
		value, err := variableValue(server, name, given)
		if err != nil {
			faults = append(faults, err.Error())
		}
		return value
	})
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !used[name] {
			faults = append(faults, fmt.Sprintf("server %q: its host %s has no variable %q", server.Key.Value, server.Host.Value, name))
		}
	}
	if len(faults) > 0 {
		return "", errors.New(strings.Join(faults, "; "))
	}
	return host, nil
}

func variableValue(server *spec.Server, name string, given map[string]string) (string, error) {
	i := slices.IndexFunc(server.Variables, func(v *spec.ServerVariable) bool { return v.Key.Value == name })
	var declared spec.ServerVariable
	if i >= 0 {
		declared = *server.Variables[i]
	}
	value, ok := given[name]
	if !ok {
		value = declared.Default.Value
	}
	if value == "" {
		return "", fmt.Errorf("server %q needs a value for {%s}: give it with --var %s=VALUE", server.Key.Value, name, name)
	}
	var allowed []string
	for _, e := range declared.Enum {
		allowed = append(allowed, e.Value)
	}
	if len(allowed) > 0 && !slices.Contains(allowed, value) {
		return "", fmt.Errorf("server %q: {%s} cannot be %q: want %s", server.Key.Value, name, value, diag.OrList(allowed))
	}
	return value, nil
}
