//go:build !unix

package workload

import "time"

// ProcessorTime returns how much time of processors this process has used so far: not known
// here.
func ProcessorTime() time.Duration { return 0 }
