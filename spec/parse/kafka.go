package parse

// topicSettings are the members of topicConfiguration that the Kafka binding
// names.
var topicSettings = []field{
	may("cleanup.policy", listOf(words("compact", "delete"))),
	may("retention.ms", atLeast(-1)),
	may("retention.bytes", atLeast(-1)),
	may("delete.retention.ms", atLeast(0)),
	may("max.message.bytes", atLeast(0)),
	may("confluent.key.schema.validation", flag).since("0.5.0"),
	may("confluent.key.subject.name.strategy", text).since("0.5.0"),
	may("confluent.value.schema.validation", flag).since("0.5.0"),
	may("confluent.value.subject.name.strategy", text).since("0.5.0"),
}

var kafkaProtocol = protocol{
	key: "kafka", name: "Kafka",
	versions: []string{"0.1.0", "0.2.0", "0.3.0", "0.4.0", "0.5.0"}, first3: "0.3.0",
	server: content(
		may("schemaRegistryUrl", text).since("0.3.0"),
		may("schemaRegistryVendor", text).since("0.3.0"),
	),
	channel: content(
		may("topic", text).since("0.3.0"),
		may("partitions", atLeast(1)).since("0.3.0"),
		may("replicas", atLeast(1)).since("0.3.0"),
		may("topicConfiguration", closedObject("topicConfiguration of Kafka", topicSettings...).
			hinting("it may have settings of any name since version 0.5.0 of the Kafka binding")).since("0.4.0").until("0.4.0"),
		may("topicConfiguration", openObject("topicConfiguration of Kafka", topicSettings...)).since("0.5.0"),
	),
	operation: content(
		may("groupId", aSchemaOrRef),
		may("clientId", aSchemaOrRef),
	),
	message: content(
		may("key", aSchemaOrRef),
		may("schemaIdLocation", words("header", "payload")).since("0.3.0"),
		may("schemaIdPayloadEncoding", text).since("0.3.0"),
		may("schemaLookupStrategy", text).since("0.3.0"),
	),
}
