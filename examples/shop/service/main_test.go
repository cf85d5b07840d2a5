package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/contracttest"
	shopdoc "github.com/asyncwire/asyncwire/examples/shop"
	"github.com/asyncwire/asyncwire/examples/shop/shop"
	"github.com/asyncwire/asyncwire/runtime/memory"
	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
)

// TestService runs the service under the eyes of the contract tester: every order
// is settled, and every message that passes keeps the document's promises.
func TestService(t *testing.T) {
	transport := memory.New(nil)
	reports := watch(t, transport, 7) // 3 orders, 3 payments, 1 cancellation
	orders := []shop.OrderPlaced{order(100_000), order(100_001), order(1)}
	var out bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := run(ctx, keptOpen{transport}, &out, orders); err != nil {
		t.Fatal(err)
	}
	want := []string{
		fmt.Sprintf("order %s was paid: 100000 EUR through cardhouse", orders[0].OrderID),
		fmt.Sprintf("order %s was cancelled: limit-exceeded", orders[1].OrderID),
		fmt.Sprintf("order %s was paid: 1 EUR through cardhouse", orders[2].OrderID),
	}
	got := strings.Split(strings.TrimSpace(out.String()), "\n")
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	report := <-reports
	if report == nil || !report.Clean() || report.Seen != 7 {
		t.Errorf("the contract tester says %+v", report)
	}
}

// keptOpen outlives the service, so that what it sent last is seen too.
type keptOpen struct{ *memory.Transport }

func (keptOpen) Close(context.Context) error { return nil }

// watch starts the contract tester, which ends after so many messages.
func watch(t *testing.T, transport *memory.Transport, messages int) <-chan *contracttest.Report {
	t.Helper()
	loader, err := resolve.NewFiles()
	if err != nil {
		t.Fatal(err)
	}
	doc, found := parse.LoadFile(t.Context(), loader, source.NewFile(shopdoc.Name, []byte(shopdoc.Document())))
	if len(found) > 0 {
		t.Fatal(found)
	}
	ready, reports := make(chan struct{}), make(chan *contracttest.Report, 1)
	go func() {
		defer close(reports)
		report, err := contracttest.Verify(t.Context(), doc, transport, &contracttest.Options{
			Max: messages, For: 20 * time.Second, Ready: func([]string) { close(ready) },
		})
		if err != nil {
			t.Error(err)
			return
		}
		for _, d := range report.Findings {
			t.Error(d)
		}
		reports <- report
	}()
	select {
	case <-ready:
	case <-reports:
		t.FailNow()
	}
	return reports
}
