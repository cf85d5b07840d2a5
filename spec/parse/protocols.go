package parse

// protocols are those that AsyncAPI reserves a key for, with what their bindings
// say. Where the official schemas and the text of a binding differ, the wider
// counts.
var protocols = []*protocol{
	assembled(kafkaProtocol),
	assembled(httpProtocol),
	assembled(wsProtocol),
	assembled(amqpProtocol),
	assembled(mqttProtocol),
	assembled(mqtt5Protocol),
	assembled(bare("amqp1", "AMQP 1.0")),
	assembled(bare("stomp", "STOMP")),
	assembled(bare("redis", "Redis")),
	assembled(bare("mercure", "Mercure")),
	assembled(natsProtocol),
	assembled(jmsProtocol),
	assembled(ibmmqProtocol),
	assembled(anypointmqProtocol),
	assembled(solaceProtocol),
	assembled(pulsarProtocol),
	assembled(googlepubsubProtocol),
	assembled(snsProtocol),
	assembled(sqsProtocol),
	assembled(ros2Protocol),
}

// bare is a protocol whose bindings have no fields yet.
func bare(key, name string) protocol {
	return protocol{key: key, name: name, versions: []string{"0.1.0"}}
}

// assembled names the places of a protocol. In one that has no fields the
// official schemas let everything pass.
func assembled(p protocol) *protocol {
	places := []struct {
		name string
		at   **record
	}{{"server", &p.server}, {"channel", &p.channel}, {"operation", &p.operation}, {"message", &p.message}}
	var family []*table
	for _, place := range places {
		others := othersWrong
		if *place.at == nil {
			*place.at, others = content(), othersWarned
		}
		rec := (*place.at).named(p.name+" binding of the "+place.name, others)
		family = append(family, rec.table, rec.loose)
	}
	for _, t := range family {
		t.rows = append(t.rows, optional("bindingVersion"))
		t.family = family
	}
	return &p
}

var httpMethods = words("GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE")

var httpProtocol = protocol{
	key: "http", name: "HTTP",
	versions: []string{"0.1.0", "0.2.0", "0.3.0"}, first3: "0.2.0",
	operation: content(
		must("type", words("request", "response")).until("0.1.0"),
		may("method", httpMethods),
		may("query", schemaOfObject),
	).with(
		demand{key: "type", values: []string{"request"}, need: "method", last: "0.1.0", lax: true},
	),
	message: content(
		may("headers", schemaOfObject),
		may("statusCode", number).since("0.3.0"),
	),
}

var wsProtocol = protocol{
	key: "ws", name: "WebSockets",
	versions: []string{"0.1.0"},
	channel: content(
		may("method", words("GET", "POST")),
		may("query", schemaOfObject),
		may("headers", schemaOfObject),
	),
}

// amqpProtocol lets version 0.1.0 have both an exchange and a queue: it said
// nothing of one excluding the other.
var amqpProtocol = protocol{
	key: "amqp", name: "AMQP",
	versions: []string{"0.1.0", "0.2.0", "0.3.0"}, first3: "0.3.0",
	channel: content(
		may("is", words("queue", "routingKey")),
		may("exchange", object("exchange of AMQP",
			may("name", textUpTo(255)),
			may("type", words("topic", "direct", "fanout", "default", "headers")),
			may("durable", flag),
			may("autoDelete", flag),
			may("vhost", text))),
		may("queue", object("queue of AMQP",
			may("name", textUpTo(255)),
			may("durable", flag),
			may("exclusive", flag),
			may("autoDelete", flag),
			may("vhost", text))),
	).with(
		demand{key: "is", values: []string{"routingKey"}, need: "exchange", bars: "queue", first: "0.2.0", lax: true},
		demand{key: "is", values: []string{"queue"}, need: "queue", bars: "exchange", first: "0.2.0", lax: true},
	),
	operation: content(
		may("expiration", atLeast(0)),
		may("userId", text),
		may("cc", texts),
		may("priority", integer),
		may("deliveryMode", between(1, 2)),
		may("mandatory", flag),
		may("bcc", texts),
		may("replyTo", text).until("0.2.0"),
		may("timestamp", flag),
		may("ack", flag),
	),
	message: content(
		may("contentEncoding", text),
		may("messageType", text),
	),
}

const most32 = 1<<32 - 1

var mqttProtocol = protocol{
	key: "mqtt", name: "MQTT",
	versions: []string{"0.1.0", "0.2.0"}, first3: "0.2.0",
	server: content(
		may("clientId", text),
		may("cleanSession", flag),
		may("lastWill", object("lastWill of MQTT",
			may("topic", text),
			may("qos", between(0, 2)),
			may("message", text),
			may("retain", flag))),
		may("keepAlive", integer),
		may("sessionExpiryInterval", either(atLeast(0), aSchemaOrRef)).since("0.2.0"),
		may("maximumPacketSize", either(between(1, most32), aSchemaOrRef)).since("0.2.0"),
	),
	operation: content(
		may("qos", between(0, 2)),
		may("retain", flag),
		may("messageExpiryInterval", either(between(0, most32), aSchemaOrRef)).since("0.2.0"),
	),
	message: content(
		may("payloadFormatIndicator", between(0, 1)).since("0.2.0"),
		may("correlationData", aSchemaOrRef).since("0.2.0"),
		may("contentType", text).since("0.2.0"),
		may("responseTopic", either(text, aSchemaOrRef)).since("0.2.0"),
	),
}

// mqtt5Protocol is in the text of the standard and not in its schemas.
var mqtt5Protocol = protocol{
	key: "mqtt5", name: "MQTT 5",
	versions: []string{"0.1.0", "0.2.0"},
	server:   content(may("sessionExpiryInterval", either(atLeast(0), aSchemaOrRef))),
}
