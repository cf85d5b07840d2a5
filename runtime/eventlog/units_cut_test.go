package eventlog

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// pipeline is what units make of a log, again and again: each message of "in" is
// acknowledged together with one to three messages to "out" and "audit", among
// those that others publish there.
type pipeline struct {
	t     *testing.T
	when  string
	dir   string
	parts int

	mu     sync.Mutex
	done   map[string]bool // inputs whose commit has returned nil
	plain  map[string]int  // by key, how many were published by others
	sent   int             // inputs
	lives  int
	told   map[string]string // by place, what another process has read
	quota  int               // commits until the end
	during func()            // what happens then
	broken bool              // syncs fail
}

// place names an input.
func placeOf(m *driver.Message) string { return fmt.Sprint(m.Partition, "-", m.Offset) }

// outputs are what an input causes: its name, its place among them and how many
// there are.
func outputs(m *driver.Message) []*driver.Message {
	n := 1 + int(m.Offset%3)
	var out []*driver.Message
	for i := range n {
		address := []string{"out", "audit"}[(int(m.Offset)+i)%2]
		out = append(out, &driver.Message{
			Address: address, Key: fmt.Append(nil, m.Offset%7+int64(i)), Value: fmt.Appendf(nil, "%s %d %d", placeOf(m), i, n),
		})
	}
	return out
}

// feed publishes inputs, more than a life takes.
func (p *pipeline) feed(l *Log) error {
	var batch []*driver.Message
	for range 3*p.quota + 20 {
		batch = append(batch, &driver.Message{Address: "in", Key: fmt.Append(nil, p.sent%11), Value: fmt.Append(nil, p.sent)})
		p.sent++
	}
	return l.Publish(context.Background(), batch...)
}

// live runs members and publishers until everything fails, or the quota of commits
// is over.
func (p *pipeline) live(l *Log, r *rand.Rand) {
	var all sync.WaitGroup
	over := make(chan struct{})
	p.lives++
	for range 1 + r.IntN(2) {
		own := rand.New(rand.NewPCG(r.Uint64(), 3))
		all.Go(func() { p.member(l, own, over) })
	}
	all.Go(func() { p.witness(over) })
	for i := range 2 {
		own := rand.New(rand.NewPCG(r.Uint64(), 4))
		all.Go(func() { p.neighbour(l, fmt.Sprint("plain-", p.lives, "-", i), own, over) })
	}
	all.Wait()
}

// neighbour publishes to where units go.
func (p *pipeline) neighbour(l *Log, key string, r *rand.Rand, over chan struct{}) {
	for {
		select {
		case <-over:
			return
		default:
		}
		p.mu.Lock()
		n := p.plain[key]
		p.mu.Unlock()
		m := &driver.Message{Address: "out", Key: []byte(key), Value: []byte(long(fmt.Sprintf("%s %d ", key, n), r.IntN(3000)))}
		if l.Publish(context.Background(), m) != nil {
			return
		}
		if r.IntN(30) == 0 { // which empties the journal
			_ = l.Publish(context.Background(), &driver.Message{Address: "scratch", Key: []byte(key)})
			_, _ = l.Compact(context.Background(), "scratch", nil)
		}
		p.mu.Lock()
		p.plain[key]++
		p.mu.Unlock()
	}
}

// witness reads outputs as another process does: what it has seen stays.
func (p *pipeline) witness(over chan struct{}) {
	l, err := Open(p.dir, &Options{ReadOnly: true})
	if err != nil {
		p.t.Error(err)
		return
	}
	defer l.Close(context.Background())
	next := map[spot]int64{}
	for {
		for _, topic := range []string{"out", "audit"} {
			for n := range p.parts {
				select {
				case <-over:
					return
				default:
					p.see(l, spot{topic, int32(n)}, next)
				}
			}
		}
	}
}

// see reads what is new in a partition.
func (p *pipeline) see(l *Log, at spot, next map[spot]int64) {
	if _, _, err := l.Bounds(at.address, int(at.partition)); err != nil {
		return // it is not there yet
	}
	r, err := l.Reader(at.address, int(at.partition), next[at])
	if err != nil {
		return
	}
	defer r.Close()
	batch, err := r.Read()
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil || p.quota <= 0 { // with the power off nothing is what it was
		return
	}
	for _, m := range batch {
		p.told[fmt.Sprint(at, m.Offset)] = string(m.Value)
		next[at] = m.Offset + 1
	}
}

