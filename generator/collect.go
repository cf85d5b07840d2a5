package generator

import (
	"regexp"
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/generator/naming"
	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
)

// planner holds what the passes find out.
type planner struct {
	doc   *spec.Document
	cfg   Config
	found diag.List

	shapes     map[*schema.Schema]use
	merged     map[[2]*schema.Schema]*schema.Schema // see both
	owns       map[*schema.Schema]*schema.Schema    // see own
	made       map[*schema.Schema]bool              // see make
	partial    map[*schema.Schema]*schema.Schema    // those of both, and what they are part of
	besides    map[*schema.Schema]*schema.Schema    // see beside
	commons    map[*schema.Schema][]*schema.Schema  // see withCommon
	homes      map[*schema.Schema]*schema.Schema    // see distribute
	headers    map[*schema.Schema]*schema.Schema    // see headersOfOne
	types      map[*schema.Schema]*schema.Schema    // see justTypes
	said       map[*schema.Schema]schema.Types      // see typesOf
	fits       map[*schema.Schema]validate.Fit      // see Fit
	limitSets  map[*shape]*schema.Schema            // see limitsIn
	limiting   map[*schema.Schema]bool              // those of limits, and what they are made of
	limitless  map[*shape]bool                      // see limited
	spared     map[[2]*shape]bool                   // see spares
	branchOf   map[*schema.Schema]*schema.Schema    // see alone
	moved      map[*schema.Schema]bool              // see moves
	moving     map[*schema.Schema]bool              // see reachesMoved
	entities   []*entity                            // parents before their children
	messages   []*message
	bySpec     map[*spec.Message]*message
	operations []*operation
	parameters []*parameter
	byKey      map[string]*parameter
	pending    []*schema.Schema // targets of references, to be visited

	scope   *naming.Scope   // the package's
	imports map[string]bool // paths of the packages of external types
	set     check.Set       // the rules
	judging map[string]bool // names of those of types, payloads and parameters
}

func newPlanner(doc *spec.Document, cfg Config) *planner {
	return &planner{
		doc: doc, cfg: cfg,
		shapes:    map[*schema.Schema]use{},
		merged:    map[[2]*schema.Schema]*schema.Schema{},
		owns:      map[*schema.Schema]*schema.Schema{},
		made:      map[*schema.Schema]bool{},
		partial:   map[*schema.Schema]*schema.Schema{},
		besides:   map[*schema.Schema]*schema.Schema{},
		commons:   map[*schema.Schema][]*schema.Schema{},
		homes:     map[*schema.Schema]*schema.Schema{},
		headers:   map[*schema.Schema]*schema.Schema{},
		types:     map[*schema.Schema]*schema.Schema{},
		said:      map[*schema.Schema]schema.Types{},
		fits:      map[*schema.Schema]validate.Fit{},
		limitSets: map[*shape]*schema.Schema{},
		limiting:  map[*schema.Schema]bool{},
		limitless: map[*shape]bool{},
		spared:    map[[2]*shape]bool{},
		branchOf:  map[*schema.Schema]*schema.Schema{},
		moved:     validate.Moved(slices.Collect(doc.AllSchemas()), spec.Subschemas),
		moving:    map[*schema.Schema]bool{},
		bySpec:    map[*spec.Message]*message{},
		byKey:     map[string]*parameter{},
		imports:   map[string]bool{},
	}
}

// entity is a shape that is declared under a name.
type entity struct {
	*naming.Claim
	shape  *shape
	at     place
	values []*naming.Claim // of an enum's constants
	// headers is set when the struct is used for headers.
	headers *ir.HeaderMethods
}

// message is a message with what is planned for it.
type message struct {
	*naming.Claim
	stem     string // of its Go names
	spec     *spec.Message
	keys     []string // by which channels know it, sorted
	payload  use
	encoding ir.Encoding
	header   *schema.Schema // of the headers; nil where they have no type
	headers  *entity        // nil: none
	ir       *ir.Message
}

// operation is an operation with what is planned for it.
type operation struct {
	*naming.Claim
	stem     string // of its Go names
	spec     *spec.Operation
	messages []*message
	args     []*argument
	address  string
	bound    []ir.BoundAddress
}

// argument is a parameter of an operation's address.
type argument struct {
	wire string
	typ  *parameter // nil: the address itself
	// schema is what values are held to beyond an enum; nil: nothing.
	schema *schema.Schema
}

// parameter is the type of all channel parameters of one name and meaning.
type parameter struct {
	*naming.Claim
	name       string
	enum       []string
	specs      []*spec.Parameter
	operations []*operation
	values     []*naming.Claim
	ir         *ir.ParameterType
}

// collect finds messages, operations, parameters and schemas. What is written
// in place is visited before what references lead to, so that it is named after
// its place whoever refers to it.
func (p *planner) collect() {
	for _, m := range p.allMessages() {
		p.collectMessage(m.Message, m.Key.Value)
	}
	for _, o := range p.doc.Operations {
		p.collectOperation(o)
	}
	for _, c := range p.doc.Components.Schemas {
		if c.Value != nil && c.Value.Schema != nil {
			p.visit(c.Value.Schema, place{})
		}
	}
	for _, m := range p.messages {
		p.collectPayload(m)
		p.collectHeaders(m)
	}
	p.visitPending()
	p.visitLeftOver()
	for _, m := range p.messages {
		p.headersOf(m)
	}
}

