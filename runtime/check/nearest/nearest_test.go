package nearest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// The distance is the same both ways, and one slip makes it one at most.
func TestDistance(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	letter := func() rune { return 'a' + random.Int32N(4) }
	for range 5000 {
		word := make([]rune, 2+random.IntN(8))
		for i := range word {
			word[i] = letter()
		}
		other := slices.Clone(word)
		i := random.IntN(len(word) - 1)
		switch random.IntN(4) {
		case 0:
			other[i] = letter()
		case 1:
			other = slices.Insert(other, i, letter())
		case 2:
			other = slices.Delete(other, i, i+1)
		case 3:
			other[i], other[i+1] = other[i+1], other[i]
		}
		a, b := slip{word: word}, slip{word: other}
		there, back := a.distance(string(other), 100), b.distance(string(word), 100)
		if there != back || there > 1 || (there == 0) != slices.Equal(word, other) {
			t.Fatalf("%q and %q: distance %d there and %d back", string(word), string(other), there, back)
		}
		if cut := a.distance(string(other), 0); (cut == 0) != (there == 0) {
			t.Fatalf("%q and %q: distance %d with a limit of 0", string(word), string(other), cut)
		}
	}
}

func ExampleTo() {
	fmt.Println(To("amuont", []string{"id", "amount"}))
	// Output: amount
}
