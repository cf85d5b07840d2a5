// Package filter chooses among received messages before they are decoded: by
// their attributes, their headers, and the bytes of a JSON payload.
//
// A pattern is JSON in the form that Amazon EventBridge made known. Its members
// must all match; of the values in an array one must:
//
//	{
//	  "type": ["orderPlaced", {"prefix": "orderChanged"}],
//	  "headers": {"tenant": [{"anything-but": "test"}]},
//	  "data": {
//	    "total": [{"numeric": [">", 0, "<=", 5000]}],
//	    "customer": {"country": ["DE", "AT"], "blockedAt": [{"exists": false}]}
//	  }
//	}
//
// At the top stand the names of attributes (id, source, type, subject, time,
// datacontenttype, dataschema, key, correlationid, causationid, and those of
// extensions), headers, which are those that hold no attribute, and data, which is the
// payload. What stands in an array:
//
//	"text", 12.5, true, null              equal to it; 1, 1.0 and 1e0 are equal
//	{"prefix": "ord"} {"suffix": ".eu"}   text that begins or ends so
//	{"equals-ignore-case": "de"}          text that is equal but for the case of letters
//	{"numeric": [">=", 1, "<", 10]}       a number in a range: <, <=, =, >=, >
//	{"cidr": "10.0.0.0/8"}                text that is an IP address of the network
//	{"anything-but": ["a", "b", 3]}       a value that is none of these; also with {"prefix": …} and its like
//	{"exists": true} {"exists": false}    the field is there, whatever its value; or is not
//
// An array in a message matches when one of its elements does; an object in a
// pattern also matches an array of which one element matches all of it. A field
// of what is no object is not there. Of repeated fields and headers the last
// counts. A header is text; where that is a number, true or false, it is that
// too.
//
// A compiled pattern reads the payload once, builds no values, and allocates
// nothing. A payload that is not JSON cannot be judged: Use hands such messages
// on, so that decoding tells of them, instead of hiding them.
//
// Parse refuses patterns beyond MaxPattern bytes, MaxDepth levels and MaxRules
// rules; a payload nested deeper than MaxNesting cannot be judged.
//
//	only, err := filter.Parse([]byte(`{"data": {"country": ["DE"]}}`))
//	…
//	err = shop.ConsumeOrderPlaced(ctx, conn, handle, runtime.Use(filter.Use(only.Match)))
//
// It imports the standard library and package runtime.
package filter
