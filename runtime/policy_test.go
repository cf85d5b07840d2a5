package runtime

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

func TestPolicyOver(t *testing.T) {
	base := Policy{
		Guarantee: EffectivelyOnce, Ordering: PerPartition, Concurrency: 1, MaxInFlight: 2, MaxInFlightBytes: 3,
		MaxPerKey: 4, AttemptTimeout: 5, TTL: 6, Rate: Rate{7, 8}, Retry: Retry{9, 10, 11, 0.5, 3},
		RetryAddresses: []RetryAddress{{"r", 12}}, DeadLetter: "d", InboxWindow: 13, MaxDelay: 14,
	}
	if got := (Policy{}).Over(base).String(); got != base.String() {
		t.Errorf("nothing over a policy is\n%swant\n%s", got, base)
	}
	over := Policy{Concurrency: 20, Retry: Retry{Max: 30}, RetryAddresses: []RetryAddress{}, TTL: -1}
	got := over.Over(base)
	if got.Concurrency != 20 || got.Retry != (Retry{9, 30, 11, 0.5, 3}) || len(got.RetryAddresses) != 0 || got.TTL != -1 ||
		got.DeadLetter != "d" {
		t.Errorf("over a policy: %+v", got)
	}
}

func TestPolicyText(t *testing.T) {
	want := `guarantee          at-least-once
ordering           key
concurrency        16
max-in-flight      1024 messages, 67108864 bytes
max-per-key        256
attempt-timeout    none
ttl                none
max-delay          24h0m0s
rate               none
retry              5 attempts, after 100ms to 30s, jitter 0.5
retry-address      orders.g.retry after 1m0s
dead-letter        orders.dead
inbox-window       65536
`
	p := Policy{RetryAddresses: []RetryAddress{{"{address}.{group}.retry", time.Minute}}, DeadLetter: "{address}.dead"}
	if got := p.withDefaults().at("orders", "g").String(); got != want {
		t.Errorf("the policy is\n%swant\n%s", got, want)
	}
	for want, r := range map[string]Retry{
		"endless attempts": {Attempts: -1}, "1 attempt, after 1s": {Attempts: 1, Min: time.Second}, "after at most 1m0s, jitter 0": {Max: time.Minute, Jitter: -1},
		"factor 3": {Factor: 3},
	} {
		if got := r.text(); got != want {
			t.Errorf("%+v is %q, want %q", r, got, want)
		}
	}
	if got := (Policy{}).String(); got != "" {
		t.Errorf("the empty policy is %q", got)
	}
	if got := (Policy{DeadLetter: Drop, Rate: Rate{PerSecond: 250}}).String(); !strings.Contains(got, "drop") ||
		!strings.Contains(got, "250/s, burst 25") {
		t.Errorf("the policy is\n%s", got)
	}
}

// TestPolicyUndone: of what a document says, code says that there is none, where there
// need not be any; and it can be read that there is none.
func TestPolicyUndone(t *testing.T) {
	declared := Policy{
		MaxInFlightBytes: 3, AttemptTimeout: 5, TTL: 6, MaxDelay: 14, Rate: Rate{7, 8}, Retry: Retry{9, 10, 11, 0.5, 3},
		RetryAddresses: []RetryAddress{{"r", 12}}, DeadLetter: "d",
	}
	none := Policy{
		MaxInFlightBytes: -1, AttemptTimeout: -1, TTL: -1, MaxDelay: -1, Rate: Rate{PerSecond: -1}, Retry: Retry{Attempts: -1, Jitter: -1},
		RetryAddresses: []RetryAddress{}, DeadLetter: NoDeadLetter,
	}
	if err := none.Validate(); err != nil {
		t.Error(err)
	}
	want := `address            a
group              g
guarantee          at-least-once
ordering           key
concurrency        16
max-in-flight      1024 messages, any number of bytes
max-per-key        256
attempt-timeout    none
ttl                none
max-delay          none
rate               none
retry              endless attempts, after 9ns to 10ns, factor 3, jitter 0
retry-address      none
dead-letter        none
inbox-window       65536
`
	got, err := Open(idle{}, nil).Effective(&Channel{Address: "a"}, nil, Declared(declared), WithPolicy(none), Group("g"))
	if err != nil || got.String() != want {
		t.Errorf("what is undone is\n%swant\n%s%v", got, want, err)
	}
	for line := range strings.Lines(none.String()) {
		if !strings.Contains(want, line) && !strings.HasPrefix(line, "retry ") && !strings.HasPrefix(line, "max-in-flight ") {
			t.Errorf("what code says is printed as %q", line)
		}
	}
	got, err = Open(idle{}, nil).Effective(&Channel{Address: "a"}, nil, Declared(declared), WithPolicy(Policy{DeadLetter: NoDeadLetter}))
	if err == nil || !strings.Contains(err.Error(), "there is no DeadLetter") {
		t.Errorf("attempts that end nowhere: %v, %v", got, err)
	}
}

