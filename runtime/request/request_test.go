package request_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
	"github.com/asyncwire/asyncwire/runtime/request"
)

// question is the envelope of message ask.
type question struct {
	runtime.Envelope
	Payload string
}

func (q *question) CodeMessage(m *runtime.MessageCodec) {
	m.Text(nil, "").External(&q.Payload)
	m.Message("ask", "text/plain", &q.Envelope)
}

// reply is the envelope of message answer.
type reply struct {
	runtime.Envelope
	Payload int
}

func (a *reply) CodeMessage(m *runtime.MessageCodec) {
	text := strconv.AppendInt(nil, int64(a.Payload), 10)
	if m.Bytes(&text); m.Reading() {
		n, err := strconv.Atoi(string(text))
		if err != nil {
			panic(err) // which makes it undecodable
		}
		a.Payload = n
	}
	m.Message("answer", "application/json", &a.Envelope)
}

var questions = &runtime.Channel{Address: "questions"}

// length answers with the length of a text.
func length(_ context.Context, e *question) (*reply, error) {
	return &reply{Payload: len(e.Payload)}, nil
}

func open(t testing.TB, tr driver.Transport) *runtime.Conn {
	t.Helper()
	conn := runtime.Open(tr, &runtime.Options{Logger: slog.New(slog.DiscardHandler), Source: "test"})
	t.Cleanup(func() {
		if err := conn.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return conn
}

func client(t testing.TB, conn *runtime.Conn, o *request.Options) *request.Client {
	t.Helper()
	c, err := request.NewClient(t.Context(), conn, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return c
}

// serve answers until the test ends.
func serve(t testing.TB, conn *runtime.Conn, route runtime.Route) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- runtime.Consume(ctx, conn, questions, nil, []runtime.Route{route}) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func call(ctx context.Context, c *request.Client, text string) (*reply, error) {
	var a reply
	return &a, request.Call(ctx, c, questions, nil, &question{Payload: text}, &a)
}

// unwatched is a transport that cannot be watched, as a plain broker's.
type unwatched struct{ driver.Transport }

// TestCall: replies come to who asked, over transports that can be watched and
// that cannot, with many requests at once.
func TestCall(t *testing.T) {
	broker := memory.New(nil)
	for name, tr := range map[string]func() driver.Transport{
		"watched":   func() driver.Transport { return broker.Connect() },
		"unwatched": func() driver.Transport { return unwatched{broker.Connect()} },
	} {
		t.Run(name, func(t *testing.T) {
			server := open(t, tr())
			serve(t, server, request.On(request.NewServer(server, nil), "ask", length))
			conn := open(t, tr())
			clients := []*request.Client{client(t, conn, nil), client(t, conn, nil)}
			const each = 300
			var all sync.WaitGroup
			for i := range each {
				for _, c := range clients {
					all.Go(func() {
						got, err := call(t.Context(), c, strings.Repeat("x", i))
						if err != nil || got.Payload != i {
							t.Errorf("%d: %+v, %v", i, got, err)
						}
					})
				}
			}
			all.Wait()
			for _, c := range clients {
				if want := (request.Stats{Sent: each, Replied: each}); c.Stats() != want {
					t.Errorf("%+v, want %+v", c.Stats(), want)
				}
			}
		})
	}
}

// TestRaw: requests and answers as bytes, with the chain of causes kept.
func TestRaw(t *testing.T) {
	conn := open(t, memory.New(nil))
	s := request.NewServer(conn, nil)
	serve(t, conn, runtime.Handle("", s.Handle(func(_ context.Context, in *runtime.Incoming) (runtime.Message, error) {
		a := &request.Answer{Payload: append([]byte("re: "), in.Value()...)}
		a.Type, a.DataContentType = "answer", "text/plain"
		return a, nil
	})))
	c := client(t, conn, nil)
	in, err := c.Do(t.Context(), func(ctx context.Context, opts ...runtime.PublishOption) error {
		return runtime.Publish(ctx, conn, questions, nil, &question{Payload: "hello"}, append(opts, runtime.ID("17"))...)
	})
	if err != nil {
		t.Fatal(err)
	}
	a := in.Attributes()
	if string(in.Value()) != "re: hello" || a.Type != "answer" || a.CausationID != "17" || in.Position().Address != c.Address() {
		t.Errorf("%s, %+v, %+v", in.Value(), a, in.Position())
	}
}

// TestShared: clients that share an address take their own replies.
func TestShared(t *testing.T) {
	conn := open(t, memory.New(nil))
	serve(t, conn, request.On(request.NewServer(conn, func(address string) bool { return address == "answers" }), "ask", length))
	o := &request.Options{Address: "answers"}
	one, two := client(t, conn, o), client(t, conn, o)
	for range 10 {
		if got, err := call(t.Context(), one, "abc"); err != nil || got.Payload != 3 {
			t.Errorf("%+v, %v", got, err)
		}
	}
	got, err := call(t.Context(), two, "ab")
	if err != nil || got.Payload != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	if s := two.Stats(); s != (request.Stats{Sent: 1, Replied: 1, Foreign: 10}) {
		t.Errorf("%+v", s)
	}
}

// TestLate: a reply that comes after the deadline is counted and dropped, and so
// is a second one. In its bubble the deadline passes when all wait, so that the server
// has the request by then: one whose time is over is not answered.
func TestLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := open(t, memory.New(nil))
		goOn := make(chan struct{})
		twice := func(ctx context.Context, e *question) (*reply, error) {
			if e.Payload == "slow" {
				<-goOn
			} else { // a first reply of its own
				to := &runtime.Channel{Address: e.Extensions["replyto"]}
				err := runtime.Publish(ctx, conn, to, nil, &reply{Payload: 1}, runtime.CorrelationID(e.CorrelationID))
				if err != nil {
					return nil, err
				}
			}
			return &reply{Payload: 2}, nil
		}
		serve(t, conn, request.On(request.NewServer(conn, nil), "ask", twice))
		c := client(t, conn, nil)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if _, err := call(ctx, c, "slow"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("no reply in time: %v", err)
		}
		close(goOn)
		if got, err := call(t.Context(), c, "quick"); err != nil || got.Payload != 1 {
			t.Errorf("%+v, %v", got, err)
		}
		synctest.Wait()
		if got, want := c.Stats(), (request.Stats{Sent: 2, Replied: 1, Late: 2}); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	})
}

