package eventlog

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/asyncwire/asyncwire/internal/workload"
	"github.com/asyncwire/asyncwire/runtime/driver"
)

// crashed leaves a log with these values as a killed process does: nothing is
// tidied. Without a mark it is as after a power cut.
func crashed(t testing.TB, marked bool, values ...string) (dir, segment string) {
	t.Helper()
	l := start(t, t.TempDir(), one())
	for _, v := range values {
		put(t, l, v)
	}
	dir = copyDir(t, l.dir)
	if !marked {
		setMark(t, dir, 0, nil)
	}
	return dir, segmentsOf(t, dir, 0)[0]
}

// endOf returns where the records of a segment end.
func endOf(t testing.TB, segment string) int64 {
	t.Helper()
	f, err := os.Open(segment)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	pos, _, _, err := scan(f, headerSize, info.Size(), 0, false, func(int64, frame, []byte) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	return pos
}

func TestTornEndIsCutOffAtEveryByte(t *testing.T) {
	_, segment := crashed(t, false, "one", "two")
	from := endOf(t, segment)
	dir, segment := crashed(t, false, "one", "two", "three, which is torn")
	to := endOf(t, segment)
	whole, err := os.ReadFile(segment)
	if err != nil {
		t.Fatal(err)
	}
	for _, padded := range []bool{false, true} {
		for cut := from; cut < to; cut++ {
			torn := append([]byte{}, whole[:cut]...)
			if padded {
				torn = append(torn, make([]byte, 5000)...)
			}
			if err := os.WriteFile(segment, torn, 0o644); err != nil {
				t.Fatal(err)
			}
			setMark(t, dir, 0, nil)
			checkTorn(t, dir, cut, from)
		}
	}
}

// checkTorn opens a log whose third record is cut off at a byte, and publishes
// again.
func checkTorn(t *testing.T, dir string, cut, from int64) {
	t.Helper()
	var told []Recovery
	reader := start(t, dir, &Options{ReadOnly: true})
	holds(t, reader, "one", "two")
	stop(t, reader)
	o := one()
	o.OnRecover = func(r Recovery) { told = append(told, r) }
	l := start(t, dir, o)
	put(t, l, "again")
	holds(t, l, "one", "two", "again")
	stop(t, l)
	switch {
	case cut == from && len(told) != 0:
		t.Fatalf("a whole log was recovered: %+v", told)
	case cut > from && (len(told) != 1 || told[0].Position != from || told[0].Next != 2 || told[0].Damage != nil || told[0].Address != "t"):
		t.Fatalf("cut at %d: told %+v", cut, told)
	}
	holds(t, start(t, dir, one()), "one", "two", "again")
}

func TestTornHeaderIsMadeAgain(t *testing.T) {
	dir, segment := crashed(t, true, "one")
	whole, err := os.ReadFile(segment)
	if err != nil {
		t.Fatal(err)
	}
	next := filepath.Join(filepath.Dir(segment), segmentName(1))
	for cut := range headerSize {
		if err := os.WriteFile(next, whole[:cut], 0o644); err != nil {
			t.Fatal(err)
		}
		l := start(t, copyDir(t, dir), one())
		holds(t, l, "one")
		put(t, l, "two")
		holds(t, l, "one", "two")
		stop(t, l)
	}
}

// TestNoFlippedBitPasses flips bits of a segment that was acknowledged as a
// whole: a reader gets the records before, unchanged, and then ErrCorrupt or,
// where the flip is in bytes that mean nothing, all.
func TestNoFlippedBitPasses(t *testing.T) {
	want := numbered(long("value", 50), 0, 20)
	dir, segment := crashed(t, true, want...)
	whole, err := os.ReadFile(segment)
	if err != nil {
		t.Fatal(err)
	}
	end := endOf(t, segment)
	r := rand.New(rand.NewPCG(5, 5))
	step := 7
	if workload.Long() {
		step = 1
	}
	for at := 0; at < int(end); at += 1 + r.IntN(step)*2 {
		flipped := append([]byte{}, whole...)
		flipped[at] ^= 1 << r.IntN(8)
		if err := os.WriteFile(segment, flipped, 0o644); err != nil {
			t.Fatal(err)
		}
		l := start(t, dir, &Options{ReadOnly: true})
		got, err := all(l, 0, 0)
		harmless := at >= headerBytes && at < headerSize
		var damage *CorruptError
		switch {
		case harmless && (err != nil || len(got) != len(want)):
			t.Fatalf("byte %d, which means nothing: %d messages, %v", at, len(got), err)
		case !harmless && (!errors.Is(err, ErrCorrupt) || !errors.As(err, &damage) || damage.Path != segment):
			t.Fatalf("byte %d: %d messages and %v", at, len(got), err)
		case !harmless && (damage.Offset != int64(len(got)) || damage.Position > int64(at)):
			t.Fatalf("byte %d: %d messages and %+v", at, len(got), damage)
		}
		same(t, got, want[:len(got)])
		stop(t, l)
	}
}

// TestDamageIsKeptAndWritingGoesOn: a writer that finds acknowledged records
// damaged says so, cuts nothing off and goes on behind them.
func TestDamageIsKeptAndWritingGoesOn(t *testing.T) {
	values := numbered("value", 0, 10)
	dir, segment := crashed(t, true, values...)
	whole, err := os.ReadFile(segment)
	if err != nil {
		t.Fatal(err)
	}
	size := (endOf(t, segment) - headerSize) / 10
	whole[headerSize+4*size+20] ^= 0x10
	if err := os.WriteFile(segment, whole, 0o644); err != nil {
		t.Fatal(err)
	}
	var told []Recovery
	o := one()
	o.OnRecover = func(r Recovery) { told = append(told, r) }
	l := start(t, dir, o)
	put(t, l, "after")
	if len(told) != 1 || told[0].Damage == nil || told[0].Damage.Offset != 4 || told[0].Dropped != 0 || told[0].Next != 10 {
		t.Fatalf("told %+v", told)
	}
	got, err := all(l, 0, 0)
	if !errors.Is(err, ErrCorrupt) {
		t.Fatalf("reading past damage: %v", err)
	}
	same(t, got, values[:4])
	r, err := l.Reader("t", 0, 4)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.Read(); !errors.Is(err, ErrCorrupt) {
		t.Fatalf("reading at damage: %v", err)
	}
	if from, to, err := r.Skip(); from != 4 || to != 5 || err != nil {
		t.Fatalf("skipped %d to %d, %v", from, to, err)
	}
	rest, err := r.Read()
	if err != nil || len(rest) != 5 || string(rest[4].Value) != "value-9" {
		t.Fatalf("behind the damage: %d, %v", len(rest), err)
	}
	if rest, err = r.Read(); err != nil || len(rest) != 1 || string(rest[0].Value) != "after" || rest[0].Offset != 10 {
		t.Fatalf("behind the segment: %d, %v", len(rest), err)
	}
}

func TestMissingSegmentIsDamage(t *testing.T) {
	dir := t.TempDir()
	l := start(t, dir, &Options{Partitions: 1, SegmentBytes: 64 << 10})
	for i := range 60 {
		put(t, l, long(fmt.Sprint(i), 5000))
	}
	stop(t, l)
	if err := os.Remove(segmentsOf(t, dir, 0)[1]); err != nil {
		t.Fatal(err)
	}
	l = start(t, dir, one())
	if _, err := all(l, 0, 0); !errors.Is(err, ErrCorrupt) {
		t.Errorf("a segment is missing: %v", err)
	}
}

// rounds is how often something random is tried.
func rounds(quick, long int) int {
	if workload.Long() {
		return long
	}
	return quick
}

// faulty is a file whose calls fail while fault says so.
type faulty struct {
	file
	fault func(op string, n int) (int, error)
}

func (f faulty) WriteAt(b []byte, at int64) (int, error) {
	n, err := f.fault("write", len(b))
	if err != nil {
		_, _ = f.file.WriteAt(b[:n], at)
		return n, err
	}
	return f.file.WriteAt(b, at)
}

func (f faulty) SyncData() error {
	if _, err := f.fault("sync", 0); err != nil {
		return err
	}
	return f.file.SyncData()
}

func (f faulty) Allocate(from, size int64) error {
	if _, err := f.fault("allocate", 0); err != nil {
		return err
	}
	return f.file.Allocate(from, size)
}

func (f faulty) Truncate(size int64) error {
	if _, err := f.fault("truncate", 0); err != nil {
		return err
	}
	return f.file.Truncate(size)
}

// wreck puts a fault under a log.
func wreck(l *Log, fault func(op string, n int) (int, error)) {
	l.open = func(path string, flag int) (file, error) {
		f, err := openFile(path, flag)
		if err != nil {
			return nil, err
		}
		return faulty{f, fault}, nil
	}
}

// TestFullDisk lets the disk be full at random moments: what was acknowledged
// stays readable and in order, what was refused is not there, and publishing
// works again when there is room.
func TestFullDisk(t *testing.T) {
	refused := 0
	for seed := range uint64(rounds(8, 200)) {
		r := rand.New(rand.NewPCG(seed, 9))
		l := start(t, t.TempDir(), &Options{Partitions: 1, SegmentBytes: 64 << 10})
		room := 0
		wreck(l, func(op string, n int) (int, error) {
			if op == "sync" || op == "truncate" {
				return 0, nil
			}
			if room -= max(n, 1); room < 0 {
				return r.IntN(n + 1), fmt.Errorf("pretending: %w", errQuota)
			}
			return 0, nil
		})
		var want []string
		for i := range 200 {
			if r.IntN(10) == 0 {
				room = r.IntN(200_000)
			}
			v := long(fmt.Sprint(i, "-"), r.IntN(5000))
			err := l.Publish(t.Context(), messagesOf(v)...)
			switch {
			case err == nil:
				want = append(want, v)
			case errors.Is(err, ErrFull) && !errors.Is(err, driver.ErrUnknownOutcome):
				refused++
			default:
				t.Fatalf("seed %d: %v", seed, err)
			}
			if i%50 == 0 {
				got, err := all(l, 0, 0)
				if err != nil {
					t.Fatalf("seed %d: reading while the disk is full: %v", seed, err)
				}
				same(t, got, want)
			}
		}
		room = 1 << 30
		put(t, l, "room again")
		want = append(want, "room again")
		holds(t, l, want...)
		stop(t, l)
		holds(t, start(t, l.dir, one()), want...)
	}
	if refused == 0 {
		t.Error("the disk was never full")
	}
}

// TestFailedSync: what could not be synced is an unknown outcome, and later
// messages are stored behind what is known.
func TestFailedSync(t *testing.T) {
	for seed := range uint64(rounds(8, 200)) {
		r := rand.New(rand.NewPCG(seed, 11))
		l := start(t, t.TempDir(), &Options{Partitions: 1, SegmentBytes: 64 << 10})
		bad := false
		wreck(l, func(op string, n int) (int, error) {
			if bad && op == "sync" && r.IntN(3) == 0 {
				return 0, errors.New("pretending that the disk is broken")
			}
			return 0, nil
		})
		put(t, l, "first")
		bad = true
		want := []string{"first"}
		for i := range 100 {
			v := long(fmt.Sprint(i, "-"), r.IntN(3000))
			if err := l.Publish(t.Context(), messagesOf(v)...); err == nil {
				want = append(want, v)
			}
		}
		if len(want) == 101 {
			t.Fatal("no sync failed")
		}
		holds(t, l, want...)
		stop(t, l)
		holds(t, start(t, l.dir, one()), want...)
	}
}

func FuzzSegment(f *testing.F) {
	_, segment := crashed(f, true, "one", "two", long("three", 300))
	b, err := os.ReadFile(segment)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b[:endOf(f, segment)])
	f.Add(b[:headerSize])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		dir := t.TempDir()
		path := partitionPath(dir, "t", 0)
		if err := os.MkdirAll(path, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(path, segmentName(0)), b, 0o644); err != nil {
			t.Fatal(err)
		}
		l := start(t, dir, one())
		before, err := all(l, 0, 0)
		if err != nil && !errors.Is(err, ErrCorrupt) {
			t.Fatal(err)
		}
		_, end, err := l.Bounds("t", 0)
		if err != nil {
			t.Fatal(err)
		}
		put(t, l, "after")
		after, err := all(l, 0, end)
		if err != nil || len(after) != 1 || string(after[0].Value) != "after" {
			t.Fatalf("%d records, and then %v", len(before), err)
		}
	})
}

