package show

import (
	"strconv"
	"strings"

	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/delivery"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// most is how many values of a list are shown.
const most = 8

func servers(d *spec.Document) node {
	out := node{text: "servers"}
	for _, s := range d.Servers {
		n := node{text: s.Key.Value + ": " + url(s)}
		for _, v := range s.Variables {
			n.add("{" + v.Key.Value + "}: " + values(v.Enum, v.Default))
		}
		n.add(security(s.Security))
		out.below = append(out.below, n)
	}
	return out
}

func url(s *spec.Server) string {
	out := s.Host.Value + s.Pathname.Value
	if s.Protocol.Value != "" {
		out = s.Protocol.Value + "://" + out
	}
	return out
}

// security says which schemes are asked for, all that an alternative names.
func security(list []spec.SecurityRequirement) string {
	var alternatives []string
	for _, requirement := range list {
		var all []string
		for _, q := range requirement.Schemes {
			all = append(all, scheme(q))
		}
		if len(all) == 0 {
			all = []string{"none"}
		}
		alternatives = append(alternatives, strings.Join(all, " and "))
	}
	if len(alternatives) == 0 {
		return ""
	}
	return "security: " + diag.OrList(alternatives)
}

func scheme(q spec.RequiredScheme) string {
	out := q.Scheme.Type.Value
	if q.Scheme.Key != "" {
		out = q.Scheme.Key + " (" + out + ")"
	}
	if len(q.Scopes) > 0 {
		out += " for " + strings.Join(texts(q.Scopes), ", ")
	}
	return out
}

// values says what may stand for a variable or parameter.
func values(enum []spec.Text, byDefault spec.Text) string {
	out := "any value"
	if len(enum) > 0 {
		out = diag.OrList(shortened(texts(enum)))
	}
	if byDefault.IsSet() {
		out += ", by default " + byDefault.Value
	}
	return out
}

func channels(d *spec.Document) node {
	used := map[*spec.Channel]bool{}
	for _, o := range d.Operations {
		used[o.Channel] = true
		if o.Reply != nil {
			used[o.Reply.Channel] = true
		}
	}
	out := node{text: "channels"}
	for _, c := range d.Channels {
		n := channel(c)
		if !used[c] {
			unused := node{text: "no operation uses it"}
			unused.below = messages(c.Messages)
			n.below = append(n.below, unused)
		}
		out.below = append(out.below, n)
	}
	return out
}

func channel(c *spec.Channel) node {
	n := node{text: c.Key.Value}
	switch {
	case !c.Address.IsSet():
		n.text += ": no address of its own"
	case c.Address.Value != c.Key.Value:
		n.text += ": " + c.Address.Value
	}
	if c.Deprecated {
		n.text += ", deprecated"
	}
	for _, p := range c.Parameters {
		text := "{" + p.Key.Value + "}: " + values(p.Parameter.Enum, p.Parameter.Default)
		if p.Parameter.Location.IsSet() {
			text += ", from " + p.Parameter.Location.Value
		}
		n.add(text)
	}
	var names, protocols []string
	for _, s := range c.Servers {
		names = append(names, s.Key.Value)
	}
	if len(names) > 0 {
		n.add("only on " + strings.Join(names, ", "))
	}
	for i := range c.Bindings {
		b := &c.Bindings[i]
		if address := b.Address(); address.IsSet() {
			n.add("on " + b.Protocol.Value + ": " + address.Value)
		} else if !strings.HasPrefix(b.Protocol.Value, "x-") {
			protocols = append(protocols, b.Protocol.Value)
		}
	}
	if len(protocols) > 0 {
		n.add("bindings: " + strings.Join(protocols, ", "))
	}
	return n
}

// arrows point to the channel when the application sends.
var arrows = map[spec.Action]string{spec.Send: " → ", spec.Receive: " ← "}

// reverse is the direction of a reply.
var reverse = map[spec.Action]spec.Action{spec.Send: spec.Receive, spec.Receive: spec.Send}

func operations(d *spec.Document) node {
	out := node{text: "operations"}
	for _, o := range d.Operations {
		text := o.Key.Value + arrow(o.Action) + place(o.Channel)
		out.below = append(out.below, node{text: text, more: func() []node { return operation(o) }})
	}
	return out
}

// operation is what stands below an operation.
func operation(o *spec.Operation) []node {
	n := node{below: messages(o.Messages)}
	n.add(security(o.Security))
	if lines := deliveryLines(o); len(lines) > 0 {
		policy := node{text: "delivery"}
		for _, line := range lines {
			policy.add(line)
		}
		n.below = append(n.below, policy)
	}
	if o.Reply != nil {
		n.below = append(n.below, reply(o))
	}
	return n.below
}

func arrow(a spec.Action) string {
	if out := arrows[a]; out != "" {
		return out
	}
	return " ? "
}

func reply(o *spec.Operation) node {
	to := place(o.Reply.Channel)
	if o.Reply.Address != nil {
		to = "the address in " + o.Reply.Address.Location.Value
	}
	return node{text: "reply" + arrow(reverse[o.Action]) + to, below: messages(o.Reply.Messages)}
}

// place is what a channel is known by.
func place(c *spec.Channel) string {
	switch {
	case c == nil:
		return "no channel"
	case c.Address.IsSet():
		return c.Address.Value
	}
	return c.Key.Value
}

func messages(list []*spec.ChannelMessage) []node {
	var out []node
	for _, m := range list {
		out = append(out, node{text: m.Key.Value + ": " + message(m.Message)})
	}
	return out
}

// message says how a message is made, in one line.
func message(m *spec.Message) string {
	var facts []string
	add := func(fact string) {
		if fact != "" {
			facts = append(facts, fact)
		}
	}
	add(payload(m.Payload))
	add(format(m.Payload))
	add(m.ContentType.Value)
	add(headers(m.Headers))
	if m.CorrelationID != nil && m.CorrelationID.Location.IsSet() {
		add("correlated by " + m.CorrelationID.Location.Value)
	}
	if m.Deprecated {
		add("deprecated")
	}
	return strings.Join(facts, ", ")
}

// payload names the schema and says what values it takes.
func payload(p *schema.Payload) string {
	switch {
	case p == nil:
		return "any payload"
	case p.Schema == nil:
		return described(word(p.Raw, "name"), word(p.Raw, "type")) // as Avro has them
	}
	name := ""
	for s := p.Schema; s != nil && name == ""; s = s.Ref {
		name = s.Name
	}
	return described(name, shape(p.Schema.Deref()))
}

func described(name, kind string) string {
	if name == "" || kind == "" {
		return name + kind
	}
	return name + " (" + kind + ")"
}

// word is a member of a schema's text that is a string.
func word(n *syntax.Node, key string) string {
	if v := n.Get(key); v != nil && v.Kind == syntax.String {
		return v.Text
	}
	return ""
}

// format names the language of a schema that is not JSON Schema.
func format(p *schema.Payload) string {
	if p == nil {
		return ""
	}
	switch kind, version := schema.ParseFormat(p.Format); kind {
	case schema.FormatJSONSchema:
		return ""
	case schema.FormatUnknown:
		return p.Format
	default:
		return strings.TrimSpace(kind.String() + " " + version)
	}
}

// shape is what kind of values a schema takes, as far as it says so at once.
func shape(s *schema.Schema) string {
	switch {
	case s == nil || s.Bool != nil && *s.Bool:
		return "any value"
	case s.Bool != nil:
		return "no value"
	case s.Types != 0:
		return s.Types.String()
	case s.Const != nil || s.Enum != nil:
		return "certain values"
	case s.OneOf != nil:
		return "one of " + diag.Counted(len(s.OneOf), "schema")
	case s.AnyOf != nil:
		return "any of " + diag.Counted(len(s.AnyOf), "schema")
	case s.Properties != nil || s.AllOf != nil:
		return "object"
	}
	return "any value"
}

// headers counts those that a schema names.
func headers(p *schema.Payload) string {
	if p == nil {
		return ""
	}
	s := p.Schema.Deref()
	if s == nil || len(s.Properties) == 0 {
		return "headers"
	}
	required := 0
	for _, h := range s.Properties {
		if s.IsRequired(h.Name.Text) {
			required++
		}
	}
	out := diag.Counted(len(s.Properties), "header")
	switch {
	case required == len(s.Properties):
		out += ", required"
	case required > 0:
		out += ", " + strconv.Itoa(required) + " required"
	}
	return out
}

func texts(list []spec.Text) []string {
	out := make([]string, len(list))
	for i, t := range list {
		out[i] = t.Value
	}
	return out
}

func shortened(list []string) []string {
	if len(list) <= most {
		return list
	}
	return append(list[:most-1:most-1], strconv.Itoa(len(list)-most+1)+" others")
}

// deliveryLines are what the document says of how messages are delivered, as far
// as it is something to the side of the operation that it describes.
func deliveryLines(o *spec.Operation) []string {
	policy, _ := delivery.Of(o, func(source.Spanner, string, ...any) *diag.Diagnostic {
		return &diag.Diagnostic{} // lint tells what is wrong
	})
	if o.Action == spec.Send {
		policy = policy.Sent()
	}
	return policy.Lines()
}
