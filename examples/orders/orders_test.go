package orders_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/examples/orders"
	"github.com/asyncwire/asyncwire/internal/workload"
	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

// sizes are the orders that are measured: 522 bytes and 1.9 KB.
var sizes = []string{"small", "large"}

func orderText(tb testing.TB, size string) []byte {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "runtime", "codec", "testdata", "order-"+size+".json"))
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// ordersOf reads a text in both ways.
func ordersOf(tb testing.TB, text []byte) (*orders.Order, *plainOrder) {
	tb.Helper()
	var v orders.Order
	var plain plainOrder
	if err := errors.Join(v.UnmarshalJSON(text), json.Unmarshal(text, &plain)); err != nil {
		tb.Fatal(err)
	}
	return &v, &plain
}

// TestAllocations holds generated code to what it promises: encoding into a
// reused buffer and judging allocate nothing, and decoding at most half of what
// encoding/json does, which judges nothing.
func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates, and pools forget")
	}
	for _, size := range sizes {
		text := orderText(t, size)
		v, _ := ordersOf(t, text)
		buf := make([]byte, 0, 4<<10)
		theirs := allocations(func() error { return json.Unmarshal(text, new(plainOrder)) })
		for name, law := range map[string]struct {
			most float64
			run  func() error
		}{
			"encode":   {0, func() error { _, err := codec.Append(buf, v); return err }},
			"marshal":  {1, func() error { _, err := v.MarshalJSON(); return err }},
			"validate": {0, func() error { return orders.ValidateOrder(text) }},
			"decode":   {theirs / 2, func() error { return new(orders.Order).UnmarshalJSON(text) }},
		} {
			if got := allocations(law.run); got > law.most {
				t.Errorf("%s %s: %v allocations, want at most %v", name, size, got, law.most)
			} else {
				t.Logf("%s %s: %v allocations (at most %v)", name, size, got, law.most)
			}
		}
	}
}

// allocations counts those of one run. A collection in between, which empties
// pools, may add to an average, so the least of some counts.
func allocations(run func() error) float64 {
	least := testing.AllocsPerRun(20, func() { must(run()) })
	for range 4 {
		least = min(least, testing.AllocsPerRun(20, func() { must(run()) }))
	}
	return least
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// beside compares two ways to handle an order of each size.
func beside(b *testing.B, ours, theirs func(text []byte, v *orders.Order, plain *plainOrder) error) {
	const batch = 200 // how often one run does what takes microseconds
	for _, size := range sizes {
		b.Run(size, func(b *testing.B) {
			text := orderText(b, size)
			v, plain := ordersOf(b, text)
			times := func(f func([]byte, *orders.Order, *plainOrder) error) func() {
				return func() {
					for range batch {
						must(f(text, v, plain))
					}
				}
			}
			workload.Beside(b, batch*len(text), times(ours), times(theirs))
		})
	}
}

// BenchmarkDecode compares judging and reading with json.Unmarshal, which judges
// nothing.
func BenchmarkDecode(b *testing.B) {
	beside(b, func(text []byte, _ *orders.Order, _ *plainOrder) error {
		return new(orders.Order).UnmarshalJSON(text)
	}, func(text []byte, _ *orders.Order, _ *plainOrder) error {
		return json.Unmarshal(text, new(plainOrder))
	})
}

// BenchmarkEncode compares writing into a reused buffer with json.Marshal.
func BenchmarkEncode(b *testing.B) {
	buf := make([]byte, 0, 4<<10)
	beside(b, func(_ []byte, v *orders.Order, _ *plainOrder) error {
		_, err := codec.Append(buf, v)
		return err
	}, func(_ []byte, _ *orders.Order, plain *plainOrder) error {
		_, err := json.Marshal(plain)
		return err
	})
}

// BenchmarkValidate compares judging with json.Valid, which looks at the syntax
// alone.
func BenchmarkValidate(b *testing.B) {
	beside(b, func(text []byte, _ *orders.Order, _ *plainOrder) error {
		return orders.ValidateOrder(text)
	}, func(text []byte, _ *orders.Order, _ *plainOrder) error {
		if !json.Valid(text) {
			return errors.New("not JSON")
		}
		return nil
	})
}

// TestNumbers: what is read from 0 is the zero Decimal, and all else is written as it was,
// whether it is judged as it is read or not.
func TestNumbers(t *testing.T) {
	begin, end, _ := strings.Cut(string(orderText(t, "small")), "219.47")
	for _, total := range []string{"7", "0", "0.0", "1E5", "19.90", "1e400", "0.123456789012345678901234567890"} {
		var judged, read orders.Order
		text := begin + total + end
		r := codec.NewReader(text)
		read.CodeJSON(r.JSON())
		if err := errors.Join(judged.UnmarshalJSON([]byte(text)), r.End()); err != nil {
			t.Fatal(err)
		}
		for way, v := range map[string]orders.Order{"judged": judged, "read": read} {
			back, err := codec.Append(nil, &v)
			if !strings.Contains(string(back), `"total":`+total+",") || err != nil || (v.Total == runtime.Decimal{}) != (total == "0") {
				t.Errorf("%s, %s became %#v and %s, %v", total, way, v.Total, back, err)
			}
		}
	}
}