func TestPolicyRefuses(t *testing.T) {
	cases := map[string]Policy{
		"Guarantee":                 {Guarantee: 9},
		"Retry.Factor":              {Retry: Retry{Factor: 0.5}},
		"Retry.Factor is":           {Retry: Retry{Factor: math.NaN()}},
		"Ordering":                  {Ordering: 9},
		"Concurrency":               {Concurrency: -1},
		"MaxInFlight":               {MaxInFlight: -1},
		"MaxPerKey":                 {MaxPerKey: -1},
		"Rate.Burst":                {Rate: Rate{1, -1}},
		"Retry.Max":                 {Retry: Retry{Min: 2, Max: 1}},
		"Retry.Jitter":              {Retry: Retry{Jitter: 2}},
		"Retry.Attempts":            {Retry: Retry{Attempts: 3}},
		"RetryAddresses":            {RetryAddresses: []RetryAddress{{"r", 1}}, DeadLetter: "d", Retry: Retry{Attempts: -1}},
		"RetryAddresses[0].Address": {RetryAddresses: []RetryAddress{{"d", 1}}, DeadLetter: "d"},
		"RetryAddresses[1].Delay":   {RetryAddresses: []RetryAddress{{"r", 1}, {"s", -1}}, DeadLetter: "d"},
		"RetryAddresses[1].Address": {RetryAddresses: []RetryAddress{{"r", 1}, {"r", 1}}, DeadLetter: "d"},
		"RetryAddresses[0].Address is the address": {RetryAddresses: []RetryAddress{{"{address}", 1}}, DeadLetter: "d"},
		"RetryAddresses[1].Address is":             {RetryAddresses: []RetryAddress{{"a.r", 1}, {"{address}.r", 1}}, DeadLetter: "d"},
		"RetryAddresses[0].Address is the dead":    {RetryAddresses: []RetryAddress{{"a.dead", 1}}, DeadLetter: "{address}.dead"},
		"RetryAddresses end, but":                  {RetryAddresses: []RetryAddress{{"r", 1}}},
		"DeadLetter is":                            {DeadLetter: "{address}"},
		"DeadLetter":                               {DeadLetter: "a"},
		"DeadLetter has":                           {DeadLetter: "{adress}.dead"},
		"RetryAddresses[1].Address has":            {RetryAddresses: []RetryAddress{{"r", 1}, {"{group.r", 1}}, DeadLetter: "d"},
		"Rate.Burst is that of no":                 {Rate: Rate{Burst: 5}},
		"Concurrency is more":                      {Concurrency: 1<<24 + 1, MaxInFlight: 1},
		"MaxInFlight is more":                      {MaxInFlight: math.MaxInt},
	}
	conn := Open(idle{}, nil)
	for field, p := range cases {
		_, err := conn.Effective(&Channel{Address: "a"}, nil, WithPolicy(p), Group("g"))
		if !errors.Is(err, driver.ErrInvalid) || !strings.Contains(err.Error(), "policy: "+field+" ") {
			t.Errorf("%s: %v", field, err)
		}
	}
	if err := (Policy{}).withDefaults().validate("a"); err != nil {
		t.Errorf("the defaults: %v", err)
	}
	if err := (Policy{DeadLetter: "{adress}"}).Validate(); !errors.Is(err, driver.ErrInvalid) {
		t.Errorf("a policy that nobody consumes by: %v", err)
	}
	if _, err := conn.Effective(&Channel{Address: "a"}, nil, WithPolicy(Policy{DeadLetter: "{group}.dead"}), Group("{g}")); err != nil {
		t.Errorf("a group with braces: %v", err)
	}
}

// idle is a transport of nothing.
type idle struct{ driver.Transport }

func (idle) Features() driver.Features { return driver.Features{} }

// TestWindowForHandlers: who asks for more handlers than there are messages in flight by
// default gets a window for them; a window that somebody asked for is kept to.
func TestWindowForHandlers(t *testing.T) {
	for _, c := range []struct{ concurrency, window, wantWindow, workers int }{
		{0, 0, 1024, 16}, {5000, 0, 5000, 5000}, {5000, 100, 100, 100}, {1 << 24, 1, 1, 1}, {1, 100, 100, 1},
	} {
		p := Policy{Concurrency: c.concurrency, MaxInFlight: c.window}.withDefaults()
		if p.MaxInFlight != c.wantWindow || p.workers() != c.workers {
			t.Errorf("%+v: a window of %d for %d workers", c, p.MaxInFlight, p.workers())
		}
	}
}

