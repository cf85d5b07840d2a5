package filter

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
)

// The limits of a pattern.
const (
	MaxPattern = 1 << 16 // bytes of its text
	MaxDepth   = 32      // levels of objects
	MaxRules   = 4096    // fields and values
)

// Parse compiles a pattern. The error says where in the pattern what is wrong.
func Parse(text []byte) (*Pattern, error) {
	if len(text) > MaxPattern {
		return nil, fmt.Errorf("pattern: %d bytes, at most %d are understood", len(text), MaxPattern)
	}
	c := compiler{dec: json.NewDecoder(bytes.NewReader(text))}
	c.dec.UseNumber()
	root, err := c.object(0)
	if err == nil {
		err = c.end()
	}
	var p *Pattern
	if err == nil {
		p, err = c.pattern(root)
	}
	if err != nil {
		return nil, fmt.Errorf("pattern%s: %w", c.where(), err)
	}
	var compact bytes.Buffer
	_ = json.Compact(&compact, text) // it has been read
	p.source = compact.Bytes()
	return p, nil
}

// compiler reads a pattern.
type compiler struct {
	dec   *json.Decoder
	path  []string
	rules int
	slots int
	inner bool // within anything-but
}

// where is the path to the mistake.
func (c *compiler) where() string {
	if len(c.path) == 0 {
		return ""
	}
	return " " + strings.Join(c.path, ".")
}

// end demands that nothing follows.
func (c *compiler) end() error {
	if _, err := c.dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the object")
	}
	return nil
}

// token reads a token.
func (c *compiler) token() (json.Token, error) {
	t, err := c.dec.Token()
	if errors.Is(err, io.EOF) {
		return nil, io.ErrUnexpectedEOF
	}
	return t, err
}

// count counts a rule.
func (c *compiler) count() error {
	if c.rules++; c.rules > MaxRules {
		return fmt.Errorf("more than %d rules", MaxRules)
	}
	return nil
}

// object reads an object whose opening brace comes next.
func (c *compiler) object(depth int) (*object, error) {
	t, err := c.token()
	if err != nil {
		return nil, err
	}
	if t != json.Delim('{') {
		return nil, errors.New("must be an object of fields")
	}
	return c.members(depth)
}

// members reads an object behind its opening brace.
func (c *compiler) members(depth int) (*object, error) {
	if depth >= MaxDepth {
		return nil, fmt.Errorf("more than %d levels", MaxDepth)
	}
	o := &object{absent: true}
	for c.dec.More() {
		f, err := c.field(o, depth)
		if err != nil {
			return nil, err
		}
		o.fields = append(o.fields, f)
		o.absent = o.absent && f.matchesAbsent()
	}
	if _, err := c.token(); err != nil {
		return nil, err
	}
	if len(o.fields) == 0 {
		return nil, errors.New("an object needs a field")
	}
	o.slot = c.slots
	c.slots += len(o.fields)
	if len(o.fields) > manyFields {
		o.byName = make(map[string]int, len(o.fields))
		for i, f := range o.fields {
			o.byName[f.name] = i
		}
	}
	return o, nil
}

// field reads a name and what it must match.
func (c *compiler) field(o *object, depth int) (field, error) {
	t, err := c.token()
	if err != nil {
		return field{}, err
	}
	f := field{name: t.(string)} // names are strings, or the decoder fails
	c.path = append(c.path, f.name)
	switch {
	case slices.ContainsFunc(o.fields, func(other field) bool { return other.name == f.name }):
		return f, errors.New("is there twice")
	case strings.HasPrefix(f.name, "$"):
		return f, errors.New("names that begin with $ are not understood: combine patterns with filter.Any")
	}
	if err := c.count(); err != nil {
		return f, err
	}
	if t, err = c.token(); err != nil {
		return f, err
	}
	switch t {
	case json.Delim('{'):
		f.object, err = c.members(depth + 1)
	case json.Delim('['):
		f.rule, err = c.rule()
	default:
		err = errors.New("must be an array of values, or an object of fields")
	}
	if err == nil {
		c.path = c.path[:len(c.path)-1]
	}
	return f, err
}

// rule reads an array behind its opening bracket.
func (c *compiler) rule() (*rule, error) {
	r := &rule{}
	n := 0
	for ; c.dec.More(); n++ {
		t, err := c.token()
		if err != nil {
			return nil, err
		}
		if err := c.part(r, t); err != nil {
			return nil, err
		}
	}
	if _, err := c.token(); err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, errors.New("an empty array matches nothing")
	}
	return r, nil
}

// part adds what begins with t to a rule.
func (c *compiler) part(r *rule, t json.Token) error {
	if err := c.count(); err != nil {
		return err
	}
	switch t {
	case json.Delim('['):
		return errors.New("an array within an array: put its values beside the others")
	case json.Delim('{'):
		return c.test(r)
	}
	r.add(t)
	return nil
}

// add adds a value to a rule.
func (r *rule) add(t json.Token) {
	switch t := t.(type) {
	case nil:
		r.kinds[isNull] = true
	case bool:
		if t {
			r.kinds[isTrue] = true
		} else {
			r.kinds[isFalse] = true
		}
	case json.Number:
		r.numbers = append(r.numbers, numberOf([]byte(t)))
	case string:
		if r.texts == nil {
			r.texts = map[string]struct{}{}
		}
		r.texts[t] = struct{}{}
	}
}

