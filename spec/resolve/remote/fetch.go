package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/asyncwire/asyncwire/spec/resolve"
)

// Limits of what is fetched, beside resolve.MaxFileSize.
const (
	MaxRedirects = 5                // hops for one URL
	FileTimeout  = 30 * time.Second // for one URL, all hops and its whole text
	TotalTimeout = 2 * time.Minute  // waited for all URLs of one Loader

	maxHeaderBytes = 64 << 10
	idleTimeout    = 5 * time.Second // of a connection nobody uses any more
)

// fetcher asks hosts for files. It sends no cookies and no credentials and goes
// through no proxy: behind one, nobody could say which address is asked.
type fetcher struct {
	hosts     *Hosts
	dialer    net.Dialer
	transport *http.Transport
	agent     string // the User-Agent it is honest about
	limit     int64  // of a file, in bytes
	timeout   time.Duration
}

func newFetcher(hosts *Hosts, agent string) *fetcher {
	f := &fetcher{hosts: hosts, agent: agent, limit: resolve.MaxFileSize, timeout: FileTimeout}
	f.transport = &http.Transport{
		DialContext:            f.dial,
		MaxResponseHeaderBytes: maxHeaderBytes,
		IdleConnTimeout:        idleTimeout,
	}
	return f
}

// dial connects to a host, if the address that is dialled in the end allows it.
func (f *fetcher) dial(ctx context.Context, network, hostPort string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(hostPort)
	if err != nil {
		return nil, err
	}
	dialer := f.dialer
	dialer.Control = func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		return f.hosts.reach(host, to)
	}
	return dialer.DialContext(ctx, network, hostPort)
}

// get returns the text behind a URL in its normal form, and the URL where it was
// found after all redirects. A type that the answer claims is not looked at: the
// text says itself what it is.
func (f *fetcher) get(ctx context.Context, uri string) (text []byte, final string, err error) {
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	for hops := 0; ; hops++ {
		if hops > MaxRedirects {
			return nil, "", fmt.Errorf("it is redirected more than %d times", MaxRedirects)
		}
		answer, err := f.ask(ctx, uri)
		if err == nil && !redirects(answer) {
			text, err = f.read(answer)
			return text, uri, tidy(ctx, err)
		}
		if err == nil {
			_ = answer.Body.Close()
			uri, err = target(uri, answer)
		}
		if err = tidy(ctx, err); err != nil && hops > 0 {
			err = redirected(err)
		}
		if err != nil {
			return nil, "", err
		}
	}
}

// ask sends one request, if its host may be asked.
func (f *fetcher) ask(ctx context.Context, uri string) (*http.Response, error) {
	u, err := url.Parse(uri)
	if err != nil {
		return nil, errors.New("it is not a URI")
	}
	if err := f.hosts.admit(u); err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, uri, nil)
	if err != nil {
		return nil, errors.New("it is not a URI")
	}
	request.Header.Set("User-Agent", f.agent)
	request.Header.Set("Accept", "application/yaml, application/json, text/*, */*;q=0.5")
	return f.transport.RoundTrip(request)
}

// redirects tells whether an answer sends on to another URL.
func redirects(answer *http.Response) bool {
	switch answer.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// target is the URL that an answer sends on to.
func target(from string, answer *http.Response) (string, error) {
	base, err := url.Parse(from)
	if err != nil {
		return "", errors.New("it is not a URI")
	}
	location, err := base.Parse(answer.Header.Get("Location"))
	if err != nil || answer.Header.Get("Location") == "" {
		return "", errors.New("it is redirected to nowhere")
	}
	to, err := resolve.CanonicalURL(location.String())
	switch {
	case err != nil:
		return "", &resolve.Failure{Err: fmt.Errorf("it is redirected, but %w", errors.Unwrap(err))}
	case base.Scheme == "https" && location.Scheme == "http":
		return "", &resolve.Failure{Err: fmt.Errorf("%w: it is redirected from https to http", resolve.ErrNotAllowed)}
	}
	return to, nil
}

// redirected says that an error is not about the URL that was asked for first.
func redirected(err error) error {
	out := &resolve.Failure{Err: err}
	var failure *resolve.Failure
	if errors.As(err, &failure) {
		*out = *failure
	}
	out.Err = fmt.Errorf("it is redirected, and then: %w", out.Err)
	return out
}

// read returns the text of an answer that is a file, and closes it.
func (f *fetcher) read(answer *http.Response) ([]byte, error) {
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the host answers %d %s", answer.StatusCode, http.StatusText(answer.StatusCode))
	}
	if encoding := answer.Header.Get("Content-Encoding"); encoding != "" {
		return nil, errors.New("the host answers in an encoding that was not asked for")
	}
	// The limit counts decompressed bytes, since the transport decompresses.
	text, err := io.ReadAll(io.LimitReader(answer.Body, f.limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(text)) > f.limit {
		return nil, fmt.Errorf("larger than %d MiB", f.limit>>20)
	}
	return text, nil
}

// tidy says in a few words why a host could not be asked, without what a message
// should not hold: URLs and the names of servers on the way.
func tidy(ctx context.Context, err error) error {
	var failure *resolve.Failure
	var lookup *net.DNSError
	var timeout interface{ Timeout() bool }
	switch {
	case err == nil:
		return nil
	case errors.As(err, &failure):
		return failure
	case errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err()
	case errors.As(err, &lookup) && lookup.IsNotFound:
		return fmt.Errorf("there is no host of the name %s", lookup.Name)
	case errors.As(err, &lookup):
		return fmt.Errorf("the name %s could not be resolved", lookup.Name)
	case ctx.Err() != nil, errors.As(err, &timeout) && timeout.Timeout():
		return errors.New("the host did not answer in time")
	}
	text := strings.TrimPrefix(err.Error(), "net/http: ")
	_, inner, broken := strings.Cut(text, "transport connection broken: ")
	if broken {
		text = strings.TrimPrefix(inner, "net/http: ")
	}
	return errors.New(text)
}
