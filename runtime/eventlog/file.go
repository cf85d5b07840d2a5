package eventlog

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/asyncwire/asyncwire/runtime/driver"
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
	f, err := openRegular(path, flag)
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}

// The modes of what a log makes: messages may be secret.
const (
	fileMode = 0o600
	dirMode  = 0o700
)

// openRegular opens a file, which must be a regular one. A log may come from
// somebody else: a link in it would lead out of it, and a pipe never answer.
func openRegular(path string, flag int) (*os.File, error) {
	if plainly == 0 {
		if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
			return nil, notPlain(path, info)
		}
	}
	f, err := os.OpenFile(path, flag|plainly, fileMode)
	if errors.Is(err, os.ErrNotExist) { // and no link either, which is another error
		return nil, err
	}
	if err != nil {
		if info, there := os.Lstat(path); there == nil && !info.Mode().IsRegular() {
			return nil, notPlain(path, info)
		}
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = notPlain(path, info)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// notPlain says that there is something else than the file or the directory of
// a log.
func notPlain(path string, info os.FileInfo) error {
	what := "not a regular file"
	switch {
	case info.Mode()&os.ModeSymlink != 0:
		what = "a link, which a log does not follow"
	case info.IsDir():
		what = "a directory, where a log has a file"
	case info.Mode().IsRegular():
		what = "a file, where a log has a directory"
	}
	return fmt.Errorf("%s is %s: %w", path, what, driver.ErrInvalid)
}

// plainDirs refuses directories that are links, or no directories; one that does
// not exist is fs.ErrNotExist.
func plainDirs(paths ...string) error {
	for _, path := range paths {
		info, err := os.Lstat(path)
		if err != nil {
			return err
		}
		if !info.IsDir() {
			return notPlain(path, info)
		}
	}
	return nil
}

// readFile reads a file of at most so many bytes; a larger one is ErrCorrupt.
func readFile(path string, most int64) ([]byte, error) {
	f, err := openRegular(path, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > most {
		return nil, &CorruptError{Path: path, Offset: -1, Reason: fmt.Sprintf("%d bytes, which it never has", info.Size())}
	}
	return readFull(f, make([]byte, info.Size()), 0)
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
// whole or not at all. With durable that holds after a crash too; that it is there
// does once its directory is synced.
func replaceFile(path string, content []byte, durable bool) error {
	made := path + madeSuffix
	f, err := openRegular(made, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
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
	return os.Rename(made, path)
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
