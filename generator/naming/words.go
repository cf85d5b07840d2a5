package naming

import (
	"strings"
	"unicode"
)

// words splits a text where its case or its symbols say that a word ends.
// Digits stay with the letters before them. Marks are left out.
func words(text string) []string {
	var out []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			out = append(out, string(word))
			word = nil
		}
	}
	runes := letters(text)
	for i, r := range runes {
		if isSeparator(r) {
			flush()
			continue
		}
		if i > 0 && begins(runes, i) {
			flush()
		}
		word = append(word, r)
	}
	flush()
	return out
}

// Words is the text's words in small letters.
func Words(text string) []string {
	out := words(text)
	for i := range out {
		out[i] = strings.ToLower(out[i])
	}
	return out
}

// letters drops the marks of a text: they may not stand in an identifier.
func letters(text string) []rune {
	var out []rune
	for _, r := range valid(text) {
		if !unicode.IsMark(r) {
			out = append(out, r)
		}
	}
	return out
}

// begins tells whether a word begins at i within a run of letters and digits:
// where a capital follows what is none, and before the last capital of a run
// that goes on in small letters ("HTTPServer"), unless it is a plural ("IDs").
func begins(runes []rune, i int) bool {
	if !isUpper(runes[i]) {
		return false
	}
	if !isUpper(runes[i-1]) {
		return !isSeparator(runes[i-1])
	}
	if i+1 >= len(runes) || !unicode.IsLower(runes[i+1]) {
		return false
	}
	return runes[i+1] != 's' || i+2 < len(runes) && unicode.IsLower(runes[i+2])
}

func isUpper(r rune) bool { return unicode.IsUpper(r) || unicode.IsTitle(r) }

// isSeparator tells whether a character may not stand in an identifier. The
// underscore may, but Go names do without it.
func isSeparator(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// initialism tells whether Go writes the word in capitals.
func initialism(word string) bool { return initialisms[strings.ToLower(word)] }

// spelling returns the way that Go writes a word of small letters which it does
// not merely capitalise.
func spelling(word string) (string, bool) {
	if initialisms[word] {
		return strings.ToUpper(word), true
	}
	for _, m := range mixed {
		if strings.EqualFold(m, word) {
			return m, true
		}
	}
	if known, ok := compounds[word]; ok {
		return known, true
	}
	if noun, ok := strings.CutSuffix(word, "id"); ok && identified[noun] {
		return strings.ToUpper(noun[:1]) + noun[1:] + "ID", true
	}
	return "", false
}

// initialisms are the ones of the Go style guides, and those of messaging.
var initialisms = set(`acl amqp api ascii aws cdn cidr cli cors cpu crc csrf css csv db dns dpi dto ean eof fcm gid gif
	gps gpu grpc gtin guid hls html http https iata iban icao id imei imsi io iot ip isbn isin jpeg jpg json jwt kyc lhs
	mac md5 mfa mime mqtt nats nfc ntp ocr os otp pdf pii png qps ram rfid rgb rhs rpc rssi rtp rtsp sdk sha sip sku sla
	sms smtp sql ssh ssid sso svg tcp tls ts ttl tz udp ui uid upc uri url usb utc utf uuid vat vin vm vpn ws xml xmpp
	xsrf xss yaml`)

// mixed are the names that Go writes with capitals and small letters.
var mixed = []string{"GraphQL", "IPv4", "IPv6", "OAuth", "QoS"}

// compounds are words that are written together where only small letters are
// allowed, as the attributes of CloudEvents are and headers of traces.
var compounds = map[string]string{
	"specversion": "SpecVersion", "datacontenttype": "DataContentType", "dataschema": "DataSchema",
	"partitionkey": "PartitionKey", "sequencetype": "SequenceType", "expirytime": "ExpiryTime",
	"recordedtime": "RecordedTime", "sampledrate": "SampledRate", "traceparent": "TraceParent", "tracestate": "TraceState",
}

// identified are nouns that "id" is written behind without a gap.
var identified = set(`account batch causation client command correlation customer device entity event group job message
	order parent process product request resource session span task tenant trace transaction user`)

func set(list string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(list) {
		out[w] = true
	}
	return out
}

// symbols are the words for the symbols of ASCII and a few others.
var symbols = map[rune]string{
	' ': "Space", '!': "Bang", '"': "Quote", '#': "Hash", '$': "Dollar", '%': "Percent",
	'&': "And", '\'': "Apostrophe", '(': "Open", ')': "Close", '*': "Star", '+': "Plus",
	',': "Comma", '-': "Dash", '.': "Dot", '/': "Slash", ':': "Colon", ';': "Semicolon",
	'<': "Less", '=': "Equals", '>': "Greater", '?': "Question", '@': "At", '[': "OpenBracket",
	'\\': "Backslash", ']': "CloseBracket", '^': "Caret", '_': "Underscore", '`': "Backtick",
	'{': "OpenBrace", '|': "Pipe", '}': "CloseBrace", '~': "Tilde", '\t': "Tab", '\n': "Newline",
	'\r': "Return", 0: "Null", '€': "Euro", '£': "Pound", '°': "Degree", '×': "Times", 'µ': "Micro",
}
