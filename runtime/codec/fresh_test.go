package codec_test

import (
	"testing"

	"github.com/asyncwire/asyncwire/runtime/codec"
)

// cleared is a value that tells what it was asked.
type cleared bool

func (v *cleared) CodeJSON(j *codec.JSON) {
	for *v = cleared(j.Object()); j.Members(); {
	}
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

// TestFresh: what is read is to be cleared unless the Reader was told otherwise, for that
// text alone; what is written never.
func TestFresh(t *testing.T) {
	ask := func(fresh bool) (v cleared) {
		r := codec.Begin([]byte(`{}`))
		if fresh {
			r.Fresh()
		}
		v.CodeJSON(r.JSON())
		if err := r.End(); err != nil {
			t.Fatal(err)
		}
		return v
	}
	for range 3 {
		if !ask(false) {
			t.Error("what may hold something is not to be cleared")
		}
		if ask(true) {
			t.Error("what is fresh is to be cleared")
		}
	}
	written := cleared(true)
	if _, err := codec.Marshal(&written); err != nil || written {
		t.Errorf("what is written is to be cleared: %v", err)
	}
}

// TestFreshAroundOthers: what a type of somebody else has filled in does not stay, and
// behind it all is as before.
func TestFreshAroundOthers(t *testing.T) {
	for name, v := range map[string]any{"one method": &prepared{}, "readable": &readable{}} {
		r := codec.Begin([]byte(`[{"id":"a"},{}]`))
		r.Fresh()
		var behind cleared = true
		r.Array()
		r.Element()
		r.External(v)
		r.Element()
		behind.CodeJSON(r.JSON())
		r.Element()
		if err := r.End(); err != nil {
			t.Fatal(err)
		}
		p, ok := v.(*prepared)
		if !ok {
			p = (*prepared)(v.(*readable))
		}
		if p.ID != "a" || p.Inner != nil || behind {
			t.Errorf("%s: read %+v, and what is behind is to be cleared: %v", name, p.parcel, behind)
		}
	}
}
