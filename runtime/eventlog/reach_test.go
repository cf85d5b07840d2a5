package eventlog

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/driver"
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