// member receives, and commits what it likes in any order.
func (p *pipeline) member(l *Log, r *rand.Rand, over chan struct{}) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	receiver, err := l.Transport().Subscribe(ctx, driver.Subscription{Addresses: []string{"in"}, Group: "g", Transactional: true})
	if err != nil {
		return
	}
	defer receiver.Close(context.Background())
	go func() {
		select {
		case <-over:
			cancel()
		case <-ctx.Done():
		}
	}()
	var held []driver.Delivery
	var all sync.WaitGroup
	defer all.Wait()
	gate := make(chan struct{}, 4)
	for {
		if len(held) < 8 {
			batch, err := receiver.Receive(ctx)
			if err != nil {
				return
			}
			held = append(held, batch...)
			r.Shuffle(len(held), func(i, j int) { held[i], held[j] = held[j], held[i] })
		}
		n := min(len(held), 1+r.IntN(3))
		unit := append([]driver.Delivery(nil), held[:n]...)
		held = held[n:]
		gate <- struct{}{}
		all.Go(func() {
			defer func() { <-gate }()
			if !p.commit(receiver.(driver.Committer), unit, over) {
				cancel()
			}
		})
	}
}

// commit stores a unit; false is that no more is to be done.
func (p *pipeline) commit(c driver.Committer, unit []driver.Delivery, over chan struct{}) bool {
	var out []*driver.Message
	for _, d := range unit {
		out = append(out, outputs(d.Message())...)
	}
	err := c.Commit(context.Background(), unit, out...)
	if errors.Is(err, driver.ErrStale) {
		return true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.end(over)
		return false
	}
	for _, d := range unit {
		if p.done[placeOf(d.Message())] {
			p.t.Errorf("%s: %s was committed twice", p.when, placeOf(d.Message()))
		}
		p.done[placeOf(d.Message())] = true
	}
	if p.quota--; p.quota == 0 {
		p.during()
		p.end(over)
	}
	return p.quota > 0
}

func (p *pipeline) end(over chan struct{}) {
	select {
	case <-over:
	default:
		close(over)
	}
}

// check opens the log as the next process does and holds it to what was committed:
// each input is done, and then all its outputs are there, once, or it is not and
// none is; what was acknowledged is there.
func (p *pipeline) check() {
	p.t.Helper()
	l, err := Open(p.dir, &Options{Partitions: p.parts, OnRecover: func(r Recovery) {
		if r.Damage != nil {
			p.t.Errorf("%s: %v", p.when, r.Damage)
		}
	}})
	if err != nil {
		p.t.Fatal(err)
	}
	defer stop(p.t, l)
	if _, err := l.topicsOf([]string{"in", "out", "audit"}); err != nil {
		p.t.Fatal(err)
	}
	at, err := l.standings(filepath.Join(l.dir, groupsDir, "g"))
	if err != nil {
		p.t.Fatal(err)
	}
	seen := p.read(l)
	total := 0
	for n := range p.parts {
		in, err := allOf(l, "in", n)
		if err != nil {
			p.t.Fatal(err)
		}
		total += len(in)
		for _, m := range in {
			p.checkInput(m, at[spot{"in", int32(n)}].Done(m.Offset), seen)
		}
	}
	if len(seen) > 0 {
		p.t.Fatalf("%s: there are outputs of nothing: %v", p.when, seen)
	}
	p.done = p.truth(l, at)
}

// truth is what is done.
func (p *pipeline) truth(l *Log, at map[spot]standing) map[string]bool {
	done := map[string]bool{}
	for n := range p.parts {
		in, err := allOf(l, "in", n)
		if err != nil {
			p.t.Fatal(err)
		}
		for _, m := range in {
			if at[spot{"in", int32(n)}].Done(m.Offset) {
				done[placeOf(m)] = true
			}
		}
	}
	return done
}

