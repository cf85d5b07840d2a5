package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/resolve/remote"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/spf13/cobra"
)

// loading says what the references in a document may reach. The zero loading is
// what lies below the document's own directory.
type loading struct {
	files      []string // directories
	hosts      []string // as remote.ParseHosts reads them
	offline    bool
	updateLock bool
}

const (
	allowFileHelp = "also read referenced files below this `directory`; may be given several times (default: only the document's own directory)"
	allowHTTPHelp = "also fetch references over http and https from this `host[:port]`; may be given several times (default: nothing is fetched)"
	offlineHelp   = "fetch nothing: take what the lock file names from the cache"
	updateHelp    = "fetch everything anew and write the document's lock file"
)

// addFlags adds the flags that all commands share which read documents.
func (l *loading) addFlags(c *cobra.Command) {
	f := c.Flags()
	f.Var((*list)(&l.files), "allow-file", allowFileHelp)
	_ = c.MarkFlagDirname("allow-file")
	f.Var((*list)(&l.hosts), "allow-http", allowHTTPHelp)
	complete(c, "allow-http", func(*cobra.Command, []string) []string { return nil })
	f.BoolVar(&l.offline, "offline", false, offlineHelp)
	f.BoolVar(&l.updateLock, "update-lock", false, updateHelp)
}

// join adds what other flags allow.
func (l *loading) join(more *loading) {
	l.files = append(l.files, more.files...)
	l.hosts = append(l.hosts, more.hosts...)
	l.offline = l.offline || more.offline
	l.updateLock = l.updateLock || more.updateLock
}

// documentLoader loads what one document references.
type documentLoader struct {
	*remote.Loader
	lock *remote.Lock // nil for a document that can have none
}

// loader returns the loader for the document in file, which the user named as
// path.
func (l *loading) loader(path string, file *source.File) (*documentLoader, error) {
	for _, dir := range l.files {
		if !isDirectory(dir) {
			return nil, fmt.Errorf("allow-file: %s is not a directory", dir)
		}
	}
	files, err := resolve.NewFiles(append([]string{filepath.Dir(file.URI())}, l.files...)...)
	if err != nil {
		return nil, err
	}
	hosts, err := remote.ParseHosts(l.hosts...)
	if err != nil {
		return nil, fmt.Errorf("allow-http: %w", err)
	}
	lock, err := l.lock(path)
	if err != nil {
		return nil, err
	}
	loader := remote.New(files, &remote.Options{
		Hosts: hosts, Lock: lock, Update: l.updateLock, Offline: l.offline, CacheDir: cacheDir(), Agent: agent(),
	})
	return &documentLoader{loader, lock}, nil
}

// lock reads the lock file of the document at path, if it matters.
func (l *loading) lock(path string) (*remote.Lock, error) {
	switch {
	case l.offline && l.updateLock:
		return nil, withHelp(errors.New("--update-lock fetches what --offline forbids"), "give one of them")
	case l.updateLock && path == "-":
		return nil, withHelp(errors.New("--update-lock: standard input has no lock file"), "name the document's file")
	case path == "-", len(l.hosts) == 0 && !l.updateLock:
		return nil, nil
	}
	lock, err := remote.ReadLock(path)
	if err != nil && !l.updateLock {
		return nil, withHelp(err, "mend it, or write it anew with --update-lock")
	}
	return lock, nil
}

// finish writes the lock file, if that was asked for. What was found in the
// document tells whether it could be read as a whole.
func (l *loading) finish(env *Env, loader *documentLoader, found diag.List) error {
	if !l.updateLock {
		return nil
	}
	used := loader.Used()
	changed, err := loader.lock.Write(used, found.HasErrors())
	switch {
	case err != nil:
		return err
	case changed:
		env.logf("%s: %s locked", loader.lock.Path(), diag.Counted(len(used), "URL"))
	case loader.lock.Present() && !found.HasErrors():
		env.logf("%s is up to date", loader.lock.Path())
	}
	return nil
}

// cacheDir is where locked texts are kept, "" where there is no place for them.
func cacheDir() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "asyncwire")
}

// agent is how we introduce ourselves to hosts.
func agent() string {
	return fmt.Sprintf("asyncwire/%s (+https://%s)", strings.TrimPrefix(version(), "v"), modulePath)
}

// isDirectory tells whether there is a directory of that name.
func isDirectory(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
