package codec_test

import (
	"encoding/json"
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

// BenchmarkRead compares reading without a check with json.Unmarshal.
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

// BenchmarkWrite compares writing into a reused buffer with json.Marshal.
func BenchmarkWrite(b *testing.B) {
	eachOrder(b, func(b *testing.B, text []byte) {
		var v order
		var plain plainOrder
		must(codec.Unmarshal(text, nil, &v))
		must(json.Unmarshal(text, &plain))
		buf := make([]byte, 0, 4<<10)
		beside(b, text, func() {
			_, err := v.AppendJSON(buf)
			must(err)
		}, func() {
			_, err := json.Marshal(&plain)
			must(err)
		})
	})
}

// BenchmarkPlain measures what the others are compared with.
func BenchmarkPlain(b *testing.B) {
	eachOrder(b, func(b *testing.B, text []byte) {
		b.Run("read", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var v plainOrder
				must(json.Unmarshal(text, &v))
			}
		})
		b.Run("valid", func(b *testing.B) {
			for b.Loop() {
				if !json.Valid(text) {
					b.Fatal("invalid")
				}
			}
		})
		var v order
		must(codec.Unmarshal(text, nil, &v))
		b.Run("ours-read", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				must(codec.Unmarshal(text, trusted{}, &v))
			}
		})
		b.Run("ours-write", func(b *testing.B) {
			b.ReportAllocs()
			buf := make([]byte, 0, 4<<10)
			for b.Loop() {
				_, err := v.AppendJSON(buf)
				must(err)
			}
		})
		var plain plainOrder
		must(json.Unmarshal(text, &plain))
		b.Run("write", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := json.Marshal(&plain)
				must(err)
			}
		})
	})
}
