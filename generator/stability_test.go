package generator_test

import (
	"fmt"
	"go/ast"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/internal/workload"
	"github.com/asyncwire/asyncwire/templates"
)

// clashing are keys that clash with each other and with what is generated.
var clashing = strings.Fields(`order Order ORDER order-placed order_placed orderPlaced type - _ id ID ids status Status StatusActive
	active OrderEnvelope OrderPayload OrderProducer NewOrderProducer ConsumeOrder readOrder payload headers items value
	ValidateOrder UnmarshalOrder ReadOrder WriteOrder rules Rules Validate SetDefaults CodeJSON AppendJSON isOrder check codec
	MarshalJSON Valid Unknown error context json runtime 1st 2 string sendOrder receiveOrder onOrder`)

// parts are what a random document is made of.
type parts struct{ schemas, messages, channels, operations workload.Object }

func (p parts) document() workload.Object {
	return workload.Object{
		{Key: "asyncapi", Value: "3.0.0"},
		{Key: "info", Value: workload.Object{{Key: "title", Value: "Random"}, {Key: "version", Value: "1"}}},
		{Key: "channels", Value: p.channels},
		{Key: "operations", Value: p.operations},
		{Key: "components", Value: workload.Object{{Key: "schemas", Value: p.schemas}, {Key: "messages", Value: p.messages}}},
	}
}

// with adds other parts and puts all in another order.
func (p parts) with(more parts, random *rand.Rand) parts {
	mix := func(a, b workload.Object) workload.Object {
		out := slices.Concat(a, b)
		random.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
		return out
	}
	return parts{mix(p.schemas, more.schemas), mix(p.messages, more.messages), mix(p.channels, more.channels), mix(p.operations, more.operations)}
}

// A maker makes parts that refer to each other and to nothing else.
type maker struct {
	random *rand.Rand
	keys   func() string // any key
}

// unique returns n different keys.
func (m maker) unique(n int) []string {
	var out []string
	for len(out) < n {
		if key := m.keys(); !slices.Contains(out, key) {
			out = append(out, key)
		}
	}
	return out
}

func (m maker) parts() parts {
	var p parts
	schemas, messages := m.unique(4), m.unique(3)
	ref := func(kind, key string) workload.Object {
		return workload.Object{{Key: "$ref", Value: "#/components/" + kind + "/" + key}}
	}
	for _, key := range schemas {
		p.schemas = append(p.schemas, workload.Member{Key: key, Value: m.schema(0, schemas)})
	}
	for _, key := range messages {
		p.messages = append(p.messages, workload.Member{Key: key, Value: workload.Object{
			{Key: "payload", Value: m.schema(0, schemas)},
			{Key: "headers", Value: workload.Object{{Key: "type", Value: "object"}, {Key: "properties", Value: m.properties(2, nil)}}},
		}})
	}
	for _, key := range m.unique(3) {
		parameter, message := m.keys(), messages[m.random.IntN(len(messages))]
		p.channels = append(p.channels, workload.Member{Key: key, Value: workload.Object{
			{Key: "address", Value: "a/{" + parameter + "}"},
			{Key: "parameters", Value: workload.Object{{Key: parameter, Value: workload.Object{{Key: "enum", Value: workload.List{"active", m.keys()}}}}}},
			{Key: "messages", Value: workload.Object{{Key: message, Value: ref("messages", message)}}},
		}})
	}
	for i, key := range m.unique(3) {
		p.operations = append(p.operations, workload.Member{Key: key, Value: workload.Object{
			{Key: "action", Value: []string{"send", "receive"}[m.random.IntN(2)]},
			{Key: "channel", Value: workload.Object{{Key: "$ref", Value: "#/channels/" + p.channels[i].Key}}},
		}})
	}
	return p
}

func (m maker) properties(depth int, schemas []string) workload.Object {
	var out workload.Object
	for _, key := range m.unique(1 + m.random.IntN(4)) {
		out = append(out, workload.Member{Key: key, Value: m.schema(depth+1, schemas)})
	}
	return out
}

func (m maker) schema(depth int, schemas []string) workload.Object {
	kinds := 8
	if depth > 2 {
		kinds = 2
	}
	switch kind := m.random.IntN(kinds); {
	case kind == 0:
		return workload.Object{{Key: "enum", Value: workload.List{"active", m.keys()}}}
	case kind == 1 || kind == 2 && (len(schemas) == 0 || depth == 0):
		return workload.Object{{Key: "type", Value: []string{"string", "integer", "boolean"}[m.random.IntN(3)]}}
	case kind == 2:
		return workload.Object{{Key: "$ref", Value: "#/components/schemas/" + schemas[m.random.IntN(len(schemas))]}}
	case kind == 6 && depth > 0:
		return workload.Object{{Key: "oneOf", Value: workload.List{
			workload.Object{{Key: "type", Value: "string"}}, m.schema(depth+1, schemas), workload.Object{{Key: "type", Value: "null"}},
		}}}
	case kind == 3:
		return workload.Object{{Key: "type", Value: "array"}, {Key: "items", Value: m.schema(depth+1, schemas)}}
	case kind == 4:
		return workload.Object{{Key: "oneOf", Value: workload.List{m.schema(depth+1, schemas), m.schema(depth+1, schemas), m.schema(depth+1, nil)}}}
	case kind == 5:
		return workload.Object{{Key: "type", Value: "array"}, {Key: "items", Value: workload.List{m.schema(depth+1, schemas), m.schema(depth+1, nil)}}}
	}
	out := workload.Object{{Key: "type", Value: "object"}, {Key: "properties", Value: m.properties(depth, schemas)}}
	if m.random.IntN(2) == 0 {
		out = append(out, workload.Member{Key: "title", Value: m.keys()})
	}
	return out
}

