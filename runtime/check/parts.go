package check

// Parts judges values that stand within one text, such as the alternatives that a
// value might be while it is read. What a text that is laborious has shown is
// remembered from one value to the next, so that alternatives within alternatives
// are not judged anew at each level: all values of a text together take no more
// than a few times the work that the text as a whole may take.
//
// The zero Parts is ready to use, for one text at a time and not concurrently. End
// gives back what it holds.
type Parts struct {
	walkers []*walker // one for each set of rules
	of      []*Validator
}

// Valid tells whether the value that begins at pos keeps the schema of v; the text
// around it need not. Spent tells that the work for the text has been used up, and
// so that nothing is known.
func (p *Parts) Valid(v *Validator, data []byte, pos int) (valid, spent bool) {
	w := p.walker(v, data)
	end, beyond := w.attempt(v.root, w.space(pos))
	return end >= 0 && !beyond && !w.costly, w.costly
}

// walker returns the walker for the rules that a validator is of.
func (p *Parts) walker(v *Validator, data []byte) *walker {
	for i, of := range p.of {
		if &of.prog[0] == &v.prog[0] {
			return p.walkers[i]
		}
	}
	w := v.walker(data)
	w.fuel *= partsWork
	w.full = w.fuel
	p.walkers, p.of = append(p.walkers, w), append(p.of, v)
	return w
}

// partsWork is how many times the work for a text its parts may take.
const partsWork = 4

// End forgets the text.
func (p *Parts) End() {
	for i, w := range p.walkers {
		p.of[i].release(w)
	}
	clear(p.walkers)
	clear(p.of)
	p.walkers, p.of = p.walkers[:0], p.of[:0]
}
