package eventlog

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"os"
	"path/filepath"
)

// condense puts in the place of the journal one that has no more than what waits for segments which cannot
// be written. Of all other partitions the segments have it, durably, so that it is never played over what is
// made of them.
func (j *journal) condense() error {
	b := j.backlog
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.mine(); err != nil {
		return err
	}
	for _, path := range b.played { // by readers, since the others were synced
		if err := j.log.syncSegment(path); err != nil {
			j.doubts = true
			for at, from := range b.done {
				b.await(at, from)
			}
			clear(b.done)
			return err
		}
	}
	b.played = nil
	clear(b.done)
	path := filepath.Join(j.log.dir, journalFile)
	made, waits, size, err := b.copyWaiting(path+madeSuffix, j.generation+1)
	if err == nil {
		err = typed(os.Rename(path+madeSuffix, path))
	}
	if err != nil {
		if made != nil {
			err = errors.Join(err, made.Close())
		}
		_ = os.Remove(path + madeSuffix)
		return err
	}
	err = j.file.Close()
	j.file, j.generation, j.header, j.uncut = made, j.generation+1, false, false
	j.size, j.room, j.filled = size, size, size
	b.journal, b.generation, b.end, b.waits = made, j.generation, size, waits
	return errors.Join(err, j.log.folders.settle(j.log.dir)) // nothing is stored before that is done
}

// copyWaiting writes a journal of what waits, durably, and returns where its entries begin and it ends. mu is held.
func (b *backlog) copyWaiting(path string, generation uint64) (f file, waits map[spot][]int64, end int64, err error) {
	if f, err = b.log.open(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC); err != nil {
		return nil, nil, 0, typed(err)
	}
	end, waits = journalHead, map[spot][]int64{}
	_, err = f.WriteAt(journalHeader(generation), 0)
	for at, entries := range b.waits {
		for _, from := range entries {
			var entry []byte
			if err == nil {
				entry, err = b.renewed(from, generation)
			}
			if err == nil {
				_, err = f.WriteAt(entry, end)
			}
			waits[at], end = append(waits[at], end), end+int64(len(entry))
		}
	}
	if err == nil {
		err = f.SyncData()
	}
	return f, waits, end, typed(err)
}

// renewed returns an entry as one of another generation. mu is held.
func (b *backlog) renewed(at int64, generation uint64) ([]byte, error) {
	_, n, err := b.entry(at)
	if err != nil {
		return nil, err
	}
	entry, err := readFull(b.journal, make([]byte, n), at)
	if err != nil {
		return nil, err
	}
	binary.LittleEndian.PutUint64(entry[8:], generation)
	binary.LittleEndian.PutUint32(entry[4:], crc32.Checksum(entry[8:], castagnoli))
	return entry, nil
}
