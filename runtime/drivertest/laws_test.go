package drivertest

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// harness is one over a broker of its own, whose transports are wrecked.
func harness(wreck func(*broken)) Harness {
	broker := memory.New(&memory.Options{Handover: 20 * time.Millisecond, MaxBytes: 1 << 20})
	var names atomic.Int64
	return Harness{
		Open: func(testing.TB) driver.Transport {
			b := &broken{Transport: broker.Connect()}
			wreck(b)
			return b
		},
		Address: func(t testing.TB, partitions int) string {
			address := fmt.Sprintf("address-%d", names.Add(1))
			b := &broken{Transport: broker}
			wreck(b)
			if err := b.Provision(t.Context(), partitions, address); err != nil {
				t.Fatal(err)
			}
			return address
		},
		Missing:  func(testing.TB) string { return fmt.Sprintf("missing-%d", names.Add(1)) },
		TooLarge: 1<<20 + 1,
		Parallel: true,
	}
}

func TestHonestTransportPasses(t *testing.T) {
	Run(t, harness(func(*broken) {}))
}

func TestBrokenTransportsFail(t *testing.T) {
	for i, d := range doubles() {
		for name := range strings.FieldsSeq(d.laws) {
			t.Run(d.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				h := harness(doubles()[i].wreck).withDefaults()
				h.Patience, h.Quiet = 300*time.Millisecond, 50*time.Millisecond // failing early is failing
				var r *recorder
				for range 3 { // some faults need bad timing to show
					r = record(t, func(tb testing.TB) { lawNamed(t, name).run(tb, h) })
					if r.failed && !r.skipped {
						return
					}
				}
				t.Errorf("the law did not notice; it said %q", r.said)
			})
		}
	}
}

func lawNamed(t *testing.T, name string) Law {
	t.Helper()
	laws := Laws()
	i := slices.IndexFunc(laws, func(l Law) bool { return l.Name == name })
	if i < 0 {
		t.Fatalf("there is no law %q", name)
	}
	return laws[i]
}

func TestEveryLawCanFail(t *testing.T) {
	var noticed []string
	for _, d := range doubles() {
		noticed = append(noticed, strings.Fields(d.laws)...)
	}
	for _, law := range Laws() {
		if !slices.Contains(noticed, law.Name) {
			t.Errorf("no double breaks the law %q", law.Name)
		}
	}
}

func TestLawsAreNamedOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, law := range Laws() {
		if seen[law.Name] || law.Says == "" {
			t.Errorf("law %q is there twice or says nothing", law.Name)
		}
		seen[law.Name] = true
	}
}

func TestUndeclaredPowersAreSkippedWithTheReason(t *testing.T) {
	h := harness(func(b *broken) {
		b.features = func(f driver.Features) driver.Features {
			f.Redelivery, f.Partitions = false, false
			return f
		}
	})
	h.Missing, h.TooLarge = nil, 0
	want := map[string]string{
		"nack-delivers-again":     "Features.Redelivery",
		"gap-is-never-passed":     "Features.Partitions",
		"tap-finds-new-addresses": "Missing",
		"too-large-is-refused":    "TooLarge",
	}
	for name, reason := range want {
		r := record(t, func(tb testing.TB) { lawNamed(t, name).run(tb, h.withDefaults()) })
		if said := strings.Join(r.said, "\n"); !r.skipped || !strings.Contains(said, reason) {
			t.Errorf("law %q: skipped %v, said %q", name, r.skipped, said)
		}
	}
}
