package check

import (
	"math/bits"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Rules is a set of schemas to judge by. It is compiled when it is first asked
// for a validator, and is safe for concurrent use from then on.
type Rules struct {
	set    Set
	text   string         // of the set, if it is one that is read
	reads  bool           // it is
	labels func() *Labels // nil for none
	limits Limits

	once    sync.Once // what follows is there
	schemas []written
	numbers map[string]int // of the schemas, by name
	judges  []atomic.Pointer[Validator]
	met     []atomic.Pointer[Validator] // some of judges; see place
	broken  []Problem                   // of the set itself: none of its schemas can be used

	mu       sync.Mutex // guards what is behind schemas and what follows
	compiled int        // how many schemas were, some several times
	whole    bool       // all were at once
	problems []Problem  // that this found
}

// NewRules prepares a set, which must not be changed afterwards. All of it is
// compiled at once.
func NewRules(set Set) *Rules { return &Rules{set: set} }

// NewRulesWithLabels prepares a set whose schemas have formats for
// internationalized host names. It takes a function, idn.Labels, and not what that
// returns, so that a variable of the rules is static data like any other.
func NewRulesWithLabels(set Set, labels func() *Labels) *Rules {
	return &Rules{set: set, labels: labels}
}

// ReadRules prepares a set that is written as text: one JSON object, in which each
// schema begins a line with its name.
//
//	var rules = check.ReadRules(`{
//	"Line": {"type": "object", "properties": {"sku": {"type": "string"}}, "required": ["sku"]},
//	"Order": {
//		"type": "object",
//		"properties": {"lines": {"type": "array", "items": {"$ref": "Line"}, "minItems": 1}}
//	}
//	}`)
//
// Each rule is the keyword of JSON Schema 2020-12 that has its name; those of older
// dialects have theirs. $ref has the name of a schema of the text, discriminator the
// branch for each value, counted from 0: {"propertyName": "kind", "mapping": {"cat": 0}}.
// Words of this package are "fits" for Fits, or a list of them, "fitsIn",
// "containsUnmarked", and "never": true for Never beside other rules. Tuple is "prefixItems". The schema
// true has no rules, false is Never.
//
// A schema is read and compiled with those that it refers to when it is first asked
// for, and what cannot be read is a Problem then. The text of all is but looked over
// for where each begins.
func ReadRules(text string) *Rules { return &Rules{text: text, reads: true} }

// ReadRulesWithLabels is ReadRules for schemas that NewRulesWithLabels is for.
func ReadRulesWithLabels(text string, labels func() *Labels) *Rules {
	return &Rules{text: text, reads: true, labels: labels}
}

// WithLimits changes what texts may be, and returns r. It must be called before
// any validator is asked for.
func (r *Rules) WithLimits(limits Limits) *Rules {
	r.limits = limits
	return r
}

// Of returns the validator of a schema of the set, the same each time. It panics
// when the set has none of that name, or what it needs has Problems: both are
// mistakes in the code that made it. What is wrong with other schemas of a text is of no
// account.
func (r *Rules) Of(name string) *Validator {
	r.once.Do(r.prepare)
	place := r.place(name)
	met := place.Load()
	if met != nil && met.name == name {
		return met
	}
	v := r.find(name)
	if met == nil {
		place.Store(v)
	}
	return v
}

// place is where a name that code asks for by has its validator, unless another was met
// there first: two that took turns would have processors fight for the place. A name
// in code stands at one address, which serves as a hash; what it leads to is told by its
// name.
func (r *Rules) place(name string) *atomic.Pointer[Validator] {
	at := uintptr(unsafe.Pointer(unsafe.StringData(name))) * 0x9E3779B1 >> 16
	return &r.met[at%uintptr(len(r.met))]
}

// placesFor returns how many places a set of so many schemas has, a power of two.
func placesFor(schemas int) int {
	const least, most = 1 << 4, 1 << 12
	return min(max(least, 1<<bits.Len(uint(2*schemas))), most)
}

// find returns the validator of a schema.
func (r *Rules) find(name string) *Validator {
	i, ok := r.numbers[name]
	if !ok {
		r.refuse(r.broken)
		panic("check: no schema is called " + strconv.Quote(name))
	}
	if v := r.judges[i].Load(); v != nil {
		return v
	}
	return r.first(i)
}

// Check judges data by the schema of that name, as its validator does; see Of and
// Validator.Check.
//
//go:noinline
func (r *Rules) Check(data []byte, name string) error { return r.Of(name).Check(data) }

// Problems lists what keeps the set from being used; none when it can be.
func (r *Rules) Problems() []Problem {
	r.once.Do(r.prepare)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.compileAll()
	return slices.Concat(r.broken, r.problems)
}

// refuse panics when there are problems.
func (r *Rules) refuse(problems []Problem) {
	if len(problems) > 0 {
		panic("check: the rules cannot be used: " + problems[0].Error())
	}
}

// prepare finds the schemas by their names.
func (r *Rules) prepare() {
	if !r.reads {
		r.schemas = make([]written, len(r.set))
		for i, n := range r.set {
			r.schemas[i] = written{Named: n, done: true}
		}
	} else if list, problem := writtenIn(r.text); problem != nil {
		r.broken, r.whole = []Problem{*problem}, true
	} else {
		r.schemas = list
	}
	r.judges = make([]atomic.Pointer[Validator], len(r.schemas))
	r.met = make([]atomic.Pointer[Validator], placesFor(len(r.schemas)))
	r.numbers = make(map[string]int, len(r.schemas))
	for i := range r.schemas {
		name := r.schemas[i].Name
		if _, again := r.numbers[name]; again {
			r.broken = append(r.broken, Problem{Kind: EqualNames, Schema: name, Text: name})
		}
		r.numbers[name] = i
	}
}

// first makes the validator of a schema that has none. When those that many schemas
// need have been compiled for so many of them that it is no longer less work, it makes
// those of all that are still to come.
func (r *Rules) first(i int) *Validator {
	r.mu.Lock()
	defer r.mu.Unlock()
	if v := r.judges[i].Load(); v != nil {
		return v
	}
	r.refuse(r.broken)
	list := r.within(i)
	if r.compiled+len(list) > 2*len(r.schemas) {
		r.compileAll()
	}
	if r.judges[i].Load() == nil { // which what is wrong with others is no reason for
		r.refuse(r.compile(list))
	}
	return r.judges[i].Load()
}

// within are the numbers of the schemas that one needs, itself first.
func (r *Rules) within(i int) []int {
	if !r.reads {
		return r.all()
	}
	list, met := []int{i}, map[int]bool{i: true}
	for at := 0; at < len(list); at++ {
		m := &r.schemas[list[at]]
		if m.read() != nil {
			continue // compile reads it too
		}
		for _, name := range m.refs {
			if j, ok := r.numbers[name]; ok && !met[j] {
				list, met[j] = append(list, j), true
			}
		}
	}
	return list
}

// all are the numbers of all schemas.
func (r *Rules) all() []int {
	list := make([]int, len(r.schemas))
	for i := range list {
		list[i] = i
	}
	return list
}

// compileAll compiles all schemas, once.
func (r *Rules) compileAll() {
	if !r.whole {
		r.whole = true
		r.problems = r.compile(r.all())
	}
}

// compile makes the validators of some schemas, as far as they have none, or finds
// out why not. What was read is forgotten.
func (r *Rules) compile(list []int) []Problem {
	r.compiled += len(list)
	var problems []Problem
	set := make(Set, len(list))
	for at, i := range list {
		m := &r.schemas[i]
		if problem := m.read(); problem != nil {
			problems = append(problems, *problem)
		}
		if set[at] = m.Named; r.reads {
			m.Schema, m.refs, m.done = nil, nil, false
		}
	}
	if len(problems) > 0 {
		return problems
	}
	made, problems := compile(set, r.labels, r.limits.laws())
	for at, v := range made {
		r.judges[list[at]].CompareAndSwap(nil, v)
	}
	return problems
}
