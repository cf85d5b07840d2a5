package contracttest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/diag/render"
)

// maxAddresses is how many addresses of one channel the text lists; the JSON
// form has all of them.
const maxAddresses = 20

// columns are the headings of the counts.
var columns = [...]string{"seen", "passed", "failed", "unchecked", "unknown"}

// line is one line of the text: a label, and counts unless there are none.
type line struct {
	label  string
	counts *Counts
}

// WriteText writes the counts as an aligned table for people. Findings are not
// part of it: render them with package render.
func (r *Report) WriteText(w io.Writer) error {
	var lines []line
	for i := range r.Channels {
		lines = append(lines, r.Channels[i].lines()...)
	}
	lines = append(lines, r.letterLines()...)
	width := 0
	for _, l := range lines {
		if l.counts != nil {
			width = max(width, utf8.RuneCountInString(l.label))
		}
	}
	var b strings.Builder
	if r.Seen > 0 {
		writeRow(&b, width, "", columns[:])
	}
	for _, l := range lines {
		if l.counts == nil {
			b.WriteString(l.label + "\n")
			continue
		}
		writeRow(&b, width, l.label, l.counts.cells())
	}
	b.WriteString("\n" + r.summary() + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func writeRow(b *strings.Builder, width int, label string, cells []string) {
	b.WriteString(label + strings.Repeat(" ", width-utf8.RuneCountInString(label)))
	for i, cell := range cells {
		b.WriteString("  " + strings.Repeat(" ", max(0, len(columns[i])-len(cell))) + cell)
	}
	b.WriteByte('\n')
}

func (c *Counts) cells() []string {
	out := make([]string, 0, len(columns))
	for _, n := range []int{c.Seen, c.Passed, c.Failed, c.Unchecked, c.Unknown} {
		out = append(out, strconv.Itoa(n))
	}
	return out
}

// lines are those of one channel: itself, its addresses, their messages and why
// some were not checked.
func (c *ChannelReport) lines() []line {
	switch {
	case c.NotWatched != "":
		return []line{{label: c.Channel + ": not watched, " + c.NotWatched}}
	case c.Seen == 0:
		return []line{{label: c.Channel + ": no message seen at " + c.Address}}
	}
	out := []line{{c.Channel, &c.Counts}}
	for i := range c.Addresses {
		if i == maxAddresses {
			out = append(out, line{label: fmt.Sprintf("  … and %d more addresses", len(c.Addresses)-i)})
			break
		}
		a := &c.Addresses[i]
		out = append(out, line{"  " + excerptAddress(a.Address), &a.Counts})
		for j := range a.Messages {
			out = append(out, a.Messages[j].lines()...)
		}
	}
	if missing := c.unseen(); len(missing) > 0 {
		out = append(out, line{label: "  not seen: " + strings.Join(missing, ", ")})
	}
	return out
}

// letterLines are those of retry and dead letter addresses.
func (r *Report) letterLines() []line {
	var out []line
	for i, l := range r.Letters {
		if i == maxAddresses {
			out = append(out, line{label: fmt.Sprintf("… and %d more addresses of retries and dead letters", len(r.Letters)-i)})
			break
		}
		var classes []string
		for _, c := range l.Classes {
			classes = append(classes, fmt.Sprintf("%d %s", c.Count, c.Class))
		}
		out = append(out, line{label: fmt.Sprintf("%s at %s: %d (%s)",
			l.Kind.noun(), excerptAddress(l.Address), l.Seen, strings.Join(classes, ", "))})
	}
	return out
}

// unseen are the messages of the channel that did not occur.
func (c *ChannelReport) unseen() []string {
	var out []string
	for _, m := range c.Messages {
		if m.Seen == 0 {
			out = append(out, m.Message)
		}
	}
	return out
}

func (m *MessageReport) lines() []line {
	name := m.Message
	if name == "" {
		name = "(none of the document)"
	}
	out := []line{{"    " + name, &m.Counts}}
	for _, r := range m.UncheckedBecause {
		out = append(out, line{label: fmt.Sprintf("      %d × %s", r.Count, r.Reason)})
	}
	return out
}

// excerptAddress makes an address, which comes from a broker, harmless to print.
func excerptAddress(address string) string {
	if len(address) <= 4*maxExcerpt && printable(address) {
		return address
	}
	return excerpt(address)
}

// summary says in one sentence what became of all messages.
func (r *Report) summary() string {
	beside := r.lettersSeen()
	if r.Seen == 0 {
		return "no message seen" + beside
	}
	noun := "messages"
	if r.Seen == 1 {
		noun = "message"
	}
	return fmt.Sprintf("%d %s seen: %d passed, %d failed, %d unchecked, %d unknown%s",
		r.Seen, noun, r.Passed, r.Failed, r.Unchecked, r.Unknown, beside)
}

// lettersSeen says how many messages were moved, where some were.
func (r *Report) lettersSeen() string {
	dead, retries := 0, 0
	for _, l := range r.Letters {
		if l.Kind == DeadLetters {
			dead += l.Seen
		} else {
			retries += l.Seen
		}
	}
	if dead+retries == 0 {
		return ""
	}
	return fmt.Sprintf("; beside them %s and %s", diag.Counted(dead, "dead letter"), countedRetries(retries))
}

func countedRetries(n int) string {
	if n == 1 {
		return "1 retry"
	}
	return fmt.Sprintf("%d retries", n)
}

// jsonReport is the JSON form, beside which findings and summary stand as
// package render writes them.
type jsonReport struct {
	Counts
	Channels []ChannelReport `json:"channels"`
	Letters  []LetterReport  `json:"letters,omitempty"`
}

// WriteJSON writes the counts and the findings as one JSON object: "report" is
// the counts; what package render writes of the findings stands beside it. The
// form is documented in docs/verify.md and only grows.
func (r *Report) WriteJSON(w io.Writer) error {
	var found bytes.Buffer
	if err := render.Render(&found, "json", r.Findings, &render.Options{}); err != nil {
		return fmt.Errorf("render findings: %w", err)
	}
	out := map[string]any{}
	if err := decodeMembers(found.Bytes(), out); err != nil {
		return err
	}
	counts := jsonReport{Counts: r.Counts, Channels: r.Channels, Letters: r.Letters}
	if counts.Channels == nil {
		counts.Channels = []ChannelReport{}
	}
	out["report"] = counts
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

// decodeMembers keeps the members as they are written, numbers included.
func decodeMembers(data []byte, into map[string]any) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return fmt.Errorf("read rendered findings: %w", err)
	}
	for name, text := range members {
		into[name] = text
	}
	return nil
}
