package inbox

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
)

// The file is a header and records of one size behind each other, so that a
// damaged record costs itself alone: a CRC-32C of what follows, the time in
// nanoseconds since 1970, and the name.
const (
	fileHeader = "asyncwire inbox\x01"
	recordSize = 4 + 8 + len(name{})
)

// File is a runtime.Inbox that survives the end of the process, and of the
// machine, in one file. Its methods may be called concurrently.
type File struct {
	memory *Memory
	path   string
	sync   bool
	lock   *os.File
	table  *crc32.Table

	mu      sync.Mutex
	file    *os.File
	size    int64 // of what is good
	pending []byte
	batch   *batch
	writing bool
	idle    sync.Cond // nobody writes
	damaged int
	err     error     // why nothing can be noted
	tried   time.Time // when it was last tried to mend that
	later   int       // up to so many records the file is not written anew
}

// batch is what is written together.
type batch struct {
	done chan struct{}
	err  error
}

// ErrLocked says that another File has the file open.
var ErrLocked = errors.New("inbox is in use")

// OpenFile opens the inbox at path and makes one if there is none. A record
// that was being written when the process died is taken off; damaged records are
// left out and counted by Damaged. One File has the file open at a time: a
// second gets an error that matches ErrLocked, where the system can lock files
// (Linux, macOS, the BSDs).
func OpenFile(path string, o *Options) (*File, error) {
	lock, err := lockFile(path + ".lock")
	if err != nil {
		return nil, fmt.Errorf("inbox %s: %w", path, err)
	}
	options := o.withDefaults()
	f := &File{
		memory: New(o), path: path, sync: !options.NoSync, lock: lock,
		table: crc32.MakeTable(crc32.Castagnoli), batch: &batch{done: make(chan struct{})},
	}
	f.idle.L = &f.mu
	f.memory.note = f.note
	if err := f.open(); err != nil {
		return nil, errors.Join(fmt.Errorf("inbox %s: %w", path, err), lock.Close())
	}
	return f, nil
}

// open reads what there is.
func (f *File) open() error {
	file, err := os.OpenFile(f.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	f.file = file
	if err = f.load(); err != nil {
		return errors.Join(err, f.file.Close())
	}
	f.compactIfLarge()
	return nil
}

// load reads header and records.
func (f *File) load() error {
	text, err := io.ReadAll(f.file)
	if err != nil {
		return err
	}
	if len(text) < len(fileHeader) && string(text) == fileHeader[:len(text)] {
		return f.start()
	}
	if string(text[:min(len(text), len(fileHeader))]) != fileHeader {
		return errors.New("is no inbox of this version")
	}
	f.size = int64(len(fileHeader))
	for rest := text[len(fileHeader):]; len(rest) >= recordSize; rest = rest[recordSize:] {
		f.size += int64(recordSize)
		if v, ok := f.decode(rest[:recordSize]); ok {
			f.memory.known.keep(v)
		} else {
			f.damaged++
		}
	}
	return f.file.Truncate(f.size)
}

// start writes the header of an empty file.
func (f *File) start() error {
	if _, err := f.file.WriteAt([]byte(fileHeader), 0); err != nil {
		return err
	}
	f.size = int64(len(fileHeader))
	if err := f.flush(f.file); err != nil {
		return err
	}
	return f.flushFolder()
}

// encode appends the record of a name.
func (f *File) encode(out []byte, v noted) []byte {
	begin := len(out)
	out = append(out, 0, 0, 0, 0)
	out = binary.LittleEndian.AppendUint64(out, uint64(v.at))
	out = append(out, v.name[:]...)
	binary.LittleEndian.PutUint32(out[begin:], crc32.Checksum(out[begin+4:], f.table))
	return out
}

// decode reads a record, and reports whether it is whole.
func (f *File) decode(record []byte) (noted, bool) {
	if binary.LittleEndian.Uint32(record) != crc32.Checksum(record[4:], f.table) {
		return noted{}, false
	}
	return noted{at: int64(binary.LittleEndian.Uint64(record[4:])), name: name(record[12:])}, true
}

// Once is runtime.Inbox: it calls handle unless e is known, and returns when e
// is noted in the file. When that fails, the error says so though handle
// returned nil; this process knows e nevertheless. Handle is not called until the
// file has been written anew, with all that this process knows: that is tried
// again once a tenth of a second.
func (f *File) Once(ctx context.Context, e runtime.InboxEntry, handle func(context.Context) error) (known bool, err error) {
	return f.memory.Once(ctx, e, func(ctx context.Context) error {
		if err := f.failure(); err != nil {
			return err
		}
		return handle(ctx)
	})
}

// mending is how long nothing is tried again that has failed.
const mending = 100 * time.Millisecond

// failure is why nothing can be noted. What could not be written may be lost though
// the system reports the next sync as done, and is known to this process: all of it is
// written to a new file.
func (f *File) failure() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil || errors.Is(f.err, os.ErrClosed) || f.writing || time.Since(f.tried) < mending {
		return f.err
	}
	f.err = nil
	if err := f.compact(); err != nil {
		return f.fail(err)
	}
	return nil
}

