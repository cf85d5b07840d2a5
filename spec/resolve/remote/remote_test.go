package remote_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/resolve/remote"
	"github.com/asyncwire/asyncwire/spec/source"
)

// site is a server whose files a test may change, and that counts requests.
type site struct {
	host, url string
	hosts     *remote.Hosts
	mu        sync.Mutex
	files     map[string]string // by path; "-> PATH" redirects
	asked     map[string]int
}

func newSite(t *testing.T, files map[string]string) *site {
	t.Helper()
	s := &site{files: files, asked: map[string]int{}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.url, s.host = server.URL, strings.TrimPrefix(server.URL, "http://")
	hosts, err := remote.ParseHosts(s.host)
	if err != nil {
		t.Fatal(err)
	}
	s.hosts = hosts
	return s
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[r.URL.Path]++
	text, ok := s.files[r.URL.Path]
	to, redirected := strings.CutPrefix(text, "-> ")
	switch {
	case !ok:
		http.NotFound(w, r)
	case redirected:
		http.Redirect(w, r, to, http.StatusFound)
	default:
		_, _ = fmt.Fprint(w, text)
	}
}

func (s *site) put(path, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[path] = text
}

// requests is how often the site was asked since it was asked this.
func (s *site) requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, more := range s.asked {
		n += more
	}
	clear(s.asked)
	return n
}

// lockOf reads the lock of a document in dir.
func lockOf(t *testing.T, document string) *remote.Lock {
	t.Helper()
	lock, err := remote.ReadLock(document)
	if err != nil {
		t.Fatal(err)
	}
	return lock
}

// update locks what is behind URLs.
func update(t *testing.T, s *site, document, cache string, urls ...string) {
	t.Helper()
	lock := lockOf(t, document)
	l := remote.New(nil, &remote.Options{Hosts: s.hosts, Lock: lock, Update: true, CacheDir: cache})
	for _, url := range urls {
		load(t, l, url)
	}
	if _, err := lock.Write(l.Used(), false); err != nil {
		t.Fatal(err)
	}
}

func load(t *testing.T, l resolve.Loader, url string) *source.File {
	t.Helper()
	f, err := l.Load(t.Context(), url)
	if err != nil {
		t.Fatalf("%s: %v", url, err)
	}
	return f
}