// TestReplyAtTheDeadline: a reply that counts as one in time is handed out, also when
// the time is over by then.
func TestReplyAtTheDeadline(t *testing.T) {
	conn := open(t, memory.New(nil))
	serve(t, conn, request.On(request.NewServer(conn, nil), "ask", length))
	c := client(t, conn, nil)
	for i := range uint64(20) {
		ctx, cancel := context.WithCancel(t.Context())
		_, err := c.Do(ctx, func(ctx context.Context, o ...runtime.PublishOption) error {
			defer cancel()
			err := runtime.Publish(ctx, conn, questions, nil, &question{Payload: "four"}, o...)
			for err == nil && c.Stats().Replied == i {
				time.Sleep(time.Millisecond)
			}
			return err
		})
		if cancel(); err != nil {
			t.Fatalf("call %d: %v", i, err)
		}
	}
}

// TestOwnTimeout: a request without a deadline ends too.
func TestOwnTimeout(t *testing.T) {
	c := client(t, open(t, memory.New(nil)), &request.Options{Timeout: time.Millisecond})
	if _, err := call(t.Context(), c, "nobody is there"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("no reply: %v", err)
	}
}

// TestClosed: who waits is told when the client, or its Conn, is closed; so is
// who comes later.
func TestClosed(t *testing.T) {
	for name, end := range map[string]func(*runtime.Conn, *request.Client) error{
		"client": func(_ *runtime.Conn, c *request.Client) error { return c.Close(context.Background()) },
		"conn":   func(conn *runtime.Conn, _ *request.Client) error { return conn.Close(context.Background()) },
	} {
		t.Run(name, func(t *testing.T) {
			conn := open(t, memory.New(nil))
			c := client(t, conn, nil)
			asked, ended := make(chan struct{}), make(chan error)
			go func() {
				_, err := c.Do(t.Context(), func(context.Context, ...runtime.PublishOption) error {
					close(asked)
					return nil
				})
				ended <- err
			}()
			<-asked
			if err := end(conn, c); err != nil {
				t.Fatal(err)
			}
			if err := <-ended; !errors.Is(err, runtime.ErrClosed) {
				t.Errorf("who waits gets %v", err)
			}
			if _, err := call(t.Context(), c, "later"); !errors.Is(err, runtime.ErrClosed) {
				t.Errorf("who comes later gets %v", err)
			}
		})
	}
}

