package parse

import (
	"fmt"
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// v2 reads what AsyncAPI 2.x writes in its own way: operations within channels,
// messages within operations, one url for a server, a schema for a parameter.
type v2 struct{ *reader }

func readV2(r *reader) edition { return v2{r} }

// actions are what the keywords of a channel mean for the application that is
// described: others publish what it receives.
var actions = map[string]spec.Action{"publish": spec.Receive, "subscribe": spec.Send}

func (e v2) document(f *fields, d *spec.Document) {
	d.Info.Tags = list(f, "tags", e.tag)
	d.Info.ExternalDocs = e.externalDocs(f.place("externalDocs"))
	for key, p := range f.members("channels", anyName) {
		if c, operations := e.channel(key, p); c != nil {
			c.Address = key
			d.Channels = append(d.Channels, c)
			d.Operations = append(d.Operations, operations...)
		}
	}
}

// channel reads a channel item and the operations in it. Each key that leads
// to it makes a channel of its own.
func (e v2) channel(key spec.Text, p resolve.Place) (*spec.Channel, []*spec.Operation) {
	trail, ok := e.follow(p, channelTable)
	if !ok {
		return nil, nil
	}
	f, ok := e.open(trail[len(trail)-1], channelTable)
	if !ok {
		return nil, nil
	}
	c := &spec.Channel{Origin: f.origin(), Key: key}
	c.Description = f.text("description")
	for _, name := range e.distinct(f.texts("servers")) {
		if s := e.serverNamed(name); s != nil {
			c.Servers = append(c.Servers, s)
		}
	}
	c.Parameters = e.parameters(f)
	c.Bindings = e.bindings(f.place("bindings"), channelBindings)
	c.Extensions = f.extensions()
	c.Deprecated = f.flag("deprecated")
	var operations []*spec.Operation
	names := messageNames{entries: map[*spec.Message]*spec.ChannelMessage{}, taken: map[string]bool{}}
	for _, m := range f.own.Node.Members {
		if action, ok := actions[m.Key.Text]; ok {
			if o := e.operation(f.place(m.Key.Text), m.Key, action, c, names); o != nil {
				operations = append(operations, o)
			}
		}
	}
	return c, operations
}

func (e v2) serverNamed(name spec.Text) *spec.Server {
	servers := e.root.Child("servers")
	p := servers.Child(name.Value)
	if p.Node == nil {
		if e.isBroken(servers) {
			return nil
		}
		d := e.found.Errorf(name, "unknown-server", "the document has no server %q", brief(name.Value))
		e.suggest(d, name.Value, servers.Node)
		return nil
	}
	return e.entries.servers[p.Node]
}

// operation reads what stands under publish or subscribe of a channel and gives
// the channel its messages.
func (e v2) operation(p resolve.Place, key syntax.Key, action spec.Action, c *spec.Channel, names messageNames) *spec.Operation {
	trail, ok := e.follow(p, operationTable)
	if !ok {
		return nil
	}
	f, ok := e.open(trail[len(trail)-1], operationTable)
	if !ok {
		return nil
	}
	o := &spec.Operation{Action: action, Channel: c}
	e.reader.operation(f, o)
	o.Key = f.text("operationId")
	if !o.Key.IsSet() {
		o.Key = spec.Text{Value: fmt.Sprintf("%s.%s", action, c.Key.Value), At: key.At}
	}
	if p := f.place("message"); p.Node != nil {
		for i, m := range e.messages(p) {
			o.Messages = append(o.Messages, names.entry(c, o, m, i))
		}
	}
	return o
}

// written is a message and the key or object that stands for it in the text.
type written struct {
	message *spec.Message
	at      resolve.Place
}

// messages are the alternatives that p stands for, each once: those under oneOf,
// which may have alternatives in turn, or else the one message.
func (e v2) messages(p resolve.Place) []written {
	trail, ok := e.follow(p, messageTable)
	if !ok {
		return nil
	}
	target := trail[len(trail)-1]
	if target.Node.Kind == syntax.Mapping && target.Node.Get("oneOf") != nil {
		return e.alternatives(p, target)
	}
	if m := e.message(p); m != nil {
		return []written{{m, p}}
	}
	return nil
}

// alternatives are the messages under the oneOf of target, which p stands for.
func (e v2) alternatives(p, target resolve.Place) []written {
	if known, ok := e.oneOfs[target.Node]; ok {
		if known.busy {
			e.found.Errorf(head(p), "ref-cycle", "the alternatives of the message lead back to it")
		}
		return known.messages
	}
	known := &oneOf{busy: true}
	e.oneOfs[target.Node] = known
	e.onlyOneOf(target)
	seen := map[*spec.Message]bool{}
	list := target.Child("oneOf")
	if e.isKind(list, quoted("oneOf"), syntax.Sequence) {
		for i := range list.Node.Items {
			for _, w := range e.messages(list.Item(i)) {
				if !seen[w.message] {
					seen[w.message] = true
					known.messages = append(known.messages, w)
				}
			}
		}
	}
	known.busy = false
	return known.messages
}

// oneOf is what is known of alternatives.
type oneOf struct {
	messages []written
	busy     bool // being read
}

// onlyOneOf reports what stands beside oneOf: it would belong to no message.
func (e v2) onlyOneOf(p resolve.Place) {
	for _, m := range p.Node.Members {
		if m.Key.Text != "oneOf" && !isExtension(m.Key.Text) {
			e.found.Errorf(m.Key, "unknown-key", "%q cannot stand beside \"oneOf\"", brief(m.Key.Text)).
				WithHelp("write it in each of the messages")
		}
	}
}

// messageNames are the messages of one channel by themselves and by name.
type messageNames struct {
	entries map[*spec.Message]*spec.ChannelMessage
	taken   map[string]bool
}

// entry is that for a message of the operation: the one that the channel has
// already, or a new one.
func (n messageNames) entry(c *spec.Channel, o *spec.Operation, m written, i int) *spec.ChannelMessage {
	if cm := n.entries[m.message]; cm != nil {
		return cm
	}
	cm := &spec.ChannelMessage{Message: m.message, Key: spec.Text{At: head(m.at)}}
	for _, key := range messageKeys(m.message, o, i) {
		if key != "" && !n.taken[key] {
			cm.Key.Value = key
			break
		}
	}
	n.taken[cm.Key.Value] = true
	n.entries[m.message] = cm
	c.Messages = append(c.Messages, cm)
	return cm
}

// messageKeys are the names that a message without one of its own may get, the
// best first. The last is unique within the document.
func messageKeys(m *spec.Message, o *spec.Operation, i int) []string {
	derived := o.Key.Value + ".message"
	keys := []string{m.ID.Value, m.Key, m.Name.Value}
	if i == 0 {
		keys = append(keys, derived)
	}
	return append(keys, fmt.Sprintf("%s.%d", derived, i), fmt.Sprintf("%s.%s.%d", o.Action, derived, i))
}

// address splits the url of a server. The scheme says nothing that the protocol
// does not say.
func (e v2) address(f *fields, s *spec.Server) {
	url := f.text("url")
	if !url.IsSet() {
		return
	}
	start := 0
	if i := strings.Index(url.Value, "://"); i >= 0 {
		start = i + len("://")
		dropVariables(s, url.Part(0, start))
	}
	end := len(url.Value)
	if i := strings.IndexByte(url.Value[start:], '/'); i >= 0 {
		end = start + i
		s.Pathname = url.Part(end, len(url.Value))
	}
	s.Host = url.Part(start, end)
}

// dropVariables leaves out the variables of the url's scheme, which the model
// has no room for: the protocol says it.
func dropVariables(s *spec.Server, scheme spec.Text) {
	for _, name := range scheme.Expressions() {
		s.Variables = slices.DeleteFunc(s.Variables, func(v *spec.ServerVariable) bool {
			return v.Key.Value == name.Value
		})
	}
}

// parameter lifts from the schema what a parameter of 3.x has room for.
func (e v2) parameter(f *fields, p *spec.Parameter) {
	s := f.schema("schema")
	if s = s.Deref(); s == nil {
		return
	}
	p.Schema = s
	values := s.Enum
	if s.Const != nil {
		values = []*syntax.Node{s.Const}
	}
	p.Enum = scalars(values)
	p.Examples = scalars(s.Examples)
	if s.Default != nil {
		p.Default = scalar(s.Default)
	}
	if !p.Description.IsSet() && s.Description != "" {
		p.Description = spec.Text{Value: s.Description, At: s.KeyAt("description")}
	}
}

func scalars(nodes []*syntax.Node) []spec.Text {
	var out []spec.Text
	for _, n := range nodes {
		if t := scalar(n); t.IsSet() {
			out = append(out, t)
		}
	}
	return out
}

// scalar is a value as it would stand in an address.
func scalar(n *syntax.Node) spec.Text {
	switch n.Kind {
	case syntax.String, syntax.Number, syntax.Bool:
		return spec.Text{Value: n.Text, At: n.At}
	}
	return spec.Text{}
}

// requirement reads names of schemes, all of which are needed. One that names
// none is always met.
func (e v2) requirement(p resolve.Place) (spec.SecurityRequirement, bool) {
	if !e.isKind(p, "a security requirement", syntax.Mapping) || e.isRequirementByRef(p) {
		return spec.SecurityRequirement{}, false
	}
	out := spec.SecurityRequirement{Origin: p.Origin()}
	for _, m := range p.Node.Members {
		scopes := e.scopes(p.Child(m.Key.Text))
		if scheme := e.schemeNamed(spec.Text{Value: m.Key.Text, At: m.Key.At}); scheme != nil {
			out.Schemes = append(out.Schemes, spec.RequiredScheme{Scheme: scheme, Scopes: scopes})
		}
	}
	return out, len(out.Schemes) > 0 || len(p.Node.Members) == 0
}

// payload reads a schema in the message's format. One that is wrapped with a
// format of its own, as in 3.x, is read as it is meant: here the wrapper is a
// schema without a keyword, which every value is valid to.
func (e v2) payload(p resolve.Place, format spec.Text) *schema.Payload {
	own, inner := p.Child("schemaFormat"), p.Child("schema")
	if !format.IsSet() && own.Node != nil && own.Node.Kind == syntax.String && inner.Node != nil {
		e.found.Warningf(own.Key, "key-of-other-version",
			"a schema that names its format came with AsyncAPI 3.0, this is a document of %s", e.version).
			WithHelp("write schemaFormat beside \"payload\", and as the payload what is under \"schema\"")
		own := spec.Text{Value: own.Node.Text, At: own.Node.At}
		e.checkFormat(own)
		return e.readPayload(inner, own.Value)
	}
	return e.readPayload(p, format.Value)
}

// ranked: a trait overrides the object, a later trait an earlier one.
// AsyncAPI 2.6 "Traits Merge Mechanism".
func (e v2) ranked(own resolve.Place, traits []resolve.Place) []resolve.Place {
	out := append([]resolve.Place{own}, traits...)
	slices.Reverse(out)
	return out
}

func (e v2) components(f *fields, c *spec.Components) {
	for name, p := range f.members("channels", dottedName) {
		if channel, _ := e.channel(name, p); channel != nil {
			c.Channels = append(c.Channels, spec.Component[*spec.Channel]{Key: name, Value: channel})
		}
	}
	for name, p := range f.members("messages", dottedName) {
		for _, m := range e.messages(p) {
			c.Messages = append(c.Messages, spec.Component[*spec.Message]{Key: name, Value: m.message})
		}
	}
}
