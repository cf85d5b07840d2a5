package codec

import "github.com/asyncwire/asyncwire/runtime/check"

// Begin returns a Reader of data that has been judged, for what is to be read by a
// method that is called directly: the value need not lie on the heap then, as it
// does for Unmarshal. End must be called behind it.
//
//	r := codec.Begin(data)
//	v.CodeJSON(r.JSON())
//	return r.End()
func Begin(data []byte) *Reader { return newReader(data) }

// BeginBy is Begin for data that is to be judged: before anything is read, or, where a
// Struct has been read by the same validator before, in one pass with that. Who reads
// something else then is told by End that the text is not valid. Of text that is not, no
// Struct is read, and End returns why.
func BeginBy(data []byte, by *check.Validator) *Reader {
	later := by.Reads(nil)
	if !later {
		if err := by.Check(data); err != nil {
			return Refuse(err)
		}
	}
	r := newReader(data)
	r.by, r.unjudged = by, later
	return r
}

// Fresh says that the value which is read, and all that generated code makes within it,
// is zero until it is read, and that each name stands once in its object: so nothing has to
// be cleared. Of types that External reads nothing is known.
func (r *Reader) Fresh() { r.fresh = true }

// Refuse returns a Reader that has failed already, in place of one of a text that is
// not valid: it reads nothing, and End returns err.
func Refuse(err error) *Reader {
	r := newReader(nil)
	r.err, r.refused = refusal, err
	return r
}

// refusal is the failure of Readers that have something else to say.
var refusal = &check.Error{}

// End returns what has failed, or that not all of the text was read, as a
// *check.Error. The Reader must not be used any more.
func (r *Reader) End() error { return r.end() }

// Writing begins to write a value into new memory by a method that is called directly,
// as MarshalJSON of generated types does. Written must be called behind it.
//
//	j := codec.Writing()
//	v.CodeJSON(j)
//	return j.Written()
//
//go:noinline // in the code of every type, which would take longer to build
func Writing() *JSON { return NewWriter(nil).JSON() }

// Written returns what was written since Writing, or a *check.Error when it cannot be
// written. The JSON must not be used any more.
//
//go:noinline // in the code of every type, which would take longer to build
func (j *JSON) Written() ([]byte, error) { return j.w.End() }
