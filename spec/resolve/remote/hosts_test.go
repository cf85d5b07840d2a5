package remote

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/spec/resolve"
)

func TestPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"8.8.8.8": true, "1.1.1.1": true, "100.63.255.255": true, "100.128.0.0": true, "172.15.0.1": true, "172.32.0.1": true,
		"192.0.1.1": true, "223.255.255.255": true, "2606:4700::1111": true, "2a00::1": true, "2001:200::1": true,
		"64:ff9b::808:808": true,

		"0.0.0.0": false, "0.1.2.3": false, "10.0.0.1": false, "100.64.0.1": false, "100.127.255.255": false,
		"127.0.0.1": false, "127.255.255.255": false, "169.254.169.254": false, "172.16.0.1": false, "172.31.255.255": false,
		"192.0.0.1": false, "192.0.2.1": false, "192.88.99.1": false, "192.168.1.1": false, "198.18.0.1": false,
		"198.19.255.255": false, "198.51.100.1": false, "203.0.113.1": false, "224.0.0.1": false, "239.1.1.1": false,
		"240.0.0.1": false, "255.255.255.255": false,

		"::": false, "::1": false, "::127.0.0.1": false, "::8.8.8.8": false, "::ffff:0:8.8.8.8": false,
		"64:ff9b::7f00:1": false, "64:ff9b::10.0.0.1": false, "64:ff9b:1::8.8.8.8": false, "100::1": false,
		"2001::1": false, "2001:db8::1": false, "2002:808:808::1": false, "3fff::1": false, "5f00::1": false,
		"fc00::1": false, "fd12:3456::1": false, "fe80::1": false, "fec0::1": false, "ff02::1": false,
	} {
		if got := public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: public is %t", address, got)
		}
	}
	if public(netip.Addr{}) {
		t.Error("no address is a public one")
	}
}

func TestAdmit(t *testing.T) {
	hosts, err := ParseHosts("Example.com", "ports.example:8080", "secure.example:443", "localhost:80", "10.1.2.3", "[::1]:99", "2001:db8::1", "192.168.0.0/16")
	if err != nil {
		t.Fatal(err)
	}
	for uri, want := range map[string]bool{
		"http://example.com/a": true, "https://example.com/a": true, "https://EXAMPLE.com:443/": true,
		"http://ports.example:8080/": true, "https://ports.example:8080/": true, "https://secure.example/": true,
		"http://localhost/": true, "https://10.1.2.3/": true, "http://[::1]:99/": true, "http://[2001:db8::1]/": true,
		"http://192.168.7.7/": true, "http://[::ffff:10.1.2.3]/": true,

		"http://example.com:8080/": false, "http://sub.example.com/": false, "http://example.com.evil/": false,
		"http://notexample.com/": false, "http://example.com./": false, "http://ports.example/": false,
		"http://secure.example/": false, "https://localhost/": false, "http://10.1.2.4/": false, "http://10.1.2.3:81/": false,
		"http://[::1]/": false, "http://192.169.0.1/": false, "http://0x0a010203/": false, "http://167838211/": false,
		"http://exämple.com/": false, "http://127.0.0.1/": false,
	} {
		normal, err := resolve.CanonicalURL(uri)
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(normal)
		if err != nil {
			t.Fatal(err)
		}
		refused := hosts.admit(u)
		if (refused == nil) != want {
			t.Errorf("%s: %v", uri, refused)
		}
		var failure *resolve.Failure
		if refused != nil && (!errors.Is(refused, resolve.ErrNotAllowed) || !errors.As(refused, &failure) || failure.Help == "") {
			t.Errorf("%s: %v is no refusal with a way out", uri, refused)
		}
		if refused == nil || strings.Contains(uri, "ä") {
			continue
		}
		entry, ok := strings.CutPrefix(failure.Help, "allow it with --allow-http ")
		if again, err := ParseHosts(entry); !ok || err != nil || again.admit(u) != nil {
			t.Errorf("%s: the way out %q is none: %v", uri, failure.Help, err)
		}
	}
}

func TestReach(t *testing.T) {
	hosts, err := ParseHosts("intranet.example", "localhost", "10.1.2.3", "192.168.0.0/16", "[fd00::1]:8080")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		host, to string
		want     bool
	}{
		{"intranet.example", "8.8.8.8:80", true},
		{"intranet.example", "10.1.2.3:80", true},
		{"intranet.example", "[::ffff:10.1.2.3]:80", true},
		{"intranet.example", "192.168.3.4:8080", true},
		{"intranet.example", "[fd00::1]:8080", true},
		{"localhost", "127.0.0.1:80", true},
		{"localhost", "[::1]:80", true},
		{"intranet.example", "127.0.0.1:80", false},
		{"intranet.example", "[::ffff:127.0.0.1]:80", false},
		{"intranet.example", "[::1]:80", false},
		{"intranet.example", "10.1.2.4:80", false},
		{"intranet.example", "[fd00::1]:80", false},
		{"intranet.example", "[fe80::1%eth0]:80", false},
		{"intranet.example", "[64:ff9b::10.1.2.4]:80", false},
		{"localhost", "10.1.2.4:80", false},
	} {
		if err := hosts.reach(c.host, netip.MustParseAddrPort(c.to)); (err == nil) != c.want {
			t.Errorf("%s at %s: %v", c.host, c.to, err)
		}
	}
}

func TestParseHostsRefuses(t *testing.T) {
	for _, entry := range []string{
		"", " ", "https://example.com", "https://me:secret@example.com", "example.com/a", "me:secret@example.com",
		"*.example.com", "*", "example.com:", "example.com:0", "example.com:99999", "example.com:http", "a b", "exämple.com",
		"[::1", "::1]", ":80", "10.0.0.0/33", "example.com:80:80", "[example.com]x",
	} {
		if h, err := ParseHosts(entry); err == nil {
			t.Errorf("%q is taken for %v", entry, h)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("the error tells the secret: %v", err)
		}
	}
}
