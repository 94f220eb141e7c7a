// Package sbom writes the components of an image as a software bill of materials:
// CycloneDX 1.6 (ECMA-424) and SPDX 2.3, both in JSON.
//
// The same image, date and version of the program give the same bytes.
package sbom

import (
	"crypto/sha256"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/inventory"
)

// Input is what a bill is made of.
type Input struct {
	Tool       assay.Tool
	AsOf       time.Time
	Image      string // its name
	Digest     assay.Digest
	Components []inventory.Component // as the fact lists them, each once
	Programs   []facts.Program       // for what they are linked with
}

// part is a component as a bill has it.
type part struct {
	inventory.Component
	ref     string           // unique in the bill
	files   []assay.Location // those that are the component, with their digests
	library bool
	needs   []int // other parts, sorted
}

// uuid names the bill: the same for the same image, date and version of the
// program, since those make the same bill (RFC 9562, version 8).
func (in Input) uuid() string {
	u := sha256.Sum256(fmt.Appendf(nil, "assay bill of materials\n%s\n%s\n%s\n", in.Digest, in.AsOf.Format(time.DateOnly), in.Tool.Version))
	u[6], u[8] = u[6]&0x0f|0x80, u[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:16])
}

// parts gives the components with their files and what they need.
func (in Input) parts() []part {
	programs := map[string]facts.Program{}
	for _, p := range in.Programs {
		programs[p.Location.Path] = p
	}
	list := make([]part, len(in.Components))
	refs := map[string]int{}
	for i, c := range in.Components {
		p := part{Component: c, ref: c.PURL}
		if refs[c.PURL]++; refs[c.PURL] > 1 {
			p.ref = fmt.Sprintf("%s#%d", c.PURL, refs[c.PURL])
		}
		p.files = filesOf(c)
		p.library = isLibrary(c, p.files, programs)
		list[i] = p
	}
	needs := newLinks(list, in.Programs)
	for i := range list {
		list[i].needs = needs.of(i)
	}
	return list
}

// filesOf are the files that are the component itself: not the database that
// names it, and not the program that it is a module of.
func filesOf(c inventory.Component) []assay.Location {
	if c.OfLanguage() || c.Kind == inventory.KindSystem {
		return nil
	}
	var files []assay.Location
	for _, l := range c.Places {
		same := func(f assay.Location) bool { return f.Path == l.Path }
		if l.Digest != "" && l.Line == 0 && !slices.ContainsFunc(files, same) {
			files = append(files, assay.Location{Path: l.Path, Digest: l.Digest})
		}
	}
	return files
}

func isLibrary(c inventory.Component, files []assay.Location, programs map[string]facts.Program) bool {
	if c.OfLanguage() || strings.HasPrefix(c.Name, "lib") {
		return true
	}
	return len(files) > 0 && !slices.ContainsFunc(files, func(l assay.Location) bool { return programs[l.Path].Kind != "library" })
}

// method says in words how a component was recognised, and how sure that is.
func (p part) method() (words string, confidence float32) {
	switch p.Confidence {
	case inventory.ConfidencePackage:
		return "package database", 1
	case inventory.ConfidenceBuild:
		return "written by the build", 0.9
	}
	return "version string", 0.7
}

// places are where the component was seen, each once.
func (p part) places() []assay.Location {
	return slices.CompactFunc(slices.Clone(p.Places), func(a, b assay.Location) bool {
		return a.Path == b.Path && a.Line == b.Line && a.Offset == b.Offset
	})
}

// nameOf is the name of an image without its folders.
func (in Input) nameOf() string { return path.Base(in.Image) }
