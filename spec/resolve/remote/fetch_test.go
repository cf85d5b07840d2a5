package remote

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/spec/resolve"
)

// serve starts a server for the test and returns its URL and host:port.
func serve(t *testing.T, handler http.HandlerFunc) (base, host string) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL, strings.TrimPrefix(server.URL, "http://")
}

// fetching returns a fetcher that may ask the given hosts.
func fetching(t *testing.T, hosts ...string) *fetcher {
	t.Helper()
	allowed, err := ParseHosts(hosts...)
	if err != nil {
		t.Fatal(err)
	}
	return newFetcher(allowed, "asyncwire/test")
}

func TestGet(t *testing.T) {
	base, host := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/to":
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "1"})
			http.Redirect(w, r, "/dir/a.yaml?v=1#part", http.StatusFound)
		case "/dir/a.yaml":
			w.Header().Set("Content-Type", "image/png") // the text says itself what it is
			_, _ = fmt.Fprintf(w, "%s %s %v %v %v", r.UserAgent(), r.URL.RawQuery, r.Cookies(), r.Header["Authorization"], r.Header["Referer"])
		default:
			http.NotFound(w, r)
		}
	})
	text, final, err := fetching(t, host).get(t.Context(), base+"/to")
	if want := "asyncwire/test v=1 [] [] []"; err != nil || string(text) != want || final != base+"/dir/a.yaml?v=1" {
		t.Errorf("got %q at %s, %v; want %q", text, final, err, want)
	}
}

// TestGetFails demands an error, in plain words and without secrets, and that no
// further host was asked.
func TestGetFails(t *testing.T) {
	var asked atomic.Bool
	_, other := serve(t, func(http.ResponseWriter, *http.Request) { asked.Store(true) })
	base, host := serve(t, func(w http.ResponseWriter, r *http.Request) {
		to := map[string]string{
			"/elsewhere": "http://" + other + "/?token=s3cret", "/file": "file:///etc/passwd", "/user": "http://me:s3cret@" + other + "/",
			"/circle": "/circle", "/nowhere": "", "/broken": "http://[", "/gopher": "gopher://" + other + "/",
		}
		switch location, ok := to[r.URL.Path]; {
		case ok:
			w.Header().Set("Location", location)
			w.WriteHeader(http.StatusFound)
		case r.URL.Path == "/partial":
			w.WriteHeader(http.StatusPartialContent)
		case r.URL.Path == "/nothing":
			w.WriteHeader(http.StatusNoContent)
		case r.URL.Path == "/brotli":
			w.Header().Set("Content-Encoding", "br")
		case r.URL.Path == "/cut":
			w.Header().Set("Content-Length", "100")
		case r.URL.Path == "/headers":
			w.Header().Set("X", strings.Repeat("x", 2*maxHeaderBytes))
		default:
			http.NotFound(w, r)
		}
	})
	f := fetching(t, host)
	for path, want := range map[string]string{
		"/absent":    "the host answers 404 Not Found",
		"/partial":   "the host answers 206 Partial Content",
		"/nothing":   "the host answers 204 No Content",
		"/brotli":    "the host answers in an encoding that was not asked for",
		"/elsewhere": "it is redirected, and then: not allowed: the host " + other + " is none of those that may be asked",
		"/file":      "it is redirected, but it is not a URI",
		"/gopher":    "it is redirected, but it is not a URI",
		"/user":      "it is redirected, but not allowed: a URL must not hold a user name or password",
		"/circle":    "it is redirected more than 5 times",
		"/nowhere":   "it is redirected to nowhere",
		"/broken":    "it is redirected to nowhere",
		"/cut":       "unexpected EOF",
		"/headers":   "server response headers exceeded 65536 bytes; aborted",
	} {
		if _, _, err := f.get(t.Context(), base+path+"?token=s3cret"); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
	if asked.Load() {
		t.Error("a host was asked that is not allowed")
	}
}

func TestDowngrade(t *testing.T) {
	base, host := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("asked without encryption") })
	secure := httptest.NewUnstartedServer(http.RedirectHandler(base+"/", http.StatusMovedPermanently))
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	f := fetching(t, host, strings.TrimPrefix(secure.URL, "https://"))
	if _, _, err := f.get(t.Context(), secure.URL+"/"); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("an unknown authority vouches: %v", err)
	}
	f.transport.TLSClientConfig = secure.Client().Transport.(*http.Transport).TLSClientConfig
	if _, _, err := f.get(t.Context(), secure.URL+"/"); !errors.Is(err, resolve.ErrNotAllowed) {
		t.Errorf("https led to http: %v", err)
	}
}

// TestTooLarge demands that what is decompressed counts, and that reading stops.
func TestTooLarge(t *testing.T) {
	const limit = 1 << 20
	base, host := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var to io.Writer = w
		if r.URL.Path == "/bomb" {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			defer func() { _ = z.Close() }()
			to = z
		}
		for {
			if _, err := to.Write(make([]byte, limit/4)); err != nil {
				return // nobody reads on
			}
		}
	})
	f := fetching(t, host)
	if f.limit != resolve.MaxFileSize {
		t.Errorf("the limit is %d", f.limit)
	}
	f.limit = limit
	for _, path := range []string{"/bomb", "/plain"} {
		if text, _, err := f.get(t.Context(), base+path); err == nil || err.Error() != "larger than 1 MiB" {
			t.Errorf("%s: %d bytes, %v", path, len(text), err)
		}
	}
}

