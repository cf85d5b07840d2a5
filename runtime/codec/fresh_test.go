package codec_test

import (
	"testing"

	"github.com/asyncwire/asyncwire/runtime/codec"
)

// cleared tells whether a value was cleared before an object of no members was read into it.
func cleared(r *codec.Reader) bool {
	v := parcel{ID: "before"}
	v.CodeJSON(r.JSON())
	return v.ID == ""
}

// prepared is a type of somebody else, which fills in something before it reads: as one
// method, or as a Readable.
type prepared struct{ parcel }

func (v *prepared) CodeJSON(j *codec.JSON) {
	v.Inner = &parcel{ID: "not to stay"}
	v.parcel.CodeJSON(j)
}

type readable prepared

func (v *readable) ReadJSON(r *codec.Reader) { (*prepared)(v).CodeJSON(r.JSON()) }

// TestFresh: what is read is cleared first unless the Reader was told otherwise, for that
// text alone.
func TestFresh(t *testing.T) {
	ask := func(fresh bool) bool {
		r := codec.Begin([]byte(`{}`))
		if fresh {
			r.Fresh()
		}
		was := cleared(r)
		if err := r.End(); err != nil {
			t.Fatal(err)
		}
		return was
	}
	for range 3 {
		if !ask(false) {
			t.Error("what may hold something is not cleared")
		}
		if ask(true) {
			t.Error("what is fresh is cleared")
		}
	}
}

// TestFreshAroundOthers: what a type of somebody else has filled in does not stay, and
// behind it all is as before.
func TestFreshAroundOthers(t *testing.T) {
	for name, v := range map[string]any{"one method": &prepared{}, "readable": &readable{}} {
		r := codec.Begin([]byte(`[{"id":"a"},{}]`))
		r.Fresh()
		r.Array()
		r.Element()
		r.External(v)
		r.Element()
		behind := cleared(r)
		r.Element()
		if err := r.End(); err != nil {
			t.Fatal(err)
		}
		p, ok := v.(*prepared)
		if !ok {
			p = (*prepared)(v.(*readable))
		}
		if p.ID != "a" || p.Inner != nil || behind {
			t.Errorf("%s: read %+v, and what is behind is cleared: %v", name, p.parcel, behind)
		}
	}
}
