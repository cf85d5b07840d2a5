package eventlog

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/internal/clock"
)

// Sync says when records are forced to the disk.
type Sync uint8

// The ways to sync.
const (
	// Always: Publish returns when its messages survive a power cut.
	Always Sync = iota
	// None: Publish returns when the system has the messages. They survive a
	// crash of the process, not one of the machine; that may then lose the
	// last of them, and never those in between.
	None
)

// Options adjusts a Log. The zero value, and nil, is the default.
type Options struct {
	// Partitions is how many partitions a topic gets that is created by
	// publishing or subscribing to it, at most 10,000: Open refuses more. Default: 4.
	Partitions int
	// SegmentBytes is the size from which on a partition goes on in a new
	// file, 64 KB to 1 GB. Retention and compaction work on whole files.
	// Default: 64 MB.
	SegmentBytes int64
	// MaxBytes is the largest size of a message, counting key, value and
	// headers; Publish refuses larger ones with driver.ErrTooLarge. Default:
	// 16 MB; at most 512 MB.
	MaxBytes int
	// MaxPending is how many bytes of messages may wait to be stored; with
	// more, Publish waits. Default: 64 MB.
	MaxPending int
	// Sync says when records are forced to the disk. Default: Always.
	Sync Sync
	// Retention says what is dropped, oldest first. Default: nothing.
	Retention Retention
	// Handover is how long a partition that is to move to another member of
	// its group waits until the deliveries under way have ended; then it moves
	// regardless, and their acknowledgements are stale. Default: 5 s.
	Handover time.Duration
	// Poll is how often to look for what other processes have written.
	// Default: 20 ms.
	Poll time.Duration
	// ReadOnly refuses everything that would write, ErrReadOnly.
	ReadOnly bool
	// OnRecover is told of each partition whose end was not as a writer leaves
	// it. It is called when the partition is first written to, or found to have
	// more than other processes know of, and must not call the Log. Default: nobody is told.
	OnRecover func(Recovery)
}

// Retention says what a partition keeps. Only whole segments are dropped, and
// never the one being written. It does not wait for groups: one that is behind
// goes on with the oldest record kept.
type Retention struct {
	// Bytes is how large a partition's segments may be together. Zero is no
	// limit.
	Bytes int64
	// Age is how long a segment is kept after its latest record's time. Zero
	// is no limit. When the clock is set ahead while the log is open, that counts
	// after Age, a day at most; a segment with a record from more than a day ahead
	// goes with the one behind it.
	Age time.Duration
}

// patience is how long a clock has to be ahead until ages are told by it.
func (r *Retention) patience() time.Duration {
	const most = 24 * time.Hour
	if r.Age <= 0 {
		return most
	}
	return min(r.Age, most)
}

// withDefaults returns a copy of o, which may be nil, with the defaults in.
func (o *Options) withDefaults() Options {
	var d Options
	if o != nil {
		d = *o
	}
	setDefault(&d.Partitions, 4)
	setDefault(&d.SegmentBytes, 64<<20)
	d.SegmentBytes = min(max(d.SegmentBytes, 64<<10), 1<<30)
	setDefault(&d.MaxBytes, 16<<20)
	d.MaxBytes = min(d.MaxBytes, maxBody/2)
	setDefault(&d.MaxPending, 64<<20)
	setDefault(&d.Handover, 5*time.Second)
	setDefault(&d.Poll, 20*time.Millisecond)
	return d
}

func setDefault[T int | int64 | time.Duration](to *T, value T) {
	if *to <= 0 {
		*to = value
	}
}

