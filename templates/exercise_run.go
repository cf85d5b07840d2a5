package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// mainFunc returns:
//
//	func main() {
//		var brokers []string
//		flag.Func("broker", "…", func(v string) error {
//			brokers = append(brokers, strings.Split(v, ",")...)
//			return nil
//		})
//		group := flag.String("group", "exercise", "…")
//		file := flag.String("traffic", "traffic.json", "…")
//		flag.Parse()
//		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
//		err := run(ctx, brokers, *group, *file)
//		stop()
//		if err != nil {
//			fmt.Fprintln(os.Stderr, "error:", err)
//			os.Exit(1)
//		}
//	}
func (x exercise) mainFunc() *jen.Statement {
	brokers := func() *jen.Statement { return jen.Id("brokers") }
	option := func(name, value, usage string) *jen.Statement {
		return jen.Qual("flag", "String").Call(jen.Lit(name), jen.Lit(value), jen.Lit(usage))
	}
	return jen.Func().Id("main").Params().Block(
		jen.Var().Add(brokers()).Index().String(),
		jen.Qual("flag", "Func").Call(jen.Lit("broker"), jen.Lit("host:port of a broker; may be given again, or as a list with commas"),
			jen.Func().Params(jen.Id("v").String()).Error().Block(
				brokers().Op("=").Append(brokers(), jen.Qual("strings", "Split").Call(jen.Id("v"), jen.Lit(",")).Op("...")),
				jen.Return(jen.Nil()))),
		jen.Id("group").Op(":=").Add(option("group", "exercise", "consumer group")),
		jen.Id("file").Op(":=").Add(option("traffic", "traffic.json", "what to send and what to wait for")),
		jen.Qual("flag", "Parse").Call(),
		jen.List(jen.Id("ctx"), jen.Id("stop")).Op(":=").Qual("os/signal", "NotifyContext").Call(
			jen.Qual("context", "Background").Call(), jen.Qual("os", "Interrupt"), jen.Qual("syscall", "SIGTERM")),
		jen.Err().Op(":=").Id("run").Call(jen.Id("ctx"), brokers(), jen.Op("*").Id("group"), jen.Op("*").Id("file")),
		jen.Id("stop").Call(),
		jen.If(jen.Err().Op("!=").Nil()).Block(
			jen.Qual("fmt", "Fprintln").Call(jen.Qual("os", "Stderr"), jen.Lit("error:"), jen.Err()),
			jen.Qual("os", "Exit").Call(jen.Lit(1))),
	)
}

// run returns:
//
//	// run starts the consumers, sends everything, waits and reports.
//	func run(ctx context.Context, brokers []string, group, file string) error {
//		t, err := readTraffic(file)
//		if err != nil {
//			return err
//		}
//		ctx, cancel := context.WithTimeout(ctx, time.Minute)
//		defer cancel()
//		conn, err := dial(ctx, brokers, nil)
//		if err != nil {
//			return err
//		}
//		defer conn.Close(context.WithoutCancel(ctx))
//		for i, c := range t.Consume {
//			if err := c.start(ctx, brokers, fmt.Sprintf("%s-%d", group, i)); err != nil {
//				return err
//			}
//		}
//		var r report
//		if err := r.publishAll(ctx, conn, t.Messages); err != nil {
//			return err
//		}
//		for _, c := range t.Consume {
//			if err := c.wait(ctx, &r); err != nil {
//				return err
//			}
//		}
//		return json.NewEncoder(os.Stdout).Encode(r)
//	}
func (x exercise) run() *jen.Statement {
	ctx := func() *jen.Statement { return jen.Id("ctx") }
	consumers := func() *jen.Statement { return jen.Id("t").Dot("Consume") }
	return snip.Doc(ir.Text("run starts the consumers, sends everything, waits until it has arrived, and reports."), 0).
		Func().Id("run").Params(ctx().Add(snip.Context()), jen.Id("brokers").Index().String(), jen.Id("group"), jen.Id("file").String()).Error().
		Block(
			jen.List(jen.Id("t"), jen.Err()).Op(":=").Id("readTraffic").Call(jen.Id("file")),
			ifErr(),
			jen.List(ctx(), jen.Id("cancel")).Op(":=").Qual("context", "WithTimeout").Call(ctx(), jen.Qual("time", "Minute")),
			jen.Defer().Id("cancel").Call(),
			jen.List(jen.Id("conn"), jen.Err()).Op(":=").Id("dial").Call(ctx(), jen.Id("brokers"), jen.Nil()),
			ifErr(),
			jen.Defer().Id("conn").Dot("Close").Call(withoutCancel()),
			jen.For(jen.List(jen.Id("i"), jen.Id("c")).Op(":=").Range().Add(consumers())).Block(
				snip.IfErr(jen.Id("c").Dot("start").Call(ctx(), jen.Id("brokers"),
					jen.Qual("fmt", "Sprintf").Call(jen.Lit("%s-%d"), jen.Id("group"), jen.Id("i"))))),
			jen.Var().Id("r").Id("report"),
			snip.IfErr(jen.Id("r").Dot("publishAll").Call(ctx(), jen.Id("conn"), jen.Id("t").Dot("Messages"))),
			jen.For(jen.List(jen.Id("_"), jen.Id("c")).Op(":=").Range().Add(consumers())).Block(
				snip.IfErr(jen.Id("c").Dot("wait").Call(ctx(), jen.Op("&").Id("r")))),
			jen.Return(jen.Qual("encoding/json", "NewEncoder").Call(jen.Qual("os", "Stdout")).Dot("Encode").Call(jen.Id("r"))),
		)
}