func TestCompressed(t *testing.T) {
	base, host := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write([]byte("type: object"))
		_ = z.Close()
		w.Header().Set("Content-Encoding", r.Header.Get("Accept-Encoding"))
		_, _ = w.Write(b.Bytes())
	})
	if text, _, err := fetching(t, host).get(t.Context(), base+"/"); err != nil || string(text) != "type: object" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestGetStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	base, host := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	if _, _, err := fetching(t, host).get(ctx, base+"/"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestTimeout demands that a host which keeps us waiting, for its answer or in
// the middle of it, is given up.
func TestTimeout(t *testing.T) {
	base, host := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			_, _ = io.WriteString(w, "type: ")
			_ = http.NewResponseController(w).Flush()
		}
		<-r.Context().Done()
	})
	f := fetching(t, host)
	if f.timeout != FileTimeout {
		t.Errorf("the timeout is %v", f.timeout)
	}
	f.timeout = 50 * time.Millisecond
	for _, path := range []string{"/silent", "/slow"} {
		if text, _, err := f.get(t.Context(), base+path); err == nil || err.Error() != "the host did not answer in time" {
			t.Errorf("%s: %q, %v", path, text, err)
		}
	}
}

// TestTotalTimeout demands that hosts are not asked any more once all of them
// together took too long.
func TestTotalTimeout(t *testing.T) {
	base, host := serve(t, func(http.ResponseWriter, *http.Request) {})
	hosts, err := ParseHosts(host)
	if err != nil {
		t.Fatal(err)
	}
	l := New(nil, &Options{Hosts: hosts})
	if _, err := l.Load(t.Context(), base+"/a"); err != nil {
		t.Fatal(err)
	}
	l.spent(TotalTimeout)
	if _, err := l.Load(t.Context(), base+"/b"); err == nil || err.Error() != "too much time was spent waiting for hosts already" {
		t.Errorf("got %v", err)
	}
}

// TestNoProxy demands that proxies of the environment are not used: behind one,
// nobody could say which address is asked.
func TestNoProxy(t *testing.T) {
	proxy, _ := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the proxy was asked") })
	t.Setenv("HTTP_PROXY", proxy)
	t.Setenv("http_proxy", proxy)
	f := fetching(t, "schemas.example")
	f.dialer.Resolver = names(t, map[string]string{})
	if _, _, err := f.get(t.Context(), "http://schemas.example/"); err == nil || err.Error() != "there is no host of the name schemas.example" {
		t.Errorf("got %v", err)
	}
}

// TestRebinding demands that a name which leads to an address that is not public
// is refused where the connection is made, whatever the name led to before.
func TestRebinding(t *testing.T) {
	_, host := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "inside") })
	port := netip.MustParseAddrPort(host).Port()
	url := fmt.Sprintf("http://evil.example:%d/", port)
	resolver := names(t, map[string]string{"evil.example.": "127.0.0.1"})

	f := fetching(t, fmt.Sprintf("evil.example:%d", port))
	f.dialer.Resolver = resolver
	_, _, err := f.get(t.Context(), url)
	var failure *resolve.Failure
	if !errors.As(err, &failure) || !errors.Is(err, resolve.ErrNotAllowed) || failure.Help != "if this is meant, allow the address too: --allow-http 127.0.0.1" {
		t.Fatalf("got %v", err)
	}
	f = fetching(t, fmt.Sprintf("evil.example:%d", port), "127.0.0.1")
	f.dialer.Resolver = resolver
	if text, _, err := f.get(t.Context(), url); err != nil || string(text) != "inside" {
		t.Errorf("with the address allowed: %q, %v", text, err)
	}
}

// names is a resolver that knows these names and their addresses of version 4,
// and asks nobody.
func names(t *testing.T, known map[string]string) *net.Resolver {
	t.Helper()
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go answer(theirs, known)
		return ours, nil
	}}
}

// answer answers one DNS question over a stream (RFC 1035 §4).
func answer(conn net.Conn, known map[string]string) {
	defer func() { _ = conn.Close() }()
	var size [2]byte
	for {
		if _, err := io.ReadFull(conn, size[:]); err != nil {
			return
		}
		query := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(conn, query); err != nil {
			return
		}
		reply := respond(query, known)
		if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...)); err != nil {
			return
		}
	}
}

func respond(query []byte, known map[string]string) []byte {
	name, end := "", 12
	for query[end] != 0 {
		name += string(query[end+1:end+1+int(query[end])]) + "."
		end += 1 + int(query[end])
	}
	kind := binary.BigEndian.Uint16(query[end+1:])
	question := query[12 : end+5]
	address, ok := known[name]
	answers, code := byte(0), byte(0)
	if !ok {
		code = 3 // no such name
	} else if kind == 1 {
		answers = 1
	}
	reply := append([]byte{query[0], query[1], 0x81, 0x80 | code, 0, 1, 0, answers, 0, 0, 0, 0}, question...)
	if answers == 1 {
		ip := netip.MustParseAddr(address).As4()
		reply = append(reply, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
		reply = append(reply, ip[:]...)
	}
	return reply
}
