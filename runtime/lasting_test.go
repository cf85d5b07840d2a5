package runtime

import (
	"testing"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// TestWhatIsKeptOfAMessage: a string that is not copied is at least half of its
// payload, and a tenth of what it keeps; without a word of the transport all are
// copied.
func TestWhatIsKeptOfAMessage(t *testing.T) {
	for _, test := range []struct{ keeps, size, want int }{
		{0, 1 << 20, 0}, {9472, 100, 947}, {9472, 1040, 947}, {9472, 4096, 2048}, {1, 0, 1}, {-1, 5000, 0},
	} {
		o := origin{features: &driver.Features{KeepsAtMost: test.keeps}}
		if got := o.lasting(test.size); got != test.want {
			t.Errorf("%d bytes of at most %d: at least %d, want %d", test.size, test.keeps, got, test.want)
		}
	}
}

// TestLayoutKeepsWhatMemorySays: messages that are published in memory keep their
// memory from here.
func TestLayoutKeepsWhatMemorySays(t *testing.T) {
	if keeps := memory.New(nil).Features().KeepsAtMost; max(layoutBytes, layoutSmall) > keeps {
		t.Errorf("pieces of %d bytes, and memory says at most %d", layoutBytes, keeps)
	}
}
