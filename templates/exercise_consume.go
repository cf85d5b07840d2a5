package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// consumerType returns:
//
//	// consumer is an operation to consume, and what has come of it.
//	type consumer struct {
//		Operation  string            `json:"operation"`
//		Parameters map[string]string `json:"parameters"`
//		Expect     int64             `json:"expect"`
//
//		handled, refused, seen atomic.Int64
//		full             chan struct{} // closed when all that is expected was seen
//		stop             context.CancelFunc
//		ended            chan error
//	}
func (x exercise) consumerType() *jen.Statement {
	return snip.Doc(ir.Text("consumer is an operation to consume, and what has come of it."), 0).Type().Id("consumer").Struct(
		tagged("Operation", jen.String(), "operation"),
		tagged("Parameters", jen.Map(jen.String()).String(), "parameters"),
		tagged("Expect", jen.Int64(), "expect"),
		jen.Line().List(jen.Id("handled"), jen.Id("refused"), jen.Id("seen")).Qual("sync/atomic", "Int64"),
		jen.Id("full").Chan().Struct().Comment("closed when all that is expected was seen"),
		jen.Id("stop").Qual("context", "CancelFunc"),
		jen.Id("ended").Chan().Error(),
	)
}

// start returns:
//
//	// start opens a connection and consumes until c.stop is called, at least once
//	// whatever the document says: Kafka alone gives no more.
//	func (c *consumer) start(ctx context.Context, brokers []string, group string) error {
//		conn, err := dial(ctx, brokers, &runtime.Options{
//			Group:         group,
//			Policy:        runtime.Policy{Guarantee: runtime.AtLeastOnce},
//			OnUndecodable: c.refuse,
//		})
//		if err != nil {
//			return err
//		}
//		ctx, c.stop = context.WithCancel(ctx)
//		c.full, c.ended = make(chan struct{}), make(chan error, 1)
//		if c.Expect == 0 {
//			close(c.full)
//		}
//		go func() {
//			err := consume(ctx, conn, c)
//			c.ended <- errors.Join(err, conn.Close(context.WithoutCancel(ctx)))
//		}()
//		return nil
//	}
func (x exercise) start() *jen.Statement {
	c := func(field string) *jen.Statement { return jen.Id("c").Dot(field) }
	policy := snip.Inline(x.rt.Name("Policy"), snip.Member{Name: "Guarantee", Value: x.rt.Name("AtLeastOnce")})
	options := jen.Op("&").Add(snip.Literal(x.rt.Name("Options"),
		snip.Member{Name: "Group", Value: jen.Id("group")}, snip.Member{Name: "Policy", Value: policy},
		snip.Member{Name: "OnUndecodable", Value: c("refuse")}))
	return snip.Doc(ir.Text("start opens a connection and consumes until c.stop is called, at least once whatever the document says: Kafka alone gives no more."), 0).
		Func().Params(jen.Id("c").Op("*").Id("consumer")).Id("start").
		Params(jen.Id("ctx").Add(snip.Context()), jen.Id("brokers").Index().String(), jen.Id("group").String()).Error().
		Block(
			jen.List(jen.Id("conn"), jen.Err()).Op(":=").Id("dial").Call(jen.Id("ctx"), jen.Id("brokers"), options),
			ifErr(),
			jen.List(jen.Id("ctx"), c("stop")).Op("=").Qual("context", "WithCancel").Call(jen.Id("ctx")),
			jen.List(c("full"), c("ended")).Op("=").List(jen.Make(jen.Chan().Struct()), jen.Make(jen.Chan().Error(), jen.Lit(1))),
			jen.If(c("Expect").Op("==").Lit(0)).Block(jen.Close(c("full"))),
			jen.Go().Func().Params().Block(
				jen.Err().Op(":=").Id("consume").Call(jen.Id("ctx"), jen.Id("conn"), jen.Id("c")),
				c("ended").Op("<-").Qual("errors", "Join").Call(jen.Err(), jen.Id("conn").Dot("Close").Call(withoutCancel())),
			).Call(),
			jen.Return(jen.Nil()),
		)
}

// saw returns:
//
//	// saw counts a message in one of the two ways.
//	func (c *consumer) saw(way *atomic.Int64) {
//		way.Add(1)
//		if c.seen.Add(1) == c.Expect {
//			close(c.full)
//		}
//	}
func (x exercise) saw() *jen.Statement {
	return snip.Doc(ir.Text("saw counts a message in one of the two ways."), 0).
		Func().Params(jen.Id("c").Op("*").Id("consumer")).Id("saw").Params(jen.Id("way").Op("*").Qual("sync/atomic", "Int64")).
		Block(
			jen.Id("way").Dot("Add").Call(jen.Lit(1)),
			jen.If(jen.Id("c").Dot("seen").Dot("Add").Call(jen.Lit(1)).Op("==").Id("c").Dot("Expect")).
				Block(jen.Close(jen.Id("c").Dot("full"))),
		)
}

