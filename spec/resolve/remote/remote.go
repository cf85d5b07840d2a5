// Package remote loads what documents reference over http and https, from the
// hosts that somebody allowed and from no other, and keeps a lock file so that
// every run reads the same texts.
//
// Addresses that are not public are refused when they are dialled, redirects are
// followed as far as they stay within the rules, and sizes and times are
// bounded. It imports source, diag and resolve, and is the only package of spec
// that knows the network.
//
//	hosts, _ := remote.ParseHosts("schemas.example.com")
//	lock, _ := remote.ReadLock("asyncapi.yaml")
//	files, _ := resolve.NewFiles(".")
//	loader := remote.New(files, &remote.Options{Hosts: hosts, Lock: lock})
//	doc, found := parse.Load(ctx, loader, "asyncapi.yaml")
package remote

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
)

// Codes of findings about locked references.
const (
	CodeNotLocked diag.Code = "ref-not-locked"    // the lock file does not know the URL
	CodeChanged   diag.Code = "ref-lock-mismatch" // the text is not the locked one
)

// Options is what a Loader may do. The zero Options fetches nothing.
type Options struct {
	// Hosts are those that may be asked, whether or not their texts are in the
	// cache. Nil allows none.
	Hosts *Hosts
	// Lock binds URLs to texts if it is present. Nil is none.
	Lock *Lock
	// Update makes the loader fetch everything anew, and not be bound by the
	// lock.
	Update bool
	// Offline forbids the network: texts come from the cache alone.
	Offline bool
	// CacheDir is where locked texts are kept. "" keeps none.
	CacheDir string
	// Agent is the User-Agent that hosts are told. "" is asyncwire.
	Agent string
}

// Loader is a resolve.Loader for URLs; what is none it hands to another loader.
// It is safe for concurrent use.
type Loader struct {
	local   resolve.Loader
	options Options
	cache   cache
	fetcher *fetcher

	mu     sync.Mutex
	used   map[string]Entry
	waited time.Duration
}

// New returns a loader for one document; local loads what is not on the network.
func New(local resolve.Loader, o *Options) *Loader {
	l := &Loader{local: local, options: *o, cache: cache{o.CacheDir}, used: map[string]Entry{}}
	if l.options.Hosts == nil {
		l.options.Hosts = &Hosts{}
	}
	l.fetcher = newFetcher(l.options.Hosts, cmp.Or(o.Agent, "asyncwire"))
	return l
}

// Load returns the file that a path or URL names. The URI of a file that was
// redirected is where it was found (RFC 3986 §5.1.3).
func (l *Loader) Load(ctx context.Context, uri string) (*source.File, error) {
	if !strings.HasPrefix(uri, "http://") && !strings.HasPrefix(uri, "https://") {
		return l.local.Load(ctx, uri)
	}
	uri, err := resolve.CanonicalURL(uri)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(uri)
	if err != nil {
		return nil, err
	}
	if err := l.options.Hosts.admit(u); err != nil {
		return nil, err
	}
	entry, text, err := l.text(ctx, uri)
	if err != nil {
		return nil, err
	}
	return source.NewFileAt(resolve.Shown(entry.uri()), entry.uri(), text), nil
}

// Used are the URLs that were loaded so far and what was behind them, sorted.
func (l *Loader) Used() []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []Entry
	for _, e := range l.used {
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b Entry) int { return cmp.Compare(a.URL, b.URL) })
	return out
}

// text returns what is behind a URL that may be asked for: the locked text where
// there is a lock, else what its host says today.
func (l *Loader) text(ctx context.Context, uri string) (Entry, []byte, error) {
	if lock := l.options.Lock; lock != nil && lock.Present() && !l.options.Update {
		return l.locked(ctx, lock, uri)
	}
	if l.options.Offline {
		return Entry{}, nil, &resolve.Failure{
			Err:  fmt.Errorf("%w: --offline forbids asking the network, and nothing is locked", resolve.ErrNotAllowed),
			Help: "once, with the network at hand, run it with --update-lock",
		}
	}
	entry, text, err := l.fetch(ctx, uri)
	if err == nil && l.options.Update {
		l.cache.put(entry, text)
	}
	return entry, text, err
}

// locked returns the text that a URL is locked to.
func (l *Loader) locked(ctx context.Context, lock *Lock, uri string) (Entry, []byte, error) {
	name := filepath.Base(lock.Path())
	entry, ok := lock.entries[uri]
	if !ok {
		return Entry{}, nil, &resolve.Failure{
			Code: CodeNotLocked, Err: fmt.Errorf("it is not in %s", name), Help: "add it by running this once with --update-lock",
		}
	}
	if text, ok := l.cache.get(entry); ok {
		return entry, text, nil
	}
	if l.options.Offline {
		return Entry{}, nil, &resolve.Failure{
			Err:  fmt.Errorf("%w: --offline forbids asking the network, and the cache does not have it", resolve.ErrNotAllowed),
			Help: "run this once without --offline",
		}
	}
	_, text, err := l.fetch(ctx, uri)
	if err != nil {
		return Entry{}, nil, err
	}
	if !entry.fits(text) {
		return Entry{}, nil, &resolve.Failure{
			Code: CodeChanged, Err: fmt.Errorf("its text has changed since it was locked in %s", name),
			Help: "look at what is there now; if it is right, run this once with --update-lock",
		}
	}
	l.cache.put(entry, text)
	return entry, text, nil
}

// fetch asks the network, and notes what it said.
func (l *Loader) fetch(ctx context.Context, uri string) (Entry, []byte, error) {
	if l.spent(0) > TotalTimeout {
		return Entry{}, nil, errors.New("too much time was spent waiting for hosts already")
	}
	begin := time.Now()
	text, final, err := l.fetcher.get(ctx, uri)
	l.spent(time.Since(begin))
	if err != nil {
		return Entry{}, nil, err
	}
	entry := Entry{URL: uri, Sum: sum(text), Size: int64(len(text))}
	if final != uri {
		entry.Base = withoutQuery(final, entry.Sum)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.used[uri] = entry
	return entry, text, nil
}

func (l *Loader) spent(more time.Duration) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waited += more
	return l.waited
}

// withoutQuery replaces the query of the URL that a file was found at, which is
// often a token that ends soon, by part of the file's hash: files stay apart,
// and relative references do not see queries.
func withoutQuery(uri, hash string) string {
	path, _, has := strings.Cut(uri, "?")
	if !has {
		return uri
	}
	return path + "?sha256=" + hash[:16]
}
