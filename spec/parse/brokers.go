package parse

var natsProtocol = protocol{
	key: "nats", name: "NATS",
	versions:  []string{"0.1.0"},
	operation: content(may("queue", textUpTo(255))),
}

var jmsProtocol = protocol{
	key: "jms", name: "JMS",
	versions: []string{"0.0.1"},
	server: content(
		must("jmsConnectionFactory", text),
		may("properties", listOf(object("property of JMS",
			must("name", text),
			must("value", anyScalar)))),
		may("clientID", text),
	),
	channel: content(
		may("destination", text),
		may("destinationType", words("queue", "fifo-queue")),
	),
	message: content(may("headers", aSchemaOrRef)),
}

// ibmmqProtocol lets a message name no type: the official schema forbids that by
// a slip, with all of its alternatives true at once.
var ibmmqProtocol = protocol{
	key: "ibmmq", name: "IBM MQ",
	versions: []string{"0.1.0"},
	server: content(
		may("groupId", text),
		may("ccdtQueueManagerName", text),
		may("cipherSpec", text),
		may("multiEndpointServer", flag),
		may("heartBeatInterval", between(0, 999_999)),
	),
	channel: content(
		may("destinationType", words("topic", "queue")),
		may("queue", object("queue of IBM MQ",
			must("objectName", textUpTo(48)),
			may("isPartitioned", flag),
			may("exclusive", flag))),
		may("topic", object("topic of IBM MQ",
			may("string", textUpTo(10_240)),
			may("objectName", textUpTo(48)),
			may("durablePermitted", flag),
			may("lastMsgRetained", flag))),
		may("maxMsgLength", between(0, 100<<20)),
	).with(
		demand{key: "destinationType", values: []string{"topic"}, bars: "queue"},
		demand{key: "destinationType", values: []string{"queue"}, bars: "topic"},
		demand{key: "destinationType", values: []string{"queue"}, need: "queue"},
	),
	message: content(
		may("type", words("string", "jms", "binary")),
		may("headers", text),
		may("description", text),
		may("expiry", atLeast(0)),
	).with(
		demand{key: "type", values: []string{"", "string", "jms"}, bars: "headers"},
	),
}

var anypointmqProtocol = protocol{
	key: "anypointmq", name: "Anypoint MQ",
	versions: []string{"0.0.1", "0.1.0"},
	channel: content(
		may("destination", text),
		may("destinationType", words("exchange", "queue", "fifo-queue")),
	),
	message: content(may("headers", aSchemaOrRef)),
}

// solaceProtocol accepts msgVpn in all versions: the schema of 0.2.0 has only a
// misspelling of it.
var solaceProtocol = protocol{
	key: "solace", name: "Solace",
	versions: []string{"0.2.0", "0.3.0", "0.4.0"},
	server: content(
		may("msvVpn", text).until("0.2.0"),
		may("msgVpn", text),
		may("clientName", kind{of: aText, least: 1, longest: 160}).since("0.4.0"),
	),
	operation: content(
		may("destinations", listOf(object("destination of Solace",
			may("deliveryMode", words("direct", "persistent")),
			may("destinationType", words("queue", "topic")),
			may("topicSubscriptions", texts),
			may("queue", object("queue of Solace",
				may("name", text),
				may("topicSubscriptions", texts),
				may("accessType", words("exclusive", "nonexclusive")),
				may("maxTtl", text).since("0.3.0"),
				may("maxMsgSpoolUsage", text).since("0.3.0")))))),
		may("timeToLive", integer).since("0.4.0"),
		may("priority", between(0, 255)).since("0.4.0"),
		may("dmqEligible", flag).since("0.4.0"),
	),
}

var pulsarProtocol = protocol{
	key: "pulsar", name: "Pulsar",
	versions: []string{"0.1.0"},
	server:   content(may("tenant", text)),
	channel: content(
		must("namespace", text),
		must("persistence", words("persistent", "non-persistent")),
		may("compaction", atLeast(0)),
		may("geo-replication", texts),
		may("retention", closedObject("retention of Pulsar",
			may("time", atLeast(0)),
			may("size", atLeast(0)))),
		may("ttl", integer),
		may("deduplication", flag),
	),
}

var googlepubsubProtocol = protocol{
	key: "googlepubsub", name: "Google Cloud Pub/Sub",
	versions: []string{"0.1.0", "0.2.0"}, first3: "0.2.0",
	channel: content(
		may("labels", mapOfAnything),
		may("messageRetentionDuration", text),
		may("messageStoragePolicy", closedObject("messageStoragePolicy of Google Cloud Pub/Sub",
			may("allowedPersistenceRegions", texts))),
		must("schemaSettings", object("schemaSettings of Google Cloud Pub/Sub",
			must("encoding", text),
			may("firstRevisionId", text),
			may("lastRevisionId", text),
			must("name", text))),
		must("topic", text).until("0.1.0"),
	),
	message: content(
		may("attributes", mapOfAnything),
		may("orderingKey", text),
		may("schema", object("schema of Google Cloud Pub/Sub",
			must("name", text),
			must("type", text).until("0.1.0"))),
	),
}

// ros2Protocol takes "reliable" in both spellings: the official schema has it
// with a slip.
var ros2Protocol = protocol{
	key: "ros2", name: "ROS 2",
	versions: []string{"0.1.0"},
	server: content(
		may("domainId", between(0, 231)),
		may("rmwImplementation", text),
	),
	operation: content(
		must("node", text),
		must("role", words("publisher", "action_client", "service_client", "subscriber", "action_server", "service_server")),
		may("qosPolicies", object("qosPolicies of ROS 2",
			may("deadline", integer),
			may("durability", words("transient_local", "volatile")),
			may("history", words("keep_last", "keep_all", "unknown")),
			may("leaseDuration", integer),
			may("lifespan", integer),
			may("liveliness", words("automatic", "manual")),
			may("reliability", words("best_effort", "reliable", "realiable")))),
	),
}
