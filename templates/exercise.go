package templates

import (
	"path"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// RenderExercise prints a program that puts the package p, found at importPath,
// to work over Kafka: it starts typed consumers, sends the messages of a file
// through the typed producers, waits until all have arrived, and says how many
// were handled and how many refused. Its file, traffic.json, is:
//
//	{
//	  "consume": [{"operation": "turnOn", "parameters": {"streetlightId": "lamp-1"}, "expect": 12}],
//	  "messages": [
//	    {"operation": "turnOn", "message": "turnOnOff", "parameters": {"streetlightId": "lamp-1"}, "key": "lamp-1",
//	     "headers": {"my-app-header": 7}, "payload": {"command": "on"}},
//	    {"raw": true, "address": "lamps", "key": "lamp-1", "headers": {"ce_type": "turnOnOff"}, "payload": 42},
//	    {"raw": true, "address": "notes", "key": "note-1", "payload": "the text itself", "text": true},
//	    {"operation": "ping", "key": "ping-1"}
//	  ]
//	}
//
// The last has no payload. The program prints one line of JSON with the counts. An error is a bug of
// ours, as with Render.
func RenderExercise(p *ir.Package, importPath string) (File, error) {
	x := exercise{rt: snip.Runtime(p.Runtime), plan: p, api: importPath}
	j := newFile("main", p.Runtime)
	j.ImportAlias(importPath, "api")
	for _, std := range []string{"errors", "flag", "fmt", "maps", "os", "os/signal", "slices", "strings", "sync/atomic", "syscall"} {
		j.ImportName(std, path.Base(std))
	}
	j.ImportName(x.driverPath(), "driver")
	j.ImportName(x.kafkaPath(), "kafka")
	j.HeaderComment(header(p.Source))
	doc := ir.Text("Command main sends the messages of a file through package " + p.Name + " and counts what arrives.")
	for _, line := range snip.DocLines(doc, 0) {
		j.PackageComment(line)
	}
	return finish("main.go", j, slices.Values(x.decls()))
}

// exercise emits the program.
type exercise struct {
	rt   snip.Runtime
	plan *ir.Package
	api  string // import path of the package that is put to work
}

func (x exercise) driverPath() string { return string(x.rt) + "/driver" }
func (x exercise) kafkaPath() string  { return string(x.rt) + "/kafka" }

func (x exercise) decls() []*jen.Statement {
	return []*jen.Statement{
		x.mainFunc(), x.run(), x.dial(), x.trafficType(), x.messageType(), x.consumerType(), x.reportType(),
		x.readTraffic(), x.start(), x.saw(), x.refuse(), x.wait(), x.handled(), x.publishAll(),
		x.text(), x.rawMessage(), x.publishOne(), x.consumeOne(),
	}
}

// publishOne returns the way from an operation's id to its typed producer:
//
//	// publish sends one message through its typed producer.
//	func publish(ctx context.Context, conn *runtime.Conn, m *message) error {
//		switch [2]string{m.Operation, m.Message} {
//		case [2]string{"turnOn", "turnOnOff"}, [2]string{"turnOn", ""}:
//			…
//		}
//		return fmt.Errorf("there is no operation %q with message %q", m.Operation, m.Message)
//	}
func (x exercise) publishOne() *jen.Statement {
	pair := func(operation, message string) *jen.Statement {
		return jen.Index(jen.Lit(2)).String().Values(jen.Lit(operation), jen.Lit(message))
	}
	var cases []jen.Code
	for _, o := range x.plan.Operations {
		for i, m := range o.Producer.Methods {
			is := []jen.Code{pair(o.ID, m.Message.Wire)}
			if len(o.Messages) == 1 {
				is = append(is, pair(o.ID, ""))
			}
			cases = append(cases, jen.Case(is...).Block(x.publishCase(o, o.Producer.Methods[i])...))
		}
	}
	return snip.Doc(ir.Text("publish sends one message through its typed producer."), 0).
		Func().Id("publish").Params(x.ctxConn(jen.Id("m").Op("*").Id("message"))...).Error().
		Block(
			jen.Switch(jen.Index(jen.Lit(2)).String().Values(jen.Id("m").Dot("Operation"), jen.Id("m").Dot("Message"))).Block(cases...),
			jen.Return(errorf("there is no operation %q with message %q", jen.Id("m").Dot("Operation"), jen.Id("m").Dot("Message"))),
		)
}

// publishCase returns:
//
//	var e api.TurnOnOffEnvelope
//	m.Text = true // where the payload is text, or bytes
//	if err := conn.Incoming(ctx, m.raw()).Decode(&e); err != nil {
//		return err
//	}
//	e.Key = m.Key
//	return api.NewTurnOnProducer(conn).PublishEnvelope(ctx, api.StreetlightID(m.Parameters["streetlightId"]), &e)
func (x exercise) publishCase(o *ir.Operation, m *ir.PublishMethods) []jen.Code {
	body := []jen.Code{jen.Var().Id("e").Add(x.qual(m.Message.Envelope))}
	if m.Message.Encoding != ir.JSON {
		body = append(body, jen.Id("m").Dot("Text").Op("=").True())
	}
	incoming := jen.Id("conn").Dot("Incoming").Call(jen.Id("ctx"), jen.Id("m").Dot("raw").Call())
	args := append([]jen.Code{jen.Id("ctx")}, x.arguments(o, "m")...)
	args = append(args, jen.Op("&").Id("e"))
	return append(body,
		snip.IfErr(incoming.Dot("Decode").Call(jen.Op("&").Id("e"))),
		jen.Id("e").Dot("Key").Op("=").Id("m").Dot("Key"),
		jen.Return(x.qual(o.Producer.New).Call(jen.Id("conn")).Dot(m.Envelope).Call(args...)))
}

// consumeOne returns the way from an operation's id to its typed consumer:
//
//	// consume runs the typed consumer of an operation until ctx ends.
//	func consume(ctx context.Context, conn *runtime.Conn, c *consumer) error {
//		switch c.Operation {
//		case "turnOn":
//			return api.ConsumeTurnOn(ctx, conn, api.StreetlightID(c.Parameters["streetlightId"]), handled[api.TurnOnOffEnvelope](c))
//		}
//		return fmt.Errorf("there is no operation %q", c.Operation)
//	}
func (x exercise) consumeOne() *jen.Statement {
	var cases []jen.Code
	seen := map[string]bool{}
	for _, o := range x.plan.Operations {
		if seen[o.ID] {
			continue
		}
		seen[o.ID] = true
		args := append([]jen.Code{jen.Id("ctx"), jen.Id("conn")}, x.arguments(o, "c")...)
		cases = append(cases, jen.Case(jen.Lit(o.ID)).Block(
			jen.Return(x.qual(o.Consumer.Name).Call(append(args, x.handlers(o))...))))
	}
	return snip.Doc(ir.Text("consume runs the typed consumer of an operation until ctx ends."), 0).
		Func().Id("consume").Params(x.ctxConn(jen.Id("c").Op("*").Id("consumer"))...).Error().
		Block(
			jen.Switch(jen.Id("c").Dot("Operation")).Block(cases...),
			jen.Return(errorf("there is no operation %q", jen.Id("c").Dot("Operation"))),
		)
}

// handlers returns one of:
//
//	handled[api.TurnOnOffEnvelope](c)
//	api.PaymentHandlers{
//		PaymentCaptured: handled[api.PaymentCapturedEnvelope](c),
//	}
func (x exercise) handlers(o *ir.Operation) *jen.Statement {
	handled := func(m *ir.Message) *jen.Statement {
		return jen.Id("handled").Types(x.qual(m.Envelope)).Call(jen.Id("c"))
	}
	if o.Consumer.Handlers == nil {
		return handled(o.Messages[0])
	}
	var members []snip.Member
	for _, f := range o.Consumer.Handlers.Fields {
		members = append(members, snip.Member{Name: f.Name, Value: handled(f.Message)})
	}
	return snip.Literal(x.qual(o.Consumer.Handlers.Name), members...)
}

// arguments returns: api.StreetlightID(m.Parameters["streetlightId"])
func (x exercise) arguments(o *ir.Operation, from string) []jen.Code {
	var out []jen.Code
	for _, a := range o.Arguments {
		value := jen.Id(from).Dot("Parameters").Index(jen.Lit(a.Wire))
		if a.Type != nil {
			value = x.qual(a.Type.Name).Call(value)
		}
		out = append(out, value)
	}
	return out
}

func (x exercise) qual(name string) *jen.Statement { return jen.Qual(x.api, name) }

// ctxConn returns: ctx context.Context, conn *runtime.Conn, more
func (x exercise) ctxConn(more ...jen.Code) []jen.Code {
	return append([]jen.Code{jen.Id("ctx").Add(snip.Context()), jen.Id("conn").Op("*").Add(x.rt.Conn())}, more...)
}

// errorf returns: fmt.Errorf(format, args)
func errorf(format string, args ...jen.Code) *jen.Statement {
	return jen.Qual("fmt", "Errorf").Call(append([]jen.Code{jen.Lit(format)}, args...)...)
}
