package generator_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/templates"
)

// checkRules demands that the text of the rules is JSON, that nothing in it ends or
// changes the literal, and that what is read from it are the rules that were planned.
func checkRules(t testing.TB, p *ir.Package, files []templates.File) {
	t.Helper()
	want := ruleSet(p)
	for _, f := range files {
		text, ok := rulesText(t, f)
		if !ok {
			continue
		}
		if !json.Valid([]byte(text)) {
			t.Fatalf("not JSON: %s", text)
		}
		got, err := check.ReadSet(text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if plain(got) != plain(want) {
			t.Errorf("read:\n%s\nplanned:\n%s\nin\n%s", plain(got), plain(want), text)
		}
		want = nil
	}
	if want != nil {
		t.Errorf("no text has the %d rules", len(want))
	}
}

// ruleSet is what the rules of a package were planned to be.
func ruleSet(p *ir.Package) check.Set {
	for _, f := range p.Files {
		for _, d := range f.Decls {
			if rules, ok := d.(*ir.Rules); ok {
				return rules.Set
			}
		}
	}
	return nil
}

// rulesText is what the literal of the rules of a file says.
func rulesText(t testing.TB, f templates.File) (text string, ok bool) {
	t.Helper()
	if f.Name != "rules.gen.go" {
		return "", false
	}
	decls := parseFile(t, f).Decls
	literal := decls[len(decls)-1].(*ast.GenDecl).Specs[0].(*ast.ValueSpec).Values[0].(*ast.BasicLit)
	text, err := strconv.Unquote(literal.Value)
	if err != nil {
		t.Fatal(err)
	}
	return text, true
}

// plain writes a set so that what means the same is the same: JSON whatever its
// escapes and spaces, a schema without rules whether it is nil or empty, and bytes
// that are no characters.
func plain(set check.Set) string {
	var b strings.Builder
	plainValue(&b, reflect.ValueOf(set))
	return b.String()
}

func plainValue(b *strings.Builder, v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface:
		fmt.Fprintf(b, "%s ", v.Elem().Type().Name())
		plainRule(b, v.Elem())
	case reflect.Slice:
		b.WriteString("[")
		for i := range v.Len() {
			plainValue(b, v.Index(i))
			b.WriteString(" ")
		}
		b.WriteString("]")
	case reflect.Struct:
		for i := range v.NumField() {
			fmt.Fprintf(b, "%s:", v.Type().Field(i).Name)
			if f := v.Field(i); v.Type().Name() == "If" && f.IsNil() {
				b.WriteString("absent")
			} else {
				plainValue(b, f)
			}
			b.WriteString(" ")
		}
	case reflect.String:
		fmt.Fprintf(b, "%q", string([]rune(v.String())))
	default:
		fmt.Fprintf(b, "%v", v.Interface())
	}
}

func plainRule(b *strings.Builder, v reflect.Value) {
	switch r := v.Interface().(type) {
	case check.Const:
		b.WriteString(plainJSON(string(r)))
	case check.Enum:
		for _, text := range r {
			b.WriteString(plainJSON(text))
		}
	default:
		plainValue(b, v)
	}
}

func plainJSON(text string) string {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return err.Error() + text
	}
	return fmt.Sprintf("%#v ", v)
}
