package resolve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/spec/source"
)

// Loader fetches the text behind an absolute URI. Implementations decide what
// may be loaded; a refusal is an error that matches ErrNotAllowed.
type Loader interface {
	Load(ctx context.Context, uri string) (*source.File, error)
}

// ErrNotAllowed tells that policy forbids loading a URI.
var ErrNotAllowed = errors.New("not allowed")

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
	i := slices.IndexFunc(f.dirs, func(dir string) bool { return below(dir, path) })
	if i < 0 {
		return nil, fmt.Errorf("%w: the file lies outside of the document's directory", ErrNotAllowed)
	}
	text, err := readBelow(f.dirs[i], path)
	if err != nil {
		return nil, err
	}
	return source.NewFileAt(displayName(path), path, text), nil
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
	text, err := readLimited(r)
	if err != nil {
		return nil, err
	}
	return source.NewFileAt(name, filepath.Join(abs, name), text), nil
}

// readBelow reads a regular file below dir. A symbolic link that leads out of
// dir is not followed, and nothing is opened that could block or never end.
func readBelow(dir, path string) ([]byte, error) {
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil, tidy(err)
	}
	path, err = filepath.EvalSymlinks(path)
	if err != nil {
		return nil, tidy(err)
	}
	if !below(dir, path) {
		return nil, fmt.Errorf("%w: a symbolic link leads out of the document's directory", ErrNotAllowed)
	}
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
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, errDirectory
	}
	return readLimited(file)
}

func readLimited(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxFileSize+1))
	if err != nil {
		return nil, tidy(err)
	}
	if len(text) > MaxFileSize {
		return nil, fmt.Errorf("larger than %d MiB", MaxFileSize>>20)
	}
	return text, nil
}

// tidy drops the operation and path of a file error: the caller names them.
func tidy(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}

func filePath(uri string) (string, error) {
	if !strings.Contains(uri, "://") && !strings.HasPrefix(uri, "file:") {
		return filepath.Clean(filepath.FromSlash(uri)), nil
	}
	u, err := url.Parse(uri)
	if err != nil {
		return "", fmt.Errorf("%w: %q is not a URI", ErrNotAllowed, uri)
	}
	if u.Scheme == "file" && u.Path == "" {
		return "", fmt.Errorf("%w: %q names no file", ErrNotAllowed, uri)
	}
	if u.Scheme != "file" || (u.Host != "" && u.Host != "localhost") {
		return "", fmt.Errorf("%w: nothing is fetched over the network", ErrNotAllowed)
	}
	return filepath.Clean(filepath.FromSlash(u.Path)), nil
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
