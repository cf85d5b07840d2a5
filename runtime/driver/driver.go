// Package driver is what a transport has to provide and the laws it keeps.
//
// Service authors do not use it directly: runtime.Open puts retries, ordering,
// decoding and draining on top, once for all transports. A transport stays
// dumb: it moves bytes, returns raw errors wrapped with a code of this package,
// and tells in Features what it can do. Package drivertest turns the laws
// stated here into a conformance suite.
//
// It imports the standard library alone.
package driver

import (
	"context"
	"errors"
)

// Header is one transport header. Keys may repeat and their order is kept; a
// nil Value is a header without a value.
type Header struct {
	Key   string
	Value []byte
}

// Message is what travels: bytes with headers, to or from one address. It knows
// nothing of types, schemas or CloudEvents.
type Message struct {
	// Address is the topic, subject, queue or path.
	Address string
	// Key orders and partitions: messages with equal keys at one address are
	// delivered in the order they were published. Nil is no key.
	Key []byte
	// Value is the payload's bytes. Nil is no payload (a Kafka tombstone).
	Value   []byte
	Headers []Header
	// Brief stands for headers before these, which nobody has written. It is nil but
	// for messages that a Keeper was given.
	Brief Brief
	// Time is when the message was created; zero lets the transport set it.
	Time Time

	// Partition and Offset tell where a received message lies. A transport
	// without partitions leaves Partition 0 and counts Offset by itself.
	Partition int32
	Offset    int64
}

// Brief is what the first headers of a message are made of when somebody asks for
// them. Its methods may be called concurrently.
type Brief interface {
	// Whole returns a message with all its headers and no Brief, and everything else
	// as m has it, which is a message with this Brief: for the one that PublishOwned
	// was given the same each time, so that it is not called before that is stored.
	Whole(m *Message) *Message
	// Size is how many bytes the headers have that it stands for, keys and values.
	Size() int
}

// Whole returns the message with all its headers, which is m unless it has a Brief. It
// must not be changed.
func (m *Message) Whole() *Message {
	if m.Brief == nil {
		return m
	}
	return m.Brief.Whole(m)
}

// Transport speaks one protocol with one broker. All methods may be called
// concurrently.
type Transport interface {
	// Publish hands messages to the broker and returns when all of them are
	// as durable as the transport promises, or one has failed. Messages with
	// the same Address and Key are stored in the order of the slice, and two
	// calls that follow one another keep that order. The transport does not
	// keep the messages or their bytes after it returns. When ctx ends while
	// the outcome is open the error matches ErrUnknownOutcome. After Close the
	// error matches ErrClosed.
	Publish(ctx context.Context, messages ...*Message) error

	// Subscribe joins a consumer group and returns a Receiver for it. It
	// returns when the subscription is known to be good (the address may be
	// subscribed to, the broker answers), not necessarily when messages flow.
	Subscribe(ctx context.Context, s Subscription) (Receiver, error)

	// Features tells what the transport can do. It never changes.
	Features() Features

	// Close ends all receivers and frees everything, waiting no longer than
	// ctx allows. Closing twice is harmless.
	Close(ctx context.Context) error
}

// Keeper is a Transport that can keep what it is given instead of a copy.
type Keeper interface {
	Transport

	// PublishOwned is Publish of a message that nobody else changes any more, nor
	// its bytes, from the call on. The transport may change the message, but
	// not the bytes: these may be shared. The message may have a Brief. It is
	// whole wherever it is handed out, but for Carrier. A Brief knows nothing of
	// other keys and attributes: who would change these, in front of another
	// transport, changes a copy of what Whole returns.
	PublishOwned(ctx context.Context, m *Message) error
}

// Subscription says what to receive.
type Subscription struct {
	// Addresses are concrete (no parameters left), at least one.
	Addresses []string
	// Group shares the messages: each is delivered to one member of a group,
	// and every group gets all of them. A group remembers its position.
	Group string
	// Start is where a group begins that has no position yet.
	Start Start
	// Transactional asks for a Receiver that is a Committer. Subscribe fails
	// with ErrInvalid when the transport has no transactions, and with an error of
	// the transport when this process may not use them now.
	Transactional bool
}

// Start is where reading begins when there is no remembered position.
type Start uint8

// The places to start from.
const (
	StartEarliest Start = iota // the oldest message kept
	StartLatest                // only what arrives from now on
)

// Receiver yields deliveries of one subscription.
type Receiver interface {
	// Receive blocks until at least one delivery is there, ctx ends or the
	// receiver is closed (io.EOF). Deliveries of one partition come in order.
	// One goroutine may call it at a time. The returned slice is valid until
	// the next call; the messages stay valid for good. After an error that matches
	// ErrPartition it is called again at once, after others in a while.
	Receive(ctx context.Context) ([]Delivery, error)

	// Close stops receiving, makes all acknowledgements so far durable and
	// leaves the group, so that another member continues with the first
	// message that was not acknowledged. It waits no longer than ctx allows.
	// Closing twice is harmless.
	Close(ctx context.Context) error
}

