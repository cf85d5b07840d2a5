package eventlog

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/internal/workload"
	"github.com/asyncwire/asyncwire/runtime/driver"
)

// childVariable makes the test binary run as a process to be killed: "writer
// dir seed", "consumer dir seed", "leaver dir partitions", "panic dir 0", or "full dir bytes"
// and "drop dir bytes" for a disk that is full.
const childVariable = "ASYNCWIRE_EVENTLOG_CHILD"

func TestMain(m *testing.M) {
	if job := os.Getenv(childVariable); job != "" {
		if err := child(strings.Fields(job)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// killedOptions are those of the log under the processes.
func killedOptions() *Options { return &Options{Partitions: 3, SegmentBytes: 64 << 10} }

// killedMany is how many partitions and publishers a log under "writers" has: a round of theirs is
// written to the segments while the journal is synced.
const killedMany = 2 * many

// child is the process that is killed.
func child(job []string) error {
	seed, err := strconv.ParseUint(job[2], 10, 64)
	if err != nil {
		return err
	}
	switch job[0] {
	case "leaver":
		return leave(job[1], int(seed))
	case "panic":
		return panicAlone(job[1])
	case "full":
		return onFullDisk(job[1], seed)
	case "drop":
		return dropOnFullDisk(job[1], seed)
	case "units":
		return unitsOnFullDisk(job[1], seed)
	}
	o, publishers := killedOptions(), 6
	if job[0] == "writers" {
		o.Partitions, publishers = killedMany, killedMany
	}
	l, err := Open(job[1], o)
	if err != nil {
		return err
	}
	if job[0] == "consumer" {
		return consumeUntilKilled(l)
	}
	return writeUntilKilled(l, rand.New(rand.NewPCG(seed, 23)), publishers)
}

// writeUntilKilled publishes with several goroutines, each with its own key,
// and says "key number" on standard output when a message was acknowledged.
// Each begins behind what the log has of its key.
func writeUntilKilled(l *Log, r *rand.Rand, publishers int) error {
	if r.IntN(2) == 0 { // the journal goes on, instead of being done with
		if err := l.Publish(context.Background(), &driver.Message{Address: "u"}); err != nil {
			return err
		}
	}
	if _, err := l.topicsOf([]string{"t"}); err != nil { // takes up what was written and not acknowledged
		return err
	}
	h, err := historyOf(l, l.options.Partitions)
	if err != nil {
		return err
	}
	failed := make(chan error)
	said := make(chan string, 100)
	for i := range publishers {
		key, own := fmt.Sprint("key-", i), rand.New(rand.NewPCG(r.Uint64(), 1))
		go func() {
			for n := len(h[key]); ; {
				var batch []*driver.Message
				for range 1 + own.IntN(3) {
					v := long(fmt.Sprint(n+len(batch), " "), own.IntN(3000))
					batch = append(batch, &driver.Message{Address: "t", Key: []byte(key), Value: []byte(v)})
				}
				if err := l.Publish(context.Background(), batch...); err != nil {
					failed <- err
					return
				}
				n += len(batch)
				said <- fmt.Sprintln(key, n-1)
			}
		}()
	}
	fmt.Println("ready")
	for {
		select {
		case err := <-failed:
			return err
		case line := <-said:
			if _, err := os.Stdout.WriteString(line); err != nil {
				return err
			}
		}
	}
}

// consumeUntilKilled receives, says "seen partition offset", and acknowledges.
func consumeUntilKilled(l *Log) error {
	ctx := context.Background()
	r, err := l.Transport().Subscribe(ctx, driver.Subscription{Addresses: []string{"t"}, Group: "g"})
	if err != nil {
		return err
	}
	fmt.Println("ready")
	for {
		batch, err := r.Receive(ctx)
		if err != nil {
			return err
		}
		var b strings.Builder
		for _, d := range batch {
			fmt.Fprintln(&b, "seen", d.Message().Partition, d.Message().Offset)
		}
		if _, err := os.Stdout.WriteString(b.String()); err != nil {
			return err
		}
		for _, d := range batch {
			if err := d.Ack(ctx); err != nil {
				return err
			}
		}
	}
}

// historyOf reads the numbers of each key, in the order of the log, and checks
// offsets on the way.
func historyOf(l *Log, partitions int) (map[string][]int, error) {
	h := map[string][]int{}
	for p := range partitions {
		got, err := all(l, p, 0)
		if err != nil {
			return nil, err
		}
		for i, m := range got {
			if m.Offset != int64(i) {
				return nil, fmt.Errorf("partition %d: offset %d at place %d", p, m.Offset, i)
			}
			number, _, _ := strings.Cut(string(m.Value), " ")
			n, err := strconv.Atoi(number)
			if err != nil {
				return nil, err
			}
			h[string(m.Key)] = append(h[string(m.Key)], n)
		}
	}
	return h, nil
}

// process starts a child for a job, which is killed with the test if nobody does it
// before, and returns it with what it says.
func process(t *testing.T, job string) (*exec.Cmd, *bufio.Reader) {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^$")
	c.Env = append(os.Environ(), childVariable+"="+job)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	return c, bufio.NewReader(out)
}

// killed runs a child, kills it some time after it is ready, and returns what
// it said in whole lines.
func killed(t *testing.T, job string, after time.Duration) []string {
	t.Helper()
	c, in := process(t, job)
	var lines []string
	for {
		line, err := in.ReadString('\n')
		if errors.Is(err, io.EOF) || errors.Is(err, os.ErrClosed) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if lines = append(lines, strings.TrimSpace(line)); lines[0] == "ready" && len(lines) == 1 {
			time.AfterFunc(after, func() { _ = c.Process.Kill() })
		}
	}
	_ = c.Wait()
	if len(lines) == 0 {
		t.Fatalf("%s: the process said nothing", job)
	}
	return lines[1:]
}

// kills is how often processes are killed.
func kills() int {
	if workload.Long() {
		return 240
	}
	return 24
}

// TestKilledWriters kills writers at random moments, again and again on the
// same log: what was acknowledged is there, in order, once.
func TestKilledWriters(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 29))
	dir, who, partitions := "", "", 0
	var acked map[string]int
	total := 0
	for round := range kills() {
		if round%6 == 0 {
			dir, acked, who, partitions = t.TempDir(), map[string]int{}, "writer", killedOptions().Partitions
			if round%12 == 0 {
				who, partitions = "writers", killedMany
			}
		}
		for _, line := range killed(t, fmt.Sprint(who, " ", dir, " ", r.Uint64()), time.Duration(r.IntN(60_000))*time.Microsecond) {
			var key string
			var n int
			if _, err := fmt.Sscan(line, &key, &n); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			acked[key] = max(acked[key], n+1)
			total++
		}
		l := start(t, dir, &Options{ReadOnly: true})
		h, err := historyOf(l, partitions)
		if err != nil {
			t.Fatalf("seed %d, round %d: %v", seed, round, err)
		}
		checkHistory(t, fmt.Sprintf("seed %d, round %d", seed, round), h, acked)
		stop(t, l)
	}
	t.Logf("%d kills, %d calls acknowledged", kills(), total)
	if total == 0 {
		t.Error("nothing was acknowledged")
	}
}

// checkHistory checks that each key's numbers are 0, 1, 2 … at least as far as
// was acknowledged.
func checkHistory(t *testing.T, when string, h map[string][]int, acked map[string]int) {
	t.Helper()
	for key, numbers := range h {
		for i, n := range numbers {
			if n != i {
				t.Fatalf("%s: %s has %d at place %d", when, key, n, i)
			}
		}
	}
	for key, n := range acked {
		if len(h[key]) < n {
			t.Fatalf("%s: %s has %d messages, %d were acknowledged", when, key, len(h[key]), n)
		}
	}
}

// TestKilledConsumers kills consumers while another process of this test
// writes: every message is seen, and a position never passes one that was not.
func TestKilledConsumers(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 31))
	dir := t.TempDir()
	l := start(t, dir, killedOptions())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := 0; ctx.Err() == nil; n++ {
			m := &driver.Message{Address: "t", Key: fmt.Append(nil, n%7), Value: fmt.Append(nil, n)}
			if err := l.Publish(context.Background(), m); err != nil {
				t.Error(err)
				return
			}
		}
	}()
	seen := map[spot]map[int64]bool{}
	for p := range int32(3) {
		seen[spot{"t", p}] = map[int64]bool{}
	}
	for round := range kills() / 2 {
		for _, line := range killed(t, fmt.Sprint("consumer ", dir, " 0"), time.Duration(r.IntN(60_000))*time.Microsecond) {
			var s spot
			var offset int64
			if _, err := fmt.Sscanf(line, "seen %d %d", &s.partition, &offset); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			seen[spot{"t", s.partition}][offset] = true
		}
		ps, err := l.Positions("g")
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range ps {
			for o := range p.Offset {
				if !seen[spot{p.Address, p.Partition}][o] {
					t.Fatalf("seed %d, round %d: partition %d goes on at %d, but %d was never seen", seed, round, p.Partition, p.Offset, o)
				}
			}
		}
	}
	cancel()
	<-done
	passed := int64(0)
	ps, err := l.Positions("g")
	for _, p := range ps {
		passed += p.Offset
	}
	if err != nil || passed == 0 {
		t.Errorf("no consumer came to anything: %v", err)
	}
	t.Logf("%d kills, %d messages acknowledged", kills()/2, passed)
}
