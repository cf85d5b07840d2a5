package cli

import (
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/format"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/spf13/cobra"
)

type fmtOptions struct {
	rewriteOptions
	sort bool
}

func fmtCommand(env *Env) *cobra.Command {
	var o fmtOptions
	c := &cobra.Command{
		Use:   "fmt FILE…",
		Short: "Lay documents out in the canonical way",
		Long: `Fmt prints a document in its canonical layout. It changes white space and
nothing else: values, quotes, comments and the order of keys stay as they are.

  UTF-8 without a byte order mark, LF, one line break at the end
  no white space at the ends of lines, one empty line at most in a row
  two spaces for each level; arrays are indented below their key
  one space behind colons and dashes; comments go with what they belong to
  what stands in brackets is left as it is; JSON has a member a line

With --sort the fields of AsyncAPI's objects come in the order in which the
specification lists them, comments with them; what you name yourself, such as
channels and schemas, stays in your order.

The result is read again and compared before anything is written. A document
with mistakes of syntax is left alone, and what is wrong with it is printed on
standard error. FILE may be - for standard input.

` + exitHelp + `
With --check, files that are not in the canonical layout count as findings.`,
		Example: `  asyncwire fmt asyncapi.yaml
  asyncwire fmt -w services/*/asyncapi.yaml
  asyncwire fmt --check --diff asyncapi.yaml
  asyncwire fmt --sort -w asyncapi.yaml
  asyncwire fmt - < asyncapi.yaml`,
		Args:              someFiles,
		ValidArgsFunction: completeDocuments,
		RunE: func(c *cobra.Command, args []string) error {
			if err := o.fits(args); err != nil {
				return err
			}
			return ran(o.rewrite(c.Context(), env, args, o.format))
		},
	}
	o.addFlags(c)
	c.Flags().BoolVar(&o.check, "check", false, "write nothing; list the files that are not in the canonical layout and fail if there are any")
	c.Flags().BoolVar(&o.sort, "sort", false, "bring the fields of AsyncAPI's objects into the specification's order")
	return c
}

func (o *fmtOptions) format(f *source.File) (text, stored []byte, found diag.List, err error) {
	lay := format.Document
	if o.sort {
		lay = format.Sorted
	}
	text, found = lay(f)
	return text, text, found, nil
}
