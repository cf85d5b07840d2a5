package eventlog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// TestModes: nobody but their owner may read messages, whatever makes the files.
func TestModes(t *testing.T) {
	if goruntime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	dir := filepath.Join(t.TempDir(), "made", "log")
	l := start(t, dir, &Options{Partitions: 4, SegmentBytes: 64 << 10})
	for i := range 100 {
		m := &driver.Message{Address: "t", Key: []byte{byte(i % 8)}, Value: []byte(long("", 5000))}
		if err := l.Publish(t.Context(), m, &driver.Message{Address: "u", Value: []byte("v")}); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Publish(t.Context(), touching(4)...); err != nil { // by the journal
		t.Fatal(err)
	}
	if err := l.SetPositions("g", Position{"t", 0, 1}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Compact(t.Context(), "t", nil); err != nil {
		t.Fatal(err)
	}
	backup, restored := filepath.Join(t.TempDir(), "backup"), filepath.Join(t.TempDir(), "restored")
	if _, err := l.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(t.Context(), backup, restored); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, root := range []string{filepath.Dir(dir), backup, restored} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := d.Info()
			if err == nil && info.Mode().Perm()&0o077 != 0 {
				t.Errorf("%s has the mode %v", path, info.Mode())
			}
			seen[filepath.Base(path)] = true
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{marksFile, journalFile, writerLock, positionsFile, segmentName(0), manifestFile} {
		if !seen[name] {
			t.Errorf("there was no %s to look at", name)
		}
	}
}

// linked makes a log, puts a link in the place of what a path within it names,
// and returns the log's directory and what the link leads to.
func linked(t *testing.T, path string) (dir, outside string) {
	l := start(t, t.TempDir(), one())
	put(t, l, "one")
	if err := l.SetPositions("g", Position{"t", 0, 0}); err != nil {
		t.Fatal(err)
	}
	stop(t, l)
	outside = filepath.Join(t.TempDir(), "outside")
	at := filepath.Join(l.dir, filepath.FromSlash(path))
	if err := os.Rename(at, outside); errors.Is(err, fs.ErrNotExist) { // as the journal
		err = os.WriteFile(outside, []byte("outside"), fileMode)
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(outside, at); err != nil {
		t.Skip("no links here:", err)
	}
	return l.dir, outside
}

// TestLinksAreRefused: nothing in a log is followed out of it, and what is
// refused is named.
func TestLinksAreRefused(t *testing.T) {
	segment := "topics/t/0/" + segmentName(0)
	for _, path := range []string{
		"topics", "topics/t", "topics/t/0", segment, "topics/t/marks", "journal", "writer.lock",
		"groups", "groups/g", "groups/g/positions", "groups/g/lock",
	} {
		dir, outside := linked(t, path)
		before := tree(t, outside)
		l := start(t, dir, one())
		_, read := all(l, 0, 0)
		_, described := l.Topics()
		published := l.Publish(t.Context(), messagesOf("two")...)
		_, asked := l.Positions("g")
		moved := l.SetPositions("g", Position{"t", 0, 1})
		_, subscribed := l.Transport().Subscribe(t.Context(), driver.Subscription{Addresses: []string{"t"}, Group: "g"})
		err := errors.Join(read, described, published, asked, moved, subscribed)
		if err == nil || !strings.Contains(err.Error(), filepath.Base(path)) || !strings.Contains(err.Error(), "link") {
			t.Errorf("%s: %v", path, err)
		}
		if strings.HasPrefix(path, "topics") && path != "topics/t/marks" && published == nil {
			t.Errorf("%s: published", path)
		}
		if !bytes.Equal(before, tree(t, outside)) {
			t.Errorf("%s: what the link leads to was changed", path)
		}
		stop(t, l)
	}
}

// tree is all there is at a path.
func tree(t *testing.T, path string) (out []byte) {
	t.Helper()
	err := filepath.WalkDir(path, func(path string, d fs.DirEntry, err error) error {
		out = append(out, path...)
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		out = append(out, text...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestOnlyPartitionsCount: what is named otherwise than a partition is none, and
// a topic of which one is missing is damaged.
func TestOnlyPartitionsCount(t *testing.T) {
	l := start(t, t.TempDir(), &Options{Partitions: 2})
	put(t, l, "one", "two")
	stop(t, l)
	in := filepath.Join(l.dir, topicsDir, "t")
	for _, name := range []string{"02", "+2", "-1", "2x", "other"} {
		if err := os.Mkdir(filepath.Join(in, name), dirMode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(in, "3x"), nil, fileMode); err != nil {
		t.Fatal(err)
	}
	again := start(t, l.dir, nil)
	if info, err := again.Topics(); err != nil || len(info[0].Partitions) != 2 {
		t.Errorf("%+v, %v", info, err)
	}
	for _, far := range []string{"3", "2000000000"} {
		if err := os.Mkdir(filepath.Join(in, far), dirMode); err != nil {
			t.Fatal(err)
		}
		if _, err := start(t, l.dir, nil).Topics(); !errors.Is(err, ErrCorrupt) {
			t.Errorf("partitions 0, 1 and %s: %v", far, err)
		}
		if err := os.Remove(filepath.Join(in, far)); err != nil {
			t.Fatal(err)
		}
	}
}

// TestNoPartitions: a directory for a topic that has nothing in it is damage, for who
// publishes too.
func TestNoPartitions(t *testing.T) {
	l := start(t, t.TempDir(), nil)
	put(t, l, "one")
	if err := os.Mkdir(filepath.Join(l.dir, topicsDir, "empty"), dirMode); err != nil {
		t.Fatal(err)
	}
	if err := l.Publish(t.Context(), &driver.Message{Address: "empty"}); !errors.Is(err, ErrCorrupt) {
		t.Errorf("publishing: %v", err)
	}
	put(t, l, "two")
}

// TestLengthsThatLie: files that are long, or say so, cost no memory.
func TestLengthsThatLie(t *testing.T) {
	const large = 32 << 20 // of zeros that take no room
	write := func(path string, b []byte, size int64) {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), dirMode), os.WriteFile(path, b, fileMode), os.Truncate(path, size)); err != nil {
			t.Fatal(err)
		}
	}
	header := header{base: 0}.bytes()
	lengthOf := func(n uint32) []byte { return append(bytes.Clone(header), binary.LittleEndian.AppendUint32(nil, n)...) }
	cases := map[string]func(dir, partition string){
		"record": func(_, p string) { write(filepath.Join(p, segmentName(0)), lengthOf(large-100), large) },
		"record, with a mark": func(d, p string) {
			write(filepath.Join(p, segmentName(0)), lengthOf(large-100), large)
			write(marksOf(d), mark{size: large, next: 7}.bytes(nil), markSize)
		},
		"mark": func(d, p string) {
			write(filepath.Join(p, segmentName(0)), header, headerSize)
			write(marksOf(d), mark{size: 1 << 61, next: maxOffset}.bytes(nil), 1<<32)
		},
		"mark beyond any file": func(d, p string) {
			write(filepath.Join(p, segmentName(0)), header, headerSize)
			write(marksOf(d), mark{size: 1 << 61, next: maxOffset}.bytes(nil), markSize)
		},
		"index":   func(_, p string) { write(filepath.Join(p, indexPath(segmentName(0))), []byte(indexMagic), 1<<32) },
		"journal": func(d, _ string) { write(filepath.Join(d, journalFile), sampleJournal("t", 0, headerSize, nil), 1<<32) },
		"positions": func(d, _ string) {
			write(filepath.Join(d, groupsDir, "g", positionsFile), []byte(positionsMagic), 1<<32)
		},
	}
	for name, make := range cases {
		dir := t.TempDir()
		make(dir, partitionPath(dir, "t", 0))
		if err := os.MkdirAll(partitionPath(dir, "t", 0), dirMode); err != nil {
			t.Fatal(err)
		}
		var before, after goruntime.MemStats
		goruntime.ReadMemStats(&before)
		useAll(t, dir)
		goruntime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 16<<20 {
			t.Errorf("%s: %d MB were allocated", name, n>>20)
		}
	}
}

// useAll does with a log, whatever is in it, all that can be done: it may fail,
// and has to end.
func useAll(t testing.TB, dir string) {
	t.Helper()
	reader := start(t, dir, &Options{ReadOnly: true})
	_, _ = all(reader, 0, 0)
	_, _ = reader.OffsetAt("t", 0, time.Unix(5, 0))
	_, _ = reader.Topics()
	_, _ = reader.Positions("g")
	_, _ = reader.Verify(t.Context(), func(Problem) {})
	stop(t, reader)
	l := start(t, dir, one())
	if l.Publish(t.Context(), messagesOf("after")...) == nil {
		_, end, err := l.Bounds("t", 0)
		if err != nil || end < 1 {
			t.Errorf("published, and the end is %d, %v", end, err)
		}
		got, err := all(l, 0, end-1)
		if err != nil || len(got) != 1 || string(got[0].Value) != "after" {
			t.Errorf("what was published at offset %d: %d messages, %v", end-1, len(got), err)
		}
	}
	_, _ = l.Transport().Subscribe(t.Context(), driver.Subscription{Addresses: []string{"t"}, Group: "g"})
	_, _ = l.Compact(t.Context(), "t", nil)
	_ = l.Truncate("t", 0, 1)
	_ = l.Close(t.Context())
}

// FuzzDirectory: whatever stands in the files of a partition, its log and a
// group, everything that is done with it ends, and what is published is read.
func FuzzDirectory(f *testing.F) {
	dir, segment := crashed(f, true, "one", "two", long("three", 300))
	read := func(path string) []byte {
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		return b
	}
	records, m := read(segment)[:endOf(f, segment)], read(marksOf(dir))
	x := newIndex(0, anyTime)
	x.add(headerSize, 0, 100, 5)
	index := filepath.Join(f.TempDir(), "index")
	if err := x.save(index, 0); err != nil {
		f.Fatal(err)
	}
	f.Add(records, m, read(index), sampleJournal("t", 0, headerSize, []byte("x")), positionsBytes(map[spot]standing{{"t", 0}: {driver.Progress{End: 2}, 0, 0}, {"t", 1}: {driver.Progress{End: 9, Open: []int64{2, 5}}, 7, 3}}), byte(0))
	f.Add(records, mark{size: 1 << 40, next: 1 << 61}.bytes(nil), []byte{}, []byte{}, []byte{}, byte(3))
	f.Add(records[:len(records)-5], mark{size: 90, next: 1, unsynced: true}.bytes(nil), read(index), []byte{}, []byte{}, byte(1))
	f.Fuzz(func(t *testing.T, segment, mark, index, journal, positions []byte, how byte) {
		dir := t.TempDir()
		p := partitionPath(dir, "t", 0)
		files := map[string][]byte{
			filepath.Join(p, segmentName(0)): segment, marksOf(dir): mark,
			indexPath(filepath.Join(p, segmentName(0))): index, filepath.Join(dir, journalFile): journal,
			filepath.Join(dir, groupsDir, "g", positionsFile): positions,
		}
		if how&1 != 0 { // a segment that another seems to replace
			files[filepath.Join(p, segmentName(1))], files[filepath.Join(p, compactingFile)] = segment, nil
		}
		if how&2 != 0 && len(index) > 8 { // an index whose checksums are right
			resum(index)
		}
		for path, b := range files {
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), dirMode), os.WriteFile(path, b, fileMode)); err != nil {
				t.Fatal(err)
			}
		}
		useAll(t, dir)
	})
}

// resum puts the right checksums into an index file.
func resum(b []byte) {
	if len(b) < indexHead {
		return
	}
	head := b[:indexHead]
	binary.LittleEndian.PutUint32(head[indexHead-4:], crc32.Checksum(head[:indexHead-4], castagnoli))
	_, count := parseIndexHead(b, int64(binary.LittleEndian.Uint64(b[8:])))
	b = b[indexHead:]
	for part := int64(-1); part < blocksOf(count); part++ {
		n := partSize(min(partPlaces, count-part*partPlaces))
		if part < 0 {
			n = partSize(blocksOf(count))
		}
		if n > int64(len(b)) {
			return
		}
		binary.LittleEndian.PutUint32(b[n-4:], crc32.Update(headSum(head), castagnoli, b[:n-4]))
		b = b[n:]
	}
}
