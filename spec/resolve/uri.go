package resolve

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
)

// codeInvalid is for references that are no references by their very text.
const codeInvalid diag.Code = "ref-invalid"

// Shown is how messages write a reference or URL: a user name and password are
// left out, and the values of a query, which may be tokens, are replaced by an
// ellipsis.
func Shown(ref string) string {
	ref, fragment, hasFragment := strings.Cut(ref, "#")
	if scheme := schemeOf(ref); scheme == "" || scheme == "file" {
		if !strings.HasPrefix(ref, "//") {
			return join(ref, fragment, hasFragment)
		}
	}
	ref, query, _ := strings.Cut(ref, "?")
	if begin := strings.Index(ref, "//"); begin >= 0 {
		authority, path, _ := strings.Cut(ref[begin+2:], "/")
		if at := strings.LastIndexByte(authority, '@'); at >= 0 {
			ref = ref[:begin+2] + authority[at+1:] + "/" + path
		}
	}
	if query != "" {
		ref += "?" + withoutValues(query)
	}
	return join(ref, fragment, hasFragment)
}

func join(ref, fragment string, has bool) string {
	if has {
		ref += "#" + fragment
	}
	return ref
}

// withoutValues keeps the names of a query's parameters. A parameter without a
// name is a value.
func withoutValues(query string) string {
	parts := strings.Split(query, "&")
	for i, part := range parts {
		if name, _, ok := strings.Cut(part, "="); ok {
			parts[i] = name + "=…"
		} else {
			parts[i] = "…"
		}
	}
	return strings.Join(parts, "&")
}

// schemeOf is the scheme that a URI reference begins with, in small letters, or
// "" (RFC 3986 §3.1). A single letter is a drive of Windows.
func schemeOf(ref string) string {
	scheme, _, ok := strings.Cut(ref, ":")
	if !ok || len(scheme) < 2 {
		return ""
	}
	scheme = strings.ToLower(scheme)
	for i := range len(scheme) {
		c := scheme[i]
		letter := 'a' <= c && c <= 'z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789+-.", rune(c))) {
			return ""
		}
	}
	return scheme
}

// isHTTP tells whether a scheme is one of the web's.
func isHTTP(scheme string) bool { return scheme == "http" || scheme == "https" }

// locate resolves a reference without fragment against the URI of the file it is
// written in (RFC 3986 §5). The result is a file's absolute path or a URL in its
// normal form: one name for one thing.
func locate(base, ref string) (string, error) {
	scheme, from := schemeOf(ref), schemeOf(base)
	switch {
	case from != "" && from != "file":
		return locateRemote(base, ref)
	case isHTTP(scheme):
		return CanonicalURL(ref)
	case scheme == "file":
		return filePath(ref)
	case scheme != "":
		return "", foreign(scheme)
	case strings.HasPrefix(ref, "//"):
		return "", &Failure{Err: fmt.Errorf("%w: a file of another machine cannot be read", ErrNotAllowed)} // RFC 3986 §4.2
	}
	if unescaped, err := url.PathUnescape(ref); err == nil {
		ref = unescaped
	}
	if filepath.IsAbs(ref) {
		return filepath.Clean(ref), nil
	}
	return filepath.Join(filepath.Dir(base), filepath.FromSlash(ref)), nil
}

// locateRemote is locate for a file that is not on this machine: nothing in it
// may lead back here.
func locateRemote(base, ref string) (string, error) {
	from, err := url.Parse(base)
	if err != nil {
		return "", notURI()
	}
	to, err := url.Parse(ref)
	if err != nil {
		return "", notURI()
	}
	to = from.ResolveReference(to)
	switch {
	case isHTTP(to.Scheme):
		return canonical(to)
	case to.Scheme == from.Scheme && to.Scheme != "file":
		return to.String(), nil
	case to.Scheme == "file":
		return "", &Failure{Err: fmt.Errorf("%w: a file from the network may not reference files of this machine", ErrNotAllowed)}
	}
	return "", foreign(to.Scheme)
}

// CanonicalURL is the normal form of an absolute http or https URL: scheme and
// host in small letters, no default port, no fragment. A URL with a user name or
// password is refused: it would put a secret into a document.
func CanonicalURL(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil {
		return "", notURI()
	}
	return canonical(u)
}

func canonical(u *url.URL) (string, error) {
	switch {
	case !isHTTP(u.Scheme) || u.Hostname() == "":
		return "", notURI()
	case u.User != nil:
		return "", &Failure{
			Err:  fmt.Errorf("%w: a URL must not hold a user name or password", ErrNotAllowed),
			Help: "take them out, and change the password if others have seen the document",
		}
	}
	out := *u
	out.Fragment, out.RawFragment, out.ForceQuery = "", "", false
	out.Host = strings.ToLower(u.Host)
	if port := u.Port(); port == "" || u.Scheme == "http" && port == "80" || u.Scheme == "https" && port == "443" {
		out.Host = strings.TrimSuffix(strings.TrimSuffix(out.Host, port), ":")
	}
	if out.Path == "" {
		out.Path = "/"
	}
	return out.String(), nil
}

func notURI() error {
	return &Failure{Code: codeInvalid, Err: errors.New("it is not a URI")}
}

func foreign(scheme string) error {
	return &Failure{
		Err:  fmt.Errorf("%w: references are followed into files and, over http and https, to other hosts", ErrNotAllowed),
		Help: fmt.Sprintf("if a file is meant whose name begins with %q, write ./ in front of it", scheme+":"),
	}
}

// filePath is the path that a path or file: URI names.
func filePath(uri string) (string, error) {
	switch scheme := schemeOf(uri); scheme {
	case "":
		return filepath.Clean(filepath.FromSlash(uri)), nil
	case "file":
	default:
		return "", notOverNetwork(uri)
	}
	u, err := url.Parse(uri)
	switch {
	case err != nil:
		return "", notURI()
	case u.Path == "":
		return "", &Failure{
			Err:  fmt.Errorf("%w: the URI names no file", ErrNotAllowed),
			Help: "write file:///path/to/file, or the path alone",
		}
	case u.Host != "" && u.Host != "localhost":
		return "", &Failure{Err: fmt.Errorf("%w: a file of another machine cannot be read", ErrNotAllowed)}
	}
	return filepath.Clean(filepath.FromSlash(u.Path)), nil
}

// notOverNetwork is the failure of a loader that reads files alone.
func notOverNetwork(uri string) error {
	f := &Failure{Err: fmt.Errorf("%w: nothing is fetched over the network", ErrNotAllowed)}
	if u, err := url.Parse(uri); err == nil && isHTTP(u.Scheme) && u.Host != "" {
		f.Help = "allow it with --allow-http " + u.Host
	}
	return f
}
