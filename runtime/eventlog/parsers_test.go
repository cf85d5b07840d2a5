package eventlog

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// FuzzSmallFiles: whatever stands in a mark, a journal or the positions of a
// group, reading it ends, and what is believed is within bounds and, written
// again, the same.
func FuzzSmallFiles(f *testing.F) {
	good := mark{100, 4096, 130, 7, 3, true}
	f.Add(good.bytes(nil))
	f.Add(mark{base: math.MaxInt64, size: math.MaxInt64, next: -1}.bytes(nil))
	at := func(end int64, serial uint64, open ...int64) standing {
		return standing{driver.Progress{End: end, Open: open}, serial, uint32(end % 3)}
	}
	f.Add(positionsBytes(map[spot]standing{{"orders", 1}: at(17, 0), {"", 0}: at(0, 0), {"a/../b", hasEpoch - 1}: at(math.MaxInt64, 0)}))
	f.Add(positionsBytes(map[spot]standing{{"orders", 1}: at(17, 1), {"", 0}: at(0, 9, 0), {"a/../b", 3}: at(900, 2, 3, 4, 700)}))
	f.Add(sampleUnits(2))
	f.Add(sampleJournal("orders", 0, headerSize, []byte("records")))
	f.Add(sampleJournal("../../outside", -1, math.MinInt64, nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		if m, ok := parseMark(b); ok && (!bytes.Equal(m.bytes(nil), b) || m.base < 0 || m.size < 0 || m.next < m.base) {
			t.Errorf("mark %+v was believed", m)
		}
		if _, _, err := eachEntry(bytes.NewReader(b), int64(len(b)), func(e journalPart) error {
			if e.base < 0 || e.position < headerSize || len(e.topic)+int(e.records.Size()) > len(b) {
				t.Errorf("journal entry %+v was believed", e)
			}
			if !e.isUnits() {
				return nil
			}
			return e.eachUnit(func(p journalPart) error {
				if p.base < 0 || p.position < headerSize || p.isUnits() || int64(len(p.topic))+p.records.Size() > e.records.Size() {
					t.Errorf("part %+v was believed", p)
				}
				return nil
			}, func(group string, at spot, st standing) {
				if !st.sensible() || at.partition < 0 || st.serial == 0 || len(group) > maxName {
					t.Errorf("group %q is at %+v of %+v", group, st, at)
				}
			})
		}); err != nil {
			t.Error(err)
		}
		path := filepath.Join(t.TempDir(), positionsFile)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		at, torn, err := readPositions(path)
		if err != nil {
			return
		}
		for s, st := range at {
			if !st.sensible() || s.partition < 0 || torn < 0 || torn > len(b) {
				t.Errorf("%+v is at %+v, %d bytes torn", s, st, torn)
			}
		}
		if again, torn, err := readPositionsOf(t, positionsBytes(at)); err != nil || torn > 0 || !reflect.DeepEqual(again, at) {
			t.Errorf("%+v is written and read as %+v, %v", at, again, err)
		}
	})
}

// sensible tells whether a standing is one that can be.
func (s standing) sensible() bool {
	last := int64(-1)
	for _, o := range s.Open {
		if o <= last || o >= s.End {
			return false
		}
		last = o
	}
	return s.End >= 0 && s.End <= maxOffset
}

// readPositionsOf reads what is the file of a group.
func readPositionsOf(t *testing.T, b []byte) (map[spot]standing, int, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), positionsFile)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return readPositions(path)
}

// sampleUnits is a journal with so many entries of units.
func sampleUnits(n int) []byte {
	j := &journal{generation: 1}
	b := journalHeader(1)
	for i := range n {
		st := appendStanding(nil, "g", spot{"t", 0}, standing{driver.Progress{End: 9, Open: []int64{int64(i), 7}}, uint64(i + 1), uint32(i)})
		p := &partition{topic: &topic{file: "t"}, number: int32(i), writing: &writing{active: &segment{}, size: headerSize}}
		b = j.appendUnits(b, st, []*unitStep{{p, []byte("records")}, {p, nil}})
	}
	return b
}

// sampleJournal is a journal with one entry, whatever it says.
func sampleJournal(topic string, base, position int64, records []byte) []byte {
	b := journalHeader(1)
	start := len(b)
	b = append(b, make([]byte, 8)...)
	b = binary.LittleEndian.AppendUint64(b, 1)
	b = binary.LittleEndian.AppendUint64(b, uint64(base))
	b = binary.LittleEndian.AppendUint64(b, uint64(position))
	b = binary.LittleEndian.AppendUint32(b, 3)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(topic)))
	b = append(append(b, topic...), records...)
	binary.LittleEndian.PutUint32(b[start:], uint32(len(b)-start))
	binary.LittleEndian.PutUint32(b[start+4:], crc32.Checksum(b[start+8:], castagnoli))
	return b
}

// TestHostileJournalStaysWithin: entries with names that lead elsewhere are not
// played.
func TestHostileJournalStaysWithin(t *testing.T) {
	outside := t.TempDir()
	dir := filepath.Join(outside, "log")
	stop(t, start(t, dir, one()))
	victim := filepath.Join(outside, "3", segmentName(0))
	if err := os.MkdirAll(filepath.Dir(victim), 0o755); err != nil {
		t.Fatal(err)
	}
	before := bytes.Repeat([]byte("v"), 200)
	if err := os.WriteFile(victim, before, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, topicsDir), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, topic := range []string{"../..", "..", ".", "", "../../../" + filepath.Base(outside), outside} {
		if err := os.WriteFile(filepath.Join(dir, journalFile), sampleJournal(topic, 0, headerSize, []byte("overwritten")), 0o644); err != nil {
			t.Fatal(err)
		}
		l := start(t, dir, one())
		put(t, l, "v")
		stop(t, l)
		if now, err := os.ReadFile(victim); err != nil || !bytes.Equal(now, before) {
			t.Fatalf("%q: a file outside was written: %v", topic, err)
		}
	}
}
