package validate_test
import "testing"
func BenchmarkOurs(b *testing.B) {
	for _, name := range benchPayloads {
		b.Run(name, func(b *testing.B) {
			data, v := benchFile(b, name+".json"), benchValidator(b, name)
			b.SetBytes(int64(len(data)))
			for b.Loop() { if !v.Valid(data) { b.Fatal() } }
		})
	}
}
