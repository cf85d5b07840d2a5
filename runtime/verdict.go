package runtime

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// move is a message on its way to a retry or dead letter address. It stays the
// first of its lane until it is stored there. Without a message it is one that
// is not due, and cannot wait where it is.
type move struct {
	out     *driver.Message
	kind    EventKind
	err     error
	class   Class
	handler string
	attempt int
	about   []any      // for the log, of the attempt that failed
	unit    *finishing // what is to be stored in place of a message; nil: nothing
}

// placeID names a message by where it lay first, and since when: another may have lain there
// before the log was truncated, or made anew.
func placeID(l Letter) string {
	return l.Address + "/" + strconv.Itoa(int(l.Partition)) + "/" + strconv.FormatInt(l.Offset, 10) + "@" +
		strconv.FormatInt(int64(driver.At(l.Time)), 10)
}

// conclude decides what becomes of a message after an attempt.
func (k *consumer) conclude(ctx context.Context, j *job, in *Incoming, err error) outcome {
	if (err == nil || err == errKnown) && k.committer == nil {
		k.done(j) // as most do, by few steps
		return outcome{}
	}
	kept := in.unit().close()
	switch {
	case err == nil || err == errKnown:
		return k.finish(j, in, kept)
	case errors.Is(err, ErrSkip):
		k.observe(ctx, Event{Kind: EventDropped, Message: j.message(), Handler: in.Handler(), Attempt: in.Attempt(), Err: err})
		return k.finish(j, nil, nil)
	}
	if why := in.whyUnread(err); why != nil {
		m := j.message()
		u := &UndecodableError{Address: m.Address, Partition: m.Partition, Offset: m.Offset, Type: in.Type(), Reason: why}
		if err = u; k.options.OnUndecodable != nil {
			if err = contained(func() error { return k.options.OnUndecodable(ctx, m.Whole(), u) }); err == nil {
				return k.finish(j, nil, nil)
			}
			err = Retryable(err)
		}
	}
	return k.fail(ctx, j, in, err)
}

// done acknowledges what is over, unless it was abandoned, and reported so, or
// acknowledged when it came. Nothing is abandoned before a line has been drawn.
func (k *consumer) done(j *job) {
	if k.lanes.kept || k.lanes.ending.Load() && k.handling.Err() != nil {
		return
	}
	k.ack(k.handling, j.delivery)
}

// fail decides what becomes of a message whose attempt failed.
func (k *consumer) fail(ctx context.Context, j *job, in *Incoming, err error) outcome {
	in.unit().close()
	class := k.classify(err)
	again := class.retryable() && (errors.Is(err, errOthers) || !k.lastAttempt(j.message(), in.Attempt()))
	var delay time.Duration
	if again {
		delay = k.policy.Retry.wait(in.Attempt())
	}
	if class == ClassExpired {
		k.observe(ctx, Event{Kind: EventExpired, Message: j.message(), Attempt: in.Attempt()})
	} else {
		k.observe(ctx, Event{Kind: EventFailed, Message: j.message(), Handler: in.Handler(), Attempt: in.Attempt(),
			Took: in.own().took, Delay: delay, Err: err, Class: class})
	}
	if again || k.handling.Err() != nil {
		k.logFailure(ctx, in, err, delay)
		return outcome{verdict: failed, delay: delay}
	}
	to, kind := k.next(j.message(), class)
	switch {
	case to == nil && (class == ClassExpired || k.lanes.kept):
		return k.let(ctx, j, in, err)
	case to == nil:
		k.stopAt(j, in, err, class)
		return outcome{verdict: refused}
	case to.Address == Drop:
		return k.let(ctx, j, in, err)
	}
	l := k.letter(in, class, err)
	if kind == EventRetried {
		l.Due = l.Moved.Add(to.Delay)
	}
	moved := *j
	moved.move = &move{
		out: l.On(j.message(), to.Address), kind: kind, err: err, class: class, handler: in.Handler(), attempt: in.Attempt(),
		about: about(in, err),
	}
	return k.deliverMove(&moved, 0)
}

