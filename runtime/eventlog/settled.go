package eventlog

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io/fs"
	"math/bits"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A partition is settled when it is as its mark tells: that is durable and there, nothing lies behind it, and
// no mark is missing where there is a segment. Who joins a group where nobody writes has to know, and to look takes 30 µs
// for each partition. So the writer keeps a file that says which may be otherwise: those that the round under
// way is for, those that something has failed for, and those that it has taken over and not looked at. It says so
// before it does anything to a partition, so that wherever it is killed every other one is settled, whatever the
// journal has for it. The file is not synced, as no mark is: it counts for nothing once the system was started
// anew, and none in a copy, which is told by another file, or where it was put in the place of this one, by the time at which
// the system says that the file was last changed.
//
// It is unsettledMagic; what tells the start of the system and the file, unsettledOf bytes; when it was written, int64
// nanoseconds since 1970; a bit for each slot (see slotOf); CRC-32C of all before. Without it every partition may be otherwise.
const (
	unsettledFile  = "unsettled"
	unsettledMagic = "awopn\r\n\x01"
	unsettledOf    = 56
	unsettledBits  = len(unsettledMagic) + unsettledOf + 8
	unsettledSize  = unsettledBits + changesSlots/8 + 4
	// unsettledLate is how long a write may take, by the clock of the system that files are timed by.
	unsettledLate = 200 * time.Millisecond
	// unsettledMore is how many slots the file goes on naming that nothing is done to: as many are looked at
	// sooner than a call of the system is made for each round.
	unsettledMore = 16
)

// boot names the time since the system was started. Where it is not known no file counts.
var boot = sync.OnceValue(bootID)

// slots is a set of slots.
type slots [changesSlots / 64]uint64

func (s *slots) has(slot uint16) bool { return s[slot/64]>>(slot%64)&1 != 0 }
func (s *slots) add(slot uint16)      { s[slot/64] |= 1 << (slot % 64) }
func (s *slots) remove(slot uint16)   { s[slot/64] &^= 1 << (slot % 64) }

// beyond returns how many are not in another set.
func (s *slots) beyond(o *slots) (n int) {
	for i := range s {
		n += bits.OnesCount64(s[i] &^ o[i])
	}
	return n
}

// anySlot are all of them.
var anySlot = func() (all slots) {
	for i := range all {
		all[i] = ^uint64(0)
	}
	return all
}()

// unsettled is the file, while this Log writes.
type unsettled struct {
	mu    sync.Mutex
	file  *os.File              // nil when nothing is said: without it all may be otherwise
	of    []byte                // what tells the file
	base  atomic.Pointer[slots] // of partitions that were taken over and not looked at; nil is all
	open  []*partition          // that this Log has said may be otherwise
	ended []*partition          // room for who has the turn
	in    [changesSlots]uint16  // how many of them each slot has
	now   slots                 // base, and the slots of open
	says  slots                 // the file
	doubt bool                  // a sync has failed: nothing is known any more
}

// unsettledIn returns of which slots a partition may be unsettled, where nobody writes or the lock is held.
func unsettledIn(dir string) slots {
	f, err := openRegular(filepath.Join(dir, unsettledFile), os.O_RDONLY)
	if err != nil {
		return anySlot
	}
	defer func() { _ = f.Close() }()
	return readUnsettled(f)
}

// unsettledID tells a file, and the start of the system; nil where that is not known.
func unsettledID(f *os.File) []byte {
	info, err := f.Stat()
	if err != nil || boot() == "" {
		return nil
	}
	device, number := identityOf(info)
	b := make([]byte, unsettledOf)
	binary.LittleEndian.PutUint64(b, device)
	binary.LittleEndian.PutUint64(b[8:], number)
	copy(b[16:], boot())
	return b
}

