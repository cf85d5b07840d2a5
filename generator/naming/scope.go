package naming

import (
	"fmt"
	"go/token"
	"slices"
	"strings"
)

// Scope is a set of names in use, within another scope. It is not safe for
// concurrent use.
type Scope struct {
	parent *Scope
	names  map[string]bool
}

// Universe returns a scope that holds Go's keywords and predeclared names.
func Universe() *Scope {
	s := &Scope{names: map[string]bool{}}
	for t := token.BREAK; t <= token.VAR; t++ {
		s.names[t.String()] = true
	}
	s.Reserve(strings.Fields(`any bool byte comparable complex64 complex128 error float32 float64
		int int8 int16 int32 int64 rune string uint uint8 uint16 uint32 uint64 uintptr
		true false iota nil append cap clear close complex copy delete imag len make max min new
		panic print println real recover init main _`)...)
	return s
}

// Within returns an empty scope inside s: names of s are in use in it too.
func (s *Scope) Within() *Scope { return &Scope{parent: s, names: map[string]bool{}} }

// Reserve marks names as in use.
func (s *Scope) Reserve(names ...string) {
	for _, n := range names {
		s.names[n] = true
	}
}

// Has tells whether a name is in use here or further out.
func (s *Scope) Has(name string) bool {
	for ; s != nil; s = s.parent {
		if s.names[name] {
			return true
		}
	}
	return false
}

// Claim is one thing that needs names: all of them, or those of its next form.
type Claim struct {
	// Rank decides a clash between different kinds of things: the lowest keeps
	// its names, all others take their next form.
	Rank int
	// Key is what the thing is, to tell it from another that wants all the same
	// names.
	Key string
	// Parent is the claim whose name this one's is made of, or nil. It stands
	// before this one in the list.
	Parent *Claim
	// Forms are the names to try, the most natural first. They may depend on
	// the names of the parent.
	Forms []func() []string

	form  int
	names []string
}

// Names are those that Settle gave to the claim.
func (c *Claim) Names() []string { return c.names }

// refresh computes the names of the claim's present form. Behind the last form
// the first name is told apart by a hash of the key.
func (c *Claim) refresh() {
	if c.form < len(c.Forms) {
		c.names = c.Forms[c.form]()
		return
	}
	suffix := "X" + Hash(c.Key+strings.Repeat("+", c.form-len(c.Forms)))
	c.names = slices.Clone(c.Forms[len(c.Forms)-1]())
	for i := range c.names {
		c.names[i] += suffix
	}
}

// Settle gives every claim names that no other claim and no name of the scope
// has, and adds them to the scope. The outcome does not depend on the order of
// the claims: where several want one name, those of the lowest rank keep it if
// it is a single one, and all others move on to their next form.
func (s *Scope) Settle(claims []*Claim) {
	tellApart(claims)
	for {
		wanted := map[string][]*Claim{}
		for _, c := range claims {
			c.refresh()
			for _, n := range c.names {
				wanted[n] = append(wanted[n], c)
			}
		}
		if !s.yield(claims, wanted) {
			break
		}
	}
	for _, c := range claims {
		s.Reserve(c.names...)
	}
}

// tellApart numbers claims that have one key, so that Settle ends.
func tellApart(claims []*Claim) {
	seen := map[string]int{}
	for _, c := range claims {
		seen[c.Key]++
		if n := seen[c.Key]; n > 1 {
			c.Key = fmt.Sprintf("%s (%d)", c.Key, n)
		}
	}
}

// yield moves on the claims that lose a clash and tells whether there was one.
// Where the parent moves on, its children change their names anyway.
func (s *Scope) yield(claims []*Claim, wanted map[string][]*Claim) bool {
	moved := map[*Claim]bool{}
	for _, c := range claims {
		switch {
		case moved[c.Parent]:
			moved[c] = true
		case slices.ContainsFunc(c.names, func(n string) bool { return s.Has(n) || loses(c, wanted[n]) }):
			c.form++
			moved[c] = true
		}
	}
	return len(moved) > 0
}

// loses tells whether another claim keeps a name that c wants too, or nobody.
func loses(c *Claim, wanted []*Claim) bool {
	for _, other := range wanted {
		if other != c && other.Rank <= c.Rank {
			return true
		}
	}
	return false
}

// Simple returns a claim to one of the names, in order of preference.
func Simple(rank int, key string, names ...string) *Claim {
	c := &Claim{Rank: rank, Key: key}
	for _, n := range names {
		c.Try(func() []string { return []string{n} })
	}
	return c
}

// Try adds a form to be tried behind those the claim has.
func (c *Claim) Try(form func() []string) { c.Forms = append(c.Forms, form) }

// Name is the first of the claim's names.
func (c *Claim) Name() string { return c.names[0] }
