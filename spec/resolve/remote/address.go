package remote

import "net/netip"

// notPublic are the networks of version 4, and those within the public part of
// version 6, that lead to no public host: the special-purpose registries of
// RFC 6890 as they stand today.
func notPublic() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("0.0.0.0/8"),       // this network
		netip.MustParsePrefix("10.0.0.0/8"),      // private
		netip.MustParsePrefix("100.64.0.0/10"),   // behind a carrier's NAT
		netip.MustParsePrefix("127.0.0.0/8"),     // loopback
		netip.MustParsePrefix("169.254.0.0/16"),  // link-local
		netip.MustParsePrefix("172.16.0.0/12"),   // private
		netip.MustParsePrefix("192.0.0.0/24"),    // protocol assignments
		netip.MustParsePrefix("192.0.2.0/24"),    // documentation
		netip.MustParsePrefix("192.88.99.0/24"),  // relays from 6 to 4
		netip.MustParsePrefix("192.168.0.0/16"),  // private
		netip.MustParsePrefix("198.18.0.0/15"),   // benchmarks
		netip.MustParsePrefix("198.51.100.0/24"), // documentation
		netip.MustParsePrefix("203.0.113.0/24"),  // documentation
		netip.MustParsePrefix("224.0.0.0/3"),     // multicast, reserved, broadcast
		netip.MustParsePrefix("2001::/23"),       // protocol assignments, Teredo among them
		netip.MustParsePrefix("2001:db8::/32"),   // documentation
		netip.MustParsePrefix("2002::/16"),       // 6 to 4, which holds an address of version 4
		netip.MustParsePrefix("3fff::/20"),       // documentation
	}
}

// public tells whether an address, which is not a version 4 one mapped into
// version 6, belongs to a host of the public internet.
func public(a netip.Addr) bool {
	if nat64 := netip.MustParsePrefix("64:ff9b::/96"); nat64.Contains(a) {
		bytes := a.As16()
		return public(netip.AddrFrom4([4]byte(bytes[12:])))
	}
	if a.Is6() && !netip.MustParsePrefix("2000::/3").Contains(a) {
		return false // all but global unicast
	}
	for _, p := range notPublic() {
		if p.Contains(a) {
			return false
		}
	}
	return a.IsValid()
}
