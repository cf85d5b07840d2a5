package eventlog

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/internal/share"
)

// TestLostMessagesTakeGroupsBack: what a power cut takes from a log that is not
// synced, positions may have outlived. What is published with those offsets next,
// before or while a group has members, is not taken for handled.
func TestLostMessagesTakeGroupsBack(t *testing.T) {
	dir := t.TempDir()
	l := start(t, dir, &Options{Partitions: 1, Sync: None})
	put(t, l, numbered("old", 0, 10)...)
	kept := copyDir(t, filepath.Join(dir, topicsDir))
	put(t, l, numbered("gone", 0, 10)...)
	groups := []string{"idle", "joined", "behind"}
	for i, end := range []int64{20, 20, 4} {
		if err := l.SetPositions(groups[i], Position{"t", 0, end}, Position{"other", 0, 0}); err != nil {
			t.Fatal(err)
		}
	}
	stop(t, l)
	if err := os.RemoveAll(filepath.Join(dir, topicsDir)); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(kept, filepath.Join(dir, topicsDir)); err != nil {
		t.Fatal(err)
	}
	leaveUnreadable(t, filepath.Join(dir, groupsDir))
	l = start(t, dir, &Options{Partitions: 1, Sync: None})
	r, err := l.Transport().Subscribe(t.Context(), driver.Subscription{Addresses: []string{"other"}, Group: "joined"})
	if err != nil {
		t.Fatal(err)
	}
	put(t, l, numbered("new", 0, 15)...)
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int64{10, 10, 4} {
		at, err := l.Positions(groups[i])
		if err != nil || at[len(at)-1].Offset != want {
			t.Errorf("group %q: %v, %v; want to be at %d", groups[i], at, err, want)
		}
	}
	if v := string(take(t, member(t, l, "idle"), 15)[0].Message().Value); v != "new-0" {
		t.Errorf("the first message is %q", v)
	}
}

// leaveUnreadable leaves groups whose positions nobody can read, or not this process.
func leaveUnreadable(t *testing.T, dir string) {
	t.Helper()
	for name, mode := range map[string]os.FileMode{"damaged": 0o600, "of-somebody-else": 0} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name, positionsFile), []byte("no positions"), mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "no-file", positionsFile), 0o700); err != nil {
		t.Fatal(err)
	}
}

// TestGroupsBeyondTheEndOfManyPartitions: so it is in each of many, one written after the other: what a
// group's file says last of a partition counts, and not what it says of those with other addresses.
func TestGroupsBeyondTheEndOfManyPartitions(t *testing.T) {
	const n = 2 * reachesLooked
	dir := t.TempDir()
	l := start(t, dir, &Options{Partitions: n})
	stands := func(offset int64) {
		var to []Position
		for i := range int32(n) {
			to = append(to, Position{"t", i, offset + int64(i)}, Position{"tt", i, 100})
		}
		if err := l.SetPositions("g", to...); err != nil {
			t.Fatal(err)
		}
	}
	stands(50)
	path := filepath.Join(dir, groupsDir, "g", positionsFile)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	stands(20)
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(before, after[len(positionsMagic):]...), fileMode); err != nil {
		t.Fatal(err)
	}
	each := touching(n)
	slices.SortFunc(each, func(a, b *driver.Message) int { return share.Partition(a.Key, n) - share.Partition(b.Key, n) })
	for i := range n {
		if err := l.Publish(t.Context(), each[i]); err != nil {
			t.Fatal(err)
		}
		at, err := l.Positions("g")
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range at {
			want := map[bool]int64{true: 0, false: 20 + int64(p.Partition)}[int(p.Partition) <= i]
			if p.Address == "tt" {
				want = 100
			}
			if p.Offset != want {
				t.Fatalf("with %d written the group is at %d of partition %d of %q, want %d", i+1, p.Offset, p.Partition, p.Address, want)
			}
		}
	}
	stop(t, l)
}