// Log is a directory with topics. All methods may be called concurrently.
type Log struct {
	dir     string
	options Options
	open    opener
	folders *folders
	clock   *clock.Steady // by which ages are told
	rooted  atomic.Bool   // that there are topics is durable

	opening sync.Mutex // held by who becomes the writer, settles what nobody writes, or makes a topic; taken before mu

	mu       sync.Mutex // held by nobody who waits for the disk
	closed   bool
	topics   map[string]*topic
	writer   *committer              // nil until something is to be written, and once another has the lock
	lost     error                   // that this was the writer, and is none any more
	unsaved  bool                    // the journal may have units that a group's file lacks
	backlog  atomic.Pointer[backlog] // what the journal has and segments may lack; nil when that is nothing
	followed follower

	joining sync.Mutex // held while groups are opened and closed; taken before sharing
	sharing sync.Mutex // guards groups and what belongs to them; taken before mu, and not held while positions are written
	groups  map[string]*group

	mending    sync.Mutex    // held while files of indexes are written again
	compacting sync.Mutex    // held by Compact, whose files have one name
	telling    sync.Mutex    // held while OnRecover is called
	pause      time.Duration // how long a disk that has failed is left alone at first
	guard      time.Duration // how often a writer looks whether it still has the lock
	indexes    indexes
	recent     recent
	bell       bell
	unsettled  unsettled
	shaken     atomic.Bool // a sync of a segment has failed since the journal was written to segments

	closing    once
	done       chan struct{} // closed by Close
	background sync.WaitGroup
}

// Open opens the log in a directory, which is created with the first write. It
// takes no lock: that of the writer is taken by the first call that writes,
// which returns ErrLocked when another process, or another Log, has it.
func Open(dir string, o *Options) (*Log, error) {
	if dir == "" {
		return nil, fmt.Errorf("a log needs a directory: %w", driver.ErrInvalid)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if o != nil && o.Partitions > maxPartitions {
		return nil, fmt.Errorf("%d partitions, a topic has at most %d: %w", o.Partitions, maxPartitions, driver.ErrInvalid)
	}
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		return nil, fmt.Errorf("%s is not a directory: %w", dir, driver.ErrInvalid)
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	options := o.withDefaults()
	return &Log{
		dir: dir, options: options, clock: clock.NewSteady(options.Retention.patience(), nil), open: openFile, folders: newFolders(), topics: map[string]*topic{}, done: make(chan struct{}),
		groups: map[string]*group{}, guard: guardEvery, pause: leastPause, closing: once{left: make(chan struct{})},
	}, nil
}

// Dir returns the directory, absolute.
func (l *Log) Dir() string { return l.dir }

// Close stores what was published, makes positions durable and frees
// everything, waiting no longer than ctx allows: what a disk that hangs holds up
// goes on by itself, and closing again waits for it. Whoever waits to be stored is then told
// that nobody knows, driver.ErrUnknownOutcome.
func (l *Log) Close(ctx context.Context) error { return l.closing.run(ctx, l.close) }

func (l *Log) close() error {
	l.mu.Lock()
	l.closed = true
	close(l.done)
	l.mu.Unlock()
	l.awaitOpening()
	l.background.Wait()
	l.mu.Lock()
	writer, errs := l.writer, []error{l.lost}
	l.mu.Unlock()
	for _, m := range l.allMembers() {
		errs = append(errs, m.Close(context.Background()))
	}
	l.awaitLeavers()
	if writer != nil {
		errs = append(errs, writer.close())
	}
	return errors.Join(errs...)
}

// allMembers returns the members of all groups, with those that are joining: of a log that is
// closed none joins any more.
func (l *Log) allMembers() (out []*receiver) {
	l.joining.Lock()
	defer l.joining.Unlock()
	l.sharing.Lock()
	defer l.sharing.Unlock()
	for _, g := range l.groups {
		out = append(out, g.members...)
	}
	return out
}

// awaitOpening waits until whoever becomes the writer has done so.
func (l *Log) awaitOpening() {
	l.opening.Lock()
	defer l.opening.Unlock()
}

// awaitLeavers waits until who leaves its group, and is no member any more, is through.
func (l *Log) awaitLeavers() {
	l.joining.Lock()
	defer l.joining.Unlock()
}

// once is something that is done once, and that a disk which hangs would hold up.
type once struct {
	sync.Once
	over  chan error    // what came of it, and closed then
	left  chan struct{} // unless nil, closed when somebody waits for it no longer
	leave sync.Once
}

// run does it; when ctx ends it goes on by itself. Who comes later waits for it, too.
func (o *once) run(ctx context.Context, do func() error) error {
	o.Do(func() {
		o.over = make(chan error, 1)
		go func() {
			o.over <- do()
			close(o.over)
		}()
	})
	select {
	case err := <-o.over:
		return err
	case <-ctx.Done():
		if o.left != nil {
			o.leave.Do(func() { close(o.left) })
		}
		return ctx.Err()
	}
}

// Publish stores messages and returns when all of them are durable, or one has
// failed. A topic that does not exist is created. A message goes to the
// partition that its key has in Kafka (murmur2); those without a key of one
// call go to one partition, and the next call's to the next.
//
// ErrInvalid (no address), ErrTooLarge, ErrLocked and ErrReadOnly say that
// nothing was stored; so does the end of ctx unless the error matches
// driver.ErrUnknownOutcome. With ErrFull messages for other partitions may have
// been stored.
//
// A call that is alone, with a ctx that never ends, writes by itself: it waits until the disk
// has answered, also while the log is closed.
func (l *Log) Publish(ctx context.Context, messages ...*driver.Message) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	size, err := l.check(messages)
	if err != nil {
		return err
	}
	var room [8]placed
	all, writer, err := l.place(ctx, room[:0], messages)
	if err != nil || len(all) == 0 {
		return err
	}
	return writer.publish(ctx, all, size)
}

