package eventlog

// journal is filled in below.
type journal struct{}
