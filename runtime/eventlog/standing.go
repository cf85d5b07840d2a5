package eventlog

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"os"
	"slices"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// standing is where a group is in a partition. With serial 0 it is a position
// alone: everything before it is done.
type standing struct {
	driver.Progress
	serial uint64 // of the last unit that it includes
	epoch  uint32 // how often the partition had been truncated, as far as the group knows
}

// with returns the standing with a later unit.
func (s standing) with(unit standing) standing {
	return standing{s.Union(unit.Progress), max(s.serial, unit.serial), max(s.epoch, unit.epoch)}
}

// since returns the standing in a partition that was truncated so often, the last time at cut. Who
// truncates sends all groups back before, but for one that another process joins meanwhile: that has
// not heard of the last time alone.
func (s standing) since(epoch uint32, cut int64) standing {
	if s.epoch >= epoch { // a mark that was lost tells of fewer
		return s
	}
	return standing{s.Cut(cut), s.serial, epoch}
}

// The parts of an entry.
const (
	positionsHead = 20      // without the address
	standingHead  = 32      // the same, of one with a serial, without what is open
	hasSerial     = 1 << 31 // of the partition
	hasEpoch      = 1 << 30 // so is this
)

// appendEntry appends, in little endian: length uint32, CRC-32C uint32 of what
// follows, partition uint32, position int64, address. With an epoch the partition
// has hasEpoch, and that is before the address, uint32. With a serial the
// partition has hasSerial, and behind the position are the serial,
// uint64, and the bytes, uint32 how many, of what follows the position: uvarints
// with how far it is to the end, how many messages are open, and how far each but
// the first lies behind the one before; the first is at the position.
func appendEntry(b []byte, s spot, st standing) []byte {
	start := len(b)
	b = append(b, make([]byte, 8)...)
	partition := uint32(s.partition)
	if st.serial > 0 {
		partition |= hasSerial
	}
	if st.epoch > 0 {
		partition |= hasEpoch
	}
	b = binary.LittleEndian.AppendUint32(b, partition)
	b = binary.LittleEndian.AppendUint64(b, uint64(st.Next()))
	if st.serial > 0 {
		b = binary.LittleEndian.AppendUint64(b, st.serial)
		size := len(b)
		b = append(b, 0, 0, 0, 0)
		b = binary.AppendUvarint(b, uint64(st.End-st.Next()))
		b = binary.AppendUvarint(b, uint64(len(st.Open)))
		for i := 1; i < len(st.Open); i++ {
			b = binary.AppendUvarint(b, uint64(st.Open[i]-st.Open[i-1]))
		}
		binary.LittleEndian.PutUint32(b[size:], uint32(len(b)-size-4))
	}
	if st.epoch > 0 {
		b = binary.LittleEndian.AppendUint32(b, st.epoch)
	}
	b = append(b, s.address...)
	binary.LittleEndian.PutUint32(b[start:], uint32(len(b)-start))
	binary.LittleEndian.PutUint32(b[start+4:], crc32.Checksum(b[start+8:], castagnoli))
	return b
}

// parseEntry reads one entry; it returns its size, 0 when there is none. last is the
// address of the one before, which mostly is the same.
func parseEntry(b []byte, last string) (int, spot, standing) {
	if len(b) < positionsHead {
		return 0, spot{}, standing{}
	}
	n := int(binary.LittleEndian.Uint32(b))
	if n < positionsHead || n > len(b) || crc32.Checksum(b[8:n], castagnoli) != binary.LittleEndian.Uint32(b[4:]) {
		return 0, spot{}, standing{}
	}
	partition := binary.LittleEndian.Uint32(b[8:])
	position := int64(binary.LittleEndian.Uint64(b[12:]))
	if position < 0 || position > maxOffset {
		return 0, spot{}, standing{}
	}
	st, rest, ok := standing{Progress: driver.Progress{End: position}}, b[positionsHead:n], true
	if partition&hasSerial != 0 {
		st, rest, ok = parseStanding(position, rest)
	}
	if ok && partition&hasEpoch != 0 {
		if ok = len(rest) >= 4; ok {
			st.epoch, rest = binary.LittleEndian.Uint32(rest), rest[4:]
			ok = st.epoch > 0
		}
	}
	if !ok {
		return 0, spot{}, standing{}
	}
	if string(rest) != last {
		last = string(rest)
	}
	return n, spot{last, int32(partition &^ (hasSerial | hasEpoch))}, st
}

// parseStanding reads what lies between a position and the address.
func parseStanding(position int64, b []byte) (st standing, rest []byte, ok bool) {
	if len(b) < standingHead-positionsHead {
		return st, nil, false
	}
	st.serial = binary.LittleEndian.Uint64(b)
	size := int64(binary.LittleEndian.Uint32(b[8:]))
	if b = b[12:]; size > int64(len(b)) || st.serial == 0 || st.serial == math.MaxUint64 {
		return st, nil, false
	}
	d := decoder{rest: b[:size:size]}
	end, open := d.uvarint(), d.uvarint()
	if d.bad || end > uint64(maxOffset-position) || open > uint64(size) || open > 0 && end == 0 || open == 0 && end > 0 {
		return st, nil, false
	}
	st.End = position + int64(end)
	for at := position; open > 0; open-- {
		if len(st.Open) > 0 {
			step := d.uvarint()
			if step == 0 || step >= uint64(st.End-at) {
				return st, nil, false
			}
			at += int64(step)
		}
		st.Open = append(st.Open, at)
	}
	return st, b[size:], !d.bad && len(d.rest) == 0
}

// readPositions reads the file of a group; torn tells how many bytes at its
// end are no whole entry.
func readPositions(path string) (at map[spot]standing, torn int, err error) {
	b, err := positionsEntries(path)
	if err != nil {
		return nil, 0, err
	}
	at = map[spot]standing{}
	torn = eachEntryOf(b, func(s spot, st standing) { at[s] = st })
	return at, torn, nil
}

// positionsEntries reads the entries of a group's file.
func positionsEntries(path string) ([]byte, error) {
	b, err := readFile(path, mostPositions)
	if errors.Is(err, os.ErrNotExist) || err == nil && len(b) == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if len(b) < len(positionsMagic) || string(b[:len(positionsMagic)]) != positionsMagic {
		return nil, &CorruptError{Path: path, Offset: -1, Reason: "not the positions of a group"}
	}
	return b[len(positionsMagic):], nil
}

// eachEntryOf does something with each of the entries, the last of which for a partition counts,
// and returns how many bytes at the end are no whole one.
func eachEntryOf(b []byte, do func(spot, standing)) (torn int) {
	for address := ""; ; {
		n, s, st := parseEntry(b, address)
		if n == 0 {
			return len(b)
		}
		do(s, st)
		b, address = b[n:], s.address
	}
}

// positionsBytes is the file of these positions.
func positionsBytes(at map[spot]standing) []byte {
	b := []byte(positionsMagic)
	for _, s := range sortedSpots(at) {
		b = appendEntry(b, s, at[s])
	}
	return b
}

// sortedSpots returns the partitions, by address and number.
func sortedSpots(at map[spot]standing) []spot {
	out := make([]spot, 0, len(at))
	for s := range at {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b spot) int {
		if a.address != b.address {
			if a.address < b.address {
				return -1
			}
			return 1
		}
		return int(a.partition) - int(b.partition)
	})
	return out
}
