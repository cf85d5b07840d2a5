package naming

import (
	"go/token"
	"slices"
	"strings"
)

// generic are the words that say nothing in the name of a package.
var generic = set(`a an the api apis async asyncapi service services spec specification document for of and
	events event messages message`)

// awkward are names that a package may have but that would stand in the way of
// its users.
var awkward = set(`context json runtime time main test vendor internal documentation`)

// Package returns a short, legal, lower-case package name for a title or a
// directory's name. It is "asyncapi" where the text gives none.
func Package(text string) string {
	var telling, all []string
	for _, w := range Words(text) {
		if w = ascii(w); w == "" {
			continue
		}
		all = append(all, w)
		if !generic[w] && !isVersion(w) {
			telling = append(telling, w)
		}
	}
	if len(telling) == 0 {
		telling = all
	}
	name := join(telling, 20)
	name = strings.TrimLeft(name, "0123456789")
	if name == "" {
		return "asyncapi"
	}
	if awkward[name] || Universe().Has(name) {
		return name + "api"
	}
	return name
}

// IsPackage tells whether a text can be the name of a package as it is: a short,
// lower-case identifier that does not stand in the way of its users.
func IsPackage(name string) bool {
	return token.IsIdentifier(name) && name == strings.ToLower(name) && len(name) <= 40 &&
		!awkward[name] && !Universe().Has(name)
}

// Directory returns the package name for a directory: its own name where that
// is a legal one, in small letters, without symbols.
func Directory(name string) string {
	return Package(strings.ToLower(strings.Join(Words(name), "")))
}

// join takes words as long as the whole stays short.
func join(words []string, length int) string {
	name := ""
	for i, w := range words {
		if i > 0 && len(name)+len(w) > length {
			break
		}
		name += w
	}
	return name[:min(len(name), 2*length)]
}

func ascii(word string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, word)
}

func isVersion(word string) bool {
	digits := strings.TrimPrefix(word, "v")
	return digits != "" && !slices.ContainsFunc([]byte(digits), func(c byte) bool { return c < '0' || c > '9' })
}
