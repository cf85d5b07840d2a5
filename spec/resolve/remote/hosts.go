package remote

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/asyncwire/asyncwire/spec/resolve"
)

// Hosts says which hosts may be asked, and which addresses that are not public
// may be dialled. The zero Hosts allows none.
type Hosts struct {
	names    map[string]bool // each with a port
	networks []network
}

// network is a range of addresses, mostly of one, on one port or on all.
type network struct {
	addresses netip.Prefix
	port      uint16 // 0: the web's own ones when a URL is judged, any when a dial is
}

// localhost is the one name that may stand for a loopback address.
const localhost = "localhost"

// ParseHosts reads entries of the forms host, host:port, address, address:port,
// [address]:port and network/bits. An entry without a port allows the ports 80
// and 443. An address, or a network, that is not public can be dialled only when
// it is listed; localhost may be at a loopback address.
func ParseHosts(entries ...string) (*Hosts, error) {
	h := &Hosts{names: map[string]bool{}}
	for _, entry := range entries {
		if err := h.add(strings.ToLower(strings.TrimSpace(entry))); err != nil {
			_, shown, secret := strings.Cut(entry, "@")
			if !secret {
				shown = entry
			}
			return nil, fmt.Errorf("%q %w", shown, err)
		}
	}
	return h, nil
}

func (h *Hosts) add(entry string) error {
	if prefix, err := netip.ParsePrefix(entry); err == nil {
		h.networks = append(h.networks, network{addresses: prefix.Masked()})
		return nil
	}
	switch {
	case entry == "":
		return errors.New("is no host: it is empty")
	case strings.Contains(entry, "://"):
		return errors.New("is no host: name the host alone, such as example.com")
	case strings.ContainsAny(entry, "@"):
		return errors.New("is no host: it must not hold a user name")
	case strings.ContainsAny(entry, "*"):
		return errors.New("is no host: name each host in full")
	}
	host, port, err := splitPort(entry)
	if err != nil {
		return err
	}
	if address, err := netip.ParseAddr(host); err == nil {
		address = address.WithZone("").Unmap()
		h.networks = append(h.networks, network{netip.PrefixFrom(address, address.BitLen()), port})
		return nil
	}
	if !isName(host) {
		return errors.New("is no host: want a name, such as example.com, or an address, with a port if need be")
	}
	if port != 0 {
		h.names[withPort(host, port)] = true
		return nil
	}
	h.names[withPort(host, 80)], h.names[withPort(host, 443)] = true, true
	return nil
}

func withPort(host string, port uint16) string { return host + ":" + strconv.Itoa(int(port)) }

// portOf is the port that a URL in its normal form means.
func portOf(u *url.URL) uint16 {
	if n, err := strconv.ParseUint(u.Port(), 10, 16); err == nil {
		return uint16(n)
	}
	if u.Scheme == "https" {
		return 443
	}
	return 80
}

// splitPort takes the port, 0 for none, and the brackets off a host.
func splitPort(entry string) (host string, port uint16, err error) {
	if _, err := netip.ParseAddr(entry); err == nil {
		return entry, 0, nil // an address of version 6 without brackets
	}
	host, after, hasPort := entry, "", false
	if i := strings.LastIndexByte(entry, ':'); i > strings.LastIndexByte(entry, ']') {
		host, after, hasPort = entry[:i], entry[i+1:], true
	}
	if hasPort {
		n, err := strconv.ParseUint(after, 10, 16)
		if err != nil || n == 0 {
			return "", 0, fmt.Errorf("is no host: %q is no port", after)
		}
		port = uint16(n)
	}
	if inner, ok := strings.CutPrefix(host, "["); ok {
		host = strings.TrimSuffix(inner, "]")
	}
	return host, port, nil
}

// isName tells whether a host is a name as the DNS has them, of ASCII alone.
func isName(host string) bool {
	for i := range len(host) {
		c := host[i]
		if ('a' > c || c > 'z') && ('0' > c || c > '9') && c != '-' && c != '.' && c != '_' {
			return false
		}
	}
	return host != ""
}

// admit tells why a URL, in its normal form, may not be asked for, or nil.
func (h *Hosts) admit(u *url.URL) error {
	host, port := u.Hostname(), portOf(u)
	if address, err := netip.ParseAddr(host); err == nil {
		web := port == 80 || port == 443
		if h.lists(address, func(w network) bool { return w.port == port || w.port == 0 && web }) {
			return nil
		}
	} else if h.names[withPort(host, port)] {
		return nil
	} else if !isName(host) {
		return &resolve.Failure{
			Err:  fmt.Errorf("%w: the host's name is not in ASCII", resolve.ErrNotAllowed),
			Help: "write it in its encoded form, which begins with xn--",
		}
	}
	why := fmt.Sprintf("the host %s is none of those that may be asked", u.Host)
	if len(h.names)+len(h.networks) == 0 {
		why = "nothing is fetched over the network"
	}
	return &resolve.Failure{
		Err:  fmt.Errorf("%w: %s", resolve.ErrNotAllowed, why),
		Help: "allow it with --allow-http " + u.Host,
	}
}

// reach tells why an address may not be dialled for a host, or nil. It is asked
// about the very address that the connection goes to, whatever a name resolved
// to before.
func (h *Hosts) reach(host string, to netip.AddrPort) error {
	address := to.Addr().WithZone("").Unmap()
	switch {
	case public(address):
		return nil
	case host == localhost && address.IsLoopback():
		return nil
	case h.lists(address, func(w network) bool { return w.port == 0 || w.port == to.Port() }):
		return nil
	}
	return &resolve.Failure{
		Err:  fmt.Errorf("%w: %s is at the address %s, which is not a public one", resolve.ErrNotAllowed, host, address),
		Help: fmt.Sprintf("if this is meant, allow the address too: --allow-http %s", address),
	}
}

// lists tells whether an address is in one of the networks whose port is right.
func (h *Hosts) lists(address netip.Addr, port func(network) bool) bool {
	address = address.WithZone("").Unmap()
	return slices.ContainsFunc(h.networks, func(w network) bool { return w.addresses.Contains(address) && port(w) })
}
