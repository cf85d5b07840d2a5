package eventlog

import (
	"os"
	"path/filepath"
	"testing"
)

// TestMarksAreReadAsTheyAre reads marks of two topics with one reader, while they come
// and change.
func TestMarksAreReadAsTheyAre(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	write := func(topic string, partition int64, next int64) {
		f, err := os.OpenFile(filepath.Join(topic, marksFile), os.O_RDWR|os.O_CREATE, fileMode)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = f.Close() }()
		if _, err := f.WriteAt(mark{size: headerSize, next: next}.bytes(nil), partition*markSlot); err != nil {
			t.Fatal(err)
		}
	}
	var marks markReader
	defer marks.close()
	expect := func(topic string, partition int32, next int64) {
		t.Helper()
		m, ok, there := marks.read(topic, partition)
		if m.next != next || ok != (next > 0) || there != ok {
			t.Errorf("partition %d: %d, %v, %v, want %d", partition, m.next, ok, there, next)
		}
	}
	expect(a, 0, 0)
	write(a, 1, 5)
	expect(a, 1, 5) // the file was made since
	expect(a, 0, 0)
	expect(a, 2, 0)
	expect(b, 1, 0)
	write(b, 1, 7)
	expect(b, 1, 7)
	expect(a, 1, 5)
	write(a, 1, 6)
	write(a, 2, 9)
	expect(a, 1, 6)
	expect(a, 2, 9)
	expect(b, 1, 7)
}
