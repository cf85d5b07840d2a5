package contracttest_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/contracttest"
	"github.com/asyncwire/asyncwire/internal/corpus"
	"github.com/asyncwire/asyncwire/spec/diag/render"
)

// TestDocs: what docs/verify.md shows is what its document and six messages give.
func TestDocs(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(corpus.Module(t), "docs", "verify.md"))
	if err != nil {
		t.Fatal(err)
	}
	block := func(language string) string {
		t.Helper()
		found := regexp.MustCompile("(?s)```" + language + "\n(.*?)```").FindSubmatch(text)
		if found == nil {
			t.Fatalf("no block of %s", language)
		}
		return string(found[1])
	}
	doc := loadText(t, block("yaml"))
	event := func(key, payload string, more ...string) *message {
		return &message{Address: "shop.orders.eu", Key: []byte(key), Value: []byte(payload), Headers: headers(append(more, "tenant", "acme")...)}
	}
	negative := event("order-2", `{"id":"order-2","amount":-5}`)
	r := verify(t, doc, contracttest.Options{},
		event("order-1", `{"id":"order-1","amount":5}`),
		negative,
		event("order-3", `{"id":"order-3","amount":5}`, "priority", "urgent"),
		&message{Address: "shop.orders.us", Value: []byte(`{}`), Headers: headers("ce_type", "orderLost")},
		&message{Address: "shop.audit", Value: []byte{1}},
		&message{Address: "shop.audit", Value: []byte{1}},
	)
	var shown bytes.Buffer
	if err := render.Render(&shown, "text", r.Findings, &render.Options{}); err != nil {
		t.Fatal(err)
	}
	if want, got := block("text"), shown.String()+"\n"+writeText(t, r); got != want {
		t.Errorf("docs/verify.md shows\n%s\nit is\n%s", want, got)
	}

	var data bytes.Buffer
	one := verify(t, doc, contracttest.Options{Channels: []string{"orders"}}, negative)
	if err := one.WriteJSON(&data); err != nil {
		t.Fatal(err)
	}
	if want := block("json"); data.String() != want {
		t.Errorf("docs/verify.md shows\n%s\nit is\n%s", want, data.String())
	}
	for _, code := range contracttest.Codes() {
		if !strings.Contains(string(text), "`"+string(code)+"`") {
			t.Errorf("docs/verify.md does not speak of %s", code)
		}
	}
}
