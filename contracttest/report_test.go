package contracttest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/contracttest"
	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/diag/render"
)

// planted is traffic with every kind of outcome.
func planted() []*message {
	return []*message{
		placed(order),
		placed(order, "priority", "3"),
		placed(strings.Replace(order, `"quantity":2`, `"quantity":"two"`, 1)),
		placed(strings.Replace(order, `"id":"order-1",`, "", 1)),
		placed(order, "priority", "high"),
		{Address: "shop.orders.us", Value: []byte(`{"id":"7","reason":"stock"}`)},
		{Address: "shop.orders.us", Value: []byte(`{}`), Headers: headers("ce_type", "orderLost")},
		{Address: "shop.orders.us", Value: []byte(`{"id":"7","reason":"mood"}`), Key: []byte{0, 1}},
		paid(`{"amount":-1,"card":{"number":"4111","code":"12345"}}`),
		{Address: "shop.inventory", Value: []byte{2, 4}},
		{Address: "shop.inventory", Value: []byte{2, 6}},
		{Address: "shop.files.x", Value: []byte("<a/>"), Headers: headers("content-type", "text/xml", "ce_type", "ledger")},
	}
}

// TestForms: text and JSON are as they were agreed, and hold the same findings.
func TestForms(t *testing.T) {
	r := verify(t, load(t, "shop.yaml"), contracttest.Options{}, planted()...)
	var text, found, data bytes.Buffer
	for _, err := range []error{r.WriteText(&text), render.Render(&found, "text", r.Findings, &render.Options{}), r.WriteJSON(&data)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	golden.Check(t, filepath.Join("testdata", "shop.report.txt"), append(append(found.Bytes(), '\n'), text.Bytes()...))
	golden.Check(t, filepath.Join("testdata", "shop.report.json"), data.Bytes())

	var form struct {
		Report   contracttest.Counts
		Findings []struct {
			Code, Severity, Message, File, Help string
			Line, Column                        int
			Properties                          map[string]string
			Notes                               []struct{ Message string }
		}
	}
	if err := json.Unmarshal(data.Bytes(), &form); err != nil {
		t.Fatal(err)
	}
	if form.Report != r.Counts {
		t.Errorf("JSON counts %+v, want %+v", form.Report, r.Counts)
	}
	var inText, inJSON [][]string // each finding by its heading and facts
	for line := range strings.Lines(found.String()) {
		line = strings.TrimRight(strings.TrimLeft(line, " "), "\n")
		switch last := len(inText) - 1; {
		case strings.HasPrefix(line, "testdata/"):
			inText = append(inText, []string{line})
		case strings.HasPrefix(line, "= "):
			inText[last] = append(inText[last], line)
		}
	}
	for _, d := range form.Findings {
		facts := []string{fmt.Sprintf("%s:%d:%d: %s: %s [%s]", d.File, d.Line, d.Column, d.Severity, d.Message, d.Code)}
		for name, value := range d.Properties {
			facts = append(facts, fmt.Sprintf("= %s: %s", name, value))
		}
		for _, n := range d.Notes {
			facts = append(facts, "= note: "+n.Message)
		}
		if d.Help != "" {
			facts = append(facts, "= help: "+d.Help)
		}
		inJSON = append(inJSON, facts)
	}
	for _, facts := range slices.Concat(inText, inJSON) {
		slices.Sort(facts[1:])
	}
	if len(inText) == 0 || !reflect.DeepEqual(inText, inJSON) {
		t.Errorf("text has\n%q\nJSON has\n%q", inText, inJSON)
	}
}

// TestSecrets: what the document marks as secret appears in no form of report.
func TestSecrets(t *testing.T) {
	doc := load(t, "shop.yaml")
	r := verify(t, doc, contracttest.Options{}, paid(`{"amount":1,"card":{"number":"4111-SECRET","code":"SECRET-12345"}}`))
	if len(r.Findings) != 2 {
		t.Fatalf("findings %v", r.Findings)
	}
	var b bytes.Buffer
	if err := errors.Join(r.WriteJSON(&b), r.WriteText(&b), render.Render(&b, "text", r.Findings, &render.Options{})); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "SECRET") || !strings.Contains(b.String(), "/card/number") {
		t.Errorf("report shows a secret or hides its place:\n%s", b.String())
	}
}

// TestBounded: findings of one rule are kept up to a limit, counts stay exact
// and other rules are not crowded out.
func TestBounded(t *testing.T) {
	var all []*message
	for range 500 {
		all = append(all, placed(strings.Replace(order, `"quantity":2`, `"quantity":0`, 1)))
	}
	all = append(all, placed(order, "priority", "x"))
	r := verify(t, load(t, "shop.yaml"), contracttest.Options{}, all...)
	codes := map[diag.Code]int{}
	for _, d := range r.Findings {
		codes[d.Code]++
	}
	if codes["payload-invalid"] != 20 || codes["headers-invalid"] != 1 || codes["more-findings"] != 1 || r.Failed != 501 {
		t.Errorf("findings %v, counts %+v", codes, r.Counts)
	}
	i := slices.IndexFunc(r.Findings, func(d *diag.Diagnostic) bool { return d.Code == "more-findings" })
	if property(r.Findings[i], "count") != "480" {
		t.Errorf("%s %v", r.Findings[i], r.Findings[i].Properties)
	}
}

// TestRepeatedHeader: the last of a repeated header counts, and that is said.
func TestRepeatedHeader(t *testing.T) {
	doc := load(t, "shop.yaml")
	good := verify(t, doc, contracttest.Options{}, placed(order, "priority", "high", "priority", "3"))
	if good.Passed != 1 || len(good.Findings) != 1 || good.Findings[0].Severity != diag.Info || good.Findings[0].Code != "header-repeated" || !good.Clean() {
		t.Errorf("counts %+v, findings %v", good.Counts, good.Findings)
	}
	bad := verify(t, doc, contracttest.Options{}, placed(order, "priority", "3", "priority", "high"))
	if bad.Failed != 1 || len(bad.Findings) != 1 || len(bad.Findings[0].Notes) != 1 {
		t.Errorf("counts %+v, findings %v", bad.Counts, bad.Findings)
	}
}
