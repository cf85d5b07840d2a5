package eventlog

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
)

// folders makes durable what is in directories. After a sync of one has failed the
// system may have given up on what it could not write, and report the next sync as
// done: so the directory is changed before it is synced again, and nothing is stored
// in the meantime. All methods may be called concurrently.
type folders struct {
	sync func(path string) error // what the system has; tests put a faulty one in its place

	doubts atomic.Int32 // how many folders are in doubt
	mu     sync.Mutex
	all    map[string]*folder // by path, those that were synced
}

// folder is a directory.
type folder struct {
	mu    sync.Mutex // held while it is synced
	doubt bool       // a sync has failed
}

func newFolders() *folders { return &folders{sync: syncDir, all: map[string]*folder{}} }

// settle makes the entries of a directory durable.
func (d *folders) settle(path string) error { return d.do(path, false) }

// again is settle for a directory whose sync may have failed in a process before.
func (d *folders) again(path string) error { return d.do(path, true) }

// mend makes durable what could not be made so before.
func (d *folders) mend() error {
	if d.doubts.Load() == 0 {
		return nil
	}
	d.mu.Lock()
	paths := slices.Sorted(maps.Keys(d.all))
	d.mu.Unlock()
	for _, path := range paths {
		f := d.folder(path)
		f.mu.Lock()
		doubt := f.doubt
		f.mu.Unlock()
		if !doubt {
			continue
		}
		if err := d.settle(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s could not be synced: %w", path, err)
		}
	}
	return nil
}

func (d *folders) folder(path string) *folder {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.all[path]
	if f == nil {
		f = &folder{}
		d.all[path] = f
	}
	return f
}

// stirred is the file that is made so that a directory has something to sync. It is
// of no use, and left behind it does no harm.
const stirred = "sync" + madeSuffix

// do is settle; stir says that a sync alone may do nothing.
func (d *folders) do(path string, stir bool) error {
	f := d.folder(path)
	f.mu.Lock()
	defer f.mu.Unlock()
	err := typed(d.attempt(path, stir || f.doubt))
	// What is gone has nothing to lose.
	if doubt := err != nil && !errors.Is(err, fs.ErrNotExist); doubt != f.doubt {
		f.doubt = doubt
		d.doubts.Add(map[bool]int32{true: 1, false: -1}[doubt])
	}
	return err
}

func (d *folders) attempt(path string, stir bool) error {
	if stir {
		file := filepath.Join(path, stirred)
		f, err := openRegular(file, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
		if err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
		defer func() { _ = os.Remove(file) }()
	}
	return d.sync(path)
}

// makeDirs makes a directory, with those above it, durably.
func (d *folders) makeDirs(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	parent := filepath.Dir(path)
	if parent != path {
		if err := d.makeDirs(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(path, dirMode); err != nil && !errors.Is(err, os.ErrExist) {
		return typed(err)
	}
	return d.settle(parent)
}

// replaceFile puts content into the file at path, durably, so that it is there as a
// whole or not at all, also after a crash.
func (d *folders) replaceFile(path string, content []byte) error {
	if err := replaceFile(path, content, true); err != nil {
		return err
	}
	return d.settle(filepath.Dir(path))
}