// readUnsettled reads the file.
func readUnsettled(f *os.File) (s slots) {
	b := make([]byte, unsettledSize+1)
	n, _ := f.ReadAt(b, 0)
	id, sum, head := unsettledID(f), unsettledSize-4, len(unsettledMagic)
	if n != unsettledSize || id == nil || string(b[:head]) != unsettledMagic || string(b[head:head+unsettledOf]) != string(id) ||
		crc32.Checksum(b[:sum], castagnoli) != binary.LittleEndian.Uint32(b[sum:]) || !changedAt(f, int64(binary.LittleEndian.Uint64(b[head+unsettledOf:]))) {
		return anySlot
	}
	for i := range s {
		s[i] = binary.LittleEndian.Uint64(b[unsettledBits+8*i:])
	}
	return s
}

// changedAt tells whether a file was last changed when somebody says to have written it. What has copied something else
// into it since cannot set that time, other than that of its content.
func changedAt(f *os.File, said int64) bool {
	info, err := f.Stat()
	if err != nil {
		return false
	}
	late := changeOf(info) - said
	return -int64(unsettledLate) < late && late < int64(unsettledLate)
}

// take takes over what the last writer has left, before anything is done. Without durable, marks never
// tell what is: nothing is said then. An error says that the file goes on saying what will not be so.
func (u *unsettled) take(dir string, durable bool) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.forget()
	flag := os.O_RDWR
	if durable && boot() != "" {
		flag |= os.O_CREATE
	}
	f, err := openRegular(filepath.Join(dir, unsettledFile), flag)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(typed(err), ErrFull) {
		return nil
	}
	if err != nil {
		return err
	}
	u.file, u.of = f, unsettledID(f)
	base := readUnsettled(f)
	u.base.Store(&base)
	u.now, u.says = base, base
	if durable && u.of != nil && base != anySlot {
		return nil
	}
	if err = u.silence(); err != nil || !durable || u.of == nil {
		err = errors.Join(err, f.Close())
		u.file = nil
	}
	return err
}

// forget forgets everything. u.mu is held.
func (u *unsettled) forget() {
	for _, p := range u.open {
		p.unsettled = false
	}
	u.base.Store(nil)
	u.doubt, u.now, u.open, u.in = false, anySlot, nil, [changesSlots]uint16{}
}

// silence has the file say nothing, when what it is to say cannot be written. When that fails too nobody knows what it
// says, and it has to be written before anything else is done. u.mu is held.
func (u *unsettled) silence() error {
	u.says = slots{}
	err := u.file.Truncate(0)
	if err == nil {
		u.says = anySlot
	}
	return typed(err)
}

// write has the file say what is so now. u.mu is held.
func (u *unsettled) write() error {
	b := make([]byte, 0, unsettledSize)
	b = append(append(b, unsettledMagic...), u.of...)
	b = binary.LittleEndian.AppendUint64(b, uint64(now()))
	for _, word := range u.now {
		b = binary.LittleEndian.AppendUint64(b, word)
	}
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
	if _, err := u.file.WriteAt(b, 0); err != nil {
		return u.silence()
	}
	u.says = u.now
	return nil
}

// begin says of a partition that it may be unsettled from now on, before anything is done to it.
func (u *unsettled) begin(p *partition) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.add(p)
	return u.say()
}

// beginAll is begin for those of a round.
func (u *unsettled) beginAll(steps []writeStep) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	for i := range steps {
		u.add(steps[i].p)
	}
	return u.say()
}

// beginUnits is begin for those that units have messages for.
func (u *unsettled) beginUnits(units []*unit) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, unit := range units {
		for _, part := range unit.parts {
			u.add(part.p)
		}
	}
	return u.say()
}

// add is begin without telling. u.mu is held.
func (u *unsettled) add(p *partition) {
	if p.unsettled {
		return
	}
	p.unsettled, u.open = true, append(u.open, p)
	u.in[p.slot]++
	u.now.add(p.slot)
}

// say tells what is so now, if the file does not. u.mu is held.
func (u *unsettled) say() error {
	if u.file == nil || u.now.beyond(&u.says) == 0 {
		return nil
	}
	return u.write()
}

