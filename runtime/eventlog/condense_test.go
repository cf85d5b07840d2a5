package eventlog

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/internal/share"
)

// TestChangingAPartitionOfAJournalThatWaits: while the journal has what one partition lacks and cannot be given, others
// are truncated and compacted, also where the journal had entries for them: these are not played over what there is then.
// What waits is not forgotten, nor what the journal is given afterwards.
func TestChangingAPartitionOfAJournalThatWaits(t *testing.T) {
	dir := journalAlone(t, 3, false)
	l := start(t, dir, &Options{Partitions: 1})
	broken := breakFirst(l)
	for i := range 10 {
		if err := l.Publish(t.Context(), &driver.Message{Address: "u", Value: fmt.Append(nil, i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Truncate("t", 0, 0); err != nil {
		t.Errorf("truncating a partition that the journal has entries for: %v", err)
	}
	if err := l.Truncate("t", 1, 0); !errors.Is(err, errBroken) {
		t.Errorf("truncating the one that waits: %v", err)
	}
	if _, err := l.Compact(t.Context(), "u", nil); err != nil {
		t.Errorf("compacting: %v", err)
	}
	if err := l.Truncate("u", 0, 4); err != nil {
		t.Fatalf("truncating: %v", err)
	}
	first := slices.IndexFunc(touching(3), func(m *driver.Message) bool { return share.Partition(m.Key, 3) == 0 })
	for range staysAfter + 4 { // the last of which are not in the journal
		if err := l.Publish(t.Context(), &driver.Message{Address: "t", Key: touching(3)[first].Key, Value: []byte("stays")}); err != nil {
			t.Fatal(err)
		}
	}
	fresh := []*driver.Message{{Address: "u", Value: []byte("new")}}
	for _, m := range touching(3) {
		if share.Partition(m.Key, 3) != 1 {
			fresh = append(fresh, &driver.Message{Address: "t", Key: m.Key, Value: []byte("new")})
		}
	}
	if err := l.Publish(t.Context(), fresh...); err != nil {
		t.Fatal(err)
	}
	killed := copyDir(t, dir)
	cut := copyDir(t, dir) // of the new round no segment has anything
	for _, path := range []string{partitionPath(cut, "t", 2), partitionPath(cut, "u", 0)} {
		shortenLast(t, path)
	}
	broken.Store(false)
	put(t, l, "last")
	for _, l := range []*Log{l, start(t, killed, nil), start(t, cut, nil)} {
		if err := l.becomeWriter(); err != nil {
			t.Fatal(err)
		}
		for at, want := range map[spot][]string{{"t", 0}: append(slices.Repeat([]string{"stays"}, staysAfter+4), "new"), {"t", 1}: {long("", partValue)}, {"t", 2}: {long("", partValue), "new"}, {"u", 0}: {"0", "1", "2", "3", "new"}} {
			got, err := allOf(l, at.address, int(at.partition))
			if err != nil {
				t.Fatal(err)
			}
			got = slices.DeleteFunc(got, func(m *driver.Message) bool { return string(m.Value) == "last" })
			same(t, got, want)
		}
	}
}

// shortenLast takes the last record from the last segment of a partition's directory.
func shortenLast(t *testing.T, dir string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*"+logSuffix))
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	path := paths[len(paths)-1]
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	last := headerSize
	for at := last; ; {
		fr, state := readFrame(b[at:])
		if state != frameGood {
			break
		}
		last, at = at, at+fr.size
	}
	if err := os.Truncate(path, int64(last)); err != nil {
		t.Fatal(err)
	}
}
