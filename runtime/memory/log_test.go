package memory

import "testing"

// TestMurmur2 holds the hash to the values that Kafka's own test of
// Utils.murmur2 expects.
func TestMurmur2(t *testing.T) {
	want := map[string]int32{
		"21":                         -973932308,
		"foobar":                     -790332482,
		"a-little-bit-long-string":   -985981536,
		"a-little-bit-longer-string": -1486304829,
		"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
		"abc": 479470107,
	}
	for key, hash := range want {
		if got := int32(murmur2([]byte(key))); got != hash {
			t.Errorf("murmur2(%q) = %d, want %d", key, got, hash)
		}
	}
}
