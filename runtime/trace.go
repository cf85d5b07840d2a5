package runtime

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"strings"
)

// The headers of W3C Trace Context (Level 1, section 3).
const (
	traceParentHeader = "traceparent"
	traceStateHeader  = "tracestate"
)

// maxTraceState is how much of a tracestate is carried (section 3.3.1.5).
const maxTraceState = 512

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

// NewTrace returns the beginning of a trace with random ids.
func NewTrace() TraceContext {
	var t TraceContext
	binary.BigEndian.PutUint64(t.TraceID[:], rand.Uint64())
	binary.BigEndian.PutUint64(t.TraceID[8:], rand.Uint64()|1)
	return t.Child()
}

// Child returns a new operation within the same trace.
func (t TraceContext) Child() TraceContext {
	binary.BigEndian.PutUint64(t.SpanID[:], rand.Uint64()|1)
	return t
}

// String returns the traceparent header, of version 00.
func (t TraceContext) String() string { return string(t.appendTo(nil)) }

func (t TraceContext) appendTo(b []byte) []byte {
	b = append(b, "00-"...)
	b = hex.AppendEncode(b, t.TraceID[:])
	b = append(b, '-')
	b = hex.AppendEncode(b, t.SpanID[:])
	b = append(b, '-')
	return hex.AppendEncode(b, []byte{t.Flags})
}

// ParseTrace reads a traceparent and a tracestate header (section 3.2, and 4.3
// for later versions), and reports whether the first is valid. A state that is
// too long is left out.
func ParseTrace(parent, state string) (TraceContext, bool) {
	var t TraceContext
	const length = 55
	if len(parent) < length || parent[2] != '-' || parent[35] != '-' || parent[52] != '-' {
		return t, false
	}
	version := parent[:2]
	if version == "ff" || len(parent) > length && (version == "00" || parent[length] != '-') {
		return t, false
	}
	var first, flags [1]byte
	ok := unhex(first[:], version) && unhex(t.TraceID[:], parent[3:35]) && unhex(t.SpanID[:], parent[36:52]) &&
		unhex(flags[:], parent[53:length])
	if !ok || t.TraceID == [16]byte{} || t.SpanID == [8]byte{} {
		return TraceContext{}, false
	}
	if t.Flags = flags[0]; len(state) <= maxTraceState {
		t.State = state
	}
	return t, true
}

// unhex reads lower-case digits.
func unhex(dst []byte, text string) bool {
	if strings.ToLower(text) != text {
		return false
	}
	_, err := hex.Decode(dst, []byte(text))
	return err == nil
}

// traceKey finds a TraceContext in a context.
type traceKey struct{}

// WithTrace returns a context in which messages are published as part of t.
func WithTrace(ctx context.Context, t TraceContext) context.Context {
	return context.WithValue(ctx, traceKey{}, t)
}

// TraceOf returns the place in a trace: that of WithTrace, else, while a message
// is handled whose headers hold one, the operation of this attempt, which is a
// child of the message's. What is published with ctx names it as its parent.
func TraceOf(ctx context.Context) (TraceContext, bool) {
	if t, ok := ctx.Value(traceKey{}).(TraceContext); ok {
		return t, t.TraceID != [16]byte{}
	}
	if in := IncomingOf(ctx); in != nil {
		return in.Trace()
	}
	return TraceContext{}, false
}

// Trace returns the operation that this attempt is in the message's trace, and
// false when the message is part of none.
func (in *Incoming) Trace() (TraceContext, bool) {
	if lastHeader(in.message.Headers, traceParentHeader) < 0 {
		return TraceContext{}, false
	}
	own := in.own()
	t := own.trace.Load()
	if t == nil {
		t = in.enterTrace()
		if !own.trace.CompareAndSwap(nil, t) {
			t = own.trace.Load()
		}
	}
	return *t, t.TraceID != [16]byte{}
}

// enterTrace returns a child of the operation that the message's headers name.
func (in *Incoming) enterTrace() *TraceContext {
	var parent string
	var states []string
	for _, h := range in.message.Headers {
		switch h.Key {
		case traceParentHeader:
			parent = string(h.Value)
		case traceStateHeader:
			states = append(states, string(h.Value))
		}
	}
	t, ok := ParseTrace(parent, strings.Join(states, ","))
	if ok {
		t = t.Child()
	}
	return &t
}

// headers appends the headers of a trace.
func (t TraceContext) headers(headers []Header) []Header {
	headers = append(headers, Header{Key: traceParentHeader, Value: t.appendTo(make([]byte, 0, 55))})
	if t.State != "" {
		headers = append(headers, Header{Key: traceStateHeader, Value: []byte(t.State)})
	}
	return headers
}
