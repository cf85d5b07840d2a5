// Package kafka is the transport for Apache Kafka, and for what speaks its
// protocol, from version 1.1 on (Provision: 2.4).
//
//	t, err := kafka.Open(ctx, kafka.Config{Brokers: []string{"localhost:9092"}})
//	if err != nil { … }
//	conn := runtime.Open(t, nil)
//	defer conn.Close(ctx)
//
// It keeps the laws of package driver. What they leave open is said here.
//
// # Publishing
//
// Publish returns nil when all in-sync replicas have stored every message.
// Messages with a key go to the partition that the Java client would pick
// (murmur2); messages without one stay in one partition for a while and then go
// to another. One partition has one request under way; what comes meanwhile is
// the next request, so that there is no timer to wait for and order is kept.
// What waits is bounded by Config.MaxBufferedBytes.
//
// Every batch has a producer id and a sequence number. A batch that is sent
// again because its answer was lost is stored once. When the outcome is still
// unknown after Config.Timeouts.Publish, or when the caller's context ends
// meanwhile, the error matches driver.ErrUnknownOutcome: the message is stored
// once or not at all, and publishing it again is a new message. There are no
// transactions over several messages.
//
// # Receiving
//
// What is handed out is a copy: a message that is open for long keeps a few kilobytes
// beside itself, and not the answer of the broker that brought it.
//
// Messages of committed transactions, and those without one, are delivered in
// order of their offsets; markers and aborted records are left out. Positions
// are committed over gapless runs of acknowledged messages, every
// Config.Timeouts.Commit, at each rebalance and when a receiver is closed. So
// every message is delivered at least once, and again only
//
//   - after a crash: what was acknowledged since the last commit;
//   - after a rebalance: what was handed out and was not acknowledged in time,
//     see below;
//   - after a Nack: on a log nothing is delivered again in between, only when
//     the partition is next assigned.
//
// An acknowledgement belongs to the assignment in which its message was handed
// out. When partitions are to be given to others, the receiver stops handing
// out, waits for what is out, commits and only then lets go: for the shorter of
// Timeouts.Session and Timeouts.Rebalance, less a margin of a heartbeat and a
// fifth (11.2 s by default). Acknowledgements after that match driver.ErrStale
// and are never committed; driver.Revocable tells when.
//
// When the position of a group is not in the log, that is logged, and reading
// goes on at the oldest message left when the position is older than that, and
// where Subscription.Start says when the log ends before it (the topic was
// created anew). A group that starts at the latest message commits that place
// before it reads on from it. A topic or partition that comes into being later
// is read from its beginning.
//
// Data of a partition that cannot be decoded is fetched again a few times; then
// Receive returns an error that names the offset. A receiver never hangs on it
// in silence, and never skips it.
//
// # What it is built on
//
// The client is segmentio/kafka-go, of which it uses the pooled connections of
// Transport and the membership of ConsumerGroup. It does not use Reader and
// Writer, which acknowledge across generations, deliver aborted records, wait a
// second for a batch to fill, duplicate on a lost answer, hang on an offset that
// is beyond the log, and take seconds to close. Nor does it use the cached
// metadata of Transport, which is seconds old when a leader moves. It encodes
// and decodes batches by itself: kafka-go's encoder cannot carry a producer id,
// and its decoder loses how far a compacted batch reached.
//
// Members take part in eager rebalances only (range, round robin); static
// membership and re-authentication of long sessions (KIP-368) are not
// supported: a broker that ends a session causes a rebalance.
//
// It imports kafka-go, package driver and the standard library.
package kafka
