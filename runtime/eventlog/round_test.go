package eventlog

import (
	"errors"
	"fmt"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/internal/share"
)

// keyFor returns a key whose messages lie in a partition of two.
func keyFor(partition int) []byte {
	for i := 0; ; i++ {
		if key := fmt.Append(nil, i); share.Partition(key, 2) == partition {
			return key
		}
	}
}

// TestFailureOfAnotherPartition: of a round that several publishers share, the
// one whose partition could not be written is told so, and the others are not:
// they would publish again what is stored.
func TestFailureOfAnotherPartition(t *testing.T) {
	l := start(t, t.TempDir(), &Options{Partitions: 2})
	var full atomic.Bool
	l.open = func(path string, flag int) (file, error) {
		f, err := openFile(path, flag)
		if err != nil || !strings.Contains(path, filepath.Join("t", "1")) {
			return f, err
		}
		return faulty{f, func(op string, _ int) (int, error) {
			if full.Load() && op == "write" {
				return 0, fmt.Errorf("pretending: %w", errQuota)
			}
			return 0, nil
		}}, nil
	}
	to := func(partition int) error {
		return l.Publish(t.Context(), &driver.Message{Address: "t", Key: keyFor(partition), Value: []byte("v")})
	}
	if err := errors.Join(to(0), to(1)); err != nil {
		t.Fatal(err)
	}
	full.Store(true)
	inRound := make(chan struct{})
	go l.writer.do(func() error { <-inRound; return nil }) // the next round waits for this
	calls := func() uint64 {
		l.writer.mu.Lock()
		defer l.writer.mu.Unlock()
		return l.writer.calls
	}
	before := calls()
	fine, failing := make(chan error, 1), make(chan error, 1)
	go func() { fine <- to(0) }()
	go func() { failing <- to(1) }()
	for calls() < before+2 {
		goruntime.Gosched()
	}
	close(inRound)
	if err := <-fine; err != nil {
		t.Errorf("what is stored was refused: %v", err)
	}
	if err := <-failing; !errors.Is(err, ErrFull) {
		t.Errorf("a full disk is %v", err)
	}
	full.Store(false)
}
