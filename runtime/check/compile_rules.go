package check

import (
	"encoding/base64"
	"math"
	"strings"
)

// numberRules compiles the rules for numbers, nil when there are none.
func (c *compiler) numberRules(n *node, s Schema) *numberRules {
	r := &numberRules{}
	for _, of := range s {
		switch of := of.(type) {
		case Minimum:
			c.bound(r, ruleMinimum, string(of))
		case ExclusiveMinimum:
			c.bound(r, ruleExclusiveMinimum, string(of))
		case Maximum:
			c.bound(r, ruleMaximum, string(of))
		case ExclusiveMaximum:
			c.bound(r, ruleExclusiveMaximum, string(of))
		case MultipleOf:
			n.about.multiple = string(of)
			r.multiple = c.divisor(string(of))
		case Format:
			n.about.format = string(of)
			r.fit(string(of), ruleFormat)
		case Fits:
			n.about.fits = string(of)
			r.fit(string(of), ruleFits)
		}
	}
	if n.about.asked&Integer != 0 && n.about.asked&Number == 0 {
		r.whole, r.wholeFor = true, ruleType
	}
	if len(r.bounds) == 0 && r.multiple == nil && !r.whole {
		return nil
	}
	r.findEdges()
	return r
}

func (c *compiler) bound(r *numberRules, side rule, literal string) {
	r.addBound(side, side, literal, c.decimal(side, literal, 0))
}

// fit adds the bounds of a format.
func (r *numberRules) fit(format string, of rule) {
	limits, ok := numberFormats[format]
	if !ok {
		return
	}
	r.addBound(ruleMinimum, of, limits.Low, parseDecimal([]byte(limits.Low)))
	r.addBound(ruleMaximum, of, limits.High, parseDecimal([]byte(limits.High)))
	if limits.Whole && (!r.whole || r.wholeFor == ruleFits) {
		r.whole, r.wholeFor = true, of
	}
}

func (r *numberRules) addBound(side, of rule, literal string, limit decimal) {
	b := bound{side: side, rule: of, limit: limit, literal: literal}
	b.fixedPoint, b.short = limit.short()
	r.bounds = append(r.bounds, b)
}

func (c *compiler) divisor(literal string) *divisor {
	if !isNumber(literal) || !isPositive(literal) {
		c.problem(Problem{Kind: BadValue, Keyword: ruleMultipleOf.String(), Text: literal})
		return nil
	}
	d, err := newDivisor([]byte(literal))
	if err != nil {
		c.problem(Problem{Kind: LongDivisor, Keyword: ruleMultipleOf.String(), Text: literal})
	}
	return &d
}

func isPositive(literal string) bool {
	d := parseDecimal([]byte(literal))
	return d.sign() > 0
}

// textRules compiles the rules for strings, nil when there are none.
func (c *compiler) textRules(n *node, s Schema) *textRules {
	r, fits := &textRules{max: unlimited}, (*format)(nil)
	for _, of := range s {
		switch of := of.(type) {
		case MinLength:
			r.min, r.counts = limit(int64(of)), true
		case MaxLength:
			r.max, r.counts = limit(int64(of)), true
		case Pattern:
			r.pattern = c.pattern(rulePattern.String(), string(of))
		case Format:
			r.format = c.format(string(of))
		case Fits:
			fits = c.format(string(of))
		case ContentEncoding:
			n.about.encoding = string(of)
			r.encoding = c.contents[strings.ToLower(string(of))]
		case ContentMediaType:
			n.about.media = string(of)
			r.media = c.mediaType(string(of), s)
		}
	}
	if fits != nil {
		r.fit(fits)
	}
	r.reads = r.pattern != nil || r.format != nil || r.encoding != nil || r.media != nil
	if p := r.pattern; p != nil && p.direct != nil && !r.counts && r.format == nil && r.encoding == nil && r.media == nil {
		r.fixed = p.direct.fixed
	}
	if !r.reads && !r.counts {
		return nil
	}
	return r
}

