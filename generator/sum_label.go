package generator

import (
	"strconv"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/generator/naming"
	"github.com/asyncwire/asyncwire/spec/schema"
)

// label says what each branch is called behind the name of the sum: after its
// schema or title, the constant that tells it, the member that it alone demands
// or has, or its kind. Equal ones are numbered.
func (sum *sum) label(p *planner) {
	var facts []*facts
	for _, b := range sum.branches {
		facts = append(facts, p.factsOf(b.schema))
	}
	seen, counted := map[string]int{}, countFacts(facts)
	for i, b := range sum.branches {
		if b.kind == kindWrap {
			continue
		}
		text := b.label
		if text == "" {
			text = called(sum.given(p, b.schema))
		}
		if text == "" && (b.kind == kindObject || b.kind == kindMap) {
			text = counted.telling(facts[i])
		}
		if text == "" {
			text = b.kindWord()
		}
		if seen[text]++; seen[text] > 1 {
			text += strconv.Itoa(seen[text])
		}
		b.label = text
	}
}

// given is the schema of an alternative without what is said beside it.
func (sum *sum) given(p *planner, s *schema.Schema) *schema.Schema {
	if sum.common != nil && p.made[s] && len(s.AllOf) == 2 {
		return s.AllOf[1]
	}
	return s
}

// called is what the document calls a schema.
func called(s *schema.Schema) string {
	if s.Ref != nil && s.Deref().Name != "" {
		return naming.Exported(s.Deref().Name)
	}
	if title := titleName(s.Deref().Title); title != "" {
		return naming.Exported(title)
	}
	return ""
}

// tally is how many branches have a member, and a text as the only ones that
// a member can be.
type tally struct {
	names map[string]int
	texts map[[2]string]int
}

func countFacts(all []*facts) tally {
	c := tally{map[string]int{}, map[[2]string]int{}}
	for _, f := range all {
		for _, name := range f.names {
			c.names[name]++
			texts, _ := f.texts(name)
			for _, text := range texts {
				c.texts[[2]string{name, text}]++
			}
		}
	}
	return c
}

// telling is the word that tells a branch from the others: the only text that a
// member of it has and none of the others', else the name of a member.
func (c tally) telling(f *facts) string {
	for _, name := range f.names {
		if texts, ok := f.texts(name); ok && len(texts) == 1 && c.texts[[2]string{name, texts[0]}] == 1 {
			return naming.Exported(texts[0])
		}
	}
	for _, demanded := range []bool{true, false} {
		for _, name := range f.names {
			if f.required[name] == demanded && c.names[name] == 1 {
				return naming.Exported(name)
			}
		}
	}
	return ""
}

// kindWord is a word for what a shape is.
func (sh *shape) kindWord() string {
	switch sh.kind {
	case kindObject:
		return "Object"
	case kindMap:
		return "Map"
	case kindList, kindTuple:
		return "List"
	case kindExternal:
		return sh.external.Name
	case kindScalar:
		return basicWord(sh.basic)
	case kindEnum:
		return "Enum"
	}
	return "Any"
}

// basicWord is a word for a basic type.
func basicWord(b ir.Basic) string {
	switch b {
	case ir.Bool:
		return "Bool"
	case ir.String:
		return "Text"
	case ir.Float32, ir.Float64, ir.Decimal:
		return "Number"
	case ir.Bytes:
		return "Bytes"
	case ir.Time:
		return "Time"
	case ir.Date:
		return "Date"
	case ir.TimeOfDay:
		return "TimeOfDay"
	case ir.Duration:
		return "Duration"
	case ir.UUID:
		return "UUID"
	case ir.Addr:
		return "Addr"
	}
	return "Integer"
}
