package contracttest

import (
	"github.com/asyncwire/asyncwire/spec/diag"
)

// Counts tells what became of messages. Every message seen is counted under
// exactly one of the other four, so that they add up to Seen.
type Counts struct {
	Seen int `json:"seen"`
	// Passed: everything the document says was checked, and held.
	Passed int `json:"passed"`
	// Failed: something that was checked did not hold.
	Failed int `json:"failed"`
	// Unchecked: nothing failed, but a part could not be checked.
	Unchecked int `json:"unchecked"`
	// Unknown: the message is none of those the document gives the channel, or
	// it cannot be told which of them it is.
	Unknown int `json:"unknown"`
}

// Reason is why messages could not be checked, and how many it concerned. A
// message with two unchecked parts counts under both.
type Reason struct {
	Reason string `json:"reason"`
	Count  int    `json:"count"`
}

// MessageReport is what was seen of one message of the document.
type MessageReport struct {
	// Message is the name the channel gives it; "" stands for those that are
	// none of the document's, or of a channel that declares no message.
	Message string `json:"message"`
	Counts
	UncheckedBecause []Reason `json:"uncheckedBecause,omitempty"`
}

// AddressReport is what was seen at one concrete address.
type AddressReport struct {
	Address string `json:"address"`
	Counts
	// Messages are those that were seen, in document order.
	Messages []MessageReport `json:"messages"`
}

// ChannelReport is what was seen of one channel.
type ChannelReport struct {
	// Channel is the channel's id.
	Channel string `json:"channel"`
	// Address is as the document writes it, with {parameters}; "" when it has
	// none.
	Address string `json:"address"`
	Counts
	// NotWatched says why the channel was not watched; "" when it was.
	NotWatched string `json:"notWatched,omitempty"`
	// Messages are all that the document gives the channel, in its order, with
	// zero counts where none was seen.
	Messages []MessageReport `json:"messages"`
	// Addresses are those at which a message was seen, sorted.
	Addresses []AddressReport `json:"addresses"`
}

// Report is the outcome of one Verify. Nothing changes it afterwards.
type Report struct {
	Counts
	// Channels are those of the document that were to be watched, in its order.
	Channels []ChannelReport
	// Letters are the retry and dead letter addresses of x-asyncwire-delivery at
	// which something was seen, sorted. It is not among Counts.
	Letters []LetterReport
	// Findings, sorted. Those about a message have the properties channel,
	// message, topic, partition and offset, and where they apply part, pointer,
	// rule and key.
	Findings diag.List
}

// Clean tells whether at least one message was seen, none of them failed or is
// unknown, and there is no finding of severity error. Unchecked messages are
// not held against it; see Counts.
func (r *Report) Clean() bool {
	return r.Seen > 0 && r.Failed == 0 && r.Unknown == 0 && !r.Findings.HasErrors()
}
