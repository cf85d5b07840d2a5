package templates

import "testing"

func TestImportAlias(t *testing.T) {
	for path, want := range map[string]string{
		"time": "", "net/netip": "", "github.com/google/uuid": "uuid", "github.com/a/b/v2": "b", "gopkg.in/guregu/null.v4": "null",
		"github.com/a/go-Money": "money", "github.com/a/data": "pkgdata", "github.com/a/7zip": "pkg7zip", "github.com/a/_": "pkg", "example.com": "example",
	} {
		if got := importAlias(path); got != want {
			t.Errorf("%q is imported as %q, want %q", path, got, want)
		}
	}
}
