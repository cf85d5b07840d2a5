package eventlog

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/internal/workload"
	"github.com/asyncwire/asyncwire/runtime/driver"
)

// platter is a disk under a power cut: it knows, of every page that was written
// and not synced, what it was before. When a sync fails it gives up on the pages, as
// systems do: they are not written by another sync, unless they are written again.
type platter struct {
	mu      sync.Mutex
	off     bool
	pages   map[string]map[int64][]byte
	lost    map[string]map[int64][]byte // what it has given up on
	fails   func(path string) bool      // syncs of which files
	refuses func(path string) bool      // writes to which, of which a half is there then
	is      map[string]os.FileInfo      // the files, another of which may be put in their place
	reverts bool                        // what it has given up on is gone for readers too
}

func newPlatter() *platter {
	return &platter{pages: map[string]map[int64][]byte{}, lost: map[string]map[int64][]byte{}, is: map[string]os.FileInfo{}}
}

// open is the opener of files on it.
func (d *platter) open(path string, flag int) (file, error) {
	f, err := openFile(path, flag)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.forget(path) {
		d.is[path], err = os.Lstat(path)
	}
	return platterFile{f, path, d}, err
}

// forget tells whether the file is another one than is known.
func (d *platter) forget(path string) bool {
	if sameFile(path, d.is[path]) {
		return false
	}
	delete(d.pages, path)
	delete(d.lost, path)
	return true
}

// failing says of which files syncs fail from now on, and that all are written.
func (d *platter) failing(path func(string) bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fails, d.refuses = path, nil
}

// refusing says which files are not written from now on.
func (d *platter) refusing(path func(string) bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refuses = path
}

// giveUp loses the pages of a file that were not synced.
func (d *platter) giveUp(f platterFile) error {
	if d.lost[f.path] == nil {
		d.lost[f.path] = map[int64][]byte{}
	}
	size, _ := f.Size()
	for p, old := range d.pages[f.path] {
		d.lost[f.path][p] = old
		if left := size - p*page; d.reverts && left > 0 {
			_, _ = f.file.WriteAt(old[:min(left, page)], p*page)
		}
	}
	delete(d.pages, f.path)
	return errors.New("pretending that the disk is broken")
}

const page = 4096

// platterFile is a file on it.
type platterFile struct {
	file
	path string
	disk *platter
}

func (f platterFile) WriteAt(b []byte, at int64) (int, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.disk.off {
		return 0, fmt.Errorf("the power is off")
	}
	pages := f.disk.pages[f.path]
	if pages == nil {
		pages = map[int64][]byte{}
		f.disk.pages[f.path] = pages
	}
	for p := at / page; p*page < at+int64(len(b)); p++ {
		if old, ok := f.disk.lost[f.path][p]; ok {
			pages[p] = old
			delete(f.disk.lost[f.path], p)
		}
		if _, ok := pages[p]; !ok {
			old := make([]byte, page)
			n, _ := f.ReadAt(old, p*page)
			clear(old[n:])
			pages[p] = old
		}
	}
	if f.disk.refuses != nil && f.disk.refuses(f.path) {
		n, err := f.file.WriteAt(b[:len(b)/2], at)
		return n, errors.Join(errors.New("pretending that the disk refuses it"), err)
	}
	return f.file.WriteAt(b, at)
}

func (f platterFile) SyncData() error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.disk.off {
		return fmt.Errorf("the power is off")
	}
	if f.disk.fails != nil && f.disk.fails(f.path) {
		return f.disk.giveUp(f)
	}
	delete(f.disk.pages, f.path)
	return nil // the real disk has nothing to do with it
}

func (f platterFile) Truncate(size int64) error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.disk.off {
		return fmt.Errorf("the power is off")
	}
	return f.file.Truncate(size)
}

