package resolve

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
)

// Loader fetches the text behind an absolute URI: a file's path or a URL.
// Implementations decide what may be loaded; a refusal is an error that matches
// ErrNotAllowed, and one that knows the way out is a *Failure. Relative
// references in the file are resolved against the URI of what is returned, which
// may differ from the one that was asked for.
type Loader interface {
	Load(ctx context.Context, uri string) (*source.File, error)
}

// ErrNotAllowed tells that policy forbids loading a URI.
var ErrNotAllowed = errors.New("not allowed")

// Failure is the error of a loader that knows more than that a URI cannot be
// read. Its text must hold no secrets and need not name the URI.
type Failure struct {
	Code diag.Code // of the finding; "" is ref-unreadable
	Err  error     // why
	Help string    // the way out, or ""
}

// Error is part of error.
func (f *Failure) Error() string { return f.Err.Error() }

// Unwrap is for errors.Is and errors.As.
func (f *Failure) Unwrap() error { return f.Err }

// MaxFileSize is the largest file that is read, in bytes.
const MaxFileSize = 64 << 20

// Files loads local files below a set of directories and nothing else: no
// network, and no file outside, symbolic links included.
type Files struct {
	dirs []string // absolute, cleaned
}

// NewFiles returns a loader for the files below the given directories.
func NewFiles(dirs ...string) (*Files, error) {
	f := &Files{}
	for _, d := range dirs {
		abs, err := filepath.Abs(d)
		if err != nil {
			return nil, fmt.Errorf("directory %s: %w", d, err)
		}
		f.dirs = append(f.dirs, abs)
	}
	return f, nil
}

// Load reads the file that a path or file: URI names.
func (f *Files) Load(_ context.Context, uri string) (*source.File, error) {
	path, err := filePath(uri)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(f.dirs, func(dir string) bool { return below(dir, path) }) {
		return nil, outside(path, "the file lies outside of the document's directory")
	}
	text, err := f.read(path)
	if err != nil {
		return nil, err
	}
	return source.NewFileAt(displayName(path), path, text), nil
}

// outside is the failure to reach a file that lies in no allowed directory.
func outside(path, why string) error {
	return &Failure{
		Err:  fmt.Errorf("%w: %s", ErrNotAllowed, why),
		Help: "allow it with --allow-file " + filepath.ToSlash(displayName(filepath.Dir(path))),
	}
}

// ReadFile reads one file that the user named, whatever its directory.
func ReadFile(path string) (*source.File, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(abs)
	if err != nil {
		return nil, tidy(err)
	}
	text, err := readOpen(file)
	if err != nil {
		return nil, err
	}
	return source.NewFileAt(path, abs, text), nil
}

// ReadFrom reads a document from a stream, such as standard input; relative
// references in it are resolved against dir.
func ReadFrom(r io.Reader, name, dir string) (*source.File, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	text, err := readLimited(r, 0)
	if err != nil {
		return nil, err
	}
	return source.NewFileAt(name, filepath.Join(abs, name), text), nil
}

// read reads a regular file. Symbolic links are followed where they end in an
// allowed directory, and nothing is opened that could block or never end.
func (f *Files) read(path string) ([]byte, error) {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, tidy(err)
	}
	for _, dir := range f.dirs {
		dir, err := filepath.EvalSymlinks(dir)
		if err == nil && below(dir, path) {
			return readBelow(dir, path)
		}
	}
	return nil, outside(path, "a symbolic link leads out of the document's directory")
}

// readBelow reads a file below dir; both are free of symbolic links.
func readBelow(dir, path string) ([]byte, error) {
	root, err := os.OpenRoot(dir) // holds even if a link changes meanwhile
	if err != nil {
		return nil, tidy(err)
	}
	defer func() { _ = root.Close() }()
	rel, err := filepath.Rel(dir, path)
	if err != nil {
		return nil, err
	}
	info, err := root.Stat(rel)
	switch {
	case err != nil:
		return nil, tidy(err)
	case info.IsDir():
		return nil, errDirectory
	case !info.Mode().IsRegular():
		return nil, errors.New("is not a regular file")
	}
	file, err := root.Open(rel)
	if err != nil {
		return nil, tidy(err)
	}
	return readOpen(file)
}

var errDirectory = errors.New("is a directory")

func readOpen(file *os.File) ([]byte, error) {
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, tidy(err)
	case info.IsDir():
		return nil, errDirectory
	case info.Size() > MaxFileSize:
		return nil, ErrTooLarge
	}
	return readLimited(file, info.Size())
}

// readLimited reads to the end, which is probably after size bytes.
func readLimited(r io.Reader, size int64) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(int(min(size, MaxFileSize)) + bytes.MinRead) // so that the end is met without growing
	if _, err := b.ReadFrom(io.LimitReader(r, MaxFileSize+1)); err != nil {
		return nil, tidy(err)
	}
	text := b.Bytes()
	if len(text) > MaxFileSize {
		return nil, ErrTooLarge
	}
	return text, nil
}

// ErrTooLarge tells that a text has more than MaxFileSize bytes.
var ErrTooLarge = fmt.Errorf("larger than %d MiB", MaxFileSize>>20)

// tidy drops the operation and path of a file error: the caller names them.
func tidy(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	if text, ok := strings.CutPrefix(err.Error(), "EvalSymlinks: "); ok {
		return errors.New(text)
	}
	return err
}

func below(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

// displayName is the shorter of the path and the path from where we are.
func displayName(path string) string {
	wd, err := os.Getwd()
	if err != nil {
		return path
	}
	rel, err := filepath.Rel(wd, path)
	if err != nil || len(rel) > len(path) {
		return path
	}
	return rel
}
