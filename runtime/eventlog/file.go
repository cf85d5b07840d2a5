package eventlog

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

// file is what a log needs of a file it writes. Tests put faulty ones in its
// place.
type file interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	// Truncate sets the size.
	Truncate(size int64) error
	// Allocate makes the file size bytes long, with zeros from byte from on
	// that have room on the disk, where the system can.
	Allocate(from, size int64) error
	// SyncData makes what was written durable.
	SyncData() error
	// Size returns how many bytes there are.
	Size() (int64, error)
}

// opener opens files, with the flags of package os.
type opener func(path string, flag int) (file, error)

// openFile is the opener of real files.
func openFile(path string, flag int) (file, error) {
	f, err := os.OpenFile(path, flag, 0o644)
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}

type osFile struct{ *os.File }

// Allocate is part of file.
func (f osFile) Allocate(from, size int64) error { return allocate(f.File, from, size) }

// SyncData is part of file.
func (f osFile) SyncData() error { return syncData(f.File) }

// Size is part of file.
func (f osFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// replaceFile puts content into the file at path so that it is there as a
// whole or not at all, also after a crash.
func replaceFile(path string, content []byte, durable bool) error {
	made := path + madeSuffix
	f, err := os.OpenFile(made, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if durable {
		err = errors.Join(err, syncData(f))
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(made))
	}
	if err := os.Rename(made, path); err != nil || !durable {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// makeDirs makes a directory, with those above it, durably.
func makeDirs(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	parent := filepath.Dir(path)
	if parent != path {
		if err := makeDirs(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(path, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
		return typed(err)
	}
	return syncDir(parent)
}

// takeLock opens, or makes, a lock file and takes its lock. Closing the file
// lets go of it.
func takeLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	if err := lockFile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// removeSegment deletes a segment's file, and its index.
func removeSegment(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.Remove(indexPath(path)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