// ifErr returns: if err != nil { return results, err }
func ifErr(results ...jen.Code) *jen.Statement {
	return jen.If(jen.Err().Op("!=").Nil()).Block(snip.ReturnErr(results...))
}

// withoutCancel returns: context.WithoutCancel(ctx)
func withoutCancel() *jen.Statement {
	return jen.Qual("context", "WithoutCancel").Call(jen.Id("ctx"))
}

// dial returns:
//
//	// dial opens a connection of its own.
//	func dial(ctx context.Context, brokers []string, o *runtime.Options) (*runtime.Conn, error) {
//		transport, err := kafka.Open(ctx, kafka.Config{Brokers: brokers})
//		if err != nil {
//			return nil, err
//		}
//		return runtime.Open(transport, o), nil
//	}
func (x exercise) dial() *jen.Statement {
	return snip.Doc(ir.Text("dial opens a connection of its own."), 0).
		Func().Id("dial").
		Params(jen.Id("ctx").Add(snip.Context()), jen.Id("brokers").Index().String(), jen.Id("o").Op("*").Add(x.rt.Name("Options"))).
		Params(jen.Op("*").Add(x.rt.Conn()), jen.Error()).
		Block(
			jen.List(jen.Id("transport"), jen.Err()).Op(":=").Qual(x.kafkaPath(), "Open").Call(jen.Id("ctx"),
				snip.Inline(jen.Qual(x.kafkaPath(), "Config"), snip.Member{Name: "Brokers", Value: jen.Id("brokers")})),
			ifErr(jen.Nil()),
			jen.Return(x.rt.Name("Open").Call(jen.Id("transport"), jen.Id("o")), jen.Nil()),
		)
}

// tagged returns one field of a struct that is read from JSON.
func tagged(name string, typ jen.Code, key string) *jen.Statement {
	return jen.Id(name).Add(typ).Add(snip.Tag(key, ""))
}

// trafficType returns:
//
//	// traffic is what to send and what to wait for.
//	type traffic struct {
//		Messages []*message  `json:"messages"`
//		Consume  []*consumer `json:"consume"`
//	}
func (x exercise) trafficType() *jen.Statement {
	return snip.Doc(ir.Text("traffic is what to send and what to wait for."), 0).Type().Id("traffic").Struct(
		tagged("Messages", jen.Index().Op("*").Id("message"), "messages"),
		tagged("Consume", jen.Index().Op("*").Id("consumer"), "consume"),
	)
}

// messageType returns:
//
//	// message is one message to send, through a typed producer or raw.
//	type message struct {
//		Operation  string            `json:"operation"`
//		…
//	}
func (x exercise) messageType() *jen.Statement {
	return snip.Doc(ir.Text("message is one message to send: through its typed producer, or raw to an address."), 0).Type().Id("message").Struct(
		tagged("Operation", jen.String(), "operation"),
		tagged("Message", jen.String(), "message"),
		tagged("Parameters", jen.Map(jen.String()).String(), "parameters"),
		tagged("Raw", jen.Bool(), "raw"),
		tagged("Address", jen.String(), "address"),
		tagged("Key", jen.String(), "key"),
		tagged("Headers", snip.RawMessage(), "headers"),
		tagged("Payload", snip.RawMessage(), "payload"),
		tagged("Text", jen.Bool(), "text"),
	)
}

