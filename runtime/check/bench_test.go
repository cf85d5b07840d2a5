package check

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// orderRules are those of an order as a document would describe it.
var orderRules = NewRules(Set{
	{Name: "Order", Schema: Schema{
		Object,
		Required{"orderId", "customerId", "placedAt", "status", "currency", "total", "items"},
		Properties{
			{Name: "orderId", Schema: Schema{String, Pattern(`^ord-\d{4}-\d{6}$`)}},
			{Name: "customerId", Schema: Schema{String, MinLength(1)}},
			{Name: "placedAt", Schema: Schema{String, Format("date-time")}},
			{Name: "status", Schema: Schema{String, Enum{`"placed"`, `"paid"`, `"shipped"`, `"cancelled"`}}},
			{Name: "currency", Schema: Schema{String, Pattern(`^[A-Z]{3}$`)}},
			{Name: "total", Schema: Schema{Number, Minimum("0"), MultipleOf("0.01")}},
			{Name: "gift", Schema: Schema{Boolean}},
			{Name: "items", Schema: Schema{Array, Items{Ref("Item")}, MinItems(1), MaxItems(100)}},
			{Name: "shipTo", Schema: Schema{Ref("Address")}},
			{Name: "note", Schema: Schema{String | Null, MaxLength(500)}},
			{Name: "billTo", Schema: Schema{Ref("Address")}},
			{Name: "tags", Schema: Schema{Array, Items{String, MaxLength(20)}}},
			{Name: "payments", Schema: Schema{Array, Items{Ref("Payment")}}},
			{Name: "weight", Schema: Schema{Number}},
			{Name: "due", Schema: Schema{String, Format("date")}},
		},
	}},
	{Name: "Item", Schema: Schema{
		Object,
		Required{"sku", "quantity", "price"},
		Properties{
			{Name: "sku", Schema: Schema{String, Pattern(`^[A-Z]{3}-\d{4}$`)}},
			{Name: "name", Schema: Schema{String, MaxLength(120)}},
			{Name: "quantity", Schema: Schema{Integer, Minimum("1"), Maximum("999")}},
			{Name: "price", Schema: Schema{Number, Minimum("0")}},
			{Name: "engraving", Schema: Schema{String}},
		},
	}},
	{Name: "Address", Schema: Schema{
		Object,
		Required{"name", "city", "country"},
		Properties{
			{Name: "name", Schema: Schema{String, MinLength(1)}},
			{Name: "street", Schema: Schema{String}},
			{Name: "city", Schema: Schema{String}},
			{Name: "postalCode", Schema: Schema{String, Pattern(`^\d{5}$`)}},
			{Name: "country", Schema: Schema{String, MinLength(2), MaxLength(2)}},
		},
	}},
	{Name: "Payment", Schema: Schema{
		Object,
		Required{"id", "method", "amount"},
		Properties{
			{Name: "id", Schema: Schema{String, Format("uuid")}},
			{Name: "method", Schema: Schema{Enum{`"card"`, `"voucher"`, `"transfer"`}}},
			{Name: "amount", Schema: Schema{Number, Minimum("0")}},
			{Name: "paidAt", Schema: Schema{String, Format("date-time")}},
		},
	}},
})

// orderText is one of the orders that package codec is measured by.
func orderText(tb testing.TB, size string) []byte {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join("..", "codec", "testdata", "order-"+size+".json"))
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// BenchmarkValid compares a verdict with the syntax check of encoding/json, in
// turns within the same run.
func BenchmarkValid(b *testing.B) {
	v := orderRules.Of("Order")
	for _, size := range []string{"small", "large"} {
		data := orderText(b, size)
		b.Run(size, func(b *testing.B) {
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
