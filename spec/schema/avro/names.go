package avro

import (
	"regexp"
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

var (
	simpleName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	notInName  = regexp.MustCompile(`[^A-Za-z0-9_]+`)
)

// primitives are the names that are defined everywhere and may not be defined
// again.
var primitives = map[string]Type{
	"null": Null, "boolean": Boolean, "int": Int, "long": Long, "float": Float, "double": Double, "bytes": Bytes, "string": String,
}

// checkName reports whether a name, which may be dotted, keeps to the syntax of
// Avro 1.12 "Names". The first part that does not is the finding.
func (r *reader) checkName(n *syntax.Node, dotted bool) bool {
	parts := []string{n.Text}
	if dotted {
		parts = strings.Split(n.Text, ".")
	}
	offset := 0
	for _, part := range parts {
		if !simpleName.MatchString(part) {
			r.badName(n, part, offset)
			return false
		}
		offset += len(part) + 1
	}
	return true
}

func (r *reader) badName(n *syntax.Node, part string, offset int) {
	at := r.inlined.Part(n, offset, offset+len(part))
	if part == "" {
		r.found.Errorf(n, codeName, "%q is not a name: a part of it is empty", n.Text)
		return
	}
	d := r.found.Errorf(at, codeName, "%q is not a name: only letters, digits and _ are allowed, and no digit first", part)
	if better := strings.Trim(notInName.ReplaceAllString(part, "_"), "_"); simpleName.MatchString(better) {
		d.WithHelp("write it as %s", better)
	}
}

// define reads the names of a record, enum or fixed type and makes it known. A
// name with dots is a full name, and a namespace beside it does not count.
func (r *reader) define(s *Schema, o *object, enclosing string) {
	name := r.need(o, "name")
	sound := name.Node != nil && r.isKind(name, "name", syntax.String) && r.checkName(name.Node, true)
	s.Namespace = enclosing
	if p := o.get("namespace"); p.Node != nil && r.isKind(p, "namespace", syntax.String) {
		ignored := sound && strings.Contains(name.Node.Text, ".")
		if ignored || p.Node.Text == "" || r.checkName(p.Node, true) {
			s.Namespace = p.Node.Text
		}
	}
	if !sound {
		return
	}
	s.Name = name.Node.Text
	if i := strings.LastIndexByte(s.Name, '.'); i >= 0 {
		s.Namespace, s.Name = s.Name[:i], s.Name[i+1:]
	}
	for _, alias := range r.aliases(o, true) {
		if !strings.Contains(alias, ".") {
			alias = fullName(s.Namespace, alias)
		}
		s.Aliases = append(s.Aliases, alias)
	}
	r.register(s, name.Node)
}

func (r *reader) register(s *Schema, name *syntax.Node) {
	full := s.FullName()
	first := r.names[full]
	switch {
	case primitives[s.Name] != Unknown:
		r.found.Errorf(name, codeName, "%q is a primitive type and cannot be defined", s.Name).
			WithHelp("choose another name")
	case first != nil:
		r.found.Errorf(name, codeRepeat, "type %q is defined twice", full).
			Note(r.defined[first], "first defined here").
			WithHelp("write the name alone to use the type again")
	default:
		r.names[full], r.defined[s] = s, name.At
	}
}

// aliases are the strings under "aliases".
func (r *reader) aliases(o *object, dotted bool) []string {
	p := o.get("aliases")
	if p.Node == nil || !r.isKind(p, "aliases", syntax.Sequence) {
		return nil
	}
	var out []string
	for i := range p.Node.Items {
		if item := p.Item(i); r.isKind(item, "aliases", syntax.String) && r.checkName(item.Node, dotted) {
			out = append(out, item.Node.Text)
		}
	}
	return out
}

// named is the type that a word names, or s, which a finding then explains.
func (r *reader) named(s *Schema, word *syntax.Node, namespace string) *Schema {
	name := word.Text
	if t := primitives[name]; t != Unknown {
		s.Type = t
		return s
	}
	if strings.Contains(name, ".") {
		if known := r.names[name]; known != nil {
			return known
		}
	} else {
		if known := r.names[fullName(namespace, name)]; known != nil {
			return known
		}
		if known := r.names[name]; known != nil {
			r.found.Warningf(word, codeType, "there is no type %q, only one without a namespace", fullName(namespace, name)).
				WithHelp("give both types the same namespace: not every implementation looks outside of it")
			return known
		}
	}
	r.unknownType(word, namespace)
	return s
}

// unknownType reports a word that names no type.
func (r *reader) unknownType(word *syntax.Node, namespace string) {
	name := word.Text
	if t := declared[name]; t != Unknown {
		r.found.Errorf(word, codeType, "%q cannot stand alone as a type", name).
			WithHelp(`write an object in its place: {"type": %q, …}`, name)
		return
	}
	if at, ok := r.definedLater(name, namespace); ok {
		r.found.Errorf(word, codeType, "type %q is used before it is defined", name).
			Note(at, "defined here").
			WithHelp("define it where it is used first, and write its name alone further down")
		return
	}
	d := r.found.Errorf(word, codeType, "there is no type %q", name)
	if help := r.meantType(name); help != "" {
		d.WithHelp("%s", help)
	}
}

// fromElsewhere are types of other languages and what they are in Avro.
var fromElsewhere = map[string]string{
	"integer": `"int" or "long"`, "number": `"double"`, "object": `a record`, "bool": `"boolean"`, "text": `"string"`,
	"int32": `"int"`, "int64": `"long"`, "float32": `"float"`, "float64": `"double"`, "list": `an array`, "byte": `"bytes"`, "short": `"int"`,
	"timestamp": `{"type": "long", "logicalType": "timestamp-millis"}`, "datetime": `{"type": "long", "logicalType": "timestamp-millis"}`,
	"date-time": `{"type": "long", "logicalType": "timestamp-millis"}`,
}

// maxHints is how many names are compared in search of what was meant: a schema
// may consist of slips.
const maxHints = 1 << 19

// meantType says which type an unknown name may stand for.
func (r *reader) meantType(name string) string {
	if meant := fromElsewhere[strings.ToLower(name)]; meant != "" {
		return "in Avro that is " + meant
	}
	if l, ok := logicals[name]; ok {
		return "a logical type has a type under it: {\"type\": \"" + l.on[0].String() + "\", \"logicalType\": \"" + name + "\"}"
	}
	if r.hints += len(r.names); r.hints > maxHints {
		return ""
	}
	var all []string
	for full := range r.names {
		if full[strings.LastIndexByte(full, '.')+1:] == name {
			all = append(all, full)
		}
	}
	if slices.Sort(all); len(all) > 0 {
		return `did you mean "` + all[0] + `"?`
	}
	for word := range declared {
		all = append(all, word)
	}
	for full, s := range r.names {
		all = append(all, full, s.Name)
	}
	slices.Sort(all)
	if near := diag.Nearest(name, all); near != "" {
		return `did you mean "` + near + `"?`
	}
	return ""
}

// definedLater is where a type is defined that has not been met yet.
func (r *reader) definedLater(name, namespace string) (source.Span, bool) {
	if r.later == nil {
		r.later = map[string]source.Span{}
		r.collect(r.root, "", map[visit]bool{})
	}
	if !strings.Contains(name, ".") {
		name = fullName(namespace, name)
	}
	at, ok := r.later[name]
	return at, ok && r.names[name] == nil
}

// collect finds the definitions in a text.
func (r *reader) collect(n *syntax.Node, namespace string, seen map[visit]bool) {
	if n == nil || seen[visit{n, namespace}] {
		return
	}
	seen[visit{n, namespace}] = true
	for _, item := range n.Items {
		r.collect(item, namespace, seen)
	}
	if t, name := n.Get("type"), n.Get("name"); t != nil && name != nil && declared[t.Text].named() {
		if space := n.Get("namespace"); space != nil && space.Kind == syntax.String {
			namespace = space.Text
		}
		full := name.Text
		if i := strings.LastIndexByte(full, '.'); i >= 0 {
			namespace = full[:i]
		} else {
			full = fullName(namespace, full)
		}
		if _, taken := r.later[full]; !taken {
			r.later[full] = name.At
		}
	}
	for _, m := range n.Members {
		r.collect(m.Value, namespace, seen)
	}
}
