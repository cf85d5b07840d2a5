package render

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
)

// writeGitHub writes the workflow commands that annotate a change on GitHub:
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions
//
//	::error file=orders.yaml,line=41,col=14,endColumn=27,title=code::message
//
// An annotation is shown below its last line, so one that spans several lines is
// given its first alone.
func writeGitHub(w io.Writer, l diag.List, o *Options) error {
	for _, u := range o.Unjudged {
		_, err := fmt.Fprintf(w, "::error file=%s,title=%s::%s\n", gitHubProperty(filepath.ToSlash(u.Input)), unjudged, gitHubData(prose(u.Why)))
		if err != nil {
			return err
		}
	}

	for _, d := range l {
		text := []string{d.Message}
		for _, p := range d.Properties {
			text = append(text, p.Name+": "+p.Value)
		}
		text = append(text, details(d)...)
		for i, line := range text {
			text[i] = prose(line)
		}
		_, err := fmt.Fprintf(w, "::%s %s::%s\n", gitHubLevel(d.Severity), gitHubPlace(d), gitHubData(strings.Join(text, "\n")))
		if err != nil {
			return err
		}
	}
	return nil
}

func gitHubLevel(s diag.Severity) string {
	if s == diag.Info {
		return "notice"
	}
	return s.String()
}

func gitHubPlace(d *diag.Diagnostic) string {
	title := "title=" + gitHubProperty(string(d.Code))
	if d.At.IsZero() {
		return title
	}
	from, to := ends(d.At)
	place := fmt.Sprintf("file=%s,line=%d,", gitHubProperty(path(d.At)), from.Line)
	if from.Line == to.Line {
		place += fmt.Sprintf("col=%d,endColumn=%d,", from.Column, to.Column)
	}
	return place + title
}

// gitHubData escapes what stands behind the command.
func gitHubData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// gitHubProperty escapes the value of one of the command's properties.
func gitHubProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(gitHubData(s))
}
