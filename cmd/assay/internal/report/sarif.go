package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
)

// SARIF writes failed checks as SARIF 2.1.0 in the form that GitHub's code
// scanning accepts (OASIS SARIF 2.1.0; github/codeql-action validates it).
//
// A place inside an image cannot be shown there, so the first location of each
// result is the line of the product file that names the image, and the true
// place stands in the message, in logicalLocations and in relatedLocations with
// nested artifacts. Passes are not written: GitHub would show them as alerts.
func SARIF(w io.Writer, in SARIFInput) error {
	s := sarifBuilder{in: in, rules: map[assay.CheckID]int{}, artifacts: map[string]int{}}
	return JSON(w, s.log())
}

// SARIFInput is what a SARIF log is made of.
type SARIFInput struct {
	Tool      assay.Tool
	Product   string // id of the product; empty under inspect
	Results   []assay.Result
	Images    []assay.Image
	Checks    []*checks.Check
	ImageLine map[string]assay.Location // by firmware: the line of the product file that names the image
	Default   assay.Location            // for results that have no other place
	ExitCode  int
}

// sarifResultLimit is what GitHub keeps of one run; the gravest come first.
const sarifResultLimit = 5000

type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool            `json:"tool"`
		Automation  sarifAutomation      `json:"automationDetails"`
		URIBases    map[string]sarifBase `json:"originalUriBaseIds"`
		Artifacts   []sarifArtifact      `json:"artifacts"`
		Results     []sarifResult        `json:"results"`
		Invocations []sarifInvocation    `json:"invocations"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name            string      `json:"name"`
		SemanticVersion string      `json:"semanticVersion,omitempty"`
		InformationURI  string      `json:"informationUri"`
		Rules           []sarifRule `json:"rules"`
	}
	sarifText struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifRule struct {
		ID         string         `json:"id"`
		Name       string         `json:"name"`
		Short      sarifText      `json:"shortDescription"`
		Full       sarifText      `json:"fullDescription"`
		Help       sarifText      `json:"help"`
		HelpURI    string         `json:"helpUri"`
		Default    sarifLevel     `json:"defaultConfiguration"`
		Properties sarifRuleProps `json:"properties"`
	}
	sarifLevel struct {
		Level string `json:"level"`
	}
	sarifRuleProps struct {
		Tags             []string `json:"tags"`
		Precision        string   `json:"precision"`
		SecuritySeverity string   `json:"security-severity"`
	}
	sarifAutomation struct {
		ID string `json:"id"`
	}
	sarifBase struct {
		Description sarifText `json:"description"`
	}
	sarifArtifact struct {
		Location sarifURI          `json:"location"`
		Parent   *int              `json:"parentIndex,omitempty"`
		Length   int64             `json:"length,omitempty"`
		Hashes   map[string]string `json:"hashes,omitempty"`
	}
	sarifURI struct {
		URI   string `json:"uri,omitempty"`
		Base  string `json:"uriBaseId,omitempty"`
		Index *int   `json:"index,omitempty"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Related      []sarifLocation   `json:"relatedLocations,omitempty"`
		Fingerprints map[string]string `json:"partialFingerprints"`
		Properties   map[string]string `json:"properties"`
	}
	sarifLocation struct {
		ID       int            `json:"id,omitempty"`
		Message  *sarifText     `json:"message,omitempty"`
		Physical sarifPhysical  `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifURI     `json:"artifactLocation"`
		Region   *sarifRegion `json:"region,omitempty"`
	}
	sarifRegion struct {
		StartLine  int   `json:"startLine,omitempty"`
		ByteOffset int64 `json:"byteOffset,omitempty"`
		ByteLength int64 `json:"byteLength,omitempty"`
	}
	sarifLogical struct {
		Name string `json:"fullyQualifiedName"`
		Kind string `json:"kind"`
	}
	sarifInvocation struct {
		Successful bool `json:"executionSuccessful"`
		ExitCode   int  `json:"exitCode"`
	}
)

type sarifBuilder struct {
	in        SARIFInput
	ruleList  []sarifRule
	rules     map[assay.CheckID]int
	artList   []sarifArtifact
	artifacts map[string]int
}

func (s *sarifBuilder) log() sarifLog {
	results := []sarifResult{}
	for _, p := range Gravest(s.in.Results) {
		if len(results) == sarifResultLimit {
			break
		}
		results = append(results, s.result(p))
	}
	if s.ruleList == nil {
		s.ruleList = []sarifRule{}
	}
	if s.artList == nil {
		s.artList = []sarifArtifact{}
	}
	return sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0",
		Runs: []sarifRun{{
			Tool: sarifTool{sarifDriver{
				Name: s.in.Tool.Name, SemanticVersion: semantic(s.in.Tool.Version),
				InformationURI: "https://github.com/assay-iot/assay", Rules: s.ruleList,
			}},
			Automation:  sarifAutomation{ID: s.category()},
			URIBases:    map[string]sarifBase{"FIRMWARE": {sarifText{Text: "Inside the firmware image"}}},
			Artifacts:   s.artList,
			Results:     results,
			Invocations: []sarifInvocation{{Successful: true, ExitCode: s.in.ExitCode}},
		}},
	}
}

// category must be unique for each product, or uploads overwrite one another.
func (s *sarifBuilder) category() string {
	if s.in.Product == "" {
		return "assay/inspect/"
	}
	return "assay/" + s.in.Product + "/"
}

// semantic gives a version that SARIF calls semantic, or nothing.
func semantic(v string) string {
	v = strings.TrimPrefix(v, "v")
	if v == "" || v[0] < '0' || v[0] > '9' {
		return ""
	}
	return v
}

func (s *sarifBuilder) result(p Problem) sarifResult {
	r, f := p.Result, p.Finding
	at := s.in.Default
	if l, ok := s.in.ImageLine[r.Firmware]; ok {
		at = l
	}
	inside := ""
	for _, e := range f.Evidence {
		switch {
		case e.Kind != assay.KindObserved || isAddress(e.Location.Path):
			at = e.Location
		case inside == "":
			inside = e.Location.Path
		}
	}
	message := Clean(f.Message)
	first := sarifLocation{Physical: sarifPhysical{Artifact: s.outside(at.Path)}}
	if at.Line > 0 {
		first.Physical.Region = &sarifRegion{StartLine: at.Line}
	}
	if inside != "" {
		message = Clean(inside) + ": " + message
		first.Logical = []sarifLogical{{Name: Clean(inside), Kind: "resource"}}
	}
	rule := s.rule(r.Check)
	properties := map[string]string{"principle": checks.Folder(r.Check), "severity": f.Severity.String()}
	if f.Exception != nil { // no suppression: the finding stays open
		properties["exception"] = Clean(ExceptionText(*f.Exception))
	}
	return sarifResult{
		RuleID: string(r.Check), RuleIndex: rule, Level: level(f.Severity),
		Message: sarifText{Text: message}, Locations: []sarifLocation{first}, Related: s.related(f),
		Fingerprints: map[string]string{"assay/v1": fingerprint(r, f, inside)},
		Properties:   properties,
	}
}

// related gives the places inside the image, at most the hundred that GitHub shows.
func (s *sarifBuilder) related(f assay.Finding) []sarifLocation {
	var related []sarifLocation
	for _, e := range f.Evidence {
		if e.Kind != assay.KindObserved || isAddress(e.Location.Path) || len(related) == 100 {
			continue
		}
		l := sarifLocation{
			ID: len(related) + 1, Message: &sarifText{Text: "in the image"},
			Physical: sarifPhysical{Artifact: s.inside(e.Location.Path)},
		}
		switch {
		case e.Location.Line > 0:
			l.Physical.Region = &sarifRegion{StartLine: e.Location.Line}
		case e.Location.Length > 0:
			l.Physical.Region = &sarifRegion{ByteOffset: e.Location.Offset, ByteLength: e.Location.Length}
		}
		related = append(related, l)
	}
	return related
}

// outside is a file of the checkout: relative and percent-encoded, as GitHub wants it.
func (s *sarifBuilder) outside(path string) sarifURI {
	uri := path
	if !isAddress(path) {
		uri = encodePath(path)
	}
	i := s.artifact(path, func() sarifArtifact { return sarifArtifact{Location: sarifURI{URI: uri}} })
	return sarifURI{URI: uri, Index: &i}
}

// inside is a place in an image: an artifact nested in its containers.
func (s *sarifBuilder) inside(path string) sarifURI {
	parts := strings.Split(path, "!")
	var parent *int
	at := ""
	for n, part := range parts {
		key := "!" + strings.Join(parts[:n+1], "!")
		up := parent
		i := s.artifact(key, func() sarifArtifact {
			a := sarifArtifact{Location: sarifURI{URI: encodePath(part), Base: "FIRMWARE"}, Parent: up}
			if up == nil {
				for _, img := range s.in.Images {
					if img.Path == part {
						a.Length, a.Hashes = img.Size, map[string]string{"sha-256": img.Digest.Hex()}
					}
				}
			}
			return a
		})
		parent, at = &i, encodePath(part)
	}
	return sarifURI{URI: at, Base: "FIRMWARE", Index: parent}
}

func (s *sarifBuilder) artifact(key string, build func() sarifArtifact) int {
	if i, ok := s.artifacts[key]; ok {
		return i
	}
	i := len(s.artList)
	s.artifacts[key] = i
	s.artList = append(s.artList, build())
	return i
}

func (s *sarifBuilder) rule(id assay.CheckID) int {
	if i, ok := s.rules[id]; ok {
		return i
	}
	i := len(s.ruleList)
	s.rules[id] = i
	rule := sarifRule{
		ID: string(id), Name: ruleName(id), HelpURI: "https://github.com/assay-iot/assay/blob/main/checks/README.md",
		Short: sarifText{Text: string(id)}, Full: sarifText{Text: string(id)}, Help: sarifText{Text: string(id)},
		Default:    sarifLevel{"warning"},
		Properties: sarifRuleProps{Tags: []string{"security"}, Precision: "high", SecuritySeverity: score(assay.Medium)},
	}
	for _, c := range s.in.Checks {
		if c.ID != id {
			continue
		}
		rule.Short = sarifText{Text: c.Title}
		rule.Full = sarifText{Text: c.Title + ". " + c.Remedy}
		rule.Help = sarifText{Text: c.Remedy, Markdown: c.Doc}
		rule.Default = sarifLevel{level(c.Severity)}
		tags := []string{"security", string(c.Principle)}
		for _, p := range c.Provision {
			tags = append(tags, "etsi-en-303-645/"+p)
		}
		rule.Properties = sarifRuleProps{Tags: tags[:min(len(tags), 10)], Precision: "high", SecuritySeverity: score(c.Severity)}
	}
	s.ruleList = append(s.ruleList, rule)
	return i
}

// ruleName turns credentials/empty-password into CredentialsEmptyPassword.
func ruleName(id assay.CheckID) string {
	b := &strings.Builder{}
	for word := range strings.FieldsFuncSeq(string(id), func(r rune) bool { return r == '/' || r == '-' }) {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

func level(s assay.Severity) string {
	switch {
	case s >= assay.High:
		return "error"
	case s == assay.Medium:
		return "warning"
	}
	return "note"
}

// score is GitHub's security-severity: a number in a string.
func score(s assay.Severity) string {
	return [...]string{"0.1", "3.0", "5.0", "8.0", "9.5"}[min(int(s), 4)]
}

// fingerprint names the problem, not its place in a build: no version and no offset.
func fingerprint(r assay.Result, f assay.Finding, inside string) string {
	_, name, _ := strings.Cut(inside, "!")
	sum := sha256.Sum256([]byte(strings.Join([]string{string(r.Check), r.Firmware, name, f.Message}, "\x00")))
	return hex.EncodeToString(sum[:16])
}

func isAddress(path string) bool {
	return strings.HasPrefix(path, "https://") || strings.HasPrefix(path, "http://")
}

// encodePath percent-encodes each element, the colon too: a first element with
// a colon would be read as a scheme.
func encodePath(path string) string {
	elements := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i, e := range elements {
		elements[i] = strings.ReplaceAll(url.PathEscape(e), ":", "%3A")
	}
	if len(elements) == 1 && slices.Contains([]string{"", ".", ".."}, elements[0]) {
		return "product.hcl"
	}
	return strings.Join(elements, "/")
}

// annotation helpers of GitHub's workflow commands share this escape.
func escapeData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func escapeProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}

func annotation(kind string, at assay.Location, title, message string) string {
	props := []string{"file=" + escapeProperty(at.Path)}
	if at.Line > 0 {
		props = append(props, fmt.Sprintf("line=%d", at.Line))
	}
	props = append(props, "title="+escapeProperty(title))
	return fmt.Sprintf("::%s %s::%s\n", kind, strings.Join(props, ","), escapeData(message))
}