func FuzzRecord(f *testing.F) {
	m := driver.Message{Key: []byte("k"), Value: []byte("v"), Headers: []driver.Header{{Key: "h"}, {Key: "i", Value: []byte("w")}}}
	r := appendRecord(nil, &m, 5)
	number(r, 7)
	f.Add(r[frameSize:])
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) < minBody {
			return
		}
		r := append(make([]byte, frameSize), body...)
		r[0], r[1], r[2], r[3] = byte(len(body)), byte(len(body)>>8), byte(len(body)>>16), byte(len(body)>>24)
		sum := checksum(r)
		r[4], r[5], r[6], r[7] = byte(sum), byte(sum>>8), byte(sum>>16), byte(sum>>24)
		fr, state := readFrame(r)
		if state != frameGood || fr.size != len(r) {
			t.Fatalf("state %d, size %d", state, fr.size)
		}
		var m driver.Message
		if !decodeRecord(r, &m) {
			return
		}
		again := appendRecord(nil, &m, fr.time)
		number(again, fr.offset)
		var n driver.Message
		if !decodeRecord(again, &n) || string(m.Key) != string(n.Key) || string(m.Value) != string(n.Value) ||
			len(m.Headers) != len(n.Headers) || m.Offset != n.Offset || m.Time != n.Time {
			t.Fatalf("%+v becomes %+v", m, n)
		}
	})
}

