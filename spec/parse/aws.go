package parse

// snsProtocol and sqsProtocol share their policies.

// principal is whom a statement is about: in the newest version a name or who it
// is by kind. Lists of names, which the versions before had, are let pass.
var principal = either(text, texts, closedObject("principal",
	may("AWS", textOrTexts),
	may("Service", textOrTexts)))

// awsPolicy is a policy whose statements have more members since a version of
// the binding.
func awsPolicy(protocol, later string) kind {
	return object("policy of "+protocol,
		must("statements", listOf(object("statement of "+protocol,
			must("effect", words("Allow", "Deny")),
			must("principal", principal),
			must("action", textOrTexts),
			may("resource", textOrTexts).since(later),
			may("condition", mapOfAnything).since(later)))))
}

var snsIdentifier = object("identifier of SNS",
	may("url", text),
	may("email", text),
	may("phone", text),
	may("arn", text),
	may("name", text))

var snsDelivery = object("deliveryPolicy of SNS",
	may("minDelayTarget", integer),
	may("maxDelayTarget", integer),
	may("numRetries", integer),
	may("numNoDelayRetries", integer),
	may("numMinDelayRetries", integer),
	may("numMaxDelayRetries", integer),
	may("backoffFunction", words("arithmetic", "exponential", "geometric", "linear")),
	may("maxReceivesPerSecond", integer))

var snsProtocol = protocol{
	key: "sns", name: "SNS",
	versions: []string{"0.1.0", "0.2.0"},
	channel: content(
		must("name", text),
		may("ordering", object("ordering of SNS",
			must("type", words("standard", "FIFO")),
			may("contentBasedDeduplication", flag))),
		may("policy", awsPolicy("SNS", "0.2.0")),
		may("tags", mapOfAnything),
	),
	operation: content(
		may("topic", snsIdentifier),
		must("consumers", someOf(object("consumer of SNS",
			must("protocol", words("http", "https", "email", "email-json", "sms", "sqs", "application", "lambda", "firehose")),
			must("endpoint", snsIdentifier),
			may("filterPolicy", mapOfAnything),
			may("filterPolicyScope", words("MessageAttributes", "MessageBody")),
			must("rawMessageDelivery", flag),
			may("redrivePolicy", redrivePolicy("SNS", snsIdentifier)),
			may("deliveryPolicy", snsDelivery),
			may("displayName", text)))),
		may("deliveryPolicy", snsDelivery),
	),
}

func redrivePolicy(protocol string, identifier kind) kind {
	return object("redrivePolicy of "+protocol,
		must("deadLetterQueue", identifier),
		may("maxReceiveCount", integer))
}

// sqsQueue is a queue of SQS, with what a channel and an operation ask of it.
func sqsQueue(asked ...field) kind {
	return object("queue of SQS", append(asked,
		must("name", text),
		may("deduplicationScope", words("queue", "messageGroup")),
		may("fifoThroughputLimit", words("perQueue", "perMessageGroupId")),
		may("deliveryDelay", between(0, 900)),
		may("visibilityTimeout", between(0, 43_200)),
		may("receiveMessageWaitTime", integer),
		may("messageRetentionPeriod", between(60, 1_209_600)),
		may("redrivePolicy", redrivePolicy("SQS", object("identifier of SQS",
			may("arn", text),
			may("name", text)))),
		may("policy", awsPolicy("SQS", "0.3.0")),
		may("tags", mapOfAnything))...)
}

var sqsProtocol = protocol{
	key: "sqs", name: "SQS",
	versions: []string{"0.1.0", "0.2.0", "0.3.0"}, first3: "0.2.0",
	channel: content(
		must("queue", sqsQueue(must("fifoQueue", flag))),
		may("deadLetterQueue", sqsQueue(must("fifoQueue", flag))),
	),
	operation: content(
		must("queues", listOf(sqsQueue(may("fifoQueue", flag)))),
	),
}
