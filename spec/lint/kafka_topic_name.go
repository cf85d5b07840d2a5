package lint

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
)

var kafkaTopicName = &Rule{
	Code:     "kafka-topic-name",
	Severity: diag.Warning,
	Title:    "an address is no legal Kafka topic",
	Doc: `On a Kafka server the address of a channel is a topic: letters, digits, ".", "_" and
"-", at most 249 of them. Name the topic in the channel's Kafka binding where the address must stay as it is.`,
	Bad: `
servers:
  broker:
    host: kafka.example.com:9092
    protocol: kafka
channels:
  orders:
    address: orders/placed`,
	Good: `
servers:
  broker:
    host: kafka.example.com:9092
    protocol: kafka
channels:
  orders:
    address: orders/placed
    bindings:
      kafka:
        topic: orders.placed`,
	Check: checkKafkaTopicName,
}

const longestTopic = 249

var (
	notInTopic = regexp.MustCompile(`[^a-zA-Z0-9._-]`)
	parameter  = regexp.MustCompile(`\{[^{}]*\}`)
)

func checkKafkaTopicName(p *Pass) {
	for _, c := range p.Doc.Channels {
		if !c.Address.IsSet() || !onKafka(p.Doc, c) || hasTopic(c) {
			continue
		}
		if why := notTopic(c.Address.Value); why != "" {
			d := p.Reportf(c.Address, "the address is no legal Kafka topic: %s", why).
				WithHelp("name the topic in the channel's binding: kafka.topic")
			if len(c.Servers) == 0 && slices.ContainsFunc(p.Doc.Servers, func(s *spec.Server) bool { return !isKafka(s) }) {
				d.WithHelp("name the topic in the channel's binding, kafka.topic, or the servers that have the channel under \"servers\"")
			}
		}
	}
}

// notTopic says why an address is no topic, or "". Whatever a parameter stands
// for, it can be a legal part of one.
func notTopic(address string) string {
	topic := parameter.ReplaceAllLiteralString(address, "x")
	switch bad := notInTopic.FindString(topic); {
	case bad != "":
		return fmt.Sprintf("a topic cannot hold %q", bad)
	case topic == "", topic == ".", topic == "..":
		return fmt.Sprintf("a topic cannot be %q", topic)
	case len(topic) > longestTopic:
		return fmt.Sprintf("a topic has at most %d characters", longestTopic)
	}
	return ""
}

func hasTopic(c *spec.Channel) bool {
	return c.Bindings.Protocol("kafka").Text("topic").IsSet()
}

func onKafka(doc *spec.Document, c *spec.Channel) bool {
	servers := c.Servers
	if len(servers) == 0 {
		servers = doc.Servers
	}
	return slices.ContainsFunc(servers, isKafka)
}

func isKafka(s *spec.Server) bool {
	return s.Protocol.Value == "kafka" || s.Protocol.Value == "kafka-secure"
}
