package syntax

import (
	"math/big"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/asyncwire/asyncwire/spec/source"
)

// Tags as the YAML library writes them.
const (
	tagMerge    = "!!merge"
	tagMapping  = "!!map"
	tagSequence = "!!seq"
)

// scalarTags are the tags a scalar may carry and the kinds they ask for; a
// string may be anything.
var scalarTags = map[string]Kind{
	"!!str": String, "!!null": Null, "!!bool": Bool, "!!int": Number, "!!float": Number,
}

func (c *converter) scalar(n *yaml.Node) built {
	return c.resolved(n, c.scalarSpan(n))
}

// resolved makes a node of a scalar that stands at a place.
func (c *converter) resolved(n *yaml.Node, at source.Span) built {
	b := built{end: at.End, size: 1}
	if c.unknown[at.Start] {
		return b
	}
	kind, text := String, c.textOf(n)
	if n.Style&^yaml.TaggedStyle == 0 && !c.markedText(n) {
		kind, text = resolvePlain(text)
	}
	if n.Style&yaml.TaggedStyle != 0 {
		kind, text = c.tagged(n, at, kind, text)
	}
	switch kind {
	case notFinite:
		c.found.errorf(at, "number-not-finite", "%s is no number that JSON knows", text).
			WithHelp("put it in quotes if it is text, or leave it out")
	case mistagged:
	default:
		b.node = &Node{Kind: kind, Text: text, At: at}
	}
	return b
}

// markedText tells whether a scalar has the tag "!" alone, which makes it text.
func (c *converter) markedText(n *yaml.Node) bool {
	return n.Style == 0 && n.Anchor == "" && n.Value != "" && c.byteAt(c.cursor.at(n.Line, n.Column)) == '!'
}

// textOf is the text a scalar stands for.
func (c *converter) textOf(n *yaml.Node) string {
	return c.original(n.Value, n.Style&yaml.DoubleQuotedStyle != 0)
}

// What a scalar may be beside the kinds of JSON.
const (
	notFinite Kind = 100 + iota // an infinity, or not a number
	mistagged                   // other than its tag says
)

// tagged applies a scalar's own tag to what it would be without.
func (c *converter) tagged(n *yaml.Node, at source.Span, kind Kind, text string) (Kind, string) {
	want, known := scalarTags[n.Tag]
	if !known {
		c.checkTag(n, "")
		return kind, text
	}
	if want == String {
		return String, c.textOf(n)
	}
	if kind == String {
		kind, text = resolvePlain(text)
	}
	if kind != want && kind != notFinite || n.Tag == "!!int" && strings.ContainsAny(text, ".eE") {
		c.found.errorf(at, "tag-mismatch", "this is no value for the tag %s", n.Tag).
			WithHelp("remove the tag, or write the value as it demands")
		return mistagged, ""
	}
	return kind, text
}

// checkTag reports a tag that says something which JSON cannot. AsyncAPI 3.1,
// section "Format", allows the tags of the JSON schema of YAML 1.2 alone.
func (c *converter) checkTag(n *yaml.Node, allowed string) {
	if n.Style&yaml.TaggedStyle == 0 || n.Tag == allowed {
		return
	}
	start := c.cursor.at(n.Line, n.Column)
	if start < len(c.text) && c.text[start] == '&' {
		start = c.skip(c.propertyEnd(start), "")
	}
	c.found.errorf(c.span(start, c.propertyEnd(start)), "tag-unknown", "tag %s says nothing that JSON could", n.Tag).
		WithHelp("remove the tag")
}

// resolvePlain reads a plain scalar by the core schema of YAML 1.2, section
// 10.3.2.
func resolvePlain(s string) (Kind, string) {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return Null, ""
	case "true", "True", "TRUE":
		return Bool, "true"
	case "false", "False", "FALSE":
		return Bool, "false"
	}
	if !strings.ContainsRune("+-.0123456789", rune(s[0])) {
		return String, s
	}
	if number, ok := decimal(s); ok {
		return Number, number
	}
	if number, ok := prefixed(s); ok {
		return Number, number
	}
	switch strings.ToLower(strings.TrimLeft(s, "+-")) {
	case ".inf", ".nan":
		return notFinite, s
	}
	return String, s
}

// decimal returns the JSON form of a decimal number.
func decimal(s string) (string, bool) {
	sign, rest := "", s
	switch s[0] {
	case '-':
		sign, rest = "-", s[1:]
	case '+':
		rest = s[1:]
	}
	whole, rest := digits(rest)
	point, fraction := false, ""
	if strings.HasPrefix(rest, ".") {
		point = true
		fraction, rest = digits(rest[1:])
	}
	if whole == "" && fraction == "" {
		return "", false
	}
	exponent, ok := exponentOf(rest)
	if !ok {
		return "", false
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	switch {
	case fraction != "":
		fraction = "." + fraction
	case point && exponent == "":
		fraction = ".0"
	}
	return sign + whole + fraction + exponent, true
}

func digits(s string) (run, rest string) {
	i := 0
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	return s[:i], s[i:]
}

// exponentOf tells whether s is an exponent or nothing at all.
func exponentOf(s string) (string, bool) {
	if s == "" {
		return "", true
	}
	if s[0] != 'e' && s[0] != 'E' {
		return "", false
	}
	rest := s[1:]
	if rest != "" && (rest[0] == '+' || rest[0] == '-') {
		rest = rest[1:]
	}
	run, rest := digits(rest)
	return s, run != "" && rest == ""
}

// maxPrefixed is the longest hexadecimal or octal number that is converted.
const maxPrefixed = 1000

// prefixed returns the decimal form of a hexadecimal or octal number.
func prefixed(s string) (string, bool) {
	if len(s) < 3 || len(s) > maxPrefixed || s[0] != '0' {
		return "", false
	}
	base, allowed := 0, ""
	switch s[1] {
	case 'x':
		base, allowed = 16, "0123456789abcdefABCDEF"
	case 'o':
		base, allowed = 8, "01234567"
	default:
		return "", false
	}
	if strings.Trim(s[2:], allowed) != "" {
		return "", false
	}
	n, ok := new(big.Int).SetString(s[2:], base)
	if !ok {
		return "", false
	}
	return n.String(), true
}
