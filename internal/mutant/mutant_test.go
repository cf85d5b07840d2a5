package mutant_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/asyncwire/asyncwire/internal/mutant"
)

// TestMutants: mutants are JSON, the same number gives the same one, and they
// differ from each other and from their seed.
func TestMutants(t *testing.T) {
	seed := []byte(`{"id":"a","n":1.5,"lines":[{"sku":"x","count":2},{"sku":"y","count":3}],"note":null,"ok":true}`)
	source, err := mutant.New([]string{"other"}, seed)
	if err != nil {
		t.Fatal(err)
	}
	different := map[string]bool{}
	for n := range uint64(2000) {
		data := source.Mutant(n)
		if !json.Valid(data) {
			t.Fatalf("mutant %d is no JSON: %s", n, data)
		}
		if !bytes.Equal(data, source.Mutant(n)) {
			t.Fatalf("mutant %d differs from call to call", n)
		}
		different[string(data)] = true
	}
	if len(different) < 1200 {
		t.Errorf("%d different mutants of 2000", len(different))
	}
}

func TestSeedMustBeJSON(t *testing.T) {
	if _, err := mutant.New(nil, []byte(`{"id":`)); err == nil {
		t.Error("half a value is accepted")
	}
}
