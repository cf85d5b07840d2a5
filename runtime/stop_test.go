package runtime

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// keyed returns deliveries of one partition with these keys.
func keyed(keys ...string) []driver.Delivery {
	var out []driver.Delivery
	for i, key := range keys {
		out = append(out, &numbered{driver.Message{Offset: int64(i), Key: []byte(key)}})
	}
	return out
}

// returned are the offsets of what has been set aside.
func returned(ls *lanes) []int64 {
	_, rest := ls.close()
	var out []int64
	for _, j := range rest {
		out = append(out, j.message().Offset)
	}
	return out
}

// TestStopEndsAHand: of the jobs that a worker took at once it begins none after
// a line was drawn, whichever; those are given back.
func TestStopEndsAHand(t *testing.T) {
	for name, end := range map[string]func(*lanes){
		"stop": (*lanes).stop,
		"halt": func(ls *lanes) { ls.halt(2) },
	} {
		ls := newLanes(t.Context(), logRules(10))
		put(ls, keyed("a", "a", "a"))
		var h hand
		ls.take(&h, 0, outcome{}, 3)
		if h.jobs.Len() != 3 || !ls.begin(&h, 0) || !ls.begin(&h, 1) {
			t.Fatalf("%s: %d jobs, or not begun", name, h.jobs.Len())
		}
		end(ls)
		if ls.begin(&h, 2) {
			t.Errorf("%s: the third was begun behind the line", name)
		}
		ls.giveUp(&h, 2, outcome{})
		if rest := returned(ls); len(rest) != 1 || rest[0] != 2 {
			t.Errorf("%s: %v were given back", name, rest)
		}
	}
}

// TestStopTakesOneByOne: once a line is drawn a batch has one message of a key,
// so that nothing behind one that fails is begun.
func TestStopTakesOneByOne(t *testing.T) {
	rules := logRules(10)
	rules.together = true
	ls := newLanes(t.Context(), rules)
	put(ls, keyed("a", "a", "b"))
	var first, last hand
	ls.take(&first, 0, outcome{}, 1)
	ls.take(&last, 0, outcome{}, 1)
	ls.stop()
	ls.giveUp(&last, 1, outcome{})
	ls.giveUp(&first, 0, outcome{})
	hands := ls.takeBatch(Batch{Size: 10})
	if len(hands) != 1 || hands[0].jobs.Len() != 1 || hands[0].jobs.First().message().Offset != 0 {
		t.Fatalf("the batch has %d hands, the first %d jobs", len(hands), hands[0].jobs.Len())
	}
	ls.giveUp(hands[0], 0, outcome{verdict: failed, delay: time.Hour})
	if rest := returned(ls); len(rest) != 2 {
		t.Errorf("%v were given back", rest)
	}
}

// TestStopBeforeASecondAttempt: a message that has failed and whose time has
// come, but that no worker has taken yet, is given back with all behind it.
func TestStopBeforeASecondAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ls := newLanes(t.Context(), logRules(10))
		put(ls, keyed("a", "a", "b"))
		var failing, last hand
		ls.take(&failing, 0, outcome{}, 1)
		ls.take(&last, 0, outcome{}, 1)
		ls.giveUp(&failing, 0, outcome{verdict: failed, delay: time.Second})
		time.Sleep(2 * time.Second)
		synctest.Wait()
		ls.stop()
		ls.giveUp(&last, 1, outcome{})
		select {
		case <-ls.idle:
		default:
			t.Error("something is left to do")
		}
		if rest := returned(ls); len(rest) != 2 || rest[0] != 0 || rest[1] != 1 {
			t.Errorf("%v were given back", rest)
		}
	})
}