// checkInput holds one input to its outputs.
func (p *pipeline) checkInput(m *driver.Message, done bool, seen map[string]int) {
	p.t.Helper()
	name := placeOf(m)
	if p.done[name] && !done {
		p.t.Fatalf("%s: the commit of %s returned, and it is not done", p.when, name)
	}
	want := 0
	if done {
		want = 1
	}
	for _, o := range outputs(m) {
		text := o.Address + ": " + string(o.Value)
		if seen[text] != want {
			p.t.Fatalf("%s: input %s is done: %v, and output %q is there %d times", p.when, name, done, text, seen[text])
		}
		delete(seen, text)
	}
}

// read counts the outputs, and checks what others published.
func (p *pipeline) read(l *Log) map[string]int {
	p.t.Helper()
	seen, next := map[string]int{}, map[string]int{}
	for _, topic := range []string{"out", "audit"} {
		for n := range p.parts {
			got, err := allOf(l, topic, n)
			if err != nil {
				p.t.Fatalf("%s: %v", p.when, err)
			}
			for i, m := range got {
				place := fmt.Sprint(spot{topic, int32(n)}, m.Offset)
				if was, ok := p.told[place]; ok && was != string(m.Value) {
					p.t.Fatalf("%s: %s was read as %.30q and is %.30q", p.when, place, was, m.Value)
				}
				delete(p.told, place)
				if m.Offset != int64(i) {
					p.t.Fatalf("%s: %s, partition %d: offset %d at place %d", p.when, topic, n, m.Offset, i)
				}
				var key string
				var number int
				if _, err := fmt.Sscanf(string(m.Value), "plain-%s %d", &key, &number); err == nil {
					if key = "plain-" + key; number != next[key] {
						p.t.Fatalf("%s: %s has %d, want %d", p.when, key, number, next[key])
					}
					next[key]++
					continue
				}
				seen[topic+": "+string(m.Value)]++
			}
		}
	}
	for key, n := range p.plain {
		if next[key] < n {
			p.t.Fatalf("%s: of %s there are %d, %d were acknowledged", p.when, key, next[key], n)
		}
	}
	if len(p.told) > 0 {
		p.t.Fatalf("%s: what another process has read is gone: %.300v", p.when, p.told)
	}
	p.plain = next
	return seen
}

// TestPowerCutsOfUnits cuts the power while units are stored, among what others
// publish, again and again on the same log.
func TestPowerCutsOfUnits(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 43))
	var p *pipeline
	total := 0
	for round := range rounds(60, 600) {
		if round%8 == 0 {
			p = &pipeline{t: t, broken: r.IntN(2) == 0, dir: t.TempDir(), parts: []int{1, 2, 5, 40}[r.IntN(4)], done: map[string]bool{}, plain: map[string]int{}, told: map[string]string{}}
		}
		p.when = fmt.Sprintf("seed %d, round %d, %d partitions", seed, round, p.parts)
		before := len(p.done)
		for range 1 + r.IntN(3) { // some with nobody looking in between
			p.cutOff(r)
		}
		p.check()
		total += len(p.done) - before
	}
	t.Logf("seed %d: %d inputs committed", seed, total)
	if total == 0 {
		t.Error("nothing was committed")
	}
}

// cutOff lets a pipeline live until the power is cut.
func (p *pipeline) cutOff(r *rand.Rand) {
	p.t.Helper()
	disk := newPlatter()
	disk.reverts = r.IntN(2) == 0
	l, err := Open(p.dir, &Options{Partitions: p.parts, SegmentBytes: 64 << 10, Handover: time.Millisecond})
	if err != nil {
		p.t.Fatal(err)
	}
	l.open = disk.open
	p.quota = 1 + r.IntN(40)
	own := rand.New(rand.NewPCG(r.Uint64(), 5))
	p.during = func() { disk.cut(p.t, own) }
	if err := p.feed(l); err != nil {
		p.t.Fatalf("%s: %v", p.when, err)
	}
	if p.broken {
		failing := rand.New(rand.NewPCG(r.Uint64(), 6))
		disk.failing(func(string) bool { return failing.IntN(8) == 0 })
	}
	p.live(l, r)
	if p.quota > 0 {
		disk.cut(p.t, own)
	}
	disk.mu.Lock()
	disk.off = true
	disk.mu.Unlock()
	_ = l.Close(context.Background())
	unsettle(p.t, p.dir)
}
