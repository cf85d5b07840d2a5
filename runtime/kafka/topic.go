package kafka

import (
	"fmt"
	"strings"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// maxTopicName is the longest topic name that Kafka accepts, in bytes.
const maxTopicName = 249

// topicPartition names one partition of one topic.
type topicPartition struct {
	topic     string
	partition int32
}

// String returns topic/partition, as it is written in logs.
func (p topicPartition) String() string { return fmt.Sprintf("%s/%d", p.topic, p.partition) }

// checkTopic refuses a name that no Kafka topic can have.
func checkTopic(name string) error {
	why := topicFault(name)
	if why == "" {
		return nil
	}
	return fmt.Errorf("kafka: %q cannot be a topic: %s: %w", excerpt(name), why, driver.ErrInvalid)
}

// topicFault says what is wrong with a topic name, or nothing.
func topicFault(name string) string {
	switch {
	case name == "":
		return "the name is empty"
	case name == "." || name == "..":
		return "the names . and .. are reserved"
	case len(name) > maxTopicName:
		return fmt.Sprintf("the name has %d bytes, at most %d are allowed", len(name), maxTopicName)
	}
	if i := strings.IndexFunc(name, notTopicRune); i >= 0 {
		return "only letters, digits, '.', '_' and '-' are allowed, " +
			"an address like a/b has to become a.b or be set in the channel's Kafka binding"
	}
	return ""
}

func notTopicRune(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '.', r == '_', r == '-':
		return false
	}
	return true
}

// excerpt shortens a name that goes into an error.
func excerpt(s string) string {
	if len(s) <= 60 {
		return s
	}
	return s[:60] + "…"
}
