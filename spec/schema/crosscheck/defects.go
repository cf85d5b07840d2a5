package crosscheck

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"

	"github.com/asyncwire/asyncwire/spec/schema/validate"
)

// Defect is something that the other validator is known to judge differently.
type Defect struct {
	Name string
	// Law is what decides, and where that stands.
	Law string
	// explains tells whether the defect is behind a disagreement.
	explains func(*Opinion, *Dispute) bool
}

// Dispute is a disagreement about one value.
type Dispute struct {
	Data []byte
	// Ours is our verdict; OursPlain is that without formats and contents.
	Ours, OursPlain validate.Verdict
	Theirs          bool   // the other validator's verdict
	Complaint       string // its first, when it is not valid
}

// Explain returns the known defect behind a disagreement, nil when there is
// none: then one of the two validators has a fault nobody knows yet.
func (o *Opinion) Explain(d *Dispute) *Defect {
	for _, defect := range Defects() {
		if defect.explains(o, d) {
			return &defect
		}
	}
	return nil
}

// Defects lists what the other validator is known to judge differently.
func Defects() []Defect {
	return []Defect{
		{"trailing bytes", `RFC 8259 §2: "JSON-text = ws value ws"; it stops reading behind the first value`, byTrailing},
		{"duplicate keys", `RFC 8259 §4: "The names within an object SHOULD be unique"; it takes the last`, breaks("duplicate-key")},
		{"invalid UTF-8", `RFC 8259 §8.1: text "MUST be encoded using UTF-8"; it puts U+FFFD in place of other bytes`, breaks("utf-8")},
		{"lone surrogates", `RFC 8259 §8.2: what is done with unpaired surrogates "is unpredictable"; it puts U+FFFD in their place`, breaks("surrogate")},
		{"limits", `RFC 8259 §9: "An implementation may set limits on the maximum depth of nesting"; it has limits of its own`,
			breaks("max-depth", "max-size", "too-costly", "number-too-long")},
		{"contents", `draft-07 validation §8.3 and §8.4: contentEncoding and contentMediaType tell how a string is to be read; it ignores them`, breaks("contentEncoding", "contentMediaType")},
		{"formats", `draft-07 validation §7.1: "validation for this format attribute and instance SHOULD succeed" for values of other types, where ` +
			`it rejects numbers; §7.3 defines the formats by RFCs that it follows loosely, and it knows none of AsyncAPI and OpenAPI`, byFormats},
		{"long numbers", `draft-07 core §4.2.3: "both are numbers, and have the same mathematical value"; it compares some of them as doubles`, byLongNumbers},
		{"patterns", `draft-07 validation §6.3.3: a pattern "SHOULD be a valid regular expression, according to the ECMA 262 regular expression dialect"; it reads them as Go does`, byPatterns},
	}
}

// breaks explains what is invalid by laws that the other validator does not
// have.
func breaks(keywords ...string) func(*Opinion, *Dispute) bool {
	return func(_ *Opinion, d *Dispute) bool {
		return d.Theirs && slices.ContainsFunc(d.Ours.Violations, func(v validate.Violation) bool { return slices.Contains(keywords, v.Keyword) })
	}
}

// byTrailing explains what is more than one value and the white space of JSON: also
// 00, of which it reads the first digit.
func byTrailing(_ *Opinion, d *Dispute) bool {
	var first json.RawMessage
	r := json.NewDecoder(bytes.NewReader(d.Data))
	return d.Theirs && r.Decode(&first) == nil && len(bytes.Trim(d.Data[r.InputOffset():], " \t\r\n")) > 0
}

// byFormats explains disagreements that vanish without formats and contents.
func byFormats(o *Opinion, d *Dispute) bool {
	if o.schema == o.plain {
		return false
	}
	theirs, _, err := o.ask(o.plain, d.Data)
	return err == nil && theirs == d.OursPlain.Valid()
}

// longNumber finds numbers that doubles cannot hold, or not exactly.
var longNumber = regexp.MustCompile(`[0-9][0-9.]{15,}|[eE][+-]?[0-9]{3,}`)

func byLongNumbers(o *Opinion, d *Dispute) bool {
	return longNumber.Match(d.Data) || longNumber.Match(o.text)
}

// Escapes and classes that Go reads differently: the first two on all texts, the
// others beyond ASCII and on line ends.
var (
	foreignPattern = regexp.MustCompile(`\[\[?:|\\\\[AzQEaC]`)
	unicodePattern = regexp.MustCompile(`\\\\[sSbBwW]|\.`)
	unicodeText    = regexp.MustCompile(`[^ -~]|\\[urnvf]`)
)

func byPatterns(o *Opinion, d *Dispute) bool {
	if !bytes.Contains(o.text, []byte(`"pattern`)) {
		return false
	}
	return foreignPattern.Match(o.text) || unicodePattern.Match(o.text) && unicodeText.Match(d.Data)
}
