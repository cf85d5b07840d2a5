package remote

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/asyncwire/asyncwire/spec/resolve"
)

// LockSuffix makes the name of a document's lock file of its own.
const LockSuffix = ".lock"

// lockVersion is the first line of a lock file that is not a comment.
const lockVersion = "asyncwire-lock 1"

// maxLockSize is the largest lock file that is read, in bytes.
const maxLockSize = 4 << 20

// Lock says which text is behind each URL that a document reaches, so that every
// run reads the same. As a file it has a line for each URL, sorted:
//
//	asyncwire-lock 1
//	https://example.com/order.yaml sha256:0f1e… 1234
//	https://example.com/latest/money.yaml sha256:2d3c… 99 https://example.com/v3/money.yaml
//
// The numbers are sizes in bytes; the second URL is the one that the first was
// redirected to, without its query.
type Lock struct {
	path    string
	present bool
	text    []byte
	entries map[string]Entry
}

// Entry is what a lock knows about one URL.
type Entry struct {
	URL  string // in its normal form
	Sum  string // SHA-256 of the text, in small hexadecimal digits
	Size int64  // of the text, in bytes
	Base string // that relative references in the text are resolved against, "" when it is URL
}

// fits tells whether a text is the one that was locked.
func (e Entry) fits(text []byte) bool { return int64(len(text)) == e.Size && sum(text) == e.Sum }

// uri is what the text is to be known as.
func (e Entry) uri() string {
	if e.Base != "" {
		return e.Base
	}
	return e.URL
}

func (e Entry) line() string {
	line := fmt.Sprintf("%s sha256:%s %d", e.URL, e.Sum, e.Size)
	if e.Base != "" {
		line += " " + e.Base
	}
	return line
}

// ReadLock reads the lock file of the document at path. That there is none is no
// error; see Present. The lock that comes with an error is an empty one, which
// can be written over what is there.
func ReadLock(path string) (*Lock, error) {
	l := &Lock{path: path + LockSuffix, entries: map[string]Entry{}}
	info, err := os.Stat(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	l.present = true
	switch {
	case err != nil:
	case !info.Mode().IsRegular():
		err = errors.New("is not a regular file")
	case info.Size() > maxLockSize:
		err = fmt.Errorf("larger than %d MiB", maxLockSize>>20)
	}
	if err == nil {
		l.text, err = os.ReadFile(l.path)
	}
	if err == nil {
		err = l.parse()
	}
	if err != nil {
		clear(l.entries)
		return l, fmt.Errorf("cannot read %s: %w", l.path, err)
	}
	return l, nil
}

// Present tells whether there is a lock file: without one nothing is locked.
func (l *Lock) Present() bool { return l.present }

// Path is where the lock file is or would be.
func (l *Lock) Path() string { return l.path }

func (l *Lock) parse() error {
	versioned := false
	number := 0
	for line := range bytes.Lines(l.text) {
		number++
		fields := strings.Fields(string(line))
		switch {
		case len(fields) == 0, strings.HasPrefix(fields[0], "#"):
			continue
		case !versioned && strings.Join(fields, " ") == lockVersion:
			versioned = true
			continue
		case !versioned:
			return fmt.Errorf("line %d: a lock file begins with %q", number, lockVersion)
		}
		e, err := parseEntry(fields)
		if err == nil && l.entries[e.URL].URL != "" {
			err = errors.New("the URL has a line already")
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
		l.entries[e.URL] = e
	}
	if !versioned {
		return fmt.Errorf("a lock file begins with %q", lockVersion)
	}
	return nil
}

func parseEntry(fields []string) (Entry, error) {
	if len(fields) < 3 || len(fields) > 4 {
		return Entry{}, errors.New("want a URL, sha256:…, a size and perhaps a second URL")
	}
	e := Entry{URL: fields[0]}
	for _, url := range slices.Concat(fields[:1], fields[3:]) {
		if normal, err := resolve.CanonicalURL(url); err != nil || normal != url {
			return Entry{}, fmt.Errorf("%q is not a URL in its normal form", resolve.Shown(url))
		}
	}
	if len(fields) == 4 {
		e.Base = fields[3]
	}
	var ok bool
	if e.Sum, ok = strings.CutPrefix(fields[1], "sha256:"); !ok || !isSum(e.Sum) {
		return Entry{}, errors.New("want sha256: and 64 small hexadecimal digits behind the URL")
	}
	size, err := strconv.ParseUint(fields[2], 10, 63)
	if err != nil || size > resolve.MaxFileSize {
		return Entry{}, errors.New("want a size in bytes behind the hash")
	}
	e.Size = int64(size)
	return e, nil
}

func isSum(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}

// Write brings the lock file up to date with entries that were used just now and
// tells whether it had to be changed. With keep set, entries that were not used
// stay: somebody could not read the whole document. A document that reaches no
// URL gets no lock file, but keeps the one it has.
func (l *Lock) Write(used []Entry, keep bool) (changed bool, err error) {
	entries := map[string]Entry{}
	if keep {
		maps.Copy(entries, l.entries)
	}
	for _, e := range used {
		entries[e.URL] = e
	}
	if len(entries) == 0 && !l.present {
		return false, nil
	}
	text := l.format(entries)
	if l.present && bytes.Equal(bytes.ReplaceAll(l.text, []byte("\r\n"), []byte("\n")), text) {
		return false, nil
	}
	if err := replace(l.path, text, 0o644); err != nil {
		return false, fmt.Errorf("cannot write %s: %w", l.path, err)
	}
	l.entries, l.text, l.present = entries, text, true
	return true, nil
}

func (l *Lock) format(entries map[string]Entry) []byte {
	var b bytes.Buffer
	name := strings.TrimSuffix(filepath.Base(l.path), LockSuffix)
	fmt.Fprintf(&b, "# What %s references over the network. Written by --update-lock; commit it.\n%s\n", name, lockVersion)
	for _, url := range slices.Sorted(maps.Keys(entries)) {
		fmt.Fprintln(&b, entries[url].line())
	}
	return b.Bytes()
}
