package contracttest

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/asyncwire/asyncwire/spec"
)

// template is an address with {parameters}, ready to be matched.
type template struct {
	text     string
	names    []string       // of the parameters, in order of appearance
	strict   *regexp.Regexp // parameters with an enum take its values alone
	loose    *regexp.Regexp // nil unless a parameter has an enum
	literals int            // bytes outside of parameters
	enums    int            // parameters with an enum
}

// parameter finds a {name} in an address.
var parameter = regexp.MustCompile(`\{([^{}]*)\}`)

// newTemplate prepares an address. A parameter stands for one or more
// characters of any kind.
func newTemplate(address string, parameters []*spec.ChannelParameter) template {
	address = strings.ToValidUTF8(address, "\ufffd")
	t := template{text: address}
	var strict, loose strings.Builder
	rest := address
	for _, at := range parameter.FindAllStringSubmatchIndex(address, -1) {
		name := address[at[2]:at[3]]
		literal := rest[:at[0]-(len(address)-len(rest))]
		rest = address[at[1]:]
		t.names = append(t.names, name)
		t.literals += len(literal)
		strict.WriteString(regexp.QuoteMeta(literal))
		loose.WriteString(regexp.QuoteMeta(literal) + "(.+?)")
		if values := enumOf(parameters, name); values != "" {
			t.enums++
			strict.WriteString("(" + values + ")")
		} else {
			strict.WriteString("(.+?)")
		}
	}
	t.literals += len(rest)
	t.strict = regexp.MustCompile(`(?s)\A` + strict.String() + regexp.QuoteMeta(rest) + `\z`)
	if t.enums > 0 && strings.ContainsFunc(parameter.ReplaceAllString(address, ""), isWord) {
		t.loose = regexp.MustCompile(`(?s)\A` + loose.String() + regexp.QuoteMeta(rest) + `\z`)
	}
	return t
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// enumOf is the alternatives of a parameter's enum as a regular expression, ""
// when it has none.
func enumOf(parameters []*spec.ChannelParameter, name string) string {
	p := parameterNamed(parameters, name)
	if p == nil || p.Parameter == nil {
		return ""
	}
	var values []string
	for _, v := range p.Parameter.Enum {
		values = append(values, regexp.QuoteMeta(strings.ToValidUTF8(v.Value, "\ufffd")))
	}
	return strings.Join(values, "|")
}

func parameterNamed(parameters []*spec.ChannelParameter, name string) *spec.ChannelParameter {
	for _, p := range parameters {
		if p.Key.Value == name {
			return p
		}
	}
	return nil
}

// match returns the parameters' values. With loose, the enums are disregarded.
func (t *template) match(address string, loose bool) ([]string, bool) {
	re := t.strict
	if loose {
		re = t.loose
	}
	if re == nil {
		return nil, false
	}
	found := re.FindStringSubmatch(address)
	if found == nil {
		return nil, false
	}
	for i, name := range t.names {
		if first := slices.Index(t.names, name); found[first+1] != found[i+1] {
			return nil, false // one parameter cannot have two values
		}
	}
	return found[1:], true
}

// moreSpecific orders templates: more literal text first, then fewer
// parameters, then more that are bound to an enum.
func moreSpecific(a, b *template) int {
	return cmp.Or(
		cmp.Compare(b.literals, a.literals),
		cmp.Compare(len(a.names), len(b.names)),
		cmp.Compare(b.enums, a.enums),
		cmp.Compare(a.text, b.text),
	)
}

// internal tells whether the broker keeps the address for itself, unless the
// document spells it out.
func internal(protocol, address string, t *template) bool {
	return protocol == "kafka" && strings.HasPrefix(address, "__") && !strings.HasPrefix(t.text, "__")
}
