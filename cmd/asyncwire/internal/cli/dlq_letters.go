package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/spec/diag"
)

// quietTime is how long nothing has to come until what is missing is taken to be
// no message: a log may have offsets that hold none.
const quietTime = 3 * time.Second

// place is where a letter lies.
type place struct {
	partition int32
	offset    int64
}

func placeOf(m *driver.Message) place { return place{m.Partition, m.Offset} }

// String returns partition/offset.
func (p place) String() string { return fmt.Sprintf("%d/%d", p.partition, p.offset) }

// parsePlace reads what String wrote.
func parsePlace(text string) (place, bool) {
	partition, offset, ok := strings.Cut(text, "/")
	p, err := strconv.ParseUint(partition, 10, 31)
	o, err2 := strconv.ParseUint(offset, 10, 63)
	at := place{int32(p), int64(o)}
	return at, ok && err == nil && err2 == nil && at.String() == text
}

// note is a message at the settled address: a letter is done with. The time is
// the letter's, so that a note of another log with the same name means nothing.
type note struct {
	Partition int32     `json:"partition"`
	Offset    int64     `json:"offset"`
	Time      time.Time `json:"time"`
	How       string    `json:"how"`
	At        time.Time `json:"at"`
}

// letters are the dead letters of an address.
type letters struct {
	transport driver.Transport
	features  driver.Features
	address   string
	settled   map[place]note
	quiet     bool // the end was guessed by silence
}

// readLetters reads the notes about an address.
func readLetters(ctx context.Context, t driver.Transport, address string) (*letters, error) {
	l := &letters{transport: t, features: t.Features(), address: address, settled: map[place]note{}}
	err := l.scan(ctx, address+runtime.SettledSuffix, func(m *driver.Message) error {
		var n note
		if json.Unmarshal(m.Value, &n) == nil { // else it is not ours
			l.settled[place{n.Partition, n.Offset}] = n
		}
		return nil
	})
	if err != nil && !errors.Is(err, driver.ErrNotFound) {
		return nil, err
	}
	return l, nil
}

// each calls f with the letters that are there now, and with how each was
// settled, in the order of their partition.
func (l *letters) each(ctx context.Context, settled bool, f func(m *driver.Message, how string) error) error {
	err := l.scan(ctx, l.address, func(m *driver.Message) error {
		n, done := l.settled[placeOf(m)]
		done = done && n.Time.Equal(m.Time.Time())
		switch {
		case !done:
			return f(m, "")
		case settled:
			return f(m, n.How)
		}
		return nil
	})
	if errors.Is(err, driver.ErrNotFound) {
		return l.missing(ctx)
	}
	return err
}

// missing is the error of an address that is not there. It may be misspelt, so
// that to say there are no letters could be wrong.
func (l *letters) missing(ctx context.Context) error {
	err := fmt.Errorf("there is no address %q", l.address)
	if near := diag.Nearest(l.address, l.addresses(ctx)); near != "" {
		return withHelp(err, "did you mean %s?", near)
	}
	return withHelp(err, "an address of dead letters comes into being with its first letter, unless somebody makes it before")
}

// addresses are all that the broker has, and nil when it does not say.
func (l *letters) addresses(ctx context.Context) []string {
	var names []string
	tapper, ok := l.transport.(driver.Tapper)
	if !ok {
		return nil
	}
	tap, err := tapper.Tap(ctx, driver.TapOptions{Start: driver.StartLatest, Match: func(a string) bool {
		names = append(names, a)
		return false
	}})
	if err != nil {
		return nil
	}
	_ = tap.Close(context.WithoutCancel(ctx)) // it has nothing to lose
	return names
}

// scan calls f with what an address holds now.
func (l *letters) scan(ctx context.Context, address string, f func(*driver.Message) error) error {
	extents, err := l.extents(ctx, address)
	if err != nil {
		return err
	}
	left := map[int32]int64{} // by partition that has not been read to its end
	for _, e := range extents {
		if e.Next > e.First {
			left[e.Partition] = e.Next
		}
	}
	if len(left) == 0 {
		return nil
	}
	tap, err := l.transport.(driver.Tapper).Tap(ctx, driver.TapOptions{
		Match: func(a string) bool { return a == address }, Start: driver.StartEarliest,
	})
	if err != nil {
		return err
	}
	defer tap.Close(context.WithoutCancel(ctx))
	return l.drain(ctx, tap, left, f)
}

// extents returns what the partitions of an address hold now.
func (l *letters) extents(ctx context.Context, address string) ([]driver.Extent, error) {
	measurer, measures := l.transport.(driver.Measurer)
	if _, taps := l.transport.(driver.Tapper); !measures || !taps {
		return nil, withHelp(fmt.Errorf("%s cannot be read without taking messages off it", l.features.Protocol),
			"dlq works over kafka:// and file://")
	}
	return measurer.Extents(ctx, address)
}

// drain reads a tap until nothing is left.
func (l *letters) drain(ctx context.Context, tap driver.Tap, left map[int32]int64, f func(*driver.Message) error) error {
	for quiet := time.Now().Add(quietTime); len(left) > 0; {
		waiting, cancel := context.WithDeadline(ctx, quiet)
		batch, err := tap.Receive(waiting)
		over, heard := waiting.Err() != nil && ctx.Err() == nil, false
		cancel()
		for _, m := range batch {
			end, ok := left[m.Partition]
			if !ok || m.Offset >= end { // what is published meanwhile is no sign of what is missing
				delete(left, m.Partition)
				continue
			}
			heard = true
			if m.Offset == end-1 {
				delete(left, m.Partition)
			}
			if err := f(m); err != nil {
				return err
			}
		}
		switch {
		case heard:
			quiet = time.Now().Add(quietTime)
		case over:
			l.quiet = true
			return nil
		}
		switch {
		case err == nil, over:
		case errors.Is(err, io.EOF):
			return driver.ErrClosed
		default:
			return err
		}
	}
	return nil
}

// publish sends letters to where they go.
func (l *letters) publish(ctx context.Context, chunk []leaving) error {
	var out []*driver.Message
	for _, m := range chunk {
		out = append(out, runtime.Plain(m.letter, m.to))
	}
	return l.transport.Publish(ctx, out...)
}

// settle notes that letters are done with.
func (l *letters) settle(ctx context.Context, chunk []leaving, how string) error {
	address := l.address + runtime.SettledSuffix
	if p, ok := l.transport.(driver.Provisioner); ok {
		if err := p.Provision(ctx, 1, address); err != nil {
			return err
		}
	}
	now := time.Now().UTC()
	var out []*driver.Message
	for _, gone := range chunk {
		m := gone.letter
		text, err := json.Marshal(note{Partition: m.Partition, Offset: m.Offset, Time: m.Time.Time(), How: how, At: now})
		if err != nil {
			return err
		}
		out = append(out, &driver.Message{Address: address, Key: []byte(placeOf(m).String()), Value: text})
	}
	return l.transport.Publish(ctx, out...)
}

// idOf returns a letter's message id.
func (l *letters) idOf(m *driver.Message) string {
	a, _ := runtime.AttributesOf(m, l.features)
	return a.ID
}

// typeOf returns a letter's message type.
func (l *letters) typeOf(m *driver.Message) string {
	a, _ := runtime.AttributesOf(m, l.features)
	return a.Type
}
