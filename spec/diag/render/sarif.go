package render

import (
	"cmp"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
)

// SARIF 2.1.0, OASIS Standard; section numbers are those of its text.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct { // 3.14
		Tool        sarifTool         `json:"tool"`
		ColumnKind  string            `json:"columnKind"`
		Invocations []sarifInvocation `json:"invocations,omitempty"`
		Artifacts   []sarifArtifact   `json:"artifacts,omitempty"`
		Results     []sarifResult     `json:"results"`
	}
	sarifInvocation struct { // 3.20
		ExecutionSuccessful bool                `json:"executionSuccessful"`
		Notifications       []sarifNotification `json:"toolExecutionNotifications"`
	}
	sarifNotification struct { // 3.58
		Level     string           `json:"level"`
		Message   sarifText        `json:"message"`
		Locations []sarifWholeFile `json:"locations"`
	}
	sarifWholeFile struct { // 3.28, without a region
		PhysicalLocation sarifArtifactPart `json:"physicalLocation"`
	}
	sarifArtifactPart struct { // 3.29
		ArtifactLocation sarifArtifactLocation `json:"artifactLocation"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct { // 3.19
		Name           string      `json:"name"`
		Version        string      `json:"version,omitempty"`
		InformationURI string      `json:"informationUri,omitempty"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct { // 3.49
		ID                   diag.Code           `json:"id"`
		ShortDescription     *sarifText          `json:"shortDescription,omitempty"`
		FullDescription      *sarifText          `json:"fullDescription,omitempty"`
		HelpURI              string              `json:"helpUri,omitempty"`
		DefaultConfiguration *sarifConfiguration `json:"defaultConfiguration,omitempty"`
	}
	sarifConfiguration struct {
		Level string `json:"level"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifArtifact struct { // 3.24
		Location sarifArtifactLocation `json:"location"`
	}
	sarifArtifactLocation struct {
		URI string `json:"uri"`
	}
	sarifResult struct { // 3.27
		RuleID           diag.Code         `json:"ruleId"`
		RuleIndex        int               `json:"ruleIndex"`
		Level            string            `json:"level"`
		Message          sarifText         `json:"message"`
		Locations        []sarifLocation   `json:"locations"`
		RelatedLocations []sarifLocation   `json:"relatedLocations,omitempty"`
		Properties       map[string]string `json:"properties,omitempty"`
	}
	sarifLocation struct { // 3.28
		PhysicalLocation sarifPhysicalLocation `json:"physicalLocation"`
		Message          *sarifText            `json:"message,omitempty"`
	}
	sarifPhysicalLocation struct {
		ArtifactLocation sarifArtifactLocation `json:"artifactLocation"`
		Region           sarifRegion           `json:"region"`
	}
	sarifRegion struct { // 3.30
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"`
	}
)

func writeSARIF(w io.Writer, l diag.List, o *Options) error {
	run := sarifRun{
		Tool:       sarifTool{sarifDriver{Name: o.tool(), Version: o.Version, InformationURI: o.URL, Rules: sarifRules(l, o.Rules)}},
		ColumnKind: "unicodeCodePoints",
		Results:    make([]sarifResult, 0, len(l)),
	}
	for _, input := range o.Inputs {
		run.Artifacts = append(run.Artifacts, sarifArtifact{sarifArtifactLocation{uri(input)}})
	}
	if len(o.Unjudged) > 0 {
		run.Invocations = []sarifInvocation{sarifInvocationOf(o.Unjudged)}
	}
	for _, d := range l {
		r := sarifResultOf(d)
		r.RuleIndex, _ = slices.BinarySearchFunc(run.Tool.Driver.Rules, d.Code, func(r sarifRule, c diag.Code) int { return cmp.Compare(r.ID, c) })
		run.Results = append(run.Results, r)
	}
	return encode(w, sarifLog{
		Schema:  "https://json.schemastore.org/sarif-2.1.0.json",
		Version: "2.1.0",
		Runs:    []sarifRun{run},
	})
}

// sarifInvocationOf tells what went wrong with a run.
func sarifInvocationOf(of []Unjudged) sarifInvocation {
	var out sarifInvocation
	for _, u := range of {
		at := sarifWholeFile{sarifArtifactPart{sarifArtifactLocation{uri(u.Input)}}}
		out.Notifications = append(out.Notifications, sarifNotification{"error", sarifText{u.Why}, []sarifWholeFile{at}})
	}
	return out
}

// sarifRules describes the codes that occur, sorted.
func sarifRules(l diag.List, known []Rule) []sarifRule {
	codes := make([]diag.Code, 0, len(l))
	for _, d := range l {
		codes = append(codes, d.Code)
	}
	slices.Sort(codes)
	rules := []sarifRule{}
	for _, code := range slices.Compact(codes) {
		rule := sarifRule{ID: code}
		if i := slices.IndexFunc(known, func(r Rule) bool { return r.Code == code }); i >= 0 {
			k := known[i]
			rule.ShortDescription, rule.FullDescription, rule.HelpURI = optional(k.Title), optional(k.Doc), k.URL
			if k.Severity != 0 {
				rule.DefaultConfiguration = &sarifConfiguration{sarifLevel(k.Severity)}
			}
		}
		rules = append(rules, rule)
	}
	return rules
}

func optional(text string) *sarifText {
	if text == "" {
		return nil
	}
	return &sarifText{text}
}

func sarifResultOf(d *diag.Diagnostic) sarifResult {
	r := sarifResult{RuleID: d.Code, Level: sarifLevel(d.Severity), Locations: []sarifLocation{}}
	text := []string{d.Message}
	if !d.At.IsZero() {
		r.Locations = append(r.Locations, sarifLocation{PhysicalLocation: physical(d.At)})
	}
	for _, n := range d.Notes {
		if n.At.IsZero() {
			text = append(text, "note: "+n.Text)
			continue
		}
		r.RelatedLocations = append(r.RelatedLocations, sarifLocation{physical(n.At), optional(n.Text)})
	}
	if d.Help != "" {
		text = append(text, "help: "+d.Help)
	}
	r.Message.Text = strings.Join(text, "\n")
	for _, p := range d.Properties {
		if r.Properties == nil {
			r.Properties = map[string]string{}
		}
		r.Properties[p.Name] = p.Value
	}
	return r
}

func physical(at source.Span) sarifPhysicalLocation {
	from, to := ends(at)
	return sarifPhysicalLocation{
		ArtifactLocation: sarifArtifactLocation{uri(path(at))},
		Region:           sarifRegion{from.Line, from.Column, to.Line, to.Column},
	}
}

// uri is the relative reference, RFC 3986, that stands for a path as it is
// given. What is a URI already stays one.
func uri(path string) string {
	if strings.Contains(path, "://") {
		return path
	}
	u := url.URL{Path: filepath.ToSlash(path)}
	if filepath.VolumeName(path) != "" {
		u = url.URL{Scheme: "file", Path: "/" + u.Path}
	}
	return u.String()
}

// sarifLevel is the level of section 3.27.10.
func sarifLevel(s diag.Severity) string {
	switch s {
	case diag.Error:
		return "error"
	case diag.Warning:
		return "warning"
	}
	return "note"
}
