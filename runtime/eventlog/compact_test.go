package eventlog

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// TestCompaction compacts random histories while they grow, and checks against
// a map that the last message of each key is there, and that offsets and order
// stay.
func TestCompaction(t *testing.T) {
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 17))
		l := start(t, t.TempDir(), small())
		last := map[string]string{}
		offset := map[string]int64{}
		next := int64(0)
		keyless := 0
		for range 5 {
			for range 60 {
				m := &driver.Message{Address: "t", Value: []byte(long(fmt.Sprint(next, "-"), r.IntN(4000)))}
				if r.IntN(20) == 0 {
					keyless++
				} else {
					m.Key = fmt.Append(nil, "k", r.IntN(40))
					last[string(m.Key)], offset[string(m.Key)] = string(m.Value), next
				}
				if err := l.Publish(t.Context(), m); err != nil {
					t.Fatal(err)
				}
				next++
			}
			report, err := l.Compact(t.Context(), "t", nil)
			if err != nil || report.After > report.Before {
				t.Fatalf("seed %d: %+v, %v", seed, report, err)
			}
			checkCompacted(t, l, last, offset, keyless)
		}
		if _, problems := problemsOf(t, l); len(problems) > 0 {
			t.Fatalf("seed %d: %+v", seed, problems)
		}
		stop(t, l)
		again := start(t, l.dir, &Options{ReadOnly: true})
		checkCompacted(t, again, last, offset, keyless)
		for from := int64(0); from < next; from += 17 {
			got, err := all(again, 0, from)
			if err != nil || len(got) == 0 || got[0].Offset < from {
				t.Fatalf("seed %d, from %d: %d, %v", seed, from, len(got), err)
			}
		}
	}
}

