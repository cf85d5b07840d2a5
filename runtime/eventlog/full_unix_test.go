//go:build unix

package eventlog

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/internal/fulldisk"
	"github.com/asyncwire/asyncwire/runtime/driver"
)

// takeAll receives and acknowledges n messages.
func takeAll(r driver.Receiver, n int) error {
	ctx := context.Background()
	for n > 0 {
		batch, err := r.Receive(ctx)
		if err != nil {
			return err
		}
		for _, d := range batch {
			if err := d.Ack(ctx); err != nil {
				return err
			}
		}
		n -= len(batch)
	}
	return nil
}

// fullOptions are those of the log on the full disk.
func fullOptions() *Options { return &Options{Partitions: 3, SegmentBytes: 64 << 10} }

// TestStartOnAFullDisk: a service that starts when the disk is full, after a stop
// or after a crash, consumes what there is; it cannot publish, until there is
// room: then it can, and what it has acknowledged is stored.
func TestStartOnAFullDisk(t *testing.T) {
	for _, crashed := range []bool{false, true} {
		for _, damaged := range []bool{false, true} {
			for _, size := range []int{1, 50, 100, 4096} {
				dir := beforeFull(t, crashed)
				if damaged {
					for p := range 3 {
						setMark(t, dir, p, nil)
					}
				}
				if said := killed(t, fmt.Sprint("full ", dir, " ", size), time.Hour); !slices.Equal(said, []string{"done"}) {
					t.Errorf("crashed %v, without marks %v, %d bytes: %q", crashed, damaged, size, said)
				}
			}
		}
	}
}

