package eventlog

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/internal/heap"
	"github.com/asyncwire/asyncwire/internal/workload"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/internal/share"
)

// flat measures what should cost the same with a small log and a large one, in
// turn, and tells how many times as long it takes with the large.
type flat struct {
	names []string
	took  map[string]*[2][]float64
}

func newFlat() *flat { return &flat{took: map[string]*[2][]float64{}} }

// note adds one measurement of the small (0) or the large (1) log.
func (f *flat) note(name string, which int, value float64) {
	if f.took[name] == nil {
		f.took[name] = new([2][]float64)
		f.names = append(f.names, name)
	}
	f.took[name][which] = append(f.took[name][which], value)
}

// quiet is a low one of a few measurements: one that nobody else on the machine
// was in the way of.
func quiet(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/4]
}

// tell logs every ratio, and fails for those beyond what is allowed. Nothing
// absolute is asserted, and the bound leaves room for a busy machine; closer has that
// of what is flatter than the rest.
func (f *flat) tell(t *testing.T, most float64, closer map[string]float64) {
	t.Helper()
	for _, name := range f.names {
		small, large := quiet(f.took[name][0]), quiet(f.took[name][1])
		t.Logf("%-28s %12.1f %12.1f  x %.2f", name, small, large, large/small)
		bound, ok := closer[name]
		if !ok {
			bound = most
		}
		if few := strings.HasSuffix(name, ": KB") && large < 1024; large/small > bound && !few {
			t.Errorf("%s costs %.1f times as much", name, large/small)
		}
	}
}

// microseconds is how long something takes.
func microseconds(do func()) float64 { return float64(timed(do).Nanoseconds()) / 1000 }

// flatValue is the size of a message where sizes are compared, partValue where partitions
// are, and size16 about what the last segment has.
const (
	flatValue = 4000
	partValue = 1000
	size16    = 16 << 20
)

// grown makes a log of so many bytes with a message each second, and returns how
// many there are. Nothing of it is left for the disk to write: who opens a log
// otherwise waits for that, the longer the larger the log.
func grown(t *testing.T, dir string, size int64, o Options) int64 {
	o.Sync = None
	l := start(t, dir, &o)
	defer rest(t, dir)
	defer stop(t, l)
	value := []byte(long("", flatValue))
	batch := make([]*driver.Message, 256)
	n := size / (flatValue + recordSlack)
	p := func() *partition { return l.topics["t"].partitions[0] }
	// The last segment is as full in every log: what there is to do with it
	// depends on that, and not on the log.
	for i := int64(0); i < n || p().size < size16 || p().size > 2*size16; i += int64(len(batch)) {
		for k := range batch {
			at := i + int64(k)
			batch[k] = &driver.Message{Address: "t", Key: strconv.AppendInt(nil, at, 10), Value: value, Time: driver.At(time.Unix(at, 0))}
		}
		if err := l.Publish(context.Background(), batch...); err != nil {
			t.Fatal(err)
		}
		n = max(n, i)
	}
	return n
}

