// Package spec is the model of an AsyncAPI document: version-blind, shaped like
// AsyncAPI 3.x, with 2.x documents read into the same shape. Every object knows
// its place in the text. References are followed: a field holds the object
// itself, never a pointer string, and the same text is the same object.
//
// It imports source, syntax and schema. Package parse fills it; Dump writes it
// as JSON.
//
//	for _, o := range doc.Operations {
//		topic := o.Channel.Bindings.Protocol("kafka").Text("topic")
//		fmt.Println(o.Key.Value, o.Action, o.Channel.Address.Value, topic.Value)
//	}
package spec

import (
	"regexp"

	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// Text is a string of the document with its own place. The zero Text is absent.
type Text struct {
	Value string
	At    source.Span
}

// Span makes a Text a source.Spanner.
func (t Text) Span() source.Span { return t.At }

// IsSet tells whether the document has the field, be it empty.
func (t Text) IsSet() bool { return t.At.File != nil }

// Part is a piece of the text, by byte offsets in Value, at its own place,
// however the document writes it.
func (t Text) Part(start, end int) Text {
	return Text{Value: t.Value[start:end], At: syntax.PartsOf(t.At, t.Value).Span(start, end)}
}

var expression = regexp.MustCompile(`\{[^{}]*\}`)

// Expressions are the names in braces of an address, a host or a pathname, each
// at its own place, braces left out. AsyncAPI 3.1 "Channel Address Expressions".
func (t Text) Expressions() []Text {
	found := expression.FindAllStringIndex(t.Value, -1)
	if found == nil {
		return nil
	}
	out, parts := make([]Text, len(found)), syntax.PartsOf(t.At, t.Value)
	for i, at := range found {
		start, end := at[0]+1, at[1]-1
		out[i] = Text{Value: t.Value[start:end], At: parts.Span(start, end)}
	}
	return out
}

// Document is one AsyncAPI document and all that it references.
// AsyncAPI 3.1 "AsyncAPI Object".
type Document struct {
	source.Origin
	Version            Text
	ID                 Text
	Info               Info
	DefaultContentType Text
	Servers            []*Server
	Channels           []*Channel
	Operations         []*Operation
	Components         Components
	Extensions         []syntax.Member
}

// Info describes the application. AsyncAPI 3.1 "Info Object"; the tags and
// external docs of a 2.x document's root are here too.
type Info struct {
	source.Origin
	Title, Version, Description, TermsOfService Text
	Contact                                     *Contact
	License                                     *License
	Tags                                        []*Tag
	ExternalDocs                                *ExternalDocs
	Extensions                                  []syntax.Member
}

// Contact is AsyncAPI 3.1 "Contact Object".
type Contact struct {
	source.Origin
	Name, URL, Email Text
	Extensions       []syntax.Member
}

// License is AsyncAPI 3.1 "License Object".
type License struct {
	source.Origin
	Name, URL  Text
	Extensions []syntax.Member
}

// Tag is AsyncAPI 3.1 "Tag Object".
type Tag struct {
	source.Origin
	Key               string // in components, else ""
	Name, Description Text
	ExternalDocs      *ExternalDocs
	Extensions        []syntax.Member
}

// ExternalDocs is AsyncAPI 3.1 "External Documentation Object".
type ExternalDocs struct {
	source.Origin
	Key              string // in components, else ""
	URL, Description Text
	Extensions       []syntax.Member
}

// Server is AsyncAPI 3.1 "Server Object". The url of a 2.x server is split into
// host and pathname.
type Server struct {
	source.Origin
	Key                         Text
	Host, Pathname              Text
	Protocol, ProtocolVersion   Text
	Title, Summary, Description Text
	Variables                   []*ServerVariable
	Security                    []SecurityRequirement // alternatives: any of them is enough
	Tags                        []*Tag
	ExternalDocs                *ExternalDocs
	Bindings                    Bindings
	Extensions                  []syntax.Member
}

// ServerVariable is AsyncAPI 3.1 "Server Variable Object".
type ServerVariable struct {
	source.Origin
	Key                  Text
	Enum                 []Text
	Default, Description Text
	Examples             []Text
	Extensions           []syntax.Member
}

// SecurityRequirement is a set of schemes that must all be satisfied. A 3.x
// requirement names one scheme; a 2.x requirement may name several, or none and
// be satisfied by anyone.
type SecurityRequirement struct {
	source.Origin
	Schemes []RequiredScheme
}

// RequiredScheme is one scheme of a requirement and the scopes it needs.
type RequiredScheme struct {
	Scheme *SecurityScheme
	Scopes []Text
}

// SecurityScheme is AsyncAPI 3.1 "Security Scheme Object".
type SecurityScheme struct {
	source.Origin
	Key                            string // in components, else ""
	Type, Description              Text
	Name, In, Scheme, BearerFormat Text
	OpenIDConnectURL               Text
	Flows                          *OAuthFlows
	Scopes                         []Text
	Extensions                     []syntax.Member
}

// OAuthFlows is AsyncAPI 3.1 "OAuth Flows Object".
type OAuthFlows struct {
	source.Origin
	Implicit, Password, ClientCredentials, AuthorizationCode *OAuthFlow
	Extensions                                               []syntax.Member
}

// All are the flows that there are.
func (f *OAuthFlows) All() []*OAuthFlow {
	if f == nil {
		return nil
	}
	var out []*OAuthFlow
	for _, flow := range []*OAuthFlow{f.Implicit, f.Password, f.ClientCredentials, f.AuthorizationCode} {
		if flow != nil {
			out = append(out, flow)
		}
	}
	return out
}

// OAuthFlow is AsyncAPI 3.1 "OAuth Flow Object".
type OAuthFlow struct {
	source.Origin
	AuthorizationURL, TokenURL, RefreshURL Text
	AvailableScopes                        []Scope
	Extensions                             []syntax.Member
}

// Scope is a named OAuth scope.
type Scope struct {
	Name, Description Text
}

// Channel is AsyncAPI 3.1 "Channel Object".
type Channel struct {
	source.Origin
	// Key is the channel's id. In a 2.x document it is the address.
	Key                         Text
	Address                     Text // not set: unknown or null
	Messages                    []*ChannelMessage
	Title, Summary, Description Text
	Servers                     []*Server // empty: all of the document
	Deprecated                  bool      // 2.x only
	Parameters                  []*ChannelParameter
	Tags                        []*Tag
	ExternalDocs                *ExternalDocs
	Bindings                    Bindings
	Extensions                  []syntax.Member
}

// ChannelMessage is a message under the name a channel gives it.
type ChannelMessage struct {
	Key     Text
	Message *Message
}

// ChannelParameter is a parameter under the name a channel's address uses.
type ChannelParameter struct {
	Key       Text
	Parameter *Parameter
}

// Parameter is AsyncAPI 3.1 "Parameter Object". Of the schema that a 2.x
// parameter has, enum, default, description and examples are lifted.
type Parameter struct {
	source.Origin
	Key                  string         // in components, else ""
	Schema               *schema.Schema // of 2.x; nil: none
	Enum                 []Text
	Default, Description Text
	Examples             []Text
	Location             Text
	Extensions           []syntax.Member
}

// Action is what the application does in an operation.
type Action uint8

// The actions, seen from the application that the document describes.
const (
	Send Action = iota + 1
	Receive
)

// String is the action as AsyncAPI 3.x spells it.
func (a Action) String() string {
	switch a {
	case Send:
		return "send"
	case Receive:
		return "receive"
	}
	return ""
}

// Operation is AsyncAPI 3.1 "Operation Object", its traits applied.
type Operation struct {
	source.Origin
	// Key is the operation's id: the operationId of 2.x, or "<action>.<channel>"
	// where a 2.x document gives none.
	Key                         Text
	Action                      Action
	Channel                     *Channel
	Messages                    []*ChannelMessage // those of the channel that the operation uses
	Reply                       *Reply
	Title, Summary, Description Text
	Security                    []SecurityRequirement
	Tags                        []*Tag
	ExternalDocs                *ExternalDocs
	Bindings                    Bindings
	Traits                      []*OperationTrait
	Extensions                  []syntax.Member
}

// OperationTrait is AsyncAPI 3.1 "Operation Trait Object".
type OperationTrait struct {
	source.Origin
	Key                         string // in components, else ""
	ID                          Text   // operationId, 2.x only
	Title, Summary, Description Text
	Security                    []SecurityRequirement
	Tags                        []*Tag
	ExternalDocs                *ExternalDocs
	Bindings                    Bindings
	Extensions                  []syntax.Member
}

// Reply is AsyncAPI 3.1 "Operation Reply Object".
type Reply struct {
	source.Origin
	Key        string // in components, else ""
	Address    *ReplyAddress
	Channel    *Channel
	Messages   []*ChannelMessage // those of the channel that answer; nil only without a channel
	Extensions []syntax.Member
}

// ReplyAddress is AsyncAPI 3.1 "Operation Reply Address Object".
type ReplyAddress struct {
	source.Origin
	Key                   string // in components, else ""
	Location, Description Text
	Extensions            []syntax.Member
}

// Message is AsyncAPI 3.1 "Message Object", its traits applied.
type Message struct {
	source.Origin
	Key                               string // in components, else ""
	ID                                Text   // messageId, 2.x only
	Name, Title, Summary, Description Text
	ContentType                       Text // the document's default where it has none of its own
	Headers                           *schema.Payload
	Payload                           *schema.Payload
	CorrelationID                     *CorrelationID
	Deprecated                        bool
	Tags                              []*Tag
	ExternalDocs                      *ExternalDocs
	Bindings                          Bindings
	Examples                          []*MessageExample
	Traits                            []*MessageTrait
	Extensions                        []syntax.Member
}

// MessageTrait is AsyncAPI 3.1 "Message Trait Object".
type MessageTrait struct {
	source.Origin
	Key                               string // in components, else ""
	ID                                Text   // messageId, 2.x only
	Name, Title, Summary, Description Text
	ContentType                       Text
	Headers                           *schema.Payload
	CorrelationID                     *CorrelationID
	Deprecated                        bool
	Tags                              []*Tag
	ExternalDocs                      *ExternalDocs
	Bindings                          Bindings
	Examples                          []*MessageExample
	Extensions                        []syntax.Member
}

// MessageExample is AsyncAPI 3.1 "Message Example Object".
type MessageExample struct {
	source.Origin
	Name, Summary    Text
	Headers, Payload *syntax.Node
	// HeadersKey and PayloadKey are the places of their keys.
	HeadersKey, PayloadKey source.Span
}

// CorrelationID is AsyncAPI 3.1 "Correlation ID Object".
type CorrelationID struct {
	source.Origin
	Key                   string // in components, else ""
	Location, Description Text
	Extensions            []syntax.Member
}

// Components are the reusable objects, in document order. AsyncAPI 3.1
// "Components Object"; all nineteen maps.
type Components struct {
	source.Origin
	Schemas           []Component[*schema.Payload]
	Servers           []Component[*Server]
	Channels          []Component[*Channel]
	Operations        []Component[*Operation]
	Messages          []Component[*Message]
	SecuritySchemes   []Component[*SecurityScheme]
	ServerVariables   []Component[*ServerVariable]
	Parameters        []Component[*Parameter]
	CorrelationIDs    []Component[*CorrelationID]
	Replies           []Component[*Reply]
	ReplyAddresses    []Component[*ReplyAddress]
	ExternalDocs      []Component[*ExternalDocs]
	Tags              []Component[*Tag]
	OperationTraits   []Component[*OperationTrait]
	MessageTraits     []Component[*MessageTrait]
	ServerBindings    []Component[Bindings]
	ChannelBindings   []Component[Bindings]
	OperationBindings []Component[Bindings]
	MessageBindings   []Component[Bindings]
	Extensions        []syntax.Member
}

// Component is an object under its key in components.
type Component[T any] struct {
	Key   Text
	Value T
}