// classify says what an error means.
func (k *consumer) classify(err error) Class {
	var u *UndecodableError
	if k.options.Classify == nil || errors.As(err, &u) || isAny(err, errOver, ErrNotDue, errOthers) {
		return ClassOf(err)
	}
	var c Class
	if p := contained(func() error { c = k.options.Classify(err); return nil }); p != nil {
		k.log.Error("Options.Classify has failed", "error", p)
	}
	return cmp.Or(c, ClassOf(err))
}

// stage returns how many retry addresses a message has been moved to, since it
// failed.
func (k *consumer) stage(m *driver.Message) int {
	for i, r := range k.policy.RetryAddresses {
		if r.Address == m.Address {
			if l, moved := LetterOf(m); moved && l.Attempts == 0 {
				return 0 // it waits there for its time
			}
			return i + 1
		}
	}
	return 0
}

// lastAttempt reports whether a message has been tried often enough where it is.
func (k *consumer) lastAttempt(m *driver.Message, attempt int) bool {
	return k.stage(m) > 0 || k.policy.Retry.ended(attempt)
}

// next returns where a message goes that is not tried again where it is.
func (k *consumer) next(m *driver.Message, class Class) (*RetryAddress, EventKind) {
	if i := k.stage(m); class.retryable() && i < len(k.policy.RetryAddresses) {
		return &k.policy.RetryAddresses[i], EventRetried
	}
	if k.policy.DeadLetter == NoDeadLetter {
		return nil, 0
	}
	return &RetryAddress{Address: k.policy.DeadLetter}, EventDeadLettered
}

// let drops a message.
func (k *consumer) let(ctx context.Context, j *job, in *Incoming, err error) outcome {
	k.logOf(j.message()).Log(ctx, levelOf(err), "message is dropped", about(in, err)...)
	k.observe(ctx, Event{Kind: EventDropped, Message: j.message(), Handler: in.Handler(), Attempt: in.Attempt(), Err: err,
		Class: k.classify(err)})
	return k.finish(j, nil, nil)
}

// deliverMove publishes a message where it has to go, and acknowledges it once
// it is stored there. Until that succeeds its lane waits.
func (k *consumer) deliverMove(j *job, failures int) outcome {
	mv := j.move
	m := j.message()
	switch {
	case mv.unit != nil:
		return k.finishUnit(j, mv, failures)
	case mv.out == nil:
		return k.displace(j)
	}
	err := k.put(j, mv.out)
	if errors.Is(err, driver.ErrTooLarge) {
		mv.out = Plain(m, mv.out.Address) // as large as it was where it came from
		err = k.put(j, mv.out)
	}
	if err != nil && k.committer != nil {
		return k.notCommitted(j, mv, failures, err)
	}
	if err != nil {
		delay := k.policy.Retry.wait(failures + 1)
		k.logOf(m).Error("message could not be moved, trying again", "to", mv.out.Address, "delay", delay, "error", err)
		return outcome{verdict: failed, delay: delay, move: mv}
	}
	k.logOf(m).With("to", mv.out.Address).Log(k.handling, levelOf(mv.err), "message was moved", mv.about...)
	k.observe(k.handling, Event{Kind: mv.kind, Message: m, Handler: mv.handler, Attempt: mv.attempt, To: mv.out.Address,
		Err: mv.err, Class: mv.class})
	if k.committer == nil {
		k.done(j)
	}
	return outcome{}
}

// put publishes a message that is moved, and acknowledges it with that where the
// policy is ExactlyOnce.
func (k *consumer) put(j *job, out *driver.Message) error {
	if k.committer != nil {
		return k.commit(j, out)
	}
	return k.conn.transport.Publish(driver.WithMove(k.handling, j.message().Address), out)
}

