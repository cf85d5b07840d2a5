package check

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// orderRules are those of an order as a document would describe it.
var orderRules = NewRules(Set{
	{Name: "Order", Schema: Schema{
		Object,
		Required{"id", "customer", "status", "lines", "total"},
		Properties{
			{Name: "id", Schema: Schema{String, Format("uuid")}},
			{Name: "placedAt", Schema: Schema{String, Format("date-time")}},
			{Name: "status", Schema: Schema{String, Enum{`"placed"`, `"paid"`, `"shipped"`, `"cancelled"`}}},
			{Name: "customer", Schema: Schema{Ref("Customer")}},
			{Name: "lines", Schema: Schema{Array, Items{Ref("Line")}, MinItems(1), MaxItems(100)}},
			{Name: "total", Schema: Schema{Ref("Money")}},
			{Name: "express", Schema: Schema{Boolean}},
			{Name: "note", Schema: Schema{String | Null, MaxLength(500)}},
		},
	}},
	{Name: "Customer", Schema: Schema{
		Object,
		Required{"id", "email"},
		Properties{
			{Name: "id", Schema: Schema{Integer, Minimum("1")}},
			{Name: "email", Schema: Schema{String, Format("email")}},
			{Name: "name", Schema: Schema{String, MaxLength(80)}},
		},
	}},
	{Name: "Line", Schema: Schema{
		Object,
		Required{"sku", "quantity", "price"},
		Properties{
			{Name: "sku", Schema: Schema{String, Pattern(`^[A-Z]{3}-\d{5}$`)}},
			{Name: "title", Schema: Schema{String, MaxLength(120)}},
			{Name: "quantity", Schema: Schema{Integer, Minimum("1"), Maximum("999")}},
			{Name: "price", Schema: Schema{Ref("Money")}},
		},
	}},
	{Name: "Money", Schema: Schema{
		Object,
		Required{"amount", "currency"},
		Properties{
			{Name: "amount", Schema: Schema{Number, Minimum("0"), MultipleOf("0.01")}},
			{Name: "currency", Schema: Schema{String, Pattern(`^[A-Z]{3}$`)}},
		},
	}},
})

// orderOf is an order of about so many bytes.
func orderOf(size int) []byte {
	const head = `{"id":"9b2d3c54-8f1e-4b7a-9a10-6d2f1c0e5b77","placedAt":"2024-05-17T09:26:53.120Z","status":"paid","customer":{"id":448812,"email":"maria@example.org","name":"María González"},"lines":[`
	const tail = `],"total":{"amount":249.95,"currency":"EUR"},"express":true,"note":"Please ring twice."}`
	titles := []string{"Field notebook", "Desk lamp, grey", "Pencil set HB", "Wool socks"}
	var lines []string
	for total := len(head) + len(tail); total < size-40; {
		n := len(lines)
		lines = append(lines, fmt.Sprintf(`{"sku":"ABC-%05d","title":%q,"quantity":%d,"price":{"amount":%d.%02d,"currency":"EUR"}}`,
			42445+n, titles[n%len(titles)], n%9+1, 12+7*n, n*13%100))
		total += len(lines[n]) + 1
	}
	return []byte(head + strings.Join(lines, ",") + tail)
}

// BenchmarkValid compares a verdict with the syntax check of encoding/json, in
// turns within the same run.
func BenchmarkValid(b *testing.B) {
	v := orderRules.Of("Order")
	for _, size := range []int{522, 1900} {
		data := orderOf(size)
		b.Run(fmt.Sprintf("%dB", len(data)), func(b *testing.B) {
			if err := v.Check(data); err != nil {
				b.Fatal(err)
			}
			const often = 64
			var ours, ratios []float64
			for b.Loop() {
				start := time.Now()
				for range often {
					v.Valid(data)
				}
				middle := time.Now()
				for range often {
					json.Valid(data)
				}
				took := middle.Sub(start)
				ours = append(ours, float64(took)/often)
				ratios = append(ratios, float64(took)/float64(max(time.Since(middle), 1)))
			}
			slices.Sort(ours)
			slices.Sort(ratios)
			b.ReportMetric(ours[len(ours)/2], "ns/message")
			b.ReportMetric(ratios[len(ratios)/2], "x-json.Valid")
			b.ReportMetric(testing.AllocsPerRun(100, func() { v.Valid(data) }), "allocs/message")
		})
	}
}
