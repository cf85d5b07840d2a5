package parse

import (
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// bindingPlace is the object that bindings belong to.
type bindingPlace struct {
	all   *table // the map by protocol
	kafka *table
}

// protocols are the keys that AsyncAPI reserves for bindings. Others are let
// pass with a warning.
var protocols = []string{
	"http", "ws", "kafka", "anypointmq", "amqp", "amqp1", "mqtt", "mqtt5", "nats", "jms", "sns", "sqs", "stomp",
	"redis", "mercure", "ibmmq", "solace", "googlepubsub", "pulsar", "ros2",
}

var (
	serverBindings = bindingPlace{
		all:   &table{name: "server bindings", refs: v20},
		kafka: kafkaTable("server", "schemaRegistryUrl", "schemaRegistryVendor"),
	}
	channelBindings = bindingPlace{
		all:   &table{name: "channel bindings", refs: v20},
		kafka: kafkaTable("channel", "topic", "partitions", "replicas", "topicConfiguration"),
	}
	operationBindings = bindingPlace{
		all:   &table{name: "operation bindings", refs: v20},
		kafka: kafkaTable("operation", "groupId", "clientId"),
	}
	messageBindings = bindingPlace{
		all:   &table{name: "message bindings", refs: v20},
		kafka: kafkaTable("message", "key", "schemaIdLocation", "schemaIdPayloadEncoding", "schemaLookupStrategy"),
	}
)

// bindings reads the protocol-specific parts of an object.
func (r *reader) bindings(p resolve.Place, where bindingPlace) spec.Bindings {
	trail, ok := r.follow(p, where.all)
	if !ok {
		return nil
	}
	p = trail[len(trail)-1]
	id := identity{p.Node, where.all}
	if known, ok := r.objects[id]; ok {
		return known.(spec.Bindings)
	}
	var out spec.Bindings
	if r.isKind(p, "the "+where.all.name, syntax.Mapping) {
		for _, m := range p.Node.Members {
			if b, ok := r.binding(p.Child(m.Key.Text), m.Key, where); ok {
				out = append(out, b)
			}
		}
	}
	r.objects[id] = out
	return out
}

func (r *reader) binding(p resolve.Place, key syntax.Key, where bindingPlace) (spec.Binding, bool) {
	if isExtension(key.Text) {
		return spec.Binding{}, false
	}
	r.checkProtocol(key)
	trail, ok := r.followAnywhere(p, where.kafka)
	if !ok {
		return spec.Binding{}, false
	}
	p = trail[len(trail)-1]
	if !r.isKind(p, "the binding of "+key.Text, syntax.Mapping) {
		return spec.Binding{}, false
	}
	b := spec.Binding{
		Origin:   p.Origin(),
		Protocol: spec.Text{Value: key.Text, At: key.At},
		Version:  r.text(p.Child("bindingVersion"), quoted("bindingVersion")),
		Raw:      p.Node,
	}
	if key.Text == "kafka" {
		b.Kafka = r.kafka(p, where.kafka)
	}
	return b, true
}

func (r *reader) checkProtocol(key syntax.Key) {
	for _, known := range protocols {
		if key.Text == known {
			return
		}
	}
	d := r.found.Warningf(key, "unknown-protocol", "AsyncAPI has no binding for the protocol %q", brief(key.Text))
	if near := diag.Nearest(key.Text, protocols); near != "" {
		d.WithHelp("did you mean %q?", near)
	}
}
