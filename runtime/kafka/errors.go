package kafka

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/segmentio/kafka-go"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// reaction is what to do about an error of a broker.
type reaction uint8

const (
	giveUp   reaction = iota // it will not get better
	retry                    // the same again, after a pause
	relocate                 // again, after asking who leads the partition
	split                    // a part of the batch is refused: find out which
	renew                    // again, with a new producer id
)

// react sorts the error codes of produce, fetch, offset and metadata requests.
func react(code kafka.Error) reaction {
	switch code {
	case kafka.UnknownTopicOrPartition, kafka.LeaderNotAvailable, kafka.NotLeaderForPartition,
		kafka.BrokerNotAvailable, kafka.ReplicaNotAvailable, kafka.KafkaStorageError,
		kafka.FencedLeaderEpoch, kafka.UnknownLeaderEpoch, kafka.ListenerNotFound,
		kafka.PreferredLeaderNotAvailable, kafka.NotController,
		kafka.UnknownTopicID, kafka.InconsistentTopicID:
		return relocate
	case kafka.RequestTimedOut, kafka.NetworkException, kafka.NotEnoughReplicas,
		kafka.NotEnoughReplicasAfterAppend, kafka.InvalidMessage, kafka.OffsetNotAvailable,
		kafka.GroupLoadInProgress, kafka.GroupCoordinatorNotAvailable, kafka.NotCoordinatorForGroup,
		kafka.ConcurrentTransactions, kafka.ThrottlingQuotaExceeded:
		return retry
	case kafka.MessageSizeTooLarge, kafka.RecordListTooLarge, kafka.InvalidRecord, kafka.InvalidTimestamp:
		return split
	case kafka.OutOfOrderSequenceNumber, kafka.UnknownProducerId, kafka.InvalidProducerEpoch,
		kafka.InvalidProducerIDMapping, kafka.ProducerFenced:
		return renew
	}
	return giveUp
}

// reactTo is react for any error of a request. What is not an answer of the
// broker is a fault of the connection, which another attempt may not have.
func reactTo(err error) reaction {
	code := codeOf(err)
	if code == 0 {
		return retry
	}
	return react(code)
}

// meaning returns the driver's word for an error code, or nil.
func meaning(code kafka.Error) error {
	switch code {
	case kafka.MessageSizeTooLarge, kafka.RecordListTooLarge, kafka.InvalidMessageSize:
		return driver.ErrTooLarge
	case kafka.TopicAuthorizationFailed, kafka.GroupAuthorizationFailed, kafka.ClusterAuthorizationFailed,
		kafka.TransactionalIDAuthorizationFailed, kafka.SASLAuthenticationFailed, kafka.UnsupportedSASLMechanism,
		kafka.IllegalSASLState, kafka.SecurityDisabled, kafka.BrokerAuthorizationFailed:
		return driver.ErrUnauthorized
	case kafka.UnknownTopicOrPartition, kafka.UnknownTopicID:
		return driver.ErrNotFound
	case kafka.InvalidTopic, kafka.InvalidRecord, kafka.InvalidTimestamp, kafka.InvalidGroupId,
		kafka.InvalidSessionTimeout, kafka.InconsistentGroupProtocol, kafka.InvalidRequest,
		kafka.UnsupportedVersion, kafka.UnsupportedForMessageFormat, kafka.UnsupportedCompressionType,
		kafka.InvalidPartitionNumber, kafka.InvalidReplicationFactor, kafka.InvalidConfiguration, kafka.PolicyViolation:
		return driver.ErrInvalid
	}
	return nil
}

// advice is what a reader of the error can do, or nothing.
func advice(code kafka.Error) string {
	switch code {
	case kafka.MessageSizeTooLarge, kafka.RecordListTooLarge:
		return "raise max.message.bytes of the topic or send less"
	case kafka.InvalidRecord:
		return "a compacted topic takes messages with a key only"
	case kafka.TopicAuthorizationFailed:
		return "the principal lacks a right on the topic"
	case kafka.GroupAuthorizationFailed:
		return "the principal lacks the right to read as this group"
	case kafka.ClusterAuthorizationFailed:
		return "the principal lacks a right on the cluster (before Kafka 3.0 publishing needs IdempotentWrite)"
	case kafka.SASLAuthenticationFailed:
		return "user name or password is wrong"
	case kafka.UnsupportedSASLMechanism:
		return "the broker does not offer this login mechanism"
	case kafka.IllegalSASLState:
		return "the broker does not take a login at this port"
	case kafka.UnknownTopicOrPartition:
		return "create the topic first, nothing creates it on its own"
	case kafka.InconsistentGroupProtocol:
		return "the group has members that share out partitions in another way, use a group of its own"
	case kafka.InvalidSessionTimeout:
		return "the broker does not accept Timeouts.Session"
	}
	return ""
}

// failed says that doing something went wrong, with the driver's word for it.
// The result matches both the cause and that word.
func failed(err error, format string, args ...any) error {
	what := "kafka: " + fmt.Sprintf(format, args...)
	code := codeOf(err)
	if help := advice(code); help != "" {
		what += " (" + help + ")"
	}
	if word := meaning(code); word != nil {
		return fmt.Errorf("%s: %w: %w", what, word, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// codeOf returns the error code of a broker in err, 0 when there is none.
func codeOf(err error) kafka.Error {
	var code kafka.Error
	if errors.As(err, &code) {
		return code
	}
	return 0
}

// neverSent tells whether err proves that a request did not reach a broker.
func neverSent(err error) bool {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return true
	}
	return errors.Is(err, kafka.BrokerNotAvailable) || errors.Is(err, errNoLeader)
}

// errNoLeader: the cluster knows the partition but nobody leads it now.
var errNoLeader = errors.New("the partition has no leader")

// errOf returns the error of a response's code, or nil.
func errOf(code int16) error {
	if code == 0 {
		return nil
	}
	return kafka.Error(code)
}

// contextEnded returns ctx's error with what was being done, or nil.
func contextEnded(ctx context.Context, format string, args ...any) error {
	if ctx.Err() == nil {
		return nil
	}
	return fmt.Errorf("kafka: %s: %w", fmt.Sprintf(format, args...), ctx.Err())
}
