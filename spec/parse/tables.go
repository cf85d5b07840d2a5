package parse

import "slices"

// table says which members a kind of object may have. All that differs between
// versions in this respect is said here.
type table struct {
	name   string  // the object, as messages call it
	refs   version // the first version in which a reference may stand for it; 0 means never
	closed bool    // no extensions
	rows   []row
	others otherKeys
	hint   string   // what to do about another key
	family []*table // objects that are easily taken for it
}

// otherKeys tells what keys that are not in a table are.
type otherKeys uint8

const (
	othersWrong otherKeys = iota
	othersWarned
	othersRight
)

// row is some members of an object that share their rules.
type row struct {
	keys        []string
	need        bool
	first, last version  // the versions that have them; 0 means no bound
	heirs       []string // the members that took their place after last
}

func optional(keys ...string) row { return row{keys: keys} }

func required(keys ...string) row { return row{keys: keys, need: true} }

func (r row) from(v version) row {
	r.first = v
	return r
}

func (r row) until(v version, heirs ...string) row {
	r.last, r.heirs = v, heirs
	return r
}

// in tells whether a version has the members.
func (r *row) in(v version) bool {
	return v >= r.first && (r.last == 0 || v <= r.last)
}

// families are objects that are easily taken for each other.
var families = [][]*table{
	{documentTable, infoTable, componentsTable},
	{channelTable, operationTable, operationTraitTable},
	{messageTable, messageTraitTable},
	{flowTables[0].table, flowTables[1].table, flowTables[2].table, flowTables[3].table},
}

// kin are the others of the table's family.
func (t *table) kin() []*table {
	for _, family := range families {
		if slices.Contains(family, t) {
			return family
		}
	}
	return t.family
}

var documentTable = &table{name: "document", rows: []row{
	required("asyncapi", "info"),
	optional("id", "servers", "defaultContentType", "components"),
	required("channels").until(v26),
	optional("channels", "operations").from(v30),
	optional("tags").until(v26, "info.tags"),
	optional("externalDocs").until(v26, "info.externalDocs"),
}}

var infoTable = &table{name: "info object", rows: []row{
	required("title", "version"),
	optional("description", "termsOfService", "contact", "license"),
	optional("tags", "externalDocs").from(v30),
}}

var contactTable = &table{name: "contact", rows: []row{
	optional("name", "url", "email"),
}}

var licenseTable = &table{name: "license", rows: []row{
	required("name"), optional("url"),
}}

var tagTable = &table{name: "tag", refs: v30, rows: []row{
	required("name"), optional("description", "externalDocs"),
}}

var externalDocsTable = &table{name: "externalDocs object", refs: v30, rows: []row{
	required("url"), optional("description"),
}}

var serverTable = &table{name: "server", refs: v23, rows: []row{
	required("url").until(v26, "host", "pathname"),
	required("host").from(v30),
	required("protocol"),
	optional("protocolVersion", "description", "variables", "security", "bindings"),
	optional("tags").from(v25),
	optional("pathname", "title", "summary", "externalDocs").from(v30),
}}

// serverVariableTable lets references stand since 2.4, as the specification's
// text does: its JSON Schemas do since 2.5.
var serverVariableTable = &table{name: "server variable", refs: v24, rows: []row{
	optional("enum", "default", "description", "examples"),
}}

var channelTable = &table{name: "channel", refs: v20, rows: []row{
	optional("description", "parameters", "bindings"),
	optional("publish", "subscribe").until(v26, "operations"),
	optional("deprecated").until(v26),
	optional("servers").from(v22),
	optional("address", "messages", "title", "summary", "tags", "externalDocs").from(v30),
}}

var parameterTable = &table{name: "parameter", refs: v20, rows: []row{
	optional("description", "location"),
	optional("schema").until(v26, "enum", "default", "examples"),
	optional("enum", "default", "examples").from(v30),
}}

var operationTable = &table{name: "operation", refs: v30, rows: []row{
	required("action", "channel").from(v30),
	optional("operationId").until(v26, "the operation's key"),
	optional("message").until(v26, "messages"),
	optional("summary", "description", "tags", "externalDocs", "bindings", "traits"),
	optional("security").from(v24),
	optional("messages", "reply", "title").from(v30),
}}

var operationTraitTable = &table{name: "operation trait", refs: v20, rows: []row{
	optional("operationId").until(v26),
	optional("summary", "description", "tags", "externalDocs", "bindings"),
	optional("security").from(v24),
	optional("title").from(v30),
}}

