package contracttest

import "github.com/asyncwire/asyncwire/spec/diag"

// Codes are all codes of findings, for the test of the documentation.
func Codes() []diag.Code {
	return []diag.Code{codePayload, codeHeaders, codeKey, codeContentType, codeUnknown, codeAmbiguous, codeParameter,
		codeCorrelationID, codeRepeated, codeLocation, codeMore}
}
