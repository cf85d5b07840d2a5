package naming

import "strings"

// Singular returns the name of one element of what a plural names, such as
// OrderLine for OrderLines, and whether the name looks like a plural.
func Singular(name string) (string, bool) {
	for _, same := range []string{"ss", "us", "is", "as", "os", "series", "species", "Series", "Species", "news", "News"} {
		if strings.HasSuffix(name, same) {
			return name, false
		}
	}
	for _, ending := range []struct{ plural, singular string }{
		{"ies", "y"}, {"sses", "ss"}, {"xes", "x"}, {"ches", "ch"}, {"shes", "sh"}, {"s", ""},
	} {
		if stem, ok := strings.CutSuffix(name, ending.plural); ok && len(stem) > 1 {
			return stem + ending.singular, true
		}
	}
	return name, false
}