var replyTable = &table{name: "reply", refs: v30, rows: []row{
	optional("address", "channel", "messages"),
}}

var replyAddressTable = &table{name: "reply address", refs: v30, rows: []row{
	required("location"), optional("description"),
}}

var messageTable = &table{name: "message", refs: v20, rows: []row{
	optional("headers", "payload", "correlationId", "contentType", "name", "title", "summary", "description",
		"tags", "externalDocs", "bindings", "examples", "traits", "deprecated"),
	optional("schemaFormat").until(v26, "payload.schemaFormat"),
	optional("messageId").from(v24).until(v26, "the message's key"),
}}

var messageTraitTable = &table{name: "message trait", refs: v20, rows: []row{
	optional("headers", "correlationId", "contentType", "name", "title", "summary", "description",
		"tags", "externalDocs", "bindings", "examples", "deprecated"),
	optional("schemaFormat").until(v26, "headers.schemaFormat"),
	optional("messageId").from(v24).until(v26),
}}

var messageExampleTable = &table{name: "message example", closed: true, rows: []row{
	optional("headers", "payload"),
	optional("name", "summary").from(v21),
}}

var correlationIDTable = &table{name: "correlationId object", refs: v20, rows: []row{
	required("location"), optional("description"),
}}

// multiFormatTable demands both members, as the specification's text does: its
// JSON Schemas let schemaFormat be absent.
var multiFormatTable = &table{name: "multi-format schema", refs: v30, rows: []row{
	required("schemaFormat", "schema"),
}}

var securitySchemeTable = &table{name: "security scheme", refs: v20, rows: []row{
	required("type"),
	optional("description", "name", "in", "scheme", "bearerFormat", "flows", "openIdConnectUrl"),
	optional("scopes").from(v30),
}}

// oauthFlowsTable lets extensions pass: the specification's text has them, its
// JSON Schemas do not.
var oauthFlowsTable = &table{name: "flows object", rows: []row{
	optional("implicit", "password", "clientCredentials", "authorizationCode"),
}}

var componentsTable = &table{name: "components object", rows: []row{
	optional("schemas", "messages", "securitySchemes", "parameters", "correlationIds", "operationTraits",
		"messageTraits", "serverBindings", "channelBindings", "operationBindings", "messageBindings"),
	optional("servers", "channels").from(v23),
	optional("serverVariables").from(v24),
	optional("operations", "replies", "replyAddresses", "externalDocs", "tags").from(v30),
}}

// flowTables are the OAuth flows, each with the URLs it needs.
var flowTables = []struct {
	key   string
	table *table
}{
	{"implicit", flowTable("implicit", "authorizationUrl")},
	{"password", flowTable("password", "tokenUrl")},
	{"clientCredentials", flowTable("clientCredentials", "tokenUrl")},
	{"authorizationCode", flowTable("authorizationCode", "authorizationUrl", "tokenUrl")},
}

func flowTable(name string, urls ...string) *table {
	return &table{name: name + " flow", rows: []row{
		required(urls...),
		optional("refreshUrl"),
		required("scopes").until(v26, "availableScopes"),
		required("availableScopes").from(v30),
	}}
}

// schemeMembers are the members of a security scheme that only some types have.
var schemeMembers = []string{"name", "in", "scheme", "bearerFormat", "flows", "openIdConnectUrl", "scopes"}

// schemeType is a type of security scheme, the members it demands and those it
// may have besides.
type schemeType struct {
	name   string
	first  version
	need   []string
	may    []string
	in     []string // where the key may be
	scoped bool     // requirements may name scopes
}

var schemeTypes = []schemeType{
	{name: "userPassword"},
	{name: "apiKey", need: []string{"in"}, in: []string{"user", "password"}},
	{name: "X509"},
	{name: "symmetricEncryption"},
	{name: "asymmetricEncryption"},
	{name: "httpApiKey", need: []string{"name", "in"}, in: []string{"query", "header", "cookie"}},
	{name: "http", need: []string{"scheme"}, may: []string{"bearerFormat"}},
	{name: "oauth2", need: []string{"flows"}, may: []string{"scopes"}, scoped: true},
	{name: "openIdConnect", need: []string{"openIdConnectUrl"}, may: []string{"scopes"}, scoped: true},
	{name: "plain", first: v21},
	{name: "scramSha256", first: v21},
	{name: "scramSha512", first: v21},
	{name: "gssapi", first: v21},
}