// Delivery is one attempt to hand over a message. It ends in Ack or Nack;
// ending it twice is harmless, and the first call counts. Both may be called
// from any goroutine, also after the receiver was closed (with no effect).
type Delivery interface {
	// Message is shared by all redeliveries, and it or its bytes may be by those
	// to other groups: it must not be changed, nor must its bytes.
	Message() *Message

	// Ack says that the message is done. A partitioned log advances its
	// position only over a gapless run of acknowledged messages. An
	// acknowledgement of an assignment that has since gone to another member
	// has no effect and returns an error that matches ErrStale.
	Ack(ctx context.Context) error

	// Nack gives the message back. A transport with Features.Redelivery
	// delivers it again; on a partitioned log it is delivered again when the
	// partition is next assigned.
	Nack(ctx context.Context) error
}

// Carrier is a Delivery of a Keeper that has the message as it was given. It is
// optional: it spares who needs no headers that they are made.
type Carrier interface {
	Delivery

	// Carried is Message, which may have a Brief.
	Carried() *Message
}

// Revocable is a Delivery that knows when its assignment ends. It is optional:
// without it nothing is lost, but more is done twice.
type Revocable interface {
	Delivery

	// Revoked is closed when the assignment has gone, or may have gone, to
	// another member: from then on Ack returns ErrStale, and there is no use
	// in starting to handle the message. Deliveries of one assignment may
	// share the channel.
	Revoked() <-chan struct{}
}

// Flusher is a Receiver that can make acknowledgements durable before it is
// closed. Without it a transport with Features.Durable cannot deliver at most
// once.
type Flusher interface {
	Receiver

	// Flush makes all acknowledgements that were made before it durable. It may be
	// called from any goroutine.
	Flush(ctx context.Context) error
}

// Pauser is a Receiver that can leave out a partition, so that one that cannot
// be worked at holds up no other. It is optional: without it the receiver's
// whole window fills up.
type Pauser interface {
	Receiver

	// Pause stops, or takes up again, the delivery of a partition's messages.
	// What was published before may still come. A pause ends with the partition's
	// assignment, and pausing one that is not assigned has no effect.
	// It may be called from any goroutine and does not wait for the broker.
	Pause(address string, partition int32, paused bool)
}

// Features says what a transport can do beyond the laws that all keep. The
// conformance suite runs the laws that a transport declares.
type Features struct {
	// Protocol is the AsyncAPI protocol name: kafka, memory, …
	Protocol string
	// AttributePrefix is put before a CloudEvents attribute's name to make a
	// header of it, as the CloudEvents binding of the protocol says.
	AttributePrefix string
	// Partitions: messages lie in numbered partitions at numbered offsets.
	Partitions bool
	// Redelivery: a Nack makes the broker deliver again without a new
	// assignment.
	Redelivery bool
	// Durable: messages outlive the transport.
	Durable bool
	// KeepsAtMost is how many bytes somebody keeps at most who keeps a part of a
	// received message that is smaller: others may lie in the same memory. Zero is
	// not known; then what is kept of a message is copied.
	KeepsAtMost int
	// Transactions: acknowledgements and published messages can take effect
	// together (Committer).
	Transactions bool
}

// Tapper is a transport that can be watched without leaving a trace: no group
// is joined, nothing is acknowledged, nothing is created.
type Tapper interface {
	// Tap starts watching and returns when every position is taken: a message
	// published after Tap returned is seen. Addresses that come into being
	// later are found within a few seconds and watched from their beginning.
	Tap(ctx context.Context, o TapOptions) (Tap, error)
}

// TapOptions says what to watch.
type TapOptions struct {
	// Match selects addresses. It may be called from any goroutine.
	Match func(address string) bool
	// Start is where to begin at addresses that exist already.
	Start Start
}

// Tap yields what passes.
type Tap interface {
	// Receive blocks until at least one message is there, ctx ends or the tap
	// is closed (io.EOF). One goroutine may call it at a time; after an error that
	// matches ErrPartition it is called again at once.
	Receive(ctx context.Context) ([]*Message, error)
	// Addresses lists, sorted, what is being watched now.
	Addresses() []string
	// Close stops watching. Closing twice is harmless.
	Close(ctx context.Context) error
}

// Provisioner is a transport that can create addresses.
type Provisioner interface {
	// Provision creates the addresses that do not exist yet; partitions is how
	// many each new one gets. Existing ones are left as they are.
	Provision(ctx context.Context, partitions int, addresses ...string) error
}

// Remover is a transport that can delete addresses.
type Remover interface {
	// Remove deletes addresses with their messages, and where groups are in them. What
	// is published afterwards creates an address anew. One that does not exist is
	// left out. ErrInvalid says that a member of a group receives from one.
	Remove(ctx context.Context, addresses ...string) error
}

// What an error means for the caller; test with errors.Is.
var (
	// ErrClosed: the transport or receiver was closed.
	ErrClosed = errors.New("closed")
	// ErrUnknownOutcome: the broker may or may not have stored the message.
	ErrUnknownOutcome = errors.New("unknown outcome")
	// ErrPartition: a partition cannot be read. The receiver goes on with the others,
	// and tries this one again after pauses of its own.
	ErrPartition = errors.New("partition cannot be read")
	// ErrStale: the assignment the acknowledgement belongs to has ended.
	ErrStale = errors.New("stale assignment")
	// ErrTooLarge: the broker refuses a message of that size.
	ErrTooLarge = errors.New("message too large")
	// ErrUnauthorized: the broker refuses the credentials or the operation.
	ErrUnauthorized = errors.New("unauthorized")
	// ErrNotFound: the address does not exist.
	ErrNotFound = errors.New("address not found")
	// ErrInvalid: the request can never succeed as it is.
	ErrInvalid = errors.New("invalid")
)