// beforeFull makes a log of 90 messages, 5 of which a group has acknowledged.
func beforeFull(t *testing.T, crashed bool) string {
	l := start(t, t.TempDir(), fullOptions())
	for i := range 90 {
		m := &driver.Message{Address: "t", Key: fmt.Append(nil, i), Value: []byte(long("", 3000))}
		if err := l.Publish(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	r, err := l.Transport().Subscribe(t.Context(), driver.Subscription{Addresses: []string{"t"}, Group: "g"})
	if err != nil {
		t.Fatal(err)
	}
	batch, err := r.Receive(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range batch[:5] {
		_ = d.Ack(t.Context())
	}
	if err := r.(driver.Flusher).Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	dir := copyDir(t, l.dir)
	stop(t, l)
	if crashed {
		return dir
	}
	return l.dir
}

// onFullDisk is a process whose disk is full for a while.
func onFullDisk(dir string, size uint64) error {
	fmt.Println("ready")
	if err := fulldisk.Begin(size); err != nil {
		return err
	}
	ctx := context.Background()
	l, err := Open(dir, fullOptions())
	if err != nil {
		return err
	}
	r, err := l.Transport().Subscribe(ctx, driver.Subscription{Addresses: []string{"t"}, Group: "g"})
	if err != nil {
		return fmt.Errorf("subscribing: %w", err)
	}
	if err := takeAll(r, 85); err != nil {
		return fmt.Errorf("consuming: %w", err)
	}
	if err := publishLarge(l); !errors.Is(err, ErrFull) || errors.Is(err, driver.ErrUnknownOutcome) {
		return fmt.Errorf("publishing: %w", err)
	}
	if err := publishTogether(l); err != nil && (!errors.Is(err, ErrFull) || errors.Is(err, driver.ErrUnknownOutcome)) {
		return fmt.Errorf("publishing together: %w", err)
	} else if err == nil {
		return errors.New("there was room for messages of 5000 bytes")
	}
	if err := lookAround(dir); err != nil {
		return err
	}
	_ = r.(driver.Flusher).Flush(ctx) // there may be room for it
	if err := fulldisk.End(); err != nil {
		return err
	}
	if err := publishLarge(l); err != nil {
		return fmt.Errorf("publishing when there is room: %w", err)
	}
	if err := publishTogether(l); err != nil {
		return fmt.Errorf("publishing together when there is room: %w", err)
	}
	if err := errors.Join(takeAll(r, 20), r.(driver.Flusher).Flush(ctx)); err != nil {
		return fmt.Errorf("consuming when there is room: %w", err)
	}
	ps, err := l.Positions("g")
	sum := int64(0)
	for _, p := range ps {
		sum += p.Offset
	}
	if err != nil || sum != 110 {
		return fmt.Errorf("positions %+v, %w", ps, err)
	}
	if err := l.Close(ctx); err != nil {
		return err
	}
	fmt.Println("done")
	return nil
}

// publishLarge publishes messages that need new segments.
func publishLarge(l *Log) error {
	var errs []error
	for key := range byte(10) {
		m := &driver.Message{Address: "t", Key: []byte{key}, Value: []byte(long("", 70_000))}
		errs = append(errs, l.Publish(context.Background(), m))
	}
	return errors.Join(errs...)
}

// publishTogether publishes ten messages in one round, by the journal.
func publishTogether(l *Log) error {
	var batch []*driver.Message
	for key := range byte(10) {
		batch = append(batch, &driver.Message{Address: "t", Key: []byte{key}, Value: []byte(long("", 5000))})
	}
	return l.Publish(context.Background(), batch...)
}

// lookAround does what the tools do, which write nothing.
func lookAround(dir string) error {
	reader, err := Open(dir, &Options{ReadOnly: true})
	if err != nil {
		return err
	}
	var found []Problem
	v, err := reader.Verify(context.Background(), func(p Problem) { found = append(found, p) })
	if err != nil || v.Messages != 90 || len(found) > 0 {
		return fmt.Errorf("verified %+v, %+v, %w", v, found, err)
	}
	_, err = reader.Topics()
	return errors.Join(err, reader.Close(context.Background()))
}

// TestUnitsOfAGroupOnAFullDisk: what units have done is put into a group's file that could not be
// replaced when it was opened, as soon as there is room: the journal forgets it then.
func TestUnitsOfAGroupOnAFullDisk(t *testing.T) {
	l := start(t, t.TempDir(), one())
	if err := l.SetPositions("g", Position{Address: "t", Offset: 1}); err != nil {
		t.Fatal(err)
	}
	stop(t, l)
	path := filepath.Join(l.dir, groupsDir, "g", positionsFile)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if said := killed(t, fmt.Sprint("units ", l.dir, " ", info.Size()), time.Hour); !slices.Equal(said, []string{"done"}) {
		t.Fatalf("%q", said)
	}
	now, _, err := readPositions(path)
	if at := (spot{"t", 1}); err != nil || now[at].serial != 1 || now[at].End != 5 {
		t.Errorf("the file has %+v, %v", now[at], err)
	}
}

// unitsOnFullDisk is a process that learns what units have done, and has room for it later.
func unitsOnFullDisk(dir string, size uint64) error {
	fmt.Println("ready")
	if err := fulldisk.Begin(size); err != nil {
		return err
	}
	l, err := Open(dir, one())
	if err != nil {
		return err
	}
	done := unitStandings{{"t", 1}: {{driver.Progress{End: 5}, 1, 0}}}
	s, err := l.openPositionsWith("g", func(string) (unitStandings, error) { return done, nil })
	if err := errors.Join(err, fulldisk.End()); err != nil {
		return err
	}
	if err := s.close(); err != nil {
		return err
	}
	fmt.Println("done")
	return l.Close(context.Background())
}

// TestDropOnAFullDisk: what makes room works when there is none.
func TestDropOnAFullDisk(t *testing.T) {
	l := start(t, t.TempDir(), small())
	for i := range 100 {
		put(t, l, long(fmt.Sprint(i), 5000))
	}
	stop(t, l)
	if said := killed(t, fmt.Sprint("drop ", l.dir, " 1"), time.Hour); !slices.Equal(said, []string{"done"}) {
		t.Fatalf("%q", said)
	}
	l = start(t, l.dir, small())
	if first, end, err := l.Bounds("t", 0); err != nil || first < 40 || end != 100 || len(segmentsOf(t, l.dir, 0)) > 6 {
		t.Errorf("from %d on, %v", first, err)
	}
	put(t, l, "more")
}

// dropOnFullDisk is a process that makes room.
func dropOnFullDisk(dir string, size uint64) error {
	fmt.Println("ready")
	if err := fulldisk.Begin(size); err != nil {
		return err
	}
	l, err := Open(dir, small())
	if err != nil {
		return err
	}
	if _, err := l.DropBefore("t", 0, 60); err != nil {
		return err
	}
	fmt.Println("done")
	return l.Close(context.Background())
}
