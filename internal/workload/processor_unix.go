//go:build unix

package workload

import (
	"syscall"
	"time"
)

// ProcessorTime returns how much time of processors this process has used so far, 0 where
// that is not known. Other processes hardly change what a piece of work takes by it.
func ProcessorTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
