package eventlog

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// payload is the value of benchmarks.
func payload() []byte { return []byte(long("", 1024)) }

// spread lets so many producers do n things together.
func spread(producers, n int, do func(producer int)) {
	var wait sync.WaitGroup
	var next atomic.Int64
	for p := range producers {
		wait.Go(func() {
			for next.Add(1) <= int64(n) {
				do(p)
			}
		})
	}
	wait.Wait()
}

// timed returns how long something takes.
func timed(do func()) time.Duration {
	start := time.Now()
	do()
	return time.Since(start)
}

// syncEach is a log as one would write it by hand: a file that grows, and
// fsync for each record.
type syncEach struct {
	mu   sync.Mutex
	file *os.File
	buf  []byte
	next int64
}

func (s *syncEach) publish(b *testing.B, m *driver.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buf = appendRecord(s.buf[:0], m, now())
	s.next = number(s.buf, s.next)
	if _, err := s.file.Write(s.buf); err != nil {
		b.Error(err)
	}
	if err := s.file.Sync(); err != nil {
		b.Error(err)
	}
}

func sum(values []float64) (all float64) {
	for _, v := range values {
		all += v
	}
	return all
}

// median returns the one in the middle.
func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// BenchmarkPublish publishes 1 KB messages from so many producers, in turn with
// a file that is synced for each. x-sync-each is how many times as fast it is in
// the mean, x-sync-each-p50 in the median, which a disk that stalls now and
// then, for whomever, says nothing of.
func BenchmarkPublish(b *testing.B) {
	for _, producers := range []int{1, 8, 64} {
		b.Run(fmt.Sprint("producers=", producers), func(b *testing.B) {
			l := start(b, b.TempDir(), one())
			f, err := os.Create(filepath.Join(b.TempDir(), "each"))
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = f.Close() }()
			each := &syncEach{file: f}
			m := &driver.Message{Address: "t", Key: []byte("k"), Value: payload()}
			publish := func(int) {
				if err := l.Publish(context.Background(), m); err != nil {
					b.Error(err)
				}
			}
			publish(0)
			const round = 5 // each side's turn, so that both meet the same disk
			var ours, theirs []float64
			b.ReportAllocs()
			for b.Loop() {
				ours = append(ours, microseconds(func() { spread(producers, producers*round, publish) }))
				b.StopTimer()
				theirs = append(theirs, microseconds(func() { spread(1, round, func(int) { each.publish(b, m) }) }))
				b.StartTimer()
			}
			b.ReportMetric(sum(theirs)*float64(producers)/sum(ours), "x-sync-each")
			b.ReportMetric(median(theirs)*float64(producers)/median(ours), "x-sync-each-p50")
			b.ReportMetric(sum(ours)*1000/float64(b.N*producers*round), "ns/message")
		})
	}
}

// BenchmarkReplay reads 1 KB messages, in turn with publishing them in calls of
// a thousand. x-publish is how many times as fast.
func BenchmarkReplay(b *testing.B) {
	const n = 20_000
	l := start(b, b.TempDir(), one())
	batch := make([]*driver.Message, 1000)
	for i := range batch {
		batch[i] = &driver.Message{Address: "t", Key: []byte("k"), Value: payload()}
	}
	var write, read time.Duration
	from := int64(0)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		write += timed(func() {
			for range n / len(batch) {
				if err := l.Publish(context.Background(), batch...); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.StartTimer()
		read += timed(func() {
			seen := 0
			count := func(context.Context, *driver.Message) error { seen++; return nil }
			if err := l.Replay(context.Background(), "t", ReplayOptions{Offset: from}, count); err != nil || seen != n {
				b.Fatalf("%d, %v", seen, err)
			}
		})
		from += n
	}
	b.SetBytes(n * 1024)
	b.ReportMetric(float64(write)/float64(read), "x-publish")
	b.ReportMetric(float64(read.Nanoseconds())/float64(b.N*n), "ns/message")
}

// BenchmarkPartitions publishes from 64 producers to topics of 1, 10, 100 and
// 1,000 partitions in turn. x-one is how many times as long as with one.
func BenchmarkPartitions(b *testing.B) {
	counts := []int{1, 10, 100, 1000}
	took := make([]time.Duration, len(counts))
	var publish []func(int)
	for _, n := range counts {
		l := start(b, b.TempDir(), &Options{Partitions: n})
		var next atomic.Int64
		publish = append(publish, func(int) {
			m := &driver.Message{Address: "t", Key: fmt.Append(nil, next.Add(1)), Value: payload()}
			if err := l.Publish(context.Background(), m); err != nil {
				b.Error(err)
			}
		})
		spread(64, 8*n+100, publish[len(publish)-1]) // every partition has its first segment then
	}
	for b.Loop() {
		for i := range counts {
			took[i] += timed(func() { spread(64, 2000, publish[i]) })
		}
	}
	for i, n := range counts[1:] {
		b.ReportMetric(float64(took[i+1])/float64(took[0]), fmt.Sprintf("x-one(%d)", n))
	}
}

// BenchmarkCommit stores units of one message each, from so many goroutines, where
// each sync is shared by those that wait.
func BenchmarkCommit(b *testing.B) {
	for _, handlers := range []int{1, 16, 64} {
		b.Run(fmt.Sprint(handlers), func(b *testing.B) {
			l := start(b, b.TempDir(), nil)
			var batch []*driver.Message
			for i := range b.N {
				batch = append(batch, &driver.Message{Address: "in", Key: fmt.Append(nil, i%100), Value: payload()})
				if len(batch) < 1000 && i < b.N-1 {
					continue
				}
				if err := l.Publish(b.Context(), batch...); err != nil {
					b.Fatal(err)
				}
				batch = batch[:0]
			}
			r, err := l.Transport().Subscribe(b.Context(), driver.Subscription{Addresses: []string{"in"}, Group: "g", Transactional: true})
			if err != nil {
				b.Fatal(err)
			}
			gate := make(chan struct{}, handlers)
			var all sync.WaitGroup
			b.ResetTimer()
			for n := 0; n < b.N; {
				batch, err := r.Receive(b.Context())
				if err != nil {
					b.Fatal(err)
				}
				for _, d := range batch {
					n++
					gate <- struct{}{}
					all.Go(func() {
						m := d.Message()
						out := &driver.Message{Address: "out", Key: m.Key, Value: m.Value}
						if err := r.(driver.Committer).Commit(b.Context(), []driver.Delivery{d}, out); err != nil {
							b.Error(err)
						}
						<-gate
					})
				}
			}
			all.Wait()
		})
	}
}
