package parse

import (
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// v3 reads what AsyncAPI 3.x writes in its own way: channels and operations
// side by side, tied by references that must stay within the document.
type v3 struct{ *reader }

func readV3(r *reader) edition { return v3{r} }

func (e v3) document(f *fields, d *spec.Document) {
	for key, p := range f.members("channels", anyName) {
		c := e.channel(p)
		if c == nil {
			continue
		}
		e.reportStrays(c)
		c = named(c, &c.Key, func(c *spec.Channel) { c.Key = key })
		e.entries.channels[p.Node] = c
		d.Channels = append(d.Channels, c)
	}
	for key, p := range f.members("operations", anyName) {
		o := e.operation(p)
		if o == nil {
			continue
		}
		e.reportStrays(o)
		d.Operations = append(d.Operations, named(o, &o.Key, func(o *spec.Operation) { o.Key = key }))
	}
}

func (e v3) channel(p resolve.Place) *spec.Channel {
	return read(e.reader, p, channelTable, func(f *fields, c *spec.Channel) {
		c.Origin = f.origin()
		if a := f.place("address"); a.Node != nil && a.Node.Kind != syntax.Null {
			c.Address = e.text(a, quoted("address"))
		}
		e.channelMessages(f, c)
		c.Title = f.text("title")
		c.Summary = f.text("summary")
		c.Description = f.text("description")
		var refs []spec.Text
		for _, item := range f.items("servers") {
			if s := e.serverAt(item, c); s != nil {
				c.Servers = append(c.Servers, s)
				refs = append(refs, spec.Text{Value: item.Ref().Text, At: item.Ref().At})
			}
		}
		e.distinct(refs)
		c.Parameters = e.parameters(f)
		c.Tags = list(f, "tags", e.tag)
		c.ExternalDocs = e.externalDocs(f.place("externalDocs"))
		c.Bindings = e.bindings(f.place("bindings"), channelBindings)
		c.Extensions = f.extensions()
	})
}

func (e v3) channelMessages(f *fields, c *spec.Channel) {
	byNode := map[*syntax.Node]*spec.ChannelMessage{}
	for key, p := range f.members("messages", anyName) {
		if m := e.message(p); m != nil {
			cm := &spec.ChannelMessage{Key: key, Message: m}
			byNode[p.Node] = cm
			c.Messages = append(c.Messages, cm)
		}
	}
	if len(c.Messages) > 0 {
		e.entries.messages[c.Messages[0]] = byNode
	}
}

// stray is a reference to an object that is not the document's own. Only what
// stands in components may have one.
type stray struct {
	ref  *syntax.Node
	what string
}

// reportStrays reports those of a channel or operation that turned out to be
// the document's.
func (e v3) reportStrays(owner any) {
	for _, s := range e.strays[owner] {
		e.found.Errorf(s.ref, diag.Code(s.what+"-not-of-document"), "the %s is none of the document's", s.what).
			WithHelp("list it under %ss and reference it as #/%ss/name", s.what, s.what)
	}
}

// serverAt is the server that a channel names.
func (e v3) serverAt(p resolve.Place, owner any) *spec.Server {
	if !e.needRef(p, "a channel's server", e.entryRef("servers", p)) {
		return nil
	}
	return entry(e, p, serverTable, e.entries.servers, e.doc.Servers, e.server, owner)
}

// entryRef is how to refer to an entry of the document that stands in the wrong
// form at p: by its name, where it is one.
func (e v3) entryRef(kind string, p resolve.Place) string {
	if n := p.Node; n.Kind == syntax.String && e.root.Child(kind).Child(n.Text).Node != nil {
		return "#/" + kind + "/" + source.EscapeToken(n.Text)
	}
	return "#/" + kind + "/name"
}

// channelAt is the channel that an operation or its reply names.
func (e v3) channelAt(p resolve.Place, what string, owner any) *spec.Channel {
	if !e.needRef(p, what, e.entryRef("channels", p)) {
		return nil
	}
	return entry(e, p, channelTable, e.entries.channels, e.doc.Channels, e.channel, owner)
}

// entry is the object a reference of owner leads to: the document's entry that
// it leads over, or else the object at its end.
func entry[T any](e v3, p resolve.Place, t *table, entries map[*syntax.Node]*T, all []*T,
	read func(resolve.Place) *T, owner any) *T {
	trail, ok := e.follow(p, t)
	if !ok {
		return nil
	}
	for _, at := range trail {
		if object := entries[at.Node]; object != nil {
			return object
		}
	}
	object := read(p)
	if object != nil && !slices.Contains(all, object) {
		e.strays[owner] = append(e.strays[owner], stray{p.Ref(), t.name})
	}
	return object
}

// action reads whether the application sends or receives. The words of 2.x have
// no heir that all writers mean: there they tell what others do.
func (e v3) action(f *fields) spec.Action {
	t := f.text("action")
	switch t.Value {
	case "send":
		return spec.Send
	case "receive":
		return spec.Receive
	case "publish", "subscribe":
		e.found.Errorf(t, "wrong-value", "\"action\" must be one of \"send\", \"receive\", is %q", t.Value).
			WithHelp("write send if this application sends the messages, receive if others do")
	default:
		if t.IsSet() {
			e.oneOf(t, quoted("action"), []string{"send", "receive"})
		}
	}
	return 0
}

func (e v3) operation(p resolve.Place) *spec.Operation {
	return read(e.reader, p, operationTable, func(f *fields, o *spec.Operation) {
		e.reader.operation(f, o)
		o.Action = e.action(f)
		if c := f.place("channel"); c.Node != nil {
			o.Channel = e.channelAt(c, "an operation's channel", o)
		}
		o.Messages = e.messages(f, o.Channel)
		o.Reply = e.reply(f.place("reply"))
		if o.Reply != nil {
			e.strays[o] = append(e.strays[o], e.strays[o.Reply]...)
		}
	})
}

func (e v3) reply(p resolve.Place) *spec.Reply {
	return read(e.reader, p, replyTable, func(f *fields, y *spec.Reply) {
		y.Origin, y.Key = f.origin(), f.key
		y.Address = e.replyAddress(f.place("address"))
		if c := f.place("channel"); c.Node != nil {
			y.Channel = e.channelAt(c, "a reply's channel", y)
		}
		y.Messages = e.messages(f, y.Channel)
		y.Extensions = f.extensions()
		if y.Address != nil && y.Channel != nil && y.Channel.Address.IsSet() {
			e.found.Warningf(f.place("address").Key, "reply-address-twice", "the reply has an address and its channel has one too").
				Note(y.Channel.Address, "the channel's").
				WithHelp("leave one out: the address of a channel that replies go to as they say is null")
		}
	})
}

func (e v3) replyAddress(p resolve.Place) *spec.ReplyAddress {
	return read(e.reader, p, replyAddressTable, func(f *fields, a *spec.ReplyAddress) {
		a.Origin, a.Key = f.origin(), f.key
		a.Location = f.expression("location")
		a.Description = f.text("description")
		a.Extensions = f.extensions()
	})
}

// messages are those of the channel that an operation or a reply uses: all of
// them where it names none. AsyncAPI 3.1 "Operation Object", messages.
func (e v3) messages(f *fields, c *spec.Channel) []*spec.ChannelMessage {
	if f.place("messages").Node == nil {
		if c == nil {
			return nil
		}
		return c.Messages
	}
	out := []*spec.ChannelMessage{}
	for _, item := range f.items("messages") {
		if !e.needRef(item, "an operation's message", "#/channels/name/messages/name") {
			continue
		}
		trail, ok := e.follow(item, messageTable)
		if !ok || c == nil {
			continue
		}
		if cm := e.messageOf(c, item, trail); cm != nil {
			out = append(out, cm)
		}
	}
	return out
}

// messageOf finds the entry of a channel that a trail of references leads over.
func (e v3) messageOf(c *spec.Channel, p resolve.Place, trail []resolve.Place) *spec.ChannelMessage {
	if len(c.Messages) > 0 {
		byNode := e.entries.messages[c.Messages[0]]
		for _, at := range trail {
			if cm := byNode[at.Node]; cm != nil {
				return cm
			}
		}
	}
	m := e.message(p)
	if m == nil {
		return nil
	}
	for _, cm := range c.Messages {
		if cm.Message == m {
			e.found.Warningf(p.Ref(), "message-not-by-channel", "the message is referenced past the channel").
				Note(cm.Key, "the channel has it as %q", cm.Key.Value).
				WithHelp("reference it as %s", childRef(c, cm))
			return cm
		}
	}
	e.found.Errorf(p.Ref(), "message-not-of-channel", "the message is none of channel %q", c.Key.Value).
		Note(top(c.At), "the channel").
		WithHelp("add it to the channel's messages and reference it there")
	return nil
}

// childRef is the reference to a channel's message.
func childRef(c *spec.Channel, cm *spec.ChannelMessage) string {
	return "#/channels/" + source.EscapeToken(c.Key.Value) + "/messages/" + source.EscapeToken(cm.Key.Value)
}

// address reads where the server is.
func (e v3) address(f *fields, s *spec.Server) {
	s.Host = f.text("host")
	e.checkHost(s.Host)
	s.Pathname = f.text("pathname")
}

// checkHost warns of a host that holds more than a name and a port, as the URLs
// of 2.x do. AsyncAPI 3.1 "Server Object", host.
func (e v3) checkHost(host spec.Text) {
	name, _ := strings.CutSuffix(host.Value, "/")
	if scheme, _, ok := strings.Cut(name, "://"); ok {
		e.found.Warningf(host, "wrong-value", "\"host\" is a name and a port, and this is a URL").
			WithHelp("leave out %q, which \"protocol\" says, and write a path as \"pathname\"", brief(scheme)+"://")
		return
	}
	if i := strings.IndexByte(name, '/'); i > 0 && !strings.Contains(name[:i], "{") {
		e.found.Warningf(host.Part(i, len(host.Value)), "wrong-value", "\"host\" is a name and a port, and this is a path").
			WithHelp("write it as \"pathname\"")
	}
}

func (e v3) parameter(f *fields, p *spec.Parameter) {
	p.Enum = f.texts("enum")
	p.Default = f.text("default")
	p.Examples = f.texts("examples")
}

// requirement is one scheme, with the scopes it names itself.
func (e v3) requirement(p resolve.Place) (spec.SecurityRequirement, bool) {
	if e.isRequirementByName(p) {
		return spec.SecurityRequirement{}, false
	}
	scheme := e.securityScheme(p)
	if scheme == nil {
		return spec.SecurityRequirement{}, false
	}
	return spec.SecurityRequirement{
		Origin:  p.Origin(),
		Schemes: []spec.RequiredScheme{{Scheme: scheme, Scopes: scheme.Scopes}},
	}, true
}

// payload reads a schema, which may be wrapped with the format it is in.
// AsyncAPI 3.1 "Multi Format Schema Object".
func (e v3) payload(p resolve.Place, _ spec.Text) *schema.Payload {
	if e.leadsByID(p) {
		return e.readPayload(p, "")
	}
	target, ok := e.refs.Deref(p)
	if !ok {
		return nil
	}
	_, hosted := e.schemas.Hosted(target)
	if hosted || target.Node.Get("schema") == nil && target.Node.Get("schemaFormat") == nil {
		return e.readPayload(p, "")
	}
	return read(e.reader, p, multiFormatTable, func(f *fields, out *schema.Payload) {
		format := f.text("schemaFormat")
		e.checkFormat(format)
		*out = schema.Payload{Origin: f.origin(), Format: format.Value}
		if inner := f.place("schema"); inner.Node != nil {
			out.Raw = inner.Node
			if payload := e.readPayload(inner, out.Format); payload != nil {
				*out = *payload
			}
		}
		out.Extensions = f.extensions()
	})
}

// leadsByID tells whether one of the references from p on is such that only the
// reader of schemas can follow it, for a $id may give it a meaning.
func (e v3) leadsByID(p resolve.Place) bool {
	for range resolve.MaxChain {
		ref := p.Ref()
		if ref == nil {
			return false
		}
		if !isPointer(ref.Text) {
			return true
		}
		next, ok := e.refs.Follow(p.File, ref)
		if !ok {
			return false
		}
		p = next
	}
	return false
}

// ranked: the object overrides its traits, a later trait an earlier one.
// AsyncAPI 3.1 "Traits Merge Mechanism".
func (e v3) ranked(own resolve.Place, traits []resolve.Place) []resolve.Place {
	out := append(slices.Clone(traits), own)
	slices.Reverse(out)
	return out
}

func (e v3) components(f *fields, c *spec.Components) {
	c.Channels = reusable(f, "channels", e.channel)
	c.Operations = reusable(f, "operations", e.operation)
	c.Messages = reusable(f, "messages", e.message)
	nameByKey(c.Channels, func(c *spec.Channel) *spec.Text { return &c.Key })
	nameByKey(c.Operations, func(o *spec.Operation) *spec.Text { return &o.Key })
	c.Replies = reusable(f, "replies", e.reply)
	c.ReplyAddresses = reusable(f, "replyAddresses", e.replyAddress)
}