// check refuses messages that cannot be stored, and returns their size together.
func (l *Log) check(messages []*driver.Message) (size int, err error) {
	for _, m := range messages {
		n := sizeOf(m)
		switch {
		case m.Address == "":
			return 0, fmt.Errorf("message has no address: %w", driver.ErrInvalid)
		case n > l.options.MaxBytes:
			return 0, fmt.Errorf("%d bytes, the limit is %d: %w", n, l.options.MaxBytes, driver.ErrTooLarge)
		case len(m.Headers) > maxHeaders:
			return 0, fmt.Errorf("%d headers, the limit is %d: %w", len(m.Headers), maxHeaders, driver.ErrTooLarge)
		}
		size += n + recordSlack
	}
	return size, nil
}

// recordSlack is what a message's size is rounded up by, for the books.
const recordSlack = 64

// place finds, or makes, the topics of messages, and the committer.
func (l *Log) place(ctx context.Context, to []placed, messages []*driver.Message) ([]placed, *committer, error) {
	for {
		if all, writer := l.placeKnown(to, messages); writer != nil {
			return all, writer, nil
		}
		if err := l.makeWritable(ctx, messages); err != nil {
			return nil, nil, err
		}
	}
}

// placeKnown is place where everything is there; else it returns no committer.
func (l *Log) placeKnown(to []placed, messages []*driver.Message) ([]placed, *committer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, nil
	}
	var t *topic
	for _, m := range messages {
		if t == nil || t.name != m.Address {
			if t = l.topics[m.Address]; t == nil {
				return nil, nil
			}
		}
		to = append(to, placed{topic: t, message: m})
	}
	return to, l.writer
}

// makeWritable becomes the writer, if nobody is, and makes the topics of messages that are not there.
func (l *Log) makeWritable(ctx context.Context, messages []*driver.Message) error {
	var addresses []string
	for _, m := range messages {
		if !slices.Contains(addresses, m.Address) {
			addresses = append(addresses, m.Address)
		}
	}
	return l.aside(ctx, func() error {
		if _, err := l.write(); err != nil {
			return err
		}
		for _, a := range addresses {
			if _, err := l.provide(a, l.options.Partitions); err != nil {
				return err
			}
		}
		return nil
	}, nil)
}

// sizeOf returns how many bytes a message has.
func sizeOf(m *driver.Message) int {
	n := len(m.Key) + len(m.Value)
	for _, h := range m.Headers {
		n += len(h.Key) + len(h.Value)
	}
	return n
}