// fail says why nothing can be noted from now on, and returns that. A file that was
// closed meanwhile stays so.
func (f *File) fail(err error) error {
	err = fmt.Errorf("inbox %s: %w", f.path, err)
	if !errors.Is(f.err, os.ErrClosed) {
		f.err, f.tried = err, time.Now()
	}
	return err
}

// note writes names, together with those that others note meanwhile: the next
// batch is what came while the last one was written.
func (f *File) note(list ...noted) error {
	f.mu.Lock()
	if f.err != nil {
		defer f.mu.Unlock()
		return f.err
	}
	for _, v := range list {
		f.pending = f.encode(f.pending, v)
	}
	b := f.batch
	if !f.writing {
		f.writing = true
		go f.write()
	}
	f.mu.Unlock()
	<-b.done
	return b.err
}

// write writes batches until there are none.
func (f *File) write() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for len(f.pending) > 0 {
		b, text := f.batch, f.pending
		f.batch, f.pending = &batch{done: make(chan struct{})}, nil
		if f.err == nil {
			b.err = f.append(text)
		} else {
			b.err = f.err
		}
		close(b.done)
	}
	f.writing = false
	f.idle.Broadcast()
}

// append writes records behind what is good, with f.mu given up meanwhile.
func (f *File) append(text []byte) error {
	file, at := f.file, f.size
	f.mu.Unlock()
	_, err := file.WriteAt(text, at)
	if err == nil {
		err = f.flush(file)
	}
	f.mu.Lock()
	if err != nil {
		return f.fail(err)
	}
	f.size += int64(len(text))
	f.compactIfLarge()
	return nil // the names are noted
}

// flush makes what was written durable.
func (f *File) flush(file *os.File) error {
	if !f.sync {
		return nil
	}
	return file.Sync()
}

// flushFolder makes the file's name durable.
func (f *File) flushFolder() error {
	if !f.sync {
		return nil
	}
	folder, err := os.Open(filepath.Dir(f.path))
	if err != nil {
		return err
	}
	_ = folder.Sync() // not every system can
	return folder.Close()
}

// spare is how many forgotten records a file may have, beside as many as are
// known, before it is written anew.
const spare = 1024

// compactIfLarge writes the file anew when most of it is forgotten. Where there is no
// room for that the file goes on as it is, and it is tried again when there is more of it.
func (f *File) compactIfLarge() {
	records := int((f.size - int64(len(fileHeader))) / int64(recordSize))
	if records <= max(2*f.memory.Len()+spare, f.later) {
		return
	}
	before := f.file
	switch err := f.compact(); {
	case err == nil:
	case f.file == before:
		f.later = records + spare
	default: // nobody knows which of the two files has the name after a power cut
		_ = f.fail(err)
	}
}

// compact writes what is known to a new file and puts it in the place of the
// old one: at any time one of the two is whole.
func (f *File) compact() error {
	text := []byte(fileHeader)
	f.memory.mu.Lock()
	f.memory.known.each(func(v noted) { text = f.encode(text, v) })
	f.memory.mu.Unlock()
	temporary := f.path + ".new"
	file, err := os.OpenFile(temporary, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err = file.Write(text); err == nil {
		err = f.flush(file)
	}
	if err == nil {
		err = os.Rename(temporary, f.path)
	}
	if err != nil {
		return errors.Join(err, file.Close(), os.Remove(temporary))
	}
	old := f.file
	f.file, f.size, f.later = file, int64(len(text)), 0
	_ = old.Close() // all that matters is in the new one
	return f.flushFolder()
}

// Len returns how many messages are remembered, of all groups.
func (f *File) Len() int { return f.memory.Len() }

// Damaged returns how many records could not be read when the file was opened:
// so many messages may be handled a second time.
func (f *File) Damaged() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.damaged
}

// Close waits for what is being written and closes the file. Closing twice is
// harmless; Once fails afterwards.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if errors.Is(f.err, os.ErrClosed) {
		return nil
	}
	f.err = fmt.Errorf("inbox %s: %w", f.path, os.ErrClosed)
	for f.writing {
		f.idle.Wait()
	}
	return errors.Join(f.file.Close(), f.lock.Close())
}
