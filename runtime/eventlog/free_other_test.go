//go:build !unix

package eventlog

import (
	"testing"
	"time"
)

// freeBytes is how much room a disk has: not known here.
func freeBytes(string) (int64, bool) { return 0, false }

// processorTime is what this process has used so far: not known here.
func processorTime(*testing.T) time.Duration { return 0 }
