package checks

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/signature"
	"github.com/assay-iot/assay/schema/product"
)

// Part is an observation to be judged: one firmware image, or, where Firmware
// and Observation.Image are nil, the product as a whole.
type Part struct {
	Firmware    *product.Firmware // nil under inspect
	Observation *facts.Observation
	Digest      assay.Digest // of the image, where the observation was stored and does not hold it
}

// ImageDigest is the digest of the image file; empty for a folder.
func (p Part) ImageDigest() assay.Digest {
	if p.Observation == nil || p.Observation.Image == nil {
		return p.Digest
	}
	img := p.Observation.Image
	if len(img.Containers) > 0 && img.Containers[0].Type == "folder" {
		return ""
	}
	return assay.SHA256(img.Digest)
}

// tested are the digests of the images by firmware block.
func (s Subject) tested() map[string]assay.Digest {
	all := map[string]assay.Digest{}
	for _, p := range s.Images {
		if d := p.ImageDigest(); d != "" && p.Firmware != nil {
			all[p.Firmware.ID] = d
		}
	}
	return all
}

// Subject is what Assess judges.
type Subject struct {
	Product *product.Product   // nil if nothing is declared
	Images  []Part             // one for each image that was opened
	Whole   *facts.Observation // what was asked outside (GitHub, the web); nil for none
	AsOf    time.Time
	Keys    []signature.Key // trusted beside those of the product file

	Terms    []Term    // least support periods of the schemes that are claimed
	LabelEnd time.Time // last day of the label that is asked for; zero if none is
}

// Assess runs the checks, all at once, as one that waits for a fact must not keep
// another from asking for the next, and gives their results sorted by check
// and firmware. A check that reads images has one result for each; where there
// is no image at all it has one that is inconclusive.
func Assess(ctx context.Context, s Subject, checks []*Check) []assay.Result {
	whole := s.Whole
	if whole == nil {
		whole = facts.NewObservation()
	}
	type job struct {
		check *Check
		part  Part
	}
	var jobs []job
	for _, c := range checks {
		switch {
		case !c.NeedsImage():
			jobs = append(jobs, job{c, Part{Observation: whole}})
		case len(s.Images) == 0:
			jobs = append(jobs, job{c, Part{}})
		default:
			for _, p := range s.Images {
				jobs = append(jobs, job{c, p})
			}
		}
	}
	s.Keys = append(slices.Clone(s.Keys), declaredKeys(s.Product)...)
	results := make([]assay.Result, len(jobs))
	var wg sync.WaitGroup
	for i, j := range jobs {
		wg.Go(func() {
			results[i] = run(ctx, s, j.check, j.part)
		})
	}
	wg.Wait()
	slices.SortStableFunc(results, func(a, b assay.Result) int {
		return cmp.Or(cmp.Compare(a.Check, b.Check), cmp.Compare(a.Firmware, b.Firmware))
	})
	return results
}

// run asks one check about one part and holds it to the rules.
func run(ctx context.Context, s Subject, check *Check, part Part) assay.Result {
	r := assay.Result{Check: check.ID, Version: check.Version}
	if part.Firmware != nil {
		r.Firmware = part.Firmware.ID
	}
	var j Judgement
	switch {
	case ctx.Err() != nil:
		j.Reason = "stopped before it was run: " + context.Cause(ctx).Error()
	case part.Observation == nil:
		j.Reason = "there is no firmware image"
	default:
		c := &Context{
			Product: s.Product, Firmware: part.Firmware, Keys: s.Keys, AsOf: s.AsOf, Terms: s.Terms, LabelEnd: s.LabelEnd,
			Coverage: part.Observation.Coverage, Tested: s.tested(),
			observer: part.Observation.For("check "+string(check.ID), check.Needs),
		}
		began := time.Now()
		j = c.opaque(c.followed(check, honest(ask(check, c))))
		c.observer.Spend(string(check.ID), began)
	}
	r.Verdict, r.Proof, r.Reason = j.Verdict, j.Proof, j.Reason
	r.Examined, r.Findings = tidy(j.Examined), j.Findings
	if r.Findings == nil {
		r.Findings = []assay.Finding{}
	}
	assay.SortFindings(r.Findings)
	return r
}

// ask runs the check; a panic, or a fact that is not known, is inconclusive.
func ask(check *Check, c *Context) (j Judgement) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case stop:
			j = Judgement{Reason: r.err.Error()}
		default:
			j = Judgement{Reason: fmt.Sprintf("the check itself failed: %v", r)}
		}
	}()
	return check.Run(c)
}

// followed leaves the answer open where a check that reads what scripts run would
// find nothing, and one of them was not followed to its end.
func (c *Context) followed(check *Check, j Judgement) Judgement {
	if j.Verdict == assay.Fail || j.Verdict == assay.Inconclusive || !slices.Contains(check.Needs, facts.Node(facts.CutScripts)) {
		return j
	}
	cut, err := Try(c, facts.CutScripts)
	switch {
	case err != nil:
		return Judgement{Reason: err.Error(), Findings: j.Findings}
	case len(cut) > 0:
		return Judgement{Reason: fmt.Sprintf("nothing was found, but %s was not read to its end: %s%s", assay.Inside(cut[0].Path), cut[0].Problem, more(len(cut)-1)), Findings: j.Findings}
	}
	return j
}

// honest holds a judgement to the rules that no author has to remember.
func honest(j Judgement) Judgement {
	fails := slices.ContainsFunc(j.Findings, func(f assay.Finding) bool { return f.Severity.Fails() })
	switch {
	case fails:
		j.Verdict = assay.Fail
	case j.Verdict == assay.Fail:
		j.Verdict, j.Reason = assay.Inconclusive, "failed without a finding: "+j.Reason
	case j.Verdict == assay.Pass && len(j.Examined) == 0:
		j.Verdict, j.Reason = assay.Inconclusive, "nothing was examined"
	case j.Verdict == assay.Pass && j.Proof == assay.NotAssessed:
		j.Verdict, j.Reason = assay.Inconclusive, "passed without proof"
	case j.Verdict == assay.NotApplicable && j.Reason == "":
		j.Verdict, j.Reason = assay.Inconclusive, "called not applicable without a reason"
	}
	if j.Verdict == assay.Inconclusive && j.Reason == "" {
		j.Reason = "no reason was given"
	}
	if j.Verdict == assay.Inconclusive || j.Verdict == assay.NotApplicable {
		j.Proof = assay.NotAssessed
	}
	return j
}

// tidy sorts places and leaves out doubles.
func tidy(places []assay.Location) []assay.Location {
	places = slices.Clone(places)
	slices.SortFunc(places, assay.Location.Compare)
	places = slices.CompactFunc(places, func(a, b assay.Location) bool { return a.Compare(b) == 0 })
	if places == nil {
		return []assay.Location{}
	}
	return places
}
