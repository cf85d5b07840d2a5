package remote

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
)

// cache keeps texts on disk under the hash of their content. It may be used by
// several processes at once: files are written beside their place and moved
// there, and what does not have its hash is as good as absent.
//
// It only saves time: that it cannot be written is no error.
type cache struct {
	dir string // "" keeps nothing
}

// sum is the hash of a text as lock files write it.
func sum(text []byte) string {
	hash := sha256.Sum256(text)
	return hex.EncodeToString(hash[:])
}

// path is where a text with that hash, which must be one, lies.
func (c cache) path(hash string) string { return filepath.Join(c.dir, "sha256", hash[:2], hash) }

// get returns the text of an entry, if it is there and whole.
func (c cache) get(e Entry) ([]byte, bool) {
	if c.dir == "" {
		return nil, false
	}
	file, err := os.Open(c.path(e.Sum))
	if err != nil {
		return nil, false
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, e.Size+1))
	return text, err == nil && e.fits(text)
}

// put keeps a text.
func (c cache) put(e Entry, text []byte) {
	if c.dir == "" {
		return
	}
	path := c.path(e.Sum)
	if os.MkdirAll(filepath.Dir(path), 0o700) == nil {
		_ = replace(path, text, 0o600)
	}
}

// replace writes a file at one stroke: whoever reads it sees the old text or the
// new one.
func replace(path string, text []byte, mode os.FileMode) error {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	for _, step := range []func() error{
		func() error { return file.Chmod(mode) },
		file.Close,
	} {
		if failed := step(); err == nil {
			err = failed
		}
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}
