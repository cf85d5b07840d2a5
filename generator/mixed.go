package generator

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// classifyTypes makes a sum of the types that values of a schema can be of,
// unless those are all that there are.
func (p *planner) classifyTypes(s *schema.Schema) use {
	const every = schema.TypeBoolean | schema.TypeNumber | schema.TypeString | schema.TypeArray | schema.TypeObject
	if s.Types&schema.Types(every) == schema.Types(every) && !isObject(s) && s.Items == nil && s.TupleItems == nil {
		return raw(s)
	}
	sum := &sum{}
	for t := schema.TypeBoolean; t <= schema.TypeObject; t <<= 1 {
		if s.Types.Has(t) && (t != schema.TypeInteger || !s.Types.Has(schema.TypeNumber)) {
			one := *s
			one.Types, one.Name, one.Title, one.Description = schema.Types(t), "", "", ""
			sum.add(p, &one)
		}
	}
	return p.sumUse(s, sum, s.Types.Has(schema.TypeNull))
}

// constants makes an enum of values that Go has no constants for, or that are of
// several kinds: of their JSON text, as the codec writes it canonically.
func (u *use) constants(values []*syntax.Node) {
	u.kind, u.basic = kindEnum, ir.Raw
	u.values = texts(values, func(n *syntax.Node) (string, bool) { return canonical(n), true })
}

// canonical is the one text of a value: without space, members sorted by name,
// strings and numbers in their shortest form.
func canonical(n *syntax.Node) string {
	var parts []string
	switch n.Kind {
	case syntax.Null:
		return "null"
	case syntax.String:
		return jsonString(n.Text)
	case syntax.Number:
		return plain(n.Text)
	case syntax.Sequence:
		for _, item := range n.Items {
			parts = append(parts, canonical(item))
		}
		return "[" + strings.Join(parts, ",") + "]"
	case syntax.Mapping:
		for _, m := range n.Members {
			parts = append(parts, jsonString(m.Key.Text)+":"+canonical(m.Value))
		}
		slices.Sort(parts)
		return "{" + strings.Join(parts, ",") + "}"
	}
	return n.Text
}

// jsonString is a string of JSON with the fewest escapes.
func jsonString(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ':
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// plain is a number as its digits without zeros around them, and a power of ten
// where there is one: 15e-1.
func plain(text string) string {
	text, negative := strings.CutPrefix(text, "-")
	mantissa, power, _ := strings.Cut(strings.ToLower(text), "e")
	const far = 1 << 30
	exponent64, _ := strconv.ParseInt(power, 10, 64) // what is out of range is far
	exponent := int(max(-far, min(exponent64, far)))
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimRight(whole+fraction, "0")
	exponent += len(whole) - len(digits)
	digits = strings.TrimLeft(digits, "0")
	switch {
	case digits == "":
		return "0"
	case negative:
		digits = "-" + digits
	}
	if exponent == 0 {
		return digits
	}
	return digits + "e" + strconv.Itoa(exponent)
}
