package eventlog

import "sync"

// recentBytes is how much of what was stored last a log has in memory, of all partitions together.
const recentBytes = 128 << 10

// recent is what was stored last: who stands at the end of a partition is handed that without its
// file being read. What is not there any more, or never was, is in the file.
type recent struct {
	mu      sync.Mutex
	ring    []byte // nil until somebody waits for what comes
	written int64  // bytes that were ever put into it: the last are there
}

// recently says where the ring has what lies in a segment from one position to another. It stays true:
// what readers were shown lies where it is as long as its segment is one of the partition's.
type recently struct{ from, to, at int64 }

// keep takes up records that lie at a position of a segment. Many at once are left to the file, of which
// a large part is read with one call.
func (r *recent) keep(s *segment, records []byte, pos int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ring == nil {
		r.ring = make([]byte, recentBytes)
	}
	if len(records) > len(r.ring)/4 {
		return
	}
	if k := s.recently; k.to != pos || k.at+k.to-k.from != r.written {
		s.recently = recently{from: pos, at: r.written}
	}
	s.recently.to = pos + int64(len(records))
	n := copy(r.ring[r.written%int64(len(r.ring)):], records)
	copy(r.ring, records[n:])
	r.written += int64(len(records))
}

// read fills b with what lies at a position of a segment, if all of it is there.
func (r *recent) read(s *segment, b []byte, pos int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := s.recently
	at := k.at + pos - k.from
	if pos < k.from || pos+int64(len(b)) > k.to || at < r.written-int64(len(r.ring)) {
		return false
	}
	n := copy(b, r.ring[at%int64(len(r.ring)):])
	copy(b[n:], r.ring)
	return true
}
