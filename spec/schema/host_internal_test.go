package schema

import "testing"

// TestPlaces tells places of OpenAPI documents where schemas stand from others.
func TestPlaces(t *testing.T) {
	for pointer, want := range map[string]string{
		"":                                     "the whole",
		"/components/schemas":                  "the schemas",
		"/components/schemas/Order":            "",
		"/components/schemas/x-order":          "",
		"/components/schemas/Order/properties": "the schemas",
		"/components/schemas/Order/properties/lines/items":       "",
		"/components/schemas/Order/allOf":                        "the schemas",
		"/components/schemas/Order/allOf/0":                      "",
		"/components/schemas/Order/x-mine":                       "",
		"/components/parameters/limit":                           "a parameter",
		"/components/parameters/limit/schema":                    "",
		"/components/responses/ok/content":                       "the media types",
		"/components/responses/ok/headers/etag":                  "a header",
		"/components/securitySchemes/key":                        "a security scheme",
		"/paths/~1orders/get":                                    "an operation",
		"/paths/~1orders/parameters/0":                           "a parameter",
		"/paths/~1a/get/responses/200/content/text~1json/schema": "",
		"/paths/~1a/post/callbacks/done/{$url}/post/requestBody": "a request body",
		"/info":                "the info object",
		"/x-schemas/Order":     "",
		"/components/messages": "",
	} {
		if got := strangerAt(pointer); got != want {
			t.Errorf("%q: %q, want %q", pointer, got, want)
		}
	}
}
