package format

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/edit"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// Sorted is like Document and brings the fields of AsyncAPI's objects into the
// order in which the specification lists them, comments with them. What the
// author names, such as channels and schemas, keeps its order, and so do schemas
// and objects within which something is marked that aliases refer to. Fields
// that the specification does not know go behind the others. A document that is
// not an AsyncAPI document is laid out and not sorted.
func Sorted(f *source.File) ([]byte, diag.List) {
	doc, found := edit.Open(f)
	if doc == nil {
		return nil, found
	}
	root, err := doc.Get("")
	if err == nil && root.Get("asyncapi") != nil {
		s := sorter{doc: doc, objects: objects()}
		err = s.value(root, "", "document")
	}
	var text []byte
	if err == nil {
		text, err = doc.Text()
	}
	if err != nil {
		fault(&found, f, err.Error())
		return nil, found
	}
	return Document(source.NewFileAt(f.Name(), f.URI(), text))
}

// sorter sorts the objects of one document.
type sorter struct {
	doc     *edit.Document
	objects map[string]object
}

// value sorts a value of some kind, and what is in it.
func (s *sorter) value(v *syntax.Node, pointer, kind string) error {
	if inner, ok := strings.CutPrefix(kind, "*"); ok && v.Kind == syntax.Mapping {
		for _, m := range v.Members {
			if err := s.value(m.Value, pointer+"/"+source.EscapeToken(m.Key.Text), inner); err != nil {
				return err
			}
		}
		return nil
	}
	if inner, ok := strings.CutPrefix(kind, "[]"); ok && v.Kind == syntax.Sequence {
		for i, item := range v.Items {
			if err := s.value(item, fmt.Sprintf("%s/%d", pointer, i), inner); err != nil {
				return err
			}
		}
		return nil
	}
	o, ok := s.objects[kind]
	if !ok || v.Kind != syntax.Mapping {
		return nil
	}
	for _, m := range v.Members {
		_, kind := o.place(m.Key.Text)
		if err := s.value(m.Value, pointer+"/"+source.EscapeToken(m.Key.Text), kind); err != nil {
			return err
		}
	}
	err := s.doc.Sort(pointer, func(a, b string) int {
		x, _ := o.place(a)
		y, _ := o.place(b)
		return cmp.Compare(x, y)
	})
	if errors.Is(err, edit.ErrShared) || errors.Is(err, edit.ErrNotFound) {
		return nil // it is an alias, or one refers to it
	}
	return err
}