// test reads an object with one test, behind its opening brace.
func (c *compiler) test(r *rule) error {
	if !c.dec.More() {
		return errors.New("an empty object is no test")
	}
	name, err := c.token()
	if err != nil {
		return err
	}
	c.path = append(c.path, name.(string))
	var value json.RawMessage
	if err := c.dec.Decode(&value); err != nil {
		return err
	}
	if err := r.read(name.(string), value, c); err != nil {
		return err
	}
	if c.dec.More() {
		return errors.New("must stand alone in its object; tests beside each other in the array are alternatives")
	}
	c.path = c.path[:len(c.path)-1]
	_, err = c.token()
	return err
}

// testNames are the tests that there are.
const testNames = "prefix, suffix, equals-ignore-case, numeric, cidr, anything-but or exists"

// read adds a test to a rule.
func (r *rule) read(name string, value json.RawMessage, c *compiler) error {
	var t test
	var err error
	switch name {
	case "exists":
		return r.readExists(value)
	case "anything-but":
		if c.inner {
			return errors.New("anything-but stands within another: write what is meant")
		}
		t, err = readNot(value, c)
	case "numeric":
		t, err = readSpan(value)
	case "prefix", "suffix", "equals-ignore-case", "cidr":
		t, err = readText(name, value)
	default:
		err = errors.New("is no test: want " + testNames)
	}
	if err == nil {
		r.tests = append(r.tests, t)
	}
	return err
}

func (r *rule) readExists(value json.RawMessage) error {
	switch string(value) {
	case "true":
		r.present = true
	case "false":
		r.absent = true
	default:
		return errors.New("must be true or false")
	}
	return nil
}

// readText reads a test of text.
func readText(name string, value json.RawMessage) (test, error) {
	var text string
	if value[0] != '"' || json.Unmarshal(value, &text) != nil {
		return nil, errors.New("must be a string")
	}
	switch name {
	case "prefix":
		return prefix(text), nil
	case "suffix":
		return suffix(text), nil
	case "equals-ignore-case":
		return folded(text), nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return nil, fmt.Errorf("%q is no network such as 10.0.0.0/8", text)
	}
	if p.Addr().Is4In6() {
		return nil, fmt.Errorf("%q: write an IPv4 network as one of IPv4", text)
	}
	return network(p.Masked()), nil
}

// readSpan reads the operators and numbers of a range.
func readSpan(value json.RawMessage) (test, error) {
	dec := json.NewDecoder(bytes.NewReader(value))
	dec.UseNumber()
	var list []any
	if err := dec.Decode(&list); err != nil || len(list) == 0 || len(list)%2 != 0 || len(list) > 8 {
		return nil, errors.New(`must be pairs of an operator and a number: [">", 0, "<=", 5]`)
	}
	var s span
	for i := 0; i < len(list); i += 2 {
		n, ok := list[i+1].(json.Number)
		if !ok {
			return nil, fmt.Errorf("%v is no number", list[i+1])
		}
		b := bound{limit: numberOf([]byte(n))}
		switch list[i] {
		case "<":
			b.less = true
		case "<=":
			b.less, b.equal = true, true
		case "=":
			b.equal = true
		case ">=":
			b.equal, b.greater = true, true
		case ">":
			b.greater = true
		default:
			return nil, fmt.Errorf("%v is no operator: want <, <=, =, >= or >", list[i])
		}
		s = append(s, b)
	}
	return s, nil
}

// readNot reads what must not be: a value, an array of them, or a test of text.
func readNot(value json.RawMessage, c *compiler) (test, error) {
	n := &not{}
	in := compiler{dec: json.NewDecoder(bytes.NewReader(value)), rules: c.rules, inner: true}
	in.dec.UseNumber()
	t, err := in.token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('['):
		var r *rule
		if r, err = in.rule(); err == nil {
			n.rule = *r
		}
	default:
		err = in.part(&n.rule, t)
	}
	c.rules = in.rules
	if err != nil {
		return nil, err
	}
	if n.rule.absent || n.rule.present {
		return nil, errors.New("exists has no opposite here: write it by itself")
	}
	return n, nil
}

// pattern makes the pattern of the outermost object.
func (c *compiler) pattern(root *object) (*Pattern, error) {
	p := &Pattern{slots: c.slots}
	for i := range root.fields {
		f := &root.fields[i]
		c.path = []string{f.name}
		switch {
		case f.name == "data":
			p.data = f
		case f.name == "headers":
			if err := flat(f); err != nil {
				return nil, err
			}
			p.headers = f.object
		case f.rule == nil:
			return nil, errors.New("an attribute needs an array of values; the payload's fields stand in data")
		case !isAttribute(f.name):
			return nil, errors.New("is no attribute: want headers, data, or a name of lower-case letters and digits")
		default:
			p.attributes = append(p.attributes, attributeField{f.name, f.rule})
		}
	}
	return p, nil
}

// flat demands that headers have rules.
func flat(f *field) error {
	if f.object == nil {
		return errors.New("must be an object with the names of headers")
	}
	for _, h := range f.object.fields {
		if h.rule == nil {
			return fmt.Errorf("%s: a header needs an array of values", h.name)
		}
		if a := attributeOf(h.name); a != "" {
			return fmt.Errorf("%s: that header is an attribute, and not among headers: write %s beside them", h.name, a)
		}
	}
	return nil
}

// attributeOf is the attribute that a header of that name holds, as it travels over Kafka
// or HTTP, "" when it is none: a pattern of it would match nothing.
func attributeOf(header string) string {
	lower := strings.ToLower(header)
	if lower == "content-type" {
		return "datacontenttype"
	}
	for _, prefix := range []string{"ce_", "ce-"} {
		if name, ok := strings.CutPrefix(lower, prefix); ok && isAttribute(name) {
			return name
		}
	}
	return ""
}

// isAttribute reports whether a name may be that of an attribute (CloudEvents
// 1.0.2, section 3.1).
func isAttribute(name string) bool {
	return name != "" && name != "specversion" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}
