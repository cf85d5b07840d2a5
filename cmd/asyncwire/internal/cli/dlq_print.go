package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/spec/diag"
)

// letterRow is what list says of a dead letter, in NDJSON as it stands here.
type letterRow struct {
	Partition int32      `json:"partition"`
	Offset    int64      `json:"offset"`
	ID        string     `json:"id,omitempty"`
	Type      string     `json:"type,omitempty"`
	Key       string     `json:"key,omitempty"`
	Reason    string     `json:"reason,omitempty"`
	Class     string     `json:"class,omitempty"`
	Attempts  int        `json:"attempts,omitempty"`
	Origin    *originRow `json:"origin,omitempty"`
	Group     string     `json:"group,omitempty"`
	Handler   string     `json:"handler,omitempty"`
	Schema    string     `json:"schema,omitempty"`
	Moved     time.Time  `json:"moved,omitzero"`
	Bytes     int        `json:"bytes"`
	Settled   string     `json:"settled,omitempty"`
}

// originRow is where a dead letter came from.
type originRow struct {
	Address   string    `json:"address"`
	Partition int32     `json:"partition"`
	Offset    int64     `json:"offset"`
	Time      time.Time `json:"time,omitzero"`
}

// row makes the row of a letter.
func (l *letters) row(m *driver.Message, how string) letterRow {
	a, _ := runtime.AttributesOf(m, l.features)
	letter, _ := runtime.LetterOf(m)
	r := letterRow{
		Partition: m.Partition, Offset: m.Offset, ID: a.ID, Type: a.Type, Key: string(m.Key),
		Reason: letter.Reason, Class: letter.Class, Attempts: letter.Attempts, Group: letter.Group,
		Handler: letter.Handler, Schema: letter.Schema, Moved: letter.Moved, Bytes: len(m.Value), Settled: how,
	}
	if letter.Address != "" {
		r.Origin = &originRow{letter.Address, letter.Partition, letter.Offset, letter.Time}
	}
	return r
}

// sortRows orders rows by when they were moved, and then by place.
func sortRows(rows []letterRow) {
	slices.SortStableFunc(rows, func(a, b letterRow) int {
		return cmp.Or(a.Moved.Compare(b.Moved), cmp.Compare(a.Partition, b.Partition), cmp.Compare(a.Offset, b.Offset))
	})
}

// writeRows prints rows as a table or as one JSON object a line.
func writeRows(w io.Writer, format string, rows []letterRow) error {
	if format == "ndjson" {
		enc := json.NewEncoder(w)
		for _, r := range rows {
			if err := enc.Encode(r); err != nil {
				return err
			}
		}
		return nil
	}
	if len(rows) == 0 {
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "AT\tID\tKEY\tCLASS\tATTEMPTS\tFROM\tREASON")
	for _, r := range rows {
		reason := orDash(r.Reason)
		if r.Settled != "" {
			reason = "(" + r.Settled + ") " + reason
		}
		fmt.Fprintf(t, "%d/%d\t%s\t%s\t%s\t%d\t%s\t%s\n", r.Partition, r.Offset, orDash(r.ID), orDash(r.Key), orDash(r.Class),
			r.Attempts, r.from(), reason)
	}
	return t.Flush()
}

// from is where a letter came from, in a word.
func (r *letterRow) from() string {
	if r.Origin == nil {
		return "-"
	}
	return fmt.Sprintf("%s %d/%d", visible(r.Origin.Address), r.Origin.Partition, r.Origin.Offset)
}

func orDash(s string) string { return visible(cmp.Or(s, "-")) }

// tallyLetters is a list in a line.
func tallyLetters(listed, more int, quiet bool) string {
	text := diag.Counted(listed, "dead letter")
	if listed == 0 {
		text = "no dead letters"
	}
	if more > 0 {
		text += fmt.Sprintf(", and %d more (--limit)", more)
	}
	if quiet {
		text += "; the last offsets hold no message, or it did not come in time"
	}
	return text
}

// writeLetter prints one letter.
func writeLetter(w io.Writer, format string, r letterRow, m *driver.Message) error {
	if format == "json" {
		return writeLetterJSON(w, r, m)
	}
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%-9s %s\n", name, visible(value))
		}
	}
	line("at", placeOf(m).String())
	line("id", r.ID)
	line("type", r.Type)
	line("key", r.Key)
	line("reason", r.Reason)
	line("class", r.Class)
	line("attempts", strconv.Itoa(r.Attempts))
	if r.Origin != nil {
		line("from", fmt.Sprintf("%s %d/%d", r.Origin.Address, r.Origin.Partition, r.Origin.Offset))
	}
	line("group", r.Group)
	line("handler", r.Handler)
	line("schema", r.Schema)
	if !r.Moved.IsZero() {
		line("moved", r.Moved.Format(time.RFC3339Nano))
	}
	line("settled", r.Settled)
	b.WriteString("headers\n")
	for _, h := range m.Headers {
		fmt.Fprintf(&b, "  %s: %s\n", visible(h.Key), visible(string(h.Value)))
	}
	fmt.Fprintf(&b, "payload (%d bytes)\n", len(m.Value))
	for text := range strings.Lines(string(m.Value)) {
		fmt.Fprintf(&b, "  %s\n", visible(strings.TrimSuffix(text, "\n")))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeLetterJSON prints one letter as a JSON object.
func writeLetterJSON(w io.Writer, r letterRow, m *driver.Message) error {
	type header struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	out := struct {
		letterRow
		Headers []header        `json:"headers"`
		Payload json.RawMessage `json:"payload,omitempty"`
		Text    string          `json:"payloadText,omitempty"`
		Base64  []byte          `json:"payloadBase64,omitempty"`
	}{letterRow: r}
	for _, h := range m.Headers {
		out.Headers = append(out.Headers, header{h.Key, string(h.Value)})
	}
	switch {
	case json.Valid(m.Value):
		out.Payload = m.Value
	case utf8.Valid(m.Value):
		out.Text = string(m.Value)
	default:
		out.Base64 = m.Value
	}
	return json.NewEncoder(w).Encode(out)
}

// visible is text that a message holds as a terminal may be given it: what it
// would obey, and what cannot be seen, is written as an escape.
func visible(text string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(text, "\ufffd") {
		if r == ' ' || unicode.IsGraphic(r) && !unicode.Is(unicode.Bidi_Control, r) && !unicode.Is(unicode.Zs, r) {
			b.WriteRune(r)
			continue
		}
		b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
	}
	return b.String()
}