// refuse returns:
//
//	// refuse counts a message that does not fit its types; it is done then.
//	func (c *consumer) refuse(context.Context, *driver.Message, error) error {
//		c.saw(&c.refused)
//		return nil
//	}
func (x exercise) refuse() *jen.Statement {
	return snip.Doc(ir.Text("refuse counts a message that does not fit its types; it is done then."), 0).
		Func().Params(jen.Id("c").Op("*").Id("consumer")).Id("refuse").
		Params(snip.Context(), jen.Op("*").Qual(x.driverPath(), "Message"), jen.Error()).Error().
		Block(
			jen.Id("c").Dot("saw").Call(jen.Op("&").Id("c").Dot("refused")),
			jen.Return(jen.Nil()),
		)
}

// handled returns:
//
//	// handled returns a handler that counts.
//	func handled[E any](c *consumer) func(context.Context, *E) error {
//		return func(context.Context, *E) error {
//			c.saw(&c.handled)
//			return nil
//		}
//	}
func (x exercise) handled() *jen.Statement {
	handler := func() *jen.Statement { return jen.Func().Params(snip.Context(), jen.Op("*").Id("E")).Error() }
	return snip.Doc(ir.Text("handled returns a handler that counts."), 0).
		Func().Id("handled").Types(jen.Id("E").Any()).Params(jen.Id("c").Op("*").Id("consumer")).Add(handler()).
		Block(jen.Return(handler().Block(
			jen.Id("c").Dot("saw").Call(jen.Op("&").Id("c").Dot("handled")),
			jen.Return(jen.Nil()),
		)))
}

// wait returns:
//
//	// wait returns when the consumer has seen what it expects, and has ended.
//	func (c *consumer) wait(ctx context.Context, r *report) error {
//		select {
//		case <-c.full:
//			c.stop()
//			if err := <-c.ended; err != nil {
//				return err
//			}
//		case err := <-c.ended:
//			return fmt.Errorf("consumer of %s ended early: %w", c.Operation, errors.Join(err, context.Cause(ctx)))
//		case <-ctx.Done():
//			return fmt.Errorf("consumer of %s saw %d of %d messages: %w", c.Operation, c.seen.Load(), c.Expect, context.Cause(ctx))
//		}
//		…
//		return nil
//	}
func (x exercise) wait() *jen.Statement {
	c := func(field string) *jen.Statement { return jen.Id("c").Dot(field) }
	cause := func() *jen.Statement { return jen.Qual("context", "Cause").Call(jen.Id("ctx")) }
	return snip.Doc(ir.Text("wait returns when the consumer has seen what it expects, and has ended."), 0).
		Func().Params(jen.Id("c").Op("*").Id("consumer")).Id("wait").
		Params(jen.Id("ctx").Add(snip.Context()), jen.Id("r").Op("*").Id("report")).Error().
		Block(
			jen.Select().Block(
				jen.Case(jen.Op("<-").Add(c("full"))).Block(
					c("stop").Call(),
					snip.IfErr(jen.Op("<-").Add(c("ended")))),
				jen.Case(jen.Err().Op(":=").Op("<-").Add(c("ended"))).Block(
					jen.Return(errorf("consumer of %s ended early: %w", c("Operation"), jen.Qual("errors", "Join").Call(jen.Err(), cause())))),
				jen.Case(jen.Op("<-").Id("ctx").Dot("Done").Call()).Block(
					jen.Return(errorf("consumer of %s saw %d of %d messages: %w",
						c("Operation"), c("seen").Dot("Load").Call(), c("Expect"), cause()))),
			),
			jen.Id("seen").Op(":=").Add(snip.Inline(jen.Id("consumed"),
				snip.Member{Name: "Operation", Value: c("Operation")},
				snip.Member{Name: "Handled", Value: c("handled").Dot("Load").Call()},
				snip.Member{Name: "Refused", Value: c("refused").Dot("Load").Call()})),
			jen.Id("r").Dot("Handled").Op("+=").Id("seen").Dot("Handled"),
			jen.Id("r").Dot("Refused").Op("+=").Id("seen").Dot("Refused"),
			jen.Id("r").Dot("Consumers").Op("=").Append(jen.Id("r").Dot("Consumers"), jen.Id("seen")),
			jen.Return(jen.Nil()),
		)
}