// stopAt lets Consume end with an error, once what arrived before the message
// is finished.
func (k *consumer) stopAt(j *job, in *Incoming, err error, class Class) {
	if class == ClassUndecodable {
		err = fmt.Errorf("%w; neither Policy.DeadLetter nor Options.OnUndecodable takes it", err)
	} else {
		m := j.message()
		err = &FailedError{
			Address: m.Address, Partition: m.Partition, Offset: m.Offset, Type: in.Type(), Class: class, Reason: err,
		}
	}
	k.stopFor(j, err)
}

// stopFor is stopAt with the error that Consume returns.
func (k *consumer) stopFor(j *job, err error) {
	k.mu.Lock()
	if k.poison == nil || j.number < k.poisonNum {
		k.poison, k.poisonNum = err, j.number
	}
	k.mu.Unlock()
	k.lanes.halt(j.number)
	k.halted()
}

// logOf returns the log for what is said of a message: with its place, and the address
// where it is another than the consumer's, that of retries.
func (k *consumer) logOf(m *driver.Message) *slog.Logger {
	if m.Address != k.subscription.Addresses[0] {
		return k.log.With("from", m.Address, "partition", m.Partition, "offset", m.Offset)
	}
	return k.log.With("partition", m.Partition, "offset", m.Offset)
}

// logRefused tells of an acknowledgement that was refused.
func (k *consumer) logRefused(ctx context.Context, m *driver.Message, err error) {
	level := slog.LevelWarn
	if errors.Is(err, driver.ErrStale) || errors.Is(err, driver.ErrClosed) {
		level = slog.LevelDebug
	}
	k.logOf(m).Log(ctx, level, "message was handled but not acknowledged", "error", err)
}

// logFailure tells of a failed attempt.
func (k *consumer) logFailure(ctx context.Context, in *Incoming, err error, delay time.Duration) {
	k.logOf(in.message).Log(ctx, levelOf(err), "handler failed, trying again", about(in, err, "delay", delay)...)
}

// about says, for the log, which message an attempt was of that failed, why, and
// where its handler panicked.
func about(in *Incoming, err error, more ...any) []any {
	args := append([]any{"id", in.Attributes().ID, "type", in.Type(), "attempt", in.Attempt()}, more...)
	args = append(args, "error", err)
	if p, ok := errors.AsType[*PanicError](err); ok {
		args = append(args, "stack", string(p.Stack))
	}
	return args
}

// levelOf is the level at which a failure is logged.
func levelOf(err error) slog.Level {
	if _, ok := errors.AsType[*PanicError](err); ok {
		return slog.LevelError
	}
	if err == errWaits {
		return slog.LevelDebug
	}
	return slog.LevelWarn
}

// observe tells the observer, if there is one.
func (k *consumer) observe(ctx context.Context, e Event) {
	if k.options.Observer != nil {
		e.Group, e.Message = k.subscription.Group, e.Message.Whole()
		k.options.Observer.Observe(ctx, e)
	}
}

// observeReceived tells of what came.
func (k *consumer) observeReceived(ctx context.Context, batch []driver.Delivery) {
	if k.options.Observer == nil {
		return
	}
	now := k.options.Now()
	for _, d := range batch {
		m := d.Message()
		e := Event{Kind: EventReceived, Message: m}
		if !m.Time.IsZero() {
			e.Lag = now.Sub(m.Time.Time())
		}
		k.observe(ctx, e)
	}
}

// FailedError says that a message can never be handled, by the word of its
// handler, and that there is no Policy.DeadLetter to put it.
type FailedError struct {
	Address   string
	Partition int32
	Offset    int64
	// Type is the message's CloudEvents type, empty when it has none.
	Type   string
	Class  Class
	Reason error
}

// Error returns partition, offset, type, class and reason; the address is told
// by the error of Consume.
func (e *FailedError) Error() string {
	return fmt.Sprintf("message of type %q at partition %d, offset %d has failed for good (%v) and there is no dead letter address (Policy.DeadLetter): %v",
		e.Type, e.Partition, e.Offset, e.Class, e.Reason)
}

// Unwrap returns the reason.
func (e *FailedError) Unwrap() error { return e.Reason }
