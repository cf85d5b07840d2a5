package render

import (
	"encoding/json"
	"io"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
)

// The JSON form is stable: members may be added, none is ever missing. The
// place of what is nowhere is the file "" and 0.
type (
	jsonReport struct {
		Findings []jsonFinding `json:"findings"`
		Summary  jsonSummary   `json:"summary"`
	}
	jsonSummary struct {
		Error   int `json:"error"`
		Warning int `json:"warning"`
		Info    int `json:"info"`
	}
	jsonFinding struct {
		Code       diag.Code         `json:"code"`
		Severity   string            `json:"severity"`
		Message    string            `json:"message"`
		File       string            `json:"file"`
		Line       int               `json:"line"`
		Column     int               `json:"column"`
		EndLine    int               `json:"endLine"`
		EndColumn  int               `json:"endColumn"`
		Properties map[string]string `json:"properties"`
		Notes      []jsonNote        `json:"notes"`
		Help       string            `json:"help"`
	}
	jsonNote struct {
		File    string `json:"file"`
		Line    int    `json:"line"`
		Column  int    `json:"column"`
		Message string `json:"message"`
	}
)

func writeJSON(w io.Writer, l diag.List, _ *Options) error {
	report := jsonReport{
		Findings: make([]jsonFinding, 0, len(l)),
		Summary:  jsonSummary{count(l, diag.Error), count(l, diag.Warning), count(l, diag.Info)},
	}
	for _, d := range l {
		report.Findings = append(report.Findings, jsonOf(d))
	}
	return encode(w, report)
}

func jsonOf(d *diag.Diagnostic) jsonFinding {
	from, to := ends(d.At)
	f := jsonFinding{
		Code: d.Code, Severity: d.Severity.String(), Message: d.Message, Help: d.Help,
		File: path(d.At), Line: from.Line, Column: from.Column, EndLine: to.Line, EndColumn: to.Column,
		Properties: make(map[string]string, len(d.Properties)),
		Notes:      make([]jsonNote, 0, len(d.Notes)),
	}
	for _, p := range d.Properties {
		f.Properties[p.Name] = p.Value
	}
	for _, n := range d.Notes {
		at := n.At.Position()
		f.Notes = append(f.Notes, jsonNote{path(n.At), at.Line, at.Column, n.Text})
	}
	return f
}

// ends are the places where a span begins and behind which it ends.
func ends(at source.Span) (from, to source.Position) {
	return at.Position(), at.EndPosition()
}

func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