// TestCompactionsTakeTurns: several at once do what one does.
func TestCompactionsTakeTurns(t *testing.T) {
	l := start(t, t.TempDir(), small())
	last, offset := map[string]string{}, map[string]int64{}
	for n := range 400 {
		key, value := fmt.Sprint("k", n%40), long(fmt.Sprint(n, "-"), 2000)
		last[key], offset[key] = value, int64(n)
		if err := l.Publish(t.Context(), &driver.Message{Address: "t", Key: []byte(key), Value: []byte(value)}); err != nil {
			t.Fatal(err)
		}
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, err := l.Compact(t.Context(), "t", nil); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	checkCompacted(t, l, last, offset, 0)
	if _, problems := problemsOf(t, l); len(problems) > 0 {
		t.Errorf("%+v", problems)
	}
}

func checkCompacted(t *testing.T, l *Log, last map[string]string, offset map[string]int64, keyless int) {
	t.Helper()
	got, err := all(l, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for i, m := range got {
		if i > 0 && m.Offset <= got[i-1].Offset {
			t.Fatalf("offset %d comes after %d", m.Offset, got[i-1].Offset)
		}
		if m.Key == nil {
			keyless--
			continue
		}
		if key := string(m.Key); m.Offset == offset[key] {
			found[key] = string(m.Value) == last[key]
		}
	}
	for key := range last {
		if !found[key] {
			t.Fatalf("the last message of %s is missing", key)
		}
	}
	if keyless != 0 {
		t.Fatalf("%d messages without a key are missing", keyless)
	}
}

func TestTombstonesGoAfterTheirTime(t *testing.T) {
	l := start(t, t.TempDir(), small())
	at := time.Now().Add(-48 * time.Hour)
	publish := func(key string, value []byte, at time.Time) {
		m := &driver.Message{Address: "t", Key: []byte(key), Value: value, Time: driver.At(at)}
		if err := l.Publish(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	publish("old", []byte("x"), at)
	publish("old", nil, at)
	publish("new", nil, time.Now())
	for i := range 20 {
		publish(fmt.Sprint("fill", i), make([]byte, 5000), at)
	}
	report, err := l.Compact(t.Context(), "t", nil)
	if err != nil || report.Dropped != 2 {
		t.Fatalf("%+v, %v", report, err)
	}
	got, err := all(l, 0, 0)
	if err != nil || string(got[0].Key) != "new" || got[0].Offset != 2 {
		t.Errorf("%d left, %v", len(got), err)
	}
}

// TestCrashWhileCompacting: files that a compaction has replaced and not
// deleted are left out.
func TestCrashWhileCompacting(t *testing.T) {
	l := start(t, t.TempDir(), small())
	for i := range 100 {
		m := &driver.Message{Address: "t", Key: fmt.Append(nil, i%3), Value: []byte(long(fmt.Sprint(i), 5000))}
		if err := l.Publish(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	before := copyDir(t, l.dir)
	for range 2 { // the second time segments that became small become one
		if _, err := l.Compact(t.Context(), "t", nil); err != nil {
			t.Fatal(err)
		}
	}
	want, err := all(l, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	stop(t, l)
	if err := os.WriteFile(filepath.Join(partitionPath(l.dir, "t", 0), compactingFile), nil, fileMode); err != nil {
		t.Fatal(err)
	}
	left := 0
	for _, s := range segmentsOf(t, before, 0)[1:] {
		b, err := os.ReadFile(s)
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(partitionPath(l.dir, "t", 0), filepath.Base(s))
		if _, err := os.Stat(to); err != nil {
			if err := os.WriteFile(to, b, 0o644); err != nil {
				t.Fatal(err)
			}
			left++
		}
	}
	files := len(segmentsOf(t, l.dir, 0))
	for _, o := range []*Options{{ReadOnly: true}, small()} {
		again := start(t, l.dir, o)
		if !o.ReadOnly {
			put(t, again, "more")
		}
		got, err := all(again, 0, 0)
		if err != nil || len(got) < len(want) || got[0].Offset != want[0].Offset || got[len(want)-1].Offset != want[len(want)-1].Offset {
			t.Errorf("%d messages, want %d, %v", len(got), len(want), err)
		}
		stop(t, again)
	}
	if now := len(segmentsOf(t, l.dir, 0)); left == 0 || now > files-left+1 {
		t.Errorf("%d files are left of %d, %d of which were replaced", now, files, left)
	}
}

// TestSweep: what a process that was killed was making is gone when the log is
// written again; what others are making, and what is none of ours, is not.
func TestSweep(t *testing.T) {
	l := start(t, t.TempDir(), small())
	put(t, l, "one")
	stop(t, l)
	partition, topics := partitionPath(l.dir, "t", 0), filepath.Join(l.dir, topicsDir)
	long := time.Now().Add(-2 * abandoned)
	file := func(path string) {
		if err := os.WriteFile(path, []byte("x"), fileMode); err != nil {
			t.Fatal(err)
		}
	}
	topic := func(name string, at time.Time, within ...string) {
		dir := filepath.Join(topics, name)
		for _, d := range append([]string{"."}, within...) {
			if err := os.MkdirAll(filepath.Join(dir, d), dirMode); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chtimes(dir, at, at); err != nil {
			t.Fatal(err)
		}
	}
	file(filepath.Join(partition, segmentName(0)+madeSuffix))
	file(filepath.Join(partition, segmentName(7)+madeSuffix))
	file(filepath.Join(partition, "notes~"))
	topic("123~", long, "0", "1", "2")
	topic("124~", time.Now(), "0")
	topic("125~", long, "0", "1", "notes")
	topic("mine~", long)
	again := start(t, l.dir, small())
	put(t, again, "two")
	stop(t, again)
	left := map[string]bool{}
	for _, dir := range []string{partition, topics} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if strings.HasSuffix(e.Name(), madeSuffix) {
				left[e.Name()] = true
			}
		}
	}
	if want := map[string]bool{"notes~": true, "124~": true, "125~": true, "mine~": true}; !maps.Equal(left, want) {
		t.Errorf("%v are left, want %v", left, want)
	}
	if got, err := all(again, 0, 0); err != nil || len(got) != 2 {
		t.Errorf("%d messages, %v", len(got), err)
	}
}

// TestDroppedIsTold: a group hears once of messages that were dropped before it was
// handed them, and of those that a compaction took out it does not.
func TestDroppedIsTold(t *testing.T) {
	l := start(t, t.TempDir(), small())
	r := member(t, l, "g")
	for i := range 60 {
		m := &driver.Message{Address: "t", Key: []byte("k"), Value: []byte(long(fmt.Sprint(i), 5000))}
		if err := l.Publish(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	first, err := l.DropBefore("t", 0, 30)
	if err != nil || first == 0 {
		t.Fatalf("from %d on, %v", first, err)
	}
	batch, err := r.Receive(t.Context())
	var dropped *DroppedError
	if !errors.As(err, &dropped) || !errors.Is(err, driver.ErrPartition) || len(batch) > 0 {
		t.Fatalf("%d deliveries, %v", len(batch), err)
	}
	if want := (DroppedError{"t", 0, 0, first - 1}); *dropped != want {
		t.Errorf("%+v, want %+v", *dropped, want)
	}
	got := take(t, r, 1)
	if at := got[0].Message().Offset; at != first {
		t.Errorf("it goes on at %d, want %d", at, first)
	}
	if _, err := l.Compact(t.Context(), "t", nil); err != nil {
		t.Fatal(err)
	}
	other := member(t, l, "other")
	for last := int64(-1); last != 59; {
		batch, err := other.Receive(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		last = batch[len(batch)-1].Message().Offset
	}
}

// TestCompactionWhoseDirectoryIsNotSynced: the files that one has replaced are left when it cannot be made durable that they are,
// and are no part of the log: not for who reads, nor for the next compaction.
func TestCompactionWhoseDirectoryIsNotSynced(t *testing.T) {
	l := start(t, t.TempDir(), small())
	last, offset := map[string]string{}, map[string]int64{}
	for n := range 60 {
		key, value := fmt.Sprint("k", n%7), long(fmt.Sprint(n, "-"), 5000)
		if n%6 == 0 { // of each segment something stays
			key = fmt.Sprint("own", n)
		}
		last[key], offset[key] = value, int64(n)
		if err := l.Publish(t.Context(), &driver.Message{Address: "t", Key: []byte(key), Value: []byte(value)}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.Compact(t.Context(), "t", nil); err != nil { // after which several are small enough to become one
		t.Fatal(err)
	}
	dir := partitionPath(l.dir, "t", 0)
	l.folders.sync = func(path string) error {
		if _, err := os.Stat(filepath.Join(dir, compactingFile)); err == nil && path == dir {
			if made, _ := filepath.Glob(filepath.Join(dir, "*"+logSuffix+madeSuffix)); len(made) == 0 {
				return errBroken
			}
		}
		return syncDir(path)
	}
	if _, err := l.Compact(t.Context(), "t", nil); !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	ascending := func(l *Log) {
		t.Helper()
		got, err := all(l, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		for i := range got[1:] {
			if got[i+1].Offset <= got[i].Offset {
				t.Fatalf("offset %d comes after %d", got[i+1].Offset, got[i].Offset)
			}
		}
	}
	ascending(l)
	l.folders.sync = syncDir
	if _, err := l.Compact(t.Context(), "t", nil); err != nil {
		t.Fatal(err)
	}
	checkCompacted(t, l, last, offset, 0)
	if there, known := len(segmentsOf(t, l.dir, 0)), len(l.topics["t"].partitions[0].segments); there != known {
		t.Errorf("%d segments are left, %d are known", there, known)
	}
	stop(t, l)
	again := start(t, l.dir, small())
	ascending(again)
	checkCompacted(t, again, last, offset, 0)
}