// TestWaitsThatAreHalfSaid: who says only the longest wait, or only the first one, gets
// another one that fits.
func TestWaitsThatAreHalfSaid(t *testing.T) {
	for _, c := range []struct{ least, most, wantLeast, wantMost time.Duration }{
		{0, 0, 100 * time.Millisecond, 30 * time.Second}, {0, 50 * time.Millisecond, 50 * time.Millisecond, 50 * time.Millisecond},
		{0, time.Minute, 100 * time.Millisecond, time.Minute}, {time.Minute, 0, time.Minute, time.Minute},
	} {
		p := Policy{Retry: Retry{Min: c.least, Max: c.most}}.withDefaults()
		if p.Retry.Min != c.wantLeast || p.Retry.Max != c.wantMost || p.validate("a") != nil {
			t.Errorf("%+v: %v to %v, %v", c, p.Retry.Min, p.Retry.Max, p.validate("a"))
		}
	}
}

func TestLetterRoundTrip(t *testing.T) {
	at := time.Date(2024, 1, 2, 3, 4, 5, 6, time.UTC)
	l := Letter{"no", "permanent", 7, "a", 2, 3, at, "g", "h", "s", at.Add(1), at.Add(2)}
	m := &driver.Message{Address: "a", Key: []byte("k"), Headers: []Header{{Key: "x"}, {Key: HeaderDue, Value: []byte("old")}}}
	out := l.On(m, "dead")
	if got, ok := LetterOf(out); !ok || got != l {
		t.Errorf("the letter is %+v, want %+v", got, l)
	}
	if out.Address != "dead" || string(out.Key) != "k" || len(out.Headers) != 13 {
		t.Errorf("the message is %+v", out)
	}
	if back := Plain(out, "a"); !slices.EqualFunc(back.Headers, m.Headers[:1], func(a, b Header) bool { return a.Key == b.Key }) {
		t.Errorf("without the letter it has %+v", back.Headers)
	}
	if _, ok := LetterOf(&driver.Message{Headers: []Header{{Key: "asyncwire-else"}}}); ok {
		t.Error("a header that is none of ours makes no letter")
	}
	long := Letter{Reason: strings.Repeat("ä\n\xff", 2000)}.On(m, "dead").Headers[1].Value
	if len(long) > maxReason || !strings.HasSuffix(string(long), "…") || strings.Contains(string(long), "\n") {
		t.Errorf("a long reason became %q", long)
	}
}

func TestClassOf(t *testing.T) {
	base := errors.New("x")
	cases := map[string]struct {
		err  error
		want Class
	}{
		"nil":          {nil, 0},
		"plain":        {base, ClassRetryable},
		"permanent":    {Permanent(base), ClassPermanent},
		"wrapped":      {errors.Join(errors.New("y"), Permanent(base)), ClassPermanent},
		"outermost":    {Retryable(Permanent(base)), ClassRetryable},
		"expired":      {ErrExpired, ClassExpired},
		"undecodable":  {&UndecodableError{Reason: base}, ClassUndecodable},
		"panic":        {&PanicError{Value: 1}, ClassPanic},
		"timeout":      {&Error{Op: "publish", Err: context.DeadlineExceeded}, ClassTimeout},
		"invalid":      {&Error{Op: "publish", Err: ErrInvalid}, ClassPermanent},
		"too large":    {&Error{Op: "publish", Err: ErrTooLarge}, ClassPermanent},
		"unknown":      {&Error{Op: "publish", Err: ErrUnknownOutcome}, ClassRetryable},
		"unauthorised": {ErrUnauthorized, ClassRetryable},
	}
	for name, c := range cases {
		if got := ClassOf(c.err); got != c.want {
			t.Errorf("%s is %v, want %v", name, got, c.want)
		}
	}
	if Permanent(nil) != nil || Retryable(nil) != nil {
		t.Error("nil does not stay nil")
	}
	if err := Permanent(base); !errors.Is(err, base) || err.Error() != "x" {
		t.Errorf("marked it is %v", err)
	}
}

// TestHostileRates: no rate is so small, and no burst so large, that it becomes
// another one.
func TestHostileRates(t *testing.T) {
	for _, perSecond := range []float64{math.SmallestNonzeroFloat64, 1e-300, 1e-12} {
		b := newBucket(Rate{PerSecond: perSecond})
		now := b.next
		b.take(now)
		if wait := b.wait(now); wait < 24*time.Hour {
			t.Errorf("%g/s: the second after %v", perSecond, wait)
		}
		b = newBucket(Rate{PerSecond: perSecond, Burst: math.MaxInt})
		if wait := b.wait(b.next); wait > 0 {
			t.Errorf("%g/s with a burst: the first after %v", perSecond, wait)
		}
	}
}