// reportType returns:
//
//	// report is what is printed at the end.
//	type report struct {
//		Published int64       `json:"published"`
//		…
//		Consumers []*consumed `json:"consumers"`
//	}
//
//	// consumed is what one consumer saw.
//	type consumed struct {
//		Operation string `json:"operation"`
//		…
//	}
func (x exercise) reportType() *jen.Statement {
	return paragraphs(
		snip.Doc(ir.Text("report is what is printed at the end."), 0).Type().Id("report").Struct(
			tagged("Published", jen.Int64(), "published"),
			tagged("Raw", jen.Int64(), "raw"),
			tagged("Handled", jen.Int64(), "handled"),
			tagged("Refused", jen.Int64(), "refused"),
			tagged("Consumers", jen.Index().Id("consumed"), "consumers"),
		),
		snip.Doc(ir.Text("consumed is what one consumer saw."), 0).Type().Id("consumed").Struct(
			tagged("Operation", jen.String(), "operation"),
			tagged("Handled", jen.Int64(), "handled"),
			tagged("Refused", jen.Int64(), "refused"),
		),
	)
}

// readTraffic returns:
//
//	func readTraffic(file string) (*traffic, error) {
//		data, err := os.ReadFile(file)
//		if err != nil {
//			return nil, err
//		}
//		var t traffic
//		if err := json.Unmarshal(data, &t); err != nil {
//			return nil, fmt.Errorf("%s: %w", file, err)
//		}
//		return &t, nil
//	}
func (x exercise) readTraffic() *jen.Statement {
	return jen.Func().Id("readTraffic").Params(jen.Id("file").String()).Params(jen.Op("*").Id("traffic"), jen.Error()).Block(
		jen.List(jen.Id("data"), jen.Err()).Op(":=").Qual("os", "ReadFile").Call(jen.Id("file")),
		ifErr(jen.Nil()),
		jen.Var().Id("t").Id("traffic"),
		jen.If(jen.Err().Op(":=").Add(snip.Unmarshal(jen.Id("data"), jen.Op("&").Id("t"))), jen.Err().Op("!=").Nil()).
			Block(jen.Return(jen.Nil(), errorf("%s: %w", jen.Id("file"), jen.Err()))),
		jen.Return(jen.Op("&").Id("t"), jen.Nil()),
	)
}

// publishAll returns:
//
//	// publishAll sends all messages in their order.
//	func (r *report) publishAll(ctx context.Context, conn *runtime.Conn, messages []*message) error {
//		for i, m := range messages {
//			var err error
//			if m.Raw {
//				r.Raw++
//				err = conn.PublishMessage(ctx, m.raw())
//			} else {
//				r.Published++
//				err = publish(ctx, conn, m)
//			}
//			if err != nil {
//				return fmt.Errorf("message %d: %w", i, err)
//			}
//		}
//		return nil
//	}
func (x exercise) publishAll() *jen.Statement {
	send := func(count string, call *jen.Statement) []jen.Code {
		return []jen.Code{jen.Id("r").Dot(count).Op("++"), jen.Err().Op("=").Add(call)}
	}
	return snip.Doc(ir.Text("publishAll sends all messages in their order."), 0).
		Func().Params(jen.Id("r").Op("*").Id("report")).Id("publishAll").
		Params(x.ctxConn(jen.Id("messages").Index().Op("*").Id("message"))...).Error().
		Block(
			jen.For(jen.List(jen.Id("i"), jen.Id("m")).Op(":=").Range().Id("messages")).Block(
				jen.Var().Err().Error(),
				jen.If(jen.Id("m").Dot("Raw")).
					Block(send("Raw", jen.Id("conn").Dot("PublishMessage").Call(jen.Id("ctx"), jen.Id("m").Dot("raw").Call()))...).
					Else().
					Block(send("Published", jen.Id("publish").Call(jen.Id("ctx"), jen.Id("conn"), jen.Id("m")))...),
				jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(errorf("message %d: %w", jen.Id("i"), jen.Err()))),
			),
			jen.Return(jen.Nil()),
		)
}