// cut turns the power off, and loses of what was not synced what r says.
func (d *platter) cut(t *testing.T, r *rand.Rand) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.off = true
	for path, pages := range d.lost {
		if d.pages[path] == nil {
			d.pages[path] = map[int64][]byte{}
		}
		maps.Copy(d.pages[path], pages)
	}
	for _, path := range slices.Sorted(maps.Keys(d.pages)) {
		if d.forget(path) {
			continue
		}
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		info, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range slices.Sorted(maps.Keys(d.pages[path])) {
			_, lost := d.lost[path][p]
			if left := info.Size() - p*page; (lost || r.IntN(2) == 0) && left > 0 {
				if _, err := f.WriteAt(d.pages[path][p][:min(left, page)], p*page); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestPowerCuts cuts the power at random moments, again and again on the same
// log, with one partition and with many: what was acknowledged is there, in
// order, once.
func TestPowerCuts(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 37))
	cuts := 40
	if workload.Long() {
		cuts = 1000
	}
	dir, partitions, acked := "", 0, map[string]int{}
	total := 0
	for round := range cuts {
		if round%10 == 0 {
			dir, acked, partitions = t.TempDir(), map[string]int{}, []int{1, 3, 40}[r.IntN(3)]
		}
		for range 1 + r.IntN(3) { // some with nobody looking in between
			total += cutOff(t, r, dir, partitions, Always, acked)
		}
		l, err := Open(dir, &Options{Partitions: partitions, OnRecover: func(r Recovery) {
			if r.Damage != nil {
				t.Errorf("seed %d: %v", seed, r.Damage)
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		h := recoveredHistory(t, l, partitions)
		checkHistory(t, fmt.Sprintf("seed %d, round %d, %d partitions", seed, round, partitions), h, acked)
		stop(t, l)
	}
	t.Logf("%d power cuts, %d calls acknowledged", cuts, total)
	if total == 0 {
		t.Error("nothing was acknowledged")
	}
}

// TestPowerCutsWithoutSync: a log that is not synced loses its last messages,
// none in between, and that is no damage.
func TestPowerCutsWithoutSync(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 41))
	dir, partitions := "", 0
	for round := range rounds(30, 600) {
		if round%6 == 0 {
			dir, partitions = t.TempDir(), []int{1, 3}[r.IntN(2)]
		}
		cutOff(t, r, dir, partitions, None, map[string]int{})
		for _, sync := range []Sync{None, Always} {
			l, err := Open(dir, &Options{Partitions: partitions, Sync: sync, OnRecover: func(r Recovery) {
				if r.Damage != nil {
					t.Errorf("seed %d: %v", seed, r.Damage)
				}
			}})
			if err != nil {
				t.Fatal(err)
			}
			checkHistory(t, fmt.Sprintf("seed %d, round %d", seed, round), recoveredHistory(t, l, partitions), nil)
			stop(t, l)
		}
	}
}

// cutOff publishes until the power is cut, and notes what was acknowledged.
func cutOff(t *testing.T, r *rand.Rand, dir string, partitions int, how Sync, acked map[string]int) (calls int) {
	t.Helper()
	disk := newPlatter()
	l, err := Open(dir, &Options{Partitions: partitions, SegmentBytes: 64 << 10, Sync: how})
	if err != nil {
		t.Fatal(err)
	}
	l.open = disk.open
	becomeWriter(t, l, r)
	h := recoveredHistory(t, l, partitions)
	var mu sync.Mutex
	var wait sync.WaitGroup
	quota := r.IntN(60)
	for i := range []int{20, 60}[r.IntN(2)] { // with which a round has few partitions, or many
		key, own := fmt.Sprint("key-", i), rand.New(rand.NewPCG(r.Uint64(), 1))
		wait.Go(func() {
			for n := len(h[key]); ; n++ {
				m := &driver.Message{Address: "t", Key: []byte(key), Value: []byte(long(fmt.Sprint(n, " "), own.IntN(2000)))}
				if l.Publish(context.Background(), m) != nil {
					return
				}
				mu.Lock()
				acked[key] = n + 1
				if calls++; calls == quota {
					disk.cut(t, own)
				}
				over := calls >= quota
				mu.Unlock()
				if over {
					return
				}
			}
		})
	}
	wait.Wait()
	disk.mu.Lock()
	disk.off = true
	disk.mu.Unlock()
	_ = l.Close(context.Background())
	unsettle(t, dir) // closing may have had nothing to write, and the system is started anew
	return calls
}

// becomeWriter makes a log the writer first, now and then: what the journal has is
// synced with the rounds that follow then, instead of at once.
func becomeWriter(t *testing.T, l *Log, r *rand.Rand) {
	t.Helper()
	if r.IntN(2) == 0 {
		return
	}
	if _, err := l.write(); err != nil {
		t.Fatal(err)
	}
}

// recoveredHistory makes a log ready and reads it.
func recoveredHistory(t *testing.T, l *Log, partitions int) map[string][]int {
	t.Helper()
	if _, err := l.topicsOf([]string{"t"}); err != nil {
		t.Fatal(err)
	}
	h, err := historyOf(l, partitions)
	if err != nil {
		t.Fatal(err)
	}
	return h
}
