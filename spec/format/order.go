package format

import "strings"

// object is a kind of AsyncAPI object: its fields in the order of the
// specification, those of 2.x and 3.x together. Behind a field's name stands
// what its value is: an object's kind, *kind for a map of such, []kind for a
// list of such, or nothing when there is no order within.
type object []string

// objects are the objects of AsyncAPI that have an order. Schemas have none, nor
// do bindings.
func objects() map[string]object {
	operation := object{"operationId", "action", "channel", "title", "summary", "description", "security",
		"tags []tag", "externalDocs externalDocs", "bindings", "traits []operation", "message message", "messages", "reply reply"}
	return map[string]object{
		"document": {"asyncapi", "id", "info info", "servers *server", "defaultContentType", "channels *channel",
			"operations *operation", "components components", "tags []tag", "externalDocs externalDocs"},
		"info": {"title", "version", "description", "termsOfService", "contact contact", "license license", "tags []tag",
			"externalDocs externalDocs"},
		"contact": {"name", "url", "email"},
		"license": {"name", "url"},
		"server": {"url", "host", "protocol", "protocolVersion", "pathname", "description", "title", "summary",
			"variables *variable", "security", "tags []tag", "externalDocs externalDocs", "bindings"},
		"variable": {"enum", "default", "description", "examples"},
		"channel": {"address", "messages *message", "title", "summary", "description", "servers", "subscribe operation",
			"publish operation", "parameters *parameter", "tags []tag", "externalDocs externalDocs", "bindings", "deprecated"},
		"operation":    operation,
		"reply":        {"address replyAddress", "channel", "messages"},
		"replyAddress": {"description", "location"},
		"parameter":    {"enum", "default", "description", "examples", "schema", "location"},
		"message": {"oneOf []message", "messageId", "headers", "payload", "correlationId correlationId", "schemaFormat", "contentType",
			"name", "title", "summary", "description", "tags []tag", "externalDocs externalDocs", "bindings",
			"examples []messageExample", "traits []message"},
		"messageExample": {"headers", "payload", "name", "summary"},
		"tag":            {"name", "description", "externalDocs externalDocs"},
		"externalDocs":   {"description", "url"},
		"correlationId":  {"description", "location"},
		"components": {"schemas", "servers *server", "channels *channel", "operations *operation", "messages *message",
			"securitySchemes *securityScheme", "serverVariables *variable", "parameters *parameter",
			"correlationIds *correlationId", "replies *reply", "replyAddresses *replyAddress",
			"externalDocs *externalDocs", "tags *tag", "operationTraits *operation", "messageTraits *message",
			"serverBindings", "channelBindings", "operationBindings", "messageBindings"},
		"securityScheme": {"type", "description", "name", "in", "scheme", "bearerFormat", "flows flows", "openIdConnectUrl", "scopes"},
		"flows":          {"implicit flow", "password flow", "clientCredentials flow", "authorizationCode flow"},
		"flow":           {"authorizationUrl", "tokenUrl", "refreshUrl", "availableScopes", "scopes"},
	}
}

// place is the rank of a field, the others coming last, and what its value is.
func (o object) place(name string) (rank int, kind string) {
	if name == "$ref" {
		return -1, ""
	}
	for i, f := range o {
		field, kind, _ := strings.Cut(f, " ")
		if field == name {
			return i, kind
		}
	}
	return len(o), ""
}
