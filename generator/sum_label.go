package generator

import (
	"strconv"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/generator/naming"
	"github.com/asyncwire/asyncwire/spec/schema"
)

// label says what each branch is called behind the name of the sum: after its
// schema or title, the constant that tells it, the member that it alone demands
// or has, or its kind. Where two want one word, one of them takes the next that
// tells it; equal ones without another are numbered.
func (sum *sum) label(p *planner) {
	words := sum.words(p)
	wanted, taken := map[string]int{}, map[string]int{}
	for _, list := range words {
		if len(list) > 0 {
			wanted[list[0]]++
		}
	}
	for i, list := range words {
		if len(list) == 0 {
			continue
		}
		text := list[0]
		if wanted[text] > 1 {
			for _, word := range list[1:] {
				if wanted[word] == 0 && taken[word] == 0 {
					text = word
					break
				}
			}
		}
		if taken[text]++; taken[text] > 1 {
			text += strconv.Itoa(taken[text])
		}
		sum.branches[i].label = text
	}
}

// words are what each branch may be called, the best word first; none for those
// that have their names from another sum.
func (sum *sum) words(p *planner) [][]string {
	var facts []*facts
	for _, b := range sum.branches {
		facts = append(facts, p.factsOf(b.schema))
	}
	counted := countFacts(facts)
	out := make([][]string, len(facts))
	for i, b := range sum.branches {
		text := b.label
		if text == "" {
			text = called(sum.given(p, b.schema))
		}
		switch {
		case b.kind == kindWrap:
		case text != "":
			out[i] = []string{text}
		case b.kind == kindObject || b.kind == kindMap:
			telling := append(counted.telling(facts[i]), b.kindWord())
			out[i] = append([]string{telling[0], b.kindWord()}, telling[1:]...)
		default:
			out[i] = []string{b.kindWord()}
		}
	}
	return out
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

// telling are the words that tell a branch from the others: the only text that a
// member of it has and none of the others', and the names of members.
func (c tally) telling(f *facts) []string {
	var out []string
	for _, name := range f.names {
		if texts, ok := f.texts(name); ok && len(texts) == 1 && c.texts[[2]string{name, texts[0]}] == 1 {
			out = append(out, naming.Exported(texts[0]))
		}
	}
	for _, demanded := range []bool{true, false} {
		for _, name := range f.names {
			if f.required[name] == demanded && c.names[name] == 1 {
				out = append(out, naming.Exported(name))
			}
		}
	}
	return out
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
	case ir.URL:
		return "URL"
	}
	return "Integer"
}
