package runtime

// TraceContext is a place in a distributed trace (W3C Trace Context).
type TraceContext struct {
	// TraceID names the trace, SpanID the operation within it. Zero is none.
	TraceID [16]byte
	SpanID  [8]byte
	// Flags are the trace flags; 1 is sampled.
	Flags byte
	// State is the tracestate header, carried as it is.
	State string
}
