// Package mutant makes mutants of JSON values that keep their structure: of a
// valid message most are nearly valid, so that two judges of one schema are
// led to where they may differ.
//
// It is for tests alone and imports nothing of this module.
//
//	source, err := mutant.New([]string{"note"}, []byte(`{"id":1}`))
//	for n := range uint64(1000) {
//		judge(source.Mutant(n))
//	}
package mutant

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// Source makes mutants of some values. It may be used concurrently.
type Source struct {
	trees []any
	keys  []string
}

// New returns the source of the mutants of JSON texts. Keys are names that
// members may get beside those that the texts have.
func New(keys []string, seeds ...[]byte) (*Source, error) {
	s := &Source{}
	for _, seed := range seeds {
		d := json.NewDecoder(strings.NewReader(string(seed)))
		d.UseNumber()
		var tree any
		if err := d.Decode(&tree); err != nil {
			return nil, fmt.Errorf("seed %s: %w", seed, err)
		}
		s.trees = append(s.trees, tree)
		s.keys = append(s.keys, keysOf(tree)...)
	}
	s.keys = append(append(s.keys, keys...), "")
	return s, nil
}

// Mutant returns the mutant of that number: a text with one to three changes,
// always the same. It is JSON, unless a number got too many exponents for that.
func (s *Source) Mutant(n uint64) []byte {
	m := mutator{rand.New(rand.NewPCG(n, 77)), s.keys}
	return m.mutant(s.trees[m.IntN(len(s.trees))])
}

func keysOf(tree any) []string {
	var keys []string
	switch v := tree.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			keys = append(append(keys, k), keysOf(v[k])...)
		}
	case []any:
		for _, item := range v {
			keys = append(keys, keysOf(item)...)
		}
	}
	return keys
}

// mutator changes values at random places of a tree.
type mutator struct {
	*rand.Rand
	keys []string
}

// mutant is a tree with one to three changes, as text.
func (m mutator) mutant(seed any) []byte {
	tree := copyOf(seed)
	for range 1 + m.IntN(3) {
		left := m.IntN(sizeOf(tree))
		tree = m.at(tree, &left, seed)
	}
	return m.write(nil, tree)
}

func copyOf(tree any) any {
	switch v := tree.(type) {
	case map[string]any:
		c := make(map[string]any, len(v))
		for k, inner := range v {
			c[k] = copyOf(inner)
		}
		return c
	case []any:
		c := make([]any, len(v))
		for i, inner := range v {
			c[i] = copyOf(inner)
		}
		return c
	}
	return tree
}

func sizeOf(tree any) int {
	size := 1
	switch v := tree.(type) {
	case map[string]any:
		for _, inner := range v {
			size += sizeOf(inner)
		}
	case []any:
		for _, inner := range v {
			size += sizeOf(inner)
		}
	}
	return size
}

// at changes the value that left counts down to.
func (m mutator) at(tree any, left *int, seed any) any {
	if *left--; *left < 0 {
		*left = 1 << 30
		return m.change(tree, seed)
	}
	switch v := tree.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			v[k] = m.at(v[k], left, seed)
		}
	case []any:
		for i := range v {
			v[i] = m.at(v[i], left, seed)
		}
	}
	return tree
}

// any is a copy of a value somewhere in the seed.
func (m mutator) any(seed any) any {
	for {
		switch v := seed.(type) {
		case map[string]any:
			keys := slices.Sorted(maps.Keys(v))
			if len(keys) == 0 || m.IntN(5) == 0 {
				return copyOf(v)
			}
			seed = v[keys[m.IntN(len(keys))]]
		case []any:
			if len(v) == 0 || m.IntN(5) == 0 {
				return copyOf(v)
			}
			seed = v[m.IntN(len(v))]
		default:
			return v
		}
	}
}

func (m mutator) change(tree, seed any) any {
	if m.IntN(12) == 0 {
		scalars := []any{nil, true, false, "", "x", json.Number("0"), json.Number("1"), []any{}, map[string]any{}}
		return scalars[m.IntN(len(scalars))]
	}
	if m.IntN(12) == 0 {
		return m.any(seed)
	}
	switch v := tree.(type) {
	case map[string]any:
		return m.object(v, seed)
	case []any:
		return m.array(v, seed)
	case json.Number:
		return m.number(v)
	case string:
		return m.text(v)
	case bool:
		return !v
	}
	return m.any(seed)
}

