package sample

import (
	"encoding/json"
	"strconv"

	"github.com/asyncwire/asyncwire/spec/syntax"
)

// Values under construction are syntax nodes without a place, so that those of
// the document (examples, const, enum) are used as they are. Nodes may be
// shared; nothing here changes one.

func nullValue() *syntax.Node { return &syntax.Node{Kind: syntax.Null} }

func boolValue(b bool) *syntax.Node {
	return &syntax.Node{Kind: syntax.Bool, Text: strconv.FormatBool(b)}
}

func numberValue(literal string) *syntax.Node {
	return &syntax.Node{Kind: syntax.Number, Text: literal}
}

func stringValue(s string) *syntax.Node { return &syntax.Node{Kind: syntax.String, Text: s} }

func arrayValue(items ...*syntax.Node) *syntax.Node {
	return &syntax.Node{Kind: syntax.Sequence, Items: items}
}

func objectValue(members ...syntax.Member) *syntax.Node {
	return &syntax.Node{Kind: syntax.Mapping, Members: members}
}

func member(name string, v *syntax.Node) syntax.Member {
	return syntax.Member{Key: syntax.Key{Text: name}, Value: v}
}

// encode is the value's JSON text, members in order.
func encode(v *syntax.Node) []byte { return appendJSON(nil, v) }

func appendJSON(b []byte, v *syntax.Node) []byte {
	switch v.Kind {
	case syntax.Bool, syntax.Number:
		return append(b, v.Text...)
	case syntax.String:
		return appendString(b, v.Text)
	case syntax.Sequence:
		b = append(b, '[')
		for i, item := range v.Items {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, item)
		}
		return append(b, ']')
	case syntax.Mapping:
		b = append(b, '{')
		for i, m := range v.Members {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendString(b, m.Key.Text), ':')
			b = appendJSON(b, m.Value)
		}
		return append(b, '}')
	}
	return append(b, "null"...)
}

func appendString(b []byte, s string) []byte {
	text, err := json.Marshal(s)
	if err != nil { // cannot be: any Go string has a JSON text
		return append(b, `""`...)
	}
	return append(b, text...)
}

// replaceMember returns the object with one member's value changed.
func replaceMember(object *syntax.Node, i int, v *syntax.Node) *syntax.Node {
	members := append([]syntax.Member(nil), object.Members...)
	members[i].Value = v
	return objectValue(members...)
}

// removeMember returns the object without the named member.
func removeMember(object *syntax.Node, name string) *syntax.Node {
	var members []syntax.Member
	for _, m := range object.Members {
		if m.Key.Text != name {
			members = append(members, m)
		}
	}
	return objectValue(members...)
}

// addMember returns the object with one member more.
func addMember(object *syntax.Node, name string, v *syntax.Node) *syntax.Node {
	members := append([]syntax.Member(nil), object.Members...)
	return objectValue(append(members, member(name, v))...)
}

// replaceItem returns the array with one item changed.
func replaceItem(array *syntax.Node, i int, v *syntax.Node) *syntax.Node {
	items := append([]*syntax.Node(nil), array.Items...)
	items[i] = v
	return arrayValue(items...)
}
