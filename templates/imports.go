package templates

import (
	"path"
	"regexp"
	"strings"
)

// version is an element of an import path that names no package.
var version = regexp.MustCompile(`^v[0-9]+$`)

// locals are the names that functions with types in their bodies declare; those of
// numberedLocal have numbers.
const locals = " v data err ok r w e dst rules codec unsafe "

var numberedLocal = regexp.MustCompile(`^(x|i|key)[0-9]*$`)

// importAlias is the name under which files import a package, or "" for one of
// the standard library, which has its own.
func importAlias(importPath string) string {
	if first, _, _ := strings.Cut(importPath, "/"); !strings.Contains(first, ".") {
		return ""
	}
	base := path.Base(importPath)
	if version.MatchString(base) {
		base = path.Base(path.Dir(importPath))
	}
	base, _, _ = strings.Cut(strings.TrimPrefix(strings.ToLower(base), "go-"), ".")
	name := strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, base)
	if name == "" || name[0] <= '9' || strings.Contains(locals, " "+name+" ") || numberedLocal.MatchString(name) {
		return "pkg" + name
	}
	return name
}