// text returns:
//
//	// into reads JSON, if there is any.
//	func into(data json.RawMessage, target any) error {
//		if len(data) == 0 {
//			return nil
//		}
//		return json.Unmarshal(data, target)
//	}
//
//	// text is a JSON string's own text, and any other JSON as it is written.
//	func text(data json.RawMessage) []byte {
//		var s *string
//		if json.Unmarshal(data, &s) == nil && s != nil {
//			return []byte(*s)
//		}
//		return data
//	}
func (x exercise) text() *jen.Statement {
	data := func() *jen.Statement { return jen.Id("data") }
	return paragraphs(
		snip.Doc(ir.Text("into reads JSON, if there is any."), 0).
			Func().Id("into").Params(data().Add(snip.RawMessage()), jen.Id("target").Any()).Error().Block(
			jen.If(jen.Len(data()).Op("==").Lit(0)).Block(jen.Return(jen.Nil())),
			jen.Return(snip.Unmarshal(data(), jen.Id("target"))),
		),
		snip.Doc(ir.Text("text is a JSON string's own text, and any other JSON as it is written."), 0).
			Func().Id("text").Params(data().Add(snip.RawMessage())).Index().Byte().Block(
			jen.Var().Id("s").Op("*").String(),
			jen.If(snip.Unmarshal(data(), jen.Op("&").Id("s")).Op("==").Nil().Op("&&").Id("s").Op("!=").Nil()).
				Block(jen.Return(jen.Index().Byte().Parens(jen.Op("*").Id("s")))),
			jen.Return(data()),
		),
	)
}

// rawMessage returns:
//
//	// raw is the message as it goes out without a producer. Its headers are
//	// sorted by name.
//	func (m *message) raw() *driver.Message {
//		out := &driver.Message{Address: m.Address, Value: m.Payload}
//		if m.Key != "" {
//			out.Key = []byte(m.Key)
//		}
//		if m.Text {
//			out.Value = text(m.Payload)
//		}
//		var headers map[string]json.RawMessage
//		if into(m.Headers, &headers) == nil {
//			for _, name := range slices.Sorted(maps.Keys(headers)) {
//				out.Headers = append(out.Headers, driver.Header{Key: name, Value: text(headers[name])})
//			}
//		}
//		return out
//	}
func (x exercise) rawMessage() *jen.Statement {
	out := func() *jen.Statement { return jen.Id("out") }
	m := func(field string) *jen.Statement { return jen.Id("m").Dot(field) }
	return snip.Doc(ir.Text("raw is the message as it goes out without a producer. Its headers are sorted by name."), 0).
		Func().Params(jen.Id("m").Op("*").Id("message")).Id("raw").Params().Op("*").Qual(x.driverPath(), "Message").Block(
		out().Op(":=").Op("&").Add(snip.Inline(jen.Qual(x.driverPath(), "Message"),
			snip.Member{Name: "Address", Value: m("Address")}, snip.Member{Name: "Value", Value: m("Payload")})),
		jen.If(m("Key").Op("!=").Lit("")).Block(out().Dot("Key").Op("=").Index().Byte().Parens(m("Key"))),
		jen.If(m("Text")).Block(out().Dot("Value").Op("=").Id("text").Call(m("Payload"))),
		jen.Var().Id("headers").Map(jen.String()).Add(snip.RawMessage()),
		jen.If(jen.Id("into").Call(m("Headers"), jen.Op("&").Id("headers")).Op("==").Nil()).Block(
			jen.For(jen.List(jen.Id("_"), jen.Id("name")).Op(":=").Range().
				Qual("slices", "Sorted").Call(jen.Qual("maps", "Keys").Call(jen.Id("headers")))).Block(
				out().Dot("Headers").Op("=").Append(out().Dot("Headers"), snip.Inline(jen.Qual(x.driverPath(), "Header"),
					snip.Member{Name: "Key", Value: jen.Id("name")},
					snip.Member{Name: "Value", Value: jen.Id("text").Call(jen.Id("headers").Index(jen.Id("name")))})))),
		jen.Return(out()),
	)
}