func (m mutator) object(v map[string]any, seed any) any {
	keys := slices.Sorted(maps.Keys(v))
	add := m.keys[m.IntN(len(m.keys))]
	switch {
	case len(keys) == 0 || m.IntN(4) == 0:
		v[add] = m.any(seed)
	case m.IntN(3) == 0:
		delete(v, keys[m.IntN(len(keys))])
	case m.IntN(2) == 0:
		from := keys[m.IntN(len(keys))]
		v[m.text(from)] = v[from]
		delete(v, from)
	default:
		a, b := keys[m.IntN(len(keys))], keys[m.IntN(len(keys))]
		v[a], v[b] = v[b], v[a]
	}
	return v
}

func (m mutator) array(v []any, seed any) any {
	if len(v) == 0 {
		return []any{m.any(seed)}
	}
	i, j := m.IntN(len(v)), m.IntN(len(v))
	switch m.IntN(5) {
	case 0:
		return slices.Delete(v, i, i+1)
	case 1:
		return append(v, copyOf(v[i]))
	case 2:
		return append(v, m.any(seed))
	case 3:
		for len(v) < 101 && m.IntN(10) > 0 {
			v = append(v, copyOf(v[i]))
		}
	default:
		v[i], v[j] = v[j], v[i]
	}
	return v
}

func (m mutator) number(n json.Number) json.Number {
	s := string(n)
	switch m.IntN(9) {
	case 0:
		return json.Number(strings.TrimPrefix("-"+s, "--"))
	case 1:
		return json.Number([]string{"0", "-0", "0.0", "1e2", "1E+0", "12345678901234567890.5", "1e-7", "999", "1000", "4999.9999", "-273.15", "-273.151"}[m.IntN(12)])
	case 2:
		if !strings.ContainsAny(s, ".eE") {
			return json.Number(s + ".0")
		}
		return json.Number(s + "0")
	case 3:
		if strings.ContainsAny(s, "eE") {
			break
		}
		return json.Number(s + []string{"e0", "e1", "E-1", "e2", "e+15"}[m.IntN(5)])
	case 4:
		if !strings.ContainsAny(s, ".eE") {
			return json.Number(s + ".25")
		}
	case 5:
		return json.Number(strings.TrimSuffix(strings.TrimPrefix(s, "-"), ".")[:1])
	}
	if f, err := n.Float64(); err == nil {
		return json.Number(fmt.Sprint(f + float64(m.IntN(7)-3)/[]float64{1, 8, 100}[m.IntN(3)]))
	}
	return "7"
}

const mutantRunes = "aZz09-_.:@/%+ TtZé\u00a0💩\"\\#?[]{}~,;<|`"

func (m mutator) text(s string) string {
	runes, pool := []rune(s), []rune(mutantRunes)
	for range 1 + m.IntN(2) {
		i := m.IntN(len(runes) + 1)
		r := pool[m.IntN(len(pool))]
		switch {
		case m.IntN(3) == 0 || len(runes) == 0:
			runes = slices.Insert(runes, i, r)
		case i == len(runes):
			runes = runes[:i-1]
		case m.IntN(3) == 0:
			runes = slices.Delete(runes, i, i+1)
		case m.IntN(5) == 0:
			runes = []rune([]string{strings.ToUpper(s), strings.ToLower(s), s + s, strings.Repeat(s, 12), s[:0]}[m.IntN(5)])
		case m.IntN(4) == 0 && i > 0:
			runes[i], runes[i-1] = runes[i-1], runes[i]
		default:
			runes[i] = r
		}
	}
	return string(runes)
}

// write writes a tree with blanks and escapes here and there.
func (m mutator) write(b []byte, tree any) []byte {
	blank := func() {
		if m.IntN(40) == 0 {
			b = append(b, " \t\n\r"[m.IntN(4)])
		}
	}
	switch v := tree.(type) {
	case map[string]any:
		keys := slices.Sorted(maps.Keys(v))
		m.Shuffle(len(keys), func(i, j int) {
			if m.IntN(4) == 0 {
				keys[i], keys[j] = keys[j], keys[i]
			}
		})
		b = append(b, '{')
		for i, k := range keys {
			if i > 0 {
				b = append(b, ',')
			}
			blank()
			b = append(m.writeText(b, k), ':')
			blank()
			b = m.write(b, v[k])
			blank()
		}
		return append(b, '}')
	case []any:
		b = append(b, '[')
		for i, item := range v {
			if i > 0 {
				b = append(b, ',')
			}
			blank()
			b = m.write(b, item)
			blank()
		}
		return append(b, ']')
	case json.Number:
		return append(b, v...)
	case string:
		return m.writeText(b, v)
	}
	return fmt.Appendf(b, "%s", map[any]string{nil: "null", true: "true", false: "false"}[tree])
}

func (m mutator) writeText(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r < 0x10000 && (r < ' ' || m.IntN(60) == 0):
			b = fmt.Appendf(b, `\u%04x`, r)
		default:
			b = append(b, string(r)...)
		}
	}
	return append(b, '"')
}
