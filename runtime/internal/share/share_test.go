package share

import (
	"math/rand/v2"
	"slices"
	"testing"
)

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

// TestFairly lets members come and go: each partition has one of them, shares
// differ by at most one, and no more move than has to.
func TestFairly(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 3))
		owners, members, next := make([]int, r.IntN(40)), []int{}, 1
		for range 30 {
			if len(members) == 0 || r.IntN(3) > 0 && len(members) < 50 {
				members, next = append(members, next), next+1
			} else if len(members) > 1 {
				i := r.IntN(len(members))
				for p, m := range owners {
					if m == members[i] {
						owners[p] = 0
					}
				}
				members = slices.Delete(members, i, i+1)
			}
			now := Fairly(owners, members)
			checkFair(t, now, members)
			if moved, has := moves(owners, now), mustMove(owners, members); moved != has {
				t.Fatalf("seed %d: %v becomes %v for %v: %d moved, %d had to", seed, owners, now, members, moved, has)
			}
			owners = now
		}
	}
}

// checkFair checks the shares.
func checkFair(t *testing.T, owners, members []int) {
	t.Helper()
	has := map[int]int{}
	for _, m := range owners {
		if !slices.Contains(members, m) {
			t.Fatalf("%d is no member: %v", m, owners)
		}
		has[m]++
	}
	for _, m := range members {
		if n := has[m]; n < len(owners)/len(members) || n > (len(owners)+len(members)-1)/len(members) {
			t.Fatalf("%d has %d of %d among %d", m, n, len(owners), len(members))
		}
	}
}

// moves counts the partitions that somebody had and somebody else has.
func moves(before, now []int) (n int) {
	for i := range before {
		if before[i] != 0 && before[i] != now[i] {
			n++
		}
	}
	return n
}

// mustMove counts the fewest that have to: what members have beyond a fair share,
// of which as many as there are left over may keep one more.
func mustMove(owners, members []int) (n int) {
	has := map[int]int{}
	for _, m := range owners {
		if m != 0 {
			has[m]++
		}
	}
	fair, extra := len(owners)/len(members), len(owners)%len(members)
	for _, m := range members {
		if over := has[m] - fair; over > 0 {
			n += over
			if extra > 0 {
				extra, n = extra-1, n-1
			}
		}
	}
	return n
}

// TestTurn: the messages of a call stay together, and calls take turns.
func TestTurn(t *testing.T) {
	var turn Turn
	var got []int
	for _, call := range []uint64{1, 1, 2, 3, 3, 3, 4} {
		got = append(got, turn.Partition(call, 3))
	}
	if want := []int{1, 1, 2, 0, 0, 0, 1}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
