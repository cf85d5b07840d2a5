package runtime

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// letterPrefix begins the name of every header of ours. Handlers do not see
// them among the undeclared headers, so that they are not sent on.
const letterPrefix = "asyncwire-"

// The headers that a message carries at a retry or dead letter address. Times
// are RFC 3339 in UTC, numbers decimal.
const (
	HeaderReason    = letterPrefix + "reason"    // the text of the last error, at most 1 KiB
	HeaderClass     = letterPrefix + "class"     // what it means: Class.String
	HeaderAttempts  = letterPrefix + "attempts"  // how often the message was tried, everywhere
	HeaderAddress   = letterPrefix + "address"   // where it was first received from
	HeaderPartition = letterPrefix + "partition" // its partition there
	HeaderOffset    = letterPrefix + "offset"    // its offset there
	HeaderTime      = letterPrefix + "time"      // its transport time there
	HeaderGroup     = letterPrefix + "group"     // the consumer group that failed
	HeaderHandler   = letterPrefix + "handler"   // the name of the message's route, when it has one
	HeaderSchema    = letterPrefix + "schema"    // the message's data schema, when it has one
	HeaderMoved     = letterPrefix + "moved"     // when it was put where it is
	HeaderDue       = letterPrefix + "due"       // not to be handled before
)

// SettledSuffix makes of a dead letter address the one of the notes that tell
// which letters were redriven or dropped (asyncwire dlq).
const SettledSuffix = ".settled"

// IsLetterHeader tells whether a header is one of those that retries and dead
// letters carry.
func IsLetterHeader(name string) bool { return strings.HasPrefix(name, letterPrefix) }

// maxReason is how many bytes of an error's text a letter has.
const maxReason = 1024

// Letter is what a message at a retry or dead letter address says about itself.
type Letter struct {
	Reason   string
	Class    string
	Attempts int
	// Address, Partition, Offset and Time tell where the message was first
	// received from.
	Address   string
	Partition int32
	Offset    int64
	Time      time.Time
	Group     string
	Handler   string
	Schema    string
	Moved     time.Time
	// Due is zero for dead letters.
	Due time.Time
}

// LetterOf reads a message's letter headers, and reports whether it has any.
// What cannot be read stays zero; of repeated headers the last counts.
func LetterOf(m *driver.Message) (Letter, bool) {
	var l Letter
	found := false
	for _, h := range m.Headers {
		if strings.HasPrefix(h.Key, letterPrefix) {
			found = l.read(h.Key, string(h.Value)) || found
		}
	}
	return l, found
}

// read takes one header.
func (l *Letter) read(key, value string) bool {
	switch key {
	case HeaderReason:
		l.Reason = value
	case HeaderClass:
		l.Class = value
	case HeaderAttempts:
		l.Attempts = int(number(value, 31))
	case HeaderAddress:
		l.Address = value
	case HeaderPartition:
		l.Partition = int32(number(value, 31))
	case HeaderOffset:
		l.Offset = number(value, 63)
	case HeaderTime:
		l.Time = moment(value)
	case HeaderGroup:
		l.Group = value
	case HeaderHandler:
		l.Handler = value
	case HeaderSchema:
		l.Schema = value
	case HeaderMoved:
		l.Moved = moment(value)
	case HeaderDue:
		l.Due = moment(value)
	default:
		return false
	}
	return true
}

// number reads a number from 0 on of at most so many bits; other text is 0.
func number(text string, bits int) int64 {
	n, err := strconv.ParseUint(text, 10, bits)
	if err != nil {
		return 0
	}
	return int64(n)
}

func moment(text string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// On returns a message for the address to: a copy of m with the letter's
// headers in place of those it had. Key, value, time and all else are shared
// with m.
func (l Letter) On(m *driver.Message, to string) *driver.Message {
	out := Plain(m, to)
	add := func(key, value string) {
		if value != "" {
			out.Headers = append(out.Headers, Header{Key: key, Value: []byte(value)})
		}
	}
	at := func(key string, t time.Time) {
		if !t.IsZero() {
			add(key, t.UTC().Format(time.RFC3339Nano))
		}
	}
	add(HeaderReason, shortened(l.Reason))
	add(HeaderClass, l.Class)
	add(HeaderAttempts, strconv.Itoa(l.Attempts))
	add(HeaderAddress, l.Address)
	add(HeaderPartition, strconv.Itoa(int(l.Partition)))
	add(HeaderOffset, strconv.FormatInt(l.Offset, 10))
	at(HeaderTime, l.Time)
	add(HeaderGroup, l.Group)
	add(HeaderHandler, l.Handler)
	add(HeaderSchema, l.Schema)
	at(HeaderMoved, l.Moved)
	at(HeaderDue, l.Due)
	return out
}

// Plain returns a message for the address to: a copy of m without letter
// headers, as it was before it failed. Its bytes are shared with m.
func Plain(m *driver.Message, to string) *driver.Message {
	m = m.Whole()
	out := *m
	out.Address, out.Partition, out.Offset = to, 0, 0
	out.Headers = make([]Header, 0, len(m.Headers)+12)
	for _, h := range m.Headers {
		if !strings.HasPrefix(h.Key, letterPrefix) {
			out.Headers = append(out.Headers, h)
		}
	}
	return &out
}

// shortened returns the text of a reason: valid UTF-8, on one line, of bounded size.
func shortened(reason string) string {
	reason = strings.ToValidUTF8(strings.Join(strings.Fields(reason), " "), "\ufffd")
	if len(reason) <= maxReason {
		return reason
	}
	end := maxReason - len("…")
	for !utf8.RuneStart(reason[end]) {
		end--
	}
	return reason[:end] + "…"
}

// firstPlace returns what a message's letter says, or one of where it lies. At a retry
// address an earlier letter says where it came from; elsewhere anybody can have
// written one, and what it says counts for nothing.
func (k *consumer) firstPlace(m *driver.Message) Letter {
	if m.Address != k.subscription.Addresses[0] {
		if l, moved := LetterOf(m); moved && l.Address != "" {
			return l
		}
	}
	return Letter{Address: m.Address, Partition: m.Partition, Offset: m.Offset, Time: m.Time.Time()}
}

// letter writes the letter of a message that failed.
func (k *consumer) letter(in *Incoming, c Class, reason error) Letter {
	l := k.firstPlace(in.message)
	if u, ok := errors.AsType[*UndecodableError](reason); ok && c == ClassUndecodable {
		reason = u.Reason // the letter says where and what it was
	}
	l.Reason, l.Class, l.Group = reason.Error(), c.String(), k.subscription.Group
	l.Moved, l.Due = k.options.Now(), time.Time{}
	l.Handler = cmp.Or(in.Handler(), l.Handler)
	l.Schema = cmp.Or(in.Attributes().DataSchema, l.Schema)
	l.Attempts = min(l.Attempts, math.MaxInt32-in.Attempt()) + in.Attempt()
	return l
}

// withoutLetters removes letter headers from a list that nobody else has.
func withoutLetters(headers []Header) []Header {
	return slices.DeleteFunc(headers, func(h Header) bool { return strings.HasPrefix(h.Key, letterPrefix) })
}
