package avro

import (
	"math/big"
	"slices"
	"strconv"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// logicalType is one logical type: the releases that know it and the types that
// it may annotate.
type logicalType struct {
	since release
	on    []Type
	size  int64 // of a fixed type that it annotates, 0 for any
}

// logicals are the logical types of Avro 1.12, by name.
var logicals = map[string]logicalType{
	"decimal":                {since: 8, on: []Type{Bytes, Fixed}},
	"big-decimal":            {since: 12, on: []Type{Bytes}},
	"uuid":                   {since: 9, on: []Type{String, Fixed}, size: 16},
	"date":                   {since: 8, on: []Type{Int}},
	"time-millis":            {since: 8, on: []Type{Int}},
	"time-micros":            {since: 8, on: []Type{Long}},
	"timestamp-millis":       {since: 8, on: []Type{Long}},
	"timestamp-micros":       {since: 8, on: []Type{Long}},
	"timestamp-nanos":        {since: 12, on: []Type{Long}},
	"local-timestamp-millis": {since: 10, on: []Type{Long}},
	"local-timestamp-micros": {since: 10, on: []Type{Long}},
	"local-timestamp-nanos":  {since: 12, on: []Type{Long}},
	"duration":               {since: 8, on: []Type{Fixed}, size: 12},
}

// uuidFixedSince is the release since which a uuid may be a fixed type.
const uuidFixedSince = 12

// logical reads the logical type. An invalid one is ignored by every
// implementation, so it is a warning. Avro 1.12 "Logical Types".
func (r *reader) logical(s *Schema, o *object) {
	p := o.get("logicalType")
	if p.Node == nil {
		return
	}
	if p.Node.Kind != syntax.String {
		r.found.Warningf(p, codeLogical, "the logical type is ignored: it must be a string, is %s", a(p.Node.Kind))
		return
	}
	l, known := logicals[p.Node.Text]
	if !known {
		r.unknownLogical(p)
		return
	}
	if r.unsound[s] || !r.allows(l, s, p) {
		return
	}
	out := &Logical{Name: p.Node.Text}
	if out.Name == "decimal" && !r.decimal(out, s, o) {
		return
	}
	s.Logical = out
}

// unknownLogical reports a name that looks like a slip: others are the user's.
func (r *reader) unknownLogical(p resolve.Place) {
	var names []string
	for name := range logicals {
		names = append(names, name)
	}
	slices.Sort(names)
	if near := diag.Nearest(p.Node.Text, names); near != "" {
		r.found.Warningf(p, codeLogical, "logical type %q is not known and ignored", p.Node.Text).
			WithHelp("did you mean %q?", near)
	}
}

// allows tells whether the release knows a logical type for such a schema.
func (r *reader) allows(l logicalType, s *Schema, p resolve.Place) bool {
	since := l.since
	if s.Type == Fixed && p.Node.Text == "uuid" {
		since = uuidFixedSince
	}
	switch {
	case !slices.Contains(l.on, s.Type):
		r.found.Warningf(p, codeLogical, "logical type %q is ignored on the type %q", p.Node.Text, s.Type.String()).
			WithHelp("make the type %q", l.on[0].String())
	case s.Type == Fixed && l.size != 0 && s.Size != l.size:
		r.found.Warningf(p, codeLogical, "logical type %q is ignored: it needs a size of %d, not %d", p.Node.Text, l.size, s.Size)
	case r.release < since:
		r.found.Warningf(p, codeLogical, "logical type %q is known since Avro 1.%d and ignored in 1.%d", p.Node.Text, since, r.release)
	default:
		return true
	}
	return false
}

// decimal reads precision and scale. Avro 1.12 "Decimal".
func (r *reader) decimal(out *Logical, s *Schema, o *object) bool {
	p := o.get("precision")
	if p.Node == nil {
		r.found.Warningf(o.get("logicalType"), codeLogical, `the decimal is ignored: it lacks "precision"`).
			WithHelp("say how many digits there are at most")
		return false
	}
	var ok bool
	if out.Precision, ok = r.digits(p, "precision", 1); !ok {
		return false
	}
	if limit := maxPrecision(s.Size); s.Type == Fixed && out.Precision > limit {
		r.found.Warningf(p, codeLogical, "the decimal is ignored: %d bytes hold %d digits, not %d", s.Size, limit, out.Precision)
		return false
	}
	if p = o.get("scale"); p.Node == nil {
		return true
	}
	if out.Scale, ok = r.digits(p, "scale", 0); !ok {
		return false
	}
	if out.Scale > out.Precision {
		r.found.Warningf(p, codeLogical, "the decimal is ignored: its scale %d is greater than its precision %d", out.Scale, out.Precision)
		return false
	}
	return true
}

// digits is a number of digits.
func (r *reader) digits(p resolve.Place, key string, least int64) (int64, bool) {
	n, err := strconv.ParseInt(p.Node.Text, 10, 32)
	if p.Node.Kind != syntax.Number || err != nil || n < least {
		r.found.Warningf(p, codeLogical, "the decimal is ignored: its %s must be an integer of at least %d", key, least)
		return 0, false
	}
	return n, true
}

// maxPrecision is how many decimal digits a two's-complement number of so many
// bytes holds.
func maxPrecision(size int64) int64 {
	const enough = 1 << 12 // bytes that hold more digits than anybody names
	if size <= 0 {
		return 0
	}
	greatest := new(big.Int).Lsh(big.NewInt(1), uint(8*min(size, enough)-1))
	greatest.Sub(greatest, big.NewInt(1))
	return int64(len(greatest.String()) - 1)
}