// widerFormats are for each format of Go's types the one that it narrows.
var widerFormats = map[string]string{GoDateTime: "date-time", GoTime: "time", GoDuration: "duration"}

// fit adds what a Go type holds. A format that is no wider is looked at as well.
func (r *textRules) fit(fits *format) {
	own := r.format
	if own != nil && widerFormats[fits.name] != own.name {
		two, first := *fits, fits.check
		two.check = func(text string) bool { return first(text) && own.check(text) }
		fits = &two
	}
	r.format, r.own, r.fits = fits, own, true
}

// format finds a format for strings, nil for one for numbers.
func (c *compiler) format(name string) *format {
	f := c.formats[name]
	if _, ofNumbers := numberFormats[name]; f == nil && !ofNumbers || f != nil && f.wide && c.labels == nil {
		c.problem(Problem{Kind: UnknownFormat, Keyword: ruleFormat.String(), Text: name})
	}
	return f
}

// mediaType checks content of a media type as it stands, or behind an encoding
// that can be undone.
func (c *compiler) mediaType(of string, s Schema) *format {
	name, _, _ := strings.Cut(of, ";")
	media := c.contents[strings.ToLower(strings.TrimSpace(name))]
	encoding := ContentEncoding("")
	for _, r := range s {
		if e, ok := r.(ContentEncoding); ok {
			encoding = e
		}
	}
	switch {
	case media == nil || encoding == "":
		return media
	case !strings.EqualFold(string(encoding), "base64"):
		return nil
	}
	return &format{check: func(text string) bool {
		decoded, err := base64.StdEncoding.DecodeString(text)
		return err != nil || media.check(string(decoded)) // a bad encoding is reported for itself
	}}
}

// limit is a count as an int.
func limit(count int64) int { return int(max(min(count, math.MaxInt), 0)) }

// arrayRules compiles the rules for arrays, nil when there are none.
func (c *compiler) arrayRules(s Schema) *arrayRules {
	r, some := *noArray, false
	for _, of := range s {
		found := true
		switch of := of.(type) {
		case Tuple:
			r.tuple = c.list(of)
		case MinItems:
			r.min = limit(int64(of))
		case MaxItems:
			r.max = limit(int64(of))
		case UniqueItems:
			r.unique = true
		case Contains:
			r.contains, r.marks = c.node(Schema(of)), true
		case ContainsUnmarked:
			r.contains = c.node(Schema(of))
		default:
			found = false
		}
		some = some || found
	}
	c.rest(&r, s)
	c.containsLimits(&r, s)
	if !some && !r.whole {
		return nil
	}
	return &r
}

// rest compiles what judges the items behind the tuple.
func (c *compiler) rest(r *arrayRules, s Schema) {
	for _, of := range s {
		var rest Schema
		switch of := of.(type) {
		case Items:
			rest, r.restRule = Schema(of), ruleItems
		case AdditionalItems:
			if r.tuple == nil {
				continue
			}
			rest, r.restRule = Schema(of), ruleAdditionalItems
		default:
			continue
		}
		r.whole = true
		if r.closed = r.tuple != nil && c.isFalse(rest); !r.closed {
			r.rest = c.node(rest)
		}
	}
}

// containsLimits compiles how many items must be, and may be, of the kind that
// Contains asks for.
func (c *compiler) containsLimits(r *arrayRules, s Schema) {
	if r.contains == none {
		return
	}
	r.least, r.fewRule = 1, ruleContains
	for _, of := range s {
		switch of := of.(type) {
		case MinContains:
			r.least, r.fewRule = limit(int64(of)), ruleMinContains
		case MaxContains:
			r.most = limit(int64(of))
		}
	}
	if r.wanted = r.least; r.most != unlimited {
		r.wanted = max(r.least, r.most+1)
	}
}
