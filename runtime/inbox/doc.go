// Package inbox remembers which messages a consumer group has handled, so that
// a message that is delivered again takes effect once: the guarantee
// runtime.EffectivelyOnce.
//
//	seen, err := inbox.OpenFile("/var/lib/shop/orders.inbox", nil)
//	…
//	conn := runtime.Open(transport, &runtime.Options{
//		Inbox:  seen,
//		Policy: runtime.Policy{Guarantee: runtime.EffectivelyOnce},
//	})
//
// There are three, and what they promise differs in what a crash may cost:
//
//   - Memory knows what this process has handled. After a restart it knows
//     nothing. It is for tests, and for handlers that may do things twice, but
//     rarely should.
//   - File notes each message in a file after its handler returned nil, and
//     before the message is acknowledged. A message whose handler had finished
//     and was not noted yet when the process died is handled again: the time
//     between effect and note is that of one write to disk. No inbox beside the
//     effect can do better.
//   - Transactional keeps the note where the effect is, in one transaction of a
//     database: either both are there or none. The handler takes the transaction
//     from its context with Tx and must have no other effects.
//
// All remember as many messages of a group as the consumer's
// Policy.InboxWindow says, and File and Memory none for longer than
// Options.Age. A message that comes again later than that is handled again: the
// window has to be larger than what may lie between two deliveries, which is
// what a group has received and not acknowledged, and after a restore of old
// positions all since then.
//
// A message is named by its source and id. Producers that give every message a
// new id on each attempt to publish it cannot be helped by an inbox.
//
// Package inboxtest has the laws of an inbox as a suite for implementers.
//
// It imports the standard library and package runtime.
package inbox