// allMessages are the messages of the document under the keys they have.
func (p *planner) allMessages() []*spec.ChannelMessage {
	var out []*spec.ChannelMessage
	for _, o := range p.doc.Operations {
		out = append(out, o.Messages...)
		if o.Reply != nil {
			out = append(out, o.Reply.Messages...)
		}
	}
	for _, c := range p.doc.Channels {
		out = append(out, c.Messages...)
	}
	for _, c := range p.doc.Components.Messages {
		out = append(out, &spec.ChannelMessage{Key: c.Key, Message: c.Value})
	}
	return slices.DeleteFunc(out, func(m *spec.ChannelMessage) bool { return m == nil || m.Message == nil })
}

// collectMessage adds a message, or a key to one that is known.
func (p *planner) collectMessage(m *spec.Message, key string) {
	out := p.messageOf(m)
	if out == nil {
		out = &message{spec: m, Claim: &naming.Claim{Rank: rankMessage, Key: p.key(m.Origin)}}
		p.messages = append(p.messages, out)
		p.bySpec[m] = out
	}
	if at, known := slices.BinarySearch(out.keys, key); !known {
		out.keys = slices.Insert(out.keys, at, key)
	}
}

func (p *planner) messageOf(m *spec.Message) *message { return p.bySpec[m] }

// collectOperation adds an operation, unless it has nothing to send or receive.
func (p *planner) collectOperation(s *spec.Operation) {
	o := &operation{spec: s, Claim: &naming.Claim{Rank: rankOperation, Key: p.key(s.Origin)}}
	for _, cm := range s.Messages {
		if cm == nil || cm.Message == nil {
			continue
		}
		if m := p.messageOf(cm.Message); !slices.Contains(o.messages, m) {
			o.messages = append(o.messages, m)
		}
	}
	if s.Channel == nil || len(o.messages) == 0 {
		errNoMessages(&p.found, s)
		return
	}
	if s.Reply != nil {
		errReply(&p.found, s.Reply)
	}
	p.sameWire(o)
	p.collectAddress(o)
	p.operations = append(p.operations, o)
}

// sameWire reports messages of an operation that cannot be told apart.
func (p *planner) sameWire(o *operation) {
	first := map[string]*message{}
	for _, m := range o.messages {
		if other := first[m.wire()]; other != nil {
			errSameName(&p.found, o.spec, m, other)
			continue
		}
		first[m.wire()] = m
	}
}

// placeholder finds the parameters of an address.
var placeholder = regexp.MustCompile(`\{([^{}]*)\}`)

// collectAddress finds where an operation's messages travel, and the parameters
// of that, in their order. A channel without an address takes it as an
// argument, unless a binding has one.
func (p *planner) collectAddress(o *operation) {
	c := o.spec.Channel
	o.address = c.Address.Value
	for _, b := range c.Bindings {
		if address := b.Address(); address.IsSet() {
			o.bound = append(o.bound, ir.BoundAddress{Protocol: b.Protocol.Value, Address: address.Value})
		}
	}
	if o.address == "" && len(o.bound) == 0 {
		o.address = "{address}"
		o.args = []*argument{{wire: "address"}}
		return
	}
	addresses := []string{o.address}
	for _, b := range o.bound {
		addresses = append(addresses, b.Address)
	}
	for _, address := range addresses {
		for _, match := range placeholder.FindAllStringSubmatch(address, -1) {
			p.addArgument(o, match[1])
		}
	}
}

func (p *planner) addArgument(o *operation, name string) {
	if slices.ContainsFunc(o.args, func(a *argument) bool { return a.wire == name }) {
		return
	}
	var declared *spec.Parameter
	for _, cp := range o.spec.Channel.Parameters {
		if cp != nil && cp.Key.Value == name {
			declared = cp.Parameter
		}
	}
	one := &argument{wire: name, typ: p.parameterFor(o, name, declared)}
	if declared != nil {
		one.schema = declared.Schema
	}
	o.args = append(o.args, one)
}

// parameterFor returns the type for a parameter: one for all parameters of one
// name that take the same values.
func (p *planner) parameterFor(o *operation, name string, s *spec.Parameter) *parameter {
	var enum []string
	if s != nil {
		for _, v := range s.Enum {
			if !slices.Contains(enum, v.Value) {
				enum = append(enum, v.Value)
			}
		}
	}
	key := name + "\x00" + strings.Join(slices.Sorted(slices.Values(enum)), "\x00")
	out := p.byKey[key]
	if out == nil {
		out = &parameter{Claim: &naming.Claim{Rank: rankParameter, Key: key}, name: name, enum: enum}
		p.byKey[key] = out
		p.parameters = append(p.parameters, out)
	}
	out.operations = append(out.operations, o)
	if s != nil && !slices.Contains(out.specs, s) {
		out.specs = append(out.specs, s)
	}
	return out
}

// declared returns the types of all schemas that have one.
func (p *planner) declared() []ir.TypeDecl {
	var out []ir.TypeDecl
	for _, e := range p.entities {
		if e.shape.decl != nil {
			out = append(out, e.shape.decl)
		}
	}
	return out
}

// structs are the structs of the package, those too that are lists in JSON.
func (p *planner) structs() []ir.TypeDecl {
	var out []ir.TypeDecl
	for _, e := range p.entities {
		if fieldsOf(e.shape.decl) != nil {
			out = append(out, e.shape.decl)
		}
	}
	return out
}
