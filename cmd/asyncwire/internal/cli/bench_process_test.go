package cli

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"testing"
	"time"
)

// BenchmarkProcess is the whole of "asyncwire lint FILE", process start
// included. Its memory is the most that the process had resident.
func BenchmarkProcess(b *testing.B) {
	dir := b.TempDir()
	binary := filepath.Join(dir, "asyncwire")
	build := exec.CommandContext(b.Context(), "go", "build", "-o", binary, "github.com/asyncwire/asyncwire/cmd/asyncwire")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	files, _ := writeWorkloads(b, dir)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file := files[name]
		b.Run(name, func(b *testing.B) {
			var total, took time.Duration
			var most, resident float64
			for b.Loop() {
				c := exec.CommandContext(b.Context(), os.Args[0])
				c.Args = []string{"measure", binary, "lint", file}
				c.Stderr = os.Stderr
				out, err := c.Output()
				if _, scanErr := fmt.Sscan(string(out), &took, &resident); err != nil || scanErr != nil {
					b.Fatalf("%v, %v\n%s", err, scanErr, out)
				}
				total += took
				most = max(most, resident)
			}
			b.ReportMetric(float64(total)/float64(b.N), "ns/op")
			b.ReportMetric(most/(1<<20), "MB-resident")
		})
	}
}

// measure is a command that runs the one in its arguments and writes how many
// nanoseconds that took, and how many bytes of memory. It stands between the
// benchmark and what is measured because on Linux a process inherits the most
// that its parent had resident.
func measure() {
	c := exec.Command(os.Args[1], os.Args[2:]...)
	begin := time.Now()
	if out, err := c.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
		os.Exit(1)
	}
	fmt.Println(time.Since(begin).Nanoseconds(), maxResident(c.ProcessState))
	os.Exit(0)
}

// maxResident is the most memory, in bytes, that a process has had resident; 0
// where the system does not tell.
func maxResident(p *os.ProcessState) float64 {
	usage := reflect.ValueOf(p.SysUsage())
	if usage.Kind() != reflect.Pointer || !usage.Elem().FieldByName("Maxrss").IsValid() {
		return 0
	}
	most := float64(usage.Elem().FieldByName("Maxrss").Int())
	if runtime.GOOS == "darwin" {
		return most
	}
	return most * 1024 // elsewhere it is in KiB
}
