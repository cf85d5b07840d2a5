package eventlog

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// manyPlaces saves the index of a segment with so many places, and returns both.
func manyPlaces(t *testing.T, n int64) (*segment, *index) {
	t.Helper()
	s := &segment{path: filepath.Join(t.TempDir(), segmentName(7)), base: 7}
	x := newIndex(7, 3)
	for i := range n - 1 {
		x.add(headerSize+(i+1)*indexEvery, x.next+5, 10, 100*i)
	}
	if err := x.save(indexPath(s.path), s.base); err != nil {
		t.Fatal(err)
	}
	return s, x
}

// TestIndexFileIsReadInParts: what is looked up in an index's file is what the index
// has, for any number of blocks.
func TestIndexFileIsReadInParts(t *testing.T) {
	for _, n := range []int64{1, 2, partPlaces, partPlaces + 1, 3 * partPlaces, 100*partPlaces + 5, mostPlaces} {
		s, x := manyPlaces(t, n)
		if got := loadIndex(indexPath(s.path), s.base); got == nil || len(got.places) != int(n) || got.times != x.times {
			t.Fatalf("%d places: %+v was read", n, got)
		}
		if got, ok := s.spanOfFile(x.end); !ok || got != x.times {
			t.Errorf("%d places: the times are %+v, %v", n, got, ok)
		}
		r := rand.New(rand.NewPCG(uint64(n), 1))
		for range 500 {
			for how, is := range map[string]beyond{"offset": byOffset(r.Int64N(6*n) + 5), "time": byTime(r.Int64N(110*n) - 5)} {
				want := x.places[last(x.places, is)]
				if got, ok := s.seekFile(x.end, is); !ok || got != want {
					t.Fatalf("%d places, by %s: %+v, %v, want %+v", n, how, got, ok, want)
				}
			}
		}
		if _, ok := s.seekFile(x.end+1, byOffset(9)); ok {
			t.Errorf("%d places: a file that does not tell of all records is used", n)
		}
	}
}

// TestDamagedIndexFileTellsNothing: a bit that flips in the file of an index never
// leads to another place.
func TestDamagedIndexFileTellsNothing(t *testing.T) {
	s, x := manyPlaces(t, 3*partPlaces)
	path := indexPath(s.path)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	is := byOffset(x.places[partPlaces+9].offset)
	unread := 0
	for at := range b {
		b[at] ^= 4
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		b[at] ^= 4
		if got, ok := s.seekFile(x.end, is); ok {
			if unread++; got != x.places[partPlaces+9] {
				t.Fatalf("byte %d: %+v was found", at, got)
			}
		}
		if loadIndex(path, s.base) != nil {
			t.Fatalf("byte %d: the damaged file was read", at)
		}
	}
	if want := 2 * int(partSize(partPlaces)); unread != want {
		t.Errorf("%d bytes do not matter, want %d: those of the two other blocks", unread, want)
	}
}
