package workload

import "os"

// LongVariable is the environment variable that asks for tests in their whole
// length. CI sets it once a day.
const LongVariable = "ASYNCWIRE_LONG"

// Long tells whether tests may take minutes: those that try samples try
// everything then, and those that measure do measure.
func Long() bool { return os.Getenv(LongVariable) != "" }