// rest makes the segments of a log durable.
func rest(t *testing.T, dir string) {
	for _, path := range segmentsOf(t, dir, 0) {
		f, err := openFile(path, os.O_RDWR)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(f.SyncData(), f.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

// measured is one of the logs that are compared.
type measured struct {
	t       *testing.T
	which   int
	dir     string
	options Options
	n       int64 // messages, in partition 0 of one
	costs   *flat
}

// open measures how long it takes until a message is published, and returns the
// log.
func (m *measured) open(how string) *Log {
	var l *Log
	m.costs.note(how, m.which, microseconds(func() {
		l = start(m.t, m.dir, &m.options)
		put(m.t, l, "first")
	}))
	return l
}

// round measures everything once.
func (m *measured) round(r *rand.Rand) {
	before := float64(heap.InUse())
	l := m.open("open, clean: µs")
	m.publish(l)
	for range 20 {
		m.read(l, r.Int64N(m.n))
		at := r.Int64N(m.n)
		m.costs.note("find by time: µs", m.which, microseconds(func() {
			if _, err := l.OffsetAt("t", 0, time.Unix(at, 0)); err != nil {
				m.t.Fatal(err)
			}
		}))
	}
	m.costs.note("memory, used: KB", m.which, (float64(heap.InUse())-before)/1024)
	stop(m.t, l)
	killed(m.t, fmt.Sprint("leaver ", m.dir, " ", m.options.Partitions), 0)
	stop(m.t, m.open("open, killed: µs"))
}

// publish measures messages that are published one by one.
func (m *measured) publish(l *Log) {
	value := []byte(long("", flatValue))
	for i := range 50 {
		message := &driver.Message{Address: "t", Key: strconv.AppendInt(nil, int64(i), 10), Value: value, Time: driver.At(time.Unix(m.n, 0))}
		m.costs.note("publish, synced: µs", m.which, microseconds(func() {
			if err := l.Publish(context.Background(), message); err != nil {
				m.t.Fatal(err)
			}
		}))
	}
}

// read measures reading at an offset.
func (m *measured) read(l *Log, offset int64) {
	m.costs.note("read at an offset: µs", m.which, microseconds(func() {
		r, err := l.Reader("t", 0, offset)
		if err != nil {
			m.t.Fatal(err)
		}
		defer r.Close()
		if got, err := r.Read(); err != nil || len(got) == 0 || got[0].Offset != offset {
			m.t.Fatalf("at %d: %d, %v", offset, len(got), err)
		}
	}))
}

// replay measures reading everything, and what is held afterwards.
func (m *measured) replay() {
	before := float64(heap.InUse())
	l := start(m.t, m.dir, &Options{ReadOnly: true})
	n := 0
	took := microseconds(func() {
		count := func(context.Context, *driver.Message) error { n++; return nil }
		if err := l.Replay(context.Background(), "t", ReplayOptions{}, count); err != nil {
			m.t.Fatal(err)
		}
	})
	m.costs.note("read in order: ns/message", m.which, took*1000/float64(n))
	m.costs.note("memory, all read: KB", m.which, (float64(heap.InUse())-before)/1024)
	stop(m.t, l)
}

// TestCostOfSize compares logs of 1 and 10 GB.
func TestCostOfSize(t *testing.T) {
	if !workload.Long() {
		t.Skip("writes 11 GB: set ASYNCWIRE_LONG=1")
	}
	const gb = 1 << 30
	if free, ok := freeBytes(os.TempDir()); !ok || free < 14*gb {
		t.Skipf("needs 14 GB, the disk has %d GB free", free/gb)
	}
	compareSizes(t, 1*gb, 10*gb, Options{Partitions: 1})
}

// compareSizes measures logs of two sizes.
func compareSizes(t *testing.T, small, large int64, o Options) {
	costs := newFlat()
	dir := t.TempDir()
	var logs []*measured
	for i, size := range []int64{small, large} {
		m := &measured{t: t, which: i, dir: filepath.Join(dir, strconv.Itoa(i)), options: o, costs: costs}
		m.n = grown(t, m.dir, size, o)
		logs = append(logs, m)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 11 {
		for _, m := range logs {
			m.round(r)
		}
	}
	for range 3 {
		for _, m := range logs {
			m.replay()
		}
	}
	costs.tell(t, 8, map[string]float64{"read at an offset: µs": 1.7, "find by time: µs": 1.7})
}

// leave is a process that publishes a message to each partition and is killed.
func leave(dir string, partitions int) error {
	l, err := Open(dir, &Options{Partitions: partitions})
	if err != nil {
		return err
	}
	if err := l.Publish(context.Background(), touching(partitions)...); err != nil {
		return err
	}
	fmt.Println("ready")
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	<-interrupted
	return nil
}

// touching returns a message for each of so many partitions.
func touching(partitions int) []*driver.Message {
	out, seen := []*driver.Message{}, make([]bool, partitions)
	for i := int64(0); len(out) < partitions; i++ {
		key := strconv.AppendInt(nil, i, 10)
		if p := share.Partition(key, partitions); !seen[p] {
			seen[p] = true
			out = append(out, &driver.Message{Address: "t", Key: key, Value: []byte(long("", partValue)), Time: driver.At(time.Unix(1<<32, 0))})
		}
	}
	return out
}

// TestCostOfPartitions compares topics of 1 and 1,000 partitions.
func TestCostOfPartitions(t *testing.T) {
	if !workload.Long() {
		t.Skip("measures: set ASYNCWIRE_LONG=1")
	}
	costs := newFlat()
	dir := t.TempDir()
	var logs []*partitioned
	for i, n := range []int{1, 1000} {
		p := &partitioned{measured{t: t, which: i, dir: filepath.Join(dir, strconv.Itoa(i)), options: Options{Partitions: n}, costs: costs}}
		l := start(t, p.dir, &p.options)
		if err := l.Publish(context.Background(), touching(n)...); err != nil {
			t.Fatal(err)
		}
		stop(t, l)
		logs = append(logs, p)
	}
	for i := range 5 {
		for _, p := range logs {
			p.round(i)
		}
	}
	costs.tell(t, 25, map[string]float64{
		"open, clean: µs": 3, "open, killed: µs": 6, "subscribe: µs": 5, "first write: µs/partition": 5,
		"publish, 64 producers: µs": 3, "publish, in a batch: µs": 3,
		"consume: µs/message": 2.5, "look, nothing new: µs": 2, "look, something new: µs": 2, "receive it: µs": 2,
		"trickle, publish: µs": 3, "trickle, receive: µs": 4, "trickle, processor: µs": 3, "subscribe, nobody writes: µs": 8, "subscribe, killed: µs": 10,
	})
}

// partitioned is a log of so many partitions.
type partitioned struct{ measured }

func (p *partitioned) round(i int) {
	before := float64(heap.InUse())
	l := p.open("open, clean: µs")
	p.costs.note("first write: µs/partition", p.which, microseconds(func() {
		if err := l.Publish(context.Background(), touching(p.options.Partitions)...); err != nil {
			p.t.Fatal(err)
		}
	})/float64(p.options.Partitions))
	p.publishAll(l)
	p.follow(l)
	p.costs.note("memory, written: KB", p.which, (float64(heap.InUse())-before)/1024)
	p.trickle(l, fmt.Sprint("trickle-", i))
	p.consume(l, fmt.Sprint("group-", i))
	p.costs.note("memory, consumed: KB", p.which, (float64(heap.InUse())-before)/1024)
	stop(p.t, l)
	p.join("subscribe, nobody writes: µs", fmt.Sprint("late-", i))
	killed(p.t, fmt.Sprint("leaver ", p.dir, " ", p.options.Partitions), 0)
	if boot() != "" {
		p.join("subscribe, killed: µs", fmt.Sprint("late-", i))
	}
	stop(p.t, p.open("open, killed: µs"))
}

// publishAll measures messages with keys, from many producers and in batches.
func (p *partitioned) publishAll(l *Log) {
	const n = 4000
	value := []byte(long("", partValue))
	var next atomic.Int64
	message := func() *driver.Message {
		return &driver.Message{Address: "t", Key: strconv.AppendInt(nil, next.Add(1), 10), Value: value}
	}
	p.costs.note("publish, 64 producers: µs", p.which, microseconds(func() {
		spread(64, n, func(int) {
			if err := l.Publish(context.Background(), message()); err != nil {
				p.t.Error(err)
			}
		})
	})/n)
	batch := make([]*driver.Message, n)
	for i := range batch {
		batch[i] = message()
	}
	p.costs.note("publish, in a batch: µs", p.which, microseconds(func() {
		if err := l.Publish(context.Background(), batch...); err != nil {
			p.t.Error(err)
		}
	})/n)
}

// follow measures what it takes another process to look whether there is something
// new, and to take up what there is in one partition.
func (p *partitioned) follow(l *Log) {
	reader := listen(p.t, p.dir)
	tap, err := reader.log.Transport().Tap(context.Background(), driver.TapOptions{Start: driver.StartLatest})
	if err != nil {
		p.t.Fatal(err)
	}
	for range 100 {
		p.costs.note("look, nothing new: µs", p.which, microseconds(reader.look))
		if err := l.Publish(context.Background(), touching(1)...); err != nil {
			p.t.Fatal(err)
		}
		p.costs.note("look, something new: µs", p.which, microseconds(reader.look))
		p.costs.note("receive it: µs", p.which, microseconds(func() {
			if got, err := tap.Receive(context.Background()); err != nil || len(got) != 1 {
				p.t.Fatal(len(got), err)
			}
		}))
	}
	if err := tap.Close(context.Background()); err != nil {
		p.t.Fatal(err)
	}
	stop(p.t, reader.log)
}

// consume measures what a new group is handed, all there is.
func (p *partitioned) consume(l *Log, group string) {
	n := int64(0)
	info, err := l.Topics()
	if err != nil {
		p.t.Fatal(err)
	}
	for _, i := range info[0].Partitions {
		n += i.End
	}
	var r driver.Receiver
	p.costs.note("subscribe: µs", p.which, microseconds(func() { r = p.subscribe(l, group, driver.StartEarliest) }))
	p.costs.note("consume: µs/message", p.which, microseconds(func() { p.handle(r, n) })/float64(n))
	p.leave(r)
}

// trickle measures one message at a time, now in this partition and now in that: how long it
// takes to publish it and to be handed it, and how much of the processor both and what goes
// on beside take.
func (p *partitioned) trickle(l *Log, group string) {
	const n = 500
	r := p.subscribe(l, group, driver.StartLatest)
	all := touching(p.options.Partitions)
	if err := l.Publish(context.Background(), all...); err != nil { // what a partition takes when it begins is another line
		p.t.Fatal(err)
	}
	p.handle(r, int64(len(all)))
	which := rand.New(rand.NewPCG(3, 4))
	before := workload.ProcessorTime()
	for range n {
		p.costs.note("trickle, publish: µs", p.which, microseconds(func() {
			if err := l.Publish(context.Background(), all[which.IntN(len(all))]); err != nil {
				p.t.Fatal(err)
			}
		}))
		p.costs.note("trickle, receive: µs", p.which, microseconds(func() { p.handle(r, 1) }))
	}
	if used := workload.ProcessorTime() - before; used > 0 {
		p.costs.note("trickle, processor: µs", p.which, float64(used.Nanoseconds())/1000/n)
	}
	p.leave(r)
}

// join measures what it takes to join a group of a log that was just opened, and that nobody
// writes.
func (p *partitioned) join(how, group string) {
	l := start(p.t, p.dir, &p.options)
	p.costs.note(how, p.which, microseconds(func() { p.leave(p.subscribe(l, group, driver.StartLatest)) }))
	stop(p.t, l)
}

// subscribe joins a group.
func (p *partitioned) subscribe(l *Log, group string, begin driver.Start) driver.Receiver {
	r, err := l.Transport().Subscribe(context.Background(), driver.Subscription{Addresses: []string{"t"}, Group: group, Start: begin})
	if err != nil {
		p.t.Fatal(err)
	}
	return r
}

// leave leaves the group.
func (p *partitioned) leave(r driver.Receiver) {
	if err := r.Close(context.Background()); err != nil {
		p.t.Fatal(err)
	}
}

// handle acknowledges so many messages.
func (p *partitioned) handle(r driver.Receiver, n int64) {
	for ctx := context.Background(); n > 0; {
		batch, err := r.Receive(ctx)
		if err != nil {
			p.t.Fatal(err)
		}
		for _, d := range batch {
			if err := d.Ack(ctx); err != nil {
				p.t.Fatal(err)
			}
		}
		n -= int64(len(batch))
	}
}