// end says so no more of those that are settled. Whoever has the turn calls it, when what has happened
// is in the segments: nobody else does anything to those that are ready to be written.
func (u *unsettled) end() {
	u.mu.Lock()
	u.ended = append(u.ended[:0], u.open...)
	u.mu.Unlock()
	u.ended = slices.DeleteFunc(u.ended, func(p *partition) bool { return !p.settled() })
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, p := range u.ended {
		u.remove(p)
	}
	clear(u.ended)
	u.open = slices.DeleteFunc(u.open, func(p *partition) bool { return !p.unsettled })
	if u.file != nil && u.says != anySlot && u.says.beyond(&u.now) > unsettledMore {
		_ = u.write() // what it says is too much
	}
}

// remove is end for one partition. u.mu is held.
func (u *unsettled) remove(p *partition) {
	p.unsettled = false
	if u.in[p.slot]--; u.in[p.slot] == 0 {
		if base := u.unsure(); !base.has(p.slot) {
			u.now.remove(p.slot)
		}
	}
}

// leave is end for a partition that is not written any more, or begin where it was not left settled.
func (u *unsettled) leave(p *partition, settled bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !settled {
		u.add(p)
	} else if p.unsettled {
		u.remove(p)
		u.open = slices.DeleteFunc(u.open, func(o *partition) bool { return o == p })
	}
}

// unsure returns of which slots a partition may be unsettled that this Log does not write. It waits for no disk.
func (u *unsettled) unsure() slots {
	if base := u.base.Load(); base != nil {
		return *base
	}
	return anySlot
}

// looked says that all that was taken over is settled, but for what this Log writes.
func (u *unsettled) looked() {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.doubt {
		return
	}
	u.base.Store(new(slots))
	u.now = slots{}
	for _, p := range u.open {
		u.now.add(p.slot)
	}
	if u.file != nil {
		_ = u.write()
	}
}

// distrust says that any partition may be unsettled, after a sync has failed: what was stored before may be gone
// from the segments, and has to be put there again from the journal.
func (u *unsettled) distrust() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.base.Store(nil)
	u.doubt, u.now = true, anySlot
	if u.file != nil {
		_ = u.say() // else it is before anything is stored
	}
}

// close gives up the file, before somebody else may write. What it says then is so if sure, or else nothing; one who is not
// the writer any more leaves it.
func (u *unsettled) close(held, sure bool) (err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.file != nil {
		switch {
		case held && !sure:
			err = u.silence()
		case held && u.says != u.now && u.says != anySlot:
			err = u.write()
		}
		err = errors.Join(err, u.file.Close())
		u.file = nil
	}
	u.forget()
	return err
}

// settled tells whether a partition that this Log writes is as its mark tells. Whoever has the turn calls it, and waits
// for nobody who is making the partition ready: it is not settled then.
func (p *partition) settled() bool {
	if !p.mu.TryLock() {
		return false
	}
	defer p.mu.Unlock()
	return p.cutting == nil && p.writing != nil && p.writing.told()
}

// leave notes whether the partition is left as its mark tells. p.mu is held.
func (p *partition) leave(w *writing) {
	if w != nil || p.cutting != nil {
		p.log.unsettled.leave(p, p.cutting == nil && w.told())
	}
}

// told tells whether the mark says what there is.
func (w *writing) told() bool {
	return w.last == w.now() && (w.active == nil || w.marked && !w.torn && !w.unsure && !w.last.unsynced)
}

// shake notes that a sync of a segment has failed.
func (l *Log) shake() {
	l.shaken.Store(true)
	l.unsettled.distrust()
}

// sound tells whether there is nothing that a sync has failed for.
func (l *Log) sound() bool { return l.folders.doubts.Load() == 0 && !l.shaken.Load() }

// writes tells whether this Log writes a partition: then what there is says nothing of how it is left.
func (l *Log) writes(name string, number int) bool {
	t, err := l.topic(name)
	return err == nil && t != nil && number < len(t.partitions) && t.partitions[number].prepared()
}