// makers returns one for the parts that are looked at, whose names clash, and
// one for what is added, whose names are its own.
func makers(seed uint64) (clash, own maker) {
	random := rand.New(rand.NewPCG(seed, 1))
	clash = maker{random, func() string { return clashing[random.IntN(len(clashing))] }}
	n := 0
	own = maker{random, func() string { n++; return fmt.Sprintf("%sAdded%d", []string{"aa", "zz"}[n%2], n) }}
	return clash, own
}

func generateText(t testing.TB, p parts) []templates.File {
	t.Helper()
	return render(t, plan(readText(t, "random.json", string(p.document().JSON()))))
}

// randomRuns is how many of n random documents are tried: all of them with
// ASYNCWIRE_LONG=1, else every third.
func randomRuns(n int) int {
	if workload.Long() {
		return n
	}
	return n / 3
}

// TestUnrelatedParts: whatever is added to a random document, and in whatever
// order it is written, leaves every declaration of what was there as it was,
// byte by byte, and it compiles. What is removed is what was added, read backwards.
func TestUnrelatedParts(t *testing.T) {
	check := checker(t)
	for seed := range uint64(randomRuns(60)) {
		clash, own := makers(seed)
		base := clash.parts()
		before := generateText(t, base)
		if _, err := check(before); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
		compare(t, before, generateText(t, base.with(parts{}, clash.random)))
		larger := declared(t, generateText(t, base.with(own.parts(), clash.random)))
		for name, text := range declared(t, before) {
			if larger[name] != text {
				t.Errorf("seed %d: %s was\n%s\nis\n%s", seed, name, text, larger[name])
			}
		}
	}
}

// TestAddedProperty: a property that is added to a schema renames nothing, and
// changes no type but the one it is added to.
func TestAddedProperty(t *testing.T) {
	for seed := range uint64(randomRuns(60)) {
		clash, own := makers(seed)
		base := clash.parts()
		before := generateText(t, base)
		larger := base
		larger.schemas = slices.Clone(base.schemas)
		at := slices.IndexFunc(larger.schemas, func(s workload.Member) bool { return len(s.Value.(workload.Object)) > 1 && property(s) != nil })
		if at < 0 {
			continue
		}
		larger.schemas[at] = withProperty(larger.schemas[at], own)
		after := generateText(t, larger)
		now := identifiers(t, after)
		for _, name := range identifiers(t, before) {
			if !slices.Contains(now, name) {
				t.Errorf("seed %d: %s is gone", seed, name)
			}
		}
		checkOneChange(t, seed, declared(t, before), declared(t, after))
	}
}

// checkOneChange demands that of all types one at most has changed, whose
// functions may have changed too.
func checkOneChange(t *testing.T, seed uint64, before, after map[string]string) {
	t.Helper()
	changed := map[string]bool{}
	for name, text := range before {
		if after[name] != text && strings.Contains(text, "\ntype ") {
			changed[name] = true
		}
	}
	if len(changed) > 1 {
		t.Errorf("seed %d: one property changed %v", seed, changed)
	}
}

func property(s workload.Member) workload.Object {
	for _, m := range s.Value.(workload.Object) {
		if m.Key == "properties" {
			return m.Value.(workload.Object)
		}
	}
	return nil
}

// withProperty is an object schema with a property in the middle.
func withProperty(s workload.Member, own maker) workload.Member {
	old := property(s)
	added := slices.Insert(slices.Clone(old), len(old)/2, workload.Member{Key: own.keys(), Value: own.schema(1, nil)})
	out := slices.Clone(s.Value.(workload.Object))
	for i, m := range out {
		if m.Key == "properties" {
			out[i].Value = added
		}
	}
	return workload.Member{Key: s.Key, Value: out}
}

// identifiers are the names that other packages may use, fields included.
func identifiers(t testing.TB, files []templates.File) []string {
	t.Helper()
	var out []string
	for _, f := range files {
		ast.Inspect(parseFile(t, f), func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				out = append(out, functionName(n))
				return false
			case *ast.TypeSpec:
				out = append(out, n.Name.Name)
				if s, ok := n.Type.(*ast.StructType); ok {
					for _, field := range s.Fields.List {
						for _, name := range field.Names { // none is embedded
							out = append(out, n.Name.Name+"."+name.Name)
						}
					}
				}
			case *ast.ValueSpec:
				if name := n.Names[0].Name; ast.IsExported(name) { // no table, which a struct may lose
					out = append(out, name)
				}
			}
			return true
		})
	}
	return out
}
