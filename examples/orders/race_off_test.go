//go:build !race

package orders_test

// raceEnabled tells whether the race detector watches.
const raceEnabled = false