func TestLoad(t *testing.T) {
	s := newSite(t, map[string]string{"/a.yaml": "a", "/moved": "-> /dir/b.yaml?token=s3cret", "/dir/b.yaml": "b"})
	dir := t.TempDir()
	path := filepath.Join(dir, "local.yaml")
	if err := os.WriteFile(path, []byte("local"), 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := resolve.NewFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	l := remote.New(files, &remote.Options{Hosts: s.hosts})
	for url, want := range map[string][3]string{
		path:                           {"local", path},
		s.url + "/a.yaml":              {"a", s.url + "/a.yaml", s.url + "/a.yaml"},
		s.url + "/a.yaml?token=s3cret": {"a", s.url + "/a.yaml?token=s3cret", s.url + "/a.yaml?token=…"},
		s.url + "/moved":               {"b", s.url + "/dir/b.yaml?sha256=3e23e8160039594a", s.url + "/dir/b.yaml?sha256=…"},
	} {
		f := load(t, l, url)
		if string(f.Text()) != want[0] || f.URI() != want[1] || want[2] != "" && f.Name() != want[2] {
			t.Errorf("%s: %s, at %s, shown as %s", url, f.Text(), f.URI(), f.Name())
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("without a lock something was written: %v, %v", entries, err)
	}
}

func TestNothingIsAllowedByDefault(t *testing.T) {
	s := newSite(t, map[string]string{"/a.yaml": "a"})
	l := remote.New(nil, &remote.Options{})
	if _, err := l.Load(t.Context(), s.url+"/a.yaml"); !errors.Is(err, resolve.ErrNotAllowed) || s.requests() > 0 {
		t.Errorf("got %v", err)
	}
}

// TestLocked holds a loader with a lock to the locked texts: from the cache, else
// from the network if they are the same.
func TestLocked(t *testing.T) {
	s := newSite(t, map[string]string{"/a.yaml": "a", "/moved": "-> /dir/b.yaml", "/dir/b.yaml": "b", "/c.yaml": "c"})
	document, cache := filepath.Join(t.TempDir(), "asyncapi.yaml"), t.TempDir()
	update(t, s, document, cache, s.url+"/a.yaml", s.url+"/moved")
	s.requests()
	locked := func(cache string, offline bool) *remote.Loader {
		return remote.New(nil, &remote.Options{Hosts: s.hosts, Lock: lockOf(t, document), Offline: offline, CacheDir: cache})
	}

	s.put("/a.yaml", "changed")
	for _, offline := range []bool{false, true} {
		l := locked(cache, offline)
		if f := load(t, l, s.url+"/a.yaml"); string(f.Text()) != "a" {
			t.Errorf("offline %t: got %q and not the locked text", offline, f.Text())
		}
		if f := load(t, l, s.url+"/moved"); f.URI() != s.url+"/dir/b.yaml" {
			t.Errorf("offline %t: the base is %s", offline, f.URI())
		}
	}
	if n := s.requests(); n != 0 {
		t.Errorf("%d requests for what the cache has", n)
	}

	fresh := t.TempDir()
	for _, c := range []struct {
		url     string
		offline bool
		want    string
	}{
		{"/c.yaml", false, "ref-not-locked: it is not in asyncapi.yaml.lock"},
		{"/a.yaml", false, "ref-lock-mismatch: its text has changed since it was locked in asyncapi.yaml.lock"},
		{"/a.yaml", true, ": not allowed: --offline forbids asking the network, and the cache does not have it"},
	} {
		_, err := locked(fresh, c.offline).Load(t.Context(), s.url+c.url)
		var failure *resolve.Failure
		if !errors.As(err, &failure) || string(failure.Code)+": "+failure.Error() != c.want || failure.Help == "" {
			t.Errorf("%s: %v, want %s", c.url, err, c.want)
		}
	}
	load(t, locked(fresh, false), s.url+"/moved")
	s.requests()
	if load(t, locked(fresh, true), s.url+"/moved"); s.requests() != 0 {
		t.Error("what was fetched for a lock is not kept")
	}

	// The cache is no way around the hosts that are allowed.
	l := remote.New(nil, &remote.Options{Lock: lockOf(t, document), CacheDir: cache})
	if _, err := l.Load(t.Context(), s.url+"/a.yaml"); !errors.Is(err, resolve.ErrNotAllowed) {
		t.Errorf("got %v", err)
	}
}

func TestOfflineWithoutLock(t *testing.T) {
	s := newSite(t, map[string]string{"/a.yaml": "a"})
	l := remote.New(nil, &remote.Options{Hosts: s.hosts, Offline: true, CacheDir: t.TempDir(), Lock: lockOf(t, filepath.Join(t.TempDir(), "a.yaml"))})
	if _, err := l.Load(t.Context(), s.url+"/a.yaml"); !errors.Is(err, resolve.ErrNotAllowed) || s.requests() > 0 {
		t.Errorf("got %v", err)
	}
}

// TestCorruptCache demands that what lost its hash is fetched and kept anew.
func TestCorruptCache(t *testing.T) {
	s := newSite(t, map[string]string{"/a.yaml": "the text"})
	document, cache := filepath.Join(t.TempDir(), "asyncapi.yaml"), t.TempDir()
	update(t, s, document, cache, s.url+"/a.yaml")
	kept, err := filepath.Glob(filepath.Join(cache, "sha256", "??", "*"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("%v, %v", kept, err)
	}
	for _, damage := range []string{"", "THE TEXT", "the text and more"} {
		if err := os.WriteFile(kept[0], []byte(damage), 0o600); err != nil {
			t.Fatal(err)
		}
		s.requests()
		l := remote.New(nil, &remote.Options{Hosts: s.hosts, Lock: lockOf(t, document), CacheDir: cache})
		if f := load(t, l, s.url+"/a.yaml"); string(f.Text()) != "the text" || s.requests() != 1 {
			t.Errorf("after %q: got %q", damage, f.Text())
		}
		if text, err := os.ReadFile(kept[0]); err != nil || string(text) != "the text" {
			t.Errorf("after %q the cache holds %q, %v", damage, text, err)
		}
	}
}

// TestCacheElsewhere demands that a cache nobody can write is no hindrance.
func TestCacheElsewhere(t *testing.T) {
	s := newSite(t, map[string]string{"/a.yaml": "a"})
	dir := t.TempDir()
	blocked := filepath.Join(dir, "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	document := filepath.Join(dir, "asyncapi.yaml")
	update(t, s, document, blocked, s.url+"/a.yaml")
	l := remote.New(nil, &remote.Options{Hosts: s.hosts, Lock: lockOf(t, document), CacheDir: blocked})
	if f := load(t, l, s.url+"/a.yaml"); string(f.Text()) != "a" {
		t.Errorf("got %q", f.Text())
	}
}

// TestTogether runs many loaders over one cache and one lock file at once.
func TestTogether(t *testing.T) {
	files, urls := map[string]string{}, []string{}
	for i := range 20 {
		files[fmt.Sprintf("/%d.yaml", i)] = strings.Repeat("x", i*1000)
	}
	s := newSite(t, files)
	for path := range files {
		urls = append(urls, s.url+path)
	}
	document, cache := filepath.Join(t.TempDir(), "asyncapi.yaml"), t.TempDir()
	update(t, s, document, cache, urls...)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			lock, err := remote.ReadLock(document)
			if err != nil {
				t.Error(err)
				return
			}
			l := remote.New(nil, &remote.Options{Hosts: s.hosts, Lock: lock, Update: i%2 == 0, CacheDir: cache})
			for _, url := range urls {
				if f, err := l.Load(t.Context(), url); err != nil || len(f.Text()) != len(files[strings.TrimPrefix(url, s.url)]) {
					t.Errorf("%s: %v", url, err)
				}
			}
			if i%2 == 0 {
				if _, err := lock.Write(l.Used(), i == 0); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	for _, dir := range []string{filepath.Dir(document), filepath.Join(cache, "sha256", "*")} {
		if left, err := filepath.Glob(filepath.Join(dir, ".*")); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	}
	lockOf(t, document)
}

// TestResolver goes the whole way: relative references of a file that was
// redirected, one finding for what may not be reached, and no way back to files.
func TestResolver(t *testing.T) {
	s := newSite(t, map[string]string{
		"/latest/a.yaml": "-> /v3/a.yaml",
		"/v3/a.yaml":     "b: {$ref: 'b.yaml#/x'}\nself: {$ref: '#/own'}\nown: 1\nfile: {$ref: 'file:///etc/hosts'}\npath: {$ref: '/etc/hosts'}\n",
		"/v3/b.yaml":     "x: {$ref: '../latest/a.yaml#/own'}\n",
	})
	main := "a: {$ref: 'URL/latest/a.yaml#/b'}\nb: {$ref: 'URL/v3/a.yaml#/self'}\nfile: {$ref: 'URL/v3/a.yaml#/file'}\n" +
		"path: {$ref: 'URL/v3/a.yaml#/path'}\ngone: {$ref: 'https://me:s3cret@example.com/a'}\n" +
		"c: {$ref: 'https://example.com/a?token=s3cret#/x'}\nd: {$ref: 'https://example.com/a?token=s3cret#/y'}\n"
	r := resolve.New(t.Context(), remote.New(&resolve.Files{}, &remote.Options{Hosts: s.hosts}))
	root := r.Add(source.NewFile("/main.yaml", []byte(strings.ReplaceAll(main, "URL", s.url))))
	for _, m := range root.Node.Members {
		p, ok := r.Deref(root.Child(m.Key.Text))
		if want := m.Key.Text == "a" || m.Key.Text == "b"; ok != want || want && p.Node.Text != "1" {
			t.Errorf("%s leads to %v, %t", m.Key.Text, p.Node, ok)
		}
	}
	var got strings.Builder
	for _, d := range r.Findings().Sorted() {
		fmt.Fprintf(&got, "%s: %s (%s)\n", d.Code, d.Message, d.Help)
	}
	want := `ref-unreadable: cannot read "https://example.com/a": not allowed: a URL must not hold a user name or password (take them out, and change the password if others have seen the document)
ref-unreadable: cannot read "https://example.com/a?token=…": not allowed: the host example.com is none of those that may be asked (allow it with --allow-http example.com)
ref-unreadable: cannot read "file:///etc/hosts": not allowed: a file from the network may not reference files of this machine ()
ref-unreadable: cannot read "/etc/hosts": the host answers 404 Not Found ()
`
	if got.String() != want {
		t.Errorf("got:\n%swant:\n%s", got.String(), want)
	}
	if n := s.asked["/v3/a.yaml"]; n > 2 { // once directly, once redirected
		t.Errorf("%d requests for one file", n)
	}
}