// TestDamagedMarkConcernsNoOther: the partitions of a topic share a file of marks, and one
// that is torn or lost is found anew without a word of the others.
func TestDamagedMarkConcernsNoOther(t *testing.T) {
	const partitions = 4
	for _, torn := range [][]byte{nil, []byte("torn"), mark{size: headerSize}.bytes(nil)[:markSize-1]} {
		l := start(t, t.TempDir(), &Options{Partitions: partitions})
		if err := l.Publish(t.Context(), touching(partitions)...); err != nil {
			t.Fatal(err)
		}
		dir := copyDir(t, l.dir)
		setMark(t, dir, 1, torn)
		reader := start(t, dir, &Options{ReadOnly: true})
		for p := range partitions {
			if _, end, err := reader.Bounds("t", p); err != nil || end != 1 {
				t.Errorf("%q: partition %d ends at %d, %v", torn, p, end, err)
			}
		}
		var found []Recovery
		o := Options{Partitions: partitions, OnRecover: func(r Recovery) { found = append(found, r) }}
		writer := start(t, dir, &o)
		if err := writer.Publish(t.Context(), touching(partitions)...); err != nil {
			t.Fatal(err)
		}
		for p := range partitions {
			m, ok, _ := readMark(filepath.Dir(marksOf(dir)), int32(p))
			if got, err := all(writer, p, 0); err != nil || len(got) != 2 || !ok || m.next != 2 {
				t.Errorf("%q: partition %d: %d messages, %v; its mark is %+v", torn, p, len(got), err, m)
			}
		}
		for _, r := range found { // what is left of room is no record
			if r.Damage != nil || r.Partition != 1 {
				t.Errorf("%q: told of %+v", torn, r)
			}
		}
	}
}
