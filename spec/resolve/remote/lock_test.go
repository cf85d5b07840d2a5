package remote

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const anySum = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// lockText is a lock file as it is written.
const lockText = `# What asyncapi.yaml references over the network. Written by --update-lock; commit it.
asyncwire-lock 1
https://a.example/x.yaml sha256:` + anySum + ` 10
https://b.example/x.yaml?v=1 sha256:` + anySum + ` 0 https://c.example/y.yaml
`

func lockFile(t *testing.T, text string) (document string) {
	t.Helper()
	document = filepath.Join(t.TempDir(), "asyncapi.yaml")
	if err := os.WriteFile(document+LockSuffix, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return document
}

func TestLockRoundTrip(t *testing.T) {
	for _, text := range []string{lockText, strings.ReplaceAll(lockText, "\n", "\r\n")} {
		l, err := ReadLock(lockFile(t, text))
		if err != nil || !l.Present() || len(l.entries) != 2 {
			t.Fatalf("%v, %v", l, err)
		}
		if got := string(l.format(l.entries)); got != lockText {
			t.Errorf("written as\n%s", got)
		}
		var used []Entry
		for _, e := range l.entries {
			used = append(used, e)
		}
		if changed, err := l.Write(used, false); changed || err != nil {
			t.Errorf("nothing is new, but changed is %t, %v", changed, err)
		}
	}
}

func TestLockWrite(t *testing.T) {
	a := Entry{URL: "https://a.example/x.yaml", Sum: anySum, Size: 10}
	n := Entry{URL: "https://n.example/", Sum: anySum, Size: 1}
	for name, c := range map[string]struct {
		used []Entry
		keep bool
		want int
	}{
		"unused entries go":       {[]Entry{a, n}, false, 2},
		"unless some were unread": {[]Entry{a, n}, true, 3},
		"all of them go":          {nil, false, 0},
	} {
		document := lockFile(t, lockText)
		l, err := ReadLock(document)
		if err != nil {
			t.Fatal(err)
		}
		if changed, err := l.Write(c.used, c.keep); !changed || err != nil {
			t.Errorf("%s: changed %t, %v", name, changed, err)
		}
		if l, err = ReadLock(document); err != nil || len(l.entries) != c.want || !l.Present() {
			t.Errorf("%s: %v, %v", name, l, err)
		}
	}
}

// TestNoSurprise demands that a document without URLs gets no lock file.
func TestNoSurprise(t *testing.T) {
	document := filepath.Join(t.TempDir(), "asyncapi.yaml")
	l, err := ReadLock(document)
	if err != nil || l.Present() {
		t.Fatalf("%v, %v", l, err)
	}
	if changed, err := l.Write(nil, false); changed || err != nil {
		t.Errorf("changed %t, %v", changed, err)
	}
	if _, err := os.Stat(l.Path()); err == nil {
		t.Error("a lock file was written")
	}
}

func TestLockInvalid(t *testing.T) {
	entry := "https://a.example/x.yaml sha256:" + anySum + " 10"
	for text, want := range map[string]string{
		"":                                `a lock file begins with "asyncwire-lock 1"`,
		"# nothing\n":                     `a lock file begins with "asyncwire-lock 1"`,
		"asyncwire-lock 2\n" + entry:      `line 1: a lock file begins with "asyncwire-lock 1"`,
		entry:                             `line 1: a lock file begins with "asyncwire-lock 1"`,
		lockText + "<<<<<<< HEAD\n":       "line 5: want a URL, sha256:…, a size and perhaps a second URL",
		lockText + entry:                  "line 5: the URL has a line already",
		lockText + strings.ToUpper(entry): `line 5: "HTTPS://A.EXAMPLE/X.YAML" is not a URL in its normal form`,
		lockText + "https://me:s3cret@n.example/ sha256:" + anySum + " 1": `line 5: "https://n.example/" is not a URL in its normal form`,
		lockText + "https://n.example/ sha256:0123 1":                     "line 5: want sha256: and 64 small hexadecimal digits behind the URL",
		lockText + "https://n.example/ " + anySum + " 1":                  "line 5: want sha256: and 64 small hexadecimal digits behind the URL",
		lockText + "https://n.example/ sha256:" + anySum + " -1":          "line 5: want a size in bytes behind the hash",
		lockText + "https://n.example/ sha256:" + anySum + " 67108865":    "line 5: want a size in bytes behind the hash",
		lockText + "https://n.example/ sha256:" + anySum + " 1 file:///a": `line 5: "file:///a" is not a URL in its normal form`,
	} {
		document := lockFile(t, text)
		l, err := ReadLock(document)
		if err == nil || err.Error() != "cannot read "+document+".lock: "+want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
		if len(l.entries) > 0 || !l.Present() {
			t.Errorf("%q: the lock is %v", text, l)
		}
	}
}

// TestLockIsNoFile demands an error, and no waiting, where the lock file is
// something else or far too large.
func TestLockIsNoFile(t *testing.T) {
	document := filepath.Join(t.TempDir(), "asyncapi.yaml")
	if err := os.Mkdir(document+LockSuffix, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadLock(document); err == nil || !strings.HasSuffix(err.Error(), "is not a regular file") {
		t.Errorf("a directory: %v", err)
	}
	document = lockFile(t, lockText)
	if err := os.Truncate(document+LockSuffix, maxLockSize+1); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadLock(document); err == nil || !strings.HasSuffix(err.Error(), "larger than 4 MiB") {
		t.Errorf("a large file: %v", err)
	}
}

// FuzzLock demands that what is read as a lock is written as one with the same
// entries.
func FuzzLock(f *testing.F) {
	f.Add(lockText)
	f.Add("asyncwire-lock 1\r\n#\nhttp://h/ sha256:" + anySum + " 0 http://h/?")
	f.Fuzz(func(t *testing.T, text string) {
		l := &Lock{path: "asyncapi.yaml" + LockSuffix, text: []byte(text), entries: map[string]Entry{}}
		if l.parse() != nil {
			return
		}
		again := &Lock{path: l.path, text: l.format(l.entries), entries: map[string]Entry{}}
		if err := again.parse(); err != nil || len(again.entries) != len(l.entries) {
			t.Fatalf("%q became %q: %v", text, again.text, err)
		}
		for url, e := range l.entries {
			if again.entries[url] != e {
				t.Errorf("%v became %v", e, again.entries[url])
			}
		}
	})
}
