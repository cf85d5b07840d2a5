package shop

// What is generated, and where, is said in asyncwire.yaml. The tool is this
// module's own command; another module gets it by
// go get -tool github.com/asyncwire/asyncwire/cmd/asyncwire.

//go:generate go tool asyncwire generate