// TestFull: no more requests wait than may.
func TestFull(t *testing.T) {
	c := client(t, open(t, memory.New(nil)), &request.Options{MaxPending: 1})
	asked, ended := make(chan struct{}), make(chan error)
	first, cancel := context.WithCancel(t.Context())
	go func() {
		_, err := c.Do(first, func(context.Context, ...runtime.PublishOption) error {
			close(asked)
			return nil
		})
		ended <- err
	}()
	<-asked
	over, end := context.WithCancel(t.Context())
	end()
	if _, err := call(over, c, "second"); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "others wait") {
		t.Errorf("the second request: %v", err)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the first request: %v", err)
	}
}

// TestTooLate: that others wait is told of no request but one that waits for them.
func TestTooLate(t *testing.T) {
	c := client(t, open(t, memory.New(nil)), nil)
	over, end := context.WithCancel(t.Context())
	end()
	for range 50 { // what is chosen by chance is not always chosen so
		if _, err := call(over, c, "late"); !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "others wait") {
			t.Fatalf("a request that begins too late: %v", err)
		}
	}
}

// TestNegativeOptions are the defaults.
func TestNegativeOptions(t *testing.T) {
	c := client(t, open(t, memory.New(nil)), &request.Options{MaxPending: -1, Timeout: -1})
	over, end := context.WithCancel(t.Context())
	defer end()
	_, err := c.Do(over, func(ctx context.Context, _ ...runtime.PublishOption) error {
		if deadline, ok := ctx.Deadline(); !ok || ctx.Err() != nil {
			t.Errorf("the deadline of a request is %v: %v", deadline, ctx.Err())
		}
		end()
		return ctx.Err()
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a request that is given up: %v", err)
	}
}

// TestPublishFails: the error of publishing is that of the request, which counts as sent if
// it may have been.
func TestPublishFails(t *testing.T) {
	c := client(t, open(t, memory.New(&memory.Options{MaxBytes: 1000})), nil)
	if _, err := call(t.Context(), c, strings.Repeat("x", 1000)); !errors.Is(err, runtime.ErrTooLarge) {
		t.Errorf("a request that is too large: %v", err)
	}
	if s := c.Stats(); s != (request.Stats{}) {
		t.Errorf("after a request that was not sent: %+v", s)
	}
	_, err := c.Do(t.Context(), func(context.Context, ...runtime.PublishOption) error {
		return fmt.Errorf("the answer was lost: %w", runtime.ErrUnknownOutcome)
	})
	if s := c.Stats(); !errors.Is(err, runtime.ErrUnknownOutcome) || s != (request.Stats{Sent: 1}) {
		t.Errorf("after a request that may have been sent: %+v, %v", s, err)
	}
}

// TestReplyAddress: a server refuses to answer where it is not told to, and
// where it may not.
func TestReplyAddress(t *testing.T) {
	for to, want := range map[string]error{"": request.ErrNoReplyAddress, "payments": request.ErrReplyAddress} {
		t.Run(fmt.Sprintf("%q", to), func(t *testing.T) {
			conn := open(t, memory.New(nil))
			s := request.NewServer(conn, nil)
			h := s.Handle(func(context.Context, *runtime.Incoming) (runtime.Message, error) {
				t.Error("the request was handled")
				return nil, nil
			})
			got := make(chan error, 1)
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			route := runtime.Handle("", func(ctx context.Context, in *runtime.Incoming) error {
				got <- h(ctx, in)
				stop()
				return nil
			})
			e := &question{Payload: "hello"}
			if to != "" {
				e.Extensions = map[string]string{"replyto": to}
			}
			if err := runtime.Publish(ctx, conn, questions, nil, e); err != nil {
				t.Fatal(err)
			}
			if err := runtime.Consume(ctx, conn, questions, nil, []runtime.Route{route}); err != nil {
				t.Fatal(err)
			}
			if err := <-got; !errors.Is(err, want) || runtime.ClassOf(err) != runtime.ClassPermanent {
				t.Errorf("%v, want %v", err, want)
			}
		})
	}
}

// BenchmarkCall is a round trip in memory.
func BenchmarkCall(b *testing.B) {
	conn := open(b, memory.New(nil))
	serve(b, conn, request.On(request.NewServer(conn, nil), "ask", length))
	c := client(b, conn, nil)
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := call(context.Background(), c, "abc"); err != nil {
				b.Error(err)
			}
		}
	})
}

