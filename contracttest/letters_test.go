package contracttest_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/contracttest"
	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

const mail = `asyncapi: 3.0.0
info: {title: Mail, version: 1.0.0}
channels:
  parcels:
    address: parcels.{town}
    parameters: {town: {enum: [lyon, turin]}}
    messages:
      parcel: &parcel
        payload: {type: object, required: [id]}
        headers: {type: object, properties: {tenant: {type: string}}, additionalProperties: false}
  lost:
    address: lost
    messages: {parcel: *parcel}
  letters:
    address: letters
    messages: {letter: {payload: {type: object}}}
operations:
  receiveParcel:
    action: receive
    channel: {$ref: '#/channels/parcels'}
    x-asyncwire-delivery:
      retry-addresses:
        - {address: '{address}.{group}.retry', delay: 1m}
      dead-letter: '{address}.dead'
  receiveLetter:
    action: receive
    channel: {$ref: '#/channels/letters'}
    x-asyncwire-delivery: {dead-letter: lost}
`

func moved(to, class string) *message {
	m := &message{Address: "parcels.lyon", Value: []byte(`{}`), Headers: headers("tenant", "acme")}
	return runtime.Letter{Reason: "no such street", Class: class, Attempts: 3, Address: "parcels.lyon", Group: "g"}.On(m, to)
}

// TestLettersAreCountedApart: what consumers move to the addresses of the document
// is neither seen nor unknown, is told by its class, and what asyncwire dlq notes
// about it is not looked at. An address that is declared as a channel is one,
// letters' headers or not.
func TestLettersAreCountedApart(t *testing.T) {
	doc := loadText(t, mail)
	parcel := &message{Address: "parcels.turin", Value: []byte(`{"id":1}`), Headers: headers("tenant", "acme")}
	lost := moved("lost", "permanent")
	lost.Value = []byte(`{"id":1}`)
	r := verify(t, doc, contracttest.Options{Max: 3}, // letters do not count
		moved("parcels.lyon.dead", "timeout"), moved("parcels.lyon.dead", "timeout"), moved("parcels.lyon.dead", "permanent"),
		moved("parcels.lyon.dead", "no class of ours"),
		&message{Address: "parcels.lyon.dead", Value: []byte("by hand")},
		&message{Address: "parcels.lyon.dead.settled", Value: []byte(`{}`)},
		moved("parcels.turin.order-service.retry", "retryable"),
		lost, parcel, parcel)
	want := []contracttest.LetterReport{
		{Address: "parcels.lyon.dead", Kind: contracttest.DeadLetters, Channels: []string{"parcels"}, Seen: 5,
			Classes: []contracttest.LetterClass{{"timeout", 2}, {"none", 1}, {"other", 1}, {"permanent", 1}}},
		{Address: "parcels.turin.order-service.retry", Kind: contracttest.Retries, Channels: []string{"parcels"}, Seen: 1,
			Classes: []contracttest.LetterClass{{"retryable", 1}}},
	}
	if !slices.EqualFunc(r.Letters, want, func(a, b contracttest.LetterReport) bool {
		return a.Address == b.Address && a.Kind == b.Kind && a.Seen == b.Seen &&
			slices.Equal(a.Channels, b.Channels) && slices.Equal(a.Classes, b.Classes)
	}) {
		t.Errorf("the letters are %+v", r.Letters)
	}
	if r.Seen != 3 || r.Passed != 3 || !r.Clean() {
		t.Errorf("%+v, %v", r.Counts, r.Findings)
	}
	var text, data strings.Builder
	if r.WriteText(&text) != nil || r.WriteJSON(&data) != nil {
		t.Fatal("cannot write the report")
	}
	for _, line := range []string{
		"dead letters at parcels.lyon.dead: 5 (2 timeout, 1 none, 1 other, 1 permanent)\n",
		"retries at parcels.turin.order-service.retry: 1 (1 retryable)\n",
		"3 messages seen: 3 passed, 0 failed, 0 unchecked, 0 unknown; beside them 5 dead letters and 1 retry\n",
	} {
		if !strings.Contains(text.String(), line) {
			t.Errorf("the text lacks %q:\n%s", line, text.String())
		}
	}
	var form struct {
		Report struct{ Letters []contracttest.LetterReport }
	}
	if err := json.Unmarshal([]byte(data.String()), &form); err != nil || len(form.Report.Letters) != 2 || form.Report.Letters[0].Seen != 5 {
		t.Errorf("JSON has %+v, %v", form, err)
	}
}

// TestLettersOfOthers: those of channels that are not watched are not either.
func TestLettersOfOthers(t *testing.T) {
	transport := kafkaLike{memory.New(nil)}
	defer transport.Close(context.Background())
	for _, m := range []*message{moved("parcels.lyon.dead", "timeout"), {Address: "letters", Value: []byte("{}")}} {
		if err := transport.Publish(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var watched []string
	r, err := contracttest.Verify(ctx, loadText(t, mail), transport, &contracttest.Options{Channels: []string{"letters"}, Max: 1,
		Start: driver.StartEarliest, Ready: func(addresses []string) { watched = addresses }})
	if err != nil || len(r.Letters) != 0 || !slices.Equal(watched, []string{"letters"}) {
		t.Errorf("%+v, watched %q, %v", r, watched, err)
	}
}
