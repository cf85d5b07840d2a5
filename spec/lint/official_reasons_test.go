package lint_test

import "regexp"

// reason explains why the official JSON Schemas think otherwise of a document,
// by who rejects it, the version, the place and what is said.
type reason struct {
	who, version string
	at, code     *regexp.Regexp
	why          string
}

func because(who, version, at, code, why string) reason {
	return reason{who, version, regexp.MustCompile(at), regexp.MustCompile(code), why}
}

// reasons are what the standard's text says and its JSON Schemas do not.
var reasons = []reason{
	because("we", "2", `[bB]indings(/|$)`, ``,
		`2.x bindings: the schemas leave open what they hold, the bindings' texts define it, most with "This object MUST contain only the properties defined above."`),
	because("we", "", `/parameters(/|$)`, `wrong-kind|missing-key`,
		`parameters: the schemas let other things than objects pass, the text has "Parameter Object | Reference Object"`),
	because("we", "3", `/(payload|headers|schemas/[^/]*)`, `multi-format`,
		`3.x "Multi Format Schema Object": the text calls schemaFormat and schema "Required", though it has a default for the first; the schemas do not and let other keys pass`),
	because("we", "", `/securitySchemes/`, `unknown-key|key-of-other-version`,
		`"Security Scheme Object": the schemas let any key pass in some types, the text has "Fixed Fields"`),
	because("we", "", `/(components|parameters|servers)/`, `invalid-name`,
		`names: the text has "keys that match the regular expression" in the Components Object and patterns of names in the Servers and Parameters Object; the schemas let other keys pass`),
	because("we", "2.0", `/messageTraits/[^/]*/examples/`, ``,
		`2.0 "Message Trait Object", examples: the schemas of traits leave open what a message's own do not`),
	because("we", "3", `/ws/(query|headers)`, ``,
		`WebSockets binding: "This schema MUST be of type object and have a properties key.", of which the schemas see nothing`),
	because("they", "", `/flows: an extension`, ``,
		`"OAuth Flows Object": "This object MAY be extended with Specification Extensions", which the schemas forbid`),
	because("they", "2", `/message: an extension`, ``,
		`2.x "Message Object": "This object can be extended with Specification Extensions", which the schemas forbid beside oneOf`),
	because("they", "3", `/channels/orders/messages/order/[^:]*: (null|left out)|/operations/place/[^:]*: (null|left out)`, ``,
		`3.x traits: "Traits MUST be merged with the target object using the JSON Merge Patch algorithm": a trait supplies what is left out, and null takes away what it supplies`),
	because("they", "3", `/components/schemas: |/payload|security\.v3`, ``,
		`boolean schemas: "A JSON Schema MUST be an object or a boolean" (draft-07 core 4.3), the schemas of 3.x want an object`),
	because("they", "2", `/Payloads/.*/message$`, ``,
		`2.x "Message Object", payload: "It can be of any type but defaults to Schema object", the schemas want it to be one in every format`),
	because("they", "2", `/parameters/`, `matches both`,
		`2.x parameters: the schemas take a Reference Object for a Parameter Object too and then find two where there should be one`),
	because("they", "2.0", `/(message|operation)Traits/`, ``,
		`"Reference Object": "A simple object to allow referencing other components", which the schemas of 2.0 forbid for traits in components`),
	because("they", "", `/pattern`, `format`,
		`pattern: "This string SHOULD be a valid regular expression", so we warn`),
	because("they", "3", `binding-protocol|binding-version`, ``,
		`3.x bindings of protocols and versions that we do not know: a warning, as newer ones will come`),
	because("they", "3", `protocols-clean`, ``,
		`3.x bindings that have a text and no schema, or an older one: mercure, mqtt5, sqs 0.3.0, sns 0.2.0, newest Solace and IBM MQ`),
	because("they", "3", `twins/bindings\.v3`, ``,
		`3.x Kafka binding, key: the schemas find a schema that is both one of AsyncAPI and one of Avro and want exactly one`),
	because("they", "3", `realworld/.* /operations/`, ``,
		`references with braces or brackets: no uri-reference by RFC 3986, but every parser follows them`),
}
