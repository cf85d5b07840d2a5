package codec

// DefaultString gives a text that is absent when it is empty a default: SetDefaults of
// generated types calls it for enums, and functions of package runtime for Optionals.
//
//go:noinline // in the code of every enum with a default, which would take longer to build
func DefaultString(v *string, def string) {
	if *v == "" {
		*v = def
	}
}
