//go:build !race

package codec_test

// raceEnabled tells whether the race detector watches.
const raceEnabled = false
