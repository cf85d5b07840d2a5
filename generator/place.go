package generator

import (
	"cmp"
	"maps"
	"slices"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/generator/naming"
)

// The files of a package.
const (
	fileDoc        = "doc.gen.go"
	fileSchemas    = "schemas.gen.go"
	fileMessages   = "messages.gen.go"
	fileOperations = "operations.gen.go"
	fileRules      = "rules.gen.go"
)

// place puts the declarations in files, sorted by name, with what belongs
// together side by side. Files that would be empty are left out.
func (p *planner) place() *ir.Package {
	out := &ir.Package{Name: p.packageName(), Runtime: p.runtimePath(), Source: p.source(), Imports: slices.Sorted(maps.Keys(p.imports))}
	out.Files = []*ir.File{{Name: fileDoc, Doc: p.packageDoc(out.Name), Decls: []ir.Decl{&ir.Handshake{Constant: "GeneratedV1"}}}}
	schemas, headers := p.placeTypes()
	operations, planned := p.placeOperations()
	out.Operations = planned
	for _, f := range []*ir.File{
		{Name: fileSchemas, Decls: schemas},
		{Name: fileMessages, Decls: append(headers, p.placeMessages()...)},
		{Name: fileOperations, Decls: operations},
		{Name: fileRules, Decls: p.placeRules()},
	} {
		if len(f.Decls) > 0 {
			out.Files = append(out.Files, f)
		}
	}
	return out
}

// placeRules returns the rules, where there are any.
func (p *planner) placeRules() []ir.Decl {
	if len(p.set) == 0 {
		return nil
	}
	doc := ir.Text(rulesName + " judge what is received by the document's schemas.")
	return []ir.Decl{&ir.Rules{Name: rulesName, Doc: doc, SetName: ruleSetName, SetDoc: ir.Text(ruleSetName + " are those of the document, as [check.ReadRules] reads them."), Set: p.set}}
}

// placeTypes returns the types of schemas, and those of headers with their
// methods. A type that is part of another follows it.
func (p *planner) placeTypes() (schemas, headers []ir.Decl) {
	roots, parts := p.tree()
	for _, e := range roots {
		decls := []ir.Decl{e.shape.decl}
		if e.headers != nil {
			decls = append(decls, e.headers)
		}
		decls = append(decls, withParts(e, parts)...)
		if e.headers != nil {
			headers = append(headers, decls...)
		} else {
			schemas = append(schemas, decls...)
		}
	}
	return schemas, headers
}

// tree sorts the types into those that stand for themselves and the parts that
// stand inside of them.
func (p *planner) tree() (roots []*entity, parts map[*naming.Claim][]*entity) {
	owners := map[*naming.Claim]bool{}
	for _, e := range p.entities {
		owners[e.Claim] = true
	}
	parts = map[*naming.Claim][]*entity{}
	for _, e := range p.entities {
		if owners[e.at.owner] {
			parts[e.at.owner] = append(parts[e.at.owner], e)
		} else {
			roots = append(roots, e)
		}
	}
	slices.SortFunc(roots, func(a, b *entity) int { return cmp.Compare(a.Name(), b.Name()) })
	return roots, parts
}

// withParts are the types that stand inside of e, in the order of the document.
func withParts(e *entity, parts map[*naming.Claim][]*entity) []ir.Decl {
	var out []ir.Decl
	for _, part := range parts[e.Claim] {
		out = append(out, part.shape.decl)
		out = append(out, withParts(part, parts)...)
	}
	return out
}

func (p *planner) placeMessages() []ir.Decl {
	sorted := slices.SortedFunc(slices.Values(p.messages), func(a, b *message) int { return cmp.Compare(a.Name(), b.Name()) })
	var out []ir.Decl
	for _, m := range sorted {
		out = append(out, m.ir)
	}
	return out
}

// placeOperations returns the types of parameters, and the channel, producer
// and consumer of each operation.
func (p *planner) placeOperations() ([]ir.Decl, []*ir.Operation) {
	var out []ir.Decl
	for _, a := range slices.SortedFunc(slices.Values(p.parameters), func(a, b *parameter) int { return cmp.Compare(a.Name(), b.Name()) }) {
		out = append(out, a.ir)
	}
	var planned []*ir.Operation
	for _, o := range slices.SortedFunc(slices.Values(p.operations), func(a, b *operation) int { return cmp.Compare(a.Name(), b.Name()) }) {
		op := p.operationDecls(o)
		planned = append(planned, op)
		out = append(out, op.Producer)
		if op.Consumer.Handlers != nil {
			out = append(out, op.Consumer.Handlers)
		}
		out = append(out, op.Consumer, op.Channel)
		if op.Delivery != nil {
			out = append(out, op.Delivery)
		}
	}
	return out, planned
}
