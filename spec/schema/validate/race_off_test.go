//go:build !race

package validate_test

// underRace tells that the race detector slows everything down.
const underRace = false
