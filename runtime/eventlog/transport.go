package eventlog

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// Transport is one connection to a Log. It implements driver.Transport,
// driver.Tapper and driver.Provisioner; its receivers are driver.Flusher and
// driver.Pauser.
type Transport struct {
	log  *Log
	owns bool // closes the log

	mu     sync.Mutex
	closed bool
	open   map[interface{ Close(context.Context) error }]struct{} // receivers and taps
}

// Transport returns a transport on the log. Transports are independent; closing
// one leaves the log open.
func (l *Log) Transport() *Transport {
	return &Transport{log: l, open: map[interface{ Close(context.Context) error }]struct{}{}}
}

// Dial opens the log that a URL names, file:///dir, and returns a transport
// that closes it in the end.
func Dial(address string, o *Options) (*Transport, error) {
	dir, err := Path(address)
	if err != nil {
		return nil, err
	}
	return Connect(dir, o)
}

// Connect opens the log in a directory and returns a transport that closes it
// in the end.
func Connect(dir string, o *Options) (*Transport, error) {
	l, err := Open(dir, o)
	if err != nil {
		return nil, err
	}
	t := l.Transport()
	t.owns = true
	return t, nil
}

// Path returns the directory that a URL names: file:///dir, with an absolute
// path, %XX for what cannot stand in a URL, and nothing behind the path.
func Path(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		var bad *url.Error
		if errors.As(err, &bad) {
			err = bad.Err // without the text, which may hold a password
		}
		return "", fmt.Errorf("not a URL: %w: %w", err, driver.ErrInvalid)
	}
	switch {
	case u.Scheme != "file" || u.Host != "" && u.Host != "localhost" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || len(u.Path) < 2:
		return "", fmt.Errorf("%q does not name a directory: write file:///path/to/dir: %w", u.Redacted(), driver.ErrInvalid)
	case runtime.GOOS == "windows":
		return filepath.FromSlash(strings.TrimPrefix(u.Path, "/")), nil
	}
	return u.Path, nil
}

// Log returns the log.
func (t *Transport) Log() *Log { return t.log }

// Features tells what the transport can do.
func (t *Transport) Features() driver.Features {
	return driver.Features{
		Protocol: "file", AttributePrefix: "ce_", Partitions: true, Redelivery: true, Durable: true,
		Transactions: t.log.transactions(),
	}
}

// transactions tells whether units can be stored: without syncing, a power cut
// could take the messages of one and leave the position.
func (l *Log) transactions() bool { return l.options.Sync == Always && !l.options.ReadOnly }

// use returns ErrClosed once the transport is closed, and the error of ctx.
func (t *Transport) use(ctx context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return driver.ErrClosed
	}
	return ctx.Err()
}

// Publish is that of Log.
func (t *Transport) Publish(ctx context.Context, messages ...*driver.Message) error {
	if err := t.use(ctx); err != nil {
		return err
	}
	return t.log.Publish(ctx, messages...)
}

// Provision creates the topics that do not exist yet. It needs no writer's lock.
func (t *Transport) Provision(ctx context.Context, partitions int, addresses ...string) error {
	if err := t.use(ctx); err != nil {
		return err
	}
	if partitions <= 0 || partitions > maxPartitions || slices.Contains(addresses, "") {
		return fmt.Errorf("%d partitions for %q: %w", partitions, addresses, driver.ErrInvalid)
	}
	addresses = slices.Clone(addresses)
	return t.log.aside(ctx, func() error {
		for _, address := range addresses {
			if _, err := t.log.provide(address, partitions); err != nil {
				return err
			}
		}
		return nil
	}, nil)
}

// maxPartitions is how many partitions a topic may have.
const maxPartitions = 10_000

// Subscribe joins a group, which belongs to one process at a time: ErrLocked.
// Addresses that do not exist are created. A group's position in each partition
// is taken, by s.Start, when it first subscribes. A transactional subscription makes
// this process the log's writer, and is refused with ErrLocked when another is: who
// stores positions and messages as one has to have both.
func (t *Transport) Subscribe(ctx context.Context, s driver.Subscription) (driver.Receiver, error) {
	if err := t.use(ctx); err != nil {
		return nil, err
	}
	if len(s.Addresses) == 0 || slices.Contains(s.Addresses, "") || s.Group == "" {
		return nil, fmt.Errorf("a subscription needs addresses and a group: %w", driver.ErrInvalid)
	}
	s.Addresses = slices.Clone(s.Addresses)
	r := &receiver{log: t.log, watcher: newWatcher(), done: make(chan struct{})}
	err := t.log.aside(ctx, func() error { return t.log.subscribe(r, s) }, func() { _ = r.Close(context.Background()) })
	if err != nil {
		return nil, err
	}
	return r, t.keep(r)
}

// subscribe makes a receiver that of a subscription.
func (l *Log) subscribe(r *receiver, s driver.Subscription) error {
	if s.Transactional {
		if err := l.becomeWriter(); err != nil {
			return err
		}
	}
	topics, err := l.topicsOf(s.Addresses)
	if err != nil {
		return err
	}
	return l.join(r, s, topics)
}

// becomeWriter makes this process the log's writer, for units.
func (l *Log) becomeWriter() error {
	if !l.transactions() {
		return fmt.Errorf("a log that is read-only or not synced has no transactions: %w: %w", driver.ErrInvalid, errors.ErrUnsupported)
	}
	_, err := l.write()
	return err
}

// topicsOf returns the topics of addresses, ready to be read.
func (l *Log) topicsOf(addresses []string) ([]*topic, error) {
	var out []*topic
	for _, address := range addresses {
		t, err := l.provide(address, l.options.Partitions)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	unsure, err := l.settle(out)
	if err != nil {
		return nil, err
	}
	var marks markReader
	defer marks.close()
	for _, t := range out {
		for _, p := range t.partitions {
			if err := p.glance(&marks, !unsure.has(p.slot)); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// Tap starts watching.
func (t *Transport) Tap(ctx context.Context, o driver.TapOptions) (driver.Tap, error) {
	if err := t.use(ctx); err != nil {
		return nil, err
	}
	p, err := t.log.newTap(o)
	if err != nil {
		return nil, err
	}
	return p, t.keep(p)
}

// keep remembers what Close has to close.
func (t *Transport) keep(c interface{ Close(context.Context) error }) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return errors.Join(driver.ErrClosed, c.Close(context.Background()))
	}
	t.open[c] = struct{}{}
	return nil
}

// Close ends the transport's receivers and taps, and the log if the transport
// was made by Dial or Connect.
func (t *Transport) Close(ctx context.Context) error {
	t.mu.Lock()
	t.closed = true
	open := t.open
	t.open = nil
	t.mu.Unlock()
	var errs []error
	for c := range open {
		errs = append(errs, c.Close(ctx))
	}
	if t.owns {
		errs = append(errs, t.log.Close(ctx))
	}
	return errors.Join(errs...)
}