// TestExactlyOnce: the reply of a server under exactly-once is stored with the
// request's acknowledgement; a handler that asks with its context is refused, and
// may ask with another.
func TestExactlyOnce(t *testing.T) {
	broker := memory.New(nil)
	exact := func() *runtime.Conn {
		conn := runtime.Open(broker.Connect(), &runtime.Options{Logger: slog.New(slog.DiscardHandler), Source: "test",
			Policy: runtime.Policy{Guarantee: runtime.ExactlyOnce, DeadLetter: "dead"}})
		t.Cleanup(func() {
			if err := conn.Close(context.Background()); err != nil {
				t.Error(err)
			}
		})
		return conn
	}
	server, asking := exact(), exact()
	serve(t, server, request.On(request.NewServer(server, nil), "ask", length))
	asker := client(t, asking, nil)
	got := make(chan error, 1)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- runtime.Consume(ctx, asking, &runtime.Channel{Address: "begin"}, nil, []runtime.Route{
			runtime.Handle("", func(ctx context.Context, _ *runtime.Incoming) error {
				_, refused := call(ctx, asker, "abc")
				if !errors.Is(refused, request.ErrKeptBack) || runtime.ClassOf(refused) != runtime.ClassPermanent {
					got <- fmt.Errorf("asking with the context of a handler: %w", refused)
				}
				answer, err := call(context.Background(), asker, "abc")
				if err == nil && answer.Payload != 3 {
					err = fmt.Errorf("the answer is %d", answer.Payload)
				}
				got <- err
				return nil
			}),
		})
	}()
	if err := broker.Publish(t.Context(), &driver.Message{Address: "begin"}); err != nil {
		t.Fatal(err)
	}
	if err := <-got; err != nil {
		t.Error(err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestClosedClientsLeaveNothing: the address of a client alone goes with it, one that is
// shared stays.
func TestClosedClientsLeaveNothing(t *testing.T) {
	tr := memory.New(nil)
	conn := open(t, tr)
	for range 3 {
		for _, shared := range []string{"", "replies"} {
			c, err := request.NewClient(t.Context(), conn, &request.Options{Address: shared})
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if err := c.Close(t.Context()); err != nil {
					t.Error(err)
				}
			}
		}
	}
	tap, err := conn.Tap(t.Context(), driver.TapOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := tap.Addresses(); len(got) != 1 || got[0] != "replies" {
		t.Errorf("left are %q", got)
	}
	last, err := request.NewClient(t.Context(), conn, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(conn.Close(t.Context()), last.Close(t.Context())); err != nil {
		t.Error(err)
	}
}
