package lint

import (
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

var (
	topicName  = regexp.MustCompile(`^[a-zA-Z0-9._-]{1,249}$`)
	notInTopic = regexp.MustCompile(`[^a-zA-Z0-9._-]`)
	anyName    = regexp.MustCompile(`\{[^{}]*\}`)
)

func checkKafkaTopicName(p *Pass) {
	for _, c := range p.Doc.Channels {
		if !c.Address.IsSet() || !onKafka(p.Doc, c) || hasTopic(c) {
			continue
		}
		// Whatever a parameter stands for, it can be a legal part.
		topic := anyName.ReplaceAllLiteralString(c.Address.Value, "x")
		if topicName.MatchString(topic) && topic != "." && topic != ".." {
			continue
		}
		d := p.Reportf(c.Address, "%q is no legal Kafka topic", c.Address.Value)
		d.WithHelp("name the topic in the channel's binding: kafka.topic")
		if bad := notInTopic.FindString(topic); bad != "" {
			d.Note(nil, "a topic cannot hold %q", bad)
		}
	}
}

func hasTopic(c *spec.Channel) bool {
	k := c.Bindings.Protocol("kafka")
	return k != nil && k.Kafka != nil && k.Kafka.Topic.IsSet()
}

func onKafka(doc *spec.Document, c *spec.Channel) bool {
	servers := c.Servers
	if len(servers) == 0 {
		servers = doc.Servers
	}
	return slices.ContainsFunc(servers, func(s *spec.Server) bool {
		return s.Protocol.Value == "kafka" || s.Protocol.Value == "kafka-secure"
	})
}
