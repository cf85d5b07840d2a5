package codec

import "slices"

// Keys returns the keys of a map in the order in which they are written.
func Keys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sortKeys(keys)
	return keys
}

// sortKeys is not generic, so that the compiler makes one sort and not one in each
// package that has maps.
//
//go:noinline
func sortKeys(keys []string) { slices.Sort(keys) }
