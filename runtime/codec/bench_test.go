package codec_test

import (
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/asyncwire/asyncwire/internal/workload"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

// batch is how often a benchmark does in one run what takes microseconds.
const batch = 200

// trusted lets every text pass.
type trusted struct{}

func (trusted) Check([]byte) error { return nil }

// sizes are the messages that are measured.
var sizes = []string{"small", "large"}

func orderText(tb testing.TB, size string) []byte {
	tb.Helper()
	text, err := os.ReadFile("testdata/order-" + size + ".json")
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// eachOrder runs a benchmark for every size.
func eachOrder(b *testing.B, run func(b *testing.B, text []byte)) {
	for _, size := range sizes {
		b.Run(size, func(b *testing.B) { run(b, orderText(b, size)) })
	}
}

// beside compares two ways to handle a text.
func beside(b *testing.B, text []byte, ours, theirs func()) {
	times := func(f func()) func() {
		return func() {
			for range batch {
				f()
			}
		}
	}
	workload.Beside(b, batch*len(text), times(ours), times(theirs))
}

// BenchmarkDecode compares judging and reading with json.Unmarshal, which judges
// nothing.
func BenchmarkDecode(b *testing.B) {
	eachOrder(b, func(b *testing.B, text []byte) {
		beside(b, text, func() {
			var v order
			must(codec.Unmarshal(text, rules.Of("Order"), &v))
		}, func() {
			var v plainOrder
			must(json.Unmarshal(text, &v))
		})
	})
}

// BenchmarkRead is BenchmarkDecode without judging.
func BenchmarkRead(b *testing.B) {
	eachOrder(b, func(b *testing.B, text []byte) {
		beside(b, text, func() {
			var v order
			must(codec.Unmarshal(text, trusted{}, &v))
		}, func() {
			var v plainOrder
			must(json.Unmarshal(text, &v))
		})
	})
}

// BenchmarkCheck compares judging alone with json.Valid.
func BenchmarkCheck(b *testing.B) {
	eachOrder(b, func(b *testing.B, text []byte) {
		beside(b, text, func() { must(rules.Of("Order").Check(text)) }, func() {
			if !json.Valid(text) {
				b.Fatal("not JSON")
			}
		})
	})
}

// BenchmarkEncode compares writing into a reused buffer with json.Marshal.
func BenchmarkEncode(b *testing.B) {
	eachOrder(b, func(b *testing.B, text []byte) {
		v, plain := ordersOf(b, text)
		buf := make([]byte, 0, 4<<10)
		beside(b, text, func() {
			_, err := v.AppendJSON(buf)
			must(err)
		}, func() {
			_, err := json.Marshal(plain)
			must(err)
		})
	})
}

// ordersOf reads a text in both ways.
func ordersOf(tb testing.TB, text []byte) (*order, *plainOrder) {
	tb.Helper()
	var v order
	var plain plainOrder
	if err := errors.Join(codec.Unmarshal(text, rules.Of("Order"), &v), json.Unmarshal(text, &plain)); err != nil {
		tb.Fatal(err)
	}
	return &v, &plain
}
