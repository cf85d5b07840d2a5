package cli

import (
	"bytes"
	"context"
	"slices"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/edit"
	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// maxMendings is how often a file is mended again because of what a mending has
// brought to light.
const maxMendings = 10

// mendAll applies the fixes of the findings about files, and says what they
// were. Files that cannot be read are left to the run that follows; the result
// is the number of those that could not be written.
func (o *lintOptions) mendAll(ctx context.Context, env *Env, files []string) (unwritable int, err error) {
	for _, name := range files {
		file, err := env.read(ctx, name)
		if ctx.Err() != nil {
			return unwritable, ctx.Err()
		}
		if err != nil {
			continue
		}
		done, err := unlessInterrupted(ctx, func() (mended, error) { return o.mendFile(ctx, name, file) })
		switch {
		case err != nil:
			return unwritable, err
		case done.file == file:
			continue
		}
		if err := replaceFile(name, done.file.Encoding().Encode(done.file.Text())); err != nil {
			env.complain(err)
			unwritable++
			continue
		}
		for _, d := range done.fixed {
			env.logf("fixed: %s: %s [%s]", d.At, d.Message, d.Code)
		}
	}
	return unwritable, nil
}

// mended is a file, and the findings that are in it no longer.
type mended struct {
	file  *source.File
	fixed diag.List
}

// mendFile mends a file for as long as there is something to mend.
func (o *lintOptions) mendFile(ctx context.Context, name string, file *source.File) (mended, error) {
	out := mended{file: file}
	for range maxMendings {
		next, fixed, err := o.mend(ctx, name, out.file)
		if err != nil || next == nil {
			return out, err
		}
		out.file, out.fixed = next, append(out.fixed, fixed...)
	}
	return out, nil
}

// mend applies the fixes that the findings about one file have now. The result
// is nil when there are none.
func (o *lintOptions) mend(ctx context.Context, name string, file *source.File) (*source.File, diag.List, error) {
	loader, err := o.loading.loader(name, file)
	if err != nil {
		return nil, nil, err
	}
	doc, found := parse.LoadFile(ctx, loader, file)
	if ctx.Err() != nil {
		return nil, nil, ctx.Err()
	}
	found.Add(rulesOn(doc)...)
	mended, edits := fixesOf(found.Sorted(), file)
	next := mendedFile(file, edits)
	if next == nil { // one of them is in the way of what is there already
		mended, edits = harmless(file, mended, edits)
		next = mendedFile(file, edits)
	}
	if next == nil {
		return nil, nil, nil
	}
	return next, mended, nil
}

// mendedFile applies edits. The result is nil when nothing changes, or when the
// text would have more mistakes of syntax than before.
func mendedFile(file *source.File, edits []edit.Edit) *source.File {
	text, err := edit.Apply(file.Text(), edits)
	if err != nil || bytes.Equal(text, file.Text()) {
		return nil
	}
	next := source.NewFileAt(file.Name(), file.URI(), file.Encoding().Encode(text))
	if errorsIn(next) > errorsIn(file) {
		return nil
	}
	return next
}

// harmless picks the fixes that break nothing by themselves.
func harmless(file *source.File, mended diag.List, edits []edit.Edit) (diag.List, []edit.Edit) {
	var keptList diag.List
	var kept []edit.Edit
	for i, e := range edits {
		if mendedFile(file, append(slices.Clone(kept), e)) != nil {
			keptList, kept = append(keptList, mended[i]), append(kept, e)
		}
	}
	return keptList, kept
}

// errorsIn counts the mistakes of syntax in a text.
func errorsIn(f *source.File) int {
	_, found := syntax.Parse(f)
	return found.AtLeast(diag.Error)
}

// fixesOf picks the findings in a file that can be fixed at the same time: of
// fixes that touch the same text the first.
func fixesOf(found diag.List, file *source.File) (mended diag.List, edits []edit.Edit) {
	for _, d := range found {
		if d.Fix == nil || d.Fix.At.File != file {
			continue
		}
		e := edit.Edit{Start: d.Fix.At.Start, End: d.Fix.At.End, New: d.Fix.New}
		if slices.ContainsFunc(edits, func(o edit.Edit) bool { return e.Start <= o.End && o.Start <= e.End }) {
			continue
		}
		mended, edits = append(mended, d), append(edits, e)
	}
	return mended, edits
}
