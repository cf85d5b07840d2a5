package filter

import (
	"bytes"
	"net/netip"
)

// rule is what an array in a pattern says: it matches a value when one of its
// parts does.
type rule struct {
	absent, present bool             // exists: false, exists: true
	kinds           [isText + 1]bool // null, true, false
	texts           map[string]struct{}
	numbers         []number
	tests           []test
}

// test is a part of a rule that is more than a value. It sees decoded scalars.
type test interface{ match(v scalar) bool }

// scalar matches a value that is no array or object.
func (r *rule) scalar(v scalar, scratch *[]byte) bool {
	v = v.plain(scratch)
	if r.equal(v) {
		return true
	}
	for _, t := range r.tests {
		if t.match(v) {
			return true
		}
	}
	return false
}

// text matches plain text, as a header holds it, in both of its readings: as
// text, and as the number, true or false that it may look like. What must not
// be must be in neither.
func (r *rule) text(text []byte) bool {
	v, other := scalar{kind: isText, text: text}, otherReading(text)
	if r.equal(v) || r.equal(other) {
		return true
	}
	for _, t := range r.tests {
		if n, ok := t.(*not); ok && !n.rule.text(text) || !ok && (t.match(v) || t.match(other)) {
			return true
		}
	}
	return false
}

// otherReading is what text is as JSON, of kind 0 when it is nothing.
func otherReading(text []byte) scalar {
	switch {
	case string(text) == "true":
		return scalar{kind: isTrue}
	case string(text) == "false":
		return scalar{kind: isFalse}
	case len(text) > 0 && numberLength(text) == len(text):
		return scalar{kind: isNumber, text: text}
	}
	return scalar{}
}

// equal matches a decoded value with the values of the rule.
func (r *rule) equal(v scalar) bool {
	switch {
	case r.present || r.kinds[v.kind]:
		return true
	case v.kind == isText && len(r.texts) > 0:
		_, ok := r.texts[string(v.text)]
		return ok
	case v.kind == isNumber && len(r.numbers) > 0:
		return oneOf(numberOf(v.text), r.numbers)
	}
	return false
}

func oneOf(n number, all []number) bool {
	for _, m := range all {
		if n.compare(m) == 0 {
			return true
		}
	}
	return false
}

// prefix, suffix and folded are tests of text.
type (
	prefix []byte
	suffix []byte
	folded []byte
)

func (p prefix) match(v scalar) bool { return v.kind == isText && bytes.HasPrefix(v.text, p) }

func (s suffix) match(v scalar) bool { return v.kind == isText && bytes.HasSuffix(v.text, s) }

func (f folded) match(v scalar) bool { return v.kind == isText && bytes.EqualFold(v.text, f) }

// span is a range of numbers: it matches when all of its bounds do.
type span []bound

type bound struct {
	less, equal, greater bool // what comparing to limit may yield
	limit                number
}

func (s span) match(v scalar) bool {
	if v.kind != isNumber {
		return false
	}
	n := numberOf(v.text)
	for _, b := range s {
		if c := n.compare(b.limit); c < 0 && !b.less || c == 0 && !b.equal || c > 0 && !b.greater {
			return false
		}
	}
	return true
}

// network is a range of IP addresses. An IPv4 address written as IPv6 is the
// IPv4 address; one with a zone is in no network.
type network netip.Prefix

func (n network) match(v scalar) bool {
	if v.kind != isText {
		return false
	}
	addr, ok := parseAddr(v.text)
	return ok && netip.Prefix(n).Contains(addr.Unmap())
}

// parseAddr reads an IP address. IPv4 costs no memory.
func parseAddr(text []byte) (netip.Addr, bool) {
	if bytes.IndexByte(text, ':') < 0 {
		return parseIPv4(text)
	}
	const longest = len("0000:0000:0000:0000:0000:ffff:255.255.255.255")
	if len(text) > longest {
		return netip.Addr{}, false
	}
	addr, err := netip.ParseAddr(string(text))
	return addr, err == nil && addr.Zone() == ""
}

// parseIPv4 reads four numbers without leading zeros (RFC 6943, section 3.1.1).
func parseIPv4(text []byte) (netip.Addr, bool) {
	var parts [4]byte
	for i := range parts {
		n := digitsLength(text)
		if n == 0 || n > 3 || n > 1 && text[0] == '0' {
			return netip.Addr{}, false
		}
		value := 0
		for _, c := range text[:n] {
			value = value*10 + int(c-'0')
		}
		if value > 255 {
			return netip.Addr{}, false
		}
		parts[i] = byte(value)
		text = text[n:]
		if i < 3 {
			if len(text) == 0 || text[0] != '.' {
				return netip.Addr{}, false
			}
			text = text[1:]
		}
	}
	return netip.AddrFrom4(parts), len(text) == 0
}

// not matches what its rule does not.
type not struct{ rule rule }

func (n *not) match(v scalar) bool { return !n.rule.scalar(v, nil) }
