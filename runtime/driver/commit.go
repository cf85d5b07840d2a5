package driver

import "context"

// Committer is a Receiver that stores acknowledgements and published messages as
// one. The receivers of a transport with Features.Transactions are Committers when
// their Subscription asks for it.
//
// On Kafka a unit, or several that wait, is a transaction of a producer whose
// transactional id is that of the member: begin, produce, AddOffsetsToTxn and
// TxnOffsetCommit with the member's generation, EndTxn. A producer epoch or a
// generation that is out of date is ErrStale; an EndTxn whose answer is lost is
// ErrUnknownOutcome. What is done beyond the position (Progress) is the offset's
// metadata, and a unit that does not fit into it waits until the gap is closed.
// Subscribe takes the transactional id, and reads what is committed alone.
type Committer interface {
	Receiver

	// Commit acknowledges deliveries of this receiver and publishes messages, as
	// one unit: after it, and after any crash, either all of it has happened or
	// none. Nobody receives the messages before that is certain. Messages with
	// equal Address and Key are stored in the order of the slice, and what is
	// committed or published by later calls comes behind them.
	//
	// Everything that is done by then is remembered, also beyond a delivery that is
	// not: of a partition that is assigned again only what is not done is delivered.
	// That list is no longer than the deliveries that have not ended.
	//
	// An error says that nothing was stored, and the deliveries are as they were
	// before, so that they may be committed again, unless it matches
	// ErrUnknownOutcome: then nobody knows, and only who receives next, after this
	// receiver was closed, finds out. ErrStale says that the assignment of a
	// delivery has ended, or the delivery has. ErrInvalid that one is of another
	// receiver. The errors of Publish are possible too.
	//
	// It may be called from any goroutine, and concurrently with different
	// deliveries. The transport does not keep the messages or their bytes.
	Commit(ctx context.Context, done []Delivery, publish ...*Message) error
}
